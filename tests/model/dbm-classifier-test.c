/* The classifier made of a deep Boltzmann machine: its gradient against central differences
 * in double, and that it begins as the machine's own mean field. */
#include "boltzmann/dbm-classifier-machine.h"
#include "core/kernels.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

#define STEP 1e-4
#define N    7
#define NV   5
#define N1   4
#define N2   3
#define K    3

typedef struct {
  LtModel *model;
  LtDbmClassifierSettings settings;
  LtWorkspace *ws;
  float *params, *gradient;
  double *exact;
  LtRng rng;
  float x[N * NV], q[N * N2];
  int labels[N];
} Trial;

static LtCall
call_of (Trial *self)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .settings = &self->settings,
                   .ws = self->ws,
                   .rng = &self->rng };
}

static void
trial_init (Trial *self, LtDbmLearning learning)
{
  g_autoptr (GError) error = NULL;
  LtShape shape;
  gsize size;

  memset (self, 0, sizeof *self);
  lt_model_kind_init_settings (&lt_dbm_classifier, &self->settings);
  self->settings.hidden = (LtList){ 2, { N1, N2 } };
  self->settings.classes = K;
  self->settings.learning = (int) learning;
  self->settings.decay = 0.05;
  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  self->model = lt_model_new (&lt_dbm_classifier, &self->settings, &shape, &error);
  g_assert_no_error (error);
  self->ws = lt_workspace_new (NULL);
  self->params = lt_block_new (self->model->params);
  self->gradient = lt_block_new (self->model->params);
  lt_rng_init (&self->rng, 3, 1);
  for (int i = 0; i < LT_DBM_N_TENSORS; i++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, i);

    lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
  }
  size = lt_layout_size (self->model->params);
  self->exact = g_new (double, size);
  for (gsize i = 0; i < size; i++)
    self->exact[i] = (double) self->params[i];
  lt_rng_fill_uniform (&self->rng, N * NV, self->x);
  for (int i = 0; i < N; i++)
    self->labels[i] = i % (K + 1) - 1; /* some are unknown */
  LtCall call = call_of (self);
  lt_dbm_classifier_infer (&call, self->x, N, self->q);
}

static void
trial_clear (Trial *self)
{
  lt_model_unref (self->model);
  lt_workspace_free (self->ws);
  lt_block_free (self->params);
  lt_block_free (self->gradient);
  g_free (self->exact);
}

static LtTerms
gradient_of (Trial *self, const float *features)
{
  LtCall call = call_of (self);
  LtBatch batch = {
    .x = self->x, .labels = self->labels, .features = features, .n = N
  };
  LtTerms terms;

  lt_dbm_classifier.gradient (&call, &batch, self->gradient, NULL, &terms);
  return terms;
}

/* ---- In double -------------------------------------------------------------------- */

static double
entry (const Trial *self, LtDbmTensor tensor, int i)
{
  return self
      ->exact[lt_layout_tensor (self->model->params, tensor)->offset + (gsize) i];
}

static double
sigmoid (double a)
{
  return 1 / (1 + exp (-a));
}

static void
hidden (const Trial *self, int row, double *h1, double *h2)
{
  for (int j = 0; j < N1; j++) {
    double a = entry (self, LT_DBM_C1, j);

    for (int i = 0; i < NV; i++)
      a += (double) self->x[row * NV + i] * entry (self, LT_DBM_W1, i * N1 + j);
    for (int i = 0; i < N2; i++)
      a += (double) self->q[row * N2 + i] * entry (self, LT_DBM_A, i * N1 + j);
    h1[j] = sigmoid (a);
  }
  for (int j = 0; j < N2; j++) {
    double a = entry (self, LT_DBM_C2, j);

    for (int i = 0; i < N1; i++)
      a += h1[i] * entry (self, LT_DBM_W2, i * N2 + j);
    h2[j] = sigmoid (a);
  }
}

static double
probability (const Trial *self, int row, int label)
{
  double h1[N1], h2[N2], sum = 0, here = 0;

  hidden (self, row, h1, h2);
  for (int k = 0; k < K; k++) {
    double a = entry (self, LT_DBM_D, k);

    for (int i = 0; i < N2; i++)
      a += h2[i] * entry (self, LT_DBM_U, i * K + k);
    sum += exp (a);
    here = k == label ? exp (a) : here;
  }
  return here / sum;
}

static double
objective (const Trial *self)
{
  static const LtDbmTensor weights[] = { LT_DBM_W1, LT_DBM_A, LT_DBM_W2, LT_DBM_U };
  double sum = 0;

  for (int row = 0; row < N; row++)
    if (self->labels[row] >= 0)
      sum -= log (probability (self, row, self->labels[row])) / N;
  for (gsize t = 0; t < G_N_ELEMENTS (weights); t++) {
    gsize size = lt_layout_tensor (self->model->params, weights[t])->size;

    for (gsize i = 0; i < size; i++)
      sum += 0.5 * self->settings.decay * pow (entry (self, weights[t], (int) i), 2);
  }
  return sum;
}

static double
slope (Trial *self, gsize i)
{
  double value = self->exact[i], up, down;

  self->exact[i] = value + STEP;
  up = objective (self);
  self->exact[i] = value - STEP;
  down = objective (self);
  self->exact[i] = value;
  return (up - down) / (2 * STEP);
}

/* ---- Tests ------------------------------------------------------------------------ */

/* Every entry of every tensor that learns; the frozen machine's are 0. */
static void
test_gradient (gconstpointer learning)
{
  Trial trial;
  LtTerms terms;

  trial_init (&trial, (LtDbmLearning) GPOINTER_TO_INT (learning));
  terms = gradient_of (&trial, NULL);
  if (trial.settings.learning == LT_DBM_LEARNING_ALL)
    g_assert_cmpfloat_with_epsilon (terms.value[0] + terms.value[1], objective (&trial),
                                    1e-5);
  for (int t = 0; t < LT_DBM_N_TENSORS; t++) {
    const LtTensor *tensor = lt_layout_tensor (trial.model->params, t);
    gboolean frozen = t >= LT_DBM_M1 || (GPOINTER_TO_INT (learning) && t < LT_DBM_U);

    g_assert_cmpint (tensor->frozen, ==, frozen);
    for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++)
      g_assert_cmpfloat_with_epsilon ((double) trial.gradient[i],
                                      frozen ? 0 : slope (&trial, i), 1e-5);
  }
  trial_clear (&trial);
}

/* With the same units left out, the gradient is the slope of what is reported. */
static void
test_dropout (void)
{
  const float step = 0.01f;
  Trial trial;
  LtRng rng;

  trial_init (&trial, LT_DBM_LEARNING_ALL);
  trial.settings.dropout = 0.4;
  trial.settings.decay = 0;
  rng = trial.rng;
  gradient_of (&trial, trial.q);
  for (int t = 0; t < LT_DBM_M1; t++) {
    gsize i = lt_layout_tensor (trial.model->params, t)->offset + 1;
    double slope_here = (double) trial.gradient[i], up, down;
    float value = trial.params[i];

    trial.params[i] = value + step;
    trial.rng = rng;
    up = gradient_of (&trial, trial.q).value[0];
    trial.params[i] = value - step;
    trial.rng = rng;
    down = gradient_of (&trial, trial.q).value[0];
    trial.params[i] = value;
    trial.rng = rng;
    gradient_of (&trial, trial.q);
    g_assert_cmpfloat_with_epsilon (slope_here, (up - down) / (2 * (double) step),
                                    5e-4);
  }
  trial_clear (&trial);
}

/* What is computed once for each example stands for the computation. */
static void
test_features (gconstpointer learning)
{
  Trial trial;
  g_autofree float *expected = NULL;
  float features[N * N2];
  gsize size;

  trial_init (&trial, (LtDbmLearning) GPOINTER_TO_INT (learning));
  size = lt_layout_size (trial.model->params) * sizeof (float);
  gradient_of (&trial, NULL);
  expected = g_memdup2 (trial.gradient, size);
  LtCall call = call_of (&trial);
  g_assert_cmpint (lt_dbm_classifier.n_features (trial.model), ==, N2);
  lt_dbm_classifier.features (&call, trial.x, N, features);
  gradient_of (&trial, features);
  g_assert_cmpmem (trial.gradient, size, expected, size);
  trial_clear (&trial);
}

static void
test_classify (void)
{
  float p[N * K], z[N * N2];
  Trial trial;

  trial_init (&trial, LT_DBM_LEARNING_ALL);
  LtCall call = call_of (&trial);
  lt_dbm_classifier.classify (&call, trial.x, N, p);
  lt_dbm_classifier.encode (&call, trial.x, N, z);
  for (int row = 0; row < N; row++) {
    double h1[N1], h2[N2];

    hidden (&trial, row, h1, h2);
    for (int k = 0; k < K; k++)
      g_assert_cmpfloat_with_epsilon ((double) p[row * K + k],
                                      probability (&trial, row, k), 1e-5);
    for (int j = 0; j < N2; j++)
      g_assert_cmpfloat_with_epsilon ((double) z[row * N2 + j], h2[j], 1e-5);
  }
  trial_clear (&trial);
}

/* Begun with a machine, both hidden layers are what the machine's mean field settles to, and
 * the classes are its labels'. */
static void
test_adopt (void)
{
  float means[N * N1], own[N * N1], labels[N * K], p[N * K];
  g_autoptr (GError) error = NULL;
  DbmTrial machine;
  Trial trial;

  trial_init (&trial, LT_DBM_LEARNING_ALL);
  dbm_trial_init (&machine, "hidden=4,3 label-units=3", NV, 1, 0.7);
  /* Labels take no part in what the classifier infers. */
  memset (machine.params + machine.machine.w[3], 0, N2 * K * sizeof (float));
  machine.settings.sweeps = trial.settings.sweeps = 1000;
  machine.settings.tolerance = trial.settings.tolerance = 1e-6;
  LtCall from = dbm_trial_call (&machine);
  LtCall to = call_of (&trial);
  lt_model_adopt (&to, &from, trial.params, NULL, &error);
  g_assert_no_error (error);
  for (int layer = 0; layer < 2; layer++) {
    int n = N * (layer == 0 ? N1 : N2);

    lt_dbm.activations (&from, layer, trial.x, N, means);
    lt_dbm_classifier.activations (&to, layer, trial.x, N, own);
    for (int i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon ((double) own[i], (double) means[i], 1e-5);
  }
  lt_dbm.classify (&from, trial.x, N, labels);
  lt_dbm_classifier.classify (&to, trial.x, N, p);
  for (int i = 0; i < N * K; i++)
    g_assert_cmpfloat_with_epsilon ((double) p[i], (double) labels[i], 1e-5);
  dbm_trial_clear (&machine);
  trial_clear (&trial);
}

/* From all to the top and back, everything is taken over, the machine as it was included. */
static void
test_phases (void)
{
  g_autoptr (GError) error = NULL;
  Trial top, all;
  gsize size;

  trial_init (&top, LT_DBM_LEARNING_TOP);
  trial_init (&all, LT_DBM_LEARNING_ALL);
  size = lt_layout_size (top.model->params) * sizeof (float);
  memset (all.params, 0, size);
  LtCall from = call_of (&top), to = call_of (&all);
  lt_model_adopt (&to, &from, all.params, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (all.params, size, top.params, size);
  trial_clear (&top);
  trial_clear (&all);
}

static void
test_refusal (void)
{
  g_autoptr (GError) error = NULL;
  LtDbmClassifierSettings settings;
  LtShape shape;

  lt_model_kind_init_settings (&lt_dbm_classifier, &settings);
  settings.hidden = (LtList){ 3, { 5, 4, 3 } };
  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  g_assert_null (lt_model_new (&lt_dbm_classifier, &settings, &shape, &error));
  g_assert_nonnull (strstr (error->message, "two hidden layers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dbm-classifier/gradient/all",
                        GINT_TO_POINTER (LT_DBM_LEARNING_ALL), test_gradient);
  g_test_add_data_func ("/dbm-classifier/gradient/top",
                        GINT_TO_POINTER (LT_DBM_LEARNING_TOP), test_gradient);
  g_test_add_data_func ("/dbm-classifier/features/all",
                        GINT_TO_POINTER (LT_DBM_LEARNING_ALL), test_features);
  g_test_add_data_func ("/dbm-classifier/features/top",
                        GINT_TO_POINTER (LT_DBM_LEARNING_TOP), test_features);
  g_test_add_func ("/dbm-classifier/dropout", test_dropout);
  g_test_add_func ("/dbm-classifier/classify", test_classify);
  g_test_add_func ("/dbm-classifier/adopt", test_adopt);
  g_test_add_func ("/dbm-classifier/phases", test_phases);
  g_test_add_func ("/dbm-classifier/refusal", test_refusal);
  return g_test_run ();
}
