#include "support/dbm-trial.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define POINTS 4000 /* of a numeric integral over ±RANGE */
#define RANGE  40.0

static void
set_knobs (const char *text, LtDbmSettings *settings)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    g_autoptr (GError) error = NULL;

    if (*pairs[i] == '\0')
      continue;
    g_strdelimit (pair[1], ",", ' ');
    lt_knob_parse (lt_knobs_find (&lt_dbm.knobs, pair[0]), pair[1], settings, &error);
    g_assert_no_error (error);
  }
}

static void
draw (DbmTrial *self, double scale)
{
  gsize size = lt_layout_size (self->model->params);

  for (int i = 0; i < lt_layout_n_tensors (self->model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, i);
    lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
    lt_scale ((float) scale, tensor->size, self->params + tensor->offset);
  }
  self->exact = g_new (double, size);
  for (gsize i = 0; i < size; i++)
    self->exact[i] = (double) self->params[i];
  if (self->machine.gaussian)
    lt_rng_fill_normal (&self->rng, (gsize) self->n * self->machine.n[0], self->x);
  else
    lt_rng_fill_mask (&self->rng, 0.4f, (gsize) self->n * self->machine.n[0], self->x);
}

void
dbm_trial_init (DbmTrial *self, const char *knobs, int nv, int n, double scale)
{
  g_autoptr (GError) error = NULL;
  LtShape shape;

  memset (self, 0, sizeof *self);
  lt_model_kind_init_settings (&lt_dbm, &self->settings);
  set_knobs (knobs, &self->settings);
  lt_shape_init (&shape, "features",
                 self->settings.visible == LT_DBM_GAUSSIAN ? LT_REAL : LT_BINARY, 1, nv,
                 1);
  shape.modality[0].standardised = TRUE;
  self->model = lt_model_new (&lt_dbm, &self->settings, &shape, &error);
  g_assert_no_error (error);
  lt_dbm_machine_init (&self->machine, self->model);
  self->ws = lt_workspace_new (NULL);
  self->n = n;
  self->params = lt_block_new (self->model->params);
  self->gradient = lt_block_new (self->model->params);
  self->state = lt_block_new (self->model->state);
  self->x = lt_floats_new ((gsize) n * nv);
  self->labels = g_new (int, n);
  lt_rng_init (&self->rng, 7, 1);
  lt_dbm.init (self->model, &self->settings, NULL, &self->rng, self->params,
               self->state);
  draw (self, scale);
  for (int i = 0; i < n; i++)
    self->labels[i] = self->machine.labels ? i % self->settings.label_units : -1;
}

void
dbm_trial_clear (DbmTrial *self)
{
  lt_model_unref (self->model);
  lt_workspace_free (self->ws);
  lt_block_free (self->params);
  lt_block_free (self->gradient);
  lt_block_free (self->state);
  lt_block_free (self->x);
  g_free (self->labels);
  g_free (self->exact);
}

LtCall
dbm_trial_call (DbmTrial *self)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .state = self->state,
                   .settings = &self->settings,
                   .ws = self->ws,
                   .rng = &self->rng };
}

LtTerms
dbm_trial_gradient (DbmTrial *self)
{
  LtCall call = dbm_trial_call (self);
  LtBatch batch = { .x = self->x, .labels = self->labels, .n = self->n };
  LtTerms terms;

  lt_dbm.gradient (&call, &batch, self->gradient, self->state, &terms);
  return terms;
}

void
dbm_trial_row (const DbmTrial *self, int row, DbmUnits *units)
{
  int nv = self->machine.n[0];

  for (int i = 0; i < nv; i++)
    units->x[0][i] = (double) self->x[row * nv + i];
}

/* ---- Energies -------------------------------------------------------------------- */

static double
log_add (double a, double b)
{
  if (a == -HUGE_VAL)
    return b;
  return MAX (a, b) + log1p (exp (-fabs (a - b)));
}

double
dbm_oracle_energy (const DbmTrial *self, const DbmUnits *units)
{
  const LtDbmMachine *m = &self->machine;
  double energy = 0;

  for (int l = 0; l <= m->top; l++)
    for (int i = 0; i < m->n[l]; i++) {
      double x = units->x[l][i], bias = self->exact[m->bias[l] + i];

      energy += l == 0 && m->gaussian ? (x - bias) * (x - bias) / (2 * m->variance)
                                      : -bias * x;
      for (int j = 0; l < m->top && j < m->n[l + 1]; j++)
        energy -= x * self->exact[m->w[l + 1] + i * m->n[l + 1] + j] *
                  units->x[l + 1][j] / (l == 0 ? m->variance : 1);
    }
  return energy;
}

double
dbm_oracle_input (const DbmTrial *self, int layer, int i, const DbmUnits *units)
{
  const LtDbmMachine *m = &self->machine;
  double sum = self->exact[m->bias[layer] + i];

  for (int j = 0; layer > 0 && j < m->n[layer - 1]; j++)
    sum += units->x[layer - 1][j] * self->exact[m->w[layer] + j * m->n[layer] + i] /
           (layer == 1 ? m->variance : 1);
  for (int j = 0; layer < m->top && j < m->n[layer + 1]; j++)
    sum +=
        units->x[layer + 1][j] * self->exact[m->w[layer + 1] + i * m->n[layer + 1] + j];
  return sum;
}

/* log ∫ exp (−E) of the visible units alone, given the first hidden layer. */
static double
log_integral (const DbmTrial *self, const DbmUnits *units)
{
  const LtDbmMachine *m = &self->machine;
  double sum = 0, step = 2 * RANGE / POINTS;

  for (int i = 0; i < m->n[0]; i++) {
    double b = self->exact[m->bias[0] + i], input = 0, integral = 0;

    for (int j = 0; j < m->n[1]; j++)
      input += self->exact[m->w[1] + i * m->n[1] + j] * units->x[1][j];
    for (int k = 0; k <= POINTS; k++) {
      double v = k * step - RANGE;
      integral += step * exp ((v * input - (v - b) * (v - b) / 2) / m->variance);
    }
    sum += log (integral);
  }
  return sum;
}

/* −E of the hidden units and labels alone. */
static double
without_visible (const DbmTrial *self, const DbmUnits *units)
{
  DbmUnits rest = *units;
  double sum = 0;

  memset (rest.x[0], 0, sizeof rest.x[0]);
  for (int i = 0; i < self->machine.n[0]; i++)
    sum += self->exact[self->machine.bias[0] + i] *
           self->exact[self->machine.bias[0] + i] / (2 * self->machine.variance);
  return sum - dbm_oracle_energy (self, &rest);
}

/* log Σ over layers first … top; of each state's −E, or where `integrate`, of that with
 * Gaussian visible units integrated out. */
static double
log_sum (const DbmTrial *self, DbmUnits *units, int first, gboolean integrate)
{
  const LtDbmMachine *m = &self->machine;
  gboolean labels = first > m->n_hidden;
  double sum = -HUGE_VAL;
  int n_states;

  if (first > m->top)
    return integrate ? without_visible (self, units) + log_integral (self, units)
                     : -dbm_oracle_energy (self, units);
  n_states = labels ? m->n[first] : 1 << m->n[first];
  for (int state = 0; state < n_states; state++) {
    for (int i = 0; i < m->n[first]; i++)
      units->x[first][i] = labels ? i == state : state >> i & 1;
    sum = log_add (sum, log_sum (self, units, first + 1, integrate));
  }
  return sum;
}

double
dbm_oracle_free_energy (const DbmTrial *self, DbmUnits *units)
{
  return -log_sum (self, units, 1, FALSE);
}

double
dbm_oracle_log_z (const DbmTrial *self)
{
  gboolean gaussian = self->machine.gaussian;
  DbmUnits units = { 0 };

  return log_sum (self, &units, gaussian ? 1 : 0, gaussian);
}

void
dbm_oracle_visible (const DbmTrial *self, double *p)
{
  double log_z = dbm_oracle_log_z (self);
  DbmUnits units = { 0 };

  for (int state = 0; state < 1 << self->machine.n[0]; state++) {
    for (int i = 0; i < self->machine.n[0]; i++)
      units.x[0][i] = state >> i & 1;
    p[state] = exp (-dbm_oracle_free_energy (self, &units) - log_z);
  }
}
