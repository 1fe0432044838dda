/* Annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008):
 *
 *   w = Π_k p*_k (x_k) / p*_{k−1} (x_k),   Z ≈ Z_0 · mean of w
 *
 * along chains x_1 ~ p_0, x_{k+1} ~ T_k (x_k), where T_k leaves p_k as it is. Means are of w,
 * never of log w, which would be too low.
 *
 * Upwards the estimate is too low when the runs miss some of the model's mass, and nothing in
 * the weights tells. So the same is done downwards, for Z_0/Z, along chains that begin in
 * the model itself: at training rows, and some steps on, for want of exact samples. Then
 * log Z ≈ log Z_0 − log (mean of w) is too high when chains do not mix (Burda, Grosse &
 * Salakhutdinov 2015; Grosse, Ghahramani & Adams 2015). Only where both meet
 * can either be believed. */
#include <math.h>

#include "core/error.h"
#include "probes/likelihood.h"

#define REPORTED 10 /* steps between two reports of progress */
#define STREAM   0xa15
#define SETTLING 200 /* Gibbs steps from the training rows */

const char *const lt_ladder_names[] = { "dense", "uniform", NULL };
const char *const lt_ais_base_names[] = { "data", "uniform", NULL };

/* 500 steps to 0.5, 4,000 to 0.9 and 10,000 to 1, or as many in these proportions. */
static double
dense_rung (double t)
{
  const double first = 500.0 / 14500, second = 4500.0 / 14500;

  if (t < first)
    return 0.5 * t / first;
  if (t < second)
    return 0.5 + 0.4 * (t - first) / (second - first);
  return 0.9 + 0.1 * (t - second) / (1 - second);
}

void
lt_ais_ladder (LtLadder ladder, int n, double *beta)
{
  for (int k = 0; k <= n; k++) {
    double t = (double) k / n;

    beta[k] = ladder == LT_LADDER_DENSE ? dense_rung (t) : t;
  }
  beta[n] = 1;
}

/* Mean and deviations of the weights, which are taken relative to the largest. Downwards
 * they are of 1/Z: signs change. */
static void
summarise (LtAis *self, gboolean downwards)
{
  double highest = -HUGE_VAL, sum = 0, squares = 0, mean_log = 0, error;
  double sign = downwards ? -1 : 1, spread;

  for (int i = 0; i < self->n; i++) {
    highest = MAX (highest, sign * self->log_weights[i]);
    mean_log += self->log_weights[i] / self->n;
  }
  for (int i = 0; i < self->n; i++) {
    double w = exp (sign * self->log_weights[i] - highest);
    double d = self->log_weights[i] - mean_log;

    sum += w / self->n;
    squares += w * w / self->n;
    self->deviation += d * d / MAX (1, self->n - 1);
  }
  error = sqrt (MAX (0, squares - sum * sum) / MAX (1, self->n - 1));
  self->deviation = sqrt (self->deviation);
  self->log_z = sign * (highest + log (sum));
  spread = sum > 3 * error ? highest + log (sum - 3 * error) : -HUGE_VAL;
  self->low = MIN (sign * spread, sign * (highest + log (sum + 3 * error)));
  self->high = MAX (sign * spread, sign * (highest + log (sum + 3 * error)));
}

static gboolean
check (const LtModel *model, const LtAisOptions *options, GError **error)
{
  if (model->kind->annealed == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The model “%s” has no log Z to estimate, because it has no energy; "
                 "annealed importance sampling is for Boltzmann machines.",
                 model->kind->name);
    return FALSE;
  }
  if (lt_probe_n_lengths (model) > 0 && options->lengths == NULL) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                         "Each length of a document has a log Z of its own; “lantern "
                         "eval” finds those of the data, and their likelihood.");
    return FALSE;
  }
  return model->kind->annealed->check (model, error);
}

static gboolean
report (const LtAisOptions *options, int k, GError **error)
{
  if (options->progress == NULL || (k % REPORTED != 0 && k < options->temperatures) ||
      options->progress (options->data, (double) k / options->temperatures))
    return TRUE;
  g_set_error_literal (error, LT_ERROR, LT_ERROR_CANCELLED,
                       "The estimate of log Z was stopped.");
  return FALSE;
}

/* Chains that stand where the model does, as well as some steps from training rows can get
 * there. */
static void
begin_in_model (const LtCall *call, const LtAnnealing *annealing, const LtDataset *data)
{
  const LtAnnealed *path = call->model->kind->annealed;
  gsize mark = lt_workspace_mark (call->ws), n = (gsize) annealing->n;
  gsize nv = (gsize) call->model->shape.nv, n_rows = lt_dataset_n (data, LT_TRAIN);
  float *x = lt_workspace_floats (call->ws, n * nv);

  for (gsize i = 0; i < n; i++)
    lt_dataset_gather (data, LT_TRAIN, NULL, i * n_rows / n, 1, x + i * nv);
  if (lt_model_can (call->model, LT_HAS_BINARY_STATES))
    lt_rng_fill_bernoulli (call->rng, x, n * nv, x);
  path->stand (call, annealing, x);
  lt_workspace_release (call->ws, mark);
  for (int i = 0; i < SETTLING; i++)
    path->step (call, annealing, 1, 1);
}

static gboolean
anneal (const LtCall *call,
        const LtDataset *data,
        const LtAisOptions *options,
        const LtAnnealing *annealing,
        GError **error)
{
  const LtAnnealed *path = call->model->kind->annealed;
  int n = options->temperatures;
  g_autofree double *beta = g_new (double, n + 1);
  double log_z = path->start (call, annealing);

  lt_ais_ladder ((LtLadder) options->ladder, n, beta);
  if (options->downwards)
    begin_in_model (call, annealing, data);
  for (int i = 0; i < annealing->n; i++)
    annealing->log_weights[i] = options->downwards ? -log_z : log_z;
  for (int k = 1; k <= n; k++) {
    if (options->downwards)
      path->step (call, annealing, beta[n - k + 1], beta[n - k]);
    else
      path->step (call, annealing, beta[k - 1], beta[k]);
    if (!report (options, k, error))
      return FALSE;
  }
  for (int i = 0; options->downwards && i < annealing->n; i++)
    annealing->log_weights[i] = -annealing->log_weights[i];
  return TRUE;
}

LtAis *
lt_probe_ais (const LtSnapshot *snapshot,
              const LtDataset *data,
              const LtAisOptions *options,
              LtWorkspace *ws,
              GError **error)
{
  const LtAnnealed *path = snapshot->model->kind->annealed;
  gsize mark = lt_workspace_mark (ws);
  g_autoptr (LtAis) self = g_new0 (LtAis, 1);
  LtAnnealing annealing = { .n = options->runs, .lengths = options->lengths };
  gboolean annealed;
  LtRng rng;
  LtCall call = lt_snapshot_call (snapshot, ws, &rng);

  if (!check (snapshot->model, options, error))
    return NULL;
  lt_rng_init (&rng, options->seed, STREAM);
  self->n = options->runs;
  self->log_weights = annealing.log_weights = g_new0 (double, options->runs);
  annealing.base = options->base == LT_BASE_DATA ? lt_dataset_mean (data) : NULL;
  annealing.chains =
      lt_workspace_floats (ws, (gsize) options->runs * path->width (snapshot->model));
  annealed = anneal (&call, data, options, &annealing, error);
  lt_workspace_release (ws, mark);
  if (!annealed)
    return NULL;
  summarise (self, options->downwards);
  if (isfinite (self->log_z))
    return g_steal_pointer (&self);
  g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED,
                       "The estimate of log Z is not a number, because the model's "
                       "parameters have become too large; choose an earlier epoch.");
  return NULL;
}

void
lt_ais_free (LtAis *self)
{
  g_free (self->log_weights);
  g_free (self);
}
