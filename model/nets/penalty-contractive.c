/* The contractive penalties of an encoder with one layer, exactly.
 *
 * The Jacobian is J_ji = f'(a_j) W_ij, so with S_j = Σ_i W_ij² (Rifai et al. 2011a, eq. 7)
 *
 *   ‖J (x)‖²            = Σ_j f'(a_j)² S_j
 *   ‖J (x) − J (x+ε)‖²  = Σ_j (f'(a_j) − f'(a'_j))² S_j       (Rifai et al. 2011b, eq. 5)
 *
 * With C_j = λ/n Σ_examples f'(a_j)² their gradients are 2 W_ij C_j, which d_W starts from
 * before the product is added, and 2 λ/n f' f'' S_j on the pre-activation, which joins δ.
 * So a minibatch costs O(n·nh + nv·nh) beyond what it does anyway. x is the input as the
 * encoder sees it; dropout and winners of the code are not part of J. */
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

typedef struct {
  const float *w; /* [nv, nh] */
  int nv, n, nh;
  LtActivation f;
  const float *y; /* f [n, nh] at x, and below at x + ε */
  float *near_y;
  float factor, higher_factor; /* λ/n, γ/(n·samples) */
  float *squares;              /* S [nh] */
  float *slope, *curve;        /* f' and f'' at x [n, nh] */
  float *extra;                /* [n, nh] */
  float *near_slope;           /* f' at x + ε, then δ there [n, nh] */
  float *near_curve;
  float *row;              /* [nh]: scratch */
  float *sums, *near_sums; /* [nh]: Σ f'², Σ (f' − f'(x+ε))² */
} Contraction;

/* All of these work on columns first … last − 1, so that no two members write to the
 * same sum, and each finds what it wrote in its own cache. */
static void
sum_weights (gpointer data, gsize first, gsize last)
{
  const Contraction *job = data;
  gsize size = last - first;
  float *squares = job->squares + first, *row = job->row + first;

  lt_fill (0, size, squares);
  for (int i = 0; i < job->nv; i++) {
    const float *w = job->w + (gsize) i * job->nh + first;
    memcpy (row, w, size * sizeof *w);
    lt_multiply (w, size, row);
    lt_axpy (1, row, size, squares);
  }
}

static void
contract (gpointer data, gsize first, gsize last)
{
  const Contraction *job = data;
  gsize size = last - first;
  float *row = job->row + first;

  lt_fill (0, size, job->sums + first);
  for (int e = 0; e < job->n; e++) {
    gsize at = (gsize) e * job->nh + first;
    float *slope = job->slope + at, *curve = job->curve + at, *extra = job->extra + at;

    lt_activation_derivatives (job->f, job->y + at, size, slope, curve);
    memcpy (row, slope, size * sizeof *slope);
    lt_multiply (slope, size, row);
    lt_axpy (1, row, size, job->sums + first);
    memcpy (extra, slope, size * sizeof *slope);
    lt_multiply (curve, size, extra);
    lt_multiply (job->squares + first, size, extra);
    lt_scale (2 * job->factor, size, extra);
  }
}

/* The same for one sample of ε, added to what contract left. */
static void
contract_difference (gpointer data, gsize first, gsize last)
{
  const Contraction *job = data;

  for (int e = 0; e < job->n; e++) {
    gsize row = (gsize) e * job->nh;
    const float *slope = job->slope + row, *curve = job->curve + row;
    const float *near_curve = job->near_curve + row;
    float *near_slope = job->near_slope + row, *extra = job->extra + row;

    lt_activation_derivatives (job->f, job->near_y + row + first, last - first,
                               near_slope + first, job->near_curve + row + first);
    for (gsize j = first; j < last; j++) {
      float difference = slope[j] - near_slope[j];
      float common = 2 * job->higher_factor * difference * job->squares[j];

      job->near_sums[j] += difference * difference;
      extra[j] += common * curve[j];
      near_slope[j] = -common * near_curve[j];
    }
  }
}

static void
add_higher_order (LtDensePass *pass, Contraction *job)
{
  gsize size = (gsize) job->n * job->nh;

  job->near_y = lt_workspace_floats (pass->ws, size);
  for (int i = 0; i < pass->settings->higher_order_samples; i++) {
    const float *x = pass->perturbed + (gsize) i * job->n * job->nv;
    LtDenseStep step = { .x = x, .y = job->near_y };

    lt_dense_forward_layer (pass, 1, &step);
    lt_dense_each (pass, job->nh, 16, contract_difference, job);
    lt_dense_add_weight_gradient (pass, 1, x, job->near_slope, job->n);
    lt_dense_add_bias_gradient (pass, 1, job->near_slope);
  }
}

static void
take_memory (LtDensePass *pass, Contraction *job)
{
  gsize size = (gsize) job->n * job->nh;

  job->squares = lt_workspace_floats (pass->ws, job->nh);
  job->row = lt_workspace_floats (pass->ws, job->nh);
  job->sums = lt_workspace_floats (pass->ws, job->nh);
  job->near_sums = lt_workspace_floats (pass->ws, job->nh);
  job->slope = lt_workspace_floats (pass->ws, size);
  job->curve = lt_workspace_floats (pass->ws, size);
  job->extra = lt_workspace_floats (pass->ws, size);
  if (pass->settings->higher_order <= 0)
    return;
  job->near_slope = lt_workspace_floats (pass->ws, size);
  job->near_curve = lt_workspace_floats (pass->ws, size);
}

void
lt_dense_contraction (LtDensePass *pass)
{
  const LtDenseSettings *s = pass->settings;
  const LtDenseLayer *layer = &pass->net->layer[1];
  Contraction job = {
    .w = pass->params + layer->w,
    .nv = layer->n_in,
    .n = pass->n,
    .nh = layer->n_out,
    .f = layer->f,
    .y = pass->y[1],
    .factor = (float) (s->contraction / pass->n),
    .higher_factor =
        (float) (s->higher_order / ((double) pass->n * s->higher_order_samples)),
  };

  take_memory (pass, &job);
  lt_fill (0, job.nh, job.near_sums);
  lt_dense_each (pass, job.nh, 16, sum_weights, &job);
  lt_dense_each (pass, job.nh, 16, contract, &job);
  if (s->higher_order > 0)
    add_higher_order (pass, &job);

  pass->terms->value[LT_DENSE_CONTRACTION] =
      (double) job.factor * lt_dot (job.sums, job.squares, job.nh);
  pass->terms->value[LT_DENSE_HIGHER_ORDER] =
      (double) job.higher_factor * lt_dot (job.near_sums, job.squares, job.nh);
  pass->extra[1] = job.extra;
  lt_axpby (2 * job.higher_factor, job.near_sums, 2 * job.factor, job.nh, job.sums);
  for (int j = 0; j < job.nh; j++)
    job.sums[j] += (float) s->decay;
  pass->column_factor = job.sums;
}
