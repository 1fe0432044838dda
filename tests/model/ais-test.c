/* Annealed importance sampling, upwards and downwards, against log Z over all states in
 * double. */
#include "boltzmann/rbm.h"
#include "core/error.h"
#include "core/kernels.h"
#include "probes/states.h"
#include "support/judged-trial.h"

#include <math.h>
#include <string.h>

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
  g_auto (JudgedTrial) trial;
  double exact;

  judged_trial_init (&trial, machine->knobs, machine->kind, machine->nv,
                     machine->scale);
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
  g_auto (JudgedTrial) trial;
  double exact;

  judged_trial_init (&trial, machine->knobs, machine->kind, machine->nv,
                     machine->scale);
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
mean_estimate (const JudgedTrial *trial, gboolean downwards)
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
  g_auto (JudgedTrial) trial;
  double exact, up, down;

  judged_trial_init (&trial, "hidden=8", LT_BINARY, 12, 2.0f);
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
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.0f);
  ais = lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, NULL);
  g_assert_cmpfloat_with_epsilon (ais->log_z, 10 * G_LN2, 0.5);
  judged_trial_clear (&trial);

  judged_trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.0f);
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
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=4", LT_BINARY, 6, 0.5f);
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
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=8", LT_BINARY, 12, 0.5f);
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
  g_auto (JudgedTrial) gaussian, relu;
  LtCall call;

  judged_trial_init (&gaussian, "hidden=6 hidden-units=gaussian", LT_BINARY, 12, 0.2f);
  call = lt_snapshot_call (gaussian.snapshot, gaussian.ws, NULL);
  ais = lt_probe_ais (gaussian.snapshot, gaussian.data, &options, gaussian.ws, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (ais->log_z, lt_rbm_log_partition (&call), 0.05);

  judged_trial_init (&relu, "hidden=6 hidden-units=relu", LT_BINARY, 12, 0.2f);
  g_assert_null (lt_probe_ais (relu.snapshot, relu.data, &options, relu.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "rectified"));
  g_assert_nonnull (strstr (error->message, "22 visible units"));
}

/* Parameters that are not finite are said, not shown. */
static void
test_ais_diverged (void)
{
  const LtAisOptions options = { .runs = 5, .temperatures = 5 };
  g_autoptr (GError) error = NULL;
  g_auto (JudgedTrial) trial;

  judged_trial_init (&trial, "hidden=4", LT_BINARY, 6, INFINITY);
  g_assert_null (lt_probe_ais (trial.snapshot, trial.data, &options, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_DIVERGED);
}

int
main (int argc, char **argv)
{
  static const Machine machines[] = {
    { "/ais/binary",
      "hidden=8",
      LT_BINARY,
      12,
      0.5f,
      { .runs = 500, .temperatures = 1000 } },
    { "/ais/uniform-start",
      "hidden=8",
      LT_BINARY,
      12,
      0.5f,
      { .runs = 500, .temperatures = 1000, .base = LT_BASE_UNIFORM } },
    { "/ais/uniform-ladder",
      "hidden=8",
      LT_BINARY,
      12,
      1.0f,
      { .runs = 500, .temperatures = 1000, .ladder = LT_LADDER_UNIFORM } },
    { "/ais/gaussian",
      "hidden=4 visible=gaussian visible-sigma=0.8",
      LT_REAL,
      5,
      0.4f,
      { .runs = 500, .temperatures = 1000 } },
    { "/ais/labels",
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
  g_test_add_func ("/ais/independent", test_ais_independent);
  g_test_add_func ("/ais/both-ways", test_ais_both_ways);
  g_test_add_func ("/ais/stopped", test_ais_stopped);
  g_test_add_func ("/ais/seeds", test_ais_seeds);
  g_test_add_func ("/ais/ladder", test_ladder);
  g_test_add_func ("/ais/diverged", test_ais_diverged);
  g_test_add_func ("/ais/hidden", test_ais_hidden);
  return g_test_run ();
}
