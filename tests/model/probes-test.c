/* Probes, against plain loops, known geometry and known figures. */
#include "core/error.h"
#include "core/matrix.h"
#include "data/source.h"
#include "probes/pca.h"
#include "support/affine-kind.h"

#include <math.h>
#include <string.h>

static double
measure_named (const GArray *measures, const char *name)
{
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *measure = &g_array_index (measures, LtMeasure, i);

    if (strcmp (measure->name, name) == 0)
      return measure->value;
  }
  g_error ("there is no measure called %s", name);
}

/* ---- PCA ------------------------------------------------------------------------ */

/* Four points on two perpendicular lines through (1, 2): variances 4 and 1 along
 * (1, 1)/√2 and (1, −1)/√2. */
static void
test_pca_known (void)
{
  const float r = (float) sqrt (2.0);
  float rows[] = { 1 + 2, 2 + 2, 1 - 2, 2 - 2, 1 + 1, 2 - 1, 1 - 1, 2 + 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 4, 0);
  pca = lt_pca_new (data, ws, NULL);
  g_assert_nonnull (pca);
  g_assert_cmpfloat_with_epsilon (pca->mean[0], 1.0f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (pca->mean[1], 2.0f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (pca->values[0], 4.0, 1e-5);
  g_assert_cmpfloat_with_epsilon (pca->values[1], 1.0, 1e-5);
  g_assert_cmpfloat_with_epsilon (fabs (pca->vectors[0] * (double) r), 1.0, 1e-5);
  g_assert_cmpfloat_with_epsilon (pca->vectors[0], pca->vectors[1], 1e-5);
}

/* On the training rows the error that k components leave is the sum of the other variances,
 * and all components leave none. */
static void
test_pca_error (void)
{
  enum {
    NV = 6,
    N = 2345
  };
  g_autofree float *rows = lt_test_random_rows (N, NV, 3);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, 0);
  pca = lt_pca_new (data, ws, NULL);
  for (int k = 1; k <= NV; k++) {
    double left = 0.0;

    for (int i = k; i < NV; i++)
      left += pca->values[i];
    g_assert_cmpfloat_with_epsilon (lt_pca_squared_error (pca, data, LT_TRAIN, k, ws),
                                    left, 1e-5);
  }
}

/* Angles between a plane of three-space and another that is tilted by a known angle about
 * a shared line, given by bases that are neither normal nor orthogonal. */
static void
test_principal_angles (void)
{
  double t = 0.3;
  double a[] = { 2, 0, 0, 1, 3, 0 };
  double b[] = { 5, cos (t), sin (t), 0, -2 * cos (t), -2 * sin (t) };
  double angles[2];

  g_assert_true (lt_principal_angles (a, 2, b, 2, 3, angles));
  g_assert_cmpfloat_with_epsilon (angles[0], 0.0, 1e-7);
  g_assert_cmpfloat_with_epsilon (angles[1], t, 1e-9);
}

/* Rows that do not span a plane leave one direction unmatched: a right angle. */
static void
test_missing_direction (void)
{
  double a[] = { 1, 0, 0, 0, 1, 0 };
  double b[] = { 1, 0, 0, 2, 0, 0 };
  double angles[2];

  g_assert_true (lt_principal_angles (a, 2, b, 2, 3, angles));
  g_assert_cmpfloat_with_epsilon (angles[0], 0.0, 1e-7);
  g_assert_cmpfloat_with_epsilon (angles[1], G_PI / 2.0, 1e-9);
}

/* A model that decodes along PCA's own components has their error and no angle to them. */
static void
test_pca_model (void)
{
  enum {
    NV = 6,
    N = 900,
    K = 2
  };
  g_autofree float *rows = lt_test_random_rows (N, NV, 7);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  float e[NV * K], d[K * NV], b[NV];
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, 100);
  pca = lt_pca_new (data, ws, NULL);
  for (int i = 0; i < NV; i++) {
    b[i] = pca->mean[i];
    for (int k = 0; k < K; k++) {
      e[i * K + k] = (float) pca->vectors[k * NV + i];
      d[k * NV + i] = (float) pca->vectors[k * NV + i];
      for (int j = 0; j < NV; j++)
        b[i] -= (float) (pca->vectors[k * NV + i] * pca->vectors[k * NV + j]) *
                pca->mean[j];
    }
  }
  snapshot = lt_affine_new (&shape, K, e, d, b);
  measures = lt_probe_measure (snapshot, data, LT_TEST, TRUE, ws, NULL);
  g_assert_nonnull (measures);
  g_assert_cmpfloat_with_epsilon (
      measure_named (measures, "squared_error_per_image"),
      measure_named (measures, "pca_squared_error_per_image"), 1e-5);
  g_assert_cmpfloat_with_epsilon (measure_named (measures, "explained_variance"),
                                  measure_named (measures, "pca_explained_variance"),
                                  1e-4);
  g_assert_cmpfloat (measure_named (measures, "max_principal_angle_degrees"), <, 0.01);
}

/* ---- Measures ------------------------------------------------------------------- */

/* All four errors and the baselines equal plain loops over more rows than one pass. */
static void
test_measures (void)
{
  enum {
    NV = 4,
    N = 2600,
    N_TEST = 1300
  };
  g_autofree float *rows = lt_test_random_rows (N, NV, 11);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  double squared = 0.0, cross = 0.0, mean_squared = 0.0, perfect = 0.0;
  double mean[NV] = { 0 };
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, N_TEST);
  snapshot = lt_affine_identity_new (&shape, 0.8f);
  for (int i = 0; i < (N - N_TEST) * NV; i++)
    mean[i % NV] += (double) rows[i] / (N - N_TEST);
  for (int i = (N - N_TEST) * NV; i < N * NV; i++) {
    double x = (double) rows[i], r = 0.8 * x, m = mean[i % NV];

    squared += (x - r) * (x - r);
    cross += -x * log (r) - (1.0 - x) * log (1.0 - r);
    mean_squared += (x - m) * (x - m);
    perfect += -x * log (x) - (1.0 - x) * log (1.0 - x);
  }
  measures = lt_probe_measure (snapshot, data, LT_TEST, FALSE, ws, NULL);
  g_assert_cmpfloat_with_epsilon (measure_named (measures, "squared_error_per_image"),
                                  squared / N_TEST, 1e-6);
  g_assert_cmpfloat_with_epsilon (measure_named (measures, "squared_error_per_pixel"),
                                  squared / N_TEST / NV, 1e-6);
  g_assert_cmpfloat_with_epsilon (measure_named (measures, "cross_entropy_per_image"),
                                  cross / N_TEST, 1e-5);
  g_assert_cmpfloat_with_epsilon (measure_named (measures, "cross_entropy_per_pixel"),
                                  cross / N_TEST / NV, 1e-5);
  g_assert_cmpfloat_with_epsilon (
      measure_named (measures, "baseline_squared_error_per_image"),
      mean_squared / N_TEST, 1e-5);
  g_assert_cmpfloat_with_epsilon (
      measure_named (measures, "baseline_perfect_cross_entropy_per_pixel"),
      perfect / N_TEST / NV, 1e-5);
}

/* Reals have no cross-entropy: it is left out, not made up. */
static void
test_measures_of_reals (void)
{
  g_autofree float *rows = lt_test_random_rows (20, 3, 5);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  LtShape shape;

  rows[0] = -2; /* or they would all lie between 0 and 1 */
  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 20, 0);
  snapshot = lt_affine_identity_new (&shape, 0.5f);
  measures = lt_probe_measure (snapshot, data, LT_TRAIN, FALSE, ws, NULL);
  g_assert_cmpfloat (measure_named (measures, "squared_error_per_image"), >, 0.0);
  for (guint i = 0; i < measures->len; i++)
    g_assert_null (strstr (g_array_index (measures, LtMeasure, i).name, "entropy"));
}

/* A split without rows is a sentence, not a figure. */
static void
test_empty_split (void)
{
  g_autofree float *rows = lt_test_random_rows (20, 3, 5);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  g_autoptr (GError) error = NULL;
  LtShape shape;

  rows[0] = -2;
  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 20, 0);
  snapshot = lt_affine_identity_new (&shape, 0.5f);
  measures = lt_probe_measure (snapshot, data, LT_TEST, FALSE, ws, &error);
  g_assert_null (measures);
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "no test rows"));
}

/* The figures of the literature, from all of MNIST: the mean image's two costs, a perfect
 * reconstruction's, and what 2 and 30 principal components leave of the test set. */
static void
test_mnist (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new ("mnist", &error);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtBaselines baselines;

  g_assert_no_error (error);
  spec->preparation.valid = 0.0;
  data = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  lt_probe_baselines (data, LT_TEST, &baselines);
  g_assert_cmpfloat_with_epsilon (baselines.mean_squared_error, 52.90, 0.01);
  g_assert_cmpfloat_with_epsilon (baselines.mean_cross_entropy, 0.2625, 0.0001);
  g_assert_cmpfloat_with_epsilon (baselines.perfect_cross_entropy, 0.0581, 0.0001);

  pca = lt_pca_new (data, ws, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (lt_pca_squared_error (pca, data, LT_TEST, 30, ws),
                                  13.87, 0.01);
  g_assert_cmpfloat_with_epsilon (lt_pca_squared_error (pca, data, LT_TEST, 2, ws),
                                  43.64, 0.01);
}

/* ---- Filters and reconstructions -------------------------------------------------- */

/* A filter is a unit's weights, and its norm their length. */
static void
test_filters (void)
{
  const float e[] = { 3, 0, 4, 1, 0, 0 }, d[6] = { 0 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtFilters *filters;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  snapshot = lt_affine_new (&shape, 2, e, d, NULL);
  filters = lt_probe_filters (snapshot, 0, ws);
  g_assert_cmpint (filters->n, ==, 2);
  g_assert_cmpfloat (filters->filters[1], ==, 4.0f);
  g_assert_cmpfloat_with_epsilon (filters->norms[0], 5.0f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (filters->norms[1], 1.0f, 1e-6f);
  lt_filters_free (filters);
}

/* The reconstruction is of the corrupted input, its error against the clean one, and one
 * seed gives one corruption. */
static void
test_reconstructions (void)
{
  g_autofree float *rows = lt_test_random_rows (50, 3, 2);
  const guint32 chosen[] = { 4, 17 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtReconstructions *a, *b, *c;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 50, 10);
  snapshot = lt_affine_identity_new (&shape, 1.0f);
  a = lt_probe_reconstructions (snapshot, data, LT_TRAIN, chosen, 2, 5, ws);
  b = lt_probe_reconstructions (snapshot, data, LT_TRAIN, chosen, 2, 5, ws);
  c = lt_probe_reconstructions (snapshot, data, LT_TRAIN, chosen, 2, 6, ws);
  g_assert_cmpmem (a->original + 3, 12, rows + 3 * 17, 12);
  g_assert_nonnull (a->corrupted);
  g_assert_cmpmem (a->corrupted, 24, a->reconstruction, 24);
  g_assert_cmpmem (a->corrupted, 24, b->corrupted, 24);
  g_assert_cmpint (memcmp (a->corrupted, c->corrupted, 24), !=, 0);
  for (int i = 0; i < 2; i++) {
    double sum = 0.0;

    for (int j = 0; j < 3; j++)
      sum += pow ((double) (a->original[3 * i + j] - a->corrupted[3 * i + j]), 2.0);
    g_assert_cmpfloat_with_epsilon ((double) a->errors[i], sum, 1e-6);
  }
  lt_reconstructions_free (a);
  lt_reconstructions_free (b);
  lt_reconstructions_free (c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probes/pca/known", test_pca_known);
  g_test_add_func ("/probes/pca/error", test_pca_error);
  g_test_add_func ("/probes/pca/angles", test_principal_angles);
  g_test_add_func ("/probes/pca/missing-direction", test_missing_direction);
  g_test_add_func ("/probes/pca/model", test_pca_model);
  g_test_add_func ("/probes/measure/loops", test_measures);
  g_test_add_func ("/probes/measure/reals", test_measures_of_reals);
  g_test_add_func ("/probes/measure/empty-split", test_empty_split);
  g_test_add_func ("/probes/measure/mnist", test_mnist);
  g_test_add_func ("/probes/filters", test_filters);
  g_test_add_func ("/probes/reconstructions", test_reconstructions);
  return g_test_run ();
}
