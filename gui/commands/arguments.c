/* Takes a command line apart by a command's table of options. */
#include "commands/command.h"

#include "core/nearest.h"

#include <string.h>

typedef struct {
  const LtOption *option;
  const char *value;
} Given;

struct _LtArguments {
  const LtCommand *command;
  GArray *given; /* Given, in the command line's order */
  GPtrArray *operands;
};

G_DEFINE_QUARK (lt - usage - error - quark, lt_usage_error)

void
lt_usage_error_set (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (LT_USAGE_ERROR, LT_USAGE, format, arguments));
  va_end (arguments);
}

void
lt_arguments_free (LtArguments *self)
{
  g_array_unref (self->given);
  g_ptr_array_unref (self->operands);
  g_free (self);
}

static const LtOption *
find_letter (const LtCommand *command, char letter)
{
  for (const LtOption *option = command->options; option->name != NULL; option++) {
    if (option->letter == letter)
      return option;
  }
  return NULL;
}

static const LtOption *
find_name (const LtCommand *command, const char *name, gsize length)
{
  for (const LtOption *option = command->options; option->name != NULL; option++) {
    if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
      return option;
  }
  return NULL;
}

static void
set_unknown_option (const LtCommand *command, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (const LtOption *option = command->options; option->name != NULL; option++)
    g_ptr_array_add (names, (gpointer) option->name);
  g_ptr_array_add (names, NULL);

  nearest = lt_nearest_name (name, (const char *const *) names->pdata);
  if (nearest != NULL)
    lt_usage_error_set (error, "“lantern %s” has no option --%s; did you mean --%s?",
                        command->name, name, nearest);
  else
    lt_usage_error_set (
        error, "“lantern %s” has no option --%s; “lantern %s --help” lists them.",
        command->name, name, command->name);
}

/* The option that text ("--epochs=3", "-o") names, and the value joined to it, if any. */
static const LtOption *
read_option (const LtCommand *command,
             const char *text,
             const char **joined,
             GError **error)
{
  const char *name = text + 2;
  const char *equals = strchr (name, '=');
  gsize length = equals != NULL ? (gsize) (equals - name) : strlen (name);
  const LtOption *option;

  *joined = NULL;
  if (text[1] != '-') {
    option = find_letter (command, text[1]);
    *joined = text[2] != '\0' ? text + 2 : NULL;
    if (option == NULL)
      lt_usage_error_set (
          error, "“lantern %s” has no option -%c; “lantern %s --help” lists them.",
          command->name, text[1], command->name);
    return option;
  }

  option = find_name (command, name, length);
  if (option == NULL) {
    g_autofree char *word = g_strndup (name, length);

    set_unknown_option (command, word, error);
    return NULL;
  }
  *joined = equals != NULL ? equals + 1 : NULL;
  return option;
}

/* Reads the option at argv[*at], and its value, which may be the next word. */
static gboolean
take_option (LtArguments *self, int argc, char **argv, int *at, GError **error)
{
  Given given = { 0 };
  const char *joined;

  given.option = read_option (self->command, argv[*at], &joined, error);
  if (given.option == NULL)
    return FALSE;

  if (given.option->value == NULL && joined != NULL) {
    lt_usage_error_set (error, "--%s takes no value, but “%s” was given.",
                        given.option->name, joined);
    return FALSE;
  }
  if (given.option->value != NULL && joined == NULL && *at + 1 >= argc) {
    lt_usage_error_set (error, "--%s needs a value: --%s %s.", given.option->name,
                        given.option->name, given.option->value);
    return FALSE;
  }

  if (given.option->value == NULL)
    given.value = "";
  else
    given.value = joined != NULL ? joined : argv[++*at];
  g_array_append_val (self->given, given);
  return TRUE;
}

static gboolean
check_operands (const LtArguments *self, GError **error)
{
  const LtCommand *command = self->command;
  int n = lt_arguments_n_operands (self);

  if (n < command->min_operands) {
    lt_usage_error_set (error,
                        "Something is missing: lantern %s %s; see “lantern %s --help”.",
                        command->name, command->operand, command->name);
    return FALSE;
  }
  if (n > command->max_operands) {
    lt_usage_error_set (
        error, "“%s” is one too many for “lantern %s”; see “lantern %s --help”.",
        lt_arguments_operand (self, command->max_operands), command->name,
        command->name);
    return FALSE;
  }
  return TRUE;
}

LtArguments *
lt_arguments_parse (const LtCommand *command, int argc, char **argv, GError **error)
{
  g_autoptr (LtArguments) self = g_new0 (LtArguments, 1);
  gboolean options_may_come = TRUE;

  self->command = command;
  self->given = g_array_new (FALSE, FALSE, sizeof (Given));
  self->operands = g_ptr_array_new ();

  for (int i = 0; i < argc; i++) {
    if (options_may_come && strcmp (argv[i], "--") == 0)
      options_may_come = FALSE;
    else if (!options_may_come || argv[i][0] != '-' || argv[i][1] == '\0')
      g_ptr_array_add (self->operands, argv[i]);
    else if (!take_option (self, argc, argv, &i, error))
      return NULL;
  }

  if (!check_operands (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
lt_arguments_operand (const LtArguments *self, int index)
{
  return index < (int) self->operands->len ? g_ptr_array_index (self->operands, index)
                                           : NULL;
}

int
lt_arguments_n_operands (const LtArguments *self)
{
  return (int) self->operands->len;
}

const char *
lt_arguments_get (const LtArguments *self, const char *option)
{
  for (guint i = self->given->len; i > 0; i--) {
    const Given *given = &g_array_index (self->given, Given, i - 1);

    if (strcmp (given->option->name, option) == 0)
      return given->value;
  }
  return NULL;
}

gboolean
lt_arguments_has (const LtArguments *self, const char *option)
{
  return lt_arguments_get (self, option) != NULL;
}

const char *
lt_arguments_nth (const LtArguments *self, const char *option, int index)
{
  for (guint i = 0; i < self->given->len; i++) {
    const Given *given = &g_array_index (self->given, Given, i);

    if (strcmp (given->option->name, option) == 0 && index-- == 0)
      return given->value;
  }
  return NULL;
}

gboolean
lt_arguments_get_integer (const LtArguments *self,
                          const char *option,
                          int minimum,
                          int maximum,
                          int *value,
                          GError **error)
{
  const char *text = lt_arguments_get (self, option);
  gint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (text, 10, minimum, maximum, &number, NULL)) {
    lt_usage_error_set (error, "--%s takes a whole number from %d to %d, not “%s”.",
                        option, minimum, maximum, text);
    return FALSE;
  }
  *value = (int) number;
  return TRUE;
}

/* "  -o, --out FILE", without a new line. */
static char *
option_heading (const LtOption *option)
{
  g_autofree char *letter = option->letter != 0
                                ? g_strdup_printf ("-%c, ", option->letter)
                                : g_strdup ("    ");

  return g_strdup_printf ("  %s--%s%s%s", letter, option->name,
                          option->value != NULL ? " " : "",
                          option->value != NULL ? option->value : "");
}

char *
lt_command_help (const LtCommand *command)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "Usage: lantern %s%s%s [OPTION]...\n\n%s\n",
                          command->name, command->operand[0] != '\0' ? " " : "",
                          command->operand, command->summary);
  if (command->options->name != NULL)
    g_string_append (text, "\nOptions:\n");
  for (const LtOption *option = command->options; option->name != NULL; option++) {
    g_autofree char *heading = option_heading (option);

    g_string_append_printf (text, "%-30s %s\n", heading, option->help);
  }
  if (command->details != NULL)
    g_string_append_printf (text, "\n%s\n", command->details);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
