/* Samplers of restricted Boltzmann machines: what their chains come to, against enumeration
 * in double.
 *
 * χ² with 7 degrees of freedom is above 29.9 once in 10,000 times; seeds are fixed. */
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

#define CHI_7 29.9

/* ---- Stationary distributions -------------------------------------------------------- */

/* Independent Gibbs chains end in the model's distribution over the visible states; with
 * label units, summed over labels. */
static void
test_visible (gconstpointer knobs)
{
  enum {
    N = 8000
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  int counts[8] = { 0 };
  double p[8];

  rbm_trial_init (&trial, knobs, 3, N);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.sample (&call, N, 40, trial.x);
  for (int row = 0; row < N; row++)
    counts[rbm_state_of (trial.x + row * 3, 3)]++;
  rbm_twin_visible (&twin, p);
  g_test_message ("χ² %g", rbm_chi_squared (counts, p, 8, N));
  g_assert_cmpfloat (rbm_chi_squared (counts, p, 8, N), <, CHI_7);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* So do the chains that are kept between minibatches, when the parameters stand still: their
 * hidden units follow p (h). They start far from it. */
static void
assert_chains (RbmTrial *trial, const RbmTwin *twin)
{
  int n = trial->settings.chains, counts[8] = { 0 };
  double p[8];

  for (int i = 0; i < 10; i++)
    rbm_trial_gradient (trial);
  rbm_twin_hidden (twin, p);
  for (int row = 0; row < n; row++)
    counts[rbm_state_of (trial->state + row * 3, 3)]++;
  g_test_message ("χ² %g", rbm_chi_squared (counts, p, 8, n));
  g_assert_cmpfloat (rbm_chi_squared (counts, p, 8, n), <, CHI_7);
}

static void
test_chains (gconstpointer knobs)
{
  RbmTrial trial;
  RbmTwin twin;

  rbm_trial_init (&trial, knobs, 4, 2);
  rbm_twin_init (&twin, &trial);
  assert_chains (&trial, &twin);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Nor do swaps of three rungs lead away from it, with weights so large that many are refused:
 * counted forty times, ten updates apart, since the deviations would be small. */
static void
test_rungs (void)
{
  enum {
    CHAINS = 8000,
    TIMES = 40
  };
  RbmTrial trial;
  RbmTwin twin;
  int counts[8] = { 0 };
  double p[8];

  rbm_trial_init (&trial,
                  "hidden=3 method=tempering chains=8000 temperatures=3 hottest=0.1 "
                  "gibbs-steps=1",
                  4, 2);
  lt_scale (4, lt_layout_find (trial.model->params, "W1")->size, trial.params);
  rbm_twin_init (&twin, &trial);
  rbm_twin_hidden (&twin, p);
  for (int i = 0; i < 100 + 10 * TIMES; i++) {
    rbm_trial_gradient (&trial);
    if (i < 100 || i % 10 > 0)
      continue;
    for (int row = 0; row < CHAINS; row++)
      counts[rbm_state_of (trial.state + row * 3, 3)]++;
  }
  g_test_message ("χ² %g", rbm_chi_squared (counts, p, 8, CHAINS * TIMES));
  g_assert_cmpfloat (rbm_chi_squared (counts, p, 8, CHAINS * TIMES), <, CHI_7);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Fast weights that neither learn nor decay: the chains follow the machine with their sum. */
static void
test_fast_chains (void)
{
  RbmTrial trial;
  RbmTwin twin;
  gsize size;
  float *fast;

  rbm_trial_init (&trial, "hidden=3 method=fast-pcd chains=4000 fast-rate=0", 4, 2);
  trial.settings.fast_decay = 1;
  size = lt_layout_size (trial.model->params);
  fast = trial.state + lt_layout_find (trial.model->state, "fast")->offset;
  lt_rng_fill_normal (&trial.rng, size, fast);
  rbm_twin_init (&twin, &trial);
  for (gsize i = 0; i < size; i++)
    twin.params[i] += (double) fast[i];
  assert_chains (&trial, &twin);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* ---- Moments and draws --------------------------------------------------------------- */

/* Neighbouring rungs exchange states, and as a share of the attempts. */
static void
test_swaps (void)
{
  RbmTrial trial;
  LtTerms terms;

  rbm_trial_init (&trial, "hidden=6 method=tempering chains=50 temperatures=4", 8, 10);
  lt_scale (6, lt_layout_find (trial.model->params, "W1")->size, trial.params);
  terms = rbm_trial_gradient (&trial);
  g_assert_cmpfloat (terms.value[LT_RBM_SWAPS], >, 0.01);
  g_assert_cmpfloat (terms.value[LT_RBM_SWAPS], <, 0.99);
  rbm_trial_clear (&trial);
}

/* How often chains at two inverse temperatures swap, over all of their states. */
static double
swap_rate (const RbmOracle *oracle, double beta_a, double beta_b)
{
  double energy[64], z_a = 0, z_b = 0, sum = 0;

  for (int state = 0; state < 64; state++) {
    double v[3];

    rbm_oracle_visible (oracle, state % 8, v);
    energy[state] = rbm_oracle_energy (oracle, v, -1, state / 8);
    z_a += exp (-beta_a * energy[state]);
    z_b += exp (-beta_b * energy[state]);
  }
  for (int a = 0; a < 64; a++)
    for (int b = 0; b < 64; b++)
      sum += exp (-beta_a * energy[a] - beta_b * energy[b]) / (z_a * z_b) *
             MIN (1, exp ((beta_a - beta_b) * (energy[a] - energy[b])));
  return sum;
}

/* The rate that is told is the lowest of any two rungs' and not their mean, which is far
 * above it here. Means over 3,000 chains have standard errors below 0.01. */
static void
test_swaps_lowest (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtTerms terms;
  double first, second;

  rbm_trial_init (
      &trial, "hidden=3 method=tempering chains=3000 temperatures=3 hottest=0", 3, 10);
  lt_scale (8, lt_layout_find (trial.model->params, "W1")->size, trial.params);
  rbm_twin_init (&twin, &trial);
  for (int i = 0; i < 20; i++)
    terms = rbm_trial_gradient (&trial);
  first = swap_rate (&twin.oracle, 1, 0.5);
  second = swap_rate (&twin.oracle, 0.5, 0);
  g_test_message ("%g, exactly %g and %g", terms.value[LT_RBM_SWAPS], first, second);
  g_assert_cmpfloat (fabs (first - second), >, 0.1);
  g_assert_cmpfloat_with_epsilon (terms.value[LT_RBM_SWAPS], MIN (first, second), 0.04);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Gibbs steps between swaps are counted on from update to update: six updates of one step
 * leave the chains where one update of six does. */
static void
test_swap_interval (void)
{
  RbmTrial trials[2];

  for (int k = 0; k < 2; k++) {
    g_autofree char *knobs =
        g_strdup_printf ("hidden=4 method=tempering chains=20 temperatures=3 "
                         "swap-interval=4 gibbs-steps=%d",
                         k == 0 ? 1 : 6);

    rbm_trial_init (&trials[k], knobs, 5, 4);
    for (int i = 0; i < (k == 0 ? 6 : 1); i++)
      rbm_trial_gradient (&trials[k]);
  }
  g_assert_cmpmem (trials[0].state, 20 * 3 * 4 * sizeof (float), trials[1].state,
                   20 * 3 * 4 * sizeof (float));
  for (int k = 0; k < 2; k++)
    rbm_trial_clear (&trials[k]);
}

/* Between swaps the rate stays what it was, rather than 0. */
static void
test_swap_rate_kept (void)
{
  RbmTrial trial;
  double rate[7];

  rbm_trial_init (&trial,
                  "hidden=4 method=tempering chains=20 temperatures=3 swap-interval=3",
                  5, 4);
  lt_scale (6, lt_layout_find (trial.model->params, "W1")->size, trial.params);
  for (int i = 0; i < 7; i++)
    rate[i] = rbm_trial_gradient (&trial).value[LT_RBM_SWAPS];
  g_assert_cmpfloat (rate[0], >, 0);
  for (int i = 1; i < 7; i++)
    if (i % 3 == 0)
      g_assert_cmpfloat (rate[i], !=, rate[i - 1]);
    else
      g_assert_cmpfloat (rate[i], ==, rate[i - 1]);
  rbm_trial_clear (&trial);
}

/* Dropout leaves hidden units out of tempered chains, the same ones on all rungs: of units
 * that are on otherwise, only these are off, whatever has been swapped. */
static void
test_swap_dropout (void)
{
  enum {
    N = 200,
    NH = 5,
    RUNGS = 3
  };
  RbmTrial trial;
  double off = 0;

  rbm_trial_init (&trial,
                  "hidden=5 method=tempering chains=200 temperatures=3 hottest=0.9 "
                  "dropout=0.5",
                  4, 3);
  memset (trial.params, 0, lt_layout_size (trial.model->params) * sizeof (float));
  lt_fill (40, NH, trial.params + rbm_trial_offset (&trial, "c1"));
  rbm_trial_gradient (&trial);
  for (int r = 1; r < RUNGS; r++)
    g_assert_cmpmem (trial.state + r * N * NH, N * NH * sizeof (float), trial.state,
                     N * NH * sizeof (float));
  for (int i = 0; i < N * NH; i++)
    off += trial.state[i] == 0 ? 1.0 / (N * NH) : 0;
  g_assert_cmpfloat_with_epsilon (off, 0.5, 0.06);
  rbm_trial_clear (&trial);
}

/* Without weights, a Gaussian hidden unit has mean c and variance 1; a rectified one is drawn
 * around its input with variance σ (c), never below 0. */
static void
test_hidden_draws (void)
{
  enum {
    N = 10000
  };

  for (int relu = 0; relu < 2; relu++) {
    RbmTrial trial;
    double mean = 0, square = 0;

    rbm_trial_init (&trial,
                    relu ? "hidden=1 hidden-units=relu method=pcd chains=10000"
                         : "hidden=1 hidden-units=gaussian method=pcd chains=10000",
                    2, 4);
    memset (trial.params, 0, lt_layout_size (trial.model->params) * sizeof (float));
    trial.params[rbm_trial_offset (&trial, "c1")] = 3;
    rbm_trial_gradient (&trial);
    for (int i = 0; i < N; i++) {
      double h = (double) trial.state[i];
      g_assert_true (relu == 0 || h >= 0);
      mean += h / N;
      square += h * h / N;
    }
    g_assert_cmpfloat_with_epsilon (mean, 3, 0.03);
    g_assert_cmpfloat_with_epsilon (square - mean * mean, relu ? 0.95 : 1, 0.05);
    rbm_trial_clear (&trial);
  }
}

/* Mean and variance of a Gaussian machine's samples: N = 20,000 gives the mean to 0.01 of
 * a deviation; 0.05 is allowed. The expected ones come from the mixture over hidden states. */
static void
test_gaussian_moments (void)
{
  enum {
    N = 20000,
    NV = 2,
    NH = 3
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  double log_z, mean[NV] = { 0 }, square[NV] = { 0 };

  rbm_trial_init (&trial, "hidden=3 visible=gaussian visible-sigma=0.6", NV, N);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.sample (&call, N, 30, trial.x);
  log_z = rbm_oracle_log_z (&twin.oracle);
  for (int h = 0; h < 1 << NH; h++) {
    double centre[NV], log_p = log (2 * G_PI * 0.36) * NV / 2 - log_z;

    for (int i = 0; i < NV; i++) {
      centre[i] = twin.oracle.b[i];
      for (int j = 0; j < NH; j++)
        centre[i] += (h >> j & 1) * twin.oracle.w[i * NH + j];
    }
    log_p -= rbm_oracle_energy (&twin.oracle, centre, -1, h);
    for (int i = 0; i < NV; i++) {
      mean[i] += exp (log_p) * centre[i];
      square[i] += exp (log_p) * (centre[i] * centre[i] + 0.36);
    }
  }
  for (int i = 0; i < NV; i++) {
    double m = 0, s = 0;
    for (int row = 0; row < N; row++) {
      double value = (double) trial.x[row * NV + i];
      m += value / N;
      s += value * value / N;
    }
    g_assert_cmpfloat_with_epsilon (m, mean[i], 0.05);
    g_assert_cmpfloat_with_epsilon (s, square[i], 0.1);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Every question about a machine that learns with dropout is answered by one and the same
 * machine: that without dropout whose W and c are multiplied with the share that is kept. Its
 * persistent chains have units left out already, and the stack that other models begin
 * with has the parameters as they are. */
static void
test_dropout_machine (void)
{
  enum {
    ROWS = 5,
    NV = 6,
    NH = 4
  };
  RbmTrial trial;
  float answers[2][ROWS * (1 + NH + 2 * NV + 2) + 1], x[20 * NV], decoded[20 * NV];
  LtStack stack;
  LtCall call;

  rbm_trial_init (&trial, "hidden=4 label-units=2 method=pcd chains=20 dropout=0.25",
                  NV, ROWS);
  call = rbm_trial_call (&trial);
  lt_rbm.particles (&call, x);
  lt_rbm.stack (&call, &stack);
  g_assert_true (stack.layer[0].up == trial.params + rbm_trial_offset (&trial, "W1"));
  for (int k = 0; k < 2; k++) {
    float *to = answers[k];

    lt_rng_init (&trial.rng, 3, 3);
    lt_rbm.energy (&call, trial.x, ROWS, to);
    lt_rbm.encode (&call, trial.x, ROWS, to += ROWS);
    lt_rbm.reconstruct (&call, trial.x, ROWS, to += ROWS * NH);
    lt_rbm.classify (&call, trial.x, ROWS, to += ROWS * NV);
    memcpy (to += ROWS * 2, trial.x, ROWS * NV * sizeof *to);
    lt_rbm.sample (&call, ROWS, 3, to);
    to[ROWS * NV] = (float) lt_rbm_log_partition (&call);

    trial.settings.dropout = 0;
    if (k == 0) {
      lt_rbm.decode (&call, trial.state, 20, decoded);
      lt_scale (0.75f, (NV + 2) * NH, trial.params + rbm_trial_offset (&trial, "W1"));
      lt_scale (0.75f, NH, trial.params + rbm_trial_offset (&trial, "c1"));
    }
  }
  g_assert_cmpmem (answers[0], sizeof answers[0], answers[1], sizeof answers[1]);
  g_assert_cmpmem (x, sizeof x, decoded, sizeof decoded);
  rbm_trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rbm-sampling/visible/binary", "hidden=4", test_visible);
  g_test_add_data_func ("/rbm-sampling/visible/labels", "hidden=4 label-units=3",
                        test_visible);
  g_test_add_data_func ("/rbm-sampling/visible/gaussian-hidden",
                        "hidden=2 hidden-units=gaussian", test_visible);
  g_test_add_data_func ("/rbm-sampling/chains/pcd", "hidden=3 method=pcd chains=4000",
                        test_chains);
  g_test_add_data_func ("/rbm-sampling/chains/gaussian",
                        "hidden=3 method=pcd chains=4000 visible=gaussian "
                        "visible-sigma=0.8 gibbs-steps=3",
                        test_chains);
  g_test_add_data_func ("/rbm-sampling/chains/tempering",
                        "hidden=3 method=tempering chains=4000 temperatures=3",
                        test_chains);
  g_test_add_func ("/rbm-sampling/chains/rungs", test_rungs);
  g_test_add_func ("/rbm-sampling/chains/fast-pcd", test_fast_chains);
  g_test_add_func ("/rbm-sampling/swaps/interval", test_swap_interval);
  g_test_add_func ("/rbm-sampling/swaps/kept", test_swap_rate_kept);
  g_test_add_func ("/rbm-sampling/swaps/dropout", test_swap_dropout);
  g_test_add_func ("/rbm-sampling/swaps", test_swaps);
  g_test_add_func ("/rbm-sampling/swaps/lowest", test_swaps_lowest);
  g_test_add_func ("/rbm-sampling/hidden-draws", test_hidden_draws);
  g_test_add_func ("/rbm-sampling/gaussian-moments", test_gaussian_moments);
  g_test_add_func ("/rbm-sampling/dropout", test_dropout_machine);
  return g_test_run ();
}
