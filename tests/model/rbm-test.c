/* Restricted Boltzmann machines against exhaustive enumeration in double: conditionals,
 * energies, gradients, and what training comes to. */
#include "boltzmann/rbm-machine.h"
#include "core/error.h"
#include "core/kernels.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

static double
sparsity_of (const RbmTrial *trial, const RbmTwin *twin)
{
  const LtRbmSettings *s = &trial->settings;
  double rho = s->sparsity_target, sum = 0, v[MOST_UNITS];

  for (int j = 0; s->sparsity != LT_RBM_SPARSITY_NONE && j < trial->nh; j++) {
    double q = 0;
    for (int row = 0; row < trial->n; row++) {
      rbm_trial_row (trial, row, v);
      q += rbm_oracle_hidden (&twin->oracle, v, trial->labels[row], j) / trial->n;
    }
    sum += s->sparsity == LT_RBM_SPARSITY_SQUARE
               ? (rho - q) * (rho - q)
               : rho * log (rho / q) + (1 - rho) * log ((1 - rho) / (1 - q));
  }
  return s->sparsity_weight * sum;
}

/* Mean −log p of the examples, with all penalties. */
static double
objective_of (const RbmTrial *trial, RbmTwin *twin)
{
  const RbmOracle *o = &twin->oracle;
  double sum = 0, decay = 0, v[MOST_UNITS];

  rbm_twin_update (twin, trial);
  for (int row = 0; row < trial->n; row++) {
    rbm_trial_row (trial, row, v);
    sum += rbm_oracle_free_energy (o, v, trial->labels[row]) / trial->n;
  }
  for (int i = 0; i < (o->nv + o->nl) * o->nh; i++)
    decay += 0.5 * trial->settings.decay * o->w[i] * o->w[i];
  return sum + rbm_oracle_log_z (o) + decay + sparsity_of (trial, twin);
}

/* ---- Exact quantities ------------------------------------------------------------ */

/* Machines of both layers' sizes around each other, with labels, and Gaussian ones. Labels
 * are gone through with the visible units where these are the fewer. */
static const struct {
  const char *name, *knobs;
  int nv;
} machines[] = {
  { "wide", "method=exact hidden=4 weight-decay=0", 6 },
  { "tall", "method=exact hidden=7 weight-decay=0", 4 },
  { "labels", "method=exact hidden=5 label-units=3 weight-decay=0", 4 },
  { "labels-tall", "method=exact hidden=7 label-units=3 weight-decay=0", 4 },
  { "gaussian",
    "method=exact hidden=4 visible=gaussian visible-sigma=0.7 weight-decay=0", 3 },
  { "sigma", "method=exact hidden=3 visible=gaussian learn-sigma=true weight-decay=0.1",
    3 },
  { "decay", "method=exact hidden=4 weight-decay=0.3", 5 },
  { "square", "method=exact hidden=4 weight-decay=0 sparsity=square sparsity-weight=3",
    5 },
  { "kl", "method=exact hidden=4 weight-decay=0.1 sparsity=kl sparsity-weight=2", 5 },
  { "hidden-gaussian", "method=exact hidden=3 hidden-units=gaussian weight-decay=0",
    4 },
  { "hidden-relu", "method=exact hidden=3 hidden-units=relu weight-decay=0", 4 },
  { "kl-sigma", "method=exact hidden=3 visible=gaussian learn-sigma=true sparsity=kl",
    3 },
};

/* The exact gradient against central differences of the exact log-likelihood, each tensor
 * to 1e-4 of its norm; and the value itself. */
static void
test_gradient (gconstpointer data)
{
  int m = GPOINTER_TO_INT (data);
  RbmTrial trial;
  RbmTwin twin;
  LtTerms terms;

  rbm_trial_init (&trial, machines[m].knobs, machines[m].nv, 9);
  rbm_twin_init (&twin, &trial);
  terms = rbm_trial_gradient (&trial);
  g_assert_cmpfloat_with_epsilon (lt_model_objective (trial.model, &terms),
                                  objective_of (&trial, &twin), 2e-5);
  rbm_trial_assert_gradient (&trial, &twin, objective_of, NULL);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* log Z and free energies of a machine of 12 + 8 units, whichever layer is enumerated. */
static void
test_large (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float energy[5];
  double v[MOST_UNITS];

  rbm_trial_init (&trial, "hidden=8", 12, 5);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  g_assert_cmpfloat_with_epsilon (lt_rbm_log_partition (&call),
                                  rbm_oracle_log_z (&twin.oracle), 1e-5);
  lt_rbm.energy (&call, trial.x, 5, energy);
  for (int row = 0; row < 5; row++) {
    rbm_trial_row (&trial, row, v);
    g_assert_cmpfloat_with_epsilon ((double) energy[row],
                                    rbm_oracle_free_energy (&twin.oracle, v, -1), 1e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* The exact gradient of that machine, along three directions, and its conditionals. */
static void
test_large_gradient (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  gsize size;
  float *direction, z[5 * 8];
  double v[MOST_UNITS];

  rbm_trial_init (&trial, "hidden=8 method=exact weight-decay=0", 12, 5);
  rbm_twin_init (&twin, &trial);
  size = lt_layout_size (trial.model->params);
  direction = lt_block_new (trial.model->params);
  rbm_trial_gradient (&trial);
  for (int k = 0; k < 3; k++) {
    double side[2];

    lt_rng_fill_normal (&trial.rng, size, direction);
    for (int way = 0; way < 2; way++) {
      for (gsize i = 0; i < size; i++)
        twin.params[i] = (double) trial.params[i] +
                         (way == 0 ? STEP : -STEP) * (double) direction[i];
      side[way] = objective_of (&trial, &twin);
    }
    g_assert_cmpfloat_with_epsilon (lt_dot (trial.gradient, direction, size),
                                    (side[0] - side[1]) / (2 * STEP), 1e-4);
  }
  rbm_twin_clear (&twin);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.encode (&call, trial.x, 5, z);
  for (int row = 0; row < 5; row++)
    for (int j = 0; j < 8; j++) {
      rbm_trial_row (&trial, row, v);
      g_assert_cmpfloat_with_epsilon ((double) z[row * 8 + j],
                                      rbm_oracle_hidden (&twin.oracle, v, -1, j), 1e-5);
    }
  lt_block_free (direction);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* Too many units on both sides: not a number, rather than forever. */
static void
test_not_enumerable (void)
{
  RbmTrial trial;
  LtCall call;

  rbm_trial_init (&trial, "hidden=23", 23, 1);
  call = rbm_trial_call (&trial);
  g_assert_true (isnan (lt_rbm_log_partition (&call)));
  rbm_trial_clear (&trial);
}

/* Labels count by their number of states: 20 units and 4 classes are as many as 22 units, and
 * 5 classes are more. */
static void
test_enumerable_labels (void)
{
  for (int n_classes = 4; n_classes <= 5; n_classes++) {
    g_autofree char *knobs = g_strdup_printf ("hidden=24 label-units=%d", n_classes);
    RbmTrial trial;
    LtRbmMachine machine;

    rbm_trial_init (&trial, knobs, 20, 1);
    lt_rbm_machine_init (&machine, trial.model);
    g_assert_true (lt_rbm_can_enumerate (&machine, LT_RBM_MAX_LOG_Z) ==
                   (n_classes == 4));
    rbm_trial_clear (&trial);
  }
}

/* Hidden means, visible means and reconstructions. */
static void
test_conditionals (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float z[3 * 4], r[3 * 6], again[3 * 6];
  double v[MOST_UNITS];

  rbm_trial_init (&trial, "hidden=4", 6, 3);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  lt_rbm.encode (&call, trial.x, 3, z);
  for (int row = 0; row < 3; row++)
    for (int j = 0; j < 4; j++) {
      rbm_trial_row (&trial, row, v);
      g_assert_cmpfloat_with_epsilon ((double) z[row * 4 + j],
                                      rbm_oracle_hidden (&twin.oracle, v, -1, j), 1e-5);
    }
  lt_rbm.decode (&call, z, 3, r);
  for (int row = 0; row < 3; row++)
    for (int i = 0; i < 6; i++) {
      double input = twin.oracle.b[i];
      for (int j = 0; j < 4; j++)
        input += twin.oracle.w[i * 4 + j] * (double) z[row * 4 + j];
      g_assert_cmpfloat_with_epsilon ((double) r[row * 6 + i], 1 / (1 + exp (-input)),
                                      1e-5);
    }
  lt_rbm.reconstruct (&call, trial.x, 3, again);
  g_assert_cmpmem (r, sizeof r, again, sizeof again);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* One way's input doubled, biases too, is the other way's as it was; labels are never
 * doubled. Contrastive divergence goes through both: with so many equal rows, the visible
 * biases' gradient is that of all paths, to 4 standard errors of 0.5/√4000. */
static void
test_doubling (gconstpointer data)
{
  enum {
    NV = 4,
    NH = 3,
    NL = 2,
    N = 4000
  };
  const double *factor = data;
  double p_h[NH], expected[NV + NL] = { 0 };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float z[NH], r[NV];

  rbm_trial_init_doubled (&trial, "hidden=3 label-units=2 weight-decay=0", factor, NV,
                          N);
  for (int row = 0; row < N; row++) {
    memcpy (trial.x + row * NV, trial.x, NV * sizeof (float));
    trial.labels[row] = 1;
  }
  rbm_twin_init (&twin, &trial);
  for (int j = 0; j < NH; j++) {
    double a = twin.oracle.c[j] + twin.oracle.w[(NV + 1) * NH + j];
    for (int i = 0; i < NV; i++)
      a += twin.oracle.w[i * NH + j] * (double) trial.x[i];
    p_h[j] = 1 / (1 + exp (-factor[0] * a));
  }
  for (int h = 0; h < 1 << NH; h++) {
    double p = 1, a[NV + NL];

    for (int i = 0; i < NV + NL; i++) {
      a[i] = twin.oracle.b[i];
      for (int j = 0; j < NH; j++)
        a[i] += twin.oracle.w[i * NH + j] * (h >> j & 1);
    }
    for (int j = 0; j < NH; j++)
      p *= h >> j & 1 ? p_h[j] : 1 - p_h[j];
    for (int i = 0; i < NV; i++)
      expected[i] += p / (1 + exp (-factor[1] * a[i]));
    expected[NV] += p / (1 + exp (a[NV + 1] - a[NV]));
    expected[NV + 1] += p / (1 + exp (a[NV] - a[NV + 1]));
  }
  rbm_trial_gradient (&trial);
  for (int i = 0; i < NV + NL; i++) {
    double v = i < NV ? (double) trial.x[i] : i - NV;
    g_assert_cmpfloat_with_epsilon (
        (double) trial.gradient[rbm_trial_offset (&trial, "b") + i], expected[i] - v,
        0.032);
  }
  call = rbm_trial_call (&trial);
  for (int j = 0; j < NH; j++)
    z[j] = (float) (j % 2);
  lt_rbm.decode (&call, z, 1, r);
  for (int i = 0; i < NV; i++) {
    double a = twin.oracle.b[i] + twin.oracle.w[i * NH + 1];
    g_assert_cmpfloat_with_epsilon ((double) r[i], 1 / (1 + exp (-factor[1] * a)),
                                    1e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* p (label | x) is exp of the difference of exact free energies; the energy of x alone has
 * labels summed out. */
static void
test_labels (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float p[4 * 3], energy[4];
  double v[MOST_UNITS];

  rbm_trial_init (&trial, "hidden=5 label-units=3", 6, 4);
  rbm_twin_init (&twin, &trial);
  call = rbm_trial_call (&trial);
  g_assert_true (lt_model_can (trial.model, LT_CAN_CLASSIFY));
  g_assert_cmpint (trial.model->n_classes, ==, 3);
  lt_rbm.classify (&call, trial.x, 4, p);
  lt_rbm.energy (&call, trial.x, 4, energy);
  for (int row = 0; row < 4; row++) {
    double all;

    rbm_trial_row (&trial, row, v);
    all = rbm_oracle_free_energy (&twin.oracle, v, -1);
    g_assert_cmpfloat_with_epsilon ((double) energy[row], all, 1e-5);
    for (int k = 0; k < 3; k++)
      g_assert_cmpfloat_with_epsilon (
          (double) p[row * 3 + k],
          exp (all - rbm_oracle_free_energy (&twin.oracle, v, k)), 1e-5);
  }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* The pseudo-likelihood that training reports, against the conditionals of every unit: 16
 * equal rows take 4 units in turn. */
static void
test_pseudo_likelihood (void)
{
  RbmTrial trial;
  RbmTwin twin;
  LtTerms terms;
  double expected = 0, v[MOST_UNITS];

  rbm_trial_init (&trial, "hidden=5 method=cd", 4, 16);
  rbm_twin_init (&twin, &trial);
  for (int row = 1; row < 16; row++)
    memcpy (trial.x + row * 4, trial.x, 4 * sizeof (float));
  terms = rbm_trial_gradient (&trial);
  rbm_trial_row (&trial, 0, v);
  for (int i = 0; i < 4; i++) {
    double here = rbm_oracle_free_energy (&twin.oracle, v, -1), flipped;

    v[i] = 1 - v[i];
    flipped = rbm_oracle_free_energy (&twin.oracle, v, -1);
    v[i] = 1 - v[i];
    expected += log1p (exp (here - flipped));
  }
  g_assert_cmpfloat_with_epsilon (terms.value[LT_RBM_PSEUDO_LIKELIHOOD], expected,
                                  1e-4);
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

/* ---- Estimates of the gradient --------------------------------------------------- */

static double
cosine (const float *a, const float *b, gsize n)
{
  return lt_dot (a, b, n) / sqrt (lt_sum_squares (a, n) * lt_sum_squares (b, n));
}

/* The estimate of `method` averaged over `times` minibatches, and the exact gradient. */
static double
agreement (const char *knobs, int times)
{
  RbmTrial exact, trial;
  gsize size;
  float *sum;
  double result;

  rbm_trial_init (&exact, "method=exact hidden=5 weight-decay=0", 6, 400);
  rbm_trial_gradient (&exact);
  rbm_trial_init (&trial, knobs, 6, 400);
  memcpy (trial.params, exact.params,
          lt_layout_size (exact.model->params) * sizeof (float));
  memcpy (trial.x, exact.x, 400 * 6 * sizeof (float));
  size = lt_layout_size (trial.model->params);
  sum = lt_block_new (trial.model->params);
  for (int i = 0; i < times; i++) {
    rbm_trial_gradient (&trial);
    lt_axpy (1, trial.gradient, size, sum);
  }
  result = cosine (sum, exact.gradient, size);
  lt_block_free (sum);
  rbm_trial_clear (&trial);
  rbm_trial_clear (&exact);
  return result;
}

/* One step points roughly along the gradient, many steps exactly. */
static void
test_cd_direction (void)
{
  double one = agreement ("method=cd hidden=5 weight-decay=0", 30);
  double many = agreement ("method=cd gibbs-steps=30 hidden=5 weight-decay=0", 30);

  g_test_message ("cosine: CD-1 %g, CD-30 %g", one, many);
  g_assert_cmpfloat (one, >, 0.8);
  g_assert_cmpfloat (many, >, 0.995);
}

static void
test_persistent_direction (gconstpointer knobs)
{
  double c = agreement (knobs, 60);

  g_test_message ("cosine %g", c);
  g_assert_cmpfloat (c, >, 0.99);
}

/* The centred gradient is that of the parameters of the centred energy: moving W with
 * b + Wλ and c + W'μ held still. λ and μ are the data's means. */
static void
test_centred (void)
{
  enum {
    NV = 5,
    NH = 4,
    N = 9
  };
  RbmTrial trial;
  RbmTwin twin;
  LtCall call;
  float h[N * NH];
  double mu[NV] = { 0 }, lambda[NH] = { 0 };
  gsize w, b, c;

  rbm_trial_init (&trial, "method=exact hidden=4 weight-decay=0.2 centring=centred", NV,
                  N);
  rbm_twin_init (&twin, &trial);
  w = rbm_trial_offset (&trial, "W1");
  b = rbm_trial_offset (&trial, "b");
  c = rbm_trial_offset (&trial, "c1");
  call = rbm_trial_call (&trial);
  lt_rbm.encode (&call, trial.x, N, h);
  for (int row = 0; row < N; row++) {
    for (int i = 0; i < NV; i++)
      mu[i] += (double) trial.x[row * NV + i] / N;
    for (int j = 0; j < NH; j++)
      lambda[j] += (double) h[row * NH + j] / N;
  }
  rbm_trial_gradient (&trial);
  for (int i = 0; i < NV; i++)
    for (int j = 0; j < NH; j++) {
      double side[2], decay = 0.2 * twin.params[w + i * NH + j];

      trial.settings.decay = 0;
      for (int k = 0; k < 2; k++) {
        double step = k == 0 ? STEP : -STEP;
        twin.params[w + i * NH + j] += step;
        twin.params[b + i] -= step * lambda[j];
        twin.params[c + j] -= step * mu[i];
        side[k] = objective_of (&trial, &twin);
        twin.params[w + i * NH + j] -= step;
        twin.params[b + i] += step * lambda[j];
        twin.params[c + j] += step * mu[i];
      }
      g_assert_cmpfloat_with_epsilon ((double) trial.gradient[w + i * NH + j],
                                      (side[0] - side[1]) / (2 * STEP) + decay, 2e-5);
    }
  rbm_twin_clear (&twin);
  rbm_trial_clear (&trial);
}

typedef struct {
  float *params;
  gboolean *taken;
} Descent;

static void
take_step (gpointer data, gsize offset, const float *gradient, gsize n)
{
  Descent *descent = data;

  for (gsize i = 0; i < n; i++) {
    g_assert_false (descent->taken[offset + i]);
    descent->taken[offset + i] = TRUE;
  }
  lt_axpy (-1, gradient, n, descent->params + offset);
}

/* A step taken part by part, in the midst of the computation, ends where a step along the
 * whole gradient does, byte for byte, and so do the chains; each parameter makes one. */
static void
test_streams (gconstpointer knobs)
{
  g_autoptr (LtTeam) team = lt_team_new (2);
  RbmTrial whole, parts;
  LtBatch batch;
  LtCall call;
  LtTerms terms, streamed;
  Descent descent;
  LtGradientSink sink = { take_step, &descent };
  gsize size;

  rbm_trial_init (&whole, knobs, 300, 40);
  rbm_trial_init (&parts, knobs, 300, 40);
  lt_workspace_free (parts.ws);
  lt_workspace_free (whole.ws);
  parts.ws = lt_workspace_new (team);
  whole.ws = lt_workspace_new (team);
  size = lt_layout_size (whole.model->params);
  terms = rbm_trial_gradient (&whole);
  lt_axpy (-1, whole.gradient, size, whole.params);
  descent = (Descent){ parts.params, g_new0 (gboolean, size) };
  call = rbm_trial_call (&parts);
  call.sink = &sink;
  batch = (LtBatch){ .x = parts.x, .labels = parts.labels, .n = parts.n };
  lt_rbm.gradient (&call, &batch, parts.gradient, parts.state, &streamed);
  g_assert_cmpmem (parts.params, size * sizeof (float), whole.params,
                   size * sizeof (float));
  g_assert_cmpmem (&streamed, sizeof streamed, &terms, sizeof terms);
  if (parts.state != NULL)
    g_assert_cmpmem (parts.state, lt_layout_size (parts.model->state) * sizeof (float),
                     whole.state, lt_layout_size (parts.model->state) * sizeof (float));
  for (int t = 0; t < lt_layout_n_tensors (parts.model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (parts.model->params, t);

    for (gsize i = 0; i < tensor->size; i++)
      g_assert_true (descent.taken[tensor->offset + i]);
  }
  g_free (descent.taken);
  rbm_trial_clear (&whole);
  rbm_trial_clear (&parts);
}

/* ---- Refusals -------------------------------------------------------------------- */

static void
assert_refused (const char *knobs, LtValueKind kind, int nv, const char *advice)
{
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  LtShape shape;

  lt_model_kind_init_settings (&lt_rbm, &settings);
  rbm_trial_set_knobs (&lt_rbm, knobs, &settings);
  lt_shape_init (&shape, "features", kind, 1, nv, 1);
  g_assert_null (lt_model_new (&lt_rbm, &settings, &shape, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, advice));
}

/* What does not go together says what to choose instead. */
static void
test_refusals (void)
{
  assert_refused ("visible=binary", LT_REAL, 4, "visible=gaussian");
  assert_refused ("visible=gaussian", LT_REAL, 4, "scaling=standard");
  assert_refused ("visible=gaussian", LT_UNIT, 4, "scaling=standard");
  assert_refused ("visible=binary", LT_COUNTS, 4, "visible=counts");
  assert_refused ("visible=gaussian", LT_COUNTS, 4, "scaling=standard");
  assert_refused ("visible=counts", LT_REAL, 4, "scaling=counts");
  assert_refused ("visible=counts", LT_UNIT, 4, "visible=auto");
  assert_refused ("centring=centred", LT_COUNTS, 4, "centring=none");
  assert_refused ("method=tempering", LT_COUNTS, 4, "method=pcd");
  assert_refused ("method=exact hidden=30", LT_COUNTS, 4, "method=pcd");
  assert_refused ("hidden=20,10", LT_BINARY, 4, "one hidden layer");
  assert_refused ("visible=binary hidden-units=gaussian method=tempering", LT_UNIT, 4,
                  "method=pcd");
  assert_refused ("hidden-units=relu sparsity=kl", LT_UNIT, 4, "hidden-units=binary");
  assert_refused ("label-units=1", LT_BINARY, 4, "two classes");
  assert_refused ("method=exact hidden=30", LT_BINARY, 30, "method=pcd");
  assert_refused ("hidden=65536", LT_BINARY, 65536, "fewer hidden");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize m = 0; m < G_N_ELEMENTS (machines); m++) {
    g_autofree char *path = g_strconcat ("/rbm/gradient/", machines[m].name, NULL);
    g_test_add_data_func (path, GINT_TO_POINTER (m), test_gradient);
  }
  g_test_add_func ("/rbm/large", test_large);
  g_test_add_func ("/rbm/large/gradient", test_large_gradient);
  g_test_add_func ("/rbm/not-enumerable", test_not_enumerable);
  g_test_add_func ("/rbm/enumerable-labels", test_enumerable_labels);
  g_test_add_func ("/rbm/conditionals", test_conditionals);
  g_test_add_data_func ("/rbm/doubling/up", (const double[]){ 2, 1 }, test_doubling);
  g_test_add_data_func ("/rbm/doubling/down", (const double[]){ 1, 2 }, test_doubling);
  g_test_add_data_func ("/rbm/doubling/both", (const double[]){ 2, 2 }, test_doubling);
  g_test_add_func ("/rbm/labels", test_labels);
  g_test_add_func ("/rbm/pseudo-likelihood", test_pseudo_likelihood);
  g_test_add_func ("/rbm/cd-direction", test_cd_direction);
  g_test_add_data_func ("/rbm/direction/pcd",
                        "method=pcd chains=1000 gibbs-steps=5 hidden=5 weight-decay=0",
                        test_persistent_direction);
  g_test_add_data_func ("/rbm/direction/tempering",
                        "method=tempering temperatures=4 chains=500 gibbs-steps=5 "
                        "hidden=5 weight-decay=0",
                        test_persistent_direction);
  g_test_add_func ("/rbm/centred", test_centred);
  g_test_add_data_func ("/rbm/streams/cd", "hidden=500 label-units=3", test_streams);
  g_test_add_data_func ("/rbm/streams/pcd", "hidden=500 method=pcd weight-decay=0",
                        test_streams);
  g_test_add_data_func ("/rbm/streams/centred",
                        "hidden=500 method=pcd centring=centred", test_streams);
  g_test_add_data_func ("/rbm/streams/fast-pcd", "hidden=500 method=fast-pcd",
                        test_streams);
  g_test_add_data_func ("/rbm/streams/sigma",
                        "hidden=500 visible=gaussian learn-sigma=true", test_streams);
  g_test_add_data_func ("/rbm/streams/exact", "hidden=3 method=exact", test_streams);
  g_test_add_func ("/rbm/refusals", test_refusals);
  return g_test_run ();
}
