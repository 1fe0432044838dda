/* An affine model whose every number a test sets: nothing is trained. */
#include "support/affine-kind.h"

#include <string.h>

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

LtSnapshot *
lt_affine_new (const LtShape *shape,
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

LtSnapshot *
lt_affine_identity_new (const LtShape *shape, float scale)
{
  int nv = shape->nv;
  g_autofree float *e = g_new0 (float, nv *nv);
  g_autofree float *d = g_new0 (float, nv *nv);

  for (int i = 0; i < nv; i++) {
    e[i * nv + i] = 1.0f;
    d[i * nv + i] = scale;
  }
  return lt_affine_new (shape, nv, e, d, NULL);
}

LtDataset *
lt_test_rows_dataset_new (const LtShape *shape,
                          const float *rows,
                          gsize n,
                          gsize n_test)
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

float *
lt_test_random_rows (gsize n, int nv, guint64 seed)
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
