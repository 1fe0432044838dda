/* What each unit of a layer looks for in the input. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "probes/probes.h"

static LtFilters *
filters_new (const LtModel *model, int layer)
{
  LtFilters *self = g_new0 (LtFilters, 1);

  self->shape = model->shape;
  model->kind->layer (model, layer, &self->layer);
  self->n = self->layer.n_units;
  self->filters = g_new (float, (gsize) self->n * model->shape.nv);
  self->norms = g_new (float, self->n);
  return self;
}

static void
measure (LtFilters *self)
{
  gsize nv = self->shape.nv;

  for (int i = 0; i < self->n; i++)
    self->norms[i] = (float) sqrt (lt_sum_squares (self->filters + i * nv, nv));
}

LtFilters *
lt_probe_filters (const LtSnapshot *snapshot, int layer, LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  LtFilters *self;

  g_return_val_if_fail (lt_model_can (model, LT_CAN_FILTERS), NULL);
  g_return_val_if_fail (layer >= 0 && layer < model->n_layers, NULL);

  self = filters_new (model, layer);
  model->kind->filters (&call, layer, self->filters);
  measure (self);
  return self;
}

/* Filters of the first layer are weights, so that theirs is the update itself; others are
 * products, whose change is the difference of the products after and before. */
LtFilters *
lt_probe_filter_updates (const LtSnapshot *snapshot, int layer, LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  gsize size = lt_layout_size (model->params), mark = lt_workspace_mark (ws);
  LtFilters *self;

  g_return_val_if_fail (lt_model_can (model, LT_CAN_FILTERS), NULL);
  g_return_val_if_fail (layer >= 0 && layer < model->n_layers, NULL);

  if (snapshot->update == NULL)
    return NULL;
  self = filters_new (model, layer);
  if (layer == 0) {
    call.params = snapshot->update;
    model->kind->filters (&call, layer, self->filters);
  } else {
    gsize n = (gsize) self->n * model->shape.nv;
    float *params = lt_workspace_floats (ws, size);
    float *before = lt_workspace_floats (ws, n);

    memcpy (params, snapshot->params, size * sizeof *params);
    lt_axpy (-1.0f, snapshot->update, size, params);
    model->kind->filters (&call, layer, self->filters);
    call.params = params;
    model->kind->filters (&call, layer, before);
    lt_axpy (-1.0f, before, n, self->filters);
  }
  lt_workspace_release (ws, mark);
  measure (self);
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

/* The data's own units are no hidden layer; where several have biases, the lowest do: those
 * of a machine, whose labels stand beside them in the same tensor. */
static const LtTensor *
find_bias (const LtModel *model, const LtGraph *graph, int layer)
{
  const LtTensor *found = NULL;
  int lowest = G_MAXINT;

  for (int i = 0; i < graph->n_layers; i++) {
    const LtGraphLayer *each = &graph->layers[i];
    const LtTensor *tensor;

    if (each->hidden != layer || each->bias < 0 || each->level >= lowest)
      continue;
    tensor = lt_layout_tensor (model->params, each->bias);
    if (layer < 0 && tensor->size < (gsize) model->shape.nv)
      continue;
    found = tensor;
    lowest = each->level;
  }
  return found;
}

LtBiases *
lt_probe_biases (const LtSnapshot *snapshot, int layer)
{
  const LtModel *model = snapshot->model;
  g_autofree LtGraph *graph = g_new0 (LtGraph, 1);
  const LtTensor *tensor;
  LtBiases *self;

  g_return_val_if_fail (layer >= -1 && layer < model->n_layers, NULL);
  lt_model_graph (model, graph);
  tensor = find_bias (model, graph, layer);
  if (tensor == NULL)
    return NULL;
  self = g_new0 (LtBiases, 1);
  self->n = layer < 0 ? model->shape.nv : (int) tensor->size;
  self->values =
      g_memdup2 (snapshot->params + tensor->offset, self->n * sizeof *self->values);
  self->name = tensor->name;
  if (layer >= 0)
    model->kind->layer (model, layer, &self->layer);
  return self;
}

void
lt_biases_free (LtBiases *self)
{
  if (self == NULL)
    return;
  g_free (self->values);
  g_free (self);
}
