/* Probes, against plain loops, known geometry and known figures. */
#include "core/error.h"
#include "core/matrix.h"
#include "data/source.h"
#include "probes/pca.h"
#include "probes/procrustes.h"

#include <math.h>
#include <string.h>

/* ---- A model whose every number is known ---------------------------------------- */

/* z = x E, r = z D + b, corruption x + 0.1: nothing is trained, the tests set the
 * parameters. */
typedef struct {
  int n_code;
} AffineSettings;

static void
affine_build (LtModel *model)
{
  const AffineSettings *settings = model->settings;

  model->params = lt_layout_new ();
  lt_layout_add (model->params, "E", LT_ROLE_WEIGHT, 2, model->shape.nv,
                 settings->n_code);
  lt_layout_add (model->params, "D", LT_ROLE_WEIGHT, 2, settings->n_code,
                 model->shape.nv);
  lt_layout_add (model->params, "b", LT_ROLE_BIAS, 1, model->shape.nv);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_DECODE | LT_CAN_RECONSTRUCT |
                        LT_CAN_FILTERS | LT_CAN_CORRUPT;
  model->n_code = settings->n_code;
  model->n_layers = 1;
}

static gboolean
affine_check (gconstpointer settings, const LtShape *shape, GError **error)
{
  return TRUE;
}

static const float *
tensor (const LtCall *call, const char *name)
{
  return call->params + lt_layout_find (call->model->params, name)->offset;
}

static void
multiply (const float *x, const float *w, int n, int from, int to, float *y)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < to; j++) {
      double sum = 0.0;

      for (int k = 0; k < from; k++)
        sum += (double) x[i * from + k] * (double) w[k * to + j];
      y[i * to + j] = (float) sum;
    }
}

static void
affine_encode (const LtCall *call, const float *x, int n, float *z)
{
  multiply (x, tensor (call, "E"), n, call->model->shape.nv, call->model->n_code, z);
}

static void
affine_decode (const LtCall *call, const float *z, int n, float *x)
{
  int nv = call->model->shape.nv;
  const float *b = tensor (call, "b");

  multiply (z, tensor (call, "D"), n, call->model->n_code, nv, x);
  for (int i = 0; i < n * nv; i++)
    x[i] += b[i % nv];
}

static void
affine_reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  g_autofree float *z = g_new (float, n * call->model->n_code);

  affine_encode (call, x, n, z);
  affine_decode (call, z, n, r);
}

static void
affine_corrupt (const LtCall *call, const float *x, int n, float *y)
{
  for (int i = 0; i < n * call->model->shape.nv; i++)
    y[i] = x[i] + lt_rng_uniform (call->rng);
}

static void
affine_filters (const LtCall *call, int layer, float *filters)
{
  int nv = call->model->shape.nv, k = call->model->n_code;
  const float *e = tensor (call, "E");

  for (int j = 0; j < k; j++)
    for (int i = 0; i < nv; i++)
      filters[j * nv + i] = e[i * k + j];
}

static void
affine_layer (const LtModel *model, int layer, LtLayerInfo *info)
{
  g_strlcpy (info->name, "code", sizeof info->name);
  info->n_units = model->n_code;
  info->activation = "linear";
}

static const LtModelKind affine_kind = {
  .name = "affine",
  .knobs = { NULL, 0, sizeof (AffineSettings) },
  .check = affine_check,
  .build = affine_build,
  .encode = affine_encode,
  .decode = affine_decode,
  .reconstruct = affine_reconstruct,
  .corrupt = affine_corrupt,
  .filters = affine_filters,
  .layer = affine_layer,
};

/* A snapshot with the tensors given; b may be NULL. */
static LtSnapshot *
affine_new (const LtShape *shape,
            int n_code,
            const float *e,
            const float *d,
            const float *b)
{
  AffineSettings settings = { n_code };
  g_autoptr (LtModel) model = lt_model_new (&affine_kind, &settings, shape, NULL);
  float *params = lt_block_new (model->params);
  gsize size = (gsize) shape->nv * n_code * sizeof *params;
  LtSnapshot *snapshot;

  memcpy (params + lt_layout_find (model->params, "E")->offset, e, size);
  memcpy (params + lt_layout_find (model->params, "D")->offset, d, size);
  if (b != NULL)
    memcpy (params + lt_layout_find (model->params, "b")->offset, b,
            shape->nv * sizeof *b);
  snapshot = lt_snapshot_new (model, params, NULL, NULL, &settings);
  lt_block_free (params);
  return snapshot;
}

/* The model that gives every row back, or a fraction of it. */
static LtSnapshot *
scaled_identity (const LtShape *shape, float scale)
{
  int nv = shape->nv;
  g_autofree float *e = g_new0 (float, nv *nv);
  g_autofree float *d = g_new0 (float, nv *nv);

  for (int i = 0; i < nv; i++) {
    e[i * nv + i] = 1.0f;
    d[i * nv + i] = scale;
  }
  return affine_new (shape, nv, e, d, NULL);
}

/* Rows as they are, all of them for training but the last n_test. */
static LtDataset *
data_new (const LtShape *shape, const float *rows, gsize n, gsize n_test)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE };
  LtTable *table = g_new0 (LtTable, 1);
  g_autoptr (GError) error = NULL;
  LtDataset *data;

  table->name = g_strdup ("rows");
  table->shape = *shape;
  table->n = n;
  table->n_test = n_test;
  table->floats = g_memdup2 (rows, n * shape->nv * sizeof *rows);
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

/* Correlated rows in [0, 1] that no symmetry favours. */
static float *
random_rows (gsize n, int nv, guint64 seed)
{
  float *rows = g_new (float, n *nv);
  LtRng rng;

  lt_rng_init (&rng, seed, 0);
  for (gsize i = 0; i < n; i++) {
    float common = lt_rng_uniform (&rng);

    for (int j = 0; j < nv; j++)
      rows[i * nv + j] = 0.7f * common * (j + 1) / nv + 0.3f * lt_rng_uniform (&rng);
  }
  return rows;
}

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
  data = data_new (&shape, rows, 4, 0);
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
  g_autofree float *rows = random_rows (N, NV, 3);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = data_new (&shape, rows, N, 0);
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
  g_autofree float *rows = random_rows (N, NV, 7);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtPca) pca = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  float e[NV * K], d[K * NV], b[NV];
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = data_new (&shape, rows, N, 100);
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
  snapshot = affine_new (&shape, K, e, d, b);
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
  g_autofree float *rows = random_rows (N, NV, 11);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  double squared = 0.0, cross = 0.0, mean_squared = 0.0, perfect = 0.0;
  double mean[NV] = { 0 };
  LtShape shape;

  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  data = data_new (&shape, rows, N, N_TEST);
  snapshot = scaled_identity (&shape, 0.8f);
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
  g_autofree float *rows = random_rows (20, 3, 5);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  LtShape shape;

  rows[0] = -2; /* or they would all lie between 0 and 1 */
  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = data_new (&shape, rows, 20, 0);
  snapshot = scaled_identity (&shape, 0.5f);
  measures = lt_probe_measure (snapshot, data, LT_TRAIN, FALSE, ws, NULL);
  g_assert_cmpfloat (measure_named (measures, "squared_error_per_image"), >, 0.0);
  for (guint i = 0; i < measures->len; i++)
    g_assert_null (strstr (g_array_index (measures, LtMeasure, i).name, "entropy"));
}

/* A split without rows is a sentence, not a figure. */
static void
test_empty_split (void)
{
  g_autofree float *rows = random_rows (20, 3, 5);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (GArray) measures = NULL;
  g_autoptr (GError) error = NULL;
  LtShape shape;

  rows[0] = -2;
  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = data_new (&shape, rows, 20, 0);
  snapshot = scaled_identity (&shape, 0.5f);
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
  snapshot = affine_new (&shape, 2, e, d, NULL);
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
  g_autofree float *rows = random_rows (50, 3, 2);
  const guint32 chosen[] = { 4, 17 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtReconstructions *a, *b, *c;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, 3, 1);
  data = data_new (&shape, rows, 50, 10);
  snapshot = scaled_identity (&shape, 1.0f);
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

/* ---- The latent map --------------------------------------------------------------- */

static void
turn (const float *points, gsize n, double angle, gboolean flip, float *turned)
{
  float c = (float) cos (angle), s = (float) sin (angle);

  for (gsize i = 0; i < n; i++) {
    float x = points[2 * i], y = flip ? -points[2 * i + 1] : points[2 * i + 1];

    turned[2 * i] = c * x - s * y + 5.0f;
    turned[2 * i + 1] = s * x + c * y - 3.0f;
  }
}

/* Procrustes finds the turn that was made, with a flip and without, whatever the shift. */
static void
test_procrustes (void)
{
  enum {
    N = 200
  };
  g_autofree float *points = random_rows (N, 2, 9);
  g_autofree float *turned = g_new (float, 2 * N);

  for (int flip = 0; flip < 2; flip++) {
    double angle = 2.1;
    float rotation[4];
    float expected[4] = { (float) cos (angle), (float) -sin (angle),
                          (float) sin (angle), (float) cos (angle) };

    turn (points, N, angle, flip, turned);
    lt_procrustes (points, turned, N, rotation);
    if (flip) {
      expected[1] = -expected[1];
      expected[3] = -expected[3];
    }
    for (int i = 0; i < 4; i++)
      g_assert_cmpfloat_with_epsilon (rotation[i], expected[i], 1e-5f);
  }
}

/* Points that determine no turn are left as they are. */
static void
test_procrustes_degenerate (void)
{
  const float a[] = { 1, 1, 1, 1, 1, 1 }, b[] = { 3, 0, 0, 2, 1, 1 };
  float rotation[4];

  lt_procrustes (a, b, 3, rotation);
  g_assert_cmpfloat (rotation[0], ==, 1.0f);
  g_assert_cmpfloat (rotation[1], ==, 0.0f);
  g_assert_cmpfloat (rotation[3], ==, 1.0f);
}

/* Two snapshots that differ by a turn and a flip of the code have the same map, and the
 * second one's coordinates lead back to its own codes. */
static void
test_map_alignment (void)
{
  enum {
    N = 1500
  };
  g_autofree float *rows = random_rows (N, 2, 4);
  const float plain[] = { 1, 0, 0, 1 };
  const float turned[] = { 0.6f, 0.8f, 0.8f, -0.6f }; /* a flip about a slanted line */
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) first = NULL, second = NULL;
  LtLatentMap *a, *b;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = data_new (&shape, rows, N, 0);
  first = affine_new (&shape, 2, plain, plain, NULL);
  second = affine_new (&shape, 2, turned, turned, NULL);
  a = lt_probe_latent_map (first, data, LT_TRAIN, 0, NULL, ws);
  b = lt_probe_latent_map (second, data, LT_TRAIN, 500, a, ws);
  g_assert_cmpint (a->n, ==, N);
  g_assert_cmpint (b->n, ==, 500);
  g_assert_cmpuint (b->n_total, ==, N);
  for (int i = 0; i < b->n; i++) {
    float code[2];

    for (int k = 0; k < 2; k++)
      g_assert_cmpfloat_with_epsilon (b->map[2 * i + k] - b->map[k],
                                      a->map[2 * b->rows[i] + k] - a->map[k], 1e-4f);
    lt_latent_map_code (b, (double) b->map[2 * i], (double) b->map[2 * i + 1], code);
    g_assert_cmpfloat_with_epsilon (code[0], b->codes[2 * i], 1e-5f);
    g_assert_cmpfloat_with_epsilon (code[1], b->codes[2 * i + 1], 1e-5f);
  }
  lt_latent_map_free (a);
  lt_latent_map_free (b);
}

/* Codes of more units are seen in their principal plane: its share of the variance is
 * PCA's, and a point of the plane leads to a code that projects back onto it. */
static void
test_map_plane (void)
{
  enum {
    NV = 5,
    N = 800
  };
  g_autofree float *rows = random_rows (N, NV, 21);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtLatentMap *map;
  float code[NV];
  double total = 0.0, u = 0.0, v = 0.0;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, NV, 1);
  data = data_new (&shape, rows, N, 0);
  snapshot = scaled_identity (&shape, 1.0f);
  pca = lt_pca_new (data, ws, NULL);
  map = lt_probe_latent_map (snapshot, data, LT_TRAIN, 0, NULL, ws);
  for (int i = 0; i < NV; i++)
    total += pca->values[i];
  g_assert_cmpfloat_with_epsilon (map->held, (pca->values[0] + pca->values[1]) / total,
                                  1e-5);
  lt_latent_map_code (map, 0.4, -0.2, code);
  for (int j = 0; j < NV; j++) {
    u += (double) (map->plane[j] * (code[j] - map->centre[j]));
    v += (double) (map->plane[NV + j] * (code[j] - map->centre[j]));
  }
  g_assert_cmpfloat_with_epsilon (u - (double) map->mean[0], 0.4, 1e-5);
  g_assert_cmpfloat_with_epsilon (v - (double) map->mean[1], -0.2, 1e-5);
  lt_latent_map_free (map);
}

/* Two chosen units are the axes, up to the middle of the map. */
static void
test_map_units (void)
{
  enum {
    NV = 4,
    N = 60
  };
  g_autofree float *rows = random_rows (N, NV, 8);
  LtLatentMapOptions options = { LT_TRAIN, 0, 3, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtLatentMap *map;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, NV, 1);
  data = data_new (&shape, rows, N, 0);
  snapshot = scaled_identity (&shape, 1.0f);
  map = lt_probe_latent_map_units (snapshot, data, &options, NULL, ws);
  for (int i = 1; i < N; i++) {
    g_assert_cmpfloat_with_epsilon (map->map[2 * i] - map->map[0],
                                    rows[i * NV + 3] - rows[3], 1e-5f);
    g_assert_cmpfloat_with_epsilon (map->map[2 * i + 1] - map->map[1],
                                    rows[i * NV + 1] - rows[1], 1e-5f);
  }
  lt_latent_map_free (map);
}

/* Codes that are not numbers give no map. */
static void
test_map_not_finite (void)
{
  g_autofree float *rows = random_rows (10, 2, 8);
  const float e[] = { NAN, 0, 0, 1 }, d[] = { 1, 0, 0, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = data_new (&shape, rows, 10, 0);
  snapshot = affine_new (&shape, 2, e, d, NULL);
  g_assert_null (lt_probe_latent_map (snapshot, data, LT_TRAIN, 0, NULL, ws));
}

/* ---- The vector field ------------------------------------------------------------- */

/* A model that halves its input pulls each place of the grid halfway to the origin. */
static void
test_vector_field (void)
{
  g_autofree float *rows = random_rows (40, 2, 8);
  const double bounds[4] = { -1, 1, -2, 2 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtVectorField *field;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = data_new (&shape, rows, 40, 0);
  snapshot = scaled_identity (&shape, 0.5f);
  field = lt_probe_vector_field (snapshot, data, 5, bounds, 0.1, ws);
  g_assert_cmpint (field->n_points, ==, 40);
  g_assert_null (field->score);
  g_assert_true (isnan (field->cosine));
  for (int row = 0; row < 5; row++)
    for (int column = 0; column < 5; column++) {
      const float *pull = field->field + 2 * (row * 5 + column);

      g_assert_cmpfloat_with_epsilon (pull[0], -0.5f * (-1.0f + 0.5f * column), 1e-6f);
      g_assert_cmpfloat_with_epsilon (pull[1], -0.5f * (-2.0f + 1.0f * row), 1e-6f);
    }
  lt_vector_field_free (field);
}

/* Where the score is known it is drawn as σ²∇log p, and the cosine is that between the two
 * fields: at σ = 0.02 the noisy spiral pulls across the curve, about as often inwards as
 * outwards, so a model that pulls to the origin agrees with it about as often as not, and one that
 * pushes outwards exactly as much the other way. */
static void
test_vector_field_score (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new ("spiral", &error);
  const double bounds[4] = { -1, 1, -1, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) inwards = NULL, outwards = NULL;
  LtVectorField *in, *out;
  float x[2] = { -1.0f, -1.0f }, score[2];

  g_assert_no_error (error);
  data = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  inwards = scaled_identity (lt_dataset_shape (data), 0.5f);
  outwards = scaled_identity (lt_dataset_shape (data), 1.5f);
  in = lt_probe_vector_field (inwards, data, 4, bounds, 0.02, ws);
  out = lt_probe_vector_field (outwards, data, 4, bounds, 0.02, ws);
  g_assert_true (lt_dataset_score (data, 0.02, x, 1, score));
  g_assert_cmpfloat_with_epsilon (in->score[0], 0.0004f * score[0], 1e-5f);
  g_assert_cmpfloat_with_epsilon (in->score[1], 0.0004f * score[1], 1e-5f);
  g_assert_cmpfloat (fabs (in->cosine), <, 0.25);
  g_assert_cmpfloat_with_epsilon (in->cosine, -out->cosine, 1e-4);
  lt_vector_field_free (in);
  lt_vector_field_free (out);
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
  g_test_add_func ("/probes/procrustes/turns", test_procrustes);
  g_test_add_func ("/probes/procrustes/degenerate", test_procrustes_degenerate);
  g_test_add_func ("/probes/map/alignment", test_map_alignment);
  g_test_add_func ("/probes/map/plane", test_map_plane);
  g_test_add_func ("/probes/map/units", test_map_units);
  g_test_add_func ("/probes/map/not-finite", test_map_not_finite);
  g_test_add_func ("/probes/field/halving", test_vector_field);
  g_test_add_func ("/probes/field/score", test_vector_field_score);
  return g_test_run ();
}
