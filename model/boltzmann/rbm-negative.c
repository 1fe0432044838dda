/* The negative phase: chains that go down and up.
 *
 *   cd         k steps from the data's hidden units (Hinton 2002); the last step's visible
 *              units are means, which is less noisy (Hinton 2010, section 3.2)
 *   pcd        chains go on where the last update left them (Tieleman 2008)
 *   fast-pcd   in an energy with W + F, F the fast weights (Tieleman & Hinton 2009)
 *   tempering  chains at inverse temperatures 1 = β_1 > … > β_R; neighbours swap states
 *              with probability min (1, exp ((β_r − β_s)(E_r − E_s)))
 *              (Desjardins et al. 2010); the statistics are those of β = 1
 *
 * Hidden units enter the statistics as means, given visible units that were sampled, so
 * that the chains themselves are exact Gibbs samplers. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* Down and up once: hidden [n, nh] → u, h (means) and hidden, sampled anew where wanted. */
typedef struct {
  int n;
  float *hidden, *u, *h;
  const float *lengths; /* of documents; NULL without counts */
  gboolean sample_u, sample_h;
  const float *beta, *mask;
  float *input; /* [n, nh]; NULL: not kept */
  float scale;  /* of h */
} Step;

static void
step (const LtRbm *self, const Step *step)
{
  LtRbmPass down = {
    .n = step->n,
    .from = step->hidden,
    .mean = step->u,
    .sample = step->sample_u ? step->u : NULL,
    .beta = step->beta,
    .bits = lt_rbm_hidden_is_bits (&self->machine),
    .lengths = step->lengths,
  };
  LtRbmPass up = {
    .n = step->n,
    .from = step->u,
    .mean = step->h,
    .sample = step->sample_h ? step->hidden : NULL,
    .beta = step->beta,
    .bits = step->sample_u && lt_rbm_visible_is_bits (&self->machine),
    .mask = step->mask,
    .input = step->input,
    .n_input = step->n,
    .scale = step->scale,
  };

  if (step->sample_u)
    lt_rng_split (self->call->rng, &down.rng);
  if (step->sample_h)
    lt_rng_split (self->call->rng, &up.rng);
  lt_rbm_down (self, &down);
  lt_rbm_up (self, &up);
}

static void
run_chains (const LtRbm *self, LtRbmNegative *negative, gboolean persistent)
{
  int n_steps = self->settings->steps;

  for (int k = 1; k <= n_steps; k++) {
    gboolean last = k == n_steps;
    Step here = {
      .n = negative->n,
      .hidden = negative->hidden,
      .u = negative->u,
      .h = negative->h,
      .lengths = negative->lengths,
      .sample_u = persistent || !last,
      .sample_h = persistent || !last,
      .mask = negative->mask,
      .scale = last ? negative->scale : 0,
    };
    step (self, &here);
  }
}

/* The same, driven by W + F. */
static void
run_fast_chains (const LtRbm *self, LtRbmNegative *negative)
{
  gsize mark = lt_workspace_mark (self->ws);
  gsize size = self->machine.size;
  float *sum = lt_workspace_floats (self->ws, size);
  LtRbm driven = *self;

  memcpy (sum, self->params, size * sizeof *sum);
  lt_axpy (1, negative->fast, size, sum);
  lt_rbm_use (&driven, sum);
  run_chains (&driven, negative, TRUE);
  lt_workspace_release (self->ws, mark);
}

/* ---- Tempering ------------------------------------------------------------------- */

/* E (v, h) = −b'v − h'(c + W'v), of n rows. */
static void
energies (const LtRbm *self, const Step *at, double *energy)
{
  const LtRbmMachine *m = &self->machine;

  for (int row = 0; row < at->n; row++) {
    gsize i = (gsize) row;
    energy[row] = -lt_dot (self->b, at->u + i * m->n, m->n) -
                  lt_dot (at->hidden + i * m->nh, at->input + i * m->nh, m->nh);
  }
}

static void
swap_rows (float *a, float *b, int n)
{
  for (int i = 0; i < n; i++) {
    float value = a[i];
    a[i] = b[i];
    b[i] = value;
  }
}

typedef struct {
  int chains, temperatures;
  const float *beta;
  int n_tried; /* times that a pair of rungs tried to swap */
  double accepted[LT_RBM_MAX_TEMPERATURES]; /* of each pair, sums of probabilities */
} Ladder;

/* The masks of dropout [rungs · chains, nh], from the workspace; NULL without. Each chain
 * leaves out the same units on all rungs, which are then one machine at several
 * temperatures, and may swap. */
static const float *
rung_masks (const LtRbm *self, const LtRbmNegative *negative, int rungs)
{
  gsize size = (gsize) negative->n * self->machine.nh;
  float *masks;

  if (negative->mask == NULL)
    return NULL;
  masks = lt_workspace_floats (self->ws, size * rungs);
  for (gsize r = 0; r < (gsize) rungs; r++)
    memcpy (masks + r * size, negative->mask, size * sizeof *masks);
  return masks;
}

/* Whether rungs try to swap after this Gibbs step. They do after the very first, so that
 * their rate is known from then on. */
static gboolean
is_time_to_swap (const LtRbm *self, float *waiting)
{
  *waiting = MIN (*waiting, (float) self->settings->swap_interval);
  if (*waiting > 1) {
    *waiting -= 1;
    return FALSE;
  }
  *waiting = (float) self->settings->swap_interval;
  return TRUE;
}

/* A state's energy is the same on every rung, and goes with its hidden units. */
static void
swap_pair (const LtRbm *self, const Step *at, int a, int b, double *energy)
{
  gsize nh = (gsize) self->machine.nh;
  double kept = energy[a];

  swap_rows (at->hidden + (gsize) a * nh, at->hidden + (gsize) b * nh, (int) nh);
  energy[a] = energy[b];
  energy[b] = kept;
}

/* Chain i of rung r is row r·chains + i. Pairs of rungs try in turn, those that begin with an
 * even one first. */
static void
swap_rungs (const LtRbm *self, const Step *at, Ladder *ladder)
{
  gsize mark = lt_workspace_mark (self->ws);
  double *energy = (gpointer) lt_workspace_floats (self->ws, 2 * (gsize) at->n);

  energies (self, at, energy);
  for (int parity = 0; parity < 2; parity++)
    for (int r = parity; r + 1 < ladder->temperatures; r += 2)
      for (int i = 0; i < ladder->chains; i++) {
        int a = r * ladder->chains + i, b = a + ladder->chains;
        double log_p =
            (double) (ladder->beta[a] - ladder->beta[b]) * (energy[a] - energy[b]);

        ladder->accepted[r] += exp (MIN (log_p, 0)) / ladder->chains;
        if (log ((double) lt_rng_uniform (self->call->rng) + 0x1p-25) < log_p)
          swap_pair (self, at, a, b, energy);
      }
  lt_workspace_release (self->ws, mark);
}

/* Of the pair of rungs that swaps least, since states get no further than there. Means of
 * probabilities, not of what was drawn: a pair that hardly ever swaps has a rate as well,
 * and few chains make it less uncertain. */
static double
lowest_rate (const Ladder *ladder)
{
  double lowest = 1;

  for (int r = 0; r + 1 < ladder->temperatures; r++)
    lowest = MIN (lowest, ladder->accepted[r] / ladder->n_tried);
  return lowest;
}

static float *
inverse_temperatures (const LtRbm *self, int chains, int temperatures)
{
  float *beta = lt_workspace_floats (self->ws, (gsize) chains * temperatures);
  double hottest = self->settings->hottest;

  for (int r = 0; r < temperatures; r++)
    lt_fill ((float) (1 - (1 - hottest) * r / (temperatures - 1)), chains,
             beta + (gsize) r * chains);
  return beta;
}

/* Swaps come after the statistics of each step are taken. The rate of an update in which
 * none was tried is the last one. */
static void
run_ladder (const LtRbm *self, LtRbmNegative *negative)
{
  const LtRbmMachine *m = &self->machine;
  const LtRbmSettings *s = self->settings;
  const LtRbmSettings *built = self->call->model->settings;
  gsize mark = lt_workspace_mark (self->ws);
  gsize n = (gsize) negative->n * built->temperatures;
  Ladder ladder = { .chains = negative->n, .temperatures = built->temperatures };
  Step here = {
    .n = (int) n,
    .hidden = negative->hidden,
    .u = lt_workspace_floats (self->ws, n * m->n),
    .h = lt_workspace_floats (self->ws, n * m->nh),
    .input = lt_workspace_floats (self->ws, n * m->nh),
    .sample_u = TRUE,
    .sample_h = TRUE,
    .mask = rung_masks (self, negative, built->temperatures),
  };

  here.beta = ladder.beta =
      inverse_temperatures (self, ladder.chains, ladder.temperatures);
  for (int k = 1; k <= s->steps; k++) {
    step (self, &here);
    if (k == s->steps) {
      memcpy (negative->u, here.u, (gsize) negative->n * m->n * sizeof (float));
      memcpy (negative->h, here.h, (gsize) negative->n * m->nh * sizeof (float));
    }
    if (!is_time_to_swap (self, &negative->swaps[LT_RBM_SWAPS_WAITING]))
      continue;
    ladder.n_tried++;
    swap_rungs (self, &here, &ladder);
  }
  lt_scale (negative->scale, (gsize) negative->n * m->nh, negative->h);
  if (ladder.n_tried > 0)
    negative->swaps[LT_RBM_SWAPS_RATE] = (float) lowest_rate (&ladder);
  lt_workspace_release (self->ws, mark);
}

void
lt_rbm_negative (const LtRbm *self, LtRbmNegative *negative)
{
  switch ((LtRbmMethod) self->settings->method) {
  case LT_RBM_TEMPERING:
    run_ladder (self, negative);
    break;
  case LT_RBM_FAST_PCD:
    run_fast_chains (self, negative);
    break;
  case LT_RBM_CD:
  case LT_RBM_PCD:
  case LT_RBM_EXACT:
  default:
    run_chains (self, negative, self->settings->method == LT_RBM_PCD);
  }
}
