/* The reconstruction's loss and its gradient, from the output layer's products.
 *
 *   squared error   Σ w (x − r)²,                 r = scale · f (a)
 *   cross-entropy   Σ w (softplus (a) − x a),     r = σ (a): from logits, so that it is exact
 *                                                 for saturated outputs too
 *   Gaussian        −log N (x; r, σ²) = Σ (x − r)² / 2σ² + nv/2 · log 2πσ²
 *   Bernoulli       −log p (x|h), which is the cross-entropy
 *
 * each a mean over examples; w are the emphasis weights (Vincent et al. 2010, eq. 21 and
 * 22), 1 where there are none. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

typedef struct {
  const LtDensePass *pass;
  const LtDenseLayer *layer; /* the output */
  float *scratch;            /* [n, nv] */
  float factor;              /* of Σ (x − r)² in the mean over the batch */
} Loss;

/* Row by row, so that what is read in one step is in the cache for the next. a: the
 * products, then d loss / d a. r: scratch. Returns Σ w (x − r)². */
static double
squared_error_row (const Loss *loss, const float *x, const float *w, float *r, float *a)
{
  const LtDenseLayer *layer = loss->layer;
  float scale = loss->pass->net->output_scale;
  int n = layer->n_out;
  double sum;

  lt_bias_activate (layer->f, loss->pass->params + layer->b, 1, n, n, a);
  if (layer->f != LT_LINEAR)
    memcpy (r, a, n * sizeof *r);
  lt_axpby (-1, x, scale, n, a);
  sum = w != NULL ? 0 : lt_sum_squares (a, n);
  for (int i = 0; w != NULL && i < n; i++) {
    sum += (double) w[i] * (double) a[i] * (double) a[i];
    a[i] *= w[i];
  }
  lt_scale (2 * scale * loss->factor, n, a);
  if (layer->f != LT_LINEAR)
    lt_activation_backward (layer->f, r, n, a);
  return sum;
}

/* The same for Σ w (softplus (a) − x a). */
static double
cross_entropy_row (const Loss *loss, const float *x, const float *w, float *r, float *a)
{
  int n = loss->layer->n_out;
  double sum = 0;

  lt_bias_activate (LT_LINEAR, loss->pass->params + loss->layer->b, 1, n, n, a);
  if (w == NULL) {
    sum = lt_cross_entropy_logits (x, a, n);
  } else {
    lt_softplus (a, n, r);
    for (int i = 0; i < n; i++)
      sum += (double) w[i] * ((double) r[i] - (double) x[i] * (double) a[i]);
  }
  lt_activate (LT_SIGMOID, a, n, a);
  lt_axpby (-loss->factor, x, loss->factor, n, a);
  if (w != NULL)
    lt_multiply (w, n, a);
  return sum;
}

/* A member's rows are its own part of scratch as well: it takes the part's first row. */
static double
sum_rows (gpointer job, gsize first, gsize last)
{
  const Loss *loss = job;
  const LtDensePass *pass = loss->pass;
  gsize nv = pass->net->width[0];
  float *r = loss->scratch + first * nv;
  double sum = 0;

  for (gsize row = first; row < last; row++) {
    const float *x = pass->target + row * nv;
    const float *w = pass->emphasis != NULL ? pass->emphasis + row * nv : NULL;
    float *a = pass->y[2 * pass->net->depth] + row * nv;

    if (pass->net->loss == LT_LOSS_CROSS_ENTROPY)
      sum += cross_entropy_row (loss, x, w, r, a);
    else
      sum += squared_error_row (loss, x, w, r, a);
  }
  return sum;
}

void
lt_dense_loss (LtDensePass *pass)
{
  const LtDenseSettings *s = pass->settings;
  gsize nv = pass->net->width[0];
  gsize mark = lt_workspace_mark (pass->ws);
  gboolean gaussian =
      s->reading == LT_READING_LIKELIHOOD && pass->net->loss == LT_LOSS_SQUARED_ERROR;
  double variance = s->sigma * s->sigma;
  double factor = (gaussian ? 0.5 / variance : 1.0) / pass->n;
  Loss loss = {
    pass,
    &pass->net->layer[2 * pass->net->depth],
    lt_workspace_floats (pass->ws, pass->n * nv),
    (float) factor,
  };
  double sum = lt_dense_sum (pass, pass->n, 1, sum_rows, &loss);

  lt_workspace_release (pass->ws, mark);
  pass->terms->value[LT_DENSE_RECONSTRUCTION] =
      factor * sum + (gaussian ? 0.5 * nv * log (2 * G_PI * variance) : 0);
}
