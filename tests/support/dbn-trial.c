#include "support/dbn-trial.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define SPREAD 0.8f /* of parameters */

static void
set_knobs (const char *text, LtDbnSettings *settings)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    g_autoptr (GError) error = NULL;
    const LtKnob *knob = lt_knobs_find (&lt_dbn.knobs, pair[0]);

    g_assert_nonnull (knob);
    g_strdelimit (pair[1], ",", ' ');
    lt_knob_parse (knob, pair[1], settings, &error);
    g_assert_no_error (error);
  }
}

static void
draw_data (DbnTrial *self)
{
  gsize size = (gsize) self->n * self->nv;

  self->x = lt_floats_new (size);
  self->labels = g_new (int, self->n);
  if (self->settings.rbm.visible == LT_RBM_GAUSSIAN)
    lt_rng_fill_normal (&self->rng, size, self->x);
  else if (self->settings.rbm.visible == LT_RBM_COUNTS)
    for (gsize i = 0; i < size; i++)
      self->x[i] = (float) lt_rng_below (&self->rng, 4);
  else
    lt_rng_fill_mask (&self->rng, 0.4f, size, self->x);
  for (int i = 0; i < self->n; i++)
    self->labels[i] = i % MAX (self->settings.rbm.label_units, 1);
}

void
dbn_trial_init (DbnTrial *self, const char *knobs, int nv, int n)
{
  static const LtValueKind kinds[] = { LT_BINARY, LT_BINARY, LT_REAL, LT_COUNTS };
  g_autoptr (GError) error = NULL;
  LtShape shape;

  memset (self, 0, sizeof *self);
  lt_model_kind_init_settings (&lt_dbn, &self->settings);
  set_knobs (knobs, &self->settings);
  lt_shape_init (&shape, "features", kinds[self->settings.rbm.visible], 1, nv, 1);
  shape.modality[0].standardised = TRUE;
  self->model = lt_model_new (&lt_dbn, &self->settings, &shape, &error);
  g_assert_no_error (error);
  self->ws = lt_workspace_new (NULL);
  self->nv = nv;
  self->n = n;
  self->params = lt_block_new (self->model->params);
  self->gradient = lt_block_new (self->model->params);
  if (self->model->state != NULL)
    self->state = lt_block_new (self->model->state);
  lt_rng_init (&self->rng, 7, 1);
  lt_dbn.init (self->model, &self->settings, NULL, &self->rng, self->params,
               self->state);
  for (int i = 0; i < lt_layout_n_tensors (self->model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, i);

    lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
    lt_scale (SPREAD, tensor->size, self->params + tensor->offset);
  }
  draw_data (self);
}

void
dbn_trial_clear (DbnTrial *self)
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
dbn_trial_call (DbnTrial *self)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .state = self->state,
                   .settings = &self->settings,
                   .ws = self->ws,
                   .rng = &self->rng };
}

LtTerms
dbn_trial_gradient (DbnTrial *self)
{
  LtCall call = dbn_trial_call (self);
  LtBatch batch = { .x = self->x, .labels = self->labels, .n = self->n };
  LtTerms terms;

  lt_dbn.gradient (&call, &batch, self->gradient, self->state, &terms);
  return terms;
}

float *
dbn_trial_tensor (const DbnTrial *self, const char *name, float *block)
{
  const LtTensor *tensor = lt_layout_find (self->model->params, name);

  g_assert_nonnull (tensor);
  return block + tensor->offset;
}

/* ---- By enumeration -------------------------------------------------------------------- */

static double
bit (int state, int i)
{
  return (state >> i) & 1;
}

/* Σ_h² of exp (−E (h¹, label, h²)). */
static double
weigh_top (const DbnTrial *self, int h1, int label, int n1, int n2)
{
  const float *w = dbn_trial_tensor (self, "W2", self->params);
  const float *b = dbn_trial_tensor (self, "b2", self->params);
  const float *c = dbn_trial_tensor (self, "c2", self->params);
  double product = 1, log_p = 0;

  for (int i = 0; i < n1; i++)
    log_p += bit (h1, i) * (double) b[i];
  if (label >= 0)
    log_p += (double) b[n1 + label];
  for (int j = 0; j < n2; j++) {
    double a = (double) c[j];

    for (int i = 0; i < n1; i++)
      a += bit (h1, i) * (double) w[i * n2 + j];
    if (label >= 0)
      a += (double) w[(n1 + label) * n2 + j];
    product *= 1 + exp (a);
  }
  return product * exp (log_p);
}

/* p (v | h¹). */
static double
generate (const DbnTrial *self, int v, int h1, int n1)
{
  const float *w = dbn_trial_tensor (self, "W1", self->params);
  const float *b = dbn_trial_tensor (self, "b", self->params);
  double p = 1;

  for (int i = 0; i < self->nv; i++) {
    double a = (double) b[i];

    for (int j = 0; j < n1; j++)
      a += bit (h1, j) * (double) w[i * n1 + j];
    p *= 1 / (1 + exp (bit (v, i) > 0 ? -a : a));
  }
  return p;
}

void
dbn_trial_distribution (const DbnTrial *self, int label, double *p)
{
  const LtList *hidden = &self->settings.rbm.hidden;
  int n1 = (int) hidden->value[0], n2 = (int) hidden->value[1];
  int nl = self->settings.rbm.label_units;
  double total = 0;

  g_assert_cmpint (hidden->n, ==, 2);
  memset (p, 0, (1u << self->nv) * sizeof *p);
  for (int h1 = 0; h1 < 1 << n1; h1++) {
    double weight = label >= 0 || nl == 0 ? weigh_top (self, h1, label, n1, n2) : 0;

    for (int k = 0; label < 0 && k < nl; k++)
      weight += weigh_top (self, h1, k, n1, n2);
    total += weight;
    for (int v = 0; v < 1 << self->nv; v++)
      p[v] += weight * generate (self, v, h1, n1);
  }
  for (int v = 0; v < 1 << self->nv; v++)
    p[v] /= total;
}

void
dbn_trial_frequencies (const float *x, int n, int nv, double *p)
{
  memset (p, 0, (1u << nv) * sizeof *p);
  for (int row = 0; row < n; row++) {
    int state = 0;

    for (int i = 0; i < nv; i++)
      state |= (x[row * nv + i] > 0.5f) << i;
    p[state] += 1.0 / n;
  }
}
