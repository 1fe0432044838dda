/* The way from independent visible units to a restricted Boltzmann machine, for annealed
 * importance sampling (Salakhutdinov & Murray 2008, section 4.2).
 *
 *   p*_β (v) = exp ((1 − β) a'v + β b'v) Π_j (1 + exp (β (c_j + v'W_j)))
 *   log Z_0  = nh log 2 + Σ_i log (1 + exp a_i)
 *
 *   p_β (h_j = 1 | v) = σ (β (c_j + v'W_j))
 *   p_β (v_i = 1 | h) = σ ((1 − β) a_i + β b_i + W_i (βh))
 *
 * with a the base's biases. The last line is an ordinary step down with other biases from
 * hidden units βh, so real-valued and label units need nothing of their own: the former
 * have −(1 − β)(v − a)²/2σ² − β (v − b)²/2σ² for their biases' part. Hidden units of other
 * kinds take β (c_j + v'W_j) for their input as well. Rectified ones are left out: how they
 * are drawn leaves their distribution only nearly as it is.
 *
 * Documents have a path for each length D: v are D draws from the softmax of
 * (1 − β) a + β b + W (βh), D c_j stands for c_j, and log Σ exp a_k counts D times in Z_0. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/error.h"
#include "core/kernels.h"

#define MAX_LOG_ODDS 4.0

static int
width (const LtModel *model)
{
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  return m.n;
}

/* The bias that gives unit i the mean; words: as init has them. */
static double
base_bias (const LtRbmGroup *group, const float *mean, int i)
{
  double p = (double) mean[i], odds = p / (1 - p);

  if (group->units == LT_UNITS_GAUSSIAN)
    return p;
  if (group->units == LT_UNITS_COUNTS)
    odds = p * group->n / lt_sum (mean + group->first, group->n);
  return isnan (odds) ? 0 : CLAMP (log (odds), -MAX_LOG_ODDS, MAX_LOG_ODDS);
}

/* The biases that give units by themselves the mean. */
static float *
base_biases (const LtRbm *rbm, const float *mean)
{
  const LtRbmMachine *m = &rbm->machine;
  float *a = lt_workspace_floats (rbm->ws, m->n);

  lt_fill (0, m->n, a);
  for (int g = 0; mean != NULL && g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    for (int i = group->first; i < MIN (group->first + group->n, m->nv); i++)
      a[i] = (float) base_bias (group, mean, i);
  }
  return a;
}

/* log Σ_v exp (…) of the base alone. lengths: NULL without counts. */
static double
base_log_z (const LtRbm *rbm, const float *a, const float *lengths)
{
  const LtRbmMachine *m = &rbm->machine;
  float nothing = 0, part;
  double log_z;

  lt_rbm_hidden_parts (rbm, &nothing, 1, &part);
  log_z = m->nh * (double) part;

  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    double sum = 0; /* of labels, whose biases are 0, or words */

    for (int i = group->first; i < group->first + group->n; i++) {
      if (group->units == LT_UNITS_BINARY)
        log_z += log1p (exp ((double) a[i]));
      else if (group->units == LT_UNITS_GAUSSIAN)
        log_z += 0.5 * log (2 * G_PI * (double) rbm->variance[i]);
      else
        sum += exp ((double) a[i]);
    }
    if (group->units == LT_UNITS_SOFTMAX)
      log_z += log (sum);
    else if (group->units == LT_UNITS_COUNTS)
      log_z += (double) *lengths++ * log (sum);
  }
  return log_z;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED, sentence);
  return FALSE;
}

static gboolean
check (const LtModel *model, GError **error)
{
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  if (m.hidden == LT_HIDDEN_RELU)
    return refuse (
        error,
        "Annealed importance sampling needs samples that leave the distribution as it "
        "is, and those of rectified hidden units do so only nearly; log Z is exact "
        "without it where there are at most " G_STRINGIFY (
            LT_RBM_MAX_LOG_Z) " visible units, all binary, and the pseudo-likelihood "
                              "needs no log Z.");
  if (m.up_factor != 1 || m.down_factor != 1)
    return refuse (
        error,
        "A machine that stands in for two layers takes its input twice, and so has no "
        "joint distribution and no log Z; judge the deep machine that the stack "
        "becomes.");
  return TRUE;
}

/* The same lengths for each chain: [n, n_counts]; NULL without counts. */
static const float *
chain_lengths (const LtRbm *rbm, const LtAnnealing *annealing)
{
  int n_counts = rbm->machine.n_counts;
  float *lengths;

  if (n_counts == 0)
    return NULL;
  lengths = lt_workspace_floats (rbm->ws, (gsize) annealing->n * n_counts);
  for (int row = 0; row < annealing->n; row++)
    memcpy (lengths + (gsize) row * n_counts, annealing->lengths,
            n_counts * sizeof *lengths);
  return lengths;
}

static double
start (const LtCall *call, const LtAnnealing *annealing)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmPass down = { .n = annealing->n,
                     .mean = annealing->chains,
                     .sample = annealing->chains };
  float *h, *a;
  double log_z;
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  h = lt_workspace_floats (call->ws, (gsize) annealing->n * rbm.machine.nh);
  lt_fill (0, (gsize) annealing->n * rbm.machine.nh, h);
  a = base_biases (&rbm, annealing->base);
  log_z = base_log_z (&rbm, a, annealing->lengths);
  rbm.b = a;
  down.lengths = chain_lengths (&rbm, annealing);
  down.from = h;
  lt_rng_split (call->rng, &down.rng);
  lt_rbm_down (&rbm, &down);
  lt_workspace_release (call->ws, mark);
  return log_z;
}

static void
stand (const LtCall *call, const LtAnnealing *annealing, const float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmData data = { .x = x, .n = annealing->n };
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  lt_rbm_load (&rbm, &data, annealing->chains);
  lt_workspace_release (call->ws, mark);
}

typedef struct {
  const LtRbm *model, *base; /* the same but for the visible biases */
  const LtAnnealing *annealing;
  const float *input; /* [n, nh], c + W'u */
  float *scratch;     /* [n, nh] */
  double from, to;
} Weighing;

/* Σ_j log Σ_h exp (β input_j h): softplus of binary units. */
static double
hidden_part (const LtRbm *rbm, const float *input, double beta, float *scratch)
{
  int nh = rbm->machine.nh;

  memcpy (scratch, input, nh * sizeof *scratch);
  lt_scale ((float) beta, nh, scratch);
  lt_rbm_hidden_parts (rbm, scratch, nh, scratch);
  return lt_sum (scratch, nh);
}

static void
weigh_rows (gpointer data, gsize first, gsize last)
{
  const Weighing *job = data;
  const LtRbmMachine *m = &job->model->machine;

  for (gsize row = first; row < last; row++) {
    const float *u = job->annealing->chains + row * m->n;
    const float *input = job->input + row * m->nh;
    float *scratch = job->scratch + row * m->nh;
    double bias = lt_rbm_bias_energy (job->base, u, 0, m->n) -
                  lt_rbm_bias_energy (job->model, u, 0, m->n);

    job->annealing->log_weights[row] +=
        (job->to - job->from) * bias +
        hidden_part (job->model, input, job->to, scratch) -
        hidden_part (job->model, input, job->from, scratch);
  }
}

/* Up at the new temperature, which finds the hidden units' inputs too; the weights; down. */
static void
step (const LtCall *call, const LtAnnealing *annealing, double from, double to)
{
  gsize mark = lt_workspace_mark (call->ws);
  int n = annealing->n;
  LtRbm rbm, base;
  float *h, *input, *beta, *a;

  lt_rbm_init (&rbm, call, NULL);
  h = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.nh);
  input = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.nh);
  beta = lt_workspace_floats (call->ws, n);
  lt_fill ((float) to, n, beta);
  a = base_biases (&rbm, annealing->base);
  base = rbm;
  base.b = a;

  LtRbmPass up = { .n = n,
                   .from = annealing->chains,
                   .mean = h,
                   .sample = h,
                   .beta = beta,
                   .bits = lt_rbm_visible_is_bits (&rbm.machine),
                   .input = input,
                   .n_input = n };
  lt_rng_split (call->rng, &up.rng);
  lt_rbm_up (&rbm, &up);

  Weighing weighing = { &rbm, &base, annealing, input, NULL, from, to };
  weighing.scratch = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.nh);
  lt_rbm_each_row (&rbm, n, weigh_rows, &weighing);

  LtRbmPass down = { .n = n,
                     .from = h,
                     .mean = annealing->chains,
                     .sample = annealing->chains,
                     .bits = lt_rbm_hidden_is_bits (&rbm.machine),
                     .factor = (float) to,
                     .lengths = chain_lengths (&rbm, annealing) };
  lt_axpby ((float) to, rbm.b, (float) (1 - to), rbm.machine.n, a);
  base.b = a;
  lt_rng_split (call->rng, &down.rng);
  lt_rbm_down (&base, &down);
  lt_workspace_release (call->ws, mark);
}

const LtAnnealed lt_rbm_annealed = { width, check, start, stand, step };
