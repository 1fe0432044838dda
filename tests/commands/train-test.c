/* lantern train: what it prints, what it keeps, and that a killed run goes on exactly. */
#include "commands/program.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <signal.h>
#include <string.h>

static int
count_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return (int) g_strv_length (lines) - 1;
}

/* A line an epoch, the model before training included, under two lines of heading. */
static void
test_lines (void)
{
  g_autofree char *experiment = write_experiment (3);
  g_autoptr (Outcome) outcome = run_program ("train", experiment, "--threads=1", NULL);

  assert_success (outcome);
  g_assert_nonnull (strstr (outcome->out, "objective"));
  g_assert_nonnull (strstr (outcome->out, "examples/s"));
  g_assert_cmpint (count_lines (outcome->out), ==, 2 + 4);
}

static void
test_quiet (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autoptr (Outcome) outcome = run_program ("train", experiment, "--quiet", NULL);

  assert_success (outcome);
  g_assert_cmpstr (outcome->out, ==, "");
}

/* With --json every line is an object with the epoch's figures; training lowers the
 * objective. */
static void
test_json (void)
{
  g_autofree char *experiment = write_experiment (8);
  g_autoptr (Outcome) outcome = run_program ("train", experiment, "--json", NULL);
  g_auto (GStrv) lines = NULL;
  double first = NAN, last = NAN;

  assert_success (outcome);
  lines = g_strsplit (g_strchomp (outcome->out), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  for (int i = 0; lines[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
    JsonObject *object;

    g_assert_no_error (error);
    object = json_node_get_object (node);
    g_assert_cmpint (json_object_get_int_member (object, "epoch"), ==, i);
    last = json_object_get_double_member (object, "train_squared_error");
    if (i == 0)
      first = last;
  }
  g_assert_cmpfloat (last, <, 0.9 * first);
}

/* --set, --data, --epochs and --seed change the experiment that is kept. */
static void
test_settings (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autofree char *run = test_path ("settings.lantern");
  g_autoptr (Outcome) outcome =
      run_program ("train", experiment, "--data", "spiral", "--set", "hidden=8 2",
                   "--set", "loss=squared-error", "--set=output-activation=linear",
                   "--epochs=2", "--seed=3", "--json", "--out", run, NULL);
  g_autoptr (Outcome) measured = NULL;

  assert_success (outcome);
  g_assert_cmpint (count_lines (outcome->out), ==, 3);
  measured = run_program ("eval", run, "--json", NULL);
  assert_success (measured);
  g_assert_nonnull (strstr (measured->out, "\"epoch\":2"));
}

/* A layer that is taken over as another kind of unit is no error, but told of before
 * training. */
static void
test_notice (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autofree char *run = test_path ("from.lantern");
  g_autoptr (Outcome) first =
      run_program ("train", experiment, "--quiet", "--out", run, NULL);
  g_autoptr (Outcome) told = run_program ("train", experiment, "--from", run, "--set",
                                          "code-activation=tanh", NULL);
  g_autoptr (Outcome) quiet = run_program ("train", experiment, "--from", run, "--set",
                                           "code-activation=tanh", "--quiet", NULL);

  assert_success (first);
  g_assert_cmpint (told->status, ==, 0);
  assert_sentence (told->err, "set code-activation=linear");
  assert_success (quiet);
}

static void
export_weights (const char *run, const char *path)
{
  g_autoptr (Outcome) outcome = run_program ("export", run, "--weights", path, NULL);

  assert_success (outcome);
}

/* The weights that training with a seed gives, as an archive's bytes. */
static GBytes *
train_with_seed (const char *seed)
{
  g_autofree char *experiment = write_experiment (2);
  g_autofree char *run = test_path ("seed.lantern");
  g_autofree char *npz = test_path ("seed.npz");
  g_autoptr (Outcome) trained = run_program ("train", experiment, seed, "--quiet",
                                             "--threads=1", "--out", run, NULL);
  char *bytes;
  gsize length;

  assert_success (trained);
  export_weights (run, npz);
  g_assert_true (g_file_get_contents (npz, &bytes, &length, NULL));
  return g_bytes_new_take (bytes, length);
}

/* One seed gives one result; another seed gives another. */
static void
test_seeds (void)
{
  g_autoptr (GBytes) first = train_with_seed ("--seed=3");
  g_autoptr (GBytes) again = train_with_seed ("--seed=3");
  g_autoptr (GBytes) other = train_with_seed ("--seed=4");

  g_assert_true (g_bytes_equal (first, again));
  g_assert_false (g_bytes_equal (first, other));
}

/* Reads lines until one begins with the epoch; the run is still going on then. */
static void
wait_for_epoch (GDataInputStream *out, int epoch)
{
  g_autofree char *mark = g_strdup_printf ("{\"epoch\":%d,", epoch);
  g_autoptr (GError) error = NULL;

  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line (out, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (line);
    if (g_str_has_prefix (line, mark))
      return;
  }
}

static void
assert_same_file (const char *a, const char *b)
{
  g_autofree char *bytes_a = NULL, *bytes_b = NULL;
  gsize length_a, length_b;

  g_assert_true (g_file_get_contents (a, &bytes_a, &length_a, NULL));
  g_assert_true (g_file_get_contents (b, &bytes_b, &length_b, NULL));
  g_assert_cmpmem (bytes_a, length_a, bytes_b, length_b);
}

/* One lesson's weights after an epoch on small digits, in a file of that name, and its
 * objective as it is printed, to all digits. */
static char *
weights_of (const char *lesson, const char *threads, char **objective)
{
  static const char key[] = "\"objective\":";
  g_autofree char *name = g_strconcat (threads + strlen ("--"), ".npz", NULL);
  g_autofree char *run = test_path ("threads.lantern");
  char *npz = test_path (name);
  g_autoptr (Outcome) trained =
      run_program ("train", lesson, "--data=digits", "--epochs=1", threads, "--json",
                   "--out", run, NULL);
  const char *last;

  assert_success (trained);
  last = g_strrstr (trained->out, key);
  g_assert_nonnull (last);
  *objective = g_strndup (last, strcspn (last, ","));
  export_weights (run, npz);
  return npz;
}

/* Nor does the result depend on how many processors there are: of no family. */
static void
test_threads (void)
{
  static const char *const lessons[] = { "digits-2d",     "denoising-filters",
                                         "rbm-digits",    "dbn-dreams",
                                         "dbm",           "unrolling",
                                         "dbm-classifier" };

  for (gsize i = 0; i < G_N_ELEMENTS (lessons); i++) {
    g_autofree char *of_one = NULL, *of_three = NULL;
    g_autofree char *alone = weights_of (lessons[i], "--threads=1", &of_one);
    g_autofree char *shared = weights_of (lessons[i], "--threads=3", &of_three);

    g_assert_cmpstr (of_one, ==, of_three);
    assert_same_file (alone, shared);
  }
}

/* A run that a signal ended, resumed, gives the weights of one that nothing disturbed. */
static void
check_resume (int signal_number)
{
  g_autofree char *experiment = write_long_experiment ();
  g_autofree char *whole = test_path ("whole.lantern");
  g_autofree char *cut = test_path ("cut.lantern");
  g_autofree char *whole_npz = test_path ("whole.npz");
  g_autofree char *cut_npz = test_path ("cut.npz");
  g_autoptr (Outcome) uninterrupted =
      run_program ("train", experiment, "--threads=1", "--quiet", "--out", whole, NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GSubprocess) process = start_program (
      &out, "train", experiment, "--threads=1", "--json", "--out", cut, NULL);
  g_autoptr (Outcome) resumed = NULL;

  assert_success (uninterrupted);
  wait_for_epoch (out, 2);
  g_subprocess_send_signal (process, signal_number);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_false (g_subprocess_get_successful (process));

  resumed = run_program ("train", "--resume", cut, "--threads=1", "--quiet", NULL);
  assert_success (resumed);
  export_weights (whole, whole_npz);
  export_weights (cut, cut_npz);
  assert_same_file (whole_npz, cut_npz);
}

static void
test_kill (void)
{
  check_resume (SIGKILL);
}

static void
test_interrupt (void)
{
  check_resume (SIGINT);
}

/* Ctrl-C is answered with the command that goes on. */
static void
test_interrupt_says_how_to_resume (void)
{
  g_autofree char *experiment = write_experiment (100000);
  g_autofree char *run = test_path ("interrupted.lantern");
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GSubprocess) process =
      start_program (&out, "train", experiment, "--json", "--out", run, NULL);
  g_autoptr (GDataInputStream) err =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  g_autofree char *line = NULL, *sentence = NULL;

  wait_for_epoch (out, 1);
  g_subprocess_send_signal (process, SIGINT);
  while ((line = g_data_input_stream_read_line (out, NULL, NULL, NULL)) != NULL)
    g_clear_pointer (&line, g_free);
  line = g_data_input_stream_read_line (err, NULL, NULL, NULL);
  g_subprocess_wait (process, NULL, NULL);

  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (line);
  sentence = g_strconcat (line, "\n", NULL);
  assert_sentence (sentence, "lantern train --resume");
}

/* A run goes on for longer than was first planned; only the new epochs are printed. */
static void
test_more_epochs (void)
{
  g_autofree char *experiment = write_experiment (2);
  g_autofree char *run = test_path ("more.lantern");
  g_autoptr (Outcome) trained =
      run_program ("train", experiment, "--quiet", "--out", run, NULL);
  g_autoptr (Outcome) resumed =
      run_program ("train", "--resume", run, "--epochs=4", "--json", NULL);
  g_autoptr (Outcome) measured = run_program ("eval", run, "--json", NULL);

  assert_success (trained);
  assert_success (resumed);
  g_assert_cmpint (count_lines (resumed->out), ==, 2);
  assert_success (measured);
  g_assert_nonnull (strstr (measured->out, "\"epoch\":4"));
}

/* Leaving the finite numbers ends the run with a sentence, and the run file stays good. */
static void
test_divergence (void)
{
  g_autofree char *experiment = write_experiment (20);
  g_autofree char *run = test_path ("diverged.lantern");
  g_autoptr (Outcome) outcome =
      run_program ("train", experiment, "--set=optimiser=sgd",
                   "--set=learning-rate=100", "--set=loss=squared-error",
                   "--set=output-activation=linear", "--quiet", "--out", run, NULL);
  g_autoptr (Outcome) measured = run_program ("eval", run, NULL);

  assert_failure (outcome, 1, "learning");
  assert_success (measured);
}

/* A folder that cannot be written to is said at once, before anything is trained. */
static void
test_unwritable (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autoptr (Outcome) outcome =
      run_program ("train", experiment, "--out", "/no/such/folder/run.lantern", NULL);

  assert_failure (outcome, 1, "/no/such/folder");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/train/lines", test_lines);
  g_test_add_func ("/train/quiet", test_quiet);
  g_test_add_func ("/train/json", test_json);
  g_test_add_func ("/train/settings", test_settings);
  g_test_add_func ("/train/notice", test_notice);
  g_test_add_func ("/train/seeds", test_seeds);
  g_test_add_func ("/train/threads", test_threads);
  g_test_add_func ("/train/kill", test_kill);
  g_test_add_func ("/train/interrupt", test_interrupt);
  g_test_add_func ("/train/interrupt-message", test_interrupt_says_how_to_resume);
  g_test_add_func ("/train/more-epochs", test_more_epochs);
  g_test_add_func ("/train/divergence", test_divergence);
  g_test_add_func ("/train/unwritable", test_unwritable);
  result = g_test_run ();
  remove_folder ();
  return result;
}
