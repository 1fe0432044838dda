/* A small restricted Boltzmann machine to be judged. */
#include "support/judged-trial.h"

#include "boltzmann/rbm.h"
#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define N_ROWS 60

/* Documents of 2, 3 and 4 words in turn. */
static void
fill_documents (LtRng *rng, int nv, int n, float *x)
{
  memset (x, 0, (gsize) n * nv * sizeof *x);
  for (int row = 0; row < n; row++)
    for (int word = 0; word < 2 + row % 3; word++)
      x[row * nv + (int) lt_rng_below (rng, (guint32) nv)]++;
}

/* Rows of nv values, 0 or 1 (kind LT_BINARY), between (LT_UNIT), standardised, or counts of
 * words. */
static LtDataset *
data_new (LtValueKind kind, int nv, int n)
{
  const LtPreparation preparation = { .scaling = kind == LT_REAL ? LT_SCALING_STANDARD
                                                                 : LT_SCALING_NONE,
                                      .test = 0.25 };
  g_autoptr (GError) error = NULL;
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;
  LtRng rng;

  lt_rng_init (&rng, 5, 0);
  table->name = g_strdup ("bits");
  table->title = g_strdup ("Bits");
  table->n = (gsize) n;
  lt_shape_init (&table->shape, "features", kind, 1, nv, 1);
  table->floats = g_new (float, (gsize) n *nv);
  if (kind == LT_BINARY)
    lt_rng_fill_mask (&rng, 0.3f, (gsize) n * nv, table->floats);
  else if (kind == LT_UNIT)
    lt_rng_fill_uniform (&rng, (gsize) n * nv, table->floats);
  else if (kind == LT_COUNTS)
    fill_documents (&rng, nv, n, table->floats);
  else
    lt_rng_fill_normal (&rng, (gsize) n * nv, table->floats);
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

static double *
twin_of (const LtSnapshot *snapshot, const char *name)
{
  const LtTensor *tensor = lt_layout_find (snapshot->model->params, name);
  double *twin = g_new (double, tensor->size);

  for (gsize i = 0; i < tensor->size; i++)
    twin[i] = (double) snapshot->params[tensor->offset + i];
  return twin;
}

void
judged_trial_init (JudgedTrial *self,
                   const char *knobs,
                   LtValueKind kind,
                   int nv,
                   float scale)
{
  g_auto (GStrv) pairs = g_strsplit (knobs, " ", -1);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  float *params;
  LtRng rng;

  memset (self, 0, sizeof *self);
  self->data = data_new (kind, nv, N_ROWS);
  lt_model_kind_init_settings (&lt_rbm, &settings);
  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    lt_knob_parse (lt_knobs_find (&lt_rbm.knobs, pair[0]), pair[1], &settings, &error);
    g_assert_no_error (error);
  }
  model = lt_model_new (&lt_rbm, &settings, lt_dataset_shape (self->data), &error);
  g_assert_no_error (error);
  params = lt_block_new (model->params);
  lt_rng_init (&rng, 11, 0);
  for (int i = 0; i < lt_layout_n_tensors (model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (model->params, i);

    lt_rng_fill_normal (&rng, tensor->size, params + tensor->offset);
    lt_scale (scale, tensor->size, params + tensor->offset);
  }
  self->snapshot = lt_snapshot_new (model, params, NULL, NULL, &settings);
  lt_block_free (params);
  self->ws = lt_workspace_new (NULL);
  self->w = twin_of (self->snapshot, "W1");
  self->b = twin_of (self->snapshot, "b");
  self->c = twin_of (self->snapshot, "c1");
  self->sigma = g_new (double, nv);
  for (int i = 0; i < nv; i++)
    self->sigma[i] = settings.sigma;
  self->oracle = (RbmOracle){ .nv = nv,
                              .nl = settings.label_units,
                              .nh = model->n_code,
                              .gaussian = kind == LT_REAL,
                              .n_counts = kind == LT_COUNTS ? nv : 0,
                              .w = self->w,
                              .b = self->b,
                              .c = self->c,
                              .sigma = self->sigma };
}

void
judged_trial_clear (JudgedTrial *self)
{
  lt_snapshot_unref (self->snapshot);
  lt_dataset_unref (self->data);
  lt_workspace_free (self->ws);
  g_free (self->w);
  g_free (self->b);
  g_free (self->c);
  g_free (self->sigma);
}

double *
judged_trial_row (const JudgedTrial *trial, LtSplit split, gsize row)
{
  int nv = trial->oracle.nv;
  g_autofree float *x = g_new (float, nv);
  double *v = g_new (double, nv);

  lt_dataset_gather (trial->data, split, NULL, row, 1, x);
  for (int i = 0; i < nv; i++)
    v[i] = (double) x[i];
  return v;
}

double
judged_find (GArray *measures, const char *name)
{
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *measure = &g_array_index (measures, LtMeasure, i);

    if (strcmp (measure->name, name) == 0)
      return measure->value;
  }
  return (double) NAN;
}

GArray *
judged_trial_measure (const JudgedTrial *trial, const LtAisOptions *ais)
{
  GArray *measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  g_autoptr (GError) error = NULL;

  lt_probe_measure_likelihood (trial->snapshot, trial->data, LT_TEST, ais, trial->ws,
                               measures, &error);
  g_assert_no_error (error);
  return measures;
}
