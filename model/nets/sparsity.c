/* What keeps the code sparse.
 *
 *   L1         λ ‖h‖₁; as −log p (h) of a Laplace prior, λ ‖h‖₁ − nz log (λ/2)
 *              (Goodfellow, Bengio & Courville 2016, eq. 14.5)
 *   KL         β Σ_j ρ log ρ/ρ̂_j + (1−ρ) log (1−ρ)/(1−ρ̂_j), ρ̂ the batch's mean
 *              (Lee, Ekanadham & Ng 2008 gave the idea, Ng's CS294A notes this form)
 *   lifetime   each unit keeps its largest activations over the batch
 *              (Makhzani & Frey 2015)
 *   top-k      each example keeps its largest activations (Makhzani & Frey 2014)
 *
 * L1 and KL act on the activations before dropout. Ties go to the earlier one. */
#include <math.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

/* Keeps means away from 0 and 1, where the divergence is infinite. */
#define MEAN_MARGIN 1e-6

/* The k-th largest of v [n], which is reordered (Hoare's selection). */
static float
kth_largest (int k, int n, float *v)
{
  int low = 0, high = n - 1;

  while (low < high) {
    float pivot = v[low + (high - low) / 2];
    int i = low, j = high;

    while (i <= j) {
      while (v[i] > pivot)
        i++;
      while (v[j] < pivot)
        j--;
      if (i <= j) {
        float swap = v[i];
        v[i++] = v[j];
        v[j--] = swap;
      }
    }
    if (k - 1 <= j)
      high = j;
    else if (k - 1 >= i)
      low = i;
    else
      break;
  }
  return v[k - 1];
}

/* Zeroes all but the k largest of y [n], which lie `stride` apart, in each of outputs. */
static void
keep_winners (int k,
              int n,
              gsize stride,
              const float *y,
              float *scratch,
              float *const outputs[2])
{
  float threshold;
  int n_ties = k;

  for (int i = 0; i < n; i++)
    scratch[i] = y[i * stride];
  threshold = kth_largest (k, n, scratch);
  for (int i = 0; i < n; i++)
    n_ties -= y[i * stride] > threshold;
  for (int i = 0; i < n; i++) {
    float value = y[i * stride];
    gboolean wins = value > threshold || (value == threshold && n_ties-- > 0);

    for (int o = 0; o < 2 && !wins; o++)
      if (outputs[o] != NULL)
        outputs[o][i * stride] = 0;
  }
}

typedef struct {
  const LtDensePass *pass;
  float *scratch; /* [n, nz] */
} Competition;

static void
compete_columns (gpointer job, gsize first, gsize last)
{
  const Competition *competition = job;
  const LtDensePass *pass = competition->pass;
  int code = pass->net->depth;
  int n = pass->n, nz = pass->net->width[code];
  int k = (int) ceil (pass->settings->sparsity_fraction * n);

  for (gsize j = first; j < last; j++)
    keep_winners (CLAMP (k, 1, n), n, nz, pass->y[code] + j,
                  competition->scratch + first * n,
                  (float *[2]){ pass->mask[code] + j, pass->out[code] + j });
}

static void
compete_rows (gpointer job, gsize first, gsize last)
{
  const Competition *competition = job;
  const LtDensePass *pass = competition->pass;
  int code = pass->net->depth;
  int nz = pass->net->width[code];

  for (gsize i = first; i < last; i++)
    keep_winners (MIN (pass->settings->sparsity_k, nz), nz, 1, pass->y[code] + i * nz,
                  competition->scratch + first * nz,
                  (float *[2]){ pass->mask[code] + i * nz, pass->out[code] + i * nz });
}

void
lt_dense_compete (LtDensePass *pass)
{
  int nz = pass->net->width[pass->net->depth];
  gsize mark = lt_workspace_mark (pass->ws);
  Competition competition = {
    pass,
    lt_workspace_floats (pass->ws, (gsize) pass->n * nz),
  };

  if (pass->settings->sparsity == LT_SPARSITY_LIFETIME)
    lt_dense_each (pass, nz, 16, compete_columns, &competition);
  else
    lt_dense_each (pass, pass->n, 1, compete_rows, &competition);
  lt_workspace_release (pass->ws, mark);
}

void
lt_dense_keep_largest (LtWorkspace *ws, int k, int n, int nz, float *y)
{
  gsize mark = lt_workspace_mark (ws);
  float *scratch = lt_workspace_floats (ws, nz);

  for (int i = 0; i < n; i++) {
    float *row = y + (gsize) i * nz;
    keep_winners (MIN (k, nz), nz, 1, row, scratch, (float *[2]){ row, NULL });
  }
  lt_workspace_release (ws, mark);
}

/* ---- Penalties ------------------------------------------------------------------- */

static double
sum_abs (gpointer job, gsize first, gsize last)
{
  return lt_sum_abs ((const float *) job + first, last - first);
}

static void
add_l1 (LtDensePass *pass, LtDenseCodeGradient *gradient)
{
  const LtDenseSettings *s = pass->settings;
  int code = pass->net->depth;
  int nz = pass->net->width[code];
  double sum = lt_dense_sum (pass, (gsize) pass->n * nz, 16, sum_abs, pass->y[code]);
  double normaliser =
      s->reading == LT_READING_LIKELIHOOD ? nz * log (s->sparsity_weight / 2) : 0;

  pass->terms->value[LT_DENSE_L1] = s->sparsity_weight * sum / pass->n - normaliser;
  gradient->sign = (float) (s->sparsity_weight / pass->n);
}

static void
add_kl (LtDensePass *pass, LtDenseCodeGradient *gradient)
{
  const LtDenseSettings *s = pass->settings;
  int code = pass->net->depth;
  int nz = pass->net->width[code];
  float *row = lt_workspace_floats (pass->ws, nz);
  double target = s->sparsity_target, sum = 0;

  lt_column_sums (pass->team, pass->y[code], pass->n, nz, row);
  for (int j = 0; j < nz; j++) {
    double mean = CLAMP ((double) row[j] / pass->n, MEAN_MARGIN, 1 - MEAN_MARGIN);

    sum +=
        target * log (target / mean) + (1 - target) * log ((1 - target) / (1 - mean));
    row[j] = (float) (s->sparsity_weight / pass->n *
                      ((1 - target) / (1 - mean) - target / mean));
  }
  pass->terms->value[LT_DENSE_KL] = s->sparsity_weight * sum;
  gradient->row = row;
}

void
lt_dense_sparsity (LtDensePass *pass, LtDenseCodeGradient *gradient)
{
  *gradient = (LtDenseCodeGradient){ 0 };
  if (pass->settings->sparsity_weight <= 0)
    return;
  if (pass->settings->sparsity == LT_SPARSITY_L1)
    add_l1 (pass, gradient);
  else if (pass->settings->sparsity == LT_SPARSITY_KL)
    add_kl (pass, gradient);
}
