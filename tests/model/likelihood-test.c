/* How machines are judged, against going through all states in double: free energies,
 * pseudo-likelihoods, log Z and what annealed importance sampling makes of it. */
#include "boltzmann/rbm.h"
#include "core/error.h"
#include "core/kernels.h"
#include "data/dataset.h"
#include "probes/likelihood.h"
#include "probes/states.h"
#include "support/rbm-oracle.h"

#include <math.h>
#include <string.h>

#define N_ROWS 60

typedef struct {
  LtDataset *data;
  LtSnapshot *snapshot;
  LtWorkspace *ws;
  RbmOracle oracle;
  double *w, *b, *c, *sigma;
} Trial;

/* Documents of 2, 3 and 4 words in turn. */
static void
fill_documents (LtRng *rng, int nv, int n, float *x)
{
  memset (x, 0, (gsize) n * nv * sizeof *x);
  for (int row = 0; row < n; row++)
    for (int word = 0; word < 2 + row % 3; word++)
      x[row * nv + (int) lt_rng_below (rng, (guint32) nv)]++;
}

/* Rows of nv values, 0 or 1 (kind LT_BINARY), between (LT_UNIT), standardised, or counts of
 * words. */
static LtDataset *
data_new (LtValueKind kind, int nv, int n)
{
  const LtPreparation preparation = { .scaling = kind == LT_REAL ? LT_SCALING_STANDARD
                                                                 : LT_SCALING_NONE,
                                      .test = 0.25 };
  g_autoptr (GError) error = NULL;
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;
  LtRng rng;

  lt_rng_init (&rng, 5, 0);
  table->name = g_strdup ("bits");
  table->title = g_strdup ("Bits");
  table->n = (gsize) n;
  lt_shape_init (&table->shape, "features", kind, 1, nv, 1);
  table->floats = g_new (float, (gsize) n *nv);
  if (kind == LT_BINARY)
    lt_rng_fill_mask (&rng, 0.3f, (gsize) n * nv, table->floats);
  else if (kind == LT_UNIT)
    lt_rng_fill_uniform (&rng, (gsize) n * nv, table->floats);
  else if (kind == LT_COUNTS)
    fill_documents (&rng, nv, n, table->floats);
  else
    lt_rng_fill_normal (&rng, (gsize) n * nv, table->floats);
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

static double *
twin_of (const LtSnapshot *snapshot, const char *name)
{
  const LtTensor *tensor = lt_layout_find (snapshot->model->params, name);
  double *twin = g_new (double, tensor->size);

  for (gsize i = 0; i < tensor->size; i++)
    twin[i] = (double) snapshot->params[tensor->offset + i];
  return twin;
}

/* A machine with parameters N (0, scale²), "key=value key=value" set. */
static void
trial_init (Trial *self, const char *knobs, LtValueKind kind, int nv, float scale)
{
  g_auto (GStrv) pairs = g_strsplit (knobs, " ", -1);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  float *params;
  LtRng rng;

  memset (self, 0, sizeof *self);
  self->data = data_new (kind, nv, N_ROWS);
  lt_model_kind_init_settings (&lt_rbm, &settings);
  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    lt_knob_parse (lt_knobs_find (&lt_rbm.knobs, pair[0]), pair[1], &settings, &error);
    g_assert_no_error (error);
  }
  model = lt_model_new (&lt_rbm, &settings, lt_dataset_shape (self->data), &error);
  g_assert_no_error (error);
  params = lt_block_new (model->params);
  lt_rng_init (&rng, 11, 0);
  for (int i = 0; i < lt_layout_n_tensors (model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (model->params, i);

    lt_rng_fill_normal (&rng, tensor->size, params + tensor->offset);
    lt_scale (scale, tensor->size, params + tensor->offset);
  }
  self->snapshot = lt_snapshot_new (model, params, NULL, NULL, &settings);
  lt_block_free (params);
  self->ws = lt_workspace_new (NULL);
  self->w = twin_of (self->snapshot, "W1");
  self->b = twin_of (self->snapshot, "b");
  self->c = twin_of (self->snapshot, "c1");
  self->sigma = g_new (double, nv);
  for (int i = 0; i < nv; i++)
    self->sigma[i] = settings.sigma;
  self->oracle = (RbmOracle){ .nv = nv,
                              .nl = settings.label_units,
                              .nh = model->n_code,
                              .gaussian = kind == LT_REAL,
                              .n_counts = kind == LT_COUNTS ? nv : 0,
                              .w = self->w,
                              .b = self->b,
                              .c = self->c,
                              .sigma = self->sigma };
}

static void
trial_clear (Trial *self)
{
  lt_snapshot_unref (self->snapshot);
  lt_dataset_unref (self->data);
  lt_workspace_free (self->ws);
  g_free (self->w);
  g_free (self->b);
  g_free (self->c);
  g_free (self->sigma);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trial, trial_clear)

static double *
row_of (const Trial *trial, LtSplit split, gsize row)
{
  int nv = trial->oracle.nv;
  g_autofree float *x = g_new (float, nv);
  double *v = g_new (double, nv);

  lt_dataset_gather (trial->data, split, NULL, row, 1, x);
  for (int i = 0; i < nv; i++)
    v[i] = (double) x[i];
  return v;
}

/* ---- Annealed importance sampling ---------------------------------------------------- */

typedef struct {
  const char *path, *knobs;
  LtValueKind kind;
  int nv;
  float scale;
  LtAisOptions options;
} Machine;

/* Within 0.05 of log Z for every kind of visible units, ladder, start and three seeds; the
 * exact value lies inside ±3σ, which are about as wide as the deviation of the weights
 * promises. */
static void
test_ais (gconstpointer data)
{
  const Machine *machine = data;
  g_auto (Trial) trial;
  double exact;

  trial_init (&trial, machine->knobs, machine->kind, machine->nv, machine->scale);
  exact = rbm_oracle_log_z (&trial.oracle);
  for (guint64 seed = 1; seed <= 3; seed++) {
    LtAisOptions options = machine->options;
    g_autoptr (GError) error = NULL;
    g_autoptr (LtAis) ais = NULL;

    options.seed = seed;
    ais = lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, &error);
    g_assert_no_error (error);
    g_test_message ("seed %d: %.4f, exact %.4f, from %.4f to %.4f, deviation %.3f",
                    (int) seed, ais->log_z, exact, ais->low, ais->high, ais->deviation);
    g_assert_cmpfloat_with_epsilon (ais->log_z, exact, 0.05);
    g_assert_cmpfloat (ais->low, <, ais->log_z);
    g_assert_cmpfloat (ais->high, >, ais->log_z);
    g_assert_cmpfloat (ais->low - 0.01, <, exact);
    g_assert_cmpfloat (ais->high + 0.01, >, exact);
    g_assert_cmpfloat (ais->high - ais->low, <,
                       12 * ais->deviation / sqrt (ais->n) + 1e-6);
  }
}

/* Downwards the same, from chains that stand at training rows first. */
static void
test_ais_downwards (gconstpointer data)
{
  const Machine *machine = data;
  LtAisOptions options = machine->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (LtAis) ais = NULL;
  g_auto (Trial) trial;
  double exact;

  trial_init (&trial, machine->knobs, machine->kind, machine->nv, machine->scale);
  exact = rbm_oracle_log_z (&trial.oracle);
  options.downwards = TRUE;
  options.seed = 1;
  ais = lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, &error);
  g_assert_no_error (error);
  g_test_message ("%.4f, exact %.4f, from %.4f to %.4f", ais->log_z, exact, ais->low,
                  ais->high);
  g_assert_cmpfloat_with_epsilon (ais->log_z, exact, 0.05);
  g_assert_cmpfloat (ais->low, <, ais->log_z);
  g_assert_cmpfloat (ais->high, >, ais->log_z);
}

static double
mean_estimate (const Trial *trial, gboolean downwards)
{
  double sum = 0;

  for (guint64 seed = 1; seed <= 40; seed++) {
    const LtAisOptions options = {
      .runs = 5, .temperatures = 5, .seed = seed, .downwards = downwards
    };
    g_autoptr (LtAis) ais =
        lt_probe_ais (trial->snapshot, trial->data, &options, trial->ws, NULL);

    sum += ais->log_z / 40;
  }
  return sum;
}

/* In a machine with deep valleys and with few steps, upwards is too low on average, downwards
 * too high: that they do not meet is what tells. */
static void
test_ais_both_ways (void)
{
  g_auto (Trial) trial;
  double exact, up, down;

  trial_init (&trial, "hidden=8", LT_BINARY, 12, 2.0f);
  exact = rbm_oracle_log_z (&trial.oracle);
  up = mean_estimate (&trial, FALSE);
  down = mean_estimate (&trial, TRUE);
  g_test_message ("up %.3f, exact %.3f, down %.3f", up, exact, down);
  g_assert_cmpfloat (up, <, exact - 0.5);
  g_assert_cmpfloat (down, >, exact + 0.5);
}

/* A machine without weights is its own base: every run has the exact weight. */
static void
test_ais_independent (void)
{
  const LtAisOptions options = { .runs = 10, .temperatures = 5, .seed = 1 };
  g_autoptr (LtAis) ais = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.0f);
  ais = lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, NULL);
  g_assert_cmpfloat_with_epsilon (ais->log_z, 10 * G_LN2, 0.5);
  trial_clear (&trial);

  trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.0f);
  g_clear_pointer (&ais, lt_ais_free);
  ais = lt_probe_ais (
      trial.snapshot, trial.data,
      &(LtAisOptions){ .runs = 10, .temperatures = 5, .base = LT_BASE_UNIFORM },
      trial.ws, NULL);
  g_assert_cmpfloat_with_epsilon (ais->log_z, 10 * G_LN2, 1e-6);
  g_assert_cmpfloat (ais->deviation, <, 1e-6);
}

static gboolean
stop_halfway (gpointer data, double part)
{
  *(double *) data = part;
  return part < 0.5;
}

/* It tells how far it has got, and stops when it is told to. */
static void
test_ais_stopped (void)
{
  double part = 0;
  const LtAisOptions options = {
    .runs = 10, .temperatures = 100, .progress = stop_halfway, .data = &part
  };
  g_autoptr (GError) error = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.5f);
  g_assert_null (lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_CANCELLED);
  g_assert_cmpfloat (part, ==, 0.5);
}

/* The same seed gives the same numbers, another one others. */
static void
test_ais_seeds (void)
{
  const guint64 seeds[] = { 1, 1, 2 };
  double log_z[3];
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
  for (int i = 0; i < 3; i++) {
    const LtAisOptions options = { .runs = 20, .temperatures = 50, .seed = seeds[i] };
    g_autoptr (LtAis) ais =
        lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, NULL);

    log_z[i] = ais->log_z;
  }
  g_assert_true (log_z[0] == log_z[1]);
  g_assert_true (log_z[0] != log_z[2]);
}

/* Ladders rise from 0 to 1; the dense one has the published rungs at the published number. */
static void
test_ladder (void)
{
  g_autofree double *beta = g_new (double, 14501);

  for (int ladder = LT_LADDER_DENSE; ladder <= LT_LADDER_UNIFORM; ladder++) {
    lt_ais_ladder ((LtLadder) ladder, 14500, beta);
    g_assert_cmpfloat (beta[0], ==, 0);
    g_assert_cmpfloat (beta[14500], ==, 1);
    for (int k = 0; k < 14500; k++)
      g_assert_cmpfloat (beta[k], <, beta[k + 1]);
  }
  g_assert_cmpfloat_with_epsilon (beta[1450], 0.1, 1e-12);
  lt_ais_ladder (LT_LADDER_DENSE, 14500, beta);
  g_assert_cmpfloat_with_epsilon (beta[250], 0.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (beta[500], 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (beta[4500], 0.9, 1e-12);
  g_assert_cmpfloat_with_epsilon (beta[9500], 0.95, 1e-12);
}

/* Gaussian hidden units against going through all visible states; rectified ones, and models
 * without an energy, are refused in a sentence. */
static void
test_ais_hidden (void)
{
  const LtAisOptions options = { .runs = 500, .temperatures = 1000, .seed = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LtAis) ais = NULL;
  g_auto (Trial) gaussian, relu;
  LtCall call;

  trial_init (&gaussian, "hidden=6 hidden-units=gaussian", LT_BINARY, 12, 0.2f);
  call = lt_snapshot_call (gaussian.snapshot, gaussian.ws, NULL);
  ais = lt_probe_ais (gaussian.snapshot, gaussian.data, &options, gaussian.ws, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (ais->log_z, lt_rbm_log_partition (&call), 0.05);

  trial_init (&relu, "hidden=6 hidden-units=relu", LT_BINARY, 12, 0.2f);
  g_assert_null (lt_probe_ais (relu.snapshot, relu.data, &options, relu.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "rectified"));
  g_assert_nonnull (strstr (error->message, "22 visible units"));
}

/* ---- States -------------------------------------------------------------------------- */

/* Every state's probability against the oracle, and how often training rows are in it. */
static void
test_states (void)
{
  g_auto (Trial) trial;
  LtStates *states;
  double log_z, sum = 0, v[12];
  gsize n;

  trial_init (&trial, "hidden=5", LT_BINARY, 6, 0.5f);
  g_assert_true (lt_states_suit (trial.snapshot->model));
  states = lt_probe_states (trial.snapshot, trial.data, trial.ws);
  log_z = rbm_oracle_log_z (&trial.oracle);
  g_assert_cmpint (states->n, ==, 64);
  g_assert_cmpfloat_with_epsilon (states->log_z, log_z, 1e-5);
  for (int s = 0; s < states->n; s++) {
    rbm_oracle_visible (&trial.oracle, s, v);
    g_assert_cmpfloat_with_epsilon (
        states->p[s], exp (-rbm_oracle_free_energy (&trial.oracle, v, -1) - log_z),
        1e-6);
    sum += states->frequency[s];
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
  n = lt_dataset_n (trial.data, LT_TRAIN);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *row = row_of (&trial, LT_TRAIN, i);
    int s = 0;

    for (int unit = 0; unit < 6; unit++)
      s |= (row[unit] > 0.5) << unit;
    states->frequency[s] -= 1.0 / (double) n;
  }
  for (int s = 0; s < states->n; s++)
    g_assert_cmpfloat_with_epsilon (states->frequency[s], 0, 1e-9);
  g_assert_cmpfloat (states->divergence, >, 0);
  lt_states_free (states);
}

/* A grey row counts with all states that it may stand for. */
static void
test_states_grey (void)
{
  g_auto (Trial) trial;
  LtStates *states;
  double on = 0, expected = 0;
  gsize n;

  trial_init (&trial, "hidden=5", LT_UNIT, 4, 0.5f);
  states = lt_probe_states (trial.snapshot, trial.data, trial.ws);
  n = lt_dataset_n (trial.data, LT_TRAIN);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *row = row_of (&trial, LT_TRAIN, i);

    expected += row[2] / (double) n;
  }
  for (int s = 0; s < states->n; s++)
    on += (s >> 2 & 1) * states->frequency[s];
  g_assert_cmpfloat_with_epsilon (on, expected, 1e-6);
  lt_states_free (states);
}

/* Parameters that are not finite are said, not shown. */
static void
test_ais_diverged (void)
{
  const LtAisOptions options = { .runs = 5, .temperatures = 5 };
  g_autoptr (GError) error = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=4", LT_BINARY, 6, INFINITY);
  g_assert_null (lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_DIVERGED);
}

/* ---- Energies and likelihoods ---------------------------------------------------------- */

static void
test_free_energies (void)
{
  const LtEnergyRows rows = { .split = LT_TRAIN, .limit = 7 };
  g_autofree float *energies = NULL;
  g_auto (Trial) trial;
  gsize n, n_all;

  trial_init (&trial, "hidden=8", LT_UNIT, 12, 0.5f);
  n_all = lt_dataset_n (trial.data, LT_TRAIN);
  energies = lt_probe_free_energies (trial.snapshot, trial.data, &rows, trial.ws, &n);
  g_assert_cmpuint (n, ==, 7);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = row_of (&trial, LT_TRAIN, i * n_all / 7);

    g_assert_cmpfloat_with_epsilon (
        (double) energies[i], rbm_oracle_free_energy (&trial.oracle, v, -1), 1e-5);
  }
}

/* log p (v_i | others) by normalising over the two values of each unit. */
static double
oracle_pseudo_likelihood (const Trial *trial, double *v)
{
  double sum = 0;

  for (int i = 0; i < trial->oracle.nv; i++) {
    double own = rbm_oracle_free_energy (&trial->oracle, v, -1), other;

    v[i] = 1 - v[i];
    other = rbm_oracle_free_energy (&trial->oracle, v, -1);
    v[i] = 1 - v[i];
    sum += log (exp (-own) / (exp (-own) + exp (-other)));
  }
  return sum;
}

static void
test_pseudo_likelihood (void)
{
  g_auto (Trial) trial;
  double expected = 0;
  gsize n;

  trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
  n = lt_dataset_n (trial.data, LT_TEST);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = row_of (&trial, LT_TEST, i);

    expected += oracle_pseudo_likelihood (&trial, v) / (double) n;
  }
  g_assert_cmpfloat_with_epsilon (
      lt_probe_pseudo_likelihood (trial.snapshot, trial.data, LT_TEST, 0, trial.ws),
      expected, 1e-4);
}

/* ---- Measures ------------------------------------------------------------------------- */

static double
find (GArray *measures, const char *name)
{
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *measure = &g_array_index (measures, LtMeasure, i);

    if (strcmp (measure->name, name) == 0)
      return measure->value;
  }
  return (double) NAN;
}

static GArray *
measure (const Trial *trial, const LtAisOptions *ais)
{
  GArray *measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  g_autoptr (GError) error = NULL;

  lt_probe_measure_likelihood (trial->snapshot, trial->data, LT_TEST, ais, trial->ws,
                               measures, &error);
  g_assert_no_error (error);
  return measures;
}

static double
mean_energy (const Trial *trial, LtSplit split)
{
  gsize n = lt_dataset_n (trial->data, split);
  double sum = 0;

  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = row_of (trial, split, i);

    sum += rbm_oracle_free_energy (&trial->oracle, v, -1);
  }
  return sum / (double) n;
}

/* Every measure of a machine that can be enumerated, against the oracle. */
static void
test_measures (void)
{
  const LtAisOptions ais = { .runs = 200, .temperatures = 500, .seed = 1 };
  g_autoptr (GArray) measures = NULL;
  g_auto (Trial) trial;
  double log_z, train, test;

  trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
  measures = measure (&trial, &ais);
  log_z = rbm_oracle_log_z (&trial.oracle);
  train = mean_energy (&trial, LT_TRAIN);
  test = mean_energy (&trial, LT_TEST);
  g_assert_cmpfloat_with_epsilon (find (measures, "free_energy_train"), train, 1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "free_energy_test"), test, 1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "free_energy_gap"), test - train,
                                  1e-4);
  g_assert_true (isnan (find (measures, "free_energy_valid")));
  g_assert_cmpfloat_with_epsilon (find (measures, "log_z_exact"), log_z, 1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_z_ais"), log_z, 0.05);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_likelihood_per_example"),
                                  -test - log_z, 1e-3);
}

/* Without an exact log Z, the estimate stands in; without either there is no likelihood. */
static void
test_measures_large (void)
{
  const LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) with = NULL, without = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=30", LT_BINARY, 40, 0.1f);
  without = measure (&trial, NULL);
  with = measure (&trial, &ais);
  g_assert_true (isnan (find (without, "log_z_exact")));
  g_assert_true (isnan (find (with, "log_z_ais_downwards")));
  g_assert_true (isnan (find (without, "log_likelihood_per_example")));
  g_assert_cmpfloat_with_epsilon (
      find (with, "log_likelihood_per_example"),
      -find (with, "free_energy_test") - find (with, "log_z_ais"), 1e-6);
}

/* A machine that annealing refuses is judged by everything else. */
static void
test_measures_refused (void)
{
  const LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  g_autoptr (GError) error = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=30 hidden-units=relu", LT_BINARY, 12, 0.1f);
  g_assert_false (lt_probe_measure_likelihood (trial.snapshot, trial.data, LT_TEST,
                                               &ais, trial.ws, measures, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_true (isnan (find (measures, "log_z_ais")));
  g_assert_cmpfloat_with_epsilon (
      find (measures, "log_likelihood_per_example"),
      -find (measures, "free_energy_test") - find (measures, "log_z_exact"), 1e-6);
}

/* ---- Documents ----------------------------------------------------------------------- */

/* Mean log p (v) and log Z of the test documents, each among those of its length, and how
 * many words they have. */
static void
oracle_documents (Trial *trial, double *log_p, double *log_z, double *n_words)
{
  gsize n = lt_dataset_n (trial->data, LT_TEST);

  *log_p = *log_z = *n_words = 0;
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = row_of (trial, LT_TEST, i);
    double own;

    trial->oracle.length = 0;
    for (int k = 0; k < trial->oracle.nv; k++)
      trial->oracle.length += (int) v[k];
    own = rbm_oracle_log_z (&trial->oracle);
    *log_p -= (rbm_oracle_free_energy (&trial->oracle, v, -1) + own) / (double) n;
    *log_z += own / (double) n;
    *n_words += trial->oracle.length / (double) n;
  }
}

/* Documents' likelihoods against the oracle's sums over all sequences of words, from exact
 * log Z; and estimates of that, whose deviations are far below the 0.05 allowed. */
static void
test_documents (gconstpointer base)
{
  const LtAisOptions ais = { .runs = 500,
                             .temperatures = 500,
                             .seed = 1,
                             .base = GPOINTER_TO_INT (base),
                             .both_ways = TRUE };
  g_autoptr (GArray) measures = NULL;
  double log_p, log_z, n_words;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", LT_COUNTS, 4, 0.7f);
  oracle_documents (&trial, &log_p, &log_z, &n_words);
  measures = measure (&trial, &ais);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_z_exact"), log_z, 1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_likelihood_per_example"), log_p,
                                  1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_likelihood_per_word"),
                                  log_p / n_words, 1e-4);
  g_assert_cmpfloat_with_epsilon (find (measures, "perplexity_per_word"),
                                  exp (-log_p / n_words), 1e-3);
  g_test_message ("log Z %g, annealed %g, deviation %g", log_z,
                  find (measures, "log_z_ais"),
                  find (measures, "log_weight_deviation"));
  g_assert_cmpfloat (find (measures, "annealed_documents"), ==,
                     (double) lt_dataset_n (trial.data, LT_TEST));
  g_assert_cmpfloat_with_epsilon (find (measures, "log_z_ais"), log_z, 0.05);
  g_assert_cmpfloat_with_epsilon (find (measures, "log_z_ais_downwards"), log_z, 0.05);
  g_assert_cmpfloat (find (measures, "log_z_ais_downwards"), !=,
                     find (measures, "log_z_ais"));
  g_assert_cmpfloat (find (measures, "log_z_ais_low"), <, find (measures, "log_z_ais"));
  g_assert_cmpfloat (find (measures, "log_z_ais_high"), >,
                     find (measures, "log_z_ais"));
}

/* With too many hidden units the estimates stand in. No single log Z is estimated for them. */
static void
test_documents_large (void)
{
  LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) with = NULL, without = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=30", LT_COUNTS, 4, 0.1f);
  without = measure (&trial, NULL);
  with = measure (&trial, &ais);
  g_assert_true (isnan (find (without, "log_z_exact")));
  g_assert_true (isnan (find (without, "log_likelihood_per_example")));
  g_assert_cmpfloat_with_epsilon (
      find (with, "log_likelihood_per_example"),
      -find (with, "free_energy_test") - find (with, "log_z_ais"), 1e-5);
  g_assert_null (lt_probe_ais (trial.snapshot, trial.data, &ais, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
}

/* A likelihood of grey values is that of binary rows drawn with them, and so at most 0, which
 * exp (−F)/Z of the values themselves need not be; a Gaussian machine's rows stay as they
 * are. */
static void
test_drawn (void)
{
  const LtEnergyRows drawn = { .split = LT_TRAIN, .drawn = TRUE };
  const LtEnergyRows plain = { .split = LT_TRAIN };
  g_autofree float *a = NULL, *b = NULL, *c = NULL, *d = NULL;
  g_auto (Trial) grey, real;
  gsize n;

  trial_init (&grey, "hidden=3", LT_UNIT, 4, 0.5f);
  a = lt_probe_free_energies (grey.snapshot, grey.data, &drawn, grey.ws, &n);
  for (gsize i = 0; i < n; i++) {
    double nearest = HUGE_VAL, v[4];

    for (int state = 0; state < 16; state++) {
      rbm_oracle_visible (&grey.oracle, state, v);
      nearest = MIN (
          nearest, fabs (rbm_oracle_free_energy (&grey.oracle, v, -1) - (double) a[i]));
    }
    g_assert_cmpfloat (nearest, <, 1e-5);
  }
  b = lt_probe_free_energies (grey.snapshot, grey.data, &plain, grey.ws, &n);
  g_assert_true (memcmp (a, b, n * sizeof *a) != 0);

  trial_init (&real, "hidden=3", LT_REAL, 4, 0.5f);
  c = lt_probe_free_energies (real.snapshot, real.data, &drawn, real.ws, &n);
  d = lt_probe_free_energies (real.snapshot, real.data, &plain, real.ws, &n);
  g_assert_true (memcmp (c, d, n * sizeof *c) == 0);
  g_assert_true (isnan (
      lt_probe_pseudo_likelihood (real.snapshot, real.data, LT_TRAIN, 0, real.ws)));
}

int
main (int argc, char **argv)
{
  static const Machine machines[] = {
    { "/likelihood/ais/binary",
      "hidden=8",
      LT_BINARY,
      12,
      0.5f,
      { .runs = 500, .temperatures = 1000 } },
    { "/likelihood/ais/uniform-start",
      "hidden=8",
      LT_BINARY,
      12,
      0.5f,
      { .runs = 500, .temperatures = 1000, .base = LT_BASE_UNIFORM } },
    { "/likelihood/ais/uniform-ladder",
      "hidden=8",
      LT_BINARY,
      12,
      1.0f,
      { .runs = 500, .temperatures = 1000, .ladder = LT_LADDER_UNIFORM } },
    { "/likelihood/ais/gaussian",
      "hidden=4 visible=gaussian visible-sigma=0.8",
      LT_REAL,
      5,
      0.4f,
      { .runs = 500, .temperatures = 1000 } },
    { "/likelihood/ais/labels",
      "hidden=6 label-units=3",
      LT_BINARY,
      8,
      0.5f,
      { .runs = 500, .temperatures = 1000 } },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (machines); i++) {
    g_autofree char *downwards = g_strconcat (machines[i].path, "/downwards", NULL);

    g_test_add_data_func (machines[i].path, &machines[i], test_ais);
    g_test_add_data_func (downwards, &machines[i], test_ais_downwards);
  }
  g_test_add_func ("/likelihood/ais/independent", test_ais_independent);
  g_test_add_func ("/likelihood/ais/both-ways", test_ais_both_ways);
  g_test_add_func ("/likelihood/ais/stopped", test_ais_stopped);
  g_test_add_func ("/likelihood/ais/seeds", test_ais_seeds);
  g_test_add_func ("/likelihood/ais/ladder", test_ladder);
  g_test_add_func ("/likelihood/ais/diverged", test_ais_diverged);
  g_test_add_func ("/likelihood/ais/hidden", test_ais_hidden);
  g_test_add_func ("/likelihood/states", test_states);
  g_test_add_func ("/likelihood/states/grey", test_states_grey);
  g_test_add_func ("/likelihood/free-energies", test_free_energies);
  g_test_add_func ("/likelihood/pseudo-likelihood", test_pseudo_likelihood);
  g_test_add_func ("/likelihood/measures", test_measures);
  g_test_add_func ("/likelihood/measures/large", test_measures_large);
  g_test_add_func ("/likelihood/measures/refused", test_measures_refused);
  g_test_add_data_func ("/likelihood/documents/data", GINT_TO_POINTER (LT_BASE_DATA),
                        test_documents);
  g_test_add_data_func ("/likelihood/documents/uniform",
                        GINT_TO_POINTER (LT_BASE_UNIFORM), test_documents);
  g_test_add_func ("/likelihood/documents/large", test_documents_large);
  g_test_add_func ("/likelihood/drawn", test_drawn);
  return g_test_run ();
}
