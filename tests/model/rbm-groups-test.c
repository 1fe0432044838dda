/* Machines whose visible units are of several kinds, counts beside Gaussian and binary ones
 * and labels, against sums over every hidden state, sequence of words, state of the bits
 * and label, and numeric integrals over real values, in double. */
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

#define N_WORDS   3
#define N_NUMBERS 2
#define N_BITS    2
#define N         3 /* documents of 2, 3 and 4 words */

static const struct {
  const char *name, *knobs;
  gboolean words;
} machines[] = {
  { "all", "hidden=3 visible-sigma=0.7 weight-decay=0", TRUE },
  { "labels", "hidden=3 learn-sigma=true label-units=2 weight-decay=0", TRUE },
  { "no-words", "hidden=3 learn-sigma=true label-units=2 weight-decay=0", FALSE },
  { "centred", "hidden=3 learn-sigma=true centring=enhanced weight-decay=0", FALSE },
};

static void
trial_init (RbmTrial *self, const char *knobs, gboolean words)
{
  LtShape shape = { 0 };

  if (words)
    lt_shape_add (&shape, "words", LT_COUNTS, 1, N_WORDS, 1);
  lt_shape_add (&shape, "numbers", LT_REAL, 1, N_NUMBERS, 1);
  shape.modality[shape.n_modalities - 1].standardised = TRUE;
  lt_shape_add (&shape, "bits", LT_BINARY, 1, N_BITS, 1);
  rbm_trial_init_shaped (self, knobs, NULL, &shape, N);
}

/* log Z of what is as long as a row, 0 words included. */
static double
log_z_of_row (const RbmTrial *trial, const RbmTwin *twin, int row)
{
  RbmOracle oracle = twin->oracle;

  oracle.length = (int) lt_sum (trial->x + row * trial->nv, oracle.n_counts);
  return rbm_oracle_log_z (&oracle);
}

/* Mean −log p of the rows, each among the documents of its length. */
static double
objective_of (const RbmTrial *trial, RbmTwin *twin)
{
  double sum = 0, log_z = 0, v[MOST_UNITS];

  rbm_twin_update (twin, trial);
  for (int row = 0; row < N; row++) {
    if (row == 0 || twin->oracle.n_counts > 0)
      log_z = log_z_of_row (trial, twin, row);
    rbm_trial_row (trial, row, v);
    sum += rbm_oracle_free_energy (&twin->oracle, v, trial->labels[row]) + log_z;
  }
  return sum / N;
}

/* Free energies, labels summed out; and the labels' posterior. */
static void
test_energy (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float energy[N], p[N * 2];
  double v[MOST_UNITS];

  trial_init (&trial, machines[m].knobs, machines[m].words);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.energy (&call, trial.x, N, energy);
  if (trial.nl > 0)
    lt_rbm.classify (&call, trial.x, N, p);
  for (int row = 0; row < N; row++) {
    double all;

    rbm_trial_row (&trial, row, v);
    all = rbm_oracle_free_energy (&twin.oracle, v, -1);
    g_assert_cmpfloat_with_epsilon ((double) energy[row], all, 2e-5);
    for (int k = 0; k < trial.nl; k++)
      g_assert_cmpfloat_with_epsilon (
          (double) p[row * trial.nl + k],
          exp (all - rbm_oracle_free_energy (&twin.oracle, v, k)), 1e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* p (h = 1 | v), labels known. */
static void
test_up (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  float chains[N * 16], below[N * 16], h[N * 3];
  LtGibbsChains phase = { .n = N, .chains = chains, .below = below, .above = h };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  double v[MOST_UNITS];

  trial_init (&trial, machines[m].knobs, machines[m].words);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.gibbs->load (&call, &phase, trial.x, trial.labels);
  for (int row = 0; row < N; row++) {
    rbm_trial_row (&trial, row, v);
    for (int j = 0; j < trial.nh; j++)
      g_assert_cmpfloat_with_epsilon (
          (double) h[row * trial.nh + j],
          rbm_oracle_hidden (&twin.oracle, v, trial.labels[row], j), 1e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* E [v_i | h] of a unit that is alone, from its energies between −20 and 20, or at 0 and 1. */
static double
unit_mean (const RbmOracle *oracle, int i, gboolean real, int h)
{
  int n = real ? 4000 : 1;
  double from = real ? -20 : 0, step = real ? 0.01 : 1, sum = 0, mean = 0;

  for (int k = 0; k <= n; k++) {
    double v[MOST_UNITS] = { 0 }, p;

    v[i] = from + k * step;
    p = exp (-rbm_oracle_energy (oracle, v, -1, h));
    sum += p;
    mean += p * v[i];
  }
  return mean / sum;
}

/* The share of one word, from documents of one word. */
static double
word_share (const RbmOracle *oracle, int i, int h)
{
  double sum = 0, own = 0;

  for (int k = 0; k < oracle->n_counts; k++) {
    double v[MOST_UNITS] = { 0 }, p;

    v[k] = 1;
    p = exp (-rbm_oracle_energy (oracle, v, -1, h));
    sum += p;
    own = k == i ? p : own;
  }
  return own / sum;
}

/* E [v | h] of every hidden state; documents are 5 words long, as the data's are. */
static void
test_down (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float x[MOST_UNITS];

  trial_init (&trial, machines[m].knobs, machines[m].words);
  rbm_twin_init (&twin, &trial);
  if (machines[m].words)
    trial.state[lt_layout_find (trial.model->state, "length")->offset] = 5;
  call = rbm_trial_call (&trial);
  for (int state = 0; state < 1 << trial.nh; state++) {
    float h[3];

    for (int j = 0; j < trial.nh; j++)
      h[j] = (float) (state >> j & 1);
    lt_rbm.decode (&call, h, 1, x);
    for (int i = 0; i < trial.nv; i++) {
      double expected = i < twin.oracle.n_counts
                            ? 5 * word_share (&twin.oracle, i, state)
                            : unit_mean (&twin.oracle, i, i < trial.nv - N_BITS, state);

      g_assert_cmpfloat_with_epsilon ((double) x[i], expected, 2e-5);
    }
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Enumeration knows the same log Z; without words it needs no length. */
static void
test_log_z (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;

  trial_init (&trial, machines[m].knobs, machines[m].words);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  for (int row = 0; row < N; row++) {
    float length = (float) lt_sum (trial.x + row * trial.nv, twin.oracle.n_counts);
    double log_z;

    if (machines[m].words)
      lt_rbm.documents->log_partitions (&call, &length, 1, &log_z);
    else
      log_z = lt_rbm_log_partition (&call);
    g_assert_cmpfloat_with_epsilon (log_z, log_z_of_row (&trial, &twin, row), 2e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* The exact gradient against central differences, each tensor to 1e-4 of its norm; log σ² of
 * units that are not Gaussian change nothing. Centring turns the gradient of all tensors but
 * that of log σ². */
static void
test_gradient (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  g_autofree char *knobs = g_strconcat (machines[m].knobs, " method=exact", NULL);
  RbmTrial trial;
  RbmTwin twin;
  LtTerms terms;

  trial_init (&trial, knobs, machines[m].words);
  rbm_twin_init (&twin, &trial);
  terms = rbm_trial_gradient (&trial);
  g_assert_cmpfloat_with_epsilon (terms.value[LT_RBM_LIKELIHOOD],
                                  objective_of (&trial, &twin), 2e-5);
  rbm_trial_assert_gradient (&trial, &twin, objective_of,
                             trial.settings.centring != LT_RBM_PLAIN ? "z" : NULL);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Sampled gradients, averaged, point where the exact one does, log σ² included. Contrastive
 * divergence ends with visible means, which go together with hidden units less than samples
 * do: hence its wider tolerance. */
static void
test_direction (gconstpointer sampled)
{
  const char *shared = "hidden=3 learn-sigma=true label-units=2 weight-decay=0 ";
  g_autofree char *exact_knobs = g_strconcat (shared, "method=exact", NULL);
  g_autofree char *knobs = g_strconcat (shared, sampled, NULL);
  double least = g_str_has_prefix (sampled, "method=cd") ? 0.9 : 0.99;
  RbmTrial exact, trial;
  gsize size, z;
  float *sum;

  trial_init (&exact, exact_knobs, TRUE);
  trial_init (&trial, knobs, TRUE);
  size = lt_layout_size (exact.model->params);
  z = rbm_trial_offset (&exact, "z");
  memcpy (trial.params, exact.params, size * sizeof (float));
  memcpy (trial.x, exact.x, N * exact.nv * sizeof (float));
  rbm_trial_gradient (&exact);
  sum = lt_block_new (exact.model->params);
  for (int i = 0; i < 2000; i++) {
    rbm_trial_gradient (&trial);
    lt_axpy (1, trial.gradient, size, sum);
  }
  /* All of them, and log σ² alone. */
  for (gsize first = 0; first <= z; first += z) {
    gsize n = first == 0 ? size : (gsize) trial.nv;
    double cosine = lt_dot (sum + first, exact.gradient + first, n) /
                    sqrt (lt_sum_squares (sum + first, n) *
                          lt_sum_squares (exact.gradient + first, n));

    g_test_message ("cosine %g", cosine);
    g_assert_cmpfloat (cosine, >, least);
  }
  for (int i = 0; i < trial.nv; i++)
    if (i < N_WORDS || i >= N_WORDS + N_NUMBERS)
      g_assert_cmpfloat ((double) trial.gradient[z + i], ==, 0);
  lt_block_free (sum);
  rbm_trial_clear (&trial);
  rbm_trial_clear (&exact);
}

/* One kind for all of them is refused, with what to choose. */
static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  LtShape shape;

  lt_shape_init (&shape, "bits", LT_BINARY, 1, N_BITS, 1);
  lt_shape_add (&shape, "words", LT_COUNTS, 1, N_WORDS, 1);
  lt_model_kind_init_settings (&lt_rbm, &settings);
  g_assert_true (lt_rbm.check (&settings, &shape, NULL));
  rbm_trial_set_knobs (&lt_rbm, "visible=counts", &settings);
  g_assert_false (lt_rbm.check (&settings, &shape, &error));
  g_assert_nonnull (strstr (error->message, "“bits”"));
  g_assert_nonnull (strstr (error->message, "visible=auto"));
}

static void
add (const char *test, gsize m, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/rbm-groups/%s/%s", test, machines[m].name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (m), function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize m = 0; m < G_N_ELEMENTS (machines); m++) {
    add ("energy", m, test_energy);
    add ("up", m, test_up);
    add ("down", m, test_down);
    add ("log-z", m, test_log_z);
    add ("gradient", m, test_gradient);
  }
  g_test_add_data_func ("/rbm-groups/direction/cd", "method=cd gibbs-steps=20",
                        test_direction);
  g_test_add_data_func ("/rbm-groups/direction/pcd",
                        "method=pcd chains=30 gibbs-steps=10", test_direction);
  g_test_add_func ("/rbm-groups/refused", test_refused);
  return g_test_run ();
}
