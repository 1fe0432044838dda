/* How deep Boltzmann machines are judged: the bound of the log-likelihood, beside the exact
 * one where that can be had. */
#include "core/kernels.h"
#include "data/dataset.h"
#include "probes/likelihood.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

#define N_ROWS 40

static LtDataset *
data_new (int nv)
{
  const LtPreparation preparation = { .test = 0.5 };
  g_autoptr (GError) error = NULL;
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;
  LtRng rng;

  lt_rng_init (&rng, 5, 0);
  table->name = g_strdup ("bits");
  table->title = g_strdup ("Bits");
  table->n = N_ROWS;
  lt_shape_init (&table->shape, "features", LT_BINARY, 1, nv, 1);
  table->floats = g_new (float, N_ROWS *nv);
  lt_rng_fill_mask (&rng, 0.3f, N_ROWS * nv, table->floats);
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

static double
measure (GArray *measures, const char *name)
{
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *one = &g_array_index (measures, LtMeasure, i);

    if (strcmp (one->name, name) == 0)
      return one->value;
  }
  return (double) NAN;
}

static GArray *
judge (DbmTrial *trial, LtDataset *data, const LtAisOptions *ais)
{
  g_autoptr (LtSnapshot) snapshot = lt_snapshot_new (
      trial->model, trial->params, trial->state, NULL, &trial->settings);
  GArray *measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  g_autoptr (GError) error = NULL;
  gboolean done = lt_probe_measure_likelihood (snapshot, data, LT_TEST, ais, trial->ws,
                                               measures, &error);

  g_assert_no_error (error);
  g_assert_true (done);
  return measures;
}

/* Mean log p of the test rows, by the oracle. */
static double
log_likelihood (const DbmTrial *trial, LtDataset *data)
{
  gsize n = lt_dataset_n (data, LT_TEST);
  double sum = 0;

  for (gsize row = 0; row < n; row++) {
    float x[DBM_MOST_UNITS];
    DbmUnits units = { 0 };

    lt_dataset_gather (data, LT_TEST, NULL, row, 1, x);
    for (int i = 0; i < trial->machine.n[0]; i++)
      units.x[0][i] = (double) x[i];
    sum -= dbm_oracle_free_energy (trial, &units) / (double) n;
  }
  return sum - dbm_oracle_log_z (trial);
}

/* A small machine has it all, and the bound is below the exact likelihood. */
static void
test_small (void)
{
  LtDataset *data = data_new (6);
  g_autoptr (GArray) measures = NULL;
  double exact, bound;
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=5,4 label-units=2", 6, 1, 0.7);
  measures = judge (&trial, data, NULL);
  exact = log_likelihood (&trial, data);
  bound = measure (measures, "log_likelihood_lower_bound_per_example");
  g_assert_cmpfloat_with_epsilon (measure (measures, "log_likelihood_per_example"),
                                  exact, 1e-4);
  g_assert_cmpfloat_with_epsilon (measure (measures, "log_z_exact"),
                                  dbm_oracle_log_z (&trial), 1e-4);
  g_assert_cmpfloat (bound, <, exact);
  g_assert_cmpfloat (bound, >, exact - 0.5);
  g_assert_cmpfloat (measure (measures, "variational_free_energy_test"), >,
                     measure (measures, "free_energy_test"));
  dbm_trial_clear (&trial);
  lt_dataset_unref (data);
}

/* One whose hidden halves are too large for that is judged by its bound, from the exact log Z
 * or an estimate, and never called a likelihood. */
static void
test_large (void)
{
  const LtAisOptions ais = {
    .runs = 100, .temperatures = 500, .seed = 1, .both_ways = TRUE
  };
  LtDataset *data = data_new (6);
  g_autoptr (GArray) measures = NULL;
  double bound;
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=12,11", 6, 1, 0.3);
  g_assert_false (lt_model_can (trial.model, LT_CAN_ENERGY));
  measures = judge (&trial, data, &ais);
  bound = measure (measures, "log_likelihood_lower_bound_per_example");
  g_assert_true (isnan (measure (measures, "log_likelihood_per_example")));
  g_assert_true (isnan (measure (measures, "free_energy_test")));
  g_assert_cmpfloat_with_epsilon (bound,
                                  -measure (measures, "variational_free_energy_test") -
                                      measure (measures, "log_z_exact"),
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (measure (measures, "log_z_ais"),
                                  measure (measures, "log_z_exact"), 0.05);
  g_assert_cmpfloat_with_epsilon (measure (measures, "log_z_ais_downwards"),
                                  measure (measures, "log_z_exact"), 0.05);
  g_assert_cmpfloat (bound, <, 0);
  g_assert_cmpfloat (bound, >, -6 * log (2) - 3);
  dbm_trial_clear (&trial);
  lt_dataset_unref (data);
}

/* Variational free energies need no log Z, so a machine of any size has them and their gap. */
static void
test_gap (void)
{
  LtDataset *data = data_new (6);
  g_autoptr (GArray) measures = NULL;
  double train = 0, test;
  DbmTrial trial;
  LtCall call;
  gsize n;

  dbm_trial_init (&trial, "hidden=30,30", 6, 1, 0.1);
  measures = judge (&trial, data, NULL);
  g_assert_true (isnan (measure (measures, "log_z_exact")));
  call = dbm_trial_call (&trial);
  n = lt_dataset_n (data, LT_TRAIN);
  for (gsize row = 0; row < n; row++) {
    float x[DBM_MOST_UNITS], bound;

    lt_dataset_gather (data, LT_TRAIN, NULL, row, 1, x);
    lt_dbm.bound (&call, x, 1, &bound);
    train -= (double) bound / (double) n;
  }
  test = measure (measures, "variational_free_energy_test");
  g_assert_cmpfloat_with_epsilon (measure (measures, "variational_free_energy_train"),
                                  train, 1e-4);
  g_assert_cmpfloat_with_epsilon (measure (measures, "variational_free_energy_gap"),
                                  test - train, 1e-4);
  g_assert_true (isnan (measure (measures, "variational_free_energy_valid")));
  dbm_trial_clear (&trial);
  lt_dataset_unref (data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbm-likelihood/small", test_small);
  g_test_add_func ("/dbm-likelihood/large", test_large);
  g_test_add_func ("/dbm-likelihood/gap", test_gap);
  return g_test_run ();
}
