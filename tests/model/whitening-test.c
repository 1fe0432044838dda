/* Whitening and equal contrast, against the definitions in double precision. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/matrix.h"
#include "core/rng.h"
#include "data/dataset.h"
#include "data/info.h"
#include "data/table.h"

#define SIDE 4
#define NV   (3 * SIDE * SIDE)

/* Colour pictures whose values depend on each other: neighbours are alike, and there are bright
 * and dark pictures. The first `constant` values are always 100. */
static LtTable *
smooth_table (gsize n, int constant, gsize n_test)
{
  LtShape shape;
  LtTable *table;
  LtRng rng;

  lt_shape_init (&shape, "pixels", LT_UNIT, SIDE, SIDE, 3);
  table = lt_table_new ("smooth", &shape, n, LT_TABLE_BYTES, NULL);
  lt_rng_init (&rng, 5, 5);
  for (gsize i = 0; i < n; i++) {
    float level = 128 + 30 * lt_rng_normal (&rng), last = 0;

    for (int j = 0; j < NV; j++) {
      last = 0.8F * last + 10 * lt_rng_normal (&rng);
      table->bytes[i * NV + j] =
          (guint8) (j < constant ? 100 : CLAMP (level + last, 0, 255));
    }
  }
  table->n_test = n_test;
  return table;
}

static LtDataset *
prepare (LtTable *table, LtPreparation preparation)
{
  g_autoptr (GError) error = NULL;
  LtDataset *dataset = lt_dataset_new (table, &preparation, 1, &error);

  g_assert_no_error (error);
  return dataset;
}

/* The training rows' covariance by the plain loop: [nv, nv]. */
static double *
covariance (const LtDataset *dataset)
{
  gsize n = lt_dataset_n (dataset, LT_TRAIN);
  int nv = lt_dataset_shape (dataset)->nv;
  g_autofree float *x = g_new (float, n *nv);
  g_autofree double *mean = g_new0 (double, nv);
  double *c = g_new0 (double, (gsize) nv *nv);

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, n, x);
  for (gsize i = 0; i < n; i++)
    for (int j = 0; j < nv; j++)
      mean[j] += (double) x[i * nv + j] / (double) n;
  for (gsize i = 0; i < n; i++)
    for (int j = 0; j < nv; j++)
      for (int k = 0; k < nv; k++)
        c[j * nv + k] += ((double) x[i * nv + j] - mean[j]) *
                         ((double) x[i * nv + k] - mean[k]) / (double) n;
  for (int j = 0; j < nv; j++)
    g_assert_cmpfloat (fabs (mean[j]), <, 1e-4);
  return c;
}

/* Of single-precision values; sums over thousands of them are in double. */
#define CLOSE 1e-4

/* Without ε all variances are 1 and no two values are correlated, whichever basis. */
static void
test_covariance_is_the_identity (void)
{
  static const LtWhitening ways[] = { LT_WHITENING_PCA, LT_WHITENING_ZCA };

  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++) {
    g_autoptr (LtDataset) dataset = prepare (
        smooth_table (3000, 0, 0), (LtPreparation){ .whitening = (int) ways[way] });
    g_autofree double *c = covariance (dataset);

    g_assert_cmpint (lt_dataset_shape (dataset)->nv, ==, NV);
    for (int j = 0; j < NV; j++)
      for (int k = 0; k < NV; k++)
        g_assert_cmpfloat (fabs (c[j * NV + k] - (j == k)), <, CLOSE);
  }
}

/* What is left of the covariance is a projection: C C = C, and its trace is the number of
 * directions that were kept. Values that never change are no directions. */
static void
test_dropped_directions (void)
{
  LtPreparation preparation = { .whitening = LT_WHITENING_ZCA,
                                .drop_leading = 2,
                                .drop_trailing = 7 };
  g_autoptr (LtDataset) dataset = prepare (smooth_table (3000, 5, 0), preparation);
  g_autofree double *c = covariance (dataset);
  double trace = 0;

  for (int j = 0; j < NV; j++)
    trace += c[j * NV + j];
  g_assert_cmpfloat (fabs (trace - (NV - 5 - 2 - 7)), <, CLOSE * NV);
  for (int j = 0; j < NV; j++)
    for (int k = 0; k < NV; k++) {
      double square = 0;

      for (int l = 0; l < NV; l++)
        square += c[j * NV + l] * c[l * NV + k];
      g_assert_cmpfloat (fabs (square - c[j * NV + k]), <, 10 * CLOSE);
    }
  g_assert_nonnull (strstr (lt_dataset_scaling (dataset), "34 of 48 directions"));
}

/* Principal components: as many values as directions were kept, no pictures any more. */
static void
test_components (void)
{
  LtPreparation preparation = { .whitening = LT_WHITENING_PCA, .drop_trailing = 40 };
  g_autoptr (LtDataset) dataset = prepare (smooth_table (2000, 0, 0), preparation);
  const LtShape *shape = lt_dataset_shape (dataset);
  g_autofree double *c = covariance (dataset);

  g_assert_cmpint (shape->nv, ==, 8);
  g_assert_false (lt_shape_is_picture (shape));
  g_assert_true (shape->modality[0].standardised);
  for (int j = 0; j < 8; j++)
    for (int k = 0; k < 8; k++)
      g_assert_cmpfloat (fabs (c[j * 8 + k] - (j == k)), <, CLOSE);
}

/* With ε the variances along the directions are λ/(λ + ε λ̄), over their mean. */
static void
test_epsilon (void)
{
  LtPreparation preparation = { .whitening = LT_WHITENING_PCA, .epsilon = 0.1 };
  LtPreparation none = { .scaling = LT_SCALING_STANDARD };
  g_autoptr (LtDataset) white = NULL, plain = NULL;
  g_autofree double *c = NULL, *raw = NULL, *vectors = g_new (double, NV *NV);
  double values[NV], expected[NV], mean = 0;

  preparation.scaling = LT_SCALING_STANDARD;
  white = prepare (smooth_table (2000, 0, 0), preparation);
  plain = prepare (smooth_table (2000, 0, 0), none);
  c = covariance (white);
  raw = covariance (plain);
  g_assert_true (lt_eigen (raw, NV, values, vectors));
  for (int j = 0; j < NV; j++) {
    expected[j] = values[j] / (values[j] + 0.1); /* standardised: λ̄ is 1 */
    mean += expected[j] / NV;
  }
  for (int j = 0; j < NV; j++)
    g_assert_cmpfloat (fabs (c[j * NV + j] - expected[j] / mean), <, CLOSE);
}

/* ZCA is the same rotated back: of all white bases the nearest to the data, so that each value
 * still goes with its own pixel more than with any other. */
static void
test_zca_stays_near (void)
{
  g_autoptr (LtDataset) white = prepare (
      smooth_table (2000, 0, 0), (LtPreparation){ .whitening = LT_WHITENING_ZCA });
  g_autoptr (LtDataset) plain = prepare (
      smooth_table (2000, 0, 0), (LtPreparation){ .scaling = LT_SCALING_STANDARD });
  g_autofree float *y = g_new (float, 2000 * NV), *x = g_new (float, 2000 * NV);

  g_assert_true (lt_shape_is_picture (lt_dataset_shape (white)));
  g_assert_cmpint (lt_dataset_shape (white)->modality[0].kind, ==, LT_REAL);
  lt_dataset_gather (white, LT_TRAIN, NULL, 0, 2000, y);
  lt_dataset_gather (plain, LT_TRAIN, NULL, 0, 2000, x);
  for (int j = 0; j < NV; j++) {
    double own = 0;

    for (gsize i = 0; i < 2000; i++)
      own += (double) x[i * NV + j] * (double) y[i * NV + j] / 2000;
    for (int k = 0; k < NV; k++) {
      double other = 0;

      for (gsize i = 0; i < 2000; i++)
        other += (double) x[i * NV + k] * (double) y[i * NV + j] / 2000;
      g_assert_true (k == j || other < own);
    }
  }
}

/* Undone, whitened pictures are the bytes that they were. */
static void
test_undo (void)
{
  g_autoptr (LtTable) table = smooth_table (500, 0, 0);
  g_autoptr (LtDataset) dataset =
      prepare (smooth_table (500, 0, 0),
               (LtPreparation){ .whitening = LT_WHITENING_ZCA, .epsilon = 0.05 });
  g_autofree float *x = g_new (float, 500 * NV);

  g_assert_true (lt_dataset_is_whitened (dataset));
  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 500, x);
  lt_dataset_unscale (dataset, 500, x);
  for (gsize i = 0; i < 500 * NV; i++)
    g_assert_cmpfloat (fabsf (x[i] - table->bytes[i]), <, 0.01F);
}

/* Nothing of the test set is measured, and it is whitened with what was. */
static void
test_training_rows_only (void)
{
  LtPreparation preparation = { .whitening = LT_WHITENING_ZCA, .epsilon = 0.01 };
  LtTable *other = smooth_table (600, 0, 100);
  g_autoptr (LtDataset) a = prepare (smooth_table (600, 0, 100), preparation);
  g_autoptr (LtDataset) b = NULL;
  g_autofree float *x = g_new (float, 500 * NV), *y = g_new (float, 500 * NV);

  memset (other->bytes + 500 * NV, 255, 100 * NV);
  b = prepare (other, preparation);
  lt_dataset_gather (a, LT_TRAIN, NULL, 0, 500, x);
  lt_dataset_gather (b, LT_TRAIN, NULL, 0, 500, y);
  g_assert_cmpmem (x, 500 * NV * sizeof *x, y, 500 * NV * sizeof *y);
  lt_dataset_gather (b, LT_TEST, NULL, 0, 1, x);
  lt_dataset_unscale (b, 1, x);
  for (int j = 0; j < NV; j++)
    g_assert_cmpfloat (fabsf (x[j] - 255), <, 0.1F);
}

/* Left out without whitening: what was along those directions becomes the mean's, all the rest
 * stays, and doing it twice changes nothing more. */
static void
test_smoothing (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_STANDARD, .drop_trailing = 20 };
  g_autoptr (LtDataset) smooth = prepare (smooth_table (2000, 0, 0), preparation);
  g_autofree double *c = covariance (smooth);
  g_autofree double *vectors = g_new (double, NV *NV);
  double values[NV];

  g_assert_true (lt_eigen (c, NV, values, vectors));
  g_assert_cmpfloat (values[NV - 21], >, 0.01);
  for (int j = NV - 20; j < NV; j++)
    g_assert_cmpfloat (fabs (values[j]), <, 1e-6);
  g_assert_nonnull (strstr (lt_dataset_scaling (smooth), "28 of 48 directions kept"));
  g_assert_false (lt_dataset_is_whitened (smooth));
}

/* Too much left out is a sentence, and so are rows that are all alike. */
static void
test_nothing_left (void)
{
  static const LtPreparation preparations[] = {
    { .whitening = LT_WHITENING_ZCA, .drop_leading = 30, .drop_trailing = 18 },
    { .drop_leading = 100000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (preparations); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (
        lt_dataset_new (smooth_table (300, 0, 0), &preparations[i], 1, &error));
    g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
    g_assert_nonnull (strstr (error->message, "lower drop-leading"));
    g_assert_null (strstr (error->message, "whitening=none"));
  }

  g_autoptr (GError) error = NULL;
  LtPreparation zca = { .whitening = LT_WHITENING_ZCA };

  g_assert_null (lt_dataset_new (smooth_table (10, NV, 0), &zca, 1, &error));
  g_assert_nonnull (strstr (error->message, "varies along 0 of its 48 directions"));
  g_assert_nonnull (strstr (error->message, "choose whitening=none"));
}

/* Fewer rows than values: only the directions that there are, and never NaN. */
static void
test_few_rows (void)
{
  g_autoptr (LtDataset) dataset = prepare (
      smooth_table (10, 0, 0), (LtPreparation){ .whitening = LT_WHITENING_ZCA });
  float x[10 * NV];

  lt_dataset_gather (dataset, LT_TRAIN, NULL, 0, 10, x);
  for (int i = 0; i < 10 * NV; i++)
    g_assert_true (isfinite (x[i]) && fabsf (x[i]) < 10);
  g_assert_nonnull (strstr (lt_dataset_scaling (dataset), "9 of 48 directions"));
}

/* Each row has mean 0 and, with an offset of 10, nearly variance 1; a flat row becomes 0. */
static void
test_contrast (void)
{
  LtTable *table = smooth_table (400, 0, 0);
  LtPreparation preparation = { .scaling = LT_SCALING_NONE, .contrast = TRUE };
  g_autoptr (LtDataset) dataset = NULL;
  g_autofree double *expected = g_new (double, 400);
  float x[NV];

  memset (table->bytes, 77, NV);
  for (int i = 0; i < 400; i++) {
    double mean = 0, square = 0;

    for (int j = 0; j < NV; j++)
      mean += (double) table->bytes[i * NV + j] / NV;
    for (int j = 0; j < NV; j++)
      square += pow (table->bytes[i * NV + j] - mean, 2) / NV;
    expected[i] = square / (square + 10);
  }
  dataset = prepare (table, preparation);
  for (int i = 0; i < 400; i++) {
    double mean = 0, square = 0;

    lt_dataset_gather (dataset, LT_TRAIN, NULL, i, 1, x);
    for (int j = 0; j < NV; j++) {
      mean += (double) x[j] / NV;
      square += (double) x[j] * (double) x[j] / NV;
    }
    g_assert_cmpfloat (fabs (mean), <, 1e-5);
    g_assert_cmpfloat (fabs (square - expected[i]), <, 1e-5);
  }
}

/* Shown, equalised pictures have all the same brightness and contrast: the mean ones. */
static void
test_contrast_is_shown (void)
{
  LtPreparation preparation = { .contrast = TRUE };
  g_autoptr (LtDataset) dataset = prepare (smooth_table (400, 0, 0), preparation);
  g_autoptr (LtTable) table = smooth_table (400, 0, 0);
  double level = 0, found = 0;
  float x[NV];

  g_assert_true (lt_dataset_shape (dataset)->modality[0].standardised);
  for (gsize i = 0; i < 400 * NV; i++)
    level += table->bytes[i] / (400.0 * NV);
  for (int i = 0; i < 400; i++) {
    lt_dataset_gather (dataset, LT_TRAIN, NULL, i, 1, x);
    lt_dataset_unscale (dataset, 1, x);
    found = 0;
    for (int j = 0; j < NV; j++)
      found += (double) x[j] / NV;
    g_assert_cmpfloat (fabs (found - level), <, 0.01);
  }
}

/* The data dialog has both: rows as they were found, and the components made of them. */
static void
test_info (void)
{
  g_autoptr (LtTable) table = smooth_table (100, 0, 0);
  LtPreparation preparation = { .whitening = LT_WHITENING_PCA, .drop_trailing = 40 };
  g_autoptr (LtDataInfo) info = lt_data_info_new (table, &preparation, 1, NULL);

  g_assert_cmpint (info->example_shape.nv, ==, 8);
  g_assert_cmpint (info->found_shape.nv, ==, NV);
  for (int i = 0; i < info->n_examples; i++)
    for (int j = 0; j < NV; j++)
      g_assert_cmpfloat (info->found[i * NV + j], ==,
                         table->bytes[info->example_rows[i] * NV + j]);
  g_assert_nonnull (strstr (info->scaling, "PCA whitening"));
}

/* The same to the bit for any team, and right: against the plain loop. */
static void
test_gram (void)
{
  enum {
    ROWS = 37,
    N = 250
  };
  g_autofree double *x = g_new (double, ROWS *N);
  g_autofree double *one = g_new0 (double, N *N), *two = g_new0 (double, N *N);
  g_autoptr (LtTeam) team = lt_team_new (2);
  LtRng rng;

  lt_rng_init (&rng, 1, 1);
  for (int i = 0; i < ROWS * N; i++)
    x[i] = (double) lt_rng_normal (&rng);
  lt_add_gram (NULL, x, ROWS, N, one);
  lt_add_gram (team, x, ROWS, N, two);
  for (int j = 0; j < N; j++)
    for (int k = j; k < N; k++) {
      double sum = 0;

      for (int i = 0; i < ROWS; i++)
        sum += x[i * N + j] * x[i * N + k];
      g_assert_cmpfloat (fabs (one[j * N + k] - sum), <, 1e-11);
      g_assert_cmpfloat (one[j * N + k], ==, two[j * N + k]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/whitening/identity", test_covariance_is_the_identity);
  g_test_add_func ("/whitening/dropped", test_dropped_directions);
  g_test_add_func ("/whitening/components", test_components);
  g_test_add_func ("/whitening/epsilon", test_epsilon);
  g_test_add_func ("/whitening/zca", test_zca_stays_near);
  g_test_add_func ("/whitening/undo", test_undo);
  g_test_add_func ("/whitening/training-only", test_training_rows_only);
  g_test_add_func ("/whitening/smoothing", test_smoothing);
  g_test_add_func ("/whitening/nothing-left", test_nothing_left);
  g_test_add_func ("/whitening/few-rows", test_few_rows);
  g_test_add_func ("/whitening/info", test_info);
  g_test_add_func ("/whitening/gram", test_gram);
  g_test_add_func ("/contrast/rows", test_contrast);
  g_test_add_func ("/contrast/shown", test_contrast_is_shown);
  return g_test_run ();
}
