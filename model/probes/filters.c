/* What each unit of a layer looks for in the input. */
#include <math.h>

#include "core/kernels.h"
#include "probes/probes.h"

LtFilters *
lt_probe_filters (const LtSnapshot *snapshot, int layer, LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  gsize nv = model->shape.nv;
  LtFilters *self;

  g_return_val_if_fail (lt_model_can (model, LT_CAN_FILTERS), NULL);
  g_return_val_if_fail (layer >= 0 && layer < model->n_layers, NULL);

  self = g_new0 (LtFilters, 1);
  self->shape = model->shape;
  model->kind->layer (model, layer, &self->layer);
  self->n = self->layer.n_units;
  self->filters = g_new (float, self->n *nv);
  self->norms = g_new (float, self->n);
  model->kind->filters (&call, layer, self->filters);
  for (int i = 0; i < self->n; i++)
    self->norms[i] = (float) sqrt (lt_sum_squares (self->filters + i * nv, nv));
  return self;
}

void
lt_filters_free (LtFilters *self)
{
  if (self == NULL)
    return;
  g_free (self->filters);
  g_free (self->norms);
  g_free (self);
}
