/* File formats: what is written in the test must be what is read. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/source.h"
#include "support/sample-files.h"

/* Loads a file with settings such as "header=no", separated by blanks. */
static LtTable *
load (const char *path, const char *settings)
{
  g_auto (GStrv) pairs = g_strsplit (settings, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, &error);
  LtTable *table;

  g_assert_no_error (error);
  for (int i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    const LtKnob *knob = lt_knobs_find (&spec->source->knobs, pair[0]);

    g_assert_nonnull (knob);
    lt_knob_parse (knob, pair[1], spec->settings, &error);
    g_assert_no_error (error);
  }
  table = lt_data_spec_load_table (spec, 1, &error);
  g_assert_no_error (error);
  return table;
}

static void
assert_floats (const LtTable *table, gsize n, int nv, const float *expected)
{
  g_assert_cmpuint (table->n, ==, n);
  g_assert_cmpint (table->shape.nv, ==, nv);
  g_assert_nonnull (table->floats);
  for (gsize i = 0; i < n * nv; i++)
    g_assert_cmpfloat_with_epsilon (table->floats[i], expected[i], 1e-6F);
}

static void
assert_bytes (const LtTable *table, gsize n, int nv, const guint8 *expected)
{
  g_assert_cmpuint (table->n, ==, n);
  g_assert_cmpint (table->shape.nv, ==, nv);
  g_assert_nonnull (table->bytes);
  g_assert_cmpmem (table->bytes, n * nv, expected, n * nv);
}

static void
assert_picture (const LtTable *table, int height, int width, int channels)
{
  g_assert_cmpint (table->shape.modality[0].height, ==, height);
  g_assert_cmpint (table->shape.modality[0].width, ==, width);
  g_assert_cmpint (table->shape.modality[0].channels, ==, channels);
}

/* labels: one class name a row, separated by blanks. */
static void
assert_labels (const LtTable *table, const char *labels)
{
  g_auto (GStrv) names = g_strsplit (labels, " ", -1);

  g_assert_nonnull (table->labels);
  g_assert_cmpuint (g_strv_length (names), ==, table->n);
  for (gsize i = 0; i < table->n; i++)
    g_assert_cmpstr (table->label_names[table->labels[i]], ==, names[i]);
}

/* ---- IDX -------------------------------------------------------------------------- */

static const guint8 pixels[] = { 1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255 };

/* Train and test, each with labels beside it, the test set compressed. */
static void
test_idx_set (void)
{
  static const guint32 train[] = { 2, 2, 3, 0 }, two[] = { 2, 0 },
                       test[] = { 1, 2, 3, 0 }, one[] = { 1, 0 };
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) a = lt_sample_idx (8, train, pixels, 12);
  g_autoptr (GByteArray) b = lt_sample_idx (8, two, "\7\3", 2);
  g_autoptr (GByteArray) c = lt_sample_idx (8, test, pixels + 3, 6);
  g_autoptr (GByteArray) d = lt_sample_idx (8, one, "\7", 1);
  g_autofree char *path = NULL, *unused_b = NULL, *unused_c = NULL, *unused_d = NULL;
  g_autoptr (LtTable) table = NULL;
  guint8 expected[18];

  lt_folder_init (&folder);
  path = lt_folder_write (&folder, "train-images-idx3-ubyte", a->data, a->len);
  unused_b = lt_folder_write (&folder, "train-labels-idx1-ubyte", b->data, b->len);
  unused_c =
      lt_folder_write_gzip (&folder, "t10k-images-idx3-ubyte.gz", c->data, c->len);
  unused_d =
      lt_folder_write_gzip (&folder, "t10k-labels-idx1-ubyte.gz", d->data, d->len);
  table = load (path, "");
  memcpy (expected, pixels, 12);
  memcpy (expected + 12, pixels + 3, 6);
  assert_bytes (table, 3, 6, expected);
  assert_picture (table, 2, 3, 1);
  assert_labels (table, "7 3 7");
  g_assert_cmpuint (table->n_test, ==, 1);
}

/* Every type of number, big-endian. */
static void
test_idx_types (void)
{
  static const guint32 dimensions[] = { 2, 1, 0 };
  static const struct {
    int type;
    gsize size;
    const char *bytes;
  } cases[] = {
    { 9, 1, "\xff\x05" },
    { 11, 2, "\xff\xff\x00\x05" },
    { 12, 4, "\xff\xff\xff\xff\x00\x00\x00\x05" },
    { 13, 4, "\xbf\x80\x00\x00\x40\xa0\x00\x00" },
    { 14, 8, "\xbf\xf0\x00\x00\x00\x00\x00\x00\x40\x14\x00\x00\x00\x00\x00\x00" },
  };
  static const float expected[] = { -1.0F, 5.0F };
  g_auto (LtFolder) folder = { NULL };

  lt_folder_init (&folder);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) file =
        lt_sample_idx (cases[i].type, dimensions, cases[i].bytes, 2 * cases[i].size);
    g_autofree char *path = lt_folder_write (&folder, "x.idx", file->data, file->len);
    g_autoptr (LtTable) table = load (path, "");

    assert_floats (table, 2, 1, expected);
  }
}

/* ---- NumPy ------------------------------------------------------------------------ */

/* Every type of number and both byte orders. */
static void
test_npy_types (void)
{
  static const struct {
    const char *descr;
    gsize size;
    const char *bytes;
  } cases[] = {
    { "|i1", 1, "\xfe\x05" },
    { "<i2", 2, "\xfe\xff\x05\x00" },
    { ">i2", 2, "\xff\xfe\x00\x05" },
    { "<i4", 4, "\xfe\xff\xff\xff\x05\x00\x00\x00" },
    { "<i8", 8, "\xfe\xff\xff\xff\xff\xff\xff\xff\x05\x00\x00\x00\x00\x00\x00\x00" },
    { "<f2", 2, "\x00\xc0\x00\x45" },
    { "<f4", 4, "\x00\x00\x00\xc0\x00\x00\xa0\x40" },
    { ">f4", 4, "\xc0\x00\x00\x00\x40\xa0\x00\x00" },
    { "<f8", 8, "\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x14\x40" },
  };
  static const float expected[] = { -2.0F, 5.0F };
  g_auto (LtFolder) folder = { NULL };

  lt_folder_init (&folder);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) file = lt_sample_npy (cases[i].descr, FALSE, "(2, 1)",
                                                 cases[i].bytes, 2 * cases[i].size);
    g_autofree char *path = lt_folder_write (&folder, "x.npy", file->data, file->len);
    g_autoptr (LtTable) table = load (path, "");

    assert_floats (table, 2, 1, expected);
  }
}

/* Unsigned bytes and booleans stay bytes. */
static void
test_npy_bytes (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) a = lt_sample_npy ("|u1", FALSE, "(2, 2, 3)", pixels, 12);
  g_autoptr (GByteArray) b = lt_sample_npy ("|b1", FALSE, "(2, 2)", "\0\1\1\0", 4);
  g_autofree char *path_a = NULL, *path_b = NULL;
  g_autoptr (LtTable) table_a = NULL, table_b = NULL;

  lt_folder_init (&folder);
  path_a = lt_folder_write (&folder, "a.npy", a->data, a->len);
  path_b = lt_folder_write (&folder, "b.npy", b->data, b->len);
  table_a = load (path_a, "");
  table_b = load (path_b, "");
  assert_bytes (table_a, 2, 6, pixels);
  assert_picture (table_a, 2, 3, 1);
  assert_bytes (table_b, 2, 2, (const guint8 *) "\0\1\1\0");
  g_assert_cmpint (table_b->shape.modality[0].kind, ==, LT_BINARY);
}

/* An array in Fortran's order is the same array. */
static void
test_npy_fortran_order (void)
{
  static const guint8 columns_first[] = { 1, 4, 2, 5, 3, 6 };
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) file = lt_sample_npy ("|u1", TRUE, "(2, 3)", columns_first, 6);
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write (&folder, "x.npy", file->data, file->len);
  table = load (path, "");
  assert_bytes (table, 2, 3, pixels);
}

/* Colour pictures with the channels first are turned to have them last. */
static void
test_npy_channels_first (void)
{
  guint8 planes[2 * 3 * 2 * 5], expected[60];
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) file = NULL;
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  for (int n = 0; n < 2; n++)
    for (int c = 0; c < 3; c++)
      for (int y = 0; y < 2; y++)
        for (int x = 0; x < 5; x++) {
          guint8 value = (guint8) (100 * n + 30 * c + 10 * y + x);

          planes[((n * 3 + c) * 2 + y) * 5 + x] = value;
          expected[((n * 2 + y) * 5 + x) * 3 + c] = value;
        }
  file = lt_sample_npy ("|u1", FALSE, "(2, 3, 2, 5)", planes, 60);
  lt_folder_init (&folder);
  path = lt_folder_write (&folder, "x.npy", file->data, file->len);
  table = load (path, "");
  assert_bytes (table, 2, 30, expected);
  assert_picture (table, 2, 5, 3);
}

/* x_train and its family: data, labels, test set. */
static void
test_npz_family (void)
{
  static const char *const names[] = { "y_test", "x_test", "y_train", "x_train", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("<i8", FALSE, "(1,)", "\3\0\0\0\0\0\0\0", 8),
    lt_sample_npy ("|u1", FALSE, "(1, 6)", pixels, 6),
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "\3\5", 2),
    lt_sample_npy ("|u1", FALSE, "(2, 6)", pixels, 12),
  };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_npz (&folder, "x.npz", names, arrays);
  table = load (path, "");
  g_assert_cmpuint (table->n, ==, 3);
  g_assert_cmpuint (table->n_test, ==, 1);
  g_assert_cmpmem (table->bytes + 12, 6, pixels, 6);
  assert_labels (table, "3 5 3");
}

/* A variable chosen by name, out of several. */
static void
test_npz_variable (void)
{
  static const char *const names[] = { "first", "second", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("|u1", FALSE, "(1, 6)", pixels + 6, 6),
    lt_sample_npy ("|u1", FALSE, "(1, 6)", pixels, 6),
  };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_npz (&folder, "x.npz", names, arrays);
  table = load (path, "variable=second");
  assert_bytes (table, 1, 6, pixels);
}

/* ---- CSV -------------------------------------------------------------------------- */

static const float grid[] = { 1.5F, -2.0F, 3.0F, 40.0F };

static void
check_grid (const char *text, const char *settings)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_text (&folder, "grid.csv", text);
  table = load (path, settings);
  assert_floats (table, 2, 2, grid);
  g_assert_null (table->labels);
}

/* One table, written in all the ways that spreadsheets and programs write it. */
static void
test_csv_dialects (void)
{
  check_grid ("1.5,-2\n3,40\n", "");
  check_grid ("1.5,-2\r\n3,4e1", "");
  check_grid ("1.5\t-2\n3\t40\n", "");
  check_grid ("1.5;-2\n3;40\n", "");
  check_grid ("1,5;-2\n3;40\n", "");
  check_grid ("  1.5  -2 \n 3 40\n", "");
  check_grid ("\xef\xbb\xbf"
              "1.5,-2\n3,40\n",
              "");
  check_grid ("# from somewhere\n\n1.5, -2\n\n3, 40\n", "");
  check_grid ("\"1.5\",\"-2\"\n\"3\",\"40\"\n", "");
  check_grid ("width,height\n1.5,-2\n3,40\n", "");
  check_grid ("\"width, in cm\",\"the \"\"height\"\"\"\n1.5,-2\n3,40\n", "");
  check_grid ("width,height\n1.5,-2\n3,40\n", "header=yes");
  check_grid ("7,8\n1.5,-2\n3,40\n", "header=yes");
  check_grid ("1.5,-2\n3,40\n", "header=no");
}

/* Compressed, it is the same table. */
static void
test_csv_gzip (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_gzip (&folder, "grid.csv.gz", "1.5,-2\n3,40\n", 12);
  table = load (path, "");
  assert_floats (table, 2, 2, grid);
}

static void
check_labels (const char *text, const char *settings, const char *labels)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_text (&folder, "grid.csv", text);
  table = load (path, settings);
  assert_floats (table, 2, 2, grid);
  assert_labels (table, labels);
}

/* The label column is found by its text or its name, or chosen by name or number. */
static void
test_csv_labels (void)
{
  check_labels ("1.5,-2,cat\n3,40,dog\n", "", "cat dog");
  check_labels ("a,b,animal\n1.5,-2,cat\n3,40,dog\n", "", "cat dog");
  check_labels ("Label,a,b\n10,1.5,-2\n9,3,40\n", "", "10 9");
  check_labels ("a,group,b\n1.5,10,-2\n3,9,40\n", "label-column=group", "10 9");
  check_labels ("1.5,10,-2\n3,9,40\n", "label-column=2", "10 9");
  check_labels ("y;a;b\n1,0;1,5;-2\n2;3;40\n", "", "1 2");
}

/* A first line of counts and class names, as scikit-learn's tables have it. */
static void
test_csv_counts (void)
{
  check_labels ("2,2,cat,dog\n1.5,-2,1\n3,40,0\n", "", "dog cat");
  check_labels ("2,2,cat,dog\n1.5,-2,1\n3,40,7\n", "", "dog 7");
}

/* The header names the features, the label column aside. */
static void
test_csv_feature_names (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_text (&folder, "x.csv", "wide,y,high\n1,0,2\n3,1,4\n");
  table = load (path, "");
  g_assert_cmpuint (g_strv_length (table->feature_names), ==, 2);
  g_assert_cmpstr (table->feature_names[0], ==, "wide");
  g_assert_cmpstr (table->feature_names[1], ==, "high");
}

/* Labels that are numbers are sorted as numbers. */
static void
test_csv_numbers_sort_as_numbers (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_text (&folder, "x.csv", "y,a\n10,0\n9,1\n-1,2\n");
  table = load (path, "");
  g_assert_cmpstr (table->label_names[0], ==, "-1");
  g_assert_cmpstr (table->label_names[1], ==, "9");
  g_assert_cmpstr (table->label_names[2], ==, "10");
}

/* A target with fractions is no label, and "none" makes any column a feature. */
static void
test_csv_no_labels (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path_a = NULL, *path_b = NULL;
  g_autoptr (LtTable) a = NULL, b = NULL;

  lt_folder_init (&folder);
  path_a = lt_folder_write_text (&folder, "a.csv", "a,target\n1.5,-2.25\n3,40\n");
  path_b = lt_folder_write_text (&folder, "b.csv", "a,label\n1.5,-2\n3,40\n");
  a = load (path_a, "");
  b = load (path_b, "label-column=none");
  g_assert_null (a->labels);
  g_assert_cmpint (a->shape.nv, ==, 2);
  assert_floats (b, 2, 2, grid);
  g_assert_null (b->labels);
}

/* Whole rows of 64 values from 0 to 255 are most likely 8 × 8 pictures; the note says so,
 * and the knob decides otherwise. */
static void
test_csv_pictures (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) a = NULL, b = NULL, c = NULL;

  for (int i = 0; i < 128; i++)
    g_string_append_printf (text, "%d%c", 2 * i, i % 64 == 63 ? '\n' : ',');
  lt_folder_init (&folder);
  path = lt_folder_write_text (&folder, "x.csv", text->str);
  a = load (path, "");
  b = load (path, "picture-size=none");
  c = load (path, "picture-size=4x16");
  assert_picture (a, 8, 8, 1);
  g_assert_cmpint (a->bytes[127], ==, 254);
  g_assert_nonnull (strstr (a->note, "8 × 8"));
  assert_picture (b, 1, 64, 1);
  assert_picture (c, 4, 16, 1);
}

/* ---- Folders ---------------------------------------------------------------------- */

/* Subfolders are labels, in the order of their names; grey pictures have one channel. */
static void
test_folder_of_labels (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *a = NULL, *b = NULL, *c = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  a = lt_folder_write_picture (&folder, "dogs/b.png", 3, 2, 50, FALSE);
  b = lt_folder_write_picture (&folder, "cats/z.png", 3, 2, 10, FALSE);
  c = lt_folder_write_picture (&folder, "dogs/a.PNG.png", 3, 2, 90, FALSE);
  table = load (folder.path, "");
  assert_bytes (table, 3, 6,
                (const guint8[]){ 10, 11, 12, 11, 12, 13, 90, 91, 92, 91, 92, 93, 50,
                                  51, 52, 51, 52, 53 });
  assert_picture (table, 2, 3, 1);
  assert_labels (table, "cats dogs dogs");
}

/* One coloured picture makes all have three channels, also those read before it. */
static void
test_folder_of_colours (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *a = NULL, *b = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  a = lt_folder_write_picture (&folder, "a.png", 1, 2, 10, FALSE);
  b = lt_folder_write_picture (&folder, "b.png", 1, 2, 20, TRUE);
  table = load (folder.path, "");
  assert_bytes (table, 2, 6,
                (const guint8[]){ 10, 10, 10, 11, 11, 11, 120, 20, 20, 121, 21, 21 });
  assert_picture (table, 2, 1, 3);
  g_assert_null (table->labels);
}

/* JPEG is read too, as nearly as it stores. */
static void
test_folder_of_jpegs (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *a = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  a = lt_folder_write_picture (&folder, "a.jpeg", 16, 16, 100, FALSE);
  table = load (folder.path, "");
  assert_picture (table, 16, 16, 1);
  for (int y = 0; y < 16; y++)
    for (int x = 0; x < 16; x++)
      g_assert_cmpint (ABS (table->bytes[16 * y + x] - (100 + x + y)), <=, 8);
}

/* Subfolders called train and test hold the two sets. */
static void
test_folder_with_test_set (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *a = NULL, *b = NULL, *c = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  a = lt_folder_write_picture (&folder, "test/dogs/a.png", 1, 1, 7, FALSE);
  b = lt_folder_write_picture (&folder, "train/cats/b.png", 1, 1, 8, FALSE);
  c = lt_folder_write_picture (&folder, "train/dogs/c.png", 1, 1, 9, FALSE);
  table = load (folder.path, "");
  assert_bytes (table, 3, 1, (const guint8[]){ 8, 9, 7 });
  assert_labels (table, "cats dogs dogs");
  g_assert_cmpuint (table->n_test, ==, 1);
}

/* ---- MATLAB ----------------------------------------------------------------------- */

/* Column-major [2, 3] and its labels. */
static void
test_mat_rows (void)
{
  static const double x[] = { 1, 4, 2, 5, 3, 6 }, y[] = { 7, 3 };
  static const float expected[] = { 1, 2, 3, 4, 5, 6 };
  matvar_t *variables[] = {
    lt_sample_variable ("y", MAT_C_DOUBLE, (const size_t[]){ 2, 1, 0 }, y),
    lt_sample_variable ("X", MAT_C_DOUBLE, (const size_t[]){ 2, 3, 0 }, x), NULL
  };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_mat (&folder, "x.mat", variables);
  table = load (path, "");
  assert_floats (table, 2, 3, expected);
  assert_labels (table, "7 3");
}

/* With as many labels as columns, the columns are the examples. */
static void
test_mat_columns (void)
{
  static const double x[] = { 1, 2, 3, 4, 5, 6 }, y[] = { 7, 3 };
  static const float expected[] = { 1, 2, 3, 4, 5, 6 };
  matvar_t *variables[] = {
    lt_sample_variable ("X", MAT_C_DOUBLE, (const size_t[]){ 3, 2, 0 }, x),
    lt_sample_variable ("labels", MAT_C_DOUBLE, (const size_t[]){ 1, 2, 0 }, y), NULL
  };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_mat (&folder, "x.mat", variables);
  table = load (path, "");
  assert_floats (table, 2, 3, expected);
  assert_labels (table, "7 3");
}

/* [height, width, channels, n] of bytes: pictures, turned into row-major order. */
static void
test_mat_pictures (void)
{
  guint8 stored[2 * 3 * 3 * 2], expected[36];
  matvar_t *variables[2] = { NULL };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  for (int n = 0; n < 2; n++)
    for (int c = 0; c < 3; c++)
      for (int x = 0; x < 3; x++)
        for (int y = 0; y < 2; y++) {
          guint8 value = (guint8) (100 * n + 30 * c + 10 * y + x);

          stored[y + 2 * (x + 3 * (c + 3 * n))] = value;
          expected[((n * 2 + y) * 3 + x) * 3 + c] = value;
        }
  variables[0] =
      lt_sample_variable ("im", MAT_C_UINT8, (const size_t[]){ 2, 3, 3, 2, 0 }, stored);
  lt_folder_init (&folder);
  path = lt_folder_write_mat (&folder, "x.mat", variables);
  table = load (path, "");
  assert_bytes (table, 2, 18, expected);
  assert_picture (table, 2, 3, 3);
}

/* The largest array is taken, unless another one is chosen. */
static void
test_mat_variable (void)
{
  static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  static const float expected[] = { 1, 3, 2, 4 };
  matvar_t *variables[] = {
    lt_sample_variable ("small", MAT_C_DOUBLE, (const size_t[]){ 2, 2, 0 }, x),
    lt_sample_variable ("large", MAT_C_DOUBLE, (const size_t[]){ 2, 4, 0 }, x), NULL
  };
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (LtTable) a = NULL, b = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write_mat (&folder, "x.mat", variables);
  a = load (path, "");
  b = load (path, "variable=small");
  g_assert_cmpint (a->shape.nv, ==, 4);
  assert_floats (b, 2, 2, expected);
}

/* ---- Recognition ------------------------------------------------------------------ */

/* What a file is, its first bytes say, whatever it is called. */
static void
test_content_decides (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GByteArray) file = lt_sample_npy ("|u1", FALSE, "(2, 6)", pixels, 12);
  g_autofree char *path = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = lt_folder_write (&folder, "x.csv", file->data, file->len);
  table = load (path, "");
  assert_bytes (table, 2, 6, pixels);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loaders/idx/set", test_idx_set);
  g_test_add_func ("/loaders/idx/types", test_idx_types);
  g_test_add_func ("/loaders/npy/types", test_npy_types);
  g_test_add_func ("/loaders/npy/bytes", test_npy_bytes);
  g_test_add_func ("/loaders/npy/fortran-order", test_npy_fortran_order);
  g_test_add_func ("/loaders/npy/channels-first", test_npy_channels_first);
  g_test_add_func ("/loaders/npz/family", test_npz_family);
  g_test_add_func ("/loaders/npz/variable", test_npz_variable);
  g_test_add_func ("/loaders/csv/dialects", test_csv_dialects);
  g_test_add_func ("/loaders/csv/gzip", test_csv_gzip);
  g_test_add_func ("/loaders/csv/labels", test_csv_labels);
  g_test_add_func ("/loaders/csv/counts", test_csv_counts);
  g_test_add_func ("/loaders/csv/feature-names", test_csv_feature_names);
  g_test_add_func ("/loaders/csv/numbers", test_csv_numbers_sort_as_numbers);
  g_test_add_func ("/loaders/csv/no-labels", test_csv_no_labels);
  g_test_add_func ("/loaders/csv/pictures", test_csv_pictures);
  g_test_add_func ("/loaders/folder/labels", test_folder_of_labels);
  g_test_add_func ("/loaders/folder/colours", test_folder_of_colours);
  g_test_add_func ("/loaders/folder/jpeg", test_folder_of_jpegs);
  g_test_add_func ("/loaders/folder/test-set", test_folder_with_test_set);
  g_test_add_func ("/loaders/mat/rows", test_mat_rows);
  g_test_add_func ("/loaders/mat/columns", test_mat_columns);
  g_test_add_func ("/loaders/mat/pictures", test_mat_pictures);
  g_test_add_func ("/loaders/mat/variable", test_mat_variable);
  g_test_add_func ("/loaders/content", test_content_decides);
  return g_test_run ();
}
