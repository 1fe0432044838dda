/* Annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008):
 *
 *   w = Π_k p*_k (x_k) / p*_{k−1} (x_k),   Z ≈ Z_0 · mean of w
 *
 * along chains x_1 ~ p_0, x_{k+1} ~ T_k (x_k), where T_k leaves p_k as it is. Means are of w,
 * never of log w, which would be too low. */
#include <math.h>

#include "core/error.h"
#include "probes/likelihood.h"

#define REPORTED 10 /* steps between two reports of progress */
#define STREAM   0xa15

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

/* Mean and deviations of the weights, which are taken relative to the largest. */
static void
summarise (LtAis *self)
{
  double highest = -HUGE_VAL, sum = 0, squares = 0, mean_log = 0, error;

  for (int i = 0; i < self->n; i++) {
    highest = MAX (highest, self->log_weights[i]);
    mean_log += self->log_weights[i] / self->n;
  }
  for (int i = 0; i < self->n; i++) {
    double w = exp (self->log_weights[i] - highest);
    double d = self->log_weights[i] - mean_log;

    sum += w / self->n;
    squares += w * w / self->n;
    self->deviation += d * d / MAX (1, self->n - 1);
  }
  error = sqrt (MAX (0, squares - sum * sum) / MAX (1, self->n - 1));
  self->deviation = sqrt (self->deviation);
  self->log_z = highest + log (sum);
  self->low = sum > 3 * error ? highest + log (sum - 3 * error) : -HUGE_VAL;
  self->high = highest + log (sum + 3 * error);
}

static gboolean
refuse (const LtModel *model, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "The model “%s” as it is set has no log Z that annealed importance "
               "sampling could estimate; do without.",
               model->kind->name);
  return FALSE;
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

static gboolean
anneal (const LtCall *call,
        const LtAisOptions *options,
        const LtAnnealing *annealing,
        GError **error)
{
  const LtAnnealed *path = call->model->kind->annealed;
  g_autofree double *beta = g_new (double, options->temperatures + 1);
  double log_z;

  lt_ais_ladder ((LtLadder) options->ladder, options->temperatures, beta);
  log_z = path->start (call, annealing);
  if (isnan (log_z))
    return refuse (call->model, error);
  for (int i = 0; i < annealing->n; i++)
    annealing->log_weights[i] = log_z;
  for (int k = 1; k <= options->temperatures; k++) {
    path->step (call, annealing, beta[k - 1], beta[k]);
    if (!report (options, k, error))
      return FALSE;
  }
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
  LtAnnealing annealing = { .n = options->runs };
  gboolean annealed;
  LtRng rng;
  LtCall call = lt_snapshot_call (snapshot, ws, &rng);

  if (path == NULL) {
    refuse (snapshot->model, error);
    return NULL;
  }
  lt_rng_init (&rng, options->seed, STREAM);
  self->n = options->runs;
  self->log_weights = annealing.log_weights = g_new0 (double, options->runs);
  annealing.base = options->base == LT_BASE_DATA ? lt_dataset_mean (data) : NULL;
  annealing.chains =
      lt_workspace_floats (ws, (gsize) options->runs * path->width (snapshot->model));
  annealed = anneal (&call, options, &annealing, error);
  lt_workspace_release (ws, mark);
  if (!annealed)
    return NULL;
  summarise (self);
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
