/* Deep Boltzmann machines against exhaustive enumeration in double: conditionals, energies,
 * bounds, gradients, samplers and annealing.
 *
 * χ² with 7 degrees of freedom is above 29.9 once in 10,000 times; seeds are fixed. */
#include "core/error.h"
#include "core/kernels.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

#define STEP  1e-4
#define CHI_7 29.9

static double
sigmoid (double a)
{
  return 1 / (1 + exp (-a));
}

static int
state_of (const float *bits, int n)
{
  int state = 0;

  for (int i = 0; i < n; i++)
    state |= (bits[i] > 0) << i;
  return state;
}

static double
chi_squared (const int *counts, const double *p, int n_states, int n)
{
  double sum = 0;

  for (int i = 0; i < n_states; i++)
    sum += (counts[i] - n * p[i]) * (counts[i] - n * p[i]) / (n * p[i]);
  return sum;
}

/* ---- One layer given its neighbours ---------------------------------------------- */

static void
random_rows (DbmTrial *trial, const LtDbm *dbm, int n, LtDbmRows *rows)
{
  lt_dbm_rows_take (dbm, n, rows);
  for (int l = 0; l <= trial->machine.top; l++)
    lt_rng_fill_uniform (&trial->rng, (gsize) n * trial->machine.n[l], rows->x[l]);
}

/* Visible values as a caller sees them: not divided by variances. */
static void
units_of (const DbmTrial *trial, const LtDbmRows *rows, int row, DbmUnits *units)
{
  for (int l = 0; l <= trial->machine.top; l++)
    for (int i = 0; i < trial->machine.n[l]; i++)
      units->x[l][i] = (double) rows->x[l][row * trial->machine.n[l] + i] *
                       (l == 0 ? trial->machine.variance : 1);
}

static double
expected_mean (const DbmTrial *trial, int l, int i, const DbmUnits *units)
{
  const LtDbmMachine *m = &trial->machine;
  double sum = 0;

  if (l == 0 && m->gaussian)
    return dbm_oracle_input (trial, 0, i, units) / m->variance;
  if (l <= m->n_hidden)
    return sigmoid (dbm_oracle_input (trial, l, i, units));
  for (int k = 0; k < m->n[l]; k++)
    sum += exp (dbm_oracle_input (trial, l, k, units));
  return exp (dbm_oracle_input (trial, l, i, units)) / sum;
}

/* Every layer's means given its neighbours. */
static void
test_conditionals (gconstpointer knobs)
{
  enum {
    N = 5
  };
  DbmTrial trial;
  LtDbmRows rows;
  LtDbm dbm;

  dbm_trial_init (&trial, knobs, 6, N, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm_init (&dbm, &call);
  random_rows (&trial, &dbm, N, &rows);
  for (int l = 0; l <= trial.machine.top; l++) {
    float mean[N * DBM_MOST_UNITS];
    LtDbmPass pass = { .layer = l,
                       .n = N,
                       .below = l > 0 ? rows.x[l - 1] : NULL,
                       .above = l < trial.machine.top ? rows.x[l + 1] : NULL,
                       .mean = mean };

    lt_dbm_layer (&dbm, &pass);
    for (int row = 0; row < N; row++) {
      DbmUnits units;

      units_of (&trial, &rows, row, &units);
      for (int i = 0; i < trial.machine.n[l]; i++)
        g_assert_cmpfloat_with_epsilon ((double) mean[row * trial.machine.n[l] + i],
                                        expected_mean (&trial, l, i, &units), 2e-6);
    }
  }
  dbm_trial_clear (&trial);
}

/* ---- Energies and bounds --------------------------------------------------------- */

/* log Z and free energies by going through one half, against all states of all layers. */
static void
test_energies (gconstpointer knobs)
{
  enum {
    N = 4
  };
  DbmTrial trial;
  float energy[N];

  dbm_trial_init (&trial, knobs, 5, N, 0.7);
  LtCall call = dbm_trial_call (&trial);
  g_assert_true (lt_model_can (trial.model, LT_CAN_ENERGY));
  g_assert_cmpfloat_with_epsilon (lt_dbm.log_partition (&call),
                                  dbm_oracle_log_z (&trial), 1e-5);
  lt_dbm.energy (&call, trial.x, N, energy);
  for (int row = 0; row < N; row++) {
    DbmUnits units;

    dbm_trial_row (&trial, row, &units);
    g_assert_cmpfloat_with_epsilon ((double) energy[row],
                                    dbm_oracle_free_energy (&trial, &units), 1e-5);
  }
  dbm_trial_clear (&trial);
}

/* Neither is to be had where both halves are large. */
static void
test_too_large (void)
{
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=11,12 label-units=3", 14, 1, 0.1);
  LtCall call = dbm_trial_call (&trial);
  g_assert_false (lt_model_can (trial.model, LT_CAN_ENERGY));
  g_assert_cmpfloat (lt_dbm.log_partition (&call), >, 0); /* 11 units and 3 classes */
  dbm_trial_clear (&trial);
  dbm_trial_init (&trial, "hidden=13,16,13", 16, 1, 0.1);
  call = dbm_trial_call (&trial);
  g_assert_true (isnan (lt_dbm.log_partition (&call)));
  dbm_trial_clear (&trial);
}

/* The mean-field bound lies below log p (x) + log Z, and not far where weights are small. */
static void
test_bound (gconstpointer knobs)
{
  enum {
    N = 20
  };
  static const double scales[] = { 0.1, 0.7, 2 };

  for (gsize s = 0; s < G_N_ELEMENTS (scales); s++) {
    float bound[N];
    DbmTrial trial;

    dbm_trial_init (&trial, knobs, 6, N, scales[s]);
    LtCall call = dbm_trial_call (&trial);
    lt_dbm.bound (&call, trial.x, N, bound);
    for (int row = 0; row < N; row++) {
      DbmUnits units;
      double exact;

      dbm_trial_row (&trial, row, &units);
      exact = -dbm_oracle_free_energy (&trial, &units);
      g_assert_cmpfloat ((double) bound[row], <=, exact + 2e-5);
      if (s == 0)
        g_assert_cmpfloat ((double) bound[row], >, exact - 0.05);
    }
    dbm_trial_clear (&trial);
  }
}

typedef struct {
  const DbmTrial *trial;
  int n, next;
  double bound, change;
} Watched;

static void
swept (gpointer data,
       int sweep,
       const float *const *layers,
       double change,
       double bound)
{
  Watched *job = data;
  const LtDbmMachine *m = &job->trial->machine;

  g_assert_cmpint (sweep, ==, job->next++);
  g_assert_cmpfloat (bound, >=, job->bound - 1e-5);
  for (int l = 1; l <= m->n_hidden; l++)
    for (int i = 0; i < job->n * m->n[l]; i++)
      g_assert_true (layers[l - 1][i] >= 0 && layers[l - 1][i] <= 1);
  job->bound = bound;
  job->change = change;
}

/* Each sweep raises the bound; it stops by the tolerance, where the means are their own
 * inputs' sigmoids. */
static void
test_settling (gconstpointer knobs)
{
  enum {
    N = 8
  };
  DbmTrial trial;
  Watched watched = { .trial = &trial, .n = N, .bound = -HUGE_VAL };
  LtSettling settling = {
    .n = N, .most = 500, .tolerance = 1e-6, .swept = swept, .data = &watched
  };
  float h[2][N * DBM_MOST_UNITS];
  int n_sweeps;

  dbm_trial_init (&trial, knobs, 6, N, 1);
  settling.x = trial.x;
  LtCall call = dbm_trial_call (&trial);
  n_sweeps = lt_dbm.settle (&call, &settling);
  g_assert_cmpint (n_sweeps, <, 500);
  g_assert_cmpint (watched.next, ==, n_sweeps + 1);
  g_assert_cmpfloat (watched.change, <=, 1e-6);
  trial.settings.sweeps = 500;
  trial.settings.tolerance = 1e-6;
  lt_dbm.activations (&call, 0, trial.x, N, h[0]);
  lt_dbm.activations (&call, 1, trial.x, N, h[1]);
  for (int row = 0; row < N && trial.machine.top == 2; row++) {
    DbmUnits units = { 0 };

    dbm_trial_row (&trial, row, &units);
    for (int l = 1; l <= 2; l++)
      for (int i = 0; i < trial.machine.n[l]; i++)
        units.x[l][i] = (double) h[l - 1][row * trial.machine.n[l] + i];
    for (int l = 1; l <= 2; l++)
      for (int i = 0; i < trial.machine.n[l]; i++)
        g_assert_cmpfloat_with_epsilon (
            units.x[l][i], sigmoid (dbm_oracle_input (&trial, l, i, &units)), 1e-5);
  }
  dbm_trial_clear (&trial);
}

/* ---- Samplers -------------------------------------------------------------------- */

/* Independent Gibbs chains end in the model's distribution. */
static void
test_sampler (gconstpointer knobs)
{
  enum {
    N = 8000
  };
  int counts[8] = { 0 };
  DbmTrial trial;
  double p[8];

  dbm_trial_init (&trial, knobs, 3, N, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.sample (&call, N, 60, trial.x);
  for (int row = 0; row < N; row++)
    counts[state_of (trial.x + row * 3, 3)]++;
  dbm_oracle_visible (&trial, p);
  g_test_message ("χ² %g", chi_squared (counts, p, 8, N));
  g_assert_cmpfloat (chi_squared (counts, p, 8, N), <, CHI_7);
  dbm_trial_clear (&trial);
}

/* So do the persistent chains, when the parameters stand still. */
static void
test_chains (gconstpointer knobs)
{
  enum {
    N = 6000
  };
  int counts[8] = { 0 };
  DbmTrial trial;
  double p[8];

  dbm_trial_init (&trial, knobs, 3, 2, 0.7);
  for (int i = 0; i < 12; i++)
    dbm_trial_gradient (&trial);
  for (int row = 0; row < N; row++)
    counts[state_of (trial.state + trial.machine.chain[0] + row * 3, 3)]++;
  dbm_oracle_visible (&trial, p);
  g_test_message ("χ² %g", chi_squared (counts, p, 8, N));
  g_assert_cmpfloat (chi_squared (counts, p, 8, N), <, CHI_7);
  dbm_trial_clear (&trial);
}

/* Mean and variance of a Gaussian machine's samples. N = 20,000 gives the mean to 0.01 of
 * a deviation; 0.05 is allowed. The expected ones are by numeric integration. */
static void
test_gaussian_moments (void)
{
  enum {
    N = 20000
  };
  double mean = 0, square = 0, expected = 0, expected_square = 0, z = 0;
  DbmUnits units = { 0 };
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=3,2 visible=gaussian visible-sigma=0.8", 1, N, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.sample (&call, N, 60, trial.x);
  for (int row = 0; row < N; row++) {
    mean += (double) trial.x[row] / N;
    square += (double) (trial.x[row] * trial.x[row]) / N;
  }
  for (int k = -1000; k <= 1000; k++) {
    double v = 0.01 * k, p;

    units.x[0][0] = v;
    p = exp (-dbm_oracle_free_energy (&trial, &units));
    z += p;
    expected += p * v;
    expected_square += p * v * v;
  }
  expected /= z;
  expected_square /= z;
  g_assert_cmpfloat_with_epsilon (mean, expected, 0.05);
  g_assert_cmpfloat_with_epsilon (square - mean * mean,
                                  expected_square - expected * expected, 0.05);
  dbm_trial_clear (&trial);
}

/* ---- Dreams ---------------------------------------------------------------------- */

static void
dream (DbmTrial *trial, LtDream *setup, int n)
{
  LtCall call = dbm_trial_call (trial);

  setup->n = n;
  setup->x = trial->x;
  setup->steps = 60;
  setup->samples = TRUE;
  setup->chains = lt_floats_new ((gsize) n * lt_dbm.dreaming->width (trial->model));
  lt_dbm.dreaming->start (&call, setup);
  lt_dbm.dreaming->run (&call, setup);
  lt_block_free (setup->chains);
}

/* One pixel and the label held, at another temperature: what is left is drawn from
 * p (v | v_0 = 1, label)^(1/T). */
static void
test_dream (gconstpointer knobs)
{
  enum {
    N = 8000
  };
  const double temperature = 1.5;
  const float clamped[] = { 1, 0, 0, 0 };
  float *given = lt_floats_new (N * 4);
  LtDream setup = {
    .clamped = clamped, .given = given, .label = 1, .temperature = temperature
  };
  int counts[8] = { 0 };
  double p[8], sum = 0;
  DbmTrial trial;

  dbm_trial_init (&trial, knobs, 4, N, 0.7);
  lt_fill (1, N * 4, given);
  dream (&trial, &setup, N);
  for (gsize i = 0; i < lt_layout_size (trial.model->params); i++)
    trial.exact[i] /= temperature;
  /* An infinite bias leaves nothing but the label that was held. */
  if (trial.machine.labels)
    trial.exact[trial.machine.bias[trial.machine.top] + 1] += 200;
  for (int state = 0; state < 8; state++) {
    DbmUnits units = { .x = { { 1, state & 1, state >> 1 & 1, state >> 2 & 1 } } };

    p[state] = -dbm_oracle_free_energy (&trial, &units);
    p[state] = exp (p[state] - (trial.machine.labels ? 200 : 0));
    sum += p[state];
  }
  for (int row = 0; row < N; row++) {
    g_assert_true (trial.x[row * 4] == 1);
    counts[state_of (trial.x + row * 4 + 1, 3)]++;
  }
  for (int state = 0; state < 8; state++)
    p[state] /= sum;
  g_test_message ("χ² %g", chi_squared (counts, p, 8, N));
  g_assert_cmpfloat (chi_squared (counts, p, 8, N), <, CHI_7);
  lt_block_free (given);
  dbm_trial_clear (&trial);
}

/* ---- Annealing ------------------------------------------------------------------- */

/* The estimate of log Z from both starts is within 0.05 of the exact one. */
static void
test_annealing (gconstpointer knobs)
{
  enum {
    N = 200,
    STEPS = 2000
  };
  const LtAnnealed *path = lt_dbm.annealed;
  float mean[6];
  DbmTrial trial;

  dbm_trial_init (&trial, knobs, 6, 1, 0.7);
  lt_fill (0.3f, 6, mean);
  for (int based = 0; based < 2; based++) {
    LtCall call = dbm_trial_call (&trial);
    double log_weights[N] = { 0 }, sum = 0, log_z;
    LtAnnealing annealing = { .n = N,
                              .base = based ? mean : NULL,
                              .log_weights = log_weights };

    annealing.chains = lt_floats_new ((gsize) N * path->width (trial.model));
    log_z = path->start (&call, &annealing);
    for (int k = 1; k <= STEPS; k++)
      path->step (&call, &annealing, (k - 1) / (double) STEPS, k / (double) STEPS);
    for (int i = 0; i < N; i++)
      sum += exp (log_weights[i]) / N;
    g_assert_cmpfloat_with_epsilon (log_z + log (sum), dbm_oracle_log_z (&trial), 0.05);
    lt_block_free (annealing.chains);
  }
  dbm_trial_clear (&trial);
}

/* ---- Learning -------------------------------------------------------------------- */

/* A distribution over four bits: two patterns and some noise. */
static double
target (int state)
{
  return state == 3 || state == 12 ? 0.4 : 0.2 / 14;
}

static double
divergence (DbmTrial *trial)
{
  double p[16], sum = 0;

  for (gsize i = 0; i < lt_layout_size (trial->model->params); i++)
    trial->exact[i] = (double) trial->params[i];
  dbm_oracle_visible (trial, p);
  for (int state = 0; state < 16; state++)
    sum += target (state) * log (target (state) / p[state]);
  return sum;
}

/* Centred, the machine learns a known distribution from small weights, without pretraining.
 * Mean field and chains leave some error: 0.05 is far below the 0.93 of the start. */
static void
test_learning (gconstpointer knobs)
{
  enum {
    N = 700
  };
  DbmTrial trial;
  int row = 0;

  dbm_trial_init (&trial, knobs, 4, N, 0.01);
  for (int state = 0; state < 16; state++)
    for (int i = 0; i < lround (target (state) * N); i++, row++)
      for (int bit = 0; bit < 4; bit++)
        trial.x[row * 4 + bit] = (float) (state >> bit & 1);
  g_assert_cmpint (row, ==, N);
  g_assert_cmpfloat (divergence (&trial), >, 0.8);
  for (int i = 0; i < 3000; i++) {
    dbm_trial_gradient (&trial);
    lt_sgd_update (i < 2000 ? 0.1f : 0.02f, trial.gradient,
                   lt_layout_size (trial.model->params), trial.params);
  }
  g_test_message ("KL %g", divergence (&trial));
  g_assert_cmpfloat (divergence (&trial), <, 0.05);
  dbm_trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  static const char *const two = "hidden=5,4", *const three = "hidden=4,3,5",
                           *const labels = "hidden=4,5 label-units=3",
                           *const deep_labels = "hidden=4,3,4 label-units=3",
                           *const gaussian =
                               "hidden=4,5 visible=gaussian visible-sigma=0.8",
                           *const low = "hidden=7,3 label-units=2";
  const char *const machines[] = { two, three, labels, deep_labels, gaussian, low };
  const char *const names[] = { "two",         "three",    "labels",
                                "deep-labels", "gaussian", "narrow-top" };
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "conditionals", test_conditionals },
    { "energies", test_energies },
    { "bound", test_bound },
    { "settling", test_settling },
    { "annealing", test_annealing },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize t = 0; t < G_N_ELEMENTS (tests); t++)
    for (gsize i = 0; i < G_N_ELEMENTS (machines); i++) {
      g_autofree char *path = g_strdup_printf ("/dbm/%s/%s", tests[t].name, names[i]);

      g_test_add_data_func (path, machines[i], tests[t].func);
    }
  g_test_add_func ("/dbm/too-large", test_too_large);
  g_test_add_data_func ("/dbm/sampler/two", "hidden=4,3", test_sampler);
  g_test_add_data_func ("/dbm/sampler/three", "hidden=4,3,2 label-units=3",
                        test_sampler);
  g_test_add_data_func ("/dbm/chains/two", "hidden=4,3 chains=6000", test_chains);
  g_test_add_data_func ("/dbm/chains/labels", "hidden=4,3 chains=6000 label-units=3",
                        test_chains);
  g_test_add_func ("/dbm/gaussian-moments", test_gaussian_moments);
  g_test_add_data_func ("/dbm/dream/two", "hidden=4,3", test_dream);
  g_test_add_data_func ("/dbm/dream/labels", "hidden=4,3,2 label-units=2", test_dream);
  g_test_add_data_func ("/dbm/dream/even-labels", "hidden=4,3 label-units=2",
                        test_dream);
  g_test_add_data_func ("/dbm/learning/centred",
                        "hidden=6,3 centring=centred mean-field-sweeps=30",
                        test_learning);
  g_test_add_data_func ("/dbm/learning/biases",
                        "hidden=6,3 centring=biases mean-field-sweeps=30",
                        test_learning);
  return g_test_run ();
}
