/* Experiments: JSON both ways, every sentence about a bad one, lessons, --set. */
#include "core/error.h"
#include "nets/dense.h"
#include "train/experiment.h"

#include <glib/gstdio.h>
#include <string.h>

static LtExperiment *
parse (const char *json, GError **error)
{
  return lt_experiment_from_json (json, -1, "x.json", error);
}

static const char *
value_of (LtExperiment *experiment, const char *key, char **text)
{
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (experiment, key, NULL, &settings);

  g_assert_nonnull (knob);
  g_free (*text);
  *text = lt_knob_format (knob, settings);
  return *text;
}

/* ---- JSON ------------------------------------------------------------------------------ */

static const char full[] =
    "{ \"format\": 1, \"title\": \"A “title” \\\"quoted\\\" \\\\ \\u0001\\n\","
    "  \"data\": { \"source\": \"spiral\", \"valid-fraction\": 0.25 },"
    "  \"model\": { \"kind\": \"denoising\", \"hidden\": [70, 5], \"noise-level\": "
    "0.45,"
    "    \"tied\": true, \"noise\": \"gaussian\", \"dropout\": [0.1, 0.25] },"
    "  \"training\": { \"epochs\": 3, \"optimiser\": \"momentum\","
    "    \"learning-rate\": 0.030000000000000002 },"
    "  \"seed\": 9007199254740992,"
    "  \"lesson\": { \"order\": 4, \"name\": \"n\", \"summary\": \"s\", \"text\": "
    "\"t\","
    "    \"views\": [\"filters layer=1\", \"curves\"], \"twin\": \"epochs=1; seed=2\" "
    "} }";

/* Everything that can stand in the file arrives. */
static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment = parse (full, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (experiment->lesson.title, ==, "A “title” \"quoted\" \\ \001\n");
  g_assert_cmpstr (lt_data_spec_name (experiment->data), ==, "spiral");
  g_assert_cmpfloat (experiment->data->preparation.valid, ==, 0.25);
  g_assert_cmpstr (experiment->kind->name, ==, "denoising");
  g_assert_cmpstr (value_of (experiment, "hidden", &text), ==, "70 5");
  g_assert_cmpstr (value_of (experiment, "model.noise", &text), ==, "gaussian");
  g_assert_cmpstr (value_of (experiment, "noise-level", &text), ==, "0.45");
  g_assert_cmpstr (value_of (experiment, "tied", &text), ==, "true");
  g_assert_cmpstr (value_of (experiment, "dropout", &text), ==, "0.1 0.25");
  g_assert_cmpint (experiment->training.epochs, ==, 3);
  g_assert_cmpint (experiment->training.optimiser, ==, LT_MOMENTUM);
  g_assert_cmpfloat (experiment->training.learning_rate, ==, 0.030000000000000002);
  g_assert_cmpint (experiment->training.batch_size, ==, 100);
  g_assert_cmpuint (experiment->seed, ==, G_GUINT64_CONSTANT (1) << 53);
  g_assert_cmpint (experiment->lesson.order, ==, 4);
  g_assert_cmpstr (experiment->lesson.views[1], ==, "curves");
  g_assert_null (experiment->lesson.views[2]);
  g_assert_cmpstr (experiment->lesson.twin, ==, "epochs=1; seed=2");
}

/* A number alone is a list of one, as files have it from when a knob took one number. */
static void
test_lone_number (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment =
      parse ("{ \"format\": 1, \"model\": { \"kind\": \"dbm-classifier\","
             "  \"dropout\": 0.3 } }",
             &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (value_of (experiment, "dropout", &text), ==, "0.3");
}

/* What is written reads back as the same, and is written the same again. */
static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) first = parse (full, &error);
  g_autoptr (LtExperiment) copy = lt_experiment_dup (first);
  g_autofree char *json = lt_experiment_to_json (copy);
  g_autoptr (LtExperiment) second = parse (json, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  again = lt_experiment_to_json (second);
  g_assert_cmpstr (json, ==, again);
  g_assert_true (lt_experiment_same_structure (first, second));
  g_assert_cmpstr (second->lesson.title, ==, first->lesson.title);
  g_assert_cmpmem (second->settings, second->kind->knobs.settings_size, first->settings,
                   first->kind->knobs.settings_size);
  g_assert_cmpmem (&second->training, sizeof second->training, &first->training,
                   sizeof first->training);
}

/* A file's experiment keeps its path, relative to the JSON's folder, also when the file is not
 * there: a run can be looked at without its data. */
static void
test_path (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment = lt_experiment_from_json (
      "{ \"format\": 1, \"data\": { \"path\": \"../my.csv\" } }", -1, "/a/b/x.json",
      &error);
  g_autofree char *json = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (experiment->data->path, ==, "/a/my.csv");
  json = lt_experiment_to_json (experiment);
  g_assert_nonnull (strstr (json, "\"path\": \"/a/my.csv\""));
}

/* Each: the JSON, the error's code, and parts of its sentence. */
typedef struct {
  const char *json;
  LtErrorCode code;
  const char *parts[4];
} Bad;

static const Bad bad[] = {
  { "{ \"format\": 1, ", LT_ERROR_FORMAT, { "x.json", "not valid JSON" } },
  { "[1]", LT_ERROR_FORMAT, { "x.json", "one JSON object" } },
  { "", LT_ERROR_FORMAT, { "x.json", "one JSON object" } },
  { "\xff", LT_ERROR_FORMAT, { "x.json", "UTF-8" } },
  { "{ }", LT_ERROR_FORMAT, { "x.json", "\"format\": 1" } },
  { "{ \"format\": \"1\" }", LT_ERROR_FORMAT, { "x.json", "\"format\": 1" } },
  { "{ \"format\": 2 }", LT_ERROR_FORMAT, { "x.json", "newer version", "format 2" } },
  { "{ \"format\": 1, \"modle\": {} }",
    LT_ERROR_UNKNOWN,
    { "x.json", "“modle”", "did you mean “model”" } },
  { "{ \"format\": 1, \"zzzzzz\": {} }",
    LT_ERROR_UNKNOWN,
    { "x.json", "“zzzzzz”", "it has format, title" } },
  { "{ \"format\": 1, \"training\": 3 }",
    LT_ERROR_VALUE,
    { "x.json", "“training”", "is 3", "object" } },
  { "{ \"format\": 1, \"title\": 3 }",
    LT_ERROR_VALUE,
    { "x.json", "“title”", "is 3", "text" } },
  { "{ \"format\": 1, \"seed\": -1 }",
    LT_ERROR_VALUE,
    { "x.json", "“seed”", "is -1", "whole number from 0" } },
  { "{ \"format\": 1, \"seed\": 1.5 }", LT_ERROR_VALUE, { "x.json", "“seed”", "1.5" } },
  { "{ \"format\": 1, \"training\": { \"learning-rat\": 1 } }",
    LT_ERROR_UNKNOWN,
    { "x.json", "training", "“learning-rat”", "did you mean “learning-rate”" } },
  { "{ \"format\": 1, \"training\": { \"learning-rate\": 1e9 } }",
    LT_ERROR_VALUE,
    { "x.json", "training", "“learning-rate”", "a number from 1e-06 to 100" } },
  { "{ \"format\": 1, \"training\": { \"learning-rate\": \"fast\" } }",
    LT_ERROR_VALUE,
    { "x.json", "“learning-rate”", "is \"fast\"", "a number from" } },
  { "{ \"format\": 1, \"training\": { \"epochs\": 2.5 } }",
    LT_ERROR_VALUE,
    { "x.json", "“epochs”", "is 2.5", "a whole number" } },
  { "{ \"format\": 1, \"training\": { \"optimiser\": \"adamm\" } }",
    LT_ERROR_VALUE,
    { "x.json", "“optimiser”", "\"adamm\"", "one of sgd, momentum" } },
  { "{ \"format\": 1, \"training\": { \"optimiser\": 3 } }",
    LT_ERROR_VALUE,
    { "x.json", "“optimiser”", "is 3", "one of sgd" } },
  { "{ \"format\": 1, \"training\": { \"epochs\": null } }",
    LT_ERROR_VALUE,
    { "x.json", "“epochs”", "is null" } },
  { "{ \"format\": 1, \"model\": { \"kind\": \"autoencodre\" } }",
    LT_ERROR_UNKNOWN,
    { "x.json", "model", "“autoencodre”", "autoencoder" } },
  { "{ \"format\": 1, \"model\": { \"kind\": 7 } }",
    LT_ERROR_VALUE,
    { "x.json", "“kind”", "is 7", "text" } },
  { "{ \"format\": 1, \"model\": { \"hidden\": \"500\" } }",
    LT_ERROR_VALUE,
    { "x.json", "model", "“hidden”", "whole numbers" } },
  { "{ \"format\": 1, \"model\": { \"hidden\": [500, \"x\"] } }",
    LT_ERROR_VALUE,
    { "x.json", "“hidden”", "[500,\"x\"]" } },
  { "{ \"format\": 1, \"model\": { \"hidden\": [] } }",
    LT_ERROR_VALUE,
    { "x.json", "“hidden”" } },
  { "{ \"format\": 1, \"model\": { \"tied\": 1 } }",
    LT_ERROR_VALUE,
    { "x.json", "“tied”", "true or false" } },
  { "{ \"format\": 1, \"data\": { \"source\": \"mnits\" } }",
    LT_ERROR_UNKNOWN,
    { "x.json", "data", "“mnits”" } },
  { "{ \"format\": 1, \"data\": { \"source\": \"mnist\", \"path\": \"x\" } }",
    LT_ERROR_VALUE,
    { "x.json", "both" } },
  { "{ \"format\": 1, \"data\": { \"valid-fractoin\": 0.1 } }",
    LT_ERROR_UNKNOWN,
    { "x.json", "data", "did you mean “valid-fraction”" } },
  { "{ \"format\": 1, \"lesson\": { \"oder\": 1 } }",
    LT_ERROR_UNKNOWN,
    { "x.json", "lesson", "“oder”", "“order”" } },
  { "{ \"format\": 1, \"lesson\": { \"order\": \"first\" } }",
    LT_ERROR_VALUE,
    { "x.json", "“order” of lesson", "first" } },
  { "{ \"format\": 1, \"lesson\": { \"views\": \"filters\" } }",
    LT_ERROR_VALUE,
    { "x.json", "“views”", "up to 4" } },
  { "{ \"format\": 1, \"lesson\": { \"views\": [\"a\",\"b\",\"c\",\"d\",\"e\"] } }",
    LT_ERROR_VALUE,
    { "x.json", "“views”", "up to 4" } },
};

/* Each mistake gets a sentence that names the file, the key, the value and what it should
 * be. */
static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *printable = g_utf8_make_valid (bad[i].json, -1);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", printable);
    g_assert_null (parse (bad[i].json, &error));
    g_test_message ("%s", error->message);
    g_assert_error (error, LT_ERROR, (int) bad[i].code);
    for (int k = 0; k < 4 && bad[i].parts[k] != NULL; k++)
      g_assert_nonnull (strstr (error->message, bad[i].parts[k]));
    g_assert_true (g_str_has_suffix (error->message, ".") ||
                   g_str_has_suffix (error->message, "?"));
  }
}

/* A long value is shortened in the message. */
static void
test_long_value (void)
{
  g_autofree char *value = g_strnfill (5000, 'x');
  g_autofree char *json = g_strdup_printf (
      "{ \"format\": 1, \"training\": { \"optimiser\": \"%s\" } }", value);
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (json, &error));
  g_assert_cmpuint (strlen (error->message), <, 300);
}

/* ---- Setting ----------------------------------------------------------------------------- */

static void
set (LtExperiment *experiment, const char *assignment)
{
  g_autoptr (GError) error = NULL;

  lt_experiment_set (experiment, assignment, &error);
  g_assert_no_error (error);
}

static void
test_set (void)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();
  g_autofree char *text = NULL;

  set (experiment, "learning-rate=0.25");
  set (experiment, " epochs = 7 ");
  set (experiment, "seed=42");
  set (experiment, "data=spiral");
  set (experiment, "data.valid-fraction=0.5");
  set (experiment, "training.momentum=0.5");
  set (experiment, "hidden=30 2");
  g_assert_cmpfloat (experiment->training.learning_rate, ==, 0.25);
  g_assert_cmpint (experiment->training.epochs, ==, 7);
  g_assert_cmpuint (experiment->seed, ==, 42);
  g_assert_cmpstr (experiment->data->source->name, ==, "spiral");
  g_assert_cmpfloat (experiment->data->preparation.valid, ==, 0.5);
  g_assert_cmpfloat (experiment->training.momentum, ==, 0.5);
  g_assert_cmpstr (value_of (experiment, "hidden", &text), ==, "30 2");
}

static void
test_set_bad (void)
{
  static const struct {
    const char *assignment;
    LtErrorCode code;
    const char *part;
  } cases[] = {
    { "learning-rate", LT_ERROR_VALUE, "sets nothing" },
    { "", LT_ERROR_VALUE, "sets nothing" },
    { "lerning-rate=1", LT_ERROR_UNKNOWN, "did you mean “learning-rate”" },
    { "qqqqqqqqq=1", LT_ERROR_UNKNOWN, "lantern list knobs autoencoder" },
    { "data.learning-rate=1", LT_ERROR_UNKNOWN, "data.learning-rate" },
    { "learning-rate=fast", LT_ERROR_VALUE, "fast" },
    { "model=autoencodr", LT_ERROR_UNKNOWN, "autoencodr" },
    { "data=nothing-there", LT_ERROR_UNKNOWN, "nothing-there" },
    { "seed=-1", LT_ERROR_VALUE, "seed" },
    { "seed=9007199254740993", LT_ERROR_VALUE, "9007199254740992" },
  };
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();
  g_autofree char *before = lt_experiment_to_json (experiment);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;

    g_assert_false (lt_experiment_set (experiment, cases[i].assignment, &error));
    g_assert_error (error, LT_ERROR, (int) cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].part));
    after = lt_experiment_to_json (experiment);
    g_assert_cmpstr (before, ==, after);
  }
}

/* Another family keeps what was turned and has its own defaults for the rest. */
static void
test_set_kind (void)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();
  g_autoptr (LtExperiment) fresh = lt_experiment_new ();
  g_autofree char *text = NULL, *expected = NULL;

  set (fresh, "model=denoising");
  set (experiment, "weight-decay=0.125");
  set (experiment, "model=denoising");
  g_assert_cmpstr (value_of (experiment, "weight-decay", &text), ==, "0.125");
  g_assert_cmpstr (value_of (experiment, "model.noise", &text), ==,
                   value_of (fresh, "model.noise", &expected));
  g_assert_cmpstr (text, !=, "none");
}

static void
test_set_data (void)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();

  set (experiment, "valid-fraction=0.3");
  set (experiment, "data=moons");
  g_assert_cmpstr (experiment->data->source->name, ==, "moons");
  g_assert_cmpfloat (experiment->data->preparation.valid, ==, 0.3);
}

/* Live knobs leave the structure as it is; everything else does not. */
static void
test_same_structure (void)
{
  static const struct {
    const char *assignment;
    gboolean same;
  } cases[] = {
    { "learning-rate=0.5", TRUE }, { "noise=gaussian", TRUE },
    { "epochs=99", TRUE },         { "hidden=20 2", FALSE },
    { "optimiser=sgd", FALSE },    { "seed=2", FALSE },
    { "data=spiral", FALSE },      { "valid-fraction=0.2", FALSE },
    { "model=denoising", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (LtExperiment) one = lt_experiment_new ();
    g_autoptr (LtExperiment) other = lt_experiment_new ();

    set (other, cases[i].assignment);
    g_assert_cmpint (lt_experiment_same_structure (one, other), ==, cases[i].same);
  }
}

/* ---- Lessons ------------------------------------------------------------------------------- */

/* Every shipped lesson can be read, goes with its data's shape of knobs, and has a text. */
static void
test_lessons (void)
{
  g_auto (GStrv) names = lt_lesson_names ();

  g_assert_cmpuint (g_strv_length (names), >=, 1);
  g_assert_cmpstr (names[0], ==, "digits-2d");
  for (int i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (LtExperiment) lesson = lt_experiment_load (names[i], &error);

    g_assert_no_error (error);
    g_assert_cmpstr (lesson->lesson.name, ==, names[i]);
    g_assert_nonnull (lesson->lesson.title);
    g_assert_nonnull (lesson->lesson.summary);
    g_assert_nonnull (lesson->lesson.text);
    g_assert_nonnull (lesson->lesson.views);
    g_assert_cmpint (lesson->lesson.order, >, 0);
  }
}

/* Order, texts and failures, in a folder of our own. */
static void
test_lesson_folder (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-lessons-XXXXXX", NULL);
  g_autofree char *before = g_strdup (g_getenv ("LANTERN_LESSON_DIR"));
  static const char *const files[][2] = {
    { "b.json", "{ \"format\": 1, \"lesson\": { \"order\": 2 } }" },
    { "a.json", "{ \"format\": 1, \"lesson\": { \"order\": 2, \"text\": \"own\" } }" },
    { "z.json", "{ \"format\": 1, \"lesson\": { \"order\": 1 } }" },
    { "c.json", "{ \"format\": 7 }" },
    { "b.md", "Paragraph." },
    { "a.md", "Not this one." },
  };
  g_auto (GStrv) names = NULL;
  g_autoptr (LtExperiment) a = NULL, b = NULL;
  g_autoptr (GError) nearest = NULL, broken = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i][0], NULL);

    g_assert_true (g_file_set_contents (path, files[i][1], -1, NULL));
  }
  g_setenv ("LANTERN_LESSON_DIR", folder, TRUE);
  names = lt_lesson_names ();
  a = lt_experiment_load ("a", NULL);
  b = lt_experiment_load ("b", NULL);
  g_assert_null (lt_experiment_load ("c", &broken));
  g_assert_null (lt_experiment_load ("zz", &nearest));
  if (before != NULL)
    g_setenv ("LANTERN_LESSON_DIR", before, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i][0], NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_assert_cmpuint (g_strv_length (names), ==, 4);
  g_assert_cmpstr (names[0], ==, "z");
  g_assert_cmpstr (names[1], ==, "a");
  g_assert_cmpstr (names[2], ==, "b");
  g_assert_cmpstr (names[3], ==, "c");
  g_assert_cmpstr (a->lesson.text, ==, "own");
  g_assert_cmpstr (b->lesson.text, ==, "Paragraph.");
  g_assert_nonnull (strstr (broken->message, "newer version"));
  g_assert_error (nearest, LT_ERROR, LT_ERROR_UNKNOWN);
}

/* A file that says no more of a lesson than its views is named after itself. */
static void
test_views_only (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-lessons-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "own.json", NULL);
  g_autoptr (LtExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (
      path, "{ \"format\": 1, \"lesson\": { \"views\": [\"network\"] } }", -1, NULL));
  experiment = lt_experiment_load (path, &error);
  g_unlink (path);
  g_rmdir (folder);
  g_assert_no_error (error);
  g_assert_cmpstr (experiment->lesson.name, ==, "own");
}

/* The fallbacks and the shipped defaults of all families can be built from an empty file. */
static void
test_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) read = parse ("{ \"format\": 1 }", &error);
  g_autoptr (LtExperiment) made = lt_experiment_new ();
  g_autofree char *left = NULL, *right = NULL;

  g_assert_no_error (error);
  left = lt_experiment_to_json (read);
  right = lt_experiment_to_json (made);
  g_assert_cmpstr (left, ==, right);
  g_assert_cmpstr (lt_data_spec_name (made->data), ==, "mnist");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/read", test_read);
  g_test_add_func ("/experiment/lone-number", test_lone_number);
  g_test_add_func ("/experiment/round-trip", test_round_trip);
  g_test_add_func ("/experiment/path", test_path);
  g_test_add_func ("/experiment/views-only", test_views_only);
  g_test_add_func ("/experiment/default", test_default);
  g_test_add_func ("/experiment/bad", test_bad);
  g_test_add_func ("/experiment/long-value", test_long_value);
  g_test_add_func ("/experiment/set", test_set);
  g_test_add_func ("/experiment/set-bad", test_set_bad);
  g_test_add_func ("/experiment/set-kind", test_set_kind);
  g_test_add_func ("/experiment/set-data", test_set_data);
  g_test_add_func ("/experiment/same-structure", test_same_structure);
  g_test_add_func ("/lesson/shipped", test_lessons);
  g_test_add_func ("/lesson/folder", test_lesson_folder);
  return g_test_run ();
}
