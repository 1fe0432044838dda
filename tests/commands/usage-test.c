/* The command line: help, misuse, and what each mistake is answered with. */
#include "commands/program.h"

#include <string.h>

static const char *const commands[] = { "train",  "show",  "list", "eval",
                                        "export", "bench", "data", NULL };

/* --help lists every command, and every command explains itself. */
static void
test_help (void)
{
  g_autoptr (Outcome) all = run_program ("--help", NULL);

  assert_success (all);
  for (int i = 0; commands[i] != NULL; i++) {
    g_autoptr (Outcome) one = run_program (commands[i], "--help", NULL);
    g_autofree char *usage = g_strconcat ("Usage: lantern ", commands[i], NULL);

    assert_success (one);
    g_assert_nonnull (strstr (one->out, usage));
    g_assert_nonnull (strstr (all->out, commands[i]));
  }
}

static void
test_version (void)
{
  g_autoptr (Outcome) outcome = run_program ("--version", NULL);

  assert_success (outcome);
  g_assert_true (g_str_has_prefix (outcome->out, "lantern "));
}

#ifdef __x86_64__
/* A processor that OpenBLAS does not know is not taken for one of twenty years ago, unless
 * the user says so. */
static void
test_processor (void)
{
  g_autoptr (Outcome) chosen = NULL, told = NULL;

  g_unsetenv ("OPENBLAS_CORETYPE");
  chosen = run_program ("--version", NULL);
  assert_success (chosen);
  if (__builtin_cpu_supports ("avx2"))
    g_assert_null (strstr (chosen->out, "Prescott"));
  g_setenv ("OPENBLAS_CORETYPE", "Prescott", TRUE);
  told = run_program ("--version", NULL);
  g_unsetenv ("OPENBLAS_CORETYPE");
  assert_success (told);
  g_assert_nonnull (strstr (told->out, "Prescott"));
}
#endif

/* Misuse is status 2, one sentence, and nothing on standard output. */
static void
test_misuse (void)
{
  static const struct {
    const char *argv[5];
    const char *part;
  } cases[] = {
    { { "trian" }, "did you mean “train”" },
    { { "frobnicate" }, "lantern --help" },
    { { "train" }, "--resume" },
    { { "train", "a", "b" }, "“b” is one too many" },
    { { "train", "digits-2d", "--epoch", "3" }, "--epochs" },
    { { "train", "digits-2d", "--frobnicate" }, "no option --frobnicate" },
    { { "train", "digits-2d", "--epochs" }, "needs a value" },
    { { "train", "digits-2d", "--quiet=yes" }, "takes no value" },
    { { "train", "digits-2d", "--threads", "0" }, "from 1 to" },
    { { "train", "--resume", "a.lantern", "--seed", "3" }, "--seed" },
    { { "show", "a.lantern" }, "--view" },
    { { "show", "a.lantern", "--view=filters", "-oa.png", "--size=big" }, "1280x720" },
    { { "show" }, "RUN" },
    { { "list" }, "lessons|models" },
    { { "list", "lesons" }, "“lesons”" },
    { { "list", "models", "--markdown" }, "knobs" },
    { { "eval" }, "RUN" },
    { { "export", "a.lantern" }, "--weights" },
    { { "bench", "deep" }, "deep-ae" },
    { { "data" }, "info" },
    { { "data", "inof", "a.csv" }, "info" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const *argv = cases[i].argv;
    g_autoptr (Outcome) outcome =
        run_program (argv[0], argv[1], argv[2], argv[3], argv[4], NULL);

    g_test_message ("lantern %s %s", argv[0], argv[1] != NULL ? argv[1] : "");
    assert_failure (outcome, 2, cases[i].part);
    g_assert_cmpstr (outcome->out, ==, "");
  }
}

/* What is asked for rightly and cannot be had is status 1, with one sentence. */
static void
test_failures (void)
{
  static const struct {
    const char *argv[5];
    const char *part;
  } cases[] = {
    { { "train", "digits-3d" }, "digits-2d" },
    { { "train", "missing.json" }, "missing.json" },
    { { "train", "digits-2d", "--data", "mnits" }, "mnits" },
    { { "train", "digits-2d", "--set", "learning-rat=1" }, "learning-rate" },
    { { "train", "digits-2d", "--set", "learning-rate=fast" }, "fast" },
    { { "train", "digits-2d", "--epochs", "0" }, "0" },
    { { "train", "digits-2d", "--seed", "x" }, "x" },
    { { "train", "--resume", "missing.lantern" }, "missing.lantern" },
    { { "eval", "missing.lantern" }, "missing.lantern" },
    { { "export", "missing.lantern", "--weights", "a.npz" }, "missing.lantern" },
    { { "show", "missing.lantern", "--view=filters", "-oa.png" }, "missing.lantern" },
    { { "show", "missing.lantern", "--view=filtres", "-oa.png" }, "filters" },
    { { "list", "knobs", "contractve" }, "contractive" },
    { { "data", "info", "missing.csv" }, "missing.csv" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const *argv = cases[i].argv;
    g_autoptr (Outcome) outcome =
        run_program (argv[0], argv[1], argv[2], argv[3], argv[4], NULL);

    g_test_message ("lantern %s %s %s", argv[0], argv[1],
                    argv[2] != NULL ? argv[2] : "");
    assert_failure (outcome, 1, cases[i].part);
  }
}

/* Output that cannot be written is a failure, not a silence. */
static void
test_full_output (void)
{
  const char *program = g_getenv ("LANTERN_PROGRAM");
  g_autofree char *command = g_strdup_printf ("'%s' list knobs > /dev/full", program);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("this system has no /dev/full");
    return;
  }
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &err,
                &status, &error);
  g_assert_no_error (error);
  g_assert_false (g_spawn_check_wait_status (status, NULL));
  assert_sentence (err, "could not be written");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usage/help", test_help);
  g_test_add_func ("/usage/version", test_version);
#ifdef __x86_64__
  g_test_add_func ("/usage/processor", test_processor);
#endif
  g_test_add_func ("/usage/misuse", test_misuse);
  g_test_add_func ("/usage/failures", test_failures);
  g_test_add_func ("/usage/full-output", test_full_output);
  result = g_test_run ();
  remove_folder ();
  return result;
}
