/* lantern show, eval and export, on one small run: each file is read back by other means. */
#include "commands/program.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The run that all tests look at: 8 × 8 digits through 16 and 2 units, 3 epochs. */
static char *
train_run (void)
{
  char *run = test_path ("files.lantern");

  if (!g_file_test (run, G_FILE_TEST_EXISTS)) {
    g_autofree char *experiment = write_experiment (3);
    g_autoptr (Outcome) outcome =
        run_program ("train", experiment, "--quiet", "--out", run, NULL);

    assert_success (outcome);
  }
  return run;
}

static GBytes *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, length);
}

static void
assert_begins_with (const char *path, const char *magic)
{
  g_autoptr (GBytes) bytes = read_file (path);

  g_assert_cmpuint (g_bytes_get_size (bytes), >, 500);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), strlen (magic), magic,
                   strlen (magic));
}

/* ---- show ----------------------------------------------------------------------- */

/* Each view, as each kind of file. */
static void
test_show_formats (void)
{
  g_autofree char *run = train_run ();
  static const char *const views[] = { "filters", "reconstructions", "latent-map",
                                       "learning-curves" };
  static const struct {
    const char *suffix, *magic;
  } formats[] = { { ".png", "\x89PNG" }, { ".svg", "<?xml" }, { ".pdf", "%PDF" } };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (formats); j++) {
      g_autofree char *name = g_strconcat (views[i], formats[j].suffix, NULL);
      g_autofree char *path = test_path (name);
      g_autoptr (Outcome) outcome =
          run_program ("show", run, "--view", views[i], "-o", path, NULL);

      assert_success (outcome);
      assert_begins_with (path, formats[j].magic);
    }
  }
}

static guint32
read_big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* A PNG has the size that was asked for. */
static void
test_show_size (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *path = test_path ("size.png");
  g_autoptr (Outcome) outcome = run_program ("show", run, "--view=filters", "--size",
                                             "640x400", "-o", path, NULL);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;

  assert_success (outcome);
  bytes = read_file (path);
  data = g_bytes_get_data (bytes, NULL);
  g_assert_cmpuint (read_big_endian (data + 16), ==, 640);
  g_assert_cmpuint (read_big_endian (data + 20), ==, 400);
}

/* Another epoch, another style and other settings are other pictures; the same is the same. */
static void
test_show_differs (void)
{
  g_autofree char *run = train_run ();
  static const char *const variants[] = { "--epoch=3", "--epoch=0", "--dark",
                                          "--set=layer=2", "--size=960x720" };
  g_autoptr (GPtrArray) pictures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *path = test_path ("variant.png");

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    g_autoptr (Outcome) outcome =
        run_program ("show", run, "--view=filters", variants[i], "-o", path, NULL);

    assert_success (outcome);
    g_ptr_array_add (pictures, read_file (path));
  }
  g_assert_false (g_bytes_equal (pictures->pdata[0], pictures->pdata[1]));
  g_assert_false (g_bytes_equal (pictures->pdata[0], pictures->pdata[2]));
  g_assert_false (g_bytes_equal (pictures->pdata[0], pictures->pdata[3]));
  g_assert_true (g_bytes_equal (pictures->pdata[0],
                                pictures->pdata[4])); /* both are the defaults */
}

static void
test_show_failures (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *path = test_path ("none.png");
  static const struct {
    const char *view, *argument, *part;
  } cases[] = {
    { "--view=filters", "--epoch=9", "3" },
    { "--view=filtres", "--dark", "filters" },
    { "--view=filters", "--set=laier=1", "layer" },
    { "--view=filters", "--set=layer=many", "many" },
    { "--view=vector-field", "--dark", "points in the plane" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Outcome) outcome =
        run_program ("show", run, cases[i].view, cases[i].argument, "-o", path, NULL);

    g_test_message ("%s %s", cases[i].view, cases[i].argument);
    assert_failure (outcome, 1, cases[i].part);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

/* ---- eval ----------------------------------------------------------------------- */

static double
find_measure (const char *text, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (int i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

    if (g_strv_length (words) == 2 && strcmp (words[0], name) == 0)
      return g_ascii_strtod (words[1], NULL);
  }
  g_test_message ("There is no line “%s” in “%s”", name, text);
  g_test_fail ();
  return (double) NAN;
}

/* “name value” lines; per image is 64 times per pixel for 8 × 8 pictures. */
static void
test_eval_lines (void)
{
  g_autofree char *run = train_run ();
  g_autoptr (Outcome) outcome = run_program ("eval", run, "--split=train", NULL);
  double image, pixel;

  assert_success (outcome);
  image = find_measure (outcome->out, "squared_error_per_image");
  pixel = find_measure (outcome->out, "squared_error_per_pixel");
  g_assert_cmpfloat (image, >, 0);
  g_assert_cmpfloat (fabs (image / (64 * pixel) - 1), <, 1e-6);
  g_assert_cmpfloat (find_measure (outcome->out, "cross_entropy_per_pixel"), >, 0);
}

/* The JSON has the same figures; another epoch has others. */
static void
test_eval_json (void)
{
  g_autofree char *run = train_run ();
  g_autoptr (Outcome) lines = run_program ("eval", run, NULL);
  g_autoptr (Outcome) json = run_program ("eval", run, "--json", NULL);
  g_autoptr (Outcome) first = run_program ("eval", run, "--epoch=0", NULL);
  g_autoptr (JsonNode) node = json_from_string (json->out, NULL);
  double last_error = find_measure (lines->out, "squared_error_per_image");
  JsonObject *object;

  g_assert_nonnull (node);
  object = json_node_get_object (node);
  g_assert_cmpint (json_object_get_int_member (object, "epoch"), ==, 3);
  g_assert_cmpfloat (
      fabs (json_object_get_double_member (object, "squared_error_per_image") -
            last_error),
      <, 1e-6 * last_error);
  g_assert_cmpfloat (find_measure (first->out, "squared_error_per_image"), >,
                     last_error);
}

/* A machine's log Z is estimated near the exact one, and makes the log-likelihood of the free
 * energy; --seed gives another estimate. */
static void
test_eval_ais (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autofree char *run = test_path ("rbm.lantern");
  g_autoptr (Outcome) trained =
      run_program ("train", experiment, "--set", "model=rbm", "--set", "hidden=8",
                   "--out", run, "--quiet", NULL);
  g_autoptr (Outcome) plain = run_program ("eval", run, NULL);
  g_autoptr (Outcome) ais =
      run_program ("eval", run, "--ais=100", "--temperatures=300", NULL);
  g_autoptr (Outcome) other =
      run_program ("eval", run, "--ais=100", "--temperatures=300", "--seed=2",
                   "--ladder=uniform", "--base=uniform", NULL);
  double exact;

  assert_success (trained);
  assert_success (plain);
  assert_success (ais);
  assert_success (other);
  exact = find_measure (plain->out, "log_z_exact");
  g_assert_null (strstr (plain->out, "log_z_ais"));
  g_assert_cmpfloat (fabs (find_measure (ais->out, "log_z_ais") - exact), <, 0.1);
  g_assert_cmpfloat (fabs (find_measure (other->out, "log_z_ais") - exact), <, 0.1);
  g_assert_cmpfloat (find_measure (other->out, "log_z_ais"), !=,
                     find_measure (ais->out, "log_z_ais"));
  g_assert_cmpfloat (find_measure (plain->out, "log_likelihood_per_example"), <, 0);
}

static void
test_eval_failures (void)
{
  g_autofree char *run = train_run ();
  g_autoptr (Outcome) alone = run_program ("eval", run, "--temperatures=10", NULL);
  g_autoptr (Outcome) ladder = run_program ("eval", run, "--ais=5", "--ladder=x", NULL);
  g_autoptr (Outcome) few = run_program ("eval", run, "--ais=0", NULL);
  g_autoptr (Outcome) none = run_program ("eval", run, "--ais=5", NULL);
  g_autofree char *text = test_path ("not-a-run.lantern");
  g_autoptr (Outcome) split = run_program ("eval", run, "--split=half", NULL);
  g_autoptr (Outcome) epoch = run_program ("eval", run, "--epoch=4", NULL);
  g_autoptr (Outcome) other = NULL;

  assert_failure (split, 2, "half");
  assert_failure (epoch, 1, "3");
  assert_failure (alone, 2, "--ais");
  assert_failure (ladder, 2, "dense or uniform");
  assert_failure (few, 2, "2 to");
  assert_failure (none, 1, "no log Z");
  g_assert_nonnull (strstr (none->out, "squared_error_per_image"));
  g_assert_true (
      g_file_set_contents (text, "This is a letter, not a run.\n", -1, NULL));
  other = run_program ("eval", text, NULL);
  assert_failure (other, 1, "not-a-run.lantern");
}

/* ---- export --------------------------------------------------------------------- */

/* What NumPy says of a file; NULL (and the test is skipped) where there is no NumPy. */
static char *
read_with_numpy (const char *path)
{
  g_autofree char *script =
      g_test_build_filename (G_TEST_DIST, "support", "read_arrays.py", NULL);
  const char *probe[] = { "/usr/bin/python3", "-c", "import numpy", NULL };
  const char *argv[] = { "/usr/bin/python3", script, path, NULL };
  g_autofree char *err = NULL;
  char *out = NULL;
  int status = -1;

  if (!g_spawn_sync (NULL, (char **) probe, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                     NULL, NULL, NULL, &status, NULL) ||
      status != 0) {
    g_test_skip ("NumPy (python3-numpy) is not installed");
    return NULL;
  }
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               &out, &err, &status, NULL));
  g_assert_cmpstr (err, ==, "");
  g_assert_cmpint (status, ==, 0);
  return out;
}

/* The archive opens in NumPy, each tensor under its name and with its shape. */
static void
test_npz (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *path = test_path ("weights.npz");
  g_autoptr (Outcome) outcome = run_program ("export", run, "--weights", path, NULL);
  g_autofree char *text = NULL;

  assert_success (outcome);
  text = read_with_numpy (path);
  if (text == NULL)
    return;
  g_assert_nonnull (strstr (text, "W1 "));
  g_assert_nonnull (strstr (text, " float32 "));
  g_assert_true (strstr (text, " 16x64 ") != NULL || strstr (text, " 64x16 ") != NULL);
  g_assert_true (strstr (text, " 2x16 ") != NULL || strstr (text, " 16x2 ") != NULL);
}

/* The header by the format's own description; the tensors fill the file without a gap. */
static void
test_safetensors (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *path = test_path ("weights.safetensors");
  g_autoptr (Outcome) outcome = run_program ("export", run, "--weights", path, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) names = NULL;
  const guint8 *data;
  JsonObject *header;
  gint64 filled = 0;
  guint64 length;
  gsize size;

  assert_success (outcome);
  bytes = read_file (path);
  data = g_bytes_get_data (bytes, &size);
  memcpy (&length, data, sizeof length);
  length = GUINT64_FROM_LE (length);
  g_assert_cmpuint (length, <, size - 8);
  g_assert_cmpuint ((8 + length) % 8, ==, 0);
  g_assert_true (json_parser_load_from_data (parser, (const char *) data + 8,
                                             (gssize) length, &error));
  header = json_node_get_object (json_parser_get_root (parser));

  names = json_object_get_members (header);
  for (GList *l = names; l != NULL; l = l->next) {
    JsonObject *tensor = json_object_get_object_member (header, l->data);
    JsonArray *shape, *offsets;
    gint64 n = 1;

    if (strcmp (l->data, "__metadata__") == 0)
      continue;
    g_assert_cmpstr (json_object_get_string_member (tensor, "dtype"), ==, "F32");
    shape = json_object_get_array_member (tensor, "shape");
    offsets = json_object_get_array_member (tensor, "data_offsets");
    for (guint i = 0; i < json_array_get_length (shape); i++)
      n *= json_array_get_int_element (shape, i);
    g_assert_cmpint (json_array_get_int_element (offsets, 0), ==, filled);
    filled = json_array_get_int_element (offsets, 1);
    g_assert_cmpint (filled - json_array_get_int_element (offsets, 0), ==, 4 * n);
  }
  g_assert_true (json_object_has_member (header, "W1"));
  g_assert_cmpint (filled, ==, (gint64) (size - 8 - length));
}

/* Codes have two columns, reconstructions 64, and both a row for each test example. */
static void
test_npy (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *codes = test_path ("codes.npy");
  g_autofree char *reconstructions = test_path ("reconstructions.npy");
  g_autoptr (Outcome) outcome =
      run_program ("export", run, "--codes", codes, "--reconstructions",
                   reconstructions, "--split=train", NULL);
  g_autofree char *text = NULL, *other = NULL;
  int n_codes = 0, n_reconstructions = 0;

  assert_success (outcome);
  text = read_with_numpy (codes);
  if (text == NULL)
    return;
  other = read_with_numpy (reconstructions);
  g_assert_cmpint (sscanf (text, "array %dx2 float32", &n_codes), ==, 1);
  g_assert_cmpint (sscanf (other, "array %dx64 float32", &n_reconstructions), ==, 1);
  g_assert_cmpint (n_codes, >, 1000);
  g_assert_cmpint (n_codes, ==, n_reconstructions);
}

/* Documents' likelihoods, whose estimates agree with the exact ones. */
static void
test_eval_documents (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autofree char *run = test_path ("topics.lantern");
  g_autoptr (Outcome) trained = run_program (
      "train", experiment, "--data=topics", "--set", "model=replicated-softmax",
      "--set", "hidden=6", "--out", run, "--quiet", NULL);
  g_autoptr (Outcome) outcome =
      run_program ("eval", run, "--ais=50", "--temperatures=100", NULL);
  double word;

  assert_success (trained);
  assert_success (outcome);
  word = find_measure (outcome->out, "log_likelihood_per_word");
  g_assert_cmpfloat (word, <, 0);
  g_assert_cmpfloat (word, >,
                     find_measure (outcome->out, "log_likelihood_per_example"));
  g_assert_cmpfloat (
      fabs (find_measure (outcome->out, "perplexity_per_word") - exp (-word)), <, 1e-3);
  g_assert_cmpfloat (fabs (find_measure (outcome->out, "log_z_ais") -
                           find_measure (outcome->out, "log_z_exact")),
                     <, 1);
}

/* A heading and a row for each epoch, the model before training included; the terms at the
 * end add up to the objective. */
static void
test_metrics (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *path = test_path ("metrics.csv");
  g_autoptr (Outcome) outcome = run_program ("export", run, "--metrics", path, NULL);
  guint n_fields = 0;
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;

  assert_success (outcome);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 4 + 1);
  for (int i = 0; i < 5; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
    double sum = 0;

    if (i == 0)
      n_fields = g_strv_length (fields);

    g_assert_cmpuint (g_strv_length (fields), ==, n_fields);
    if (i > 0)
      g_assert_cmpint (atoi (fields[0]), ==, i - 1);
    for (int k = 11; fields[k] != NULL; k++)
      sum += i > 0 ? g_ascii_strtod (fields[k], NULL) : 0;
    if (i > 1)
      g_assert_cmpfloat (fabs (sum - g_ascii_strtod (fields[3], NULL)), <, 1e-3 * sum);
  }
}

/* Figures beside the objective come with their names: of a ladder of temperatures, how often
 * the two rungs that swap least do. */
static void
test_metrics_rates (void)
{
  g_autofree char *experiment = write_experiment (1);
  g_autofree char *run = test_path ("tempering.lantern");
  g_autofree char *path = test_path ("tempering.csv");
  g_autofree char *text = NULL;
  g_autoptr (Outcome) trained = run_program (
      "train", experiment, "--set", "model=rbm", "--set", "hidden=8", "--set",
      "method=tempering", "--set", "chains=10", "--json", "--out", run, NULL);
  g_autoptr (Outcome) outcome = run_program ("export", run, "--metrics", path, NULL);
  g_auto (GStrv) lines = NULL, names = NULL, fields = NULL;
  double rate = 0;

  assert_success (trained);
  assert_success (outcome);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  names = g_strsplit (lines[0], ",", -1);
  fields = g_strsplit (lines[2], ",", -1);
  for (int k = 0; names[k] != NULL; k++)
    if (strcmp (names[k], "lowest_swap_rate") == 0)
      rate = g_ascii_strtod (fields[k], NULL);
  g_assert_cmpfloat (rate, >, 0);
  g_assert_cmpfloat (rate, <=, 1);
  g_assert_nonnull (strstr (trained->out, "\"lowest_swap_rate\":null"));
  g_assert_nonnull (strstr (trained->out, "\"lowest_swap_rate\":0."));
}

/* What cannot be written leaves what was there. */
static void
test_export_failures (void)
{
  g_autofree char *run = train_run ();
  g_autofree char *text = test_path ("weights.txt");
  g_autoptr (Outcome) suffix = run_program ("export", run, "--weights", text, NULL);
  g_autoptr (Outcome) npz =
      run_program ("export", run, "--weights", "/no/such/folder/a.npz", NULL);
  g_autoptr (Outcome) npy =
      run_program ("export", run, "--codes", "/no/such/folder/a.npy", NULL);

  assert_failure (suffix, 2, ".safetensors");
  g_assert_false (g_file_test (text, G_FILE_TEST_EXISTS));
  assert_failure (npz, 1, "/no/such/folder/a.npz");
  assert_failure (npy, 1, "/no/such/folder/a.npy");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/show/formats", test_show_formats);
  g_test_add_func ("/show/size", test_show_size);
  g_test_add_func ("/show/differs", test_show_differs);
  g_test_add_func ("/show/failures", test_show_failures);
  g_test_add_func ("/eval/lines", test_eval_lines);
  g_test_add_func ("/eval/json", test_eval_json);
  g_test_add_func ("/eval/ais", test_eval_ais);
  g_test_add_func ("/eval/documents", test_eval_documents);
  g_test_add_func ("/eval/failures", test_eval_failures);
  g_test_add_func ("/export/npz", test_npz);
  g_test_add_func ("/export/safetensors", test_safetensors);
  g_test_add_func ("/export/npy", test_npy);
  g_test_add_func ("/export/metrics", test_metrics);
  g_test_add_func ("/export/metrics/rates", test_metrics_rates);
  g_test_add_func ("/export/failures", test_export_failures);
  result = g_test_run ();
  remove_folder ();
  return result;
}
