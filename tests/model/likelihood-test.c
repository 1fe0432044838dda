/* How machines are judged, against going through all states in double: free energies,
 * pseudo-likelihoods, likelihoods, and those of documents. */
#include "core/error.h"
#include "core/kernels.h"
#include "probes/states.h"
#include "support/judged-trial.h"

#include <math.h>
#include <string.h>

/* ---- States -------------------------------------------------------------------------- */

/* Every state's probability against the oracle, and how often training rows are in it. */
static void
test_states (void)
{
  g_auto (JudgedTrial) trial;
  LtStates *states;
  double log_z, sum = 0, v[12];
  gsize n;

  judged_trial_init (&trial, "hidden=5", LT_BINARY, 6, 0.5f);
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
    g_autofree double *row = judged_trial_row (&trial, LT_TRAIN, i);
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
  g_auto (JudgedTrial) trial;
  LtStates *states;
  double on = 0, expected = 0;
  gsize n;

  judged_trial_init (&trial, "hidden=5", LT_UNIT, 4, 0.5f);
  states = lt_probe_states (trial.snapshot, trial.data, trial.ws);
  n = lt_dataset_n (trial.data, LT_TRAIN);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *row = judged_trial_row (&trial, LT_TRAIN, i);

    expected += row[2] / (double) n;
  }
  for (int s = 0; s < states->n; s++)
    on += (s >> 2 & 1) * states->frequency[s];
  g_assert_cmpfloat_with_epsilon (on, expected, 1e-6);
  lt_states_free (states);
}

/* ---- Energies and likelihoods ---------------------------------------------------------- */

static void
test_free_energies (void)
{
  const LtEnergyRows rows = { .split = LT_TRAIN, .limit = 7 };
  g_autofree float *energies = NULL;
  g_auto (JudgedTrial) trial;
  gsize n, n_all;

  judged_trial_init (&trial, "hidden=8", LT_UNIT, 12, 0.5f);
  n_all = lt_dataset_n (trial.data, LT_TRAIN);
  energies = lt_probe_free_energies (trial.snapshot, trial.data, &rows, trial.ws, &n);
  g_assert_cmpuint (n, ==, 7);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = judged_trial_row (&trial, LT_TRAIN, i * n_all / 7);

    g_assert_cmpfloat_with_epsilon (
        (double) energies[i], rbm_oracle_free_energy (&trial.oracle, v, -1), 1e-5);
  }
}

/* log p (v_i | others) by normalising over the two values of each unit. */
static double
oracle_pseudo_likelihood (const JudgedTrial *trial, double *v)
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
  g_auto (JudgedTrial) trial;
  double expected = 0;
  gsize n;

  judged_trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
  n = lt_dataset_n (trial.data, LT_TEST);
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = judged_trial_row (&trial, LT_TEST, i);

    expected += oracle_pseudo_likelihood (&trial, v) / (double) n;
  }
  g_assert_cmpfloat_with_epsilon (
      lt_probe_pseudo_likelihood (trial.snapshot, trial.data, LT_TEST, 0, trial.ws),
      expected, 1e-4);
}

/* ---- Measures ------------------------------------------------------------------------- */

static double
mean_energy (const JudgedTrial *trial, LtSplit split)
{
  gsize n = lt_dataset_n (trial->data, split);
  double sum = 0;

  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = judged_trial_row (trial, split, i);

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
  g_auto (JudgedTrial) trial;
  double log_z, train, test;

  judged_trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
  measures = judged_trial_measure (&trial, &ais);
  log_z = rbm_oracle_log_z (&trial.oracle);
  train = mean_energy (&trial, LT_TRAIN);
  test = mean_energy (&trial, LT_TEST);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "free_energy_train"), train,
                                  1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "free_energy_test"), test,
                                  1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "free_energy_gap"),
                                  test - train, 1e-4);
  g_assert_true (isnan (judged_find (measures, "free_energy_valid")));
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_z_exact"), log_z, 1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_z_ais"), log_z, 0.05);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_likelihood_per_example"),
                                  -test - log_z, 1e-3);
}

/* Without an exact log Z, the estimate stands in; without either there is no likelihood. */
static void
test_measures_large (void)
{
  const LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) with = NULL, without = NULL;
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=30", LT_BINARY, 40, 0.1f);
  without = judged_trial_measure (&trial, NULL);
  with = judged_trial_measure (&trial, &ais);
  g_assert_true (isnan (judged_find (without, "log_z_exact")));
  g_assert_true (isnan (judged_find (with, "log_z_ais_downwards")));
  g_assert_true (isnan (judged_find (without, "log_likelihood_per_example")));
  g_assert_cmpfloat_with_epsilon (
      judged_find (with, "log_likelihood_per_example"),
      -judged_find (with, "free_energy_test") - judged_find (with, "log_z_ais"), 1e-6);
}

/* A machine that annealing refuses is judged by everything else. */
static void
test_measures_refused (void)
{
  const LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  g_autoptr (GError) error = NULL;
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=30 hidden-units=relu", LT_BINARY, 12, 0.1f);
  g_assert_false (lt_probe_measure_likelihood (trial.snapshot, trial.data, LT_TEST,
                                               &ais, trial.ws, measures, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_true (isnan (judged_find (measures, "log_z_ais")));
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_likelihood_per_example"),
                                  -judged_find (measures, "free_energy_test") -
                                      judged_find (measures, "log_z_exact"),
                                  1e-6);
}

/* ---- Documents ----------------------------------------------------------------------- */

/* Mean log p (v) and log Z of the test documents, each among those of its length, and how
 * many words they have. */
static void
oracle_documents (JudgedTrial *trial, double *log_p, double *log_z, double *n_words)
{
  gsize n = lt_dataset_n (trial->data, LT_TEST);

  *log_p = *log_z = *n_words = 0;
  for (gsize i = 0; i < n; i++) {
    g_autofree double *v = judged_trial_row (trial, LT_TEST, i);
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
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=5", LT_COUNTS, 4, 0.7f);
  oracle_documents (&trial, &log_p, &log_z, &n_words);
  measures = judged_trial_measure (&trial, &ais);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_z_exact"), log_z, 1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_likelihood_per_example"),
                                  log_p, 1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_likelihood_per_word"),
                                  log_p / n_words, 1e-4);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "perplexity_per_word"),
                                  exp (-log_p / n_words), 1e-3);
  g_test_message ("log Z %g, annealed %g, deviation %g", log_z,
                  judged_find (measures, "log_z_ais"),
                  judged_find (measures, "log_weight_deviation"));
  g_assert_cmpfloat (judged_find (measures, "annealed_documents"), ==,
                     (double) lt_dataset_n (trial.data, LT_TEST));
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_z_ais"), log_z, 0.05);
  g_assert_cmpfloat_with_epsilon (judged_find (measures, "log_z_ais_downwards"), log_z,
                                  0.05);
  g_assert_cmpfloat (judged_find (measures, "log_z_ais_downwards"), !=,
                     judged_find (measures, "log_z_ais"));
  g_assert_cmpfloat (judged_find (measures, "log_z_ais_low"), <,
                     judged_find (measures, "log_z_ais"));
  g_assert_cmpfloat (judged_find (measures, "log_z_ais_high"), >,
                     judged_find (measures, "log_z_ais"));
}

/* With too many hidden units the estimates stand in. No single log Z is estimated for them. */
static void
test_documents_large (void)
{
  LtAisOptions ais = { .runs = 20, .temperatures = 50, .seed = 1 };
  g_autoptr (GArray) with = NULL, without = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=30", LT_COUNTS, 4, 0.1f);
  without = judged_trial_measure (&trial, NULL);
  with = judged_trial_measure (&trial, &ais);
  g_assert_true (isnan (judged_find (without, "log_z_exact")));
  g_assert_true (isnan (judged_find (without, "log_likelihood_per_example")));
  g_assert_cmpfloat_with_epsilon (
      judged_find (with, "log_likelihood_per_example"),
      -judged_find (with, "free_energy_test") - judged_find (with, "log_z_ais"), 1e-5);
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
  g_auto (JudgedTrial) grey, real;
  gsize n;

  judged_trial_init (&grey, "hidden=3", LT_UNIT, 4, 0.5f);
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

  judged_trial_init (&real, "hidden=3", LT_REAL, 4, 0.5f);
  c = lt_probe_free_energies (real.snapshot, real.data, &drawn, real.ws, &n);
  d = lt_probe_free_energies (real.snapshot, real.data, &plain, real.ws, &n);
  g_assert_true (memcmp (c, d, n * sizeof *c) == 0);
  g_assert_true (isnan (
      lt_probe_pseudo_likelihood (real.snapshot, real.data, LT_TRAIN, 0, real.ws)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
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
