/* Up-down: the whole network learns, by contrastive wake and sleep (Hinton, Osindero & Teh
 * 2006, section 5 and appendix B).
 *
 *   wake    recognition draws h¹ … h^{L−1} from the data; generative weights learn to make
 *           of each layer the one below:  ∂(−log p(h^{l−1}|h^l))/∂W_l = −(h^{l−1} − p) h^l'
 *   top     the machine at the top learns from h^{L−1} by its own method
 *   sleep   its chain's end is generated downwards; recognition learns to find each layer
 *           from the one below:  ∂(−log q(h^l|h^{l−1}))/∂R_l = −h^{l−1} (h^l − q)'
 *
 * The chain's end lies k Gibbs steps from h^{L−1}, or is where persistent chains have come
 * to. Data are generated as means in the end, which is less noisy. */
#include <math.h>
#include <string.h>

#include "boltzmann/dbn-machine.h"
#include "core/kernels.h"

typedef struct {
  const LtCall *call;
  const LtBatch *batch;
  float *d_params;
  LtTerms *terms;
  int top; /* the machine, and the level that it sees */
} UpDown;

static float *
rows_of (const UpDown *self, int level, int n)
{
  return lt_workspace_floats (self->call->ws,
                              (gsize) n * lt_dbn_units (self->call->model, level));
}

/* Values of level `from` → those of its neighbour. */
static float *
step (const UpDown *self, int from, int to, int n, const float *x)
{
  LtDbnWalk walk = { n, from, to, to > 0 ? LT_DBN_SAMPLES : LT_DBN_MEANS };
  float *y = rows_of (self, to, n);

  lt_dbn_walk (self->call, &walk, x, y);
  return y;
}

/* The data as recognition and generation see them: drawn anew where the settings say so. */
static const float *
load_data (const UpDown *self)
{
  const LtDbnSettings *s = self->call->settings;
  LtRbmData data = { .x = self->batch->x, .n = self->batch->n };
  LtDbnCall own;
  LtRng drawn;
  LtRbm rbm;
  float *u, *x;

  if (!s->rbm.binarise)
    return self->batch->x;
  lt_dbn_call_init (&own, self->call, 0);
  lt_rbm_init (&rbm, &own.call, own.call.params);
  u = lt_workspace_floats (rbm.ws, (gsize) data.n * rbm.machine.n);
  x = rows_of (self, 0, data.n);
  lt_rng_split (self->call->rng, &drawn);
  data.rng = &drawn;
  lt_rbm_load (&rbm, &data, u);
  lt_rbm_unload (&rbm, u, data.n, x);
  return x;
}

/* Returns h^{L−1}. */
static const float *
wake (const UpDown *self)
{
  int n = self->batch->n;
  const float *below = load_data (self);

  for (int l = 0; l < self->top; l++) {
    LtDbnPair pair = { l, n, below, step (self, l, l + 1, n, below) };
    LtDbnTerm term = l == 0 ? LT_RBM_RECONSTRUCTION : LT_DBN_GENERATIVE;

    self->terms->value[term] += lt_dbn_wake (self->call, &pair, self->d_params);
    below = pair.above;
  }
  return below;
}

/* What the top machine's chain sees at its end: [*n, units of its level]. */
static const float *
fall_asleep (const UpDown *self, const float *awake, const float *state, int *n)
{
  const LtCall *call = self->call;
  const LtModel *top = lt_dbn_parts (call->model)->rbm[self->top];
  const LtDbnSettings *s = call->settings;
  LtRbmData data = { .x = awake, .labels = self->batch->labels, .n = self->batch->n };
  int steps = s->rbm.steps, kept = lt_rbm_n_particles (top);
  float *u, *h, *seen;
  LtDbnCall own;
  LtRbm rbm;

  *n = kept > 0 ? kept : self->batch->n;
  seen = rows_of (self, self->top, *n);
  lt_dbn_call_init (&own, call, self->top);
  lt_rbm_init (&rbm, &own.call, own.call.params);
  u = lt_workspace_floats (call->ws, (gsize) *n * rbm.machine.n);
  h = lt_workspace_floats (call->ws, (gsize) *n * rbm.machine.nh);
  if (kept > 0) {
    memcpy (h, state + lt_layout_find (top->state, "chain h1")->offset,
            (gsize) *n * rbm.machine.nh * sizeof *h);
    steps = 1;
  } else {
    lt_rbm_load (&rbm, &data, u);
  }
  for (int k = 0; k < steps; k++) {
    LtRbmPass up = { .n = *n, .from = u, .mean = h, .sample = h };
    LtRbmPass down = { .n = *n, .from = h, .mean = u, .sample = u };

    lt_rng_split (call->rng, &up.rng);
    lt_rng_split (call->rng, &down.rng);
    if (kept == 0)
      lt_rbm_up (&rbm, &up);
    lt_rbm_down (&rbm, &down);
  }
  lt_rbm_unload (&rbm, u, *n, seen);
  return seen;
}

static void
dream (const UpDown *self, const float *dreamt, int n)
{
  for (int l = self->top - 1; l >= 0; l--) {
    LtDbnPair pair = { l, n, step (self, l + 1, l, n, dreamt), dreamt };

    self->terms->value[LT_DBN_RECOGNITION] +=
        lt_dbn_sleep (self->call, &pair, self->d_params);
    dreamt = pair.below;
  }
}

/* On the weights below the top, whose machine has seen to its own. */
static void
decay (const UpDown *self)
{
  const LtDbnSettings *s = self->call->settings;
  const LtDbnParts *parts = lt_dbn_parts (self->call->model);
  const LtLayout *layout = self->call->model->params;

  for (int l = 0; l < self->top && s->rbm.decay > 0; l++)
    for (int way = 0; way < 2; way++) {
      const LtTensor *tensor = lt_layout_tensor (
          layout, way == 0 ? parts->weights[l] : parts->recognition[l]);
      const float *w = self->call->params + tensor->offset;

      lt_axpy ((float) s->rbm.decay, w, tensor->size, self->d_params + tensor->offset);
      self->terms->value[LT_RBM_DECAY] +=
          0.5 * s->rbm.decay * lt_sum_squares (w, tensor->size);
    }
}

void
lt_dbn_updown (const LtCall *call,
               const LtBatch *batch,
               float *d_params,
               float *state,
               LtTerms *terms)
{
  const LtDbnParts *parts = lt_dbn_parts (call->model);
  int top = parts->n - 1, n;
  UpDown self = { call, batch, d_params, terms, top };
  LtTerms own_terms;
  LtBatch seen = *batch;
  const float *dreamt, *chains = state != NULL ? state : call->state;
  float *own_state = state != NULL && parts->rbm[top]->state != NULL
                         ? state + parts->state_at[top]
                         : NULL;
  LtDbnCall own;

  memset (terms, 0, sizeof *terms);
  seen.x = wake (&self);
  seen.features = NULL;
  lt_dbn_call_init (&own, call, top);
  lt_rbm_gradient (&own.call, &seen, d_params + parts->at[top], own_state, &own_terms);
  dreamt = fall_asleep (&self, seen.x,
                        chains != NULL ? chains + parts->state_at[top] : NULL, &n);
  dream (&self, dreamt, n);
  if (top > 0) {
    own_terms.value[LT_DBN_GENERATIVE] = own_terms.value[LT_RBM_RECONSTRUCTION];
    own_terms.value[LT_RBM_RECONSTRUCTION] = 0;
  }
  for (int i = 0; i < LT_DBN_N_TERMS; i++)
    terms->value[i] += own_terms.value[i];
  decay (&self);
}
