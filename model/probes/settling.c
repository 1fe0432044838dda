/* Mean field on its way to a fixed point (Salakhutdinov & Hinton 2009, section 3.1): what
 * each sweep changes, and the bound
 *
 *   log p (x) ≥ −E (x, μ) + H (μ) − log Z,
 *
 * which no sweep may lower. */
#include "probes/settling.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

/* What a sweep is written to. */
typedef struct {
  LtSettlingTrace *trace;
  gboolean finite;
} Recorder;

static void
keep_means (LtSettlingTrace *trace, int sweep, const float *const *layers)
{
  int place = MIN (sweep, LT_SETTLING_KEPT - 1);

  for (int l = 0; l < trace->n_layers; l++) {
    float **means = &trace->means[place * trace->n_layers + l];
    gsize size = (gsize) trace->n_shown * trace->layers[l].n_units;

    g_free (*means);
    *means = g_memdup2 (layers[l], size * sizeof (float));
  }
  trace->kept[place] = sweep;
  trace->n_kept = place + 1;
}

static void
take_sweep (gpointer data,
            int sweep,
            const float *const *layers,
            double change,
            double bound)
{
  Recorder *recorder = data;
  LtSettlingTrace *trace = recorder->trace;

  trace->n_sweeps = sweep;
  trace->change[sweep] = sweep > 0 ? change : (double) NAN;
  trace->bound[sweep] = bound;
  for (int l = 0; l < trace->n_layers; l++)
    recorder->finite =
        recorder->finite &&
        lt_all_finite (layers[l], (gsize) trace->n * trace->layers[l].n_units);
  recorder->finite = recorder->finite && isfinite (bound);
  keep_means (trace, sweep, layers);
}

static LtSettlingTrace *
trace_new (const LtModel *model,
           const LtDataset *data,
           const LtSettlingOptions *options)
{
  LtSettlingTrace *self = g_new0 (LtSettlingTrace, 1);

  self->n_total = lt_dataset_n (data, options->split);
  self->n = (int) MIN ((gsize) options->n, self->n_total);
  self->n_shown = MIN (options->n_shown, self->n);
  self->rows = g_new (guint32, self->n);
  self->labels = g_new (int, self->n);
  for (int i = 0; i < self->n; i++)
    self->rows[i] = (guint32) ((gsize) i * self->n_total / (gsize) self->n);
  lt_dataset_gather_labels (data, options->split, self->rows, 0, self->n, self->labels);
  self->n_layers = model->n_layers;
  self->layers = g_new0 (LtLayerInfo, self->n_layers);
  for (int l = 0; l < self->n_layers; l++)
    model->kind->layer (model, l, &self->layers[l]);
  self->change = g_new0 (double, options->most + 1);
  self->bound = g_new0 (double, options->most + 1);
  self->kept = g_new0 (int, LT_SETTLING_KEPT);
  self->means = g_new0 (float *, LT_SETTLING_KEPT * self->n_layers);
  return self;
}

LtSettlingTrace *
lt_probe_settling (const LtSnapshot *snapshot,
                   const LtDataset *data,
                   const LtSettlingOptions *options,
                   LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  gsize mark = lt_workspace_mark (ws), nv = (gsize) model->shape.nv;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  LtSettlingTrace *self;
  Recorder recorder = { .finite = TRUE };
  float *x;

  g_return_val_if_fail (model->kind->settle != NULL, NULL);
  g_return_val_if_fail (options->n > 0 && options->most > 0 && options->tolerance > 0,
                        NULL);
  recorder.trace = self = trace_new (model, data, options);
  x = lt_workspace_floats (ws, self->n * nv);
  lt_dataset_gather (data, options->split, self->rows, 0, self->n, x);
  self->x = g_memdup2 (x, self->n_shown * nv * sizeof *x);
  self->n_sweeps =
      model->kind->settle (&call, &(const LtSettling){ .x = x,
                                                       .n = self->n,
                                                       .most = options->most,
                                                       .tolerance = options->tolerance,
                                                       .swept = take_sweep,
                                                       .data = &recorder });
  lt_workspace_release (ws, mark);
  self->settled =
      self->n_sweeps > 0 && self->change[self->n_sweeps] <= options->tolerance;
  if (recorder.finite)
    return self;
  lt_settling_trace_free (self);
  return NULL;
}

void
lt_settling_trace_free (LtSettlingTrace *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < LT_SETTLING_KEPT * self->n_layers; i++)
    g_free (self->means[i]);
  g_free (self->means);
  g_free (self->rows);
  g_free (self->labels);
  g_free (self->x);
  g_free (self->layers);
  g_free (self->change);
  g_free (self->bound);
  g_free (self->kept);
  g_free (self);
}
