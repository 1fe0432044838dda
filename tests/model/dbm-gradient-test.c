/* What a deep Boltzmann machine learns from a minibatch, against central differences in
 * double, and the layers that it takes over from other models. */
#include "core/kernels.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

#define STEP 1e-4
#define N    6

/* The means and chains that a gradient was made of, held still: then it is the gradient of
 * mean E (v, μ) − mean E (chains), which is linear in each layer, and of the penalties. */
typedef struct {
  DbmTrial trial;
  int n_chains;
  DbmUnits *data, *chains;
  float *offset[LT_DBM_LAYERS]; /* NULL without centring */
} Still;

/* ---- What was held ---------------------------------------------------------------- */

static void
keep_data (Still *self)
{
  LtCall call = dbm_trial_call (&self->trial);
  LtDbmField field = { .labels = self->trial.machine.labels ? self->trial.labels : NULL,
                       .most = self->trial.settings.sweeps,
                       .tolerance = self->trial.settings.tolerance };
  const LtDbmMachine *m = &self->trial.machine;
  LtDbm dbm;

  lt_dbm_init (&dbm, &call);
  lt_dbm_rows_take (&dbm, N, &field.rows);
  lt_dbm_load (&dbm, self->trial.x, N, NULL, field.rows.x[0]);
  lt_dbm_settle (&dbm, &field);
  self->data = g_new0 (DbmUnits, N);
  for (int row = 0; row < N; row++)
    for (int l = 0; l <= m->top; l++)
      for (int i = 0; i < m->n[l]; i++)
        self->data[row].x[l][i] =
            (double) field.rows.x[l][row * m->n[l] + i] * (l == 0 ? m->variance : 1);
}

/* Odd layers as the state has them, and even ones' means given these. */
static void
keep_chains (Still *self)
{
  const LtDbmMachine *m = &self->trial.machine;

  self->n_chains = self->trial.settings.chains;
  self->chains = g_new0 (DbmUnits, self->n_chains);
  for (int row = 0; row < self->n_chains; row++) {
    DbmUnits *units = &self->chains[row];

    for (int l = 1; l <= m->top; l += 2)
      for (int i = 0; i < m->n[l]; i++)
        units->x[l][i] =
            (double) self->trial.state[m->chain[l] + (gsize) (row * m->n[l] + i)];
    for (int l = 0; l <= m->top; l += 2) {
      double sum = 0;

      for (int i = 0; i < m->n[l]; i++) {
        double a = dbm_oracle_input (&self->trial, l, i, units);
        units->x[l][i] = l > m->n_hidden         ? exp (a)
                         : l == 0 && m->gaussian ? a
                                                 : 1 / (1 + exp (-a));
        sum += units->x[l][i];
      }
      for (int i = 0; l > m->n_hidden && i < m->n[l]; i++)
        units->x[l][i] /= sum;
    }
  }
}

static void
keep_offsets (Still *self)
{
  const LtDbmMachine *m = &self->trial.machine;
  const LtDbmSettings *s = &self->trial.settings;

  for (int l = 0; l <= m->top && s->centring != LT_DBM_PLAIN; l++) {
    self->offset[l] = g_new (float, m->n[l]);
    if (s->centring == LT_DBM_CENTRED) {
      memcpy (self->offset[l], self->trial.state + m->mean[l],
              m->n[l] * sizeof (float));
      continue;
    }
    memcpy (self->offset[l], self->trial.params + m->bias[l], m->n[l] * sizeof (float));
    if (l > m->n_hidden)
      lt_softmax (self->offset[l], 1, m->n[l], self->offset[l]);
    else
      lt_activate (LT_SIGMOID, self->offset[l], m->n[l], self->offset[l]);
  }
}

static void
still_init (Still *self, const char *knobs)
{
  *self = (Still){ 0 };
  dbm_trial_init (&self->trial, knobs, 5, N, 0.6);
  keep_data (self);
  dbm_trial_gradient (&self->trial);
  keep_chains (self);
  keep_offsets (self);
}

static void
still_clear (Still *self)
{
  g_free (self->data);
  g_free (self->chains);
  for (int l = 0; l < LT_DBM_LAYERS; l++)
    g_free (self->offset[l]);
  dbm_trial_clear (&self->trial);
}

/* ---- The objective ---------------------------------------------------------------- */

/* c_l + x_{l−1}'W_l. */
static double
from_below (const DbmTrial *trial, int l, int i, const DbmUnits *units)
{
  DbmUnits rest = *units;

  if (l < trial->machine.top)
    memset (rest.x[l + 1], 0, sizeof rest.x[l + 1]);
  return dbm_oracle_input (trial, l, i, &rest);
}

/* Other inputs than those from below stay what they were: what the means' logits had. */
static double
sparsity (const Still *self, const double *before)
{
  const LtDbmMachine *m = &self->trial.machine;
  const LtDbmSettings *s = &self->trial.settings;
  double sum = 0;
  DbmTrial original = self->trial;

  original.exact = (double *) before;
  for (int l = 1; l <= m->n_hidden && s->sparsity != LT_DBM_SPARSITY_NONE; l++) {
    double rho = s->sparsity_target.value[MIN (l, s->sparsity_target.n) - 1];

    for (int i = 0; i < m->n[l]; i++) {
      double q = 0;

      for (int row = 0; row < N; row++) {
        double mean = self->data[row].x[l][i];
        double a = log (mean / (1 - mean)) +
                   from_below (&self->trial, l, i, &self->data[row]) -
                   from_below (&original, l, i, &self->data[row]);
        q += 1 / (1 + exp (-a)) / N;
      }
      sum += s->sparsity == LT_DBM_SPARSITY_SQUARE
                 ? (rho - q) * (rho - q)
                 : rho * log (rho / q) + (1 - rho) * log ((1 - rho) / (1 - q));
    }
  }
  return s->sparsity_weight * sum;
}

static double
objective (const Still *self, const double *before)
{
  const LtDbmMachine *m = &self->trial.machine;
  double sum = sparsity (self, before), decay = 0;

  for (int row = 0; row < N; row++)
    sum += dbm_oracle_energy (&self->trial, &self->data[row]) / N;
  for (int row = 0; row < self->n_chains; row++)
    sum -= dbm_oracle_energy (&self->trial, &self->chains[row]) / self->n_chains;
  for (int l = 1; l <= m->top; l++)
    for (int i = 0; i < m->n[l - 1] * m->n[l]; i++) {
      double w = self->trial.exact[m->w[l] + (gsize) i];
      decay += w * w;
    }
  return sum + 0.5 * self->trial.settings.decay * decay;
}

/* Every tensor's entries, by central differences. */
static void
test_gradient (gconstpointer knobs)
{
  g_autofree double *before = NULL;
  gsize size;
  Still still;

  still_init (&still, knobs);
  size = lt_layout_size (still.trial.model->params);
  before = g_memdup2 (still.trial.exact, size * sizeof *before);
  for (int t = 0; t < lt_layout_n_tensors (still.trial.model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (still.trial.model->params, t);

    for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++) {
      double up, down;

      still.trial.exact[i] = before[i] + STEP;
      up = objective (&still, before);
      still.trial.exact[i] = before[i] - STEP;
      down = objective (&still, before);
      still.trial.exact[i] = before[i];
      g_assert_cmpfloat_with_epsilon ((double) still.trial.gradient[i],
                                      (up - down) / (2 * STEP), 2e-5);
    }
  }
  still_clear (&still);
}

/* ---- Samples given the data --------------------------------------------------------- */

/* Rows of a few binary examples, each as often as the others, and as many chains, so that
 * sampled gradients are those of the log-likelihood within a few hundredths. */
static void
repeated_init (DbmTrial *self, const char *knobs)
{
  enum {
    NV = 4,
    MANY = 20000,
    DISTINCT = 3
  };

  dbm_trial_init (self, knobs, NV, MANY, 1);
  for (int i = 0; i < MANY * NV; i++)
    self->x[i] = i < DISTINCT * NV ? roundf (self->x[i]) : self->x[i % (DISTINCT * NV)];
}

/* −Σ log p (v) over rows, of which the first n stand for all, as a mean. */
static double
exact_loss (const DbmTrial *self, int n)
{
  double sum = 0;

  for (int row = 0; row < n; row++) {
    DbmUnits units;

    dbm_trial_row (self, row, &units);
    sum += dbm_oracle_free_energy (self, &units);
  }
  return sum / n + dbm_oracle_log_z (self);
}

/* The largest error of the gradient's entries against the log-likelihood's. */
static double
largest_error (DbmTrial *self)
{
  double largest = 0;

  dbm_trial_gradient (self);
  for (gsize i = 0; i < lt_layout_size (self->model->params); i++) {
    double value = self->exact[i], slope;

    self->exact[i] = value + STEP;
    slope = exact_loss (self, 3);
    self->exact[i] = value - STEP;
    slope = (slope - exact_loss (self, 3)) / (2 * STEP);
    self->exact[i] = value;
    largest = MAX (largest, fabs (slope - (double) self->gradient[i]));
  }
  return largest;
}

/* With the data held, sampling gives the log-likelihood's own gradient; mean field does not
 * see what units of two layers have in common. Four deviations of differences of means of
 * values whose own deviation is at most ½. */
static void
test_clamped (gconstpointer knobs)
{
  DbmTrial trial;
  double limit;

  repeated_init (&trial, knobs);
  limit = 4 * 0.5 * sqrt (1.0 / trial.n + 1.0 / trial.settings.chains);
  g_assert_cmpfloat (largest_error (&trial), <, limit);
  trial.settings.clamped_steps = 0;
  g_assert_cmpfloat (largest_error (&trial), >, limit);
  dbm_trial_clear (&trial);
}

/* Labels that are known are held as well. */
static void
test_clamped_labels (void)
{
  float mean[2];
  DbmTrial trial;

  repeated_init (&trial, "hidden=3,2 chains=10000 gibbs-steps=20 label-units=3");
  for (int k = 0; k < 2; k++) {
    trial.settings.clamped_steps = 10 * k;
    dbm_trial_gradient (&trial);
    mean[k] = trial.gradient[lt_layout_find (trial.model->params, "d")->offset];
  }
  g_assert_cmpfloat_with_epsilon (mean[0], mean[1], 4 * 0.5f * sqrtf (1e-4f + 5e-5f));
  dbm_trial_clear (&trial);
}

/* ---- Centring --------------------------------------------------------------------- */

/* The centred machine has biases c'_l = c_l + W_l'o_{l−1} + W_{l+1} o_{l+1}, and otherwise
 * the same energy but for a constant. exact holds W and c' here; c is made of them. */
static void
uncentre (Still *self, const double *primed)
{
  const LtDbmMachine *m = &self->trial.machine;
  double *exact = self->trial.exact;

  memcpy (exact, primed, lt_layout_size (self->trial.model->params) * sizeof *exact);
  for (int l = 1; l <= m->top; l++)
    for (int i = 0; i < m->n[l - 1]; i++)
      for (int j = 0; j < m->n[l]; j++) {
        double w = exact[m->w[l] + (gsize) (i * m->n[l] + j)];
        exact[m->bias[l] + (gsize) j] -= w * (double) self->offset[l - 1][i];
        exact[m->bias[l - 1] + (gsize) i] -= w * (double) self->offset[l][j];
      }
}

static double
centred_slope (Still *self, double *primed, gsize i)
{
  double value = primed[i], up, down;

  primed[i] = value + STEP;
  uncentre (self, primed);
  up = objective (self, self->trial.exact);
  primed[i] = value - STEP;
  uncentre (self, primed);
  down = objective (self, self->trial.exact);
  primed[i] = value;
  return (up - down) / (2 * STEP);
}

/* A step of the centred machine, seen from the plain one: ΔW is its own, and Δc is Δc' less
 * ΔW_l'o_{l−1} + ΔW_{l+1} o_{l+1}. */
static void
test_centring (gconstpointer knobs)
{
  g_autofree double *primed = NULL, *expected = NULL;
  const LtDbmMachine *m;
  gsize size;
  Still still;

  still_init (&still, knobs);
  m = &still.trial.machine;
  size = lt_layout_size (still.trial.model->params);
  expected = g_new0 (double, size);
  primed = g_memdup2 (still.trial.exact, size * sizeof *primed);
  for (int l = 1; l <= m->top; l++)
    for (int i = 0; i < m->n[l - 1]; i++)
      for (int j = 0; j < m->n[l]; j++) {
        double w = still.trial.exact[m->w[l] + (gsize) (i * m->n[l] + j)];
        primed[m->bias[l] + (gsize) j] += w * (double) still.offset[l - 1][i];
        primed[m->bias[l - 1] + (gsize) i] += w * (double) still.offset[l][j];
      }
  for (int t = 0; t < lt_layout_n_tensors (still.trial.model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (still.trial.model->params, t);
    for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++)
      expected[i] = centred_slope (&still, primed, i);
  }
  for (int l = 1; l <= m->top; l++)
    for (int i = 0; i < m->n[l - 1]; i++)
      for (int j = 0; j < m->n[l]; j++) {
        double d_w = expected[m->w[l] + (gsize) (i * m->n[l] + j)];
        expected[m->bias[l] + (gsize) j] -= d_w * (double) still.offset[l - 1][i];
        expected[m->bias[l - 1] + (gsize) i] -= d_w * (double) still.offset[l][j];
      }
  for (gsize i = 0; i < size; i++)
    g_assert_cmpfloat_with_epsilon ((double) still.trial.gradient[i], expected[i],
                                    3e-5);
  still_clear (&still);
}

/* The running means are what they were, and a part of the minibatch's. */
static void
test_running_means (void)
{
  const double rate = 0.25;
  float before[DBM_MOST_UNITS];
  Still still;
  const LtDbmMachine *m;

  still_init (&still, "hidden=4,3 centring=centred centring-rate=0.25");
  m = &still.trial.machine;
  memcpy (before, still.trial.state + m->mean[1], m->n[1] * sizeof *before);
  dbm_trial_gradient (&still.trial); /* of the same parameters: the same means */
  for (int i = 0; i < m->n[1]; i++) {
    double mean = 0;

    for (int row = 0; row < N; row++)
      mean += still.data[row].x[1][i] / N;
    g_assert_cmpfloat_with_epsilon ((double) still.trial.state[m->mean[1] + (gsize) i],
                                    (1 - rate) * (double) before[i] + rate * mean,
                                    1e-6);
  }
  still_clear (&still);
}

/* ---- Bounds and refusals ---------------------------------------------------------- */

static void
test_max_norm (void)
{
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=70,3 max-norm=0.5", 5, 2, 0.6);
  lt_dbm.constrain (trial.model, &trial.settings, trial.params);
  for (int l = 1; l <= 2; l++)
    for (int j = 0; j < (int) trial.settings.hidden.value[l - 1]; j++) {
      double now = 0, before = 0;

      for (int i = 0; i < trial.machine.n[l - 1]; i++) {
        gsize at = trial.machine.w[l] + (gsize) (i * trial.machine.n[l] + j);
        now += (double) (trial.params[at] * trial.params[at]);
        before += trial.exact[at] * trial.exact[at];
      }
      g_assert_cmpfloat_with_epsilon (sqrt (now), MIN (sqrt (before), 0.5), 1e-5);
    }
  dbm_trial_clear (&trial);
}

static void
set_knob (LtDbmSettings *settings, const char *knob, const char *value)
{
  g_autoptr (GError) error = NULL;

  lt_knob_parse (lt_knobs_find (&lt_dbm.knobs, knob), value, settings, &error);
  g_assert_no_error (error);
}

static void
check_refused (const char *knob, const char *value, LtValueKind kind, const char *what)
{
  g_autoptr (GError) error = NULL;
  LtDbmSettings settings;
  LtShape shape;

  lt_model_kind_init_settings (&lt_dbm, &settings);
  lt_shape_init (&shape, "things", kind, 1, 5, 1);
  if (strcmp (knob, "sparsity") == 0)
    set_knob (&settings, "clamped-steps", "1");
  set_knob (&settings, knob, value);
  g_assert_null (lt_model_new (&lt_dbm, &settings, &shape, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, what));
}

static void
test_refusals (void)
{
  check_refused ("hidden", "500", LT_BINARY, "two hidden layers");
  check_refused ("label-units", "1", LT_BINARY, "two classes");
  check_refused ("visible", "binary", LT_REAL, "visible=gaussian");
  check_refused ("visible", "auto", LT_REAL, "scaling=standard");
  check_refused ("visible", "binary", LT_COUNTS, "counts");
  check_refused ("hidden", "60000 60000", LT_BINARY, "weights");
  check_refused ("sparsity", "kl", LT_BINARY, "clamped-steps=0");
}

/* ---- Beginning with other models -------------------------------------------------- */

/* Of a stack pretrained by doubling: weights as they are, biases of a shared layer summed,
 * labels where all layers are there. */
static void
test_adopt_stack (void)
{
  float w1[20], w2[12], u[6], c1[4], c2[3], b[5], b2[4], d[2];
  LtStack stack = {
    .n_layers = 2, .n_classes = 2, .label_weights = u, .label_bias = d
  };
  float *const arrays[] = { w1, w2, u, c1, c2, b, b2, d };
  const int sizes[] = { 20, 12, 6, 4, 3, 5, 4, 2 };
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=4,3 label-units=2", 5, 2, 0.6);
  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    lt_rng_fill_normal (&trial.rng, sizes[i], arrays[i]);
  stack.layer[0] = (LtStackLayer){ 5, 4, w1, c1, NULL, b, 2, 1 };
  stack.layer[1] = (LtStackLayer){ 4, 3, w2, c2, NULL, b2, 1, 2 };
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.adopt (&call, &stack, trial.params, trial.state);
  const LtDbmMachine *m = &trial.machine;
  g_assert_cmpmem (trial.params + m->w[1], sizeof w1, w1, sizeof w1);
  g_assert_cmpmem (trial.params + m->w[2], sizeof w2, w2, sizeof w2);
  g_assert_cmpmem (trial.params + m->w[3], sizeof u, u, sizeof u);
  g_assert_cmpmem (trial.params + m->bias[0], sizeof b, b, sizeof b);
  g_assert_cmpmem (trial.params + m->bias[2], sizeof c2, c2, sizeof c2);
  g_assert_cmpmem (trial.params + m->bias[3], sizeof d, d, sizeof d);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat ((double) trial.params[m->bias[1] + (gsize) i], ==,
                       (double) (c1[i] + b2[i]));
  dbm_trial_clear (&trial);
}

/* From one machine to another that differs in its labels, and through the layers of a stack:
 * nothing is lost. σ differs, and hidden units still take in the same. */
static void
test_adopt_machine (void)
{
  g_autoptr (GError) error = NULL;
  DbmTrial one, other;
  LtCall from, to;

  dbm_trial_init (&one, "hidden=4,3,2 visible=gaussian", 5, 2, 0.6);
  dbm_trial_init (&other,
                  "hidden=4,3,2 label-units=2 visible=gaussian visible-sigma=0.5", 5, 2,
                  0.6);
  from = dbm_trial_call (&one);
  to = dbm_trial_call (&other);
  lt_model_adopt (&to, &from, other.params, other.state, &error);
  g_assert_no_error (error);
  for (int l = 0; l <= 3; l++)
    for (int i = 0; i < one.machine.n[l]; i++)
      g_assert_cmpfloat_with_epsilon (
          (double) other.params[other.machine.bias[l] + (gsize) i],
          (double) one.params[one.machine.bias[l] + (gsize) i], 1e-6);
  for (int l = 1; l <= 3; l++)
    for (int i = 0; i < one.machine.n[l - 1] * one.machine.n[l]; i++)
      g_assert_cmpfloat_with_epsilon (
          (double) other.params[other.machine.w[l] + (gsize) i],
          (double) one.params[one.machine.w[l] + (gsize) i] * (l == 1 ? 0.25 : 1),
          1e-6);
  dbm_trial_clear (&one);
  dbm_trial_clear (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dbm-gradient/two", "hidden=4,3 chains=7 weight-decay=0.1",
                        test_gradient);
  g_test_add_data_func ("/dbm-gradient/three",
                        "hidden=4,3,5 chains=6 mean-field-tolerance=0", test_gradient);
  g_test_add_data_func ("/dbm-gradient/labels",
                        "hidden=4,3 chains=3 label-units=3 weight-decay=0.1",
                        test_gradient);
  g_test_add_data_func ("/dbm-gradient/gaussian",
                        "hidden=4,3 chains=3 visible=gaussian visible-sigma=0.7",
                        test_gradient);
  g_test_add_data_func ("/dbm-gradient/sparsity/square",
                        "hidden=4,3 sparsity=square sparsity-weight=0.5",
                        test_gradient);
  g_test_add_data_func ("/dbm-gradient/sparsity/kl",
                        "hidden=4,3,2 sparsity=kl sparsity-weight=0.5 label-units=2",
                        test_gradient);
  g_test_add_data_func ("/dbm-gradient/clamped/two",
                        "hidden=3,3 chains=10000 gibbs-steps=30 clamped-steps=10",
                        test_clamped);
  g_test_add_data_func ("/dbm-gradient/clamped/three",
                        "hidden=3,2,2 chains=10000 gibbs-steps=30 clamped-steps=10",
                        test_clamped);
  g_test_add_func ("/dbm-gradient/clamped/labels", test_clamped_labels);
  g_test_add_data_func ("/dbm-gradient/centred",
                        "hidden=4,3 centring=centred weight-decay=0.0", test_centring);
  g_test_add_data_func ("/dbm-gradient/centred/labels",
                        "hidden=4,3,3 centring=biases label-units=2 chains=5",
                        test_centring);
  g_test_add_func ("/dbm-gradient/running-means", test_running_means);
  g_test_add_func ("/dbm-gradient/max-norm", test_max_norm);
  g_test_add_func ("/dbm-gradient/refusals", test_refusals);
  g_test_add_func ("/dbm-gradient/adopt/stack", test_adopt_stack);
  g_test_add_func ("/dbm-gradient/adopt/machine", test_adopt_machine);
  return g_test_run ();
}
