/* From level to level of a deep belief network: recognition upwards, generation downwards,
 * each by one machine's conditionals. */
#include <string.h>

#include "boltzmann/dbn-machine.h"

/* x [n, units of l] → h [n, units of l + 1]. */
static void
rise (const LtCall *call, int l, gboolean sample, int n, const float *x, float *h)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmData data = { .x = x, .n = n };
  LtRbmPass pass = { .n = n, .mean = h, .sample = sample ? h : NULL };
  LtDbnCall own;
  LtRbm rbm;
  float *u;

  lt_dbn_call_init (&own, call, l);
  lt_rbm_init (&rbm, &own.call, NULL);
  u = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n);
  lt_rbm_load (&rbm, &data, u);
  if (lt_dbn_parts (call->model)->recognition[l] >= 0)
    rbm.w = call->params + lt_dbn_upward (call->model, l);
  pass.from = u;
  if (sample)
    lt_rng_split (call->rng, &pass.rng);
  lt_rbm_up (&rbm, &pass);
  lt_workspace_release (call->ws, mark);
}

/* h [n, units of l + 1] → x [n, units of l]. */
static void
fall (const LtCall *call, int l, gboolean sample, int n, const float *h, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmPass pass = { .n = n, .from = h };
  LtDbnCall own;
  LtRbm rbm;

  lt_dbn_call_init (&own, call, l);
  lt_rbm_init (&rbm, &own.call, NULL);
  pass.mean = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n);
  pass.sample = sample ? pass.mean : NULL;
  if (sample)
    lt_rng_split (call->rng, &pass.rng);
  lt_rbm_down (&rbm, &pass);
  lt_rbm_unload (&rbm, pass.mean, n, x);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbn_walk (const LtCall *call, const LtDbnWalk *walk, const float *x, float *y)
{
  gsize mark = lt_workspace_mark (call->ws);
  int step = walk->to > walk->from ? 1 : -1;
  gsize n = walk->n;

  if (walk->from == walk->to)
    memcpy (y, x, n * lt_dbn_units (call->model, walk->to) * sizeof *y);
  for (int level = walk->from; level != walk->to; level += step) {
    gboolean last = level + step == walk->to;
    gboolean sample =
        last ? walk->values == LT_DBN_SAMPLES : walk->values != LT_DBN_MEANS;
    int units = lt_dbn_units (call->model, level + step);
    float *next = last ? y : lt_workspace_floats (call->ws, n * units);

    if (step > 0)
      rise (call, level, sample, walk->n, x, next);
    else
      fall (call, level - 1, sample, walk->n, x, next);
    x = next;
  }
  lt_workspace_release (call->ws, mark);
}
