/* Both phases of the gradient of one machine in a deep belief network, on what the layers
 * below make of the data. After up-down fine-tuning only the top is such a machine: what lies
 * below it has a direction, and weights of its own for each. */
#include "boltzmann/dbn-machine.h"

static void
layers (const LtModel *model, int *first, int *last, int *usual)
{
  const LtDbnParts *parts = lt_dbn_parts (model);

  *last = *usual = parts->n_shown - 1;
  *first = parts->recognition[0] >= 0 ? *last : 0;
}

static void
describe (const LtModel *model, int layer, LtGibbsLayer *info)
{
  lt_rbm_gibbs.describe (lt_dbn_parts (model)->rbm[layer], 0, info);
  info->hidden_below = layer - 1;
  info->hidden_above = layer;
}

static void
load (const LtCall *call, const LtGibbsChains *phase, const float *x, const int *labels)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbnWalk up = { phase->n, 0, phase->layer, LT_DBN_MEANS };
  gsize size = (gsize) phase->n * lt_dbn_units (call->model, phase->layer);
  float *seen = lt_workspace_floats (call->ws, size);
  LtDbnCall own;

  lt_dbn_call_init (&own, call, phase->layer);
  lt_dbn_walk (call, &up, x, seen);
  lt_rbm_gibbs.load (&own.call, phase, seen, labels);
  lt_workspace_release (call->ws, mark);
}

static void
draw (const LtCall *call, const LtGibbsChains *phase)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, phase->layer);
  lt_rbm_gibbs.draw (&own.call, phase);
}

static void
step (const LtCall *call, const LtGibbsChains *phase)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, phase->layer);
  lt_rbm_gibbs.step (&own.call, phase);
}

static int
kept (const LtCall *call, const LtGibbsChains *phase)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, phase->layer);
  return lt_rbm_gibbs.kept (&own.call, phase);
}

static gboolean
moments (const LtCall *call, int layer, float *product)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, layer);
  return lt_rbm_gibbs.moments (&own.call, 0, product);
}

const LtGibbs lt_dbn_gibbs = {
  .layers = layers,
  .describe = describe,
  .load = load,
  .draw = draw,
  .step = step,
  .kept = kept,
  .moments = moments,
};
