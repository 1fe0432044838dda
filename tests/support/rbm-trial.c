#include "support/rbm-trial.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

void
rbm_trial_set_knobs (const LtModelKind *kind, const char *text, LtRbmSettings *settings)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    g_autoptr (GError) error = NULL;

    if (*pairs[i] == '\0')
      continue;
    lt_knob_parse (lt_knobs_find (&kind->knobs, pair[0]), pair[1], settings, &error);
    g_assert_no_error (error);
  }
}

static void
fill_rows (RbmTrial *self, const LtModality *modality)
{
  gsize size = (gsize) modality->size;

  for (int row = 0; row < self->n; row++) {
    float *x = self->x + (gsize) row * self->nv + modality->offset;

    if (modality->kind == LT_REAL)
      lt_rng_fill_normal (&self->rng, size, x);
    else if (modality->kind == LT_BINARY)
      lt_rng_fill_mask (&self->rng, 0.4f, size, x);
    for (int word = 0; modality->kind == LT_COUNTS && word < 2 + row % 3; word++)
      x[lt_rng_below (&self->rng, (guint32) size)]++;
  }
}

/* Of some size, so that probabilities differ. */
static void
fill_params (RbmTrial *self)
{
  const LtLayout *layout = self->model->params;

  lt_rng_init (&self->rng, 7, 1);
  lt_rbm.init (self->model, &self->settings, NULL, &self->rng, self->params,
               self->state);
  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);

    lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
    lt_scale (0.5f, tensor->size, self->params + tensor->offset);
  }
}

void
rbm_trial_init_shaped (RbmTrial *self,
                       const char *knobs,
                       const double *factors,
                       const LtShape *shape,
                       int n)
{
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  lt_model_kind_init_settings (&lt_rbm, &self->settings);
  rbm_trial_set_knobs (&lt_rbm, knobs, &self->settings);
  if (factors != NULL) {
    self->settings.up_factor = factors[0];
    self->settings.down_factor = factors[1];
  }
  self->model = lt_model_new (&lt_rbm, &self->settings, shape, &error);
  g_assert_no_error (error);
  self->ws = lt_workspace_new (NULL);
  self->nv = shape->nv;
  self->nl = self->settings.label_units;
  self->nh = self->model->n_code;
  self->n = n;
  self->params = lt_block_new (self->model->params);
  self->gradient = lt_block_new (self->model->params);
  if (self->model->state != NULL)
    self->state = lt_block_new (self->model->state);
  fill_params (self);
  self->x = lt_floats_new ((gsize) n * self->nv);
  self->labels = g_new (int, n);
  for (int i = 0; i < shape->n_modalities; i++)
    fill_rows (self, &shape->modality[i]);
  for (int i = 0; i < n; i++)
    self->labels[i] = self->nl > 0 ? i % self->nl : -1;
}

void
rbm_trial_init_doubled (RbmTrial *self,
                        const char *knobs,
                        const double *factors,
                        int nv,
                        int n)
{
  LtRbmSettings settings;
  LtShape shape;

  lt_model_kind_init_settings (&lt_rbm, &settings);
  rbm_trial_set_knobs (&lt_rbm, knobs, &settings);
  lt_shape_init (&shape, "features",
                 settings.visible == LT_RBM_GAUSSIAN ? LT_REAL : LT_BINARY, 1, nv, 1);
  shape.modality[0].standardised = TRUE;
  rbm_trial_init_shaped (self, knobs, factors, &shape, n);
}

void
rbm_trial_init (RbmTrial *self, const char *knobs, int nv, int n)
{
  rbm_trial_init_doubled (self, knobs, NULL, nv, n);
}

void
rbm_trial_clear (RbmTrial *self)
{
  lt_model_unref (self->model);
  lt_workspace_free (self->ws);
  lt_block_free (self->params);
  lt_block_free (self->gradient);
  g_clear_pointer (&self->state, lt_block_free);
  lt_block_free (self->x);
  g_free (self->labels);
}

LtCall
rbm_trial_call (RbmTrial *self)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .state = self->state,
                   .settings = &self->settings,
                   .ws = self->ws,
                   .rng = &self->rng };
}

LtTerms
rbm_trial_gradient (RbmTrial *self)
{
  LtCall call = rbm_trial_call (self);
  LtBatch batch = { .x = self->x, .labels = self->labels, .n = self->n };
  LtTerms terms;

  lt_rbm.gradient (&call, &batch, self->gradient, self->state, &terms);
  return terms;
}

gsize
rbm_trial_offset (const RbmTrial *trial, const char *name)
{
  return lt_layout_find (trial->model->params, name)->offset;
}

void
rbm_twin_update (RbmTwin *self, const RbmTrial *trial)
{
  for (int i = 0; i < trial->nv; i++)
    self->sigma[i] = trial->settings.learn_sigma
                         ? exp (self->params[rbm_trial_offset (trial, "z") + i] / 2)
                         : trial->settings.sigma;
}

static gboolean
has_kind (const LtShape *shape, LtValueKind kind)
{
  for (int m = 0; m < shape->n_modalities; m++)
    if (shape->modality[m].kind == kind)
      return TRUE;
  return FALSE;
}

void
rbm_twin_init (RbmTwin *self, const RbmTrial *trial)
{
  const LtShape *shape = &trial->model->shape;
  const LtModality *first = &shape->modality[0],
                   *last = first + shape->n_modalities - 1;
  gsize size = lt_layout_size (trial->model->params);

  self->params = g_new (double, size);
  for (gsize i = 0; i < size; i++)
    self->params[i] = (double) trial->params[i];
  self->oracle = (RbmOracle){
    .nv = trial->nv,
    .nl = trial->nl,
    .nh = trial->nh,
    .gaussian = has_kind (shape, LT_REAL),
    .hidden = (RbmOracleHidden) trial->settings.hidden_units,
    .w = self->params + rbm_trial_offset (trial, "W1"),
    .b = self->params + rbm_trial_offset (trial, "b"),
    .c = self->params + rbm_trial_offset (trial, "c1"),
    .sigma = self->sigma,
    .n_counts = first->kind == LT_COUNTS ? first->size : 0,
    .n_bits = last != first && last->kind == LT_BINARY ? last->size : 0,
  };
  rbm_twin_update (self, trial);
}

void
rbm_trial_row (const RbmTrial *trial, int row, double *v)
{
  for (int i = 0; i < trial->nv; i++)
    v[i] = (double) trial->x[row * trial->nv + i];
}

double
rbm_chi_squared (const int *counts, const double *p, int n_states, int n)
{
  double sum = 0;

  for (int k = 0; k < n_states; k++)
    sum += pow (counts[k] - n * p[k], 2) / (n * p[k]);
  return sum;
}

void
rbm_twin_visible (const RbmTwin *twin, double *p)
{
  double log_z = rbm_oracle_log_z (&twin->oracle), v[MOST_UNITS];

  for (int state = 0; state < 1 << twin->oracle.nv; state++) {
    rbm_oracle_visible (&twin->oracle, state, v);
    p[state] = exp (-rbm_oracle_free_energy (&twin->oracle, v, -1) - log_z);
  }
}

int
rbm_state_of (const float *bits, int n)
{
  int state = 0;

  for (int i = 0; i < n; i++)
    state |= (bits[i] != 0) << i;
  return state;
}

void
rbm_trial_descend (RbmTrial *trial, int steps, float rate)
{
  gsize size = lt_layout_size (trial->model->params);

  for (int i = 0; i < steps; i++) {
    rbm_trial_gradient (trial);
    lt_axpy (-rate, trial->gradient, size, trial->params);
  }
}

void
rbm_twin_clear (RbmTwin *self)
{
  g_free (self->params);
}

void
rbm_twin_hidden (const RbmTwin *self, double *p)
{
  const RbmOracle *o = &self->oracle;
  double log_z = rbm_oracle_log_z (o);

  for (int h = 0; h < 1 << o->nh; h++)
    p[h] = exp (rbm_oracle_log_hidden (o, h) - log_z);
}

void
rbm_trial_assert_gradient (const RbmTrial *self,
                           RbmTwin *twin,
                           RbmObjective objective,
                           const char *only)
{
  for (int t = 0; t < lt_layout_n_tensors (self->model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, t);
    double error = 0, norm = 0;

    if (only != NULL && !g_str_equal (tensor->name, only))
      continue;
    for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++) {
      double value = twin->params[i], difference;

      twin->params[i] = value + STEP;
      difference = objective (self, twin);
      twin->params[i] = value - STEP;
      difference = (difference - objective (self, twin)) / (2 * STEP);
      twin->params[i] = value;
      error += pow ((double) self->gradient[i] - difference, 2);
      norm += difference * difference;
    }
    g_test_message ("%s: norm %g, error %g", tensor->name, sqrt (norm), sqrt (error));
    g_assert_cmpfloat (sqrt (error), <, 1e-4 * sqrt (norm) + 1e-7);
  }
}
