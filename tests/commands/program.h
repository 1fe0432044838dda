/* Runs the real program, without a display, for the tests of its commands. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  int status; /* the exit status; −1 when a signal ended it */
  char *out, *err;
} Outcome;

/* Runs `lantern ARGUMENT…` in the test's folder to its end. The last argument is NULL. */
Outcome *run_program (const char *argument, ...) G_GNUC_NULL_TERMINATED;
void outcome_free (Outcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

/* Starts it and gives its standard output, to be read while it runs. */
GSubprocess *start_program (GDataInputStream **out,
                            const char *argument,
                            ...) G_GNUC_NULL_TERMINATED;

/* Asserts success, and that nothing was said on standard error. */
#define assert_success(outcome)                 \
  G_STMT_START                                  \
  {                                             \
    g_assert_cmpstr ((outcome)->err, ==, "");   \
    g_assert_cmpint ((outcome)->status, ==, 0); \
  }                                             \
  G_STMT_END

/* Asserts the status and exactly one line on standard error, with `part` in it. */
#define assert_failure(outcome, expected, part)          \
  G_STMT_START                                           \
  {                                                      \
    g_assert_cmpint ((outcome)->status, ==, (expected)); \
    assert_sentence ((outcome)->err, (part));            \
  }                                                      \
  G_STMT_END

/* One line, "lantern: " and a whole sentence with `part` in it. */
void assert_sentence (const char *text, const char *part);

/* The test's own folder, made on the first call, and a path in it; both are owned by the
 * caller. remove_folder takes it away with all that is in it. */
char *test_path (const char *name);
void remove_folder (void);

/* Writes a small experiment (8 × 8 digits, 16 and 2 units) and returns its path. */
char *write_experiment (int epochs);

/* The same with 256 units and 200 epochs: seconds of work, so that it can be interrupted. */
char *write_long_experiment (void);

G_END_DECLS
