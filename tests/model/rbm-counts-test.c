/* Replicated softmax machines, alone and beside binary units and labels, against sums over
 * every sequence of words and every hidden state, in double. */
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

#define N_WORDS 3 /* in the vocabulary */
#define N_BITS  2
#define N       9

/* Words alone, or with bits beside them. */
static void
trial_init (RbmTrial *self, const char *knobs, gboolean bits)
{
  LtShape shape;

  lt_shape_init (&shape, "words", LT_COUNTS, 1, N_WORDS, 1);
  if (bits)
    lt_shape_add (&shape, "bits", LT_BINARY, 1, N_BITS, 1);
  rbm_trial_init_shaped (self, knobs, NULL, &shape, N);
}

static int
length_of (const RbmTrial *trial, int row)
{
  return (int) lt_sum (trial->x + row * trial->nv, N_WORDS);
}

/* log Z of documents as long as a row is. */
static double
log_z_of_row (const RbmTrial *trial, const RbmTwin *twin, int row)
{
  RbmOracle oracle = twin->oracle;

  oracle.length = length_of (trial, row);
  return rbm_oracle_log_z (&oracle);
}

/* Mean −log p of the rows, each among the documents of its length. */
static double
objective_of (const RbmTrial *trial, RbmTwin *twin)
{
  double sum = 0, v[MOST_UNITS];

  for (int row = 0; row < N; row++) {
    rbm_trial_row (trial, row, v);
    sum += rbm_oracle_free_energy (&twin->oracle, v, trial->labels[row]) +
           log_z_of_row (trial, twin, row);
  }
  return sum / N;
}

/* What is beside the words, and labels. */
static const struct {
  const char *name, *knobs;
  gboolean bits;
} machines[] = {
  { "words", "hidden=4 weight-decay=0", FALSE },
  { "bits", "hidden=3 weight-decay=0", TRUE },
  { "labels", "hidden=3 label-units=2 weight-decay=0", TRUE },
  { "relu", "hidden=3 hidden-units=relu weight-decay=0", FALSE },
  { "gaussian", "hidden=3 hidden-units=gaussian weight-decay=0", FALSE },
};

/* Free energies of rows of every length; hidden means where units are binary. */
static void
test_energy (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float energy[N], *h;
  double v[MOST_UNITS];

  trial_init (&trial, machines[m].knobs, machines[m].bits);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  h = lt_floats_new (N * trial.nh);
  lt_rbm.energy (&call, trial.x, N, energy);
  lt_rbm.encode (&call, trial.x, N, h);
  for (int row = 0; row < N; row++) {
    rbm_trial_row (&trial, row, v);
    g_assert_cmpfloat_with_epsilon ((double) energy[row],
                                    rbm_oracle_free_energy (&twin.oracle, v, -1), 2e-5);
    for (int j = 0; trial.nl == 0 && j < trial.nh; j++)
      if (trial.settings.hidden_units == LT_HIDDEN_BINARY)
        g_assert_cmpfloat_with_epsilon ((double) h[row * trial.nh + j],
                                        rbm_oracle_hidden (&twin.oracle, v, -1, j),
                                        1e-5);
  }
  lt_block_free (h);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

static double
log_z_of_length (const LtCall *call, float length)
{
  double log_z;

  lt_rbm.documents->log_partitions (call, &length, 1, &log_z);
  return log_z;
}

/* Normalised: log Z of each length is that of the sum over all sequences, whether lengths are
 * asked for one by one or together. It is not known without a length. */
static void
test_log_z (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float lengths[N];
  double log_z[N];

  trial_init (&trial, machines[m].knobs, machines[m].bits);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  g_assert_true (isnan (lt_rbm_log_partition (&call)));
  g_assert_cmpint (lt_rbm.documents->n_lengths (trial.model), ==, 1);
  lt_rbm.documents->lengths (&call, trial.x, N, lengths);
  lt_rbm.documents->log_partitions (&call, lengths, N, log_z);
  for (int row = 0; row < N; row++) {
    g_assert_cmpfloat ((double) lengths[row], ==, length_of (&trial, row));
    g_assert_cmpfloat_with_epsilon (log_z[row], log_z_of_row (&trial, &twin, row),
                                    1e-5);
    g_assert_cmpfloat (log_z_of_length (&call, lengths[row]), ==, log_z[row]);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* The exact gradient against central differences, each tensor to 1e-4 of its norm. */
static void
test_gradient (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  g_autofree char *knobs = g_strconcat (machines[m].knobs, " method=exact", NULL);
  RbmTrial trial;
  RbmTwin twin;
  LtTerms terms;

  trial_init (&trial, knobs, machines[m].bits);
  rbm_twin_init (&twin, &trial);
  terms = rbm_trial_gradient (&trial);
  g_assert_cmpfloat_with_epsilon (terms.value[LT_RBM_LIKELIHOOD],
                                  objective_of (&trial, &twin), 2e-5);
  rbm_trial_assert_gradient (&trial, &twin, objective_of, NULL);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Expected counts add up to the document's length, in the softmax's proportions; and to the
 * training data's where there is only a code. */
static void
test_reconstruction (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float h[N * 4], r[N * N_WORDS], x[N_WORDS];
  static const float mean[N_WORDS] = { 1, 2, 4 };

  trial_init (&trial, "hidden=4", FALSE);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.encode (&call, trial.x, N, h);
  lt_rbm.reconstruct (&call, trial.x, N, r);
  for (int row = 0; row < N; row++) {
    double a[N_WORDS], sum = 0;

    for (int k = 0; k < N_WORDS; k++) {
      a[k] = twin.oracle.b[k];
      for (int j = 0; j < 4; j++)
        a[k] += twin.oracle.w[k * 4 + j] * (double) h[row * 4 + j];
      sum += exp (a[k]);
    }
    for (int k = 0; k < N_WORDS; k++)
      g_assert_cmpfloat_with_epsilon ((double) r[row * N_WORDS + k],
                                      length_of (&trial, row) * exp (a[k]) / sum, 1e-5);
  }
  lt_rbm.init (trial.model, &trial.settings, mean, &trial.rng, trial.params,
               trial.state);
  lt_rbm.decode (&call, h, 1, x);
  g_assert_cmpfloat_with_epsilon (lt_sum (x, N_WORDS), 7, 1e-4);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Samples keep the length that they began with, and follow p (v): 3 words of 3 make 10
 * different counts, each as likely as all of its orders together. With 9 degrees of freedom
 * χ² is above 33.7 once in 10,000 times. */
static void
test_sampler (void)
{
  enum {
    CHAINS = 6000,
    LENGTH = 3,
    KEYS = 16
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float *x;
  int counts[KEYS] = { 0 }, seen[KEYS], n_seen = 0;
  double p[KEYS] = { 0 }, used[KEYS], v[MOST_UNITS], log_z;

  trial_init (&trial, "hidden=4", FALSE);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  x = lt_floats_new (CHAINS * N_WORDS);
  for (int row = 0; row < CHAINS; row++)
    x[row * N_WORDS] = LENGTH;
  lt_rbm.sample (&call, CHAINS, 30, x);
  for (int row = 0; row < CHAINS; row++) {
    const float *words = x + row * N_WORDS;

    g_assert_cmpfloat (lt_sum (words, N_WORDS), ==, LENGTH);
    counts[(int) words[0] * 4 + (int) words[1]]++;
  }
  twin.oracle.length = LENGTH;
  log_z = rbm_oracle_log_z (&twin.oracle);
  for (int sequence = 0; sequence < 27; sequence++) {
    memset (v, 0, sizeof v);
    v[sequence % 3]++;
    v[sequence / 3 % 3]++;
    v[sequence / 9]++;
    p[(int) v[0] * 4 + (int) v[1]] +=
        exp (-rbm_oracle_free_energy (&twin.oracle, v, -1) - log_z);
  }
  for (int key = 0; key < KEYS; key++)
    if (p[key] > 0) {
      used[n_seen] = p[key];
      seen[n_seen++] = counts[key];
    }
  g_assert_cmpint (n_seen, ==, 10);
  g_test_message ("χ² %g", rbm_chi_squared (seen, used, n_seen, CHAINS));
  g_assert_cmpfloat (rbm_chi_squared (seen, used, n_seen, CHAINS), <, 33.7);
  lt_block_free (x);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* The direction of the sampled gradient, averaged, is the exact one's: persistent chains
 * take over their documents' lengths. */
static void
test_direction (gconstpointer sampled)
{
  RbmTrial exact, trial;
  gsize size;
  float *sum;
  double cosine;

  trial_init (&exact, "method=exact hidden=4 weight-decay=0", TRUE);
  trial_init (&trial, sampled, TRUE);
  size = lt_layout_size (exact.model->params);
  memcpy (trial.params, exact.params, size * sizeof (float));
  memcpy (trial.x, exact.x, N * exact.nv * sizeof (float));
  rbm_trial_gradient (&exact);
  sum = lt_block_new (exact.model->params);
  for (int i = 0; i < 600; i++) {
    rbm_trial_gradient (&trial);
    lt_axpy (1, trial.gradient, size, sum);
  }
  cosine = lt_dot (sum, exact.gradient, size) /
           sqrt (lt_sum_squares (sum, size) * lt_sum_squares (exact.gradient, size));
  g_test_message ("cosine %g", cosine);
  g_assert_cmpfloat (cosine, >, 0.99);
  lt_block_free (sum);
  rbm_trial_clear (&trial);
  rbm_trial_clear (&exact);
}

/* Two sorts of documents, each with words of its own: contrastive divergence finds them.
 * The exact likelihood goes from ln 4 a word to little more than ln 2, and hidden means
 * tell them apart. */
static void
test_learning (void)
{
  enum {
    VOCABULARY = 4,
    ROWS = 40,
    LENGTH = 8
  };
  RbmTrial trial;
  LtCall call;
  LtShape shape;
  float energy[ROWS], z[ROWS * 2];
  double nats;

  lt_shape_init (&shape, "words", LT_COUNTS, 1, VOCABULARY, 1);
  rbm_trial_init_shaped (&trial, "hidden=2 weight-decay=0 gibbs-steps=5", NULL, &shape,
                         ROWS);
  lt_scale (0.1f, lt_layout_size (trial.model->params), trial.params);
  memset (trial.x, 0, ROWS * VOCABULARY * sizeof (float));
  for (int row = 0; row < ROWS; row++)
    for (int word = 0; word < LENGTH; word++)
      trial.x[row * VOCABULARY + row % 2 * 2 + lt_rng_below (&trial.rng, 2)]++;
  rbm_trial_descend (&trial, 1500, 0.02f);
  call = rbm_trial_call (&trial);
  lt_rbm.energy (&call, trial.x, ROWS, energy);
  nats = (lt_sum (energy, ROWS) / ROWS + log_z_of_length (&call, LENGTH)) / LENGTH;
  g_test_message ("%g nats a word", nats);
  g_assert_cmpfloat (nats, <, 0.95);
  lt_rbm.encode (&call, trial.x, ROWS, z);
  g_assert_cmpfloat (fabs ((double) (z[0] - z[2])) + fabs ((double) (z[1] - z[3])), >,
                     0.9);
  rbm_trial_clear (&trial);
}

/* Dreams keep their length, and the words that are held. */
static void
test_dream (void)
{
  static const float clamped[N_WORDS + N_BITS] = { [N_WORDS] = 1 };
  RbmTrial trial;
  LtCall call;
  float chains[N * 5], given[N * 5];
  LtDream dream = { .n = N,
                    .chains = chains,
                    .clamped = clamped,
                    .given = given,
                    .label = -1,
                    .temperature = 2,
                    .steps = 7,
                    .samples = TRUE };

  trial_init (&trial, "hidden=4", TRUE);
  call = rbm_trial_call (&trial);
  lt_fill (1, N * 5, given);
  dream.x = trial.x;
  lt_rbm.dreaming->start (&call, &dream);
  lt_rbm.dreaming->run (&call, &dream);
  for (int row = 0; row < N; row++) {
    g_assert_cmpint (length_of (&trial, row), ==, 2 + row % 3);
    g_assert_cmpfloat ((double) trial.x[row * 5 + N_WORDS], ==, 1);
  }
  rbm_trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize m = 0; m < G_N_ELEMENTS (machines); m++) {
    g_autofree char *energy =
        g_strconcat ("/rbm-counts/energy/", machines[m].name, NULL);
    g_autofree char *log_z = g_strconcat ("/rbm-counts/log-z/", machines[m].name, NULL);
    g_autofree char *gradient =
        g_strconcat ("/rbm-counts/gradient/", machines[m].name, NULL);

    g_test_add_data_func (energy, GINT_TO_POINTER (m), test_energy);
    if (m < 3) { /* only binary hidden units can be enumerated */
      g_test_add_data_func (log_z, GINT_TO_POINTER (m), test_log_z);
      g_test_add_data_func (gradient, GINT_TO_POINTER (m), test_gradient);
    }
  }
  g_test_add_func ("/rbm-counts/reconstruction", test_reconstruction);
  g_test_add_func ("/rbm-counts/sampler", test_sampler);
  g_test_add_data_func ("/rbm-counts/direction/cd",
                        "method=cd gibbs-steps=30 hidden=4 weight-decay=0",
                        test_direction);
  g_test_add_data_func ("/rbm-counts/direction/pcd",
                        "method=pcd chains=90 gibbs-steps=20 hidden=4 weight-decay=0",
                        test_direction);
  g_test_add_func ("/rbm-counts/learning", test_learning);
  g_test_add_func ("/rbm-counts/dream", test_dream);
  return g_test_run ();
}
