/* One directed layer of a deep belief network, given the values of both its levels: how
 * unlikely the one is given the other, and the gradient of that.
 *
 *   down   −log p (v|h),  ∂/∂W = −(v − p) h',  p = f (b + W h)
 *   up     −log q (h|v),  ∂/∂R = −v (h − q)',  q = σ (c + R'v)
 *
 * Other units than binary ones have another f, and the same gradient: all are of the
 * exponential family, q (h|a) ∝ exp (h a), with a normaliser whose derivative is f. Of
 * Gaussian units v is divided by σ² in both, as everywhere in these machines. σ itself
 * learns on the way down only. */
#include "boltzmann/dbn-machine.h"
#include "core/kernels.h"

/* One machine of a call, with its rows loaded. */
typedef struct {
  LtDbnCall own;
  LtRbm rbm;
  float *u; /* [n, units below] */
} Layer;

static void
layer_init (Layer *self, const LtCall *call, const LtDbnPair *pair)
{
  LtRbmData data = { .x = pair->below, .n = pair->n };

  lt_dbn_call_init (&self->own, call, pair->l);
  lt_rbm_init (&self->rbm, &self->own.call, NULL);
  self->u = lt_workspace_floats (call->ws, (gsize) pair->n * self->rbm.machine.n);
  lt_rbm_load (&self->rbm, &data, self->u);
}

/* d [units below, units above] = below' above. */
static void
weight_gradient (const Layer *self,
                 const LtDbnPair *pair,
                 const float *below,
                 const float *above,
                 float *d)
{
  const LtRbmMachine *m = &self->rbm.machine;
  LtProduct product = {
    .trans_a = LT_TRANSPOSED,
    .m = m->n,
    .n = m->nh,
    .k = pair->n,
    .alpha = 1,
    .a = below,
    .lda = m->n,
    .b = above,
    .ldb = m->nh,
    .c = d,
    .ldc = m->nh,
  };

  lt_product (self->rbm.team, &product, NULL, NULL);
}

/* ---- Down ---------------------------------------------------------------------------- */

/* With the mean μ = b + W h of Gaussian units, z = log σ²:
 * ∂/∂z (½ (v − μ)²/σ² + ½ z) = ½ − ½ (v − μ)²/σ². */
static void
variance_gradient (const Layer *self, int n, const float *r, float *d_z)
{
  const LtRbmMachine *m = &self->rbm.machine;

  for (int i = 0; i < m->nv; i++) {
    double sum = 0;

    for (int row = 0; row < n; row++) {
      gsize at = (gsize) row * m->n + i;
      double d = (double) (self->u[at] - r[at]);
      sum += 0.5 - 0.5 * d * d * (double) self->rbm.variance[i];
    }
    d_z[i] = (float) (sum / n);
  }
}

/* Logits → means, Gaussian units being means already. */
static void
finish_means (const Layer *self, LtRbmPass *down)
{
  const LtRbmMachine *m = &self->rbm.machine;

  for (int row = 0; row < down->n; row++)
    for (int g = 0; g < m->n_groups; g++) {
      float *here = down->mean + (gsize) row * m->n + m->group[g].first;

      if (m->group[g].units == LT_UNITS_BINARY)
        lt_activate (LT_SIGMOID, here, m->group[g].n, here);
      else if (m->group[g].units == LT_UNITS_RELU)
        lt_softplus (here, m->group[g].n, here);
    }
  if (m->n_counts > 0)
    lt_rbm_down_counts (&self->rbm, down);
}

double
lt_dbn_wake (const LtCall *call, const LtDbnPair *pair, float *d_params)
{
  gsize mark = lt_workspace_mark (call->ws), size;
  float *d_own = d_params + lt_dbn_parts (call->model)->at[pair->l], *lengths;
  LtRbmPass down = { .n = pair->n, .from = pair->above, .logits = TRUE };
  Layer layer;
  const LtRbmMachine *m = &layer.rbm.machine;
  double loss;

  layer_init (&layer, call, pair);
  size = (gsize) pair->n * m->n;
  lengths = lt_workspace_floats (call->ws, (gsize) pair->n * MAX (m->n_counts, 1));
  lt_rbm_count (&layer.rbm, layer.u, pair->n, lengths);
  down.lengths = lengths;
  down.mean = lt_workspace_floats (call->ws, size);
  lt_rbm_down (&layer.rbm, &down);
  loss = lt_rbm_losses (&layer.rbm, layer.u, down.mean, pair->n);
  if (m->learns_sigma)
    variance_gradient (&layer, pair->n, down.mean, d_own + m->z);
  finish_means (&layer, &down);
  lt_axpy (-1, layer.u, size, down.mean);
  lt_scale (m->down_factor / (float) pair->n, size, down.mean);
  weight_gradient (&layer, pair, down.mean, pair->above, d_own + m->w);
  lt_column_sums (layer.rbm.team, down.mean, pair->n, m->n, d_own + m->b);
  lt_workspace_release (call->ws, mark);
  return loss / pair->n;
}

/* ---- Up ------------------------------------------------------------------------------ */

/* −log q of hidden units h, from their inputs a, [n, nh] each: log Σ_h exp (a h − …) − a h,
 * and h²/2 of units that have it in the energy. */
static double
hidden_loss (const Layer *self, const float *h, const float *a, gsize n)
{
  gsize mark;
  float *parts;
  double loss;

  if (self->rbm.machine.hidden == LT_HIDDEN_BINARY)
    return lt_cross_entropy_logits (h, a, n);
  mark = lt_workspace_mark (self->rbm.ws);
  parts = lt_workspace_floats (self->rbm.ws, n);
  lt_rbm_hidden_parts (&self->rbm, a, n, parts);
  loss = lt_sum (parts, n) - lt_dot (a, h, n) + 0.5 * lt_sum_squares (h, n);
  lt_workspace_release (self->rbm.ws, mark);
  return loss;
}

double
lt_dbn_sleep (const LtCall *call, const LtDbnPair *pair, float *d_params)
{
  gsize mark = lt_workspace_mark (call->ws), size,
        up = lt_dbn_upward (call->model, pair->l);
  LtRbmPass pass = { .n = pair->n, .n_input = pair->n };
  Layer layer;
  const LtRbmMachine *m = &layer.rbm.machine;
  const float *totals;
  double loss;

  layer_init (&layer, call, pair);
  layer.rbm.w = call->params + up;
  size = (gsize) pair->n * m->nh;
  pass.from = layer.u;
  pass.mean = lt_workspace_floats (call->ws, size);
  pass.input = lt_workspace_floats (call->ws, size);
  lt_rbm_up (&layer.rbm, &pass);
  loss = hidden_loss (&layer, pair->above, pass.input, size);
  lt_axpy (-1, pair->above, size, pass.mean);
  lt_scale (m->up_factor / (float) pair->n, size, pass.mean);
  weight_gradient (&layer, pair, layer.u, pass.mean, d_params + up);
  totals = lt_rbm_totals (&layer.rbm, layer.u, pair->n);
  for (int row = 0; totals != NULL && row < pair->n; row++)
    lt_scale (totals[row], m->nh, pass.mean + (gsize) row * m->nh);
  lt_column_sums (layer.rbm.team, pass.mean, pair->n, m->nh,
                  d_params + lt_dbn_parts (call->model)->at[pair->l] + m->c);
  lt_workspace_release (call->ws, mark);
  return loss / pair->n;
}
