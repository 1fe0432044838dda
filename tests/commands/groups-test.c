/* A file whose columns are bits, labels, real values and counts, from the table to pictures of
 * the machine that has learnt it. */
#include "commands/program.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define ROWS 150

/* Two sorts of rows, alternating: other bits, means and words, around which each row
 * varies. */
static char *
write_table (void)
{
  g_autoptr (GString) text = g_string_new ("a,b,c,sort,mass,size,w1,w2,w3,w4\n");
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (GError) error = NULL;
  char *path = test_path ("mixed.csv");

  for (int row = 0; row < ROWS; row++) {
    int sort = row % 2;

    for (int i = 0; i < 3; i++)
      g_string_append_printf (text, "%d,", g_rand_double (rand) < (sort ? 0.9 : 0.2));
    g_string_append_printf (text, "%s,%d,%.3f", sort ? "new" : "old",
                            1000 + 200 * sort + g_rand_int_range (rand, 0, 100),
                            -0.01 * sort + g_rand_double_range (rand, 0, 0.01));
    for (int word = 0; word < 4; word++)
      g_string_append_printf (text, ",%d",
                              g_rand_int_range (rand, 0, word / 2 == sort ? 8 : 2));
    g_string_append_c (text, '\n');
  }
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
  return path;
}

#define GROUPS "binary 1-4; gaussian 5-6; counts 7-10"

static char *
write_mixed (const char *method)
{
  g_autofree char *table = write_table ();
  g_autofree char *json = g_strdup_printf (
      "{ \"format\": 1,"
      "  \"data\": { \"path\": \"%s\", \"groups\": \"" GROUPS "\" },"
      "  \"model\": { \"kind\": \"rbm\", \"hidden\": [8], \"label-units\": 2,"
      "    \"learn-sigma\": true, \"method\": \"%s\", \"chains\": 20 },"
      "  \"training\": { \"epochs\": 40, \"batch-size\": 10, \"learning-rate\": 0.01 },"
      "  \"seed\": 7 }",
      table, method);
  g_autoptr (GError) error = NULL;
  char *path = test_path ("mixed.json");

  g_file_set_contents (path, json, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* What is said of the file before it is used. */
static void
test_info (void)
{
  g_autofree char *table = write_table ();
  g_autoptr (Outcome) good =
      run_program ("data", "info", table, "--set", "groups=" GROUPS, NULL);
  g_autoptr (Outcome) bad = run_program ("data", "info", table, "--set",
                                         "groups=binary 1-5; counts 6-10", NULL);

  assert_success (good);
  g_assert_nonnull (strstr (good->out, "3 binary values + 2 real values + 4 counts"));
  assert_failure (bad, 1, "column 5 (mass)");
}

static void
assert_picture (const char *run, const char *view)
{
  g_autofree char *path = test_path ("view.png");
  g_autofree char *bytes = NULL;
  g_autoptr (Outcome) outcome =
      run_program ("show", run, "--view", view, "-o", path, NULL);
  gsize n;

  assert_success (outcome);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_assert_cmpuint (n, >, 500);
  g_assert_cmpmem (bytes, 4, "\x89PNG", 4);
}

static double
measured (const char *run, const char *what)
{
  g_autoptr (Outcome) outcome = run_program ("eval", run, "--json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  assert_success (outcome);
  node = json_from_string (outcome->out, &error);
  g_assert_no_error (error);
  g_test_message ("%s", outcome->out);
  return json_object_get_double_member (json_node_get_object (node), what);
}

/* Training finds the two sorts, which any single column tells apart poorly: of 30 test rows
 * at most three are taken for the other sort. All views of such a machine can be drawn. */
static void
test_learning (gconstpointer method)
{
  g_autofree char *experiment = write_mixed (method);
  g_autofree char *run = g_strconcat (method, ".lantern", NULL);
  g_autofree char *path = test_path (run);
  g_autoptr (Outcome) outcome =
      run_program ("train", experiment, "--threads=1", "--quiet", "--out", path, NULL);

  assert_success (outcome);
  g_assert_cmpfloat (measured (path, "classification_error"), <=, 0.1);
  g_assert_true (isfinite (measured (path, "squared_error_per_image")));
  assert_picture (path, "reconstructions");
  assert_picture (path, "filters");
  assert_picture (path, "particles");
  assert_picture (path, "energy");
}

static void
export_weights (const char *run, const char *path)
{
  g_autoptr (Outcome) outcome = run_program ("export", run, "--weights", path, NULL);

  assert_success (outcome);
}

/* Three epochs and then three more are six. */
static void
test_resume (gconstpointer method)
{
  g_autofree char *experiment = write_mixed (method);
  g_autofree char *whole = test_path ("whole.lantern");
  g_autofree char *cut = test_path ("cut.lantern");
  g_autofree char *whole_npz = test_path ("whole.npz");
  g_autofree char *cut_npz = test_path ("cut.npz");
  g_autofree char *a = NULL, *b = NULL;
  gsize n_a, n_b;
  g_autoptr (Outcome) all = run_program ("train", experiment, "--threads=1", "--quiet",
                                         "--epochs=6", "--out", whole, NULL);
  g_autoptr (Outcome) half = run_program ("train", experiment, "--threads=1", "--quiet",
                                          "--epochs=3", "--out", cut, NULL);
  g_autoptr (Outcome) rest = run_program ("train", "--resume", cut, "--threads=1",
                                          "--quiet", "--epochs=6", NULL);

  assert_success (all);
  assert_success (half);
  assert_success (rest);
  export_weights (whole, whole_npz);
  export_weights (cut, cut_npz);
  g_assert_true (g_file_get_contents (whole_npz, &a, &n_a, NULL));
  g_assert_true (g_file_get_contents (cut_npz, &b, &n_b, NULL));
  g_assert_cmpmem (a, n_a, b, n_b);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/info", test_info);
  g_test_add_data_func ("/groups/learning/cd", "cd", test_learning);
  g_test_add_data_func ("/groups/learning/pcd", "pcd", test_learning);
  g_test_add_data_func ("/groups/resume/cd", "cd", test_resume);
  g_test_add_data_func ("/groups/resume/pcd", "pcd", test_resume);
  result = g_test_run ();
  remove_folder ();
  return result;
}
