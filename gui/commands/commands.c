/* The table of commands, and the way from argv to one of them. */
#include "config.h"

#include "commands/command.h"
#include "core/kernels.h"
#include "core/matrix.h"
#include "core/nearest.h"
#include "shell/entry.h"
#include "train/experiment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const LtCommand lt_command_train, lt_command_show, lt_command_list,
    lt_command_eval, lt_command_export, lt_command_bench, lt_command_data;

const LtCommand *const lt_commands[] = {
  &lt_command_train,  &lt_command_show,  &lt_command_list, &lt_command_eval,
  &lt_command_export, &lt_command_bench, &lt_command_data, NULL,
};

static const LtCommand *
find_command (const char *name)
{
  for (int i = 0; lt_commands[i] != NULL; i++) {
    if (strcmp (lt_commands[i]->name, name) == 0)
      return lt_commands[i];
  }
  return NULL;
}

static void
print_help (void)
{
  puts ("Usage: lantern [RUN.lantern | LESSON | DATAFILE]\n"
        "       lantern COMMAND [ARGUMENT]... [OPTION]...\n\n"
        "Watch autoencoders learn. Without a command the window opens; commands need\n"
        "no display.\n\n"
        "Commands:");
  for (int i = 0; lt_commands[i] != NULL; i++)
    printf ("  %-10s %s\n", lt_commands[i]->name, lt_commands[i]->summary);
  puts ("\nOptions of the window:\n"
        "  --size WIDTHxHEIGHT   its size in pixels\n"
        "  --light, --dark       whatever the desktop is\n"
        "  --pause               wait for Play before training\n"
        "LANTERN_TRACE_UI=1 in the environment prints at the end how busy the window's "
        "thread was.\n"
        "\n“lantern COMMAND --help” explains one of them.\n"
        "Exit status: 0 when all went well, 1 with a sentence on standard error when\n"
        "something failed, 2 when the command line was wrong.");
}

/* Prints the error as one line and returns the exit status. */
static int
fail (const GError *error)
{
  g_autofree char *line = g_strdelimit (g_strdup (error->message), "\n\r", ' ');

  fprintf (stderr, "lantern: %s\n", g_strchomp (line));
  return g_error_matches (error, LT_USAGE_ERROR, LT_USAGE) ? 2 : 1;
}

/* A full disk or a closed pipe shows only when what was printed is written out. */
static int
finish_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return 0;
  fprintf (stderr, "lantern: The output could not be written: %s.\n",
           g_strerror (errno));
  return 1;
}

static int
run_command (const LtCommand *command, int argc, char **argv)
{
  g_autoptr (LtArguments) arguments = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < argc && strcmp (argv[i], "--") != 0; i++) {
    if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0) {
      g_autofree char *help = lt_command_help (command);

      fputs (help, stdout);
      return finish_output ();
    }
  }

  arguments = lt_arguments_parse (command, argc, argv, &error);
  if (arguments == NULL || !command->run (arguments, &error)) {
    fflush (stdout);
    return fail (error);
  }
  return finish_output ();
}

/* Whether the window has something to open under that name. */
static gboolean
can_be_opened (const char *word)
{
  g_auto (GStrv) lessons = NULL;

  if (strpbrk (word, "/.") != NULL || g_file_test (word, G_FILE_TEST_EXISTS))
    return TRUE;
  lessons = lt_lesson_names ();
  return g_strv_contains ((const char *const *) lessons, word);
}

static int
reject_word (const char *word)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_auto (GStrv) lessons = lt_lesson_names ();
  g_autoptr (GError) error = NULL;
  const char *nearest;

  for (int i = 0; lt_commands[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) lt_commands[i]->name);
  for (int i = 0; lessons[i] != NULL; i++)
    g_ptr_array_add (names, lessons[i]);
  g_ptr_array_add (names, NULL);

  nearest = lt_nearest_name (word, (const char *const *) names->pdata);
  if (nearest != NULL)
    lt_usage_error_set (&error,
                        "There is no command, lesson or file called “%s”; did you mean "
                        "“%s”?",
                        word, nearest);
  else
    lt_usage_error_set (
        &error,
        "There is no command, lesson or file called “%s”; “lantern "
        "--help” lists the commands, “lantern list lessons” the lessons.",
        word);
  return fail (error);
}

int
lt_commands_run (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : NULL;
  const LtCommand *command;

  if (word == NULL)
    return -1;
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0) {
    print_help ();
    return finish_output ();
  }
  if (strcmp (word, "--version") == 0) {
    printf ("lantern " LT_VERSION "\n%s kernels, OpenBLAS for %s\n", lt_kernels_name (),
            lt_blas_core ());
    return finish_output ();
  }

  command = find_command (word);
  if (command != NULL)
    return run_command (command, argc - 2, argv + 2);
  return word[0] == '-' || can_be_opened (word) ? -1 : reject_word (word);
}
