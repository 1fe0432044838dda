/* What can be asked of a deep belief network: of the machines that have learnt by now, the
 * uppermost as the undirected top. */
#include <math.h>

#include "boltzmann/dbn-machine.h"

static int
top_of (const LtModel *model)
{
  return lt_dbn_parts (model)->n_shown - 1;
}

static void
walk (const LtCall *call, int from, int to, int n, const float *x, float *y)
{
  LtDbnWalk means = { n, from, to, LT_DBN_MEANS };

  lt_dbn_walk (call, &means, x, y);
}

/* Room for n rows of a level. */
static float *
rows_of (const LtCall *call, int level, int n)
{
  return lt_workspace_floats (call->ws, (gsize) n * lt_dbn_units (call->model, level));
}

/* ---- Codes ------------------------------------------------------------------------ */

void
lt_dbn_encode (const LtCall *call, const float *x, int n, float *z)
{
  walk (call, 0, top_of (call->model) + 1, n, x, z);
}

void
lt_dbn_decode (const LtCall *call, const float *z, int n, float *x)
{
  walk (call, top_of (call->model) + 1, 0, n, z, x);
}

void
lt_dbn_activations (const LtCall *call, int layer, const float *x, int n, float *h)
{
  walk (call, 0, layer + 1, n, x, h);
}

/* The top machine knows what dropout asks for. */
void
lt_dbn_reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  gsize mark = lt_workspace_mark (call->ws);
  int top = top_of (call->model);
  float *seen = rows_of (call, top, n), *again = rows_of (call, top, n);
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top);
  walk (call, 0, top, n, x, seen);
  lt_rbm_reconstruct (&own.call, seen, n, again);
  walk (call, top, 0, n, again, r);
  lt_workspace_release (call->ws, mark);
}

/* ---- Features for the machine that learns ------------------------------------------- */

int
lt_dbn_n_features (const LtModel *model)
{
  int learning = lt_dbn_parts (model)->learning;

  return learning > 0 ? lt_dbn_units (model, learning) : 0;
}

void
lt_dbn_features (const LtCall *call, const float *x, int n, float *features)
{
  walk (call, 0, lt_dbn_parts (call->model)->learning, n, x, features);
}

/* ---- Filters ---------------------------------------------------------------------- */

/* (W_1 ⋯ W_l)', one factor more each time: F_l = W_l' F_{l−1}. */
void
lt_dbn_filters (const LtCall *call, int layer, float *filters)
{
  const LtModel *model = call->model;
  const LtDbnParts *parts = lt_dbn_parts (model);
  gsize mark = lt_workspace_mark (call->ws);
  const float *below = NULL;
  int nv = model->shape.nv;
  LtDbnCall first;

  lt_dbn_call_init (&first, call, 0);
  for (int l = 0; l <= layer; l++) {
    int units = lt_dbn_units (model, l + 1);
    float *here =
        l == layer ? filters : lt_workspace_floats (call->ws, (gsize) units * nv);
    LtProduct product = { .trans_a = LT_TRANSPOSED,
                          .m = units,
                          .n = nv,
                          .k = lt_dbn_units (model, l),
                          .alpha = 1,
                          .a = call->params + parts->at[l],
                          .lda = units,
                          .b = below,
                          .ldb = nv,
                          .c = here,
                          .ldc = nv };

    if (l == 0)
      lt_rbm_filters (&first.call, 0, here);
    else
      lt_product (lt_workspace_team (call->ws), &product, NULL, NULL);
    below = here;
  }
  lt_workspace_release (call->ws, mark);
}

/* ---- Its distribution --------------------------------------------------------------- */

/* Of one machine only: see its capabilities. */
void
lt_dbn_energy (const LtCall *call, const float *x, int n, float *e)
{
  LtDbnCall own;

  g_return_if_fail (top_of (call->model) == 0);
  lt_dbn_call_init (&own, call, 0);
  lt_rbm_energy (&own.call, x, n, e);
}

double
lt_dbn_log_partition (const LtCall *call)
{
  LtDbnCall own;

  if (top_of (call->model) > 0)
    return (double) NAN;
  lt_dbn_call_init (&own, call, 0);
  return lt_rbm_log_partition (&own.call);
}

/* Gibbs sampling in the top machine, from what recognition makes of x; then one ancestral
 * pass down. */
void
lt_dbn_sample (const LtCall *call, int n, int steps, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  int top = top_of (call->model);
  LtDbnWalk up = { n, 0, top, LT_DBN_SAMPLES }, down = { n, top, 0, LT_DBN_SAMPLES };
  float *seen = rows_of (call, top, n);
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top);
  lt_dbn_walk (call, &up, x, seen);
  lt_rbm_sample (&own.call, n, steps, seen);
  lt_dbn_walk (call, &down, seen, x);
  lt_workspace_release (call->ws, mark);
}

int
lt_dbn_n_particles (const LtModel *model)
{
  return lt_rbm_n_particles (lt_dbn_parts (model)->rbm[top_of (model)]);
}

void
lt_dbn_particles (const LtCall *call, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  int n = lt_dbn_n_particles (call->model), top = top_of (call->model);
  float *seen = rows_of (call, top, n);
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top);
  lt_rbm_particles (&own.call, seen);
  walk (call, top, 0, n, seen, x);
  lt_workspace_release (call->ws, mark);
}

/* The top machine's exact free energy of each label, beside what recognition makes of x. */
void
lt_dbn_classify (const LtCall *call, const float *x, int n, float *p)
{
  gsize mark = lt_workspace_mark (call->ws);
  int top = top_of (call->model);
  float *seen = rows_of (call, top, n);
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top);
  walk (call, 0, top, n, x, seen);
  lt_rbm_classify (&own.call, seen, n, p);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbn_layer (const LtModel *model, int layer, LtLayerInfo *info)
{
  lt_rbm_layer (lt_dbn_parts (model)->rbm[layer], 0, info);
  g_snprintf (info->name, sizeof info->name, "hidden %d", layer + 1);
}
