/* The contractive penalties of an encoder of any depth.
 *
 * With slopes D_k = m_k f'(a_k), J = D_L W_Lᵀ … D_1 W_1ᵀ. Exact: ‖J‖² = Σ_j ‖e_jᵀ J‖²
 * over the code's units. Projections: E_u ‖uᵀ J‖² = ‖J‖² for random signs u
 * (Hutchinson 1990), an unbiased estimate from any number of them. Both need, for each u,
 *
 *   pull   q_L = u,   p_k = q_k ∘ D_k,   q_{k−1} = p_k W_kᵀ      so that q_0 = uᵀ J
 *
 * and from d_q_0 = 2 λ/n q_0 the gradient of that chain,
 *
 *   push   d_p_k = d_q_{k−1} W_k,   d_W_k += d_q_{k−1}ᵀ p_k,
 *          d_D_k += d_p_k ∘ q_k,    d_q_k = d_p_k ∘ D_k
 *
 * d_D_k reaches the pre-activations through m_k f''(a_k), and from there the parameters
 * below. The higher-order term γ E‖J(x) − J(x+ε)‖² (Rifai et al. 2011b) has the same two
 * chains at x and at x + ε, with the same u and masks, and d_q_0 from their difference.
 * The code's own mask is not part of J. */
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

/* The encoder at one input. Arrays are [n, width of the level]. */
typedef struct {
  const float *out[LT_LIST_MAX + 1]; /* what layer k + 1 takes in */
  const float *y[LT_LIST_MAX + 1];
  float *slope[LT_LIST_MAX + 1];   /* D */
  float *curve[LT_LIST_MAX + 1];   /* m f'' */
  float *d_slope[LT_LIST_MAX + 1]; /* summed over all u */
} Point;

/* What one u needs on its way. */
typedef struct {
  const float *u;
  float *p[LT_LIST_MAX + 1], *q[LT_LIST_MAX + 1], *d_q[LT_LIST_MAX + 1];
} Chain;

typedef struct {
  LtDensePass *pass;
  int n_samples;
  Point point;
  Point *near; /* [n_samples], at x + ε */
  Chain chain, near_chain;
  float factor, higher_factor; /* λ/(n·projections), γ/(n·projections·samples) */
  double sum, near_sum; /* Σ ‖uᵀ J‖², Σ ‖uᵀ (J(x) − J(x+ε))‖² */
} Jacobian;

static gsize
level_size (const LtDensePass *pass, int k)
{
  return (gsize) pass->n * pass->net->width[k];
}

/* ---- Elementwise work, split over the team --------------------------------------- */

typedef struct {
  const float *a, *b;
  float *y;
} Arrays;

static void
multiply_range (gpointer data, gsize first, gsize last)
{
  const Arrays *job = data;
  gsize size = last - first;

  if (job->y != job->a)
    memcpy (job->y + first, job->a + first, size * sizeof (float));
  lt_multiply (job->b + first, size, job->y + first);
}

/* y = a ∘ b; y may be a. */
static void
multiply (const LtDensePass *pass, int k, const float *a, const float *b, float *y)
{
  lt_dense_each (pass, level_size (pass, k), 16, multiply_range, &(Arrays){ a, b, y });
}

static void
accumulate_range (gpointer data, gsize first, gsize last)
{
  const Arrays *job = data;

  for (gsize i = first; i < last; i++)
    job->y[i] += job->a[i] * job->b[i];
}

/* y += a ∘ b. */
static void
accumulate (const LtDensePass *pass, int k, const float *a, const float *b, float *y)
{
  lt_dense_each (pass, level_size (pass, k), 16, accumulate_range,
                 &(Arrays){ a, b, y });
}

typedef struct {
  const float *q, *near_q;
  float *d_q, *near_d_q;
  float factor;
} Ends;

/* d_q = 2 factor q. Returns Σ q². */
static double
begin_range (gpointer data, gsize first, gsize last)
{
  const Ends *ends = data;

  for (gsize i = first; i < last; i++)
    ends->d_q[i] = 2 * ends->factor * ends->q[i];
  return lt_sum_squares (ends->q + first, last - first);
}

/* near_d_q = −2 factor (q − near_q), and the opposite to d_q. Returns Σ (q − near_q)². */
static double
compare_range (gpointer data, gsize first, gsize last)
{
  const Ends *ends = data;

  for (gsize i = first; i < last; i++) {
    float d = 2 * ends->factor * (ends->q[i] - ends->near_q[i]);
    ends->d_q[i] += d;
    ends->near_d_q[i] = -d;
  }
  return lt_squared_error (ends->q + first, ends->near_q + first, last - first);
}

/* ---- Memory and points ----------------------------------------------------------- */

/* y and out of the point are known; takes slopes and curves from them. */
static void
finish_point (const LtDensePass *pass, Point *point)
{
  for (int k = 1; k <= pass->net->depth; k++) {
    gsize size = level_size (pass, k);
    const float *mask = k < pass->net->depth ? pass->mask[k] : NULL;

    point->slope[k] = lt_workspace_floats (pass->ws, size);
    point->curve[k] = lt_workspace_floats (pass->ws, size);
    point->d_slope[k] = lt_workspace_floats (pass->ws, size);
    lt_fill (0, size, point->d_slope[k]);
    lt_activation_derivatives (pass->net->layer[k].f, point->y[k], size,
                               point->slope[k], point->curve[k]);
    if (mask == NULL)
      continue;
    multiply (pass, k, point->slope[k], mask, point->slope[k]);
    multiply (pass, k, point->curve[k], mask, point->curve[k]);
  }
}

static void
visit_batch (const LtDensePass *pass, Point *point)
{
  point->out[0] = pass->input;
  for (int k = 1; k <= pass->net->depth; k++) {
    point->y[k] = pass->y[k];
    point->out[k] = pass->out[k];
  }
  finish_point (pass, point);
}

/* The encoder at x + ε, under the batch's masks. */
static void
visit_near (const LtDensePass *pass, const float *x, Point *point)
{
  point->out[0] = x;
  for (int k = 1; k <= pass->net->depth; k++) {
    gsize size = level_size (pass, k);
    const float *mask = k < pass->net->depth ? pass->mask[k] : NULL;
    LtDenseStep step = { point->out[k - 1], lt_workspace_floats (pass->ws, size),
                         mask };

    if (mask != NULL)
      step.out = lt_workspace_floats (pass->ws, size);
    lt_dense_forward_layer (pass, k, &step);
    point->y[k] = step.y;
    point->out[k] = mask != NULL ? step.out : step.y;
  }
  finish_point (pass, point);
}

static void
take_chain (const LtDensePass *pass, Chain *chain)
{
  for (int k = 0; k <= pass->net->depth; k++) {
    gsize size = level_size (pass, k);
    chain->p[k] = lt_workspace_floats (pass->ws, size);
    chain->q[k] = lt_workspace_floats (pass->ws, size);
    chain->d_q[k] = lt_workspace_floats (pass->ws, size);
  }
}

/* ---- One u ----------------------------------------------------------------------- */

static void
pull (const LtDensePass *pass, const Point *point, Chain *chain)
{
  int depth = pass->net->depth;

  for (int k = depth; k >= 1; k--) {
    multiply (pass, k, k == depth ? chain->u : chain->q[k], point->slope[k],
              chain->p[k]);
    lt_dense_backward_layer (pass, k, chain->p[k], NULL, NULL, chain->q[k - 1]);
  }
}

static void
push (LtDensePass *pass, Point *point, Chain *chain)
{
  int depth = pass->net->depth;

  for (int k = 1; k <= depth; k++) {
    float *d = chain->d_q[k];

    lt_dense_add_weight_gradient (pass, k, chain->d_q[k - 1], chain->p[k], pass->n);
    lt_dense_forward_product (pass, k, chain->d_q[k - 1], d);
    accumulate (pass, k, d, k == depth ? chain->u : chain->q[k], point->d_slope[k]);
    if (k < depth)
      multiply (pass, k, d, point->slope[k], d);
  }
}

static void
follow (Jacobian *self, const float *u)
{
  LtDensePass *pass = self->pass;
  gsize size = level_size (pass, 0);
  Ends ends = {
    self->chain.q[0],        self->near_chain.q[0], self->chain.d_q[0],
    self->near_chain.d_q[0], self->factor,
  };

  self->chain.u = u;
  self->near_chain.u = u;
  pull (pass, &self->point, &self->chain);
  self->sum += lt_dense_sum (pass, size, 16, begin_range, &ends);
  ends.factor = self->higher_factor;
  for (int i = 0; i < self->n_samples; i++) {
    pull (pass, &self->near[i], &self->near_chain);
    self->near_sum += lt_dense_sum (pass, size, 16, compare_range, &ends);
    push (pass, &self->near[i], &self->near_chain);
  }
  push (pass, &self->point, &self->chain);
}

static void
follow_all (Jacobian *self)
{
  LtDensePass *pass = self->pass;
  int nz = pass->net->width[pass->net->depth];
  gsize size = level_size (pass, pass->net->depth);
  float *u;

  if (pass->projections != NULL) {
    for (int i = 0; i < pass->settings->jacobian_projections; i++)
      follow (self, pass->projections + i * size);
    return;
  }
  u = lt_workspace_floats (pass->ws, size);
  lt_fill (0, size, u);
  for (int j = 0; j < nz; j++) {
    for (int e = 0; e < pass->n; e++) {
      if (j > 0)
        u[(gsize) e * nz + j - 1] = 0;
      u[(gsize) e * nz + j] = 1;
    }
    follow (self, u);
  }
}

/* ---- The parameters below -------------------------------------------------------- */

/* d_slope becomes the gradient of the pre-activations through f''. */
static void
curve_gradient (const LtDensePass *pass, Point *point)
{
  for (int k = 1; k <= pass->net->depth; k++)
    multiply (pass, k, point->d_slope[k], point->curve[k], point->d_slope[k]);
}

/* Back through the encoder at x + ε; at x the batch's own δ takes it along. */
static void
backward_near (LtDensePass *pass, Point *point)
{
  for (int k = pass->net->depth; k >= 1; k--) {
    lt_dense_add_weight_gradient (pass, k, point->out[k - 1], point->d_slope[k],
                                  pass->n);
    lt_dense_add_bias_gradient (pass, k, point->d_slope[k]);
    if (k == 1)
      return;
    lt_dense_backward_layer (pass, k, point->d_slope[k], NULL, NULL,
                             point->curve[k - 1]);
    accumulate (pass, k - 1, point->curve[k - 1], point->slope[k - 1],
                point->d_slope[k - 1]);
  }
}

void
lt_dense_jacobian (LtDensePass *pass)
{
  const LtDenseSettings *s = pass->settings;
  int n_samples = s->higher_order > 0 ? s->higher_order_samples : 0;
  int n_projections = pass->projections != NULL ? s->jacobian_projections : 1;
  double rows = (double) pass->n * n_projections;
  Point near[LT_DENSE_MAX_SAMPLES] = { 0 };
  Jacobian self = {
    .pass = pass,
    .n_samples = n_samples,
    .near = near,
    .factor = (float) (s->contraction / rows),
    .higher_factor = (float) (n_samples > 0 ? s->higher_order / rows / n_samples : 0),
  };

  visit_batch (pass, &self.point);
  for (int i = 0; i < n_samples; i++)
    visit_near (pass, pass->perturbed + i * level_size (pass, 0), &near[i]);
  take_chain (pass, &self.chain);
  take_chain (pass, &self.near_chain);
  follow_all (&self);

  curve_gradient (pass, &self.point);
  for (int k = 1; k <= pass->net->depth; k++)
    pass->extra[k] = self.point.d_slope[k];
  for (int i = 0; i < n_samples; i++) {
    curve_gradient (pass, &near[i]);
    backward_near (pass, &near[i]);
  }
  pass->terms->value[LT_DENSE_CONTRACTION] = (double) self.factor * self.sum;
  pass->terms->value[LT_DENSE_HIGHER_ORDER] =
      (double) self.higher_factor * self.near_sum;
}
