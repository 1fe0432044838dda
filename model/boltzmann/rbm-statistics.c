/* Both phases of a restricted Boltzmann machine's gradient, step by step: ⟨v h'⟩ of samples
 * of v and means of h given them.
 *
 * Chains are all visible rows, as values, and then all samples of the hidden units. */
#include <string.h>

#include "boltzmann/rbm-machine.h"

static void
layers (const LtModel *model, int *first, int *last, int *usual)
{
  *first = *last = *usual = 0;
}

static void
describe (const LtModel *model, int layer, LtGibbsLayer *info)
{
  int n_visible = lt_rbm_gibbs_n_visible (model);

  *info = (LtGibbsLayer){ .n_below = n_visible,
                          .n_above = model->n_code,
                          .width = n_visible + model->n_code,
                          .hidden_below = -1 };
}

static gsize
visible_size (const LtCall *call, const LtGibbsChains *phase)
{
  return (gsize) phase->n * lt_rbm_gibbs_n_visible (call->model);
}

static void
load (const LtCall *call, const LtGibbsChains *phase, const float *x, const int *labels)
{
  float *v = phase->chains;

  lt_rbm_gibbs_load (call, x, labels, phase->n, v);
  lt_rbm_gibbs_up (call, v, phase->n, phase->above, NULL);
  memcpy (phase->below, v, visible_size (call, phase) * sizeof *v);
}

static void
draw (const LtCall *call, const LtGibbsChains *phase)
{
  gsize mark = lt_workspace_mark (call->ws),
        nh = (gsize) phase->n * call->model->n_code;
  float *v = phase->chains, *h = v + visible_size (call, phase);

  lt_rbm_gibbs_up (call, v, phase->n, lt_workspace_floats (call->ws, nh), h);
  memcpy (phase->above, h, nh * sizeof *h);
  lt_workspace_release (call->ws, mark);
}

static void
step (const LtCall *call, const LtGibbsChains *phase)
{
  gsize size = visible_size (call, phase);
  float *v = phase->chains, *h = v + size;

  lt_rbm_gibbs_down (call, h, phase->n, phase->below, v);
  lt_rbm_gibbs_up (call, v, phase->n, phase->above, h);
  memcpy (phase->below, v, size * sizeof *v);
}

/* Chains are kept as hidden units, which a step begins with. */
static int
kept (const LtCall *call, const LtGibbsChains *phase)
{
  int n = 0;
  const float *h = lt_rbm_gibbs_chains (call, &n);

  if (h == NULL)
    return 0;
  if (phase->chains != NULL) {
    gsize size = visible_size (call, phase);

    memset (phase->chains, 0, size * sizeof *h);
    memcpy (phase->chains + size, h, (gsize) n * call->model->n_code * sizeof *h);
  }
  return n;
}

static gboolean
moments (const LtCall *call, int layer, float *product)
{
  return lt_rbm_gibbs_moments (call, product);
}

const LtGibbs lt_rbm_gibbs = {
  .layers = layers,
  .describe = describe,
  .load = load,
  .draw = draw,
  .step = step,
  .kept = kept,
  .moments = moments,
};
