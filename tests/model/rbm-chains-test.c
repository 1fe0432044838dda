/* Walking through the sampling of restricted Boltzmann machines, chains with units held, and
 * machines that begin with each other's weights: against enumeration in double.
 *
 * χ² with 7 degrees of freedom is above 29.9 once in 10,000 times; seeds are fixed. */
#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

#define N_CHAINS 8000
#define CHI_7    29.9
#define CHI_1    15.1

/* ---- Step by step ---------------------------------------------------------------- */

/* Σ_j or Σ_i of a unit's input from the other layer. */
static double
visible_input (const RbmOracle *o, int i, const float *h)
{
  double sum = o->b[i];

  for (int j = 0; j < o->nh; j++)
    sum += o->w[i * o->nh + j] * (double) h[j];
  return sum;
}

/* Up and down from values and labels, as a caller sees them: not divided by variances. */
static void
test_conditionals (gconstpointer knobs)
{
  enum {
    NV = 4,
    NH = 3,
    N = 5
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  int n;
  float *v, h[N * NH], *mean;

  rbm_trial_init (&trial, knobs, NV, N);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  n = lt_rbm_gibbs_n_visible (trial.model);
  g_assert_cmpint (n, ==, NV + trial.nl);
  v = lt_floats_new (N * n);
  mean = lt_floats_new (N * n);
  lt_rbm_gibbs_load (&call, trial.x, trial.labels, N, v);
  lt_rbm_gibbs_up (&call, v, N, h, NULL);
  lt_rbm_gibbs_down (&call, h, N, mean, NULL);
  for (int row = 0; row < N; row++) {
    double x[MOST_UNITS];

    rbm_trial_row (&trial, row, x);
    for (int i = 0; i < NV; i++)
      g_assert_cmpfloat_with_epsilon ((double) v[row * n + i], x[i], 1e-6);
    for (int k = 0; k < trial.nl; k++)
      g_assert_cmpfloat ((double) v[row * n + NV + k], ==, trial.labels[row] == k);
    for (int j = 0; j < NH; j++)
      g_assert_cmpfloat_with_epsilon (
          (double) h[row * NH + j],
          rbm_oracle_hidden (&twin.oracle, x, trial.labels[row], j), 1e-5);
    for (int i = 0; i < NV; i++) {
      double a = visible_input (&twin.oracle, i, h + row * NH);
      g_assert_cmpfloat_with_epsilon ((double) mean[row * n + i],
                                      twin.oracle.gaussian ? a : 1 / (1 + exp (-a)),
                                      1e-5);
    }
  }
  lt_block_free (v);
  lt_block_free (mean);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Unknown labels are loaded as their posterior. */
static void
test_posterior (void)
{
  RbmTrial trial;
  LtCall call;
  float v[2 * 7], p[2 * 3];

  rbm_trial_init (&trial, "hidden=4 label-units=3", 4, 2);
  call = rbm_trial_call (&trial);
  lt_rbm.classify (&call, trial.x, 2, p);
  lt_rbm_gibbs_load (&call, trial.x, NULL, 2, v);
  g_assert_cmpmem (v + 4, 3 * sizeof (float), p, 3 * sizeof (float));
  g_assert_cmpmem (v + 11, 3 * sizeof (float), p + 3, 3 * sizeof (float));
  rbm_trial_clear (&trial);
}

/* Hidden samples of one visible row follow the product of their means. */
static void
test_samples (void)
{
  RbmTrial trial;
  LtCall call;
  int counts[8] = { 0 };
  float *h, *sample;
  double p[8];

  rbm_trial_init (&trial, "hidden=3", 4, N_CHAINS);
  for (int row = 1; row < N_CHAINS; row++)
    memcpy (trial.x + row * 4, trial.x, 4 * sizeof (float));
  call = rbm_trial_call (&trial);
  h = lt_floats_new (N_CHAINS * 3);
  sample = lt_floats_new (N_CHAINS * 3);
  lt_rbm_gibbs_up (&call, trial.x, N_CHAINS, h, sample);
  for (int state = 0; state < 8; state++) {
    p[state] = 1;
    for (int j = 0; j < 3; j++)
      p[state] *= state >> j & 1 ? (double) h[j] : 1 - (double) h[j];
  }
  for (int row = 0; row < N_CHAINS; row++)
    counts[rbm_state_of (sample + row * 3, 3)]++;
  g_assert_cmpfloat (rbm_chi_squared (counts, p, 8, N_CHAINS), <, CHI_7);
  lt_block_free (h);
  lt_block_free (sample);
  rbm_trial_clear (&trial);
}

/* What is lent is the state's own chains; of a ladder, the cold rung. */
static void
test_chains (gconstpointer knobs)
{
  RbmTrial trial;
  LtCall call;
  int n;

  rbm_trial_init (&trial, knobs, 4, 2);
  call = rbm_trial_call (&trial);
  g_assert_true (lt_rbm_gibbs_chains (&call, &n) == trial.state);
  g_assert_cmpint (n, ==, 30);
  call.state = NULL;
  g_assert_null (lt_rbm_gibbs_chains (&call, &n));
  rbm_trial_clear (&trial);
}

static void
test_no_chains (void)
{
  RbmTrial trial;
  LtCall call;
  int n;

  rbm_trial_init (&trial, "hidden=3 method=cd", 4, 2);
  call = rbm_trial_call (&trial);
  g_assert_null (lt_rbm_gibbs_chains (&call, &n));
  g_assert_cmpint (n, ==, 0);
  rbm_trial_clear (&trial);
}

/* E[v h'] against sums over all states of both layers; of a Gaussian machine, with the
 * visible units' means in the sum over hidden states. */
static void
test_moments (gconstpointer knobs)
{
  enum {
    NV = 3,
    NH = 4
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float vh[NV * NH];
  double expected[NV * NH] = { 0 }, log_z, v[MOST_UNITS];

  rbm_trial_init (&trial, knobs, NV, 1);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  g_assert_true (lt_rbm_gibbs_moments (&call, vh));
  log_z = rbm_oracle_log_z (&twin.oracle);
  for (int h = 0; h < 1 << NH; h++)
    for (int state = 0; state < (twin.oracle.gaussian ? 1 : 1 << NV); state++) {
      double log_p = -log_z;
      float bits[NH];

      for (int j = 0; j < NH; j++)
        bits[j] = (float) (h >> j & 1);
      rbm_oracle_visible (&twin.oracle, state, v);
      for (int i = 0; twin.oracle.gaussian && i < NV; i++) {
        v[i] = visible_input (&twin.oracle, i, bits);
        log_p += 0.5 * log (2 * G_PI * twin.sigma[i] * twin.sigma[i]);
      }
      log_p -= rbm_oracle_energy (&twin.oracle, v, -1, h);
      for (int i = 0; i < NV; i++)
        for (int j = 0; j < NH; j++)
          expected[i * NH + j] += exp (log_p) * v[i] * (double) bits[j];
    }
  for (int k = 0; k < NV * NH; k++)
    g_assert_cmpfloat_with_epsilon ((double) vh[k], expected[k], 1e-5);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

static void
test_no_moments (void)
{
  RbmTrial trial;
  LtCall call;
  float vh[21 * 21];

  rbm_trial_init (&trial, "hidden=21", 21, 1);
  call = rbm_trial_call (&trial);
  g_assert_false (lt_rbm_gibbs_moments (&call, vh));
  rbm_trial_clear (&trial);
}

/* ---- Dreaming -------------------------------------------------------------------- */

/* exp (−E (v, h)/T), summed over h. */
static double
weight_at (const RbmTwin *twin, const double *v, int label, double temperature)
{
  double sum = 0;

  for (int h = 0; h < 1 << twin->oracle.nh; h++)
    sum += exp (-rbm_oracle_energy (&twin->oracle, v, label, h) / temperature);
  return sum;
}

/* Runs N_CHAINS chains of a machine of 3 visible units, and counts their states. */
static void
count_dreams (RbmTrial *trial, LtDream *dream, int *counts)
{
  LtCall call = rbm_trial_call (trial);
  int width = lt_rbm.dreaming->width (trial->model);

  dream->n = N_CHAINS;
  dream->chains = lt_floats_new ((gsize) N_CHAINS * width);
  dream->x = trial->x;
  dream->steps = 40;
  dream->samples = TRUE;
  lt_rbm.dreaming->start (&call, dream);
  lt_rbm.dreaming->run (&call, dream);
  for (int row = 0; row < N_CHAINS; row++)
    counts[rbm_state_of (dream->x + row * 3, 3)]++;
  lt_block_free (dream->chains);
}

/* Free chains end in the distribution of the energy divided by the temperature. */
static void
test_temperature (gconstpointer data)
{
  const double *temperature = data;
  LtDream dream = { .label = -1, .temperature = *temperature };
  RbmTrial trial;
  RbmTwin twin;
  int counts[8] = { 0 };
  double p[8], v[MOST_UNITS], sum = 0;

  rbm_trial_init (&trial, "hidden=4", 3, N_CHAINS);
  rbm_twin_init (&twin, &trial);
  count_dreams (&trial, &dream, counts);
  for (int state = 0; state < 8; state++) {
    rbm_oracle_visible (&twin.oracle, state, v);
    p[state] = weight_at (&twin, v, -1, *temperature);
    sum += p[state];
  }
  for (int state = 0; state < 8; state++)
    p[state] /= sum;
  g_assert_cmpfloat (rbm_chi_squared (counts, p, 8, N_CHAINS), <, CHI_7);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* With two pixels and the label held, the third pixel follows p (v_1 | v_0, v_2, label). */
static void
test_held (void)
{
  static const float clamped[3] = { 1, 0, 1 };
  LtDream dream = { .clamped = clamped, .label = 2, .temperature = 1 };
  RbmTrial trial;
  RbmTwin twin;
  int counts[8] = { 0 }, seen[2];
  float *given;
  double p[2], v[3] = { 1, 0, 0 };

  rbm_trial_init (&trial, "hidden=4 label-units=3", 3, N_CHAINS);
  rbm_twin_init (&twin, &trial);
  given = lt_floats_new (N_CHAINS * 3);
  for (int row = 0; row < N_CHAINS; row++)
    given[row * 3] = 1;
  dream.given = given;
  count_dreams (&trial, &dream, counts);
  seen[0] = counts[1]; /* 1 0 0 */
  seen[1] = counts[3]; /* 1 1 0 */
  g_assert_cmpint (seen[0] + seen[1], ==, N_CHAINS);
  for (int k = 0; k < 2; k++) {
    v[1] = k;
    p[k] = weight_at (&twin, v, 2, 1);
  }
  p[0] /= p[0] + p[1];
  p[1] = 1 - p[0];
  g_assert_cmpfloat (rbm_chi_squared (seen, p, 2, N_CHAINS), <, CHI_1);
  lt_block_free (given);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Means lie between what samples can be, and no steps show what chains hold. */
static void
test_means (void)
{
  RbmTrial trial;
  LtCall call;
  float chains[4 * 3], x[4 * 3];
  LtDream dream = {
    .n = 4, .chains = chains, .x = x, .label = -1, .temperature = 1, .steps = 0
  };

  rbm_trial_init (&trial, "hidden=4", 3, 4);
  call = rbm_trial_call (&trial);
  memcpy (x, trial.x, sizeof x);
  lt_rbm.dreaming->start (&call, &dream);
  lt_rbm.dreaming->run (&call, &dream);
  g_assert_cmpmem (x, sizeof x, trial.x, sizeof x);
  dream.steps = 3;
  lt_rbm.dreaming->run (&call, &dream);
  for (int i = 0; i < 12; i++) {
    g_assert_true (chains[i] == 0 || chains[i] == 1);
    g_assert_cmpfloat ((double) x[i], >, 0);
    g_assert_cmpfloat ((double) x[i], <, 1);
  }
  rbm_trial_clear (&trial);
}

/* Without weights, a Gaussian unit's samples have mean b and variance Tσ², and held ones
 * have the values given: N = 8,000 gives a variance to 1.6 %, and 6 % are allowed. */
static void
test_gaussian_dream (void)
{
  static const float clamped[2] = { 0, 1 };
  RbmTrial trial;
  LtCall call;
  double mean = 0, square = 0;
  LtDream dream = {
    .n = N_CHAINS, .label = -1, .temperature = 4, .steps = 1, .samples = TRUE
  };

  rbm_trial_init (&trial, "hidden=3 visible=gaussian visible-sigma=0.5", 2, N_CHAINS);
  memset (trial.params, 0, lt_layout_size (trial.model->params) * sizeof (float));
  trial.params[rbm_trial_offset (&trial, "b")] = 3;
  call = rbm_trial_call (&trial);
  dream.chains = lt_floats_new (N_CHAINS * 2);
  dream.x = trial.x;
  dream.clamped = clamped;
  dream.given = lt_floats_new (N_CHAINS * 2);
  lt_fill (0.75f, N_CHAINS * 2, (float *) dream.given);
  lt_rbm.dreaming->start (&call, &dream);
  lt_rbm.dreaming->run (&call, &dream);
  for (int row = 0; row < N_CHAINS; row++) {
    double d = (double) dream.x[row * 2] - 3;
    mean += d / N_CHAINS;
    square += d * d / N_CHAINS;
    g_assert_cmpfloat_with_epsilon ((double) dream.x[row * 2 + 1], 0.75, 1e-6);
  }
  g_assert_cmpfloat_with_epsilon (mean, 0, 0.05);
  g_assert_cmpfloat_with_epsilon (square, 1, 0.06);
  lt_block_free (dream.chains);
  lt_block_free ((float *) dream.given);
  rbm_trial_clear (&trial);
}

/* ---- Beginning with other weights ------------------------------------------------ */

/* A machine of another family's table entry, filled by init and then by adoption. */
static void
adopt (RbmTrial *self, RbmTrial *from, const LtModelKind *kind)
{
  g_autoptr (GError) error = NULL;
  LtCall call, other = rbm_trial_call (from);
  LtModel *model = lt_model_new (kind, &self->settings, &self->model->shape, &error);

  g_assert_no_error (error);
  lt_model_unref (self->model);
  self->model = model;
  call = rbm_trial_call (self);
  lt_model_adopt (&call, &other, self->params, self->state, &error);
  g_assert_no_error (error);
}

/* Hidden means and the labels' posterior are the other machine's. */
static void
test_adopt_labels (void)
{
  RbmTrial from, to;
  LtCall call;
  float z[5 * 4], p[5 * 3], other_z[5 * 4], other_p[5 * 3];

  rbm_trial_init (&from, "hidden=4 label-units=3 method=pcd chains=7", 5, 5);
  rbm_trial_init (&to, "hidden=4 label-units=3 method=cd", 5, 5);
  lt_scale (-0.3f, lt_layout_size (to.model->params), to.params);
  adopt (&to, &from, &lt_rbm_labelled);
  call = rbm_trial_call (&from);
  lt_rbm.encode (&call, from.x, 5, other_z);
  lt_rbm.classify (&call, from.x, 5, other_p);
  call = rbm_trial_call (&to);
  lt_rbm.encode (&call, from.x, 5, z);
  lt_rbm.classify (&call, from.x, 5, p);
  g_assert_cmpmem (z, sizeof z, other_z, sizeof z);
  g_assert_cmpmem (p, sizeof p, other_p, sizeof p);
  rbm_trial_clear (&from);
  rbm_trial_clear (&to);
}

/* Hidden means stay the same whatever σ; where σ is learnt it comes along, and then the
 * visible means do, too. */
static void
test_adopt_gaussian (gconstpointer knobs)
{
  RbmTrial from, to;
  LtCall call, other;
  float z[5 * 4], r[5 * 3], other_z[5 * 4], other_r[5 * 3];

  rbm_trial_init (&from, "hidden=4 visible=gaussian learn-sigma=true", 3, 5);
  rbm_trial_init (&to, knobs, 3, 5);
  adopt (&to, &from, &lt_rbm_gaussian);
  call = rbm_trial_call (&to);
  other = rbm_trial_call (&from);
  lt_rbm.encode (&other, from.x, 5, other_z);
  lt_rbm.encode (&call, from.x, 5, z);
  for (int i = 0; i < 5 * 4; i++)
    g_assert_cmpfloat_with_epsilon ((double) z[i], (double) other_z[i], 1e-5);
  lt_rbm.decode (&other, z, 5, other_r);
  lt_rbm.decode (&call, z, 5, r);
  for (int i = 0; to.settings.learn_sigma && i < 5 * 3; i++)
    g_assert_cmpfloat_with_epsilon ((double) r[i], (double) other_r[i], 1e-5);
  rbm_trial_clear (&from);
  rbm_trial_clear (&to);
}

/* Another number of units is said, with both numbers. */
static void
test_adopt_nothing (void)
{
  g_autoptr (GError) error = NULL;
  RbmTrial from, to;
  LtCall call, other;

  rbm_trial_init (&from, "hidden=4", 5, 5);
  rbm_trial_init (&to, "hidden=3", 5, 5);
  call = rbm_trial_call (&to);
  other = rbm_trial_call (&from);
  g_assert_false (lt_model_adopt (&call, &other, to.params, NULL, &error));
  g_assert_nonnull (strstr (error->message, "5 to 3 units here and from 5 to 4"));
  rbm_trial_clear (&from);
  rbm_trial_clear (&to);
}

int
main (int argc, char **argv)
{
  static const double temperatures[] = { 1, 3, 0.5 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rbm-chains/conditionals/binary", "hidden=3",
                        test_conditionals);
  g_test_add_data_func ("/rbm-chains/conditionals/labels", "hidden=3 label-units=2",
                        test_conditionals);
  g_test_add_data_func ("/rbm-chains/conditionals/gaussian",
                        "hidden=3 visible=gaussian learn-sigma=true label-units=2",
                        test_conditionals);
  g_test_add_func ("/rbm-chains/posterior", test_posterior);
  g_test_add_func ("/rbm-chains/samples", test_samples);
  g_test_add_data_func ("/rbm-chains/chains/pcd", "hidden=3 method=pcd chains=30",
                        test_chains);
  g_test_add_data_func ("/rbm-chains/chains/tempering",
                        "hidden=3 method=tempering chains=30 temperatures=4",
                        test_chains);
  g_test_add_func ("/rbm-chains/no-chains", test_no_chains);
  g_test_add_data_func ("/rbm-chains/moments/binary", "hidden=4", test_moments);
  g_test_add_data_func ("/rbm-chains/moments/gaussian",
                        "hidden=4 visible=gaussian visible-sigma=0.6", test_moments);
  g_test_add_func ("/rbm-chains/no-moments", test_no_moments);
  g_test_add_data_func ("/rbm-chains/temperature/1", &temperatures[0],
                        test_temperature);
  g_test_add_data_func ("/rbm-chains/temperature/hot", &temperatures[1],
                        test_temperature);
  g_test_add_data_func ("/rbm-chains/temperature/cold", &temperatures[2],
                        test_temperature);
  g_test_add_func ("/rbm-chains/held", test_held);
  g_test_add_func ("/rbm-chains/means", test_means);
  g_test_add_func ("/rbm-chains/gaussian-dream", test_gaussian_dream);
  g_test_add_func ("/rbm-chains/adopt/labels", test_adopt_labels);
  g_test_add_data_func ("/rbm-chains/adopt/sigma",
                        "hidden=4 visible=gaussian visible-sigma=1.25",
                        test_adopt_gaussian);
  g_test_add_data_func ("/rbm-chains/adopt/learnt-sigma",
                        "hidden=4 visible=gaussian learn-sigma=true weight-decay=0",
                        test_adopt_gaussian);
  g_test_add_func ("/rbm-chains/adopt/nothing", test_adopt_nothing);
  return g_test_run ();
}
