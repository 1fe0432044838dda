/* Deep belief networks whose hidden layers are not all binary: conditionals and energies by
 * hand in double, draws, the network's distribution, what is refused, and what the layers
 * become when they are unrolled. */
#include "boltzmann/dbn-machine.h"
#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense.h"
#include "support/dbn-trial.h"
#include "train/takeover.h"

#include <math.h>
#include <string.h>

/* ---- By hand --------------------------------------------------------------------------- */

static double
softplus (double a)
{
  return a > 30 ? a : log1p (exp (a));
}

static double
mean_of (LtRbmHidden kind, double a)
{
  return kind == LT_HIDDEN_GAUSSIAN ? a
         : kind == LT_HIDDEN_RELU   ? softplus (a)
                                    : 1 / (1 + exp (-a));
}

/* b + W x through W [rows, columns], upwards from its rows or downwards from its columns. */
static double
input_of (const DbnTrial *t, int l, gboolean up, int unit, const double *x)
{
  g_autofree char *w_name = g_strdup_printf ("W%d", l + 1);
  g_autofree char *bias =
      l == 0 && !up ? g_strdup ("b") : g_strdup_printf ("%c%d", up ? 'c' : 'b', l + 1);
  const LtTensor *w = lt_layout_find (t->model->params, w_name);
  double a = (double) dbn_trial_tensor (t, bias, t->params)[unit];

  for (int k = 0; k < w->dims[up ? 0 : 1]; k++) {
    int at = up ? k * w->dims[1] + unit : unit * w->dims[1] + k;
    a += x[k] * (double) t->params[w->offset + at];
  }
  return a;
}

#define KINDS "hidden=5,4,3 hidden-units=relu,gaussian code-units=relu layer=3"

/* Each layer's means, upwards and downwards, are those of its own kind. */
static void
test_conditionals (void)
{
  static const LtRbmHidden kinds[] = { LT_HIDDEN_RELU, LT_HIDDEN_GAUSSIAN,
                                       LT_HIDDEN_RELU };
  static const int sizes[] = { 6, 5, 4, 3 };
  DbnTrial trial;
  LtCall call;
  float code[3], decoded[6];
  double x[6], y[6];

  dbn_trial_init (&trial, KINDS, 6, 1);
  call = dbn_trial_call (&trial);
  lt_dbn.encode (&call, trial.x, 1, code);
  lt_dbn.decode (&call, code, 1, decoded);
  for (int i = 0; i < 6; i++)
    x[i] = (double) trial.x[i];
  for (int l = 0; l < 3; l++) {
    for (int j = 0; j < sizes[l + 1]; j++)
      y[j] = mean_of (kinds[l], input_of (&trial, l, TRUE, j, x));
    memcpy (x, y, sizeof x);
  }
  for (int j = 0; j < 3; j++)
    g_assert_cmpfloat_with_epsilon ((double) code[j], x[j], 1e-4);
  for (int l = 2; l >= 0; l--) {
    for (int i = 0; i < sizes[l]; i++)
      y[i] = mean_of (l > 0 ? kinds[l - 1] : LT_HIDDEN_BINARY,
                      input_of (&trial, l, FALSE, i, x));
    memcpy (x, y, sizeof x);
  }
  for (int i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon ((double) decoded[i], x[i], 1e-4);
  dbn_trial_clear (&trial);
}

/* Generated rectified units are drawn around their input with variance σ (a), never below
 * 0; Gaussian ones with variance 1. Means over 20,000 draws are right to 0.01. */
static void
test_draws (gconstpointer kind)
{
  enum {
    N = 20000
  };
  gboolean relu = strcmp (kind, "relu") == 0;
  g_autofree char *knobs =
      g_strdup_printf ("hidden=1,1 layer=2 hidden-units=%s", (const char *) kind);
  float *h2 = lt_floats_new (N), *h1 = lt_floats_new (N), means[1];
  LtDbnWalk down = { N, 2, 1, LT_DBN_SAMPLES };
  double mean = 0, square = 0;
  DbnTrial trial;
  LtCall call;

  dbn_trial_init (&trial, knobs, 2, 1);
  *dbn_trial_tensor (&trial, "W2", trial.params) = 1;
  *dbn_trial_tensor (&trial, "b2", trial.params) = 2;
  call = dbn_trial_call (&trial);
  lt_fill (1, N, h2);
  lt_dbn_walk (&call, &down, h2, h1);
  for (int i = 0; i < N; i++) {
    g_assert_true (!relu || h1[i] >= 0);
    mean += (double) h1[i] / N;
    square += (double) h1[i] * (double) h1[i] / N;
  }
  g_assert_cmpfloat_with_epsilon (mean, 3, 0.03);
  g_assert_cmpfloat_with_epsilon (square - mean * mean, relu ? 0.95 : 1, 0.05);
  down.n = 1;
  down.values = LT_DBN_MEANS;
  lt_dbn_walk (&call, &down, h2, means);
  g_assert_cmpfloat_with_epsilon ((double) means[0], relu ? softplus (3) : 3, 1e-5);
  lt_block_free (h1);
  lt_block_free (h2);
  dbn_trial_clear (&trial);
}

/* The machine above rectified units has their energy: F = −b'v + ½ Σ v² − Σ softplus. */
static void
test_energy (void)
{
  enum {
    N = 4
  };
  DbnTrial trial;
  LtDbnCall own;
  LtCall call;
  float v[N * 4], energy[N];

  dbn_trial_init (&trial, "hidden=4,3 layer=2 hidden-units=relu", 6, 1);
  call = dbn_trial_call (&trial);
  lt_dbn_call_init (&own, &call, 1);
  lt_rng_fill_uniform (&trial.rng, N * 4, v);
  lt_scale (3, N * 4, v);
  lt_rbm.energy (&own.call, v, N, energy);
  for (int row = 0; row < N; row++) {
    double x[4], expected = 0;

    for (int i = 0; i < 4; i++) {
      x[i] = (double) v[row * 4 + i];
      expected += 0.5 * x[i] * x[i] -
                  x[i] * (double) dbn_trial_tensor (&trial, "b2", trial.params)[i];
    }
    for (int j = 0; j < 3; j++)
      expected -= softplus (input_of (&trial, 1, TRUE, j, x));
    g_assert_cmpfloat_with_epsilon ((double) energy[row], expected, 1e-4);
  }
  g_assert_true (isnan (lt_rbm.log_partition (&own.call)));
  g_assert_false (lt_dbn.gibbs->moments (&call, 1, v));
  dbn_trial_clear (&trial);
}

/* ---- The distribution --------------------------------------------------------------------- */

#define CHAINS 40000
#define STATES 8
#define CHI_7  29.9 /* exceeded once in 10,000 times by χ² with 7 degrees of freedom */
#define REACH  8.0
#define GRID   0.1

/* Adds weight · ∫ p (v|h¹) N (h¹; μ, 1) dh¹ to p, by a sum over a grid. */
static void
integrate (const DbnTrial *trial, const double *mu, double weight, double *p)
{
  for (double d0 = -REACH; d0 <= REACH; d0 += GRID)
    for (double d1 = -REACH; d1 <= REACH; d1 += GRID) {
      double h[2] = { mu[0] + d0, mu[1] + d1 }, on[3];
      double density = weight * exp (-0.5 * (d0 * d0 + d1 * d1)) / (2 * G_PI);

      for (int i = 0; i < 3; i++)
        on[i] = mean_of (LT_HIDDEN_BINARY, input_of (trial, 0, FALSE, i, h));
      for (int v = 0; v < STATES; v++) {
        double product = density * GRID * GRID;

        for (int i = 0; i < 3; i++)
          product *= v >> i & 1 ? on[i] : 1 - on[i];
        p[v] += product;
      }
    }
}

/* p (v) of two Gaussian units under two binary ones: p (h²) ∝ exp (c'h² + ½ Σ μ²), and h¹ is
 * N (μ, 1) with μ = b + W h². */
static void
gaussian_distribution (const DbnTrial *trial, double *p)
{
  const float *c = dbn_trial_tensor (trial, "c2", trial->params);
  double mu[4][2], weight[4], total = 0;

  memset (p, 0, STATES * sizeof *p);
  for (int state = 0; state < 4; state++) {
    double h2[2] = { state & 1, state >> 1 }, log_p = 0;

    for (int i = 0; i < 2; i++) {
      mu[state][i] = input_of (trial, 1, FALSE, i, h2);
      log_p += 0.5 * mu[state][i] * mu[state][i] + h2[i] * (double) c[i];
    }
    total += weight[state] = exp (log_p);
  }
  for (int state = 0; state < 4; state++)
    integrate (trial, mu[state], weight[state] / total, p);
}

/* Gibbs sampling at the top and one pass down give the network's own distribution. */
static void
test_sample (void)
{
  float *x = lt_floats_new ((gsize) CHAINS * 3);
  double p[STATES], found[STATES], chi = 0;
  DbnTrial trial;
  LtCall call;

  dbn_trial_init (&trial, "hidden=2,2 layer=2 hidden-units=gaussian", 3, 1);
  call = dbn_trial_call (&trial);
  lt_rng_fill_mask (&trial.rng, 0.5f, (gsize) CHAINS * 3, x);
  lt_dbn.sample (&call, CHAINS, 40, x);
  gaussian_distribution (&trial, p);
  dbn_trial_frequencies (x, CHAINS, 3, found);
  for (int i = 0; i < STATES; i++)
    chi += CHAINS * pow (found[i] - p[i], 2) / p[i];
  g_test_message ("χ² %g", chi);
  g_assert_cmpfloat (chi, <, CHI_7);
  lt_block_free (x);
  dbn_trial_clear (&trial);
}

/* ---- What is refused ------------------------------------------------------------------------ */

static const struct {
  const char *name, *kinds, *key, *value, *part;
} refusals[] = {
  { "unknown", "relu foo", NULL, NULL, "“foo”" },
  { "many", "relu relu relu", NULL, NULL, "lists 3 kinds, but 2 hidden layers" },
  { "both-gaussian", "gaussian", NULL, NULL, "Layer 2: With Gaussian units in both" },
  { "top-gaussian", "binary gaussian", "code-units", "gaussian", "Layer 3: With" },
  { "doubling", "relu", "doubling", "true", "doubling=false" },
  { "tempering", "relu binary", "layer", "2", "Layer 2: Parallel tempering" },
};

static void
test_refusal (gconstpointer data)
{
  int i = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  LtDbnSettings settings;
  LtShape shape;

  lt_model_kind_init_settings (&lt_dbn, &settings);
  lt_knob_parse (lt_knobs_find (&lt_dbn.knobs, "hidden-units"), refusals[i].kinds,
                 &settings, NULL);
  if (refusals[i].key != NULL)
    lt_knob_parse (lt_knobs_find (&lt_dbn.knobs, refusals[i].key), refusals[i].value,
                   &settings, NULL);
  if (strcmp (refusals[i].name, "tempering") == 0)
    settings.rbm.method = LT_RBM_TEMPERING;
  lt_shape_init (&shape, "pixels", LT_UNIT, 28, 28, 1);
  g_assert_null (lt_model_new (&lt_dbn, &settings, &shape, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, refusals[i].part));
}

/* One word serves all layers below the top, whose kind is a knob of its own. */
static void
test_one_word (void)
{
  DbnTrial trial;

  dbn_trial_init (&trial, "hidden=5,4,3 hidden-units=relu layer=0", 6, 1);
  for (int l = 0; l < 3; l++) {
    LtLayerInfo info;

    lt_dbn.layer (trial.model, l, &info);
    g_assert_cmpstr (info.activation, ==, l < 2 ? "softplus" : "sigmoid");
  }
  dbn_trial_clear (&trial);
}

/* The drawing says of which kind each layer is. */
static void
test_graph (void)
{
  DbnTrial trial;
  LtGraph graph;
  int found = 0;

  dbn_trial_init (&trial, KINDS, 6, 1);
  lt_model_graph (trial.model, &graph);
  for (int i = 0; i < graph.n_layers; i++) {
    static const char *const kinds[] = { "softplus", "linear", "softplus" };
    const LtGraphLayer *layer = &graph.layers[i];

    if (layer->hidden < 0)
      continue;
    g_assert_cmpstr (layer->activation, ==, kinds[layer->hidden]);
    found++;
  }
  g_assert_cmpint (found, ==, 3);
  dbn_trial_clear (&trial);
}

/* ---- Unrolled --------------------------------------------------------------------------------- */

/* A dense family with these knobs begins with the network. Owned by the caller: params. */
static LtModel *
unroll (DbnTrial *from,
        const LtModelKind *kind,
        const char *const *knobs,
        LtDenseSettings *settings,
        float **params)
{
  LtCall own = dbn_trial_call (from), other = dbn_trial_call (from);
  g_autoptr (GError) error = NULL;
  LtModel *model;

  lt_model_kind_init_settings (kind, settings);
  for (int i = 0; knobs[i] != NULL; i += 2) {
    lt_knob_parse (lt_knobs_find (&kind->knobs, knobs[i]), knobs[i + 1], settings,
                   &error);
    g_assert_no_error (error);
  }
  model = lt_model_new (kind, settings, &from->model->shape, &error);
  g_assert_no_error (error);
  *params = lt_block_new (model->params);
  own.model = model;
  own.settings = settings;
  own.state = NULL;
  lt_model_adopt (&own, &other, *params, NULL, &error);
  g_assert_no_error (error);
  return model;
}

/* With the functions that are the units' means, the autoencoder computes what the network
 * does, both ways, and the classifier its code. */
static void
test_unrolled (void)
{
  static const char *const deep[] = {
    "hidden",   "5 4 3", "code-activation", "linear", "hidden-activation",
    "softplus", NULL
  };
  static const char *const classifier[] = { "hidden",
                                            "5 4 3",
                                            "code-activation",
                                            "linear",
                                            "hidden-activation",
                                            "softplus",
                                            "classes",
                                            "2",
                                            NULL };
  const struct {
    const LtModelKind *kind;
    const char *const *knobs;
  } cases[] = { { &lt_dense_deep, deep }, { &lt_dense_classifier, classifier } };
  DbnTrial trial;
  float code[2][4 * 3], x[2][4 * 6];

  dbn_trial_init (&trial, "hidden=5,4,3 hidden-units=relu code-units=gaussian layer=3",
                  6, 4);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    LtCall call = dbn_trial_call (&trial);
    LtDenseSettings settings;
    float *params;
    g_autoptr (LtModel) model =
        unroll (&trial, cases[i].kind, cases[i].knobs, &settings, &params);

    lt_dbn.encode (&call, trial.x, 4, code[0]);
    lt_dbn.decode (&call, code[0], 4, x[0]);
    call.model = model;
    call.settings = &settings;
    call.params = params;
    call.state = NULL;
    model->kind->encode (&call, trial.x, 4, code[1]);
    for (int k = 0; k < 4 * 3; k++)
      g_assert_cmpfloat_with_epsilon ((double) code[0][k], (double) code[1][k], 1e-4);
    if (i == 0) {
      model->kind->decode (&call, code[1], 4, x[1]);
      for (int k = 0; k < 4 * 6; k++)
        g_assert_cmpfloat_with_epsilon ((double) x[0][k], (double) x[1][k], 1e-4);
    }
    lt_block_free (params);
  }
  dbn_trial_clear (&trial);
}

/* A network of dense layers has one function for all below the top. Where that is what all of
 * them have been, nothing is said; where they differ, one sentence says what is lost. */
static void
test_notice (void)
{
  static const char *const deep[] = { "hidden", "5 4 3", "hidden-activation",
                                      "softplus", NULL };
  static const char *const kinds[] = { "relu", "relu,gaussian", "binary" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *knobs =
        g_strdup_printf ("hidden=5,4,3 layer=3 code-units=%s hidden-units=%s",
                         i == 1 ? "relu" : "gaussian", kinds[i]);
    g_autoptr (LtModel) model = NULL;
    g_autofree char *notice = NULL;
    LtDenseSettings settings;
    DbnTrial trial;
    float *params;

    dbn_trial_init (&trial, knobs, 6, 1);
    model = unroll (&trial, &lt_dense_deep, deep, &settings, &params);
    notice = lt_takeover_notice (trial.model, model, 2);
    if (i == 0) {
      g_assert_null (notice);
    } else {
      g_test_message ("%s", notice);
      g_assert_nonnull (strstr (notice, i == 1 ? "layer 2" : "layer 1"));
      g_assert_nonnull (strstr (notice, i == 1
                                            ? "hidden-activation is one for all layers"
                                            : "set 2:hidden-activation=sigmoid"));
    }
    lt_block_free (params);
    dbn_trial_clear (&trial);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbn-kinds/conditionals", test_conditionals);
  g_test_add_data_func ("/dbn-kinds/draws/relu", "relu", test_draws);
  g_test_add_data_func ("/dbn-kinds/draws/gaussian", "gaussian", test_draws);
  g_test_add_func ("/dbn-kinds/energy", test_energy);
  g_test_add_func ("/dbn-kinds/sample", test_sample);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strdup_printf ("/dbn-kinds/refusals/%s", refusals[i].name);
    g_test_add_data_func (path, GINT_TO_POINTER (i), test_refusal);
  }
  g_test_add_func ("/dbn-kinds/one-word", test_one_word);
  g_test_add_func ("/dbn-kinds/graph", test_graph);
  g_test_add_func ("/dbn-kinds/unrolled", test_unrolled);
  g_test_add_func ("/dbn-kinds/notice", test_notice);
  return g_test_run ();
}
