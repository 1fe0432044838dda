/* Runs the real program, without a display. */
#include "commands/program.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
test_folder (void)
{
  g_autofree char *name = g_strdup_printf ("lantern-test-%d", (int) getpid ());
  char *folder = g_build_filename (g_get_tmp_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return folder;
}

char *
test_path (const char *name)
{
  g_autofree char *folder = test_folder ();

  return g_build_filename (folder, name, NULL);
}

void
remove_folder (void)
{
  g_autofree char *folder = test_folder ();
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static GSubprocess *
spawn (GSubprocessFlags flags, const char *first, va_list arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = test_folder ();
  GSubprocess *process;

  g_ptr_array_add (argv, (gpointer) g_getenv ("LANTERN_PROGRAM"));
  for (const char *next = first; next != NULL; next = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer) next);
  g_ptr_array_add (argv, NULL);

  g_subprocess_launcher_set_cwd (launcher, folder);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "WAYLAND_DISPLAY");
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                          &error);
  g_assert_no_error (error);
  return process;
}

Outcome *
run_program (const char *argument, ...)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Outcome *outcome = g_new0 (Outcome, 1);
  va_list arguments;

  va_start (arguments, argument);
  process = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                   argument, arguments);
  va_end (arguments);

  g_subprocess_communicate_utf8 (process, NULL, NULL, &outcome->out, &outcome->err,
                                 &error);
  g_assert_no_error (error);
  outcome->status = g_subprocess_get_if_exited (process)
                        ? g_subprocess_get_exit_status (process)
                        : -1;
  return outcome;
}

GSubprocess *
start_program (GDataInputStream **out, const char *argument, ...)
{
  GSubprocess *process;
  va_list arguments;

  va_start (arguments, argument);
  process = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                   argument, arguments);
  va_end (arguments);
  *out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  return process;
}

void
outcome_free (Outcome *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

void
assert_sentence (const char *text, const char *part)
{
  const char *end = strchr (text, '\n');

  if (!g_str_has_prefix (text, "lantern: ") || end == NULL || end[1] != '\0' ||
      !(g_str_has_suffix (text, ".\n") || g_str_has_suffix (text, "?\n")) ||
      strstr (text, part) == NULL) {
    g_test_message ("Not one sentence with “%s” in it: “%s”", part, text);
    g_test_fail ();
  }
}

static char *
write_json (const char *name, int n_hidden, int batch_size, int epochs)
{
  g_autofree char *json = g_strdup_printf (
      "{ \"format\": 1,"
      "  \"data\": { \"source\": \"digits\" },"
      "  \"model\": { \"kind\": \"autoencoder\", \"hidden\": [%d, 2] },"
      "  \"training\": { \"epochs\": %d, \"batch-size\": %d },"
      "  \"seed\": 7 }",
      n_hidden, epochs, batch_size);
  g_autoptr (GError) error = NULL;
  char *path = test_path (name);

  g_file_set_contents (path, json, -1, &error);
  g_assert_no_error (error);
  return path;
}

char *
write_experiment (int epochs)
{
  return write_json ("experiment.json", 16, 50, epochs);
}

char *
write_long_experiment (void)
{
  return write_json ("long.json", 256, 20, 200);
}
