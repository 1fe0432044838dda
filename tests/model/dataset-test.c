/* Data sets: splits, scaling, gathering, and the shipped sets as they must be. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/reader.h"
#include "data/source.h"
#include "data/table.h"

/* Row i holds the value i in each of nv features; its label is i mod 3. */
static LtTable *
counting_table (gsize n, int nv, gsize n_test)
{
  LtShape shape;
  LtTable *table;
  int *labels = g_new (int, n);

  lt_shape_init (&shape, "features", LT_REAL, 1, nv, 1);
  table = lt_table_new ("counting", &shape, n, LT_TABLE_FLOATS, NULL);
  g_assert_nonnull (table);
  for (gsize i = 0; i < n; i++) {
    labels[i] = (int) (i % 3);
    for (int j = 0; j < nv; j++)
      table->floats[i * nv + j] = (float) i;
  }
  table->labels = labels;
  table->label_names = g_strsplit ("zero one two", " ", -1);
  table->n_test = n_test;
  return table;
}

static LtTable *
bytes_table (gsize n, int nv, const guint8 *values)
{
  LtShape shape;
  LtTable *table;

  lt_shape_init (&shape, "pixels", LT_UNIT, 1, nv, 1);
  table = lt_table_new ("bytes", &shape, n, LT_TABLE_BYTES, NULL);
  g_assert_nonnull (table);
  memcpy (table->bytes, values, n * nv);
  return table;
}

static LtTable *
floats_table (gsize n, int nv, const float *values)
{
  LtShape shape;
  LtTable *table;

  lt_shape_init (&shape, "features", LT_REAL, 1, nv, 1);
  table = lt_table_new ("floats", &shape, n, LT_TABLE_FLOATS, NULL);
  g_assert_nonnull (table);
  memcpy (table->floats, values, n * nv * sizeof (float));
  return table;
}

static LtDataset *
prepare (LtTable *table, LtPreparation preparation, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  LtDataset *dataset = lt_dataset_new (table, &preparation, seed, &error);

  g_assert_no_error (error);
  return dataset;
}

/* The unscaled values of a split of a counting table: its rows. */
static guint *
split_rows (const LtDataset *dataset, LtSplit split)
{
  gsize n = lt_dataset_n (dataset, split);
  g_autofree float *x = g_new (float, n + 1);
  guint *rows = g_new (guint, n + 1);

  lt_dataset_gather (dataset, split, NULL, 0, n, x);
  for (gsize i = 0; i < n; i++)
    rows[i] = (guint) x[i];
  return rows;
}

/* ---- Splits ----------------------------------------------------------------------- */

/* Every row is in exactly one split. */
static void
test_splits_are_disjoint_and_complete (void)
{
  g_autoptr (LtDataset) dataset = prepare (
      counting_table (101, 1, 0),
      (LtPreparation){ .scaling = LT_SCALING_NONE, .valid = 0.25, .test = 0.2 }, 7);
  int seen[101] = { 0 };

  g_assert_cmpuint (lt_dataset_n (dataset, LT_TEST), ==, 20);
  g_assert_cmpuint (lt_dataset_n (dataset, LT_VALID), ==, 20);
  g_assert_cmpuint (lt_dataset_n (dataset, LT_TRAIN), ==, 61);
  for (int split = 0; split < LT_N_SPLITS; split++) {
    g_autofree guint *rows = split_rows (dataset, split);

    for (gsize i = 0; i < lt_dataset_n (dataset, split); i++)
      seen[rows[i]]++;
  }
  for (int i = 0; i < 101; i++)
    g_assert_cmpint (seen[i], ==, 1);
}

/* The same seed deals the same rows, another seed others. */
static void
test_splits_follow_the_seed (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE,
                                .valid = 0.25,
                                .test = 0.2 };
  g_autoptr (LtDataset) a = prepare (counting_table (300, 1, 0), preparation, 7);
  g_autoptr (LtDataset) b = prepare (counting_table (300, 1, 0), preparation, 7);
  g_autoptr (LtDataset) c = prepare (counting_table (300, 1, 0), preparation, 8);
  gsize size = lt_dataset_n (a, LT_TRAIN) * sizeof (guint);
  g_autofree guint *rows_a = split_rows (a, LT_TRAIN);
  g_autofree guint *rows_b = split_rows (b, LT_TRAIN);
  g_autofree guint *rows_c = split_rows (c, LT_TRAIN);

  g_assert_cmpmem (rows_a, size, rows_b, size);
  g_assert_cmpint (memcmp (rows_a, rows_c, size), !=, 0);
}

/* A source's own test set is used whole and in its order, whatever the fraction says. */
static void
test_own_test_set_is_kept (void)
{
  g_autoptr (LtDataset) dataset = prepare (
      counting_table (100, 1, 30),
      (LtPreparation){ .scaling = LT_SCALING_NONE, .valid = 0.1, .test = 0.5 }, 7);
  g_autofree guint *rows = split_rows (dataset, LT_TEST);

  g_assert_cmpuint (lt_dataset_n (dataset, LT_TEST), ==, 30);
  for (guint i = 0; i < 30; i++)
    g_assert_cmpuint (rows[i], ==, 70 + i);
  g_assert_cmpuint (lt_dataset_n (dataset, LT_VALID), ==, 7);
  g_assert_cmpuint (lt_dataset_n (dataset, LT_TRAIN), ==, 63);
}

/* The limit cuts the training rows only, and not always the same first ones. */
static void
test_limit_cuts_training_rows (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE, .valid = 0.1, .limit = 12 };
  g_autoptr (LtDataset) a = prepare (counting_table (100, 1, 30), preparation, 7);
  g_autoptr (LtDataset) b = prepare (counting_table (100, 1, 30), preparation, 8);
  g_autofree guint *rows_a = split_rows (a, LT_TRAIN);
  g_autofree guint *rows_b = split_rows (b, LT_TRAIN);

  g_assert_cmpuint (lt_dataset_n (a, LT_TRAIN), ==, 12);
  g_assert_cmpuint (lt_dataset_n (a, LT_VALID), ==, 7);
  g_assert_cmpuint (lt_dataset_n (a, LT_TEST), ==, 30);
  g_assert_cmpint (memcmp (rows_a, rows_b, 12 * sizeof (guint)), !=, 0);
}

/* No row left to train on is said, with the numbers. */
static void
test_nothing_to_train_on (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_AUTO, .valid = 0.9, .test = 0.9 };
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_dataset_new (counting_table (3, 1, 0), &preparation, 1, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "has 3 rows"));
}

/* The split to judge on falls back to what there is. */
static void
test_judge (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE };
  g_autoptr (LtDataset) a = prepare (counting_table (10, 1, 0), preparation, 1);
  g_autoptr (LtDataset) b = NULL, c = NULL;

  preparation.valid = 0.2;
  b = prepare (counting_table (10, 1, 0), preparation, 1);
  preparation.test = 0.2;
  c = prepare (counting_table (10, 1, 0), preparation, 1);
  g_assert_cmpint (lt_dataset_judge (a), ==, LT_TRAIN);
  g_assert_cmpint (lt_dataset_judge (b), ==, LT_VALID);
  g_assert_cmpint (lt_dataset_judge (c), ==, LT_TEST);
}

/* ---- Scaling ---------------------------------------------------------------------- */

/* Left to itself: bytes become fractions of 255 … */
static void
test_auto_divides_bytes (void)
{
  static const guint8 values[] = { 0, 51, 255, 102 };
  g_autoptr (LtDataset) dataset = prepare (
      bytes_table (2, 2, values), (LtPreparation){ .scaling = LT_SCALING_AUTO }, 1);
  float x[4];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 2, x);
  g_assert_cmpfloat_with_epsilon (x[1], 0.2F, 1e-6F);
  g_assert_cmpfloat_with_epsilon (x[2], 1.0F, 1e-6F);
  g_assert_cmpstr (lt_dataset_scaling (dataset), ==, "bytes / 255");
  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_UNIT);
}

/* … bytes that are 0 and 1 already stay so … */
static void
test_auto_keeps_bits (void)
{
  static const guint8 values[] = { 0, 1, 1, 1 };
  g_autoptr (LtDataset) dataset = prepare (
      bytes_table (2, 2, values), (LtPreparation){ .scaling = LT_SCALING_AUTO }, 1);
  float x[4];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 2, x);
  g_assert_true (x[0] == 0.0F && x[1] == 1.0F);
  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_BINARY);
}

/* … floats from 0 to 1 stay as they are … */
static void
test_auto_keeps_unit_floats (void)
{
  static const float values[] = { 0.0F, 0.25F, 0.75F, 1.0F };
  g_autoptr (LtDataset) dataset = prepare (
      floats_table (2, 2, values), (LtPreparation){ .scaling = LT_SCALING_AUTO }, 1);
  float x[4];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 2, x);
  g_assert_cmpmem (x, sizeof x, values, sizeof values);
  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_UNIT);
}

/* … and other floats are standardised; a constant feature becomes 0, not noise. */
static void
test_auto_standardises (void)
{
  static const float values[] = { 1, 1e6F, -3, 1e6F, 8, 1e6F, 2, 1e6F };
  g_autoptr (LtDataset) dataset = prepare (
      floats_table (4, 2, values), (LtPreparation){ .scaling = LT_SCALING_AUTO }, 1);
  double sum = 0.0, squares = 0.0;
  float x[8];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 4, x);
  for (int i = 0; i < 4; i++) {
    sum += (double) x[2 * i];
    squares += (double) (x[2 * i] * x[2 * i]);
    g_assert_true (x[2 * i + 1] == 0.0F);
  }
  g_assert_cmpfloat_with_epsilon (sum, 0.0, 1e-6);
  g_assert_cmpfloat_with_epsilon (squares / 4.0, 1.0, 1e-6);
  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_REAL);
}

/* Without scaling, too, the range says what kind of values there are. */
static void
test_none_judges_range (void)
{
  static const float zeros_and_ones[] = { 0, 1, 1, 0 }, wider[] = { 0, 1, -2, 0 };
  static const guint8 bits[] = { 0, 1, 1, 0 }, bytes[] = { 0, 1, 2, 0 };
  const LtPreparation none = { .scaling = LT_SCALING_NONE };
  LtTable *tables[] = { floats_table (2, 2, zeros_and_ones), floats_table (2, 2, wider),
                        bytes_table (2, 2, bits), bytes_table (2, 2, bytes) };
  static const LtValueKind kinds[] = { LT_UNIT, LT_REAL, LT_BINARY, LT_REAL };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autoptr (LtDataset) dataset = NULL;

    tables[i]->shape.modality[0].kind = LT_REAL; /* as a CSV file's */
    dataset = prepare (tables[i], none, 1);
    g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, kinds[i]);
  }
}

/* Counts are counts: auto leaves them alone. */
static void
test_auto_keeps_counts (void)
{
  static const float values[] = { 0, 7, 3, 12 };
  LtTable *table = floats_table (2, 2, values);
  g_autoptr (LtDataset) dataset = NULL;
  float x[4];

  table->shape.modality[0].kind = LT_COUNTS;
  dataset = prepare (table, (LtPreparation){ .scaling = LT_SCALING_AUTO }, 1);
  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 2, x);
  g_assert_cmpmem (x, sizeof x, values, sizeof values);
  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_COUNTS);
}

/* Nothing of the test rows leaks into the scaling, the mean or the range. */
static void
test_scaling_sees_training_rows_only (void)
{
  static const float values[] = { 2, 4, 6, 1000 };
  static const LtScaling scalings[] = { LT_SCALING_RANGE, LT_SCALING_STANDARD };
  static const float expected[] = { 0.5F, 0.0F };

  for (gsize i = 0; i < G_N_ELEMENTS (scalings); i++) {
    LtTable *table = floats_table (4, 1, values);
    g_autoptr (LtDataset) dataset = NULL;
    float x[3], lowest, highest;

    table->n_test = 1;
    dataset = prepare (table, (LtPreparation){ .scaling = (int) scalings[i] }, 1);
    lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 3, x);
    g_assert_cmpfloat_with_epsilon (x[1], expected[i], 1e-6F);
    g_assert_cmpfloat_with_epsilon (lt_dataset_mean (dataset)[0], expected[i], 1e-6F);
    lt_dataset_range (dataset, &lowest, &highest);
    g_assert_cmpfloat_with_epsilon (lowest, x[0], 1e-6F);
    g_assert_cmpfloat_with_epsilon (highest, x[2], 1e-6F);
  }
}

/* Values that are all the same have no range, and become 0, which all units can take. */
static void
test_no_range (void)
{
  static const float values[] = { 7, 7, 7 };
  LtPreparation preparation = { .scaling = LT_SCALING_RANGE };
  g_autoptr (LtDataset) dataset = prepare (floats_table (3, 1, values), preparation, 1);
  float x[3];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 3, x);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (x[i], ==, 0);
  lt_dataset_unscale (dataset, 3, x);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (x[i], ==, 7);
}

/* Unscaling gives back what was found, for every scaling, bytes and floats. */
static void
test_unscale_undoes_scaling (void)
{
  static const guint8 bytes[] = { 3, 250, 17, 99, 0, 64 };
  static const float floats[] = { -3.5F, 250, 17, 0.125F, 1000, 64 };

  for (int scaling = LT_SCALING_AUTO; scaling <= LT_SCALING_STANDARD; scaling++) {
    LtPreparation preparation = { .scaling = scaling };
    g_autoptr (LtDataset) a = prepare (bytes_table (3, 2, bytes), preparation, 1);
    g_autoptr (LtDataset) b = prepare (floats_table (3, 2, floats), preparation, 1);
    float x[6];

    lt_dataset_gather (a, LT_TRAIN, NULL, 0, 3, x);
    lt_dataset_unscale (a, 3, x);
    for (int i = 0; i < 6; i++)
      g_assert_cmpfloat_with_epsilon (x[i], bytes[i], 1e-3F);
    lt_dataset_gather (b, LT_TRAIN, NULL, 0, 3, x);
    lt_dataset_unscale (b, 3, x);
    for (int i = 0; i < 6; i++)
      g_assert_cmpfloat_with_epsilon (x[i], floats[i], 1e-3F);
  }
}

/* ---- Gathering -------------------------------------------------------------------- */

/* Chosen rows and consecutive ones are the same rows, labels included. */
static void
test_gather (void)
{
  static const guint32 rows[] = { 5, 0, 7, 5 };
  g_autoptr (LtDataset) dataset = prepare (
      counting_table (10, 3, 0), (LtPreparation){ .scaling = LT_SCALING_NONE }, 1);
  float chosen[12], next[6];
  int labels[4];

  lt_dataset_gather (dataset, LT_TRAIN, rows, 0, 4, chosen);
  lt_dataset_gather_labels (dataset, LT_TRAIN, rows, 0, 4, labels);
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 3; j++)
      g_assert_true (chosen[3 * i + j] == (float) rows[i]);
    g_assert_cmpint (labels[i], ==, (int) (rows[i] % 3));
  }
  lt_dataset_gather (dataset, LT_TRAIN, NULL, 4, 2, next);
  g_assert_true (next[0] == 4.0F && next[3] == 5.0F);
  g_assert_cmpint (lt_dataset_n_classes (dataset), ==, 3);
  g_assert_cmpstr (lt_dataset_class_name (dataset, 1), ==, "one");
  g_assert_cmpstr (lt_dataset_class_name (dataset, -1), ==, "");
}

/* Counts stay as they are, and their kind says what they are. */
static void
test_counts (void)
{
  static const float values[] = { 0, 3, 1, 7 };
  g_autoptr (LtDataset) dataset = prepare (
      floats_table (2, 2, values), (LtPreparation){ .scaling = LT_SCALING_COUNTS }, 1);
  float x[4];

  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_COUNTS);
  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 2, x);
  g_assert_cmpmem (x, sizeof x, values, sizeof values);
}

/* What cannot be a count is named with its place. */
static void
test_no_counts (void)
{
  static const float bad[] = { -2, 0.5f, NAN };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    float values[] = { 0, 3, 1, bad[i] };
    LtPreparation preparation = { .scaling = LT_SCALING_COUNTS };
    g_autoptr (GError) error = NULL;

    g_assert_null (
        lt_dataset_new (floats_table (2, 2, values), &preparation, 1, &error));
    g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
    g_assert_nonnull (strstr (error->message, "row 2, column “2” of “floats”"));
  }
}

/* Without labels every label is −1. */
static void
test_no_labels (void)
{
  static const float values[] = { 0, 1 };
  g_autoptr (LtDataset) dataset = prepare (
      floats_table (2, 1, values), (LtPreparation){ .scaling = LT_SCALING_NONE }, 1);
  int labels[2] = { 5, 5 };
  float score[2];

  lt_dataset_gather_labels (dataset, LT_TRAIN, NULL, 0, 2, labels);
  g_assert_cmpint (labels[0], ==, -1);
  g_assert_cmpint (labels[1], ==, -1);
  g_assert_cmpint (lt_dataset_n_classes (dataset), ==, 0);
  g_assert_false (lt_dataset_score (dataset, 0.1, values, 2, score));
}

/* ---- Shipped sets ----------------------------------------------------------------- */

static LtDataset *
load (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (name, &error);
  LtDataset *dataset;

  g_assert_no_error (error);
  dataset = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  return dataset;
}

/* How many rows of all splits have each label. */
static void
count_labels (const LtDataset *dataset, int counts[10])
{
  memset (counts, 0, 10 * sizeof (int));
  for (int split = 0; split < LT_N_SPLITS; split++) {
    gsize n = lt_dataset_n (dataset, split);
    g_autofree int *labels = g_new (int, n + 1);

    lt_dataset_gather_labels (dataset, split, NULL, 0, n, labels);
    for (gsize i = 0; i < n; i++)
      counts[labels[i]]++;
  }
}

/* The files are MNIST, byte for byte. */
static void
test_mnist_checksums (void)
{
  static const char *const files[][2] = {
    { "train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb" },
    { "train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624" },
    { "t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea" },
    { "t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637" },
  };
  static const gsize sizes[] = { 47040016, 60008, 7840016, 10008 };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path =
        g_build_filename (lt_data_dir (), "mnist", files[i][0], NULL);
    g_autofree guint8 *content = g_malloc (sizes[i]);
    g_autofree char *sum = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (LtReader) reader = lt_reader_open (path, &error);

    g_assert_no_error (error);
    lt_reader_read (reader, content, sizes[i], "MNIST", &error);
    g_assert_no_error (error);
    lt_reader_expect_end (reader, "MNIST", &error);
    g_assert_no_error (error);
    sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, content, sizes[i]);
    g_assert_cmpstr (sum, ==, files[i][1]);
  }
}

/* 60,000 and 10,000 digits, with the numbers of each class that the literature gives, and
 * the training mean of 0.1307 that everybody normalises with. */
static void
test_mnist_is_whole (void)
{
  static const int expected[] = { 6903, 7877, 6990, 7141, 6824,
                                  6313, 6876, 7293, 6825, 6958 };
  g_autoptr (LtDataset) dataset = load ("mnist");
  double mean = 0.0;
  int counts[10], first[3];

  g_assert_cmpuint (lt_dataset_n (dataset, LT_TRAIN) + lt_dataset_n (dataset, LT_VALID),
                    ==, 60000);
  g_assert_cmpuint (lt_dataset_n (dataset, LT_TEST), ==, 10000);
  g_assert_true (lt_shape_is_picture (lt_dataset_shape (dataset)));
  g_assert_cmpint (lt_dataset_shape (dataset)->nv, ==, 784);
  count_labels (dataset, counts);
  for (int k = 0; k < 10; k++)
    g_assert_cmpint (counts[k], ==, expected[k]);
  for (int j = 0; j < 784; j++)
    mean += (double) lt_dataset_mean (dataset)[j] / 784.0;
  g_assert_cmpfloat_with_epsilon (mean, 0.1307, 5e-4);
  /* The test set begins with 7, 2, 1. */
  lt_dataset_gather_labels (dataset, LT_TEST, NULL, 0, 3, first);
  g_assert_true (first[0] == 7 && first[1] == 2 && first[2] == 1);
}

/* The small sets have the sizes and classes that their papers give. */
static void
test_small_sets (void)
{
  g_autoptr (LtDataset) digits = load ("digits");
  g_autoptr (LtDataset) iris = load ("iris");
  g_autoptr (LtDataset) wine = load ("wine");
  float lowest, highest;
  int counts[10];

  count_labels (digits, counts);
  g_assert_true (counts[0] == 178 && counts[1] == 182 && counts[8] == 174);
  g_assert_cmpint (lt_dataset_shape (digits)->modality[0].height, ==, 8);
  lt_dataset_range (digits, &lowest, &highest);
  g_assert_true (lowest == 0.0F && highest == 1.0F);

  count_labels (iris, counts);
  g_assert_true (counts[0] == 50 && counts[1] == 50 && counts[2] == 50);
  g_assert_cmpstr (lt_dataset_class_name (iris, 2), ==, "virginica");
  g_assert_cmpint (lt_dataset_shape (iris)->nv, ==, 4);

  count_labels (wine, counts);
  g_assert_true (counts[0] == 59 && counts[1] == 71 && counts[2] == 48);
  g_assert_cmpint (lt_dataset_shape (wine)->nv, ==, 13);
}

/* Fashion-MNIST is listed; where its files are missing, the sentence names the package. */
static void
test_fashion_mnist (void)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new ("fashion-mnist", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataset) dataset = NULL;

  g_assert_nonnull (spec);
  dataset = lt_data_spec_load (spec, 1, &error);
  if (spec->source->available ()) {
    g_assert_no_error (error);
    g_assert_cmpuint (lt_dataset_n (dataset, LT_TEST), ==, 10000);
    g_assert_cmpstr (lt_dataset_class_name (dataset, 9), ==, "ankle boot");
  } else {
    g_assert_error (error, LT_ERROR, LT_ERROR_FILE);
    g_assert_nonnull (strstr (error->message, "dataset-fashion-mnist"));
  }
}

/* ---- Specifications --------------------------------------------------------------- */

/* A name that is nothing is answered with the names that are something. */
static void
test_unknown_name (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_data_spec_new ("no-such-thing", &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNKNOWN);
  g_assert_nonnull (strstr (error->message, "spiral"));
}

/* A path becomes the file source with an absolute path, and survives copying. */
static void
test_path (void)
{
  g_autofree char *path = g_build_filename (lt_data_dir (), "small", "iris.csv", NULL);
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, NULL);
  g_autoptr (LtDataSpec) copy = lt_data_spec_dup (spec);
  g_autoptr (LtTable) table = NULL;

  g_assert_true (copy->source == &lt_file_source);
  g_assert_true (g_path_is_absolute (lt_data_spec_name (copy)));
  table = lt_data_spec_load_table (copy, 1, NULL);
  g_assert_cmpuint (table->n, ==, 150);
  g_assert_cmpstr (table->title, ==, "iris.csv");
}

/* Every source has a name of its own, a sentence, and knobs whose keys are not taken by
 * the preparation. */
static void
test_table_of_sources (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; lt_sources[i] != NULL; i++) {
    const LtSource *source = lt_sources[i];

    g_assert_true (g_hash_table_add (names, (gpointer) source->name));
    g_assert_true (g_str_has_suffix (source->summary, "."));
    for (int k = 0; k < source->knobs.n_knobs; k++)
      g_assert_null (lt_knobs_find (&lt_preparation_knobs, source->knobs.knobs[k].key));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/splits/complete", test_splits_are_disjoint_and_complete);
  g_test_add_func ("/dataset/splits/seed", test_splits_follow_the_seed);
  g_test_add_func ("/dataset/splits/own-test", test_own_test_set_is_kept);
  g_test_add_func ("/dataset/splits/limit", test_limit_cuts_training_rows);
  g_test_add_func ("/dataset/splits/none-left", test_nothing_to_train_on);
  g_test_add_func ("/dataset/splits/judge", test_judge);
  g_test_add_func ("/dataset/scaling/bytes", test_auto_divides_bytes);
  g_test_add_func ("/dataset/scaling/bits", test_auto_keeps_bits);
  g_test_add_func ("/dataset/scaling/unit", test_auto_keeps_unit_floats);
  g_test_add_func ("/dataset/scaling/none", test_none_judges_range);
  g_test_add_func ("/dataset/scaling/standard", test_auto_standardises);
  g_test_add_func ("/dataset/scaling/counts", test_auto_keeps_counts);
  g_test_add_func ("/dataset/scaling/training-only",
                   test_scaling_sees_training_rows_only);
  g_test_add_func ("/dataset/scaling/no-range", test_no_range);
  g_test_add_func ("/dataset/scaling/unscale", test_unscale_undoes_scaling);
  g_test_add_func ("/dataset/gather", test_gather);
  g_test_add_func ("/dataset/no-labels", test_no_labels);
  g_test_add_func ("/dataset/counts", test_counts);
  g_test_add_func ("/dataset/no-counts", test_no_counts);
  g_test_add_func ("/dataset/mnist/checksums", test_mnist_checksums);
  g_test_add_func ("/dataset/mnist/whole", test_mnist_is_whole);
  g_test_add_func ("/dataset/small", test_small_sets);
  g_test_add_func ("/dataset/fashion-mnist", test_fashion_mnist);
  g_test_add_func ("/dataset/spec/unknown", test_unknown_name);
  g_test_add_func ("/dataset/spec/path", test_path);
  g_test_add_func ("/dataset/sources", test_table_of_sources);
  return g_test_run ();
}
