/* Deep belief networks as distributions: wake and sleep against finite differences, samples
 * and dreams against all states gone through, and what training comes to. */
#include "boltzmann/dbn-machine.h"
#include "core/kernels.h"
#include "support/dbn-trial.h"
#include "train/optimiser.h"

#include <math.h>
#include <string.h>

#define STEP 1e-5
#define ROWS 5

/* ---- Wake and sleep --------------------------------------------------------------------- */

/* One directed layer in double. */
typedef struct {
  const DbnTrial *trial;
  const LtDbnPair *pair;
  double *params; /* the block */
  int nv, nh;
  double factor; /* of what the layer takes in */
} Directed;

static double
value (const Directed *self, const char *name, int at)
{
  const LtTensor *tensor = lt_layout_find (self->trial->model->params, name);

  return self->params[tensor->offset + at];
}

static gboolean
has (const Directed *self, const char *name)
{
  return lt_layout_find (self->trial->model->params, name) != NULL;
}

static double
variance (const Directed *self, int i)
{
  double sigma = self->trial->settings.rbm.sigma;

  return has (self, "z") ? exp (value (self, "z", i)) : sigma * sigma;
}

static double
softplus (double a)
{
  return a > 30 ? a : log1p (exp (a));
}

/* ∫ softplus up to a, which is log Σ_h exp (a h − …) of rectified units: Simpson's rule. */
static double
relu_parts (double a)
{
  enum {
    PANELS = 2000
  };
  double low = -30, width = (a - low) / PANELS, sum = 0;

  for (int k = 0; k <= PANELS; k++)
    sum += (k == 0 || k == PANELS ? 1
            : k % 2 == 1          ? 4
                                  : 2) *
           softplus (low + k * width);
  return sum * width / 3;
}

/* −log p of a hidden unit h given its input a. */
static double
unit_loss (LtRbmHidden kind, double h, double a)
{
  if (kind == LT_HIDDEN_GAUSSIAN)
    return 0.5 * (h - a) * (h - a) + 0.5 * log (2 * G_PI);
  if (kind == LT_HIDDEN_RELU)
    return relu_parts (a) - h * a + 0.5 * h * h;
  return softplus (a) - h * a;
}

static LtRbmHidden
kind_of (const Directed *self, int l)
{
  return lt_dbn_kind_of (&self->trial->settings, l);
}

static double
below (const Directed *self, int row, int i)
{
  return (double) self->pair->below[row * self->nv + i];
}

static double
above (const Directed *self, int row, int j)
{
  return (double) self->pair->above[row * self->nh + j];
}

/* Mean −log p (below | above) through W and b. */
static double
down_loss (const Directed *self)
{
  int l = self->pair->l, visible = l == 0 ? self->trial->settings.rbm.visible : 1;
  const char *w = l == 0 ? "W1" : "W2", *b = l == 0 ? "b" : "b2";
  double loss = 0;

  for (int row = 0; row < self->pair->n; row++) {
    double sum = 0, total = 0;

    for (int i = 0; i < self->nv; i++) {
      double a = value (self, b, i), x = below (self, row, i);

      for (int j = 0; j < self->nh; j++)
        a += value (self, w, i * self->nh + j) * above (self, row, j);
      a *= self->factor;
      if (visible == LT_RBM_GAUSSIAN)
        loss += 0.5 * (x - a) * (x - a) / variance (self, i) +
                0.5 * log (2 * G_PI * variance (self, i));
      else if (visible == LT_RBM_COUNTS)
        loss -= x * a;
      else
        loss += unit_loss (l == 0 ? LT_HIDDEN_BINARY : kind_of (self, l - 1), x, a);
      sum += exp (a);
      total += x;
    }
    if (visible == LT_RBM_COUNTS)
      loss += total * log (sum);
  }
  return loss / self->pair->n;
}

/* Mean −log q (above | below) through R and c. */
static double
up_loss (const Directed *self)
{
  int l = self->pair->l, visible = l == 0 ? self->trial->settings.rbm.visible : 1;
  const char *w = l == 0 ? "R1" : "R2", *c = l == 0 ? "c1" : "c2";
  double loss = 0;

  for (int row = 0; row < self->pair->n; row++)
    for (int j = 0; j < self->nh; j++) {
      double a = 0, total = 0;

      for (int i = 0; i < self->nv; i++) {
        double x = below (self, row, i);

        total += x;
        if (visible == LT_RBM_GAUSSIAN)
          x /= variance (self, i);
        a += value (self, w, i * self->nh + j) * x;
      }
      a += value (self, c, j) * (visible == LT_RBM_COUNTS ? total : 1);
      a *= self->factor;
      loss += unit_loss (kind_of (self, l), above (self, row, j), a);
    }
  return loss / self->pair->n;
}

/* Central differences of every entry of a tensor, to 1e-4 of their norm. */
static void
check_tensor (Directed *self, const char *name, double (*loss) (const Directed *))
{
  const LtTensor *tensor = lt_layout_find (self->trial->model->params, name);
  const float *gradient = self->trial->gradient + tensor->offset;
  double error = 0, norm = 0;

  for (gsize i = 0; i < tensor->size; i++) {
    double *at = self->params + tensor->offset + i, kept = *at, up, down, d;

    *at = kept + STEP;
    up = loss (self);
    *at = kept - STEP;
    down = loss (self);
    *at = kept;
    d = (up - down) / (2 * STEP);
    norm += d * d;
    error += (d - (double) gradient[i]) * (d - (double) gradient[i]);
  }
  g_assert_cmpfloat (norm, >, 1e-6);
  g_assert_cmpfloat (sqrt (error), <, 1e-4 * sqrt (norm));
}

static const struct {
  const char *name, *knobs;
} directed[] = {
  { "binary", "hidden=4,3,2 layer=0" },
  { "doubling", "hidden=4,3,2 layer=0 doubling=true" },
  { "gaussian", "hidden=4,3,2 layer=0 visible=gaussian visible-sigma=0.7" },
  { "sigma", "hidden=4,3,2 layer=0 visible=gaussian learn-sigma=true" },
  { "counts", "hidden=4,3,2 layer=0 visible=counts" },
  { "relu-gaussian", "hidden=4,3,2 layer=0 hidden-units=relu,gaussian" },
  { "gaussian-relu", "hidden=4,3,2 layer=0 hidden-units=gaussian,relu" },
};

/* Values that units of a kind can have. */
static void
draw_units (LtRng *rng, LtRbmHidden kind, gsize n, float *h)
{
  if (kind == LT_HIDDEN_BINARY) {
    lt_rng_fill_mask (rng, 0.5f, n, h);
    return;
  }
  lt_rng_fill_normal (rng, n, h);
  for (gsize i = 0; kind == LT_HIDDEN_RELU && i < n; i++)
    h[i] = MAX (h[i], 0.0f);
}

/* Both cross-entropies of both directed layers, for given values of all units. */
static void
test_directed (gconstpointer data)
{
  DbnTrial trial;
  LtCall call;
  float h1[ROWS * 4], h2[ROWS * 3];
  gboolean doubling, sigma;
  gsize size;

  dbn_trial_init (&trial, directed[GPOINTER_TO_INT (data)].knobs, 5, ROWS);
  call = dbn_trial_call (&trial);
  doubling = trial.settings.doubling;
  sigma = trial.settings.rbm.learn_sigma;
  size = lt_layout_size (trial.model->params);
  draw_units (&trial.rng, lt_dbn_kind_of (&trial.settings, 0), G_N_ELEMENTS (h1), h1);
  draw_units (&trial.rng, lt_dbn_kind_of (&trial.settings, 1), G_N_ELEMENTS (h2), h2);
  for (int l = 0; l < 2; l++) {
    LtDbnPair pair = { l, ROWS, l == 0 ? trial.x : h1, l == 0 ? h1 : h2 };
    g_autofree double *params = g_new (double, size);
    Directed self = { &trial, &pair, params, l == 0 ? 5 : 4, l == 0 ? 4 : 3, 1 };
    double loss;

    for (gsize i = 0; i < size; i++)
      params[i] = (double) trial.params[i];
    self.factor = doubling && l > 0 ? 2 : 1;
    loss = lt_dbn_wake (&call, &pair, trial.gradient);
    g_assert_cmpfloat_with_epsilon (loss, down_loss (&self), 1e-4);
    check_tensor (&self, l == 0 ? "W1" : "W2", down_loss);
    check_tensor (&self, l == 0 ? "b" : "b2", down_loss);
    if (l == 0 && sigma)
      check_tensor (&self, "z", down_loss);
    self.factor = doubling ? 2 : 1;
    loss = lt_dbn_sleep (&call, &pair, trial.gradient);
    g_assert_cmpfloat_with_epsilon (loss, up_loss (&self), 1e-4);
    check_tensor (&self, l == 0 ? "R1" : "R2", up_loss);
    check_tensor (&self, l == 0 ? "c1" : "c2", up_loss);
  }
  dbn_trial_clear (&trial);
}

/* A minibatch of the whole writes every entry, whatever was there before, and reports what
 * it minimises. */
static void
test_whole (gconstpointer kinds)
{
  static const char *const methods[] = { "cd", "pcd" };

  for (guint m = 0; m < G_N_ELEMENTS (methods); m++) {
    g_autofree char *knobs =
        g_strdup_printf ("hidden=4,3,2 layer=0 label-units=2 chains=7 method=%s "
                         "binarise=true gibbs-steps=2 weight-decay=0.1 hidden-units=%s",
                         methods[m], (const char *) kinds);
    g_autofree float *first = NULL, *state = NULL;
    DbnTrial trial;
    LtTerms terms;
    LtRng start;
    gsize size;

    dbn_trial_init (&trial, knobs, 5, ROWS);
    size = lt_layout_size (trial.model->params) * sizeof (float);
    if (trial.state != NULL)
      state = g_memdup2 (trial.state, lt_layout_size (trial.model->state) * 4);
    start = trial.rng;
    terms = dbn_trial_gradient (&trial);
    first = g_memdup2 (trial.gradient, size);
    for (int t = 0; t < lt_layout_n_tensors (trial.model->params); t++) {
      const LtTensor *tensor = lt_layout_tensor (trial.model->params, t);

      lt_fill (7, tensor->size, trial.gradient + tensor->offset);
    }
    if (state != NULL)
      memcpy (trial.state, state, lt_layout_size (trial.model->state) * 4);
    trial.rng = start;
    dbn_trial_gradient (&trial);
    g_assert_cmpmem (first, size, trial.gradient, size);
    g_assert_cmpfloat (terms.value[LT_RBM_RECONSTRUCTION], >, 0);
    g_assert_cmpfloat (terms.value[LT_DBN_GENERATIVE], >, 0);
    g_assert_cmpfloat (terms.value[LT_DBN_RECOGNITION], >, 0);
    dbn_trial_clear (&trial);
  }
}

/* ---- Samples ------------------------------------------------------------------------------ */

#define CHAINS 40000
#define STATES 8

/* χ² with 7 degrees of freedom is above 29.9 once in 10,000 times; seeds are fixed. Chains
 * do not depend on each other, and have forgotten their start after 40 steps. */
#define CHI_7 29.9

/* Pearson's, of the shares of CHAINS samples against probabilities. */
static double
chi_squared (const double *found, const double *p)
{
  double sum = 0;

  for (int i = 0; i < STATES; i++)
    sum += CHAINS * pow (found[i] - p[i], 2) / p[i];
  return sum;
}

static void
start_anywhere (DbnTrial *trial, float *x)
{
  lt_rng_fill_mask (&trial->rng, 0.5f, (gsize) CHAINS * 3, x);
}

/* Gibbs sampling at the top and one pass down give the network's own distribution. */
static void
test_sample (void)
{
  DbnTrial trial;
  LtCall call;
  float *x = lt_floats_new ((gsize) CHAINS * 3);
  double p[STATES], found[STATES];

  dbn_trial_init (&trial, "hidden=3,2 layer=2", 3, 1);
  call = dbn_trial_call (&trial);
  start_anywhere (&trial, x);
  lt_dbn.sample (&call, CHAINS, 40, x);
  dbn_trial_distribution (&trial, -1, p);
  dbn_trial_frequencies (x, CHAINS, 3, found);
  g_test_message ("χ² %g", chi_squared (found, p));
  g_assert_cmpfloat (chi_squared (found, p), <, CHI_7);
  lt_block_free (x);
  dbn_trial_clear (&trial);
}

/* Dreams of one class come from p (v | class), of none from p (v). */
static void
test_dreams (void)
{
  DbnTrial trial;
  LtCall call;
  float *x = lt_floats_new ((gsize) CHAINS * 3), *chains;
  const float w1[] = { 4, 0, 0, 0, 4, 0, 0, 0, 4 };
  const float w2[] = { 2, -2, -2, 2, 1, -2, 2, -2, -2, 2 }; /* the last two: labels */
  double p[3][STATES], found[STATES];

  dbn_trial_init (&trial, "hidden=3,2 layer=2 label-units=2", 3, 1);
  memcpy (dbn_trial_tensor (&trial, "W1", trial.params), w1, sizeof w1);
  memcpy (dbn_trial_tensor (&trial, "b", trial.params), (float[]){ -2, -2, -2 }, 12);
  memcpy (dbn_trial_tensor (&trial, "W2", trial.params), w2, sizeof w2);
  call = dbn_trial_call (&trial);
  chains = lt_floats_new ((gsize) CHAINS * lt_dbn.dreaming->width (trial.model));
  for (int label = -1; label < 2; label++) {
    LtDream dream = { .n = CHAINS,
                      .chains = chains,
                      .x = x,
                      .label = label,
                      .temperature = 1,
                      .steps = 20,
                      .samples = TRUE };

    start_anywhere (&trial, x);
    lt_dbn.dreaming->start (&call, &dream);
    lt_dbn.dreaming->run (&call, &dream);
    lt_dbn.dreaming->run (&call, &dream);
    dbn_trial_distribution (&trial, label, p[label + 1]);
    dbn_trial_frequencies (x, CHAINS, 3, found);
    g_test_message ("χ² %g", chi_squared (found, p[label + 1]));
    g_assert_cmpfloat (chi_squared (found, p[label + 1]), <, CHI_7);
  }
  g_assert_cmpfloat (chi_squared (p[1], p[2]), >, 10 * CHI_7);
  lt_block_free (x);
  lt_block_free (chains);
  dbn_trial_clear (&trial);
}

/* Held data stay as they are given, the rest follows them: where one layer copies the data,
 * and the top joins two copies, the free unit becomes like the held one. */
static void
test_held (void)
{
  enum {
    n = 200
  };
  DbnTrial trial;
  LtCall call;
  float x[n * 2], given[n * 2], clamped[2] = { 1, 0 }, chains[n * 2];
  LtDream dream = { .n = n,
                    .chains = chains,
                    .x = x,
                    .clamped = clamped,
                    .given = given,
                    .label = -1,
                    .temperature = 1,
                    .steps = 30,
                    .samples = TRUE };
  int alike = 0;

  dbn_trial_init (&trial, "hidden=2,1 layer=2", 2, 1);
  memset (trial.params, 0, lt_layout_size (trial.model->params) * 4);
  memcpy (dbn_trial_tensor (&trial, "W1", trial.params), (float[]){ 12, 0, 0, 12 }, 16);
  memcpy (dbn_trial_tensor (&trial, "b", trial.params), (float[]){ -6, -6 }, 8);
  memcpy (dbn_trial_tensor (&trial, "c1", trial.params), (float[]){ -6, -6 }, 8);
  memcpy (dbn_trial_tensor (&trial, "W2", trial.params), (float[]){ 4, 4 }, 8);
  memcpy (dbn_trial_tensor (&trial, "b2", trial.params), (float[]){ -2, -2 }, 8);
  *dbn_trial_tensor (&trial, "c2", trial.params) = -4;
  call = dbn_trial_call (&trial);
  for (int i = 0; i < n * 2; i++)
    given[i] = x[i] = (float) (i / 2 % 2);
  g_assert_cmpint (lt_dbn.dreaming->width (trial.model), ==, 2);
  lt_dbn.dreaming->start (&call, &dream);
  lt_dbn.dreaming->run (&call, &dream);
  for (int i = 0; i < n; i++) {
    g_assert_cmpfloat (x[2 * i], ==, given[2 * i]);
    alike += x[2 * i + 1] == given[2 * i];
  }
  g_assert_cmpint (alike, >, n * 3 / 4);
  g_assert_cmpint (alike, <, n);
  dbn_trial_clear (&trial);
}

/* Persistent chains are seen through the layers below. */
static void
test_particles (void)
{
  DbnTrial trial;
  LtCall call;
  float x[4 * 3], code[4 * 2], seen[4 * 3];

  dbn_trial_init (&trial, "hidden=3,2 layer=2 method=pcd chains=4", 3, 1);
  call = dbn_trial_call (&trial);
  g_assert_cmpint (lt_dbn.n_particles (trial.model), ==, 4);
  lt_dbn.particles (&call, x);
  memcpy (code, trial.state + lt_layout_find (trial.model->state, "chain h2")->offset,
          sizeof code);
  lt_dbn.decode (&call, code, 4, seen);
  g_assert_cmpmem (x, sizeof x, seen, sizeof seen);
  dbn_trial_clear (&trial);
}

/* ---- Learning ------------------------------------------------------------------------------ */

#define N_DATA 12

/* Rows whose first half says which of two patterns the second half has, so that no unit
 * tells anything alone. */
static const float patterns[N_DATA * 6] = {
  1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1,
  0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0,
  0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1,
};

static double
log_likelihood (const DbnTrial *trial)
{
  double p[64], sum = 0;

  dbn_trial_distribution (trial, -1, p);
  for (int row = 0; row < N_DATA; row++) {
    int state = 0;

    for (int i = 0; i < 6; i++)
      state |= (patterns[row * 6 + i] > 0) << i;
    sum += log (p[state]) / N_DATA;
  }
  return sum;
}

/* Of units that know nothing of each other. */
static double
independent_likelihood (void)
{
  double sum = 0;

  for (int i = 0; i < 6; i++) {
    double p = 0;

    for (int row = 0; row < N_DATA; row++)
      p += (double) patterns[row * 6 + i] / N_DATA;
    sum += p * log (p) + (1 - p) * log (1 - p);
  }
  return sum;
}

static void
train (DbnTrial *self, int steps, double rate)
{
  LtTraining training;
  LtOptimiser *optimiser;
  LtBatch batch = { .x = patterns, .n = N_DATA };

  lt_knobs_init (&lt_training_knobs, &training);
  training.optimiser = LT_SGD;
  optimiser = lt_optimiser_new (self->model->params, &training);
  for (int i = 0; i < steps; i++) {
    LtCall call = dbn_trial_call (self);
    LtTerms terms;

    lt_dbn.gradient (&call, &batch, self->gradient, self->state, &terms);
    lt_optimiser_step (optimiser, NULL, &training, rate, self->gradient, self->params);
  }
  lt_optimiser_free (optimiser);
}

static void
begin_with (DbnTrial *self, DbnTrial *from)
{
  LtCall call = dbn_trial_call (self), other = dbn_trial_call (from);
  g_autoptr (GError) error = NULL;

  lt_model_adopt (&call, &other, self->params, self->state, &error);
  g_assert_no_error (error);
}

#define LEARNER "hidden=6,6 method=pcd chains=50 weight-decay=0 layer="

/* Layer by layer the network comes to know more than units on their own, and learning as a
 * whole adds to that. */
static void
test_learning (void)
{
  DbnTrial first, second, whole;
  double chance = independent_likelihood (), greedy, fine;

  dbn_trial_init (&first, LEARNER "1", 6, 1);
  lt_dbn.init (first.model, &first.settings, NULL, &first.rng, first.params,
               first.state);
  train (&first, 4000, 0.1);
  dbn_trial_init (&second, LEARNER "2", 6, 1);
  begin_with (&second, &first);
  train (&second, 4000, 0.1);
  greedy = log_likelihood (&second);
  dbn_trial_init (&whole, LEARNER "0", 6, 1);
  begin_with (&whole, &second);
  train (&whole, 4000, 0.01);
  fine = log_likelihood (&whole);
  g_test_message ("independent %.3f, greedy %.3f, up-down %.3f", chance, greedy, fine);
  g_assert_cmpfloat (greedy, >, chance + 0.5);
  g_assert_cmpfloat (fine, >, greedy + 0.05);
  dbn_trial_clear (&first);
  dbn_trial_clear (&second);
  dbn_trial_clear (&whole);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (directed); i++) {
    g_autofree char *path = g_strdup_printf ("/dbn/directed/%s", directed[i].name);
    g_test_add_data_func (path, GINT_TO_POINTER (i), test_directed);
  }
  g_test_add_data_func ("/dbn/whole/binary", "binary", test_whole);
  g_test_add_data_func ("/dbn/whole/kinds", "gaussian,relu", test_whole);
  g_test_add_func ("/dbn/sample", test_sample);
  g_test_add_func ("/dbn/dreams", test_dreams);
  g_test_add_func ("/dbn/held", test_held);
  g_test_add_func ("/dbn/particles", test_particles);
  g_test_add_func ("/dbn/learning", test_learning);
  return g_test_run ();
}
