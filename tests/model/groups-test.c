/* Columns of several kinds in one file: what becomes of the shape and of the values, and what
 * is said of a text or of values that do not fit. */
#include "core/error.h"
#include "core/kernels.h"
#include "data/source.h"
#include "support/sample-files.h"

#include <string.h>

/* Bits, the label, real values, counts. */
#define TABLE            \
  "a,b,class,c,d,e,f\n"  \
  "0,1,x,10,-1,3,0\n"    \
  "1,0.5,y,20,0.5,0,2\n" \
  "1,0,x,30,3.5,1,7\n"

static LtDataSpec *
new_spec (LtFolder *folder, const char *text, const char *groups)
{
  g_autofree char *path = lt_folder_write_text (folder, "x.csv", text);
  g_autoptr (GError) error = NULL;
  LtDataSpec *spec = lt_data_spec_new (path, &error);

  g_assert_no_error (error);
  lt_knob_parse (lt_knobs_find (&spec->source->knobs, "groups"), groups, spec->settings,
                 &error);
  g_assert_no_error (error);
  spec->preparation.valid = spec->preparation.test = 0;
  return spec;
}

static void
assert_modality (const LtShape *shape, int m, LtValueKind kind, int offset, int size)
{
  g_assert_cmpint (m, <, shape->n_modalities);
  g_assert_cmpint (shape->modality[m].kind, ==, kind);
  g_assert_cmpint (shape->modality[m].offset, ==, offset);
  g_assert_cmpint (shape->modality[m].size, ==, size);
}

/* Modalities lie as the columns do, whatever the text's order, the label's column left out;
 * each is scaled as its kind needs, and unscaled again. */
static void
test_scaling (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (LtDataSpec) spec = NULL;
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (GError) error = NULL;
  static const float found[] = { 0,    1, 10, -1, 3, 0,  1,    0.5F, 20,
                                 0.5F, 0, 2,  1,  0, 30, 3.5F, 1,    7 };
  static const float scaled[] = { 0, 1,    -1.2247449F, -1.0690450F, 3, 0,
                                  1, 0.5F, 0,           -0.2672612F, 0, 2,
                                  1, 0,    1.2247449F,  1.3363062F,  1, 7 };
  const LtShape *shape;
  float x[18];

  lt_folder_init (&folder);
  spec = new_spec (&folder, TABLE, "counts 6-7;gaussian 4 - 5 ; binary 1-3;");
  data = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  shape = lt_dataset_shape (data);
  g_assert_cmpint (shape->n_modalities, ==, 3);
  assert_modality (shape, 0, LT_UNIT, 0, 2);
  assert_modality (shape, 1, LT_REAL, 2, 2);
  assert_modality (shape, 2, LT_COUNTS, 4, 2);
  g_assert_true (shape->modality[1].standardised);
  g_assert_false (shape->modality[0].standardised);
  g_assert_cmpint (lt_dataset_n_classes (data), ==, 2);
  lt_dataset_gather (data, LT_TRAIN, NULL, 0, 3, x);
  for (int i = 0; i < 18; i++)
    g_assert_cmpfloat_with_epsilon (x[i], scaled[i], 1e-6F);
  lt_dataset_unscale (data, 3, x);
  for (int i = 0; i < 18; i++)
    g_assert_cmpfloat_with_epsilon (x[i], found[i], 1e-5F);
}

/* Bits are told from shades; a single group is scaled as its kind needs, too. */
static void
test_single_group (void)
{
  static const struct {
    const char *groups;
    LtValueKind kind;
    float value; /* of the second row's second column */
  } cases[] = {
    { "binary 1-2", LT_BINARY, 0 },
    { "gaussian 1-2", LT_REAL, -1 },
    { "counts 1-2", LT_COUNTS, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (LtFolder) folder = { NULL };
    g_autoptr (LtDataSpec) spec = NULL;
    g_autoptr (LtDataset) data = NULL;
    float x[4];

    lt_folder_init (&folder);
    spec = new_spec (&folder, "0,1\n1,0\n", cases[i].groups);
    data = lt_data_spec_load (spec, 1, NULL);
    g_assert_nonnull (data);
    assert_modality (lt_dataset_shape (data), 0, cases[i].kind, 0, 2);
    lt_dataset_gather (data, LT_TRAIN, NULL, 0, 2, x);
    g_assert_cmpfloat_with_epsilon (x[3], cases[i].value, 1e-6F);
  }
}

/* Bytes under binary are shades, unless they are bits; the other groups take them as
 * numbers. */
static void
test_bytes (void)
{
  static const guint8 bytes[] = { 0, 51, 4, 255, 1, 102, 8, 3 };
  static const float expected[] = { 0, 0.2F, -1, 255, 1, 0.4F, 1, 3 };
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) array =
      lt_sample_npy ("|u1", FALSE, "(2, 4)", bytes, sizeof bytes);
  g_autofree char *path = NULL;
  g_autoptr (LtDataSpec) spec = NULL;
  g_autoptr (LtDataset) data = NULL;
  float x[8];

  lt_folder_init (&folder);
  path = lt_folder_write (&folder, "x.npy", array->data, array->len);
  spec = lt_data_spec_new (path, NULL);
  lt_knob_parse (lt_knobs_find (&spec->source->knobs, "groups"),
                 "binary 1; binary 2; gaussian 3; counts 4", spec->settings, NULL);
  spec->preparation.valid = spec->preparation.test = 0;
  data = lt_data_spec_load (spec, 1, NULL);
  g_assert_nonnull (data);
  assert_modality (lt_dataset_shape (data), 0, LT_BINARY, 0, 1);
  assert_modality (lt_dataset_shape (data), 1, LT_UNIT, 1, 1);
  lt_dataset_gather (data, LT_TRAIN, NULL, 0, 2, x);
  for (int i = 0; i < 8; i++)
    g_assert_cmpfloat_with_epsilon (x[i], expected[i], 1e-6F);
}

/* Each mistake in the text or among the values is named, with its column in the file. */
static void
test_sentences (void)
{
  static const struct {
    const char *groups, *expected;
  } cases[] = {
    { "binary 1-3; gaussian 5; counts 6-7", "Column 4 of" },
    { "binary 1-3; gaussian 4-5; counts 6", "Column 7 of" },
    { "gaussian 4-7", "Column 1 of" },
    { ";", "Column 1 of" },
    { "binary 1-3; gaussian 2-5; counts 6-7", "Column 2 of" },
    { "binary 1-4; gaussian 4-5; counts 6-7", "“binary 1-4” and “gaussian 4-5”" },
    { "binary 1-3; gaussian 4-5; counts 6-8", "go from 1 to 7" },
    { "binary 0-3; gaussian 4-5; counts 6-7", "“binary 0-3”" },
    { "binary 3-1; gaussian 4-5; counts 6-7", "from 3 to 1" },
    { "bits 1-3; gaussian 4-5; counts 6-7", "kind “bits”" },
    { "binary; gaussian 4-5; counts 6-7", "“binary” is not understood" },
    { "binary 1-3, gaussian 4-7", "is not understood" },
    { "binary 1-99999999999", "is not understood" },
    { "binary 1-2; counts 3; gaussian 4-7", "only the column of the labels" },
    { "binary 1; binary 2; gaussian 4; gaussian 5; counts 6-7", "more than 4 groups" },
    { "counts 1-3; gaussian 4-7", "value 0.5 in row 2, column 2 (b)" },
    { "binary 1-3; gaussian 4; counts 5-7", "value -1 in row 1, column 5 (d)" },
    { "binary 1-3; binary 4; gaussian 5-7", "value 10 in row 1, column 4 (c)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (LtFolder) folder = { NULL };
    g_autoptr (LtDataSpec) spec = NULL;
    g_autoptr (LtTable) table = NULL;
    g_autoptr (GError) error = NULL;

    lt_folder_init (&folder);
    spec = new_spec (&folder, TABLE, cases[i].groups);
    table = lt_data_spec_load_table (spec, 1, &error);
    g_assert_null (table);
    g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
    g_test_message ("%s", error->message);
    if (strstr (error->message, cases[i].expected) == NULL)
      g_error ("“%s” should contain “%s”", error->message, cases[i].expected);
    g_assert_true (g_str_has_suffix (error->message, "."));
  }
}

static void
turn (LtDataSpec *spec, const char *key, const char *value)
{
  const LtKnob *knob = lt_knobs_find (&spec->source->knobs, key);

  if (knob != NULL)
    lt_knob_parse (knob, value, spec->settings, NULL);
  else
    lt_knob_parse (lt_knobs_find (&lt_preparation_knobs, key), value,
                   &spec->preparation, NULL);
}

/* What is done to all columns alike does not go with groups. */
static void
test_refused (void)
{
  static const struct {
    const char *key, *value, *expected;
  } cases[] = {
    { "scaling", "range", "scaling=auto" },
    { "contrast", "true", "contrast=false" },
    { "whitening", "zca", "whitening=none" },
    { "drop-leading", "1", "drop-leading=0" },
    { "picture-size", "2x3", "picture-size=none" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (LtFolder) folder = { NULL };
    g_autoptr (LtDataSpec) spec = NULL;
    g_autoptr (LtDataset) data = NULL;
    g_autoptr (GError) error = NULL;

    lt_folder_init (&folder);
    spec = new_spec (&folder, TABLE, "binary 1-3; gaussian 4-5; counts 6-7");
    turn (spec, cases[i].key, cases[i].value);
    data = lt_data_spec_load (spec, 1, &error);
    g_assert_null (data);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].expected));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/scaling", test_scaling);
  g_test_add_func ("/groups/single", test_single_group);
  g_test_add_func ("/groups/bytes", test_bytes);
  g_test_add_func ("/groups/sentences", test_sentences);
  g_test_add_func ("/groups/refused", test_refused);
  return g_test_run ();
}
