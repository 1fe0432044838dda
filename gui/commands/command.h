/* Commands: what `lantern` does without a window. A command is one table entry and one
 * file in this folder; its options are a table too, from which the parsing, `--help` and
 * the messages about misuse come. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Misuse of the command line: exit status 2. Every other error is 1. */
#define LT_USAGE_ERROR (lt_usage_error_quark ())
#define LT_USAGE       0

GQuark lt_usage_error_quark (void);

typedef struct {
  const char *name;  /* "epochs", given as --epochs N or --epochs=N */
  char letter;       /* 'o' for -o, or 0 */
  const char *value; /* what follows it, "N"; NULL when nothing does */
  const char *help;  /* one sentence without its full stop */
} LtOption;

/* A command line, taken apart. Strings are argv's. */
typedef struct _LtArguments LtArguments;

typedef struct {
  const char *name;    /* "train" */
  const char *operand; /* what stands beside the options: "EXPERIMENT", or "" */
  int min_operands, max_operands;
  const char *summary;     /* one sentence */
  const char *details;     /* a paragraph under the options in --help, or NULL */
  const LtOption *options; /* ends with a NULL name */
  gboolean (*run) (const LtArguments *arguments, GError **error);
} LtCommand;

/* The table; NULL-terminated. */
extern const LtCommand *const lt_commands[];

/* argv: what follows the command's name. Fails with LT_USAGE_ERROR. */
LtArguments *lt_arguments_parse (const LtCommand *command,
                                 int argc,
                                 char **argv,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_arguments_free (LtArguments *self);

/* The operand at index, NULL when there are fewer. */
const char *lt_arguments_operand (const LtArguments *self, int index);
int lt_arguments_n_operands (const LtArguments *self);

/* The option's value, the last one when it was given several times; "" for an option
 * without a value; NULL when it was not given. */
const char *lt_arguments_get (const LtArguments *self, const char *option);
gboolean lt_arguments_has (const LtArguments *self, const char *option);

/* The index-th value of an option that may be repeated; NULL when there are fewer. */
const char *lt_arguments_nth (const LtArguments *self, const char *option, int index);

/* A whole number between minimum and maximum; *value is left alone when the option was not
 * given. */
gboolean lt_arguments_get_integer (const LtArguments *self,
                                   const char *option,
                                   int minimum,
                                   int maximum,
                                   int *value,
                                   GError **error);

/* What `lantern COMMAND --help` prints. */
char *lt_command_help (const LtCommand *command) G_GNUC_WARN_UNUSED_RESULT;

/* A usage error; the message is one sentence. */
void lt_usage_error_set (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtArguments, lt_arguments_free)

G_END_DECLS
