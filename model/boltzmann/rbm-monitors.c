/* What a restricted Boltzmann machine reports while it trains.
 *
 * Both are of a minibatch's first rows only, whose order is random, since they are there to
 * be watched and add up over the minibatches of a row of the log.
 * Reconstruction: −log p (v | h = E[h|v]). It falls when
 * chains mix badly, too. Computed from logits, it grows without bound when training leaves
 * the road, and is infinite where no sound machine's could be so bad.
 * Pseudo-likelihood: −n log p (v_i | all others), averaged over rows, each with a unit of
 * its own so that all take their turn (Marlin et al. 2010 discuss the estimator). With
 * a = c + W'v without v_i's part,
 *
 *   log p (v_i = 1)/p (v_i = 0) = b_i + Σ_j softplus (a_j + W_ij) − softplus (a_j)
 *
 * Values between 0 and 1 count as probabilities. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* Of labels u [n], 0 or 1 or a distribution over them, or of words that u counts, from
 * logits a. */
static double
label_loss (const float *u, const float *a, int n)
{
  double highest = -HUGE_VAL, sum = 0, loss = 0;

  for (int k = 0; k < n; k++)
    highest = MAX (highest, (double) a[k]);
  for (int k = 0; k < n; k++)
    sum += exp ((double) a[k] - highest);
  for (int k = 0; k < n; k++)
    loss += (double) u[k] * (highest + log (sum) - (double) a[k]);
  return loss;
}

static double
gaussian_loss (const LtRbm *self,
               const LtRbmGroup *group,
               const float *u,
               const float *r)
{
  double sum = 0;

  for (int i = group->first; i < group->first + group->n; i++) {
    double variance = (double) self->variance[i], d = (double) (u[i] - r[i]);
    sum += 0.5 * (d * d * variance + log (2 * G_PI * variance));
  }
  return sum;
}

/* Σ log Σ_v exp (a v − …) − a v + v²/2: the measure of what these sums of copies are is
 * left out, and for large a it is a Gaussian's but for a constant. */
static double
relu_loss (const LtRbm *self, const float *u, const float *a, int n)
{
  gsize mark = lt_workspace_mark (self->ws);
  float *parts = lt_workspace_floats (self->ws, n);
  double loss;

  lt_rbm_relu_parts (a, n, parts);
  loss = lt_sum (parts, n) - lt_dot (a, u, n) + 0.5 * lt_sum_squares (u, n);
  lt_workspace_release (self->ws, mark);
  return loss;
}

/* r: logits of binary units and labels, inputs of rectified ones. */
static double
group_loss (const LtRbm *self, const LtRbmGroup *group, const float *u, const float *r)
{
  switch (group->units) {
  case LT_UNITS_GAUSSIAN:
    return gaussian_loss (self, group, u, r);
  case LT_UNITS_RELU:
    return relu_loss (self, u + group->first, r + group->first, group->n);
  case LT_UNITS_SOFTMAX:
  case LT_UNITS_COUNTS:
    return label_loss (u + group->first, r + group->first, group->n);
  case LT_UNITS_BINARY:
  default:
    return lt_cross_entropy_logits (u + group->first, r + group->first, group->n);
  }
}

double
lt_rbm_losses (const LtRbm *self, const float *u, const float *r, int n)
{
  const LtRbmMachine *m = &self->machine;
  double sum = 0;

  for (int row = 0; row < n; row++)
    for (int g = 0; g < m->n_groups; g++) {
      gsize at = (gsize) row * m->n;
      sum += group_loss (self, &m->group[g], u + at, r + at);
    }
  return sum;
}

/* ---- Off the road ----------------------------------------------------------------- */

/* What n rows' reconstruction of a group may cost at most. The gradients of binary units are
 * bounded, the loss of Gaussian ones grows only with log σ where σ is learnt, and a softmax
 * of words has a gradient of no more than the document's length, so that training never
 * runs away to infinity by itself.
 *
 * Coins in place of binary units and labels cost ln 2 each, and dice for the words of a
 * document D ln K; a machine without any weights would reconstruct better than they. */
static double
worst_loss (const LtRbmGroup *group, const float *u, int stride, int n)
{
  double words = 0;

  if (group->units != LT_UNITS_COUNTS)
    return LT_RBM_HOPELESS * G_LN2 * group->n * n;
  for (int row = 0; row < n; row++)
    words += lt_sum (u + (gsize) row * stride + group->first, group->n);
  return LT_RBM_HOPELESS * words * log (MAX (group->n, 2));
}

/* Of standardised values the mean is 0, and predicting it is off by 1 for each unit, and by
 * the rows' own squares where these are outliers. Rectified values are near their input
 * where that is positive. */
static gboolean
is_far_off (const LtRbm *self,
            const LtRbmGroup *group,
            const float *u,
            const float *r,
            int n)
{
  double off = 0, squares = 0;

  for (int row = 0; row < n; row++)
    for (int i = group->first; i < group->first + group->n; i++) {
      gsize at = (gsize) row * self->machine.n + i;
      double variance = self->variance != NULL ? (double) self->variance[i] : 1;
      double v = variance * (double) u[at],
             mean = variance * (double) r[at]; /* u = v/σ² */
      double d = v - (group->units == LT_UNITS_RELU ? MAX (mean, 0) : mean);

      off += d * d;
      squares += v * v;
    }
  return off > LT_RBM_FAR * MAX (squares, (double) group->n * n);
}

static gboolean
is_hopeless (const LtRbm *self, const float *u, const float *r, int n)
{
  const LtRbmMachine *m = &self->machine;

  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    double loss = 0;

    if (group->units == LT_UNITS_GAUSSIAN || group->units == LT_UNITS_RELU) {
      if (is_far_off (self, group, u, r, n))
        return TRUE;
      continue;
    }
    for (int row = 0; row < n; row++)
      loss += group_loss (self, group, u + (gsize) row * m->n, r + (gsize) row * m->n);
    if (loss > worst_loss (group, u, m->n, n))
      return TRUE;
  }
  return FALSE;
}

/* ---- Both ------------------------------------------------------------------------- */

static double
reconstruction (const LtRbm *self, const LtRbmMonitored *rows)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  int n = rows->n;
  LtRbmPass down = {
    .n = n,
    .from = rows->h,
    .mean = lt_workspace_floats (self->ws, (gsize) n * m->n),
    .logits = TRUE,
  };
  double loss;

  lt_rbm_down (self, &down);
  loss = is_hopeless (self, rows->u, down.mean, n)
             ? HUGE_VAL
             : lt_rbm_losses (self, rows->u, down.mean, n);
  lt_workspace_release (self->ws, mark);
  return loss / n;
}

/* The number of the data's index-th binary unit. */
static int
binary_unit (const LtRbmMachine *m, int index)
{
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    if (group->units != LT_UNITS_BINARY)
      continue;
    if (index < group->n)
      return group->first + index;
    index -= group->n;
  }
  g_return_val_if_reached (0);
}

/* −log p of one unit given the others; scratch: [2, nh]. */
static double
unit_loss (const LtRbm *self, int unit, double v, const float *input, float *scratch)
{
  int nh = self->machine.nh;
  const float *w = self->w + (gsize) unit * nh;
  float *off = scratch, *on = scratch + nh;
  double log_odds;

  for (int j = 0; j < nh; j++) {
    off[j] = input[j] - (float) v * w[j];
    on[j] = off[j] + w[j];
  }
  lt_rbm_hidden_parts (self, off, nh, off);
  lt_rbm_hidden_parts (self, on, nh, on);
  log_odds = (double) self->b[unit] + lt_sum (on, nh) - lt_sum (off, nh);
  return MAX (log_odds, 0) + log1p (exp (-fabs (log_odds))) - v * log_odds;
}

typedef struct {
  const LtRbm *rbm;
  const LtRbmMonitored *rows;
  int stride;
  float *scratch; /* [2, rows, nh] */
  double *loss;   /* [rows] */
} Units;

static void
unit_rows (gpointer data, gsize first, gsize last)
{
  const Units *job = data;
  const LtRbmMachine *m = &job->rbm->machine;
  const LtRbmMonitored *rows = job->rows;

  for (gsize row = first; row < last; row++) {
    gint64 turn = (rows->step * rows->n + (gint64) row) % m->n_binary;
    int unit = binary_unit (m, (int) (turn * job->stride % m->n_binary));

    job->loss[row] =
        unit_loss (job->rbm, unit, (double) rows->u[row * m->n + unit],
                   rows->input + row * m->nh, job->scratch + 2 * row * m->nh);
  }
}

/* Neighbouring pixels are alike, so the units of a minibatch are spread over all of them:
 * in steps of the golden ratio, which meet each unit once before any comes again. */
static int
spread (int n)
{
  int stride = MAX ((int) (0.618 * n), 1);

  for (;; stride++) {
    int a = n, b = stride;

    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    if (a == 1)
      return stride;
  }
}

static double
pseudo_likelihood (const LtRbm *self, const LtRbmMonitored *rows)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  gsize n = (gsize) rows->n;
  Units job = {
    self,
    rows,
    spread (m->n_binary),
    lt_workspace_floats (self->ws, 2 * n * m->nh),
    (gpointer) lt_workspace_floats (self->ws, 2 * n),
  };
  double sum = 0;

  lt_rbm_each_row (self, rows->n, unit_rows, &job);
  for (int row = 0; row < rows->n; row++)
    sum += job.loss[row];
  lt_workspace_release (self->ws, mark);
  return m->n_binary * sum / rows->n;
}

void
lt_rbm_monitor (const LtRbm *self, const LtRbmMonitored *rows, LtTerms *terms)
{
  const LtRbmMachine *m = &self->machine;

  terms->value[LT_RBM_RECONSTRUCTION] = reconstruction (self, rows);
  if (m->n_binary > 0 && m->up_factor == 1 && m->down_factor == 1)
    terms->value[LT_RBM_PSEUDO_LIKELIHOOD] = pseudo_likelihood (self, rows);
}
