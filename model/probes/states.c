/* p (x) = exp (−F (x)) / Σ exp (−F), by going through all x. */
#include "probes/states.h"

#include <math.h>

#include "probes/rows.h"

gboolean
lt_states_suit (const LtModel *model)
{
  return lt_model_can (model, LT_CAN_ENERGY) &&
         lt_model_can (model, LT_HAS_BINARY_STATES) &&
         model->shape.nv <= LT_STATES_MAX_UNITS;
}

static void
compute_probabilities (LtStates *self, const LtCall *call)
{
  gsize mark = lt_workspace_mark (call->ws), n = (gsize) self->n;
  float *x = lt_workspace_floats (call->ws, n * self->nv);
  float *energy = lt_workspace_floats (call->ws, n);
  double lowest = HUGE_VAL, sum = 0;

  for (int s = 0; s < self->n; s++)
    for (int i = 0; i < self->nv; i++)
      x[(gsize) s * self->nv + i] = (float) (s >> i & 1);
  call->model->kind->energy (call, x, self->n, energy);
  for (int s = 0; s < self->n; s++)
    lowest = MIN (lowest, (double) energy[s]);
  for (int s = 0; s < self->n; s++)
    sum += self->p[s] = exp (lowest - (double) energy[s]);
  for (int s = 0; s < self->n; s++)
    self->p[s] /= sum;
  self->log_z = log (sum) - lowest;
  lt_workspace_release (call->ws, mark);
}

/* Adds the row's weight to the states that it may stand for. */
static void
add_row (LtStates *self, const float *x, double weight, int unit, int state)
{
  double on;

  if (unit == self->nv) {
    self->frequency[state] += weight;
    return;
  }
  on = CLAMP ((double) x[unit], 0, 1);
  if (on > 0)
    add_row (self, x, weight * on, unit + 1, state | 1 << unit);
  if (on < 1)
    add_row (self, x, weight * (1 - on), unit + 1, state);
}

static void
count_rows (LtStates *self, const LtDataset *data, LtWorkspace *ws)
{
  gsize mark = lt_workspace_mark (ws), n = lt_dataset_n (data, LT_TRAIN);
  float *x = lt_workspace_floats (ws, (gsize) LT_PROBE_ROWS * self->nv);

  for (gsize first = 0; first < n; first += LT_PROBE_ROWS) {
    gsize rows = MIN (LT_PROBE_ROWS, n - first);

    lt_dataset_gather (data, LT_TRAIN, NULL, first, rows, x);
    for (gsize i = 0; i < rows; i++)
      add_row (self, x + i * self->nv, 1.0 / (double) n, 0, 0);
  }
  lt_workspace_release (ws, mark);
}

LtStates *
lt_probe_states (const LtSnapshot *snapshot, const LtDataset *data, LtWorkspace *ws)
{
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  LtStates *self = g_new0 (LtStates, 1);

  g_assert (lt_states_suit (snapshot->model));
  self->nv = snapshot->model->shape.nv;
  self->n = 1 << self->nv;
  self->p = g_new0 (double, self->n);
  self->frequency = g_new0 (double, self->n);
  compute_probabilities (self, &call);
  count_rows (self, data, ws);
  for (int s = 0; s < self->n; s++)
    if (self->frequency[s] > 0)
      self->divergence += self->frequency[s] * log (self->frequency[s] / self->p[s]);
  return self;
}

void
lt_states_free (LtStates *self)
{
  if (self == NULL)
    return;
  g_free (self->p);
  g_free (self->frequency);
  g_free (self);
}
