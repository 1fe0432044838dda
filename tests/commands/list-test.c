/* lantern list and lantern data info: the tables, and the reference made from them. */
#include "commands/program.h"

#include <string.h>

/* The names at the beginnings of the lines that are not indented. */
static GStrv
list_names (const char *what)
{
  g_autoptr (Outcome) outcome = run_program ("list", what, NULL);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  assert_success (outcome);
  lines = g_strsplit (outcome->out, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++) {
    g_autofree char *name = g_strndup (lines[i], strcspn (lines[i], " "));

    if (name[0] != '\0')
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

static void
assert_listed (const char *what, const char *const *expected)
{
  g_auto (GStrv) names = list_names (what);

  for (; *expected != NULL; expected++) {
    if (!g_strv_contains ((const char *const *) names, *expected)) {
      g_test_message ("%s is not among the %s", *expected, what);
      g_test_fail ();
    }
  }
}

static void
test_tables (void)
{
  assert_listed ("models", (const char *const[]){ "autoencoder", "linear", "denoising",
                                                  "contractive", NULL });
  assert_listed ("data", (const char *const[]){ "mnist", "digits", "spiral", NULL });
  assert_listed ("views",
                 (const char *const[]){ "filters", "reconstructions", "latent-map",
                                        "vector-field", "learning-curves",
                                        "distributions", "network", NULL });
}

/* The first lesson is the one that is shown first, and every lesson is listed. */
static void
test_lessons (void)
{
  g_auto (GStrv) names = list_names ("lessons");

  g_assert_cmpuint (g_strv_length (names), >=, 4);
  g_assert_cmpstr (names[0], ==, "digits-2d");
}

/* A model's knobs with that family's own defaults, and those of the training. */
static void
test_knobs (void)
{
  g_autoptr (Outcome) outcome = run_program ("list", "knobs", "denoising", NULL);

  assert_success (outcome);
  g_assert_nonnull (strstr (outcome->out, "\n  noise-level "));
  g_assert_nonnull (strstr (outcome->out, "\n  learning-rate "));
  g_assert_nonnull (strstr (outcome->out, "default masking"));
}

/* docs/knobs.md is what the program prints today. */
static void
test_reference_is_current (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "docs", "knobs.md", NULL);
  g_autoptr (Outcome) outcome = run_program ("list", "knobs", "--markdown", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  assert_success (outcome);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  if (strcmp (text, outcome->out) != 0) {
    g_test_message ("docs/knobs.md is out of date: make docs writes it anew");
    g_test_fail ();
  }
}

/* A user's file: its rows, its shape, its range, its labels. */
static void
test_data_info (void)
{
  g_autofree char *path = test_path ("flowers.csv");
  g_autoptr (Outcome) file = NULL;
  g_autoptr (Outcome) named = run_program ("data", "info", "digits", NULL);

  g_assert_true (
      g_file_set_contents (path,
                           "length,width,species\n"
                           "1.5,0.5,rose\n2.5,-1,lily\n3,2,rose\n0.25,1,rose\n",
                           -1, NULL));
  file = run_program ("data", "info", path, NULL);
  assert_success (file);
  g_assert_nonnull (strstr (file->out, "4"));
  g_assert_nonnull (strstr (file->out, "rose"));
  g_assert_nonnull (strstr (file->out, "-1"));
  assert_success (named);
  g_assert_nonnull (strstr (named->out, "1797"));
}

/* A broken file gets one sentence that names it. */
static void
test_data_info_failures (void)
{
  g_autofree char *path = test_path ("ragged.csv");
  g_autoptr (Outcome) outcome = NULL;

  g_assert_true (g_file_set_contents (path, "1,2,3\n4,5\n", -1, NULL));
  outcome = run_program ("data", "info", path, NULL);
  assert_failure (outcome, 1, "ragged.csv");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list/tables", test_tables);
  g_test_add_func ("/list/lessons", test_lessons);
  g_test_add_func ("/list/knobs", test_knobs);
  g_test_add_func ("/list/reference", test_reference_is_current);
  g_test_add_func ("/data/info", test_data_info);
  g_test_add_func ("/data/info-failures", test_data_info_failures);
  result = g_test_run ();
  remove_folder ();
  return result;
}
