/* What training a restricted Boltzmann machine comes to, what bounds it, and where it
 * begins. */
#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

/* Each of 16 states once in 40, two of them 12 times more: methods with chains learn it to
 * KL (data ‖ model) < 0.05. A machine without weights comes to 0.75. */
static void
test_learning (gconstpointer knobs)
{
  enum {
    N = 40
  };
  RbmTrial trial;
  RbmTwin twin;
  double p[16], q[16] = { 0 }, kl = 0;

  rbm_trial_init (&trial, knobs, 4, N);
  lt_scale (0.2f, lt_layout_size (trial.model->params), trial.params);
  for (int row = 0; row < N; row++) {
    int state = row < 16 ? row : row % 2 == 0 ? 3 : 12;

    q[state] += 1.0 / N;
    for (int i = 0; i < 4; i++)
      trial.x[row * 4 + i] = (float) (state >> i & 1);
  }
  rbm_trial_descend (&trial, 3000, 0.1f);
  rbm_trial_descend (&trial, 1000, 0.02f);
  rbm_twin_init (&twin, &trial);
  rbm_twin_visible (&twin, p);
  for (int state = 0; state < 16; state++)
    kl += q[state] * log (q[state] / p[state]);
  g_test_message ("KL %g", kl);
  g_assert_cmpfloat (kl, <, 0.05);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* A unit's mean activation goes to the target. */
static void
test_sparsity_target (void)
{
  RbmTrial trial;
  LtCall call;
  float h[20 * 6];

  rbm_trial_init (&trial, "hidden=6 sparsity=kl sparsity-target=0.1 sparsity-weight=5",
                  8, 20);
  rbm_trial_descend (&trial, 500, 0.05f);
  call = rbm_trial_call (&trial);
  lt_rbm.encode (&call, trial.x, 20, h);
  g_assert_cmpfloat_with_epsilon (lt_sum (h, 20 * 6) / (20 * 6), 0.1, 0.05);
  rbm_trial_clear (&trial);
}

/* Weights longer than the bound are shortened to it, shorter ones are left alone. */
static void
test_max_norm (void)
{
  RbmTrial trial;
  gsize w;

  rbm_trial_init (&trial, "hidden=2 max-norm=1", 3, 1);
  w = rbm_trial_offset (&trial, "W1");
  for (int i = 0; i < 3; i++) {
    trial.params[w + i * 2] = 2;
    trial.params[w + i * 2 + 1] = 0.25f;
  }
  lt_rbm.constrain (trial.model, &trial.settings, trial.params);
  for (int i = 0; i < 3; i++) {
    g_assert_cmpfloat_with_epsilon ((double) trial.params[w + i * 2], 1 / sqrt (3),
                                    1e-6);
    g_assert_cmpfloat ((double) trial.params[w + i * 2 + 1], ==, 0.25);
  }
  rbm_trial_clear (&trial);
}

/* Half of the hidden units left out halves the gradient of their biases, on average, when
 * data and chains have the same ones: CD. */
static void
test_dropout (void)
{
  RbmTrial trial;
  float d[2] = { 0, 0 };

  for (int k = 0; k < 2; k++) {
    rbm_trial_init (&trial, k == 0 ? "hidden=40 dropout=0" : "hidden=40 dropout=0.5", 6,
                    50);
    for (int i = 0; i < 20; i++) {
      rbm_trial_gradient (&trial);
      d[k] += (float) sqrt (lt_sum_squares (trial.gradient, 6 * 40));
    }
    rbm_trial_clear (&trial);
  }
  g_assert_cmpfloat ((double) d[1], <, 0.8 * (double) d[0]);
  g_assert_cmpfloat ((double) d[1], >, 0.2 * (double) d[0]);
}

/* Visible biases are the log-odds of the mean, and no larger than 4. */
static void
test_init (void)
{
  static const float mean[3] = { 0.25f, 0, 1 };
  RbmTrial trial;
  const float *b;

  rbm_trial_init (&trial, "hidden=2", 3, 1);
  memset (trial.params, 0, lt_layout_size (trial.model->params) * sizeof (float));
  lt_rbm.init (trial.model, &trial.settings, mean, &trial.rng, trial.params, NULL);
  b = trial.params + rbm_trial_offset (&trial, "b");
  g_assert_cmpfloat_with_epsilon ((double) b[0], log (0.25 / 0.75), 1e-6);
  g_assert_cmpfloat ((double) b[1], ==, -4);
  g_assert_cmpfloat ((double) b[2], ==, 4);
  rbm_trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rbm-learning/pcd",
                        "method=pcd chains=300 hidden=6 weight-decay=0", test_learning);
  g_test_add_data_func (
      "/rbm-learning/fast-pcd",
      "method=fast-pcd fast-rate=0.05 chains=300 hidden=6 weight-decay=0",
      test_learning);
  g_test_add_data_func ("/rbm-learning/enhanced",
                        "method=pcd centring=enhanced chains=300 hidden=6 "
                        "weight-decay=0",
                        test_learning);
  g_test_add_func ("/rbm-learning/sparsity-target", test_sparsity_target);
  g_test_add_func ("/rbm-learning/max-norm", test_max_norm);
  g_test_add_func ("/rbm-learning/dropout", test_dropout);
  g_test_add_func ("/rbm-learning/init", test_init);
  return g_test_run ();
}
