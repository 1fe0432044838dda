/* The dense autoencoders: layout, checks, first parameters, and what can be asked of them. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "support/dense-trial.h"

#define NV DENSE_TRIAL_NV

static float *
examples_new (int n)
{
  float *x = lt_floats_new ((gsize) n * NV);

  dense_trial_fill_examples (n, x);
  return x;
}

static void
bench_init (DenseTrial *bench, const char *name, const char *settings, int n_members)
{
  dense_trial_init (bench, lt_model_kind_find (name, NULL), settings, 3, n_members);
}

static void
take_gradient (DenseTrial *bench,
               const float *x,
               int n,
               float *d_params,
               LtTerms *terms)
{
  g_autofree int *labels = g_new (int, n);
  LtBatch batch = { .x = x, .labels = labels, .n = n };

  for (int i = 0; i < n; i++)
    labels[i] = i % 3;
  bench->model->kind->gradient (&bench->call, &batch, d_params, NULL, terms);
}

/* ---- Structure ------------------------------------------------------------------- */

static void
assert_tensors (const char *settings, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  DenseTrial bench;

  bench_init (&bench, "autoencoder", settings, 1);
  for (int t = 0; t < lt_layout_n_tensors (bench.model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (bench.model->params, t);
    g_string_append_printf (found, "%s[%d", tensor->name, tensor->dims[0]);
    if (tensor->n_dims == 2)
      g_string_append_printf (found, ",%d", tensor->dims[1]);
    g_string_append (found, "] ");
  }
  g_assert_cmpstr (found->str, ==, expected);
  dense_trial_clear (&bench);
}

/* Tensors bear the field's letters and levels; tied decoders have only biases. */
static void
test_layout (void)
{
  assert_tensors ("hidden=5,2", "W1[12,5] b1[5] W2[5,2] b2[2] "
                                "V2[2,5] c2[5] V1[5,12] c1[12] ");
  assert_tensors ("hidden=5,2 tied=true", "W1[12,5] b1[5] W2[5,2] b2[2] c2[5] c1[12] ");
}

/* Layers are named and describe themselves. */
static void
test_layers (void)
{
  LtLayerInfo info;
  DenseTrial bench;

  bench_init (&bench, "autoencoder",
              "hidden=5,2 hidden-activation=relu code-activation=sigmoid", 1);
  g_assert_cmpint (bench.model->n_layers, ==, 2);
  g_assert_cmpint (bench.model->n_code, ==, 2);
  bench.model->kind->layer (bench.model, 0, &info);
  g_assert_cmpstr (info.name, ==, "hidden 1");
  g_assert_cmpint (info.n_units, ==, 5);
  g_assert_cmpstr (info.activation, ==, "relu");
  bench.model->kind->layer (bench.model, 1, &info);
  g_assert_cmpstr (info.name, ==, "code");
  g_assert_cmpstr (info.activation, ==, "sigmoid");
  dense_trial_clear (&bench);
}

/* Every family builds with its own defaults, and every knob is explained. */
static void
test_families (void)
{
  for (int i = 0; lt_model_kinds[i] != NULL; i++) {
    const LtModelKind *kind = lt_model_kinds[i];
    DenseTrial bench;

    if (kind->knobs.knobs != lt_dense_autoencoder.knobs.knobs)
      continue;
    bench_init (&bench, kind->name, "hidden=6,4", 1);
    g_assert_true (lt_model_can (bench.model, LT_CAN_ENCODE | LT_CAN_FILTERS));
    g_assert_true (lt_model_can (bench.model, LT_CAN_RECONSTRUCT | LT_CAN_DECODE) !=
                   lt_model_can (bench.model, LT_CAN_CLASSIFY));
    for (int k = 0; k < kind->knobs.n_knobs; k++) {
      const LtKnob *knob = &kind->knobs.knobs[k];
      g_assert_true (g_str_has_suffix (knob->help, "."));
      g_assert_cmpstr (knob->group, !=, "");
      lt_knob_matters (&kind->knobs, knob, &bench.settings); /* its `when` is sound */
    }
    dense_trial_clear (&bench);
  }
}

typedef struct {
  const char *settings;
  LtValueKind kind;
  const char *sentence; /* a part of it; NULL: it is allowed */
} Check;

/* What does not go together is refused with a sentence that says what to do. */
static void
test_checks (void)
{
  static const Check checks[] = {
    { "output-activation=tanh", LT_UNIT, "needs output-activation=sigmoid" },
    { "output-scale=2", LT_UNIT, "output-scale=1" },
    { "loss=cross-entropy", LT_REAL, "Cross-entropy needs data from 0 to 1" },
    { "loss=cross-entropy", LT_COUNTS, "choose loss=squared-error" },
    { "loss=squared-error", LT_REAL, NULL },
    { "loss=cross-entropy", LT_BINARY, NULL },
    { "sparsity=kl code-activation=relu", LT_UNIT, "needs code-activation=sigmoid" },
    { "sparsity=kl code-activation=sigmoid", LT_UNIT, NULL },
    { "hidden=5,3 sparsity=top-k sparsity-k=4", LT_UNIT, "choose at most 3" },
    { "hidden=5,3 sparsity=top-k sparsity-k=3", LT_UNIT, NULL },
    { "reading=likelihood noise=masking emphasis-rest=0", LT_UNIT,
      "A likelihood counts every entry alike" },
    { "reading=likelihood emphasis-rest=0", LT_UNIT, NULL },
    { "hidden=5,3 dropout=.1,.1,.1,.1,.1", LT_UNIT, "has 4 places for them" },
    { "hidden=5,3 dropout=.1,.1,.1,.1", LT_UNIT, NULL },
    { "hidden=60000,60000", LT_UNIT, "choose fewer or narrower layers" },
    { "classes=1", LT_UNIT, "as many classes as the data have, or classes=0" },
    { "task=classify", LT_UNIT, "or task=reconstruct" },
    { "task=classify classes=3", LT_REAL, NULL },
    { "task=classify classes=3 hidden=5,3 dropout=.1,.1,.1", LT_UNIT, NULL },
    { "task=classify classes=3 hidden=5,3 dropout=.1,.1,.1,.1", LT_UNIT,
      "has 3 places for them" },
    { "task=classify classes=3 layer=1", LT_UNIT, "has no decoder" },
    { "learning=top", LT_UNIT, "or learning=all" },
    { "classes=3 learning=top", LT_UNIT, NULL },
    { "classes=3 learning=top layer=1", LT_UNIT, "Either one layer learns alone" },
    { "hidden=5 layer=2", LT_UNIT, "the last hidden layer is 1;" },
    { "hidden=5,3 layer=3", LT_UNIT, "the last hidden layer is 2;" },
    { "hidden=5,3 layer=2", LT_UNIT, NULL },
    { "hidden=5,3 layer=1 sparsity=kl code-activation=sigmoid", LT_UNIT,
      "needs hidden-activation=sigmoid" },
    { "hidden=5,3 layer=1 sparsity=top-k sparsity-k=4", LT_UNIT, NULL },
  };
  const LtModelKind *kind = lt_model_kind_find ("autoencoder", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++) {
    g_autoptr (GError) error = NULL;
    LtDenseSettings settings;
    LtShape shape;
    gboolean allowed;

    dense_trial_set_knobs (kind, checks[i].settings, &settings);
    lt_shape_init (&shape, "features", checks[i].kind, 1, NV, 1);
    allowed = kind->check (&settings, &shape, &error);
    g_assert_cmpint (allowed, ==, checks[i].sentence == NULL);
    if (allowed)
      continue;
    g_assert_cmpint (error->domain, ==, LT_ERROR);
    g_assert_nonnull (strstr (error->message, checks[i].sentence));
    g_assert_true (g_str_has_suffix (error->message, "."));
  }
}

/* ---- First parameters ------------------------------------------------------------ */

static float *
first_parameters (const char *settings, const float *mean, LtLayout **layout)
{
  LtRng rng;
  DenseTrial bench;
  float *params;

  bench_init (&bench, "autoencoder", settings, 1);
  params = lt_block_new (bench.model->params);
  lt_rng_init (&rng, 5, 1);
  bench.model->kind->init (bench.model, &bench.settings, mean, &rng, params, NULL);
  *layout = lt_layout_ref (bench.model->params);
  dense_trial_clear (&bench);
  return params;
}

/* The root mean square of W1's and its largest magnitude. */
static void
assert_scale (const char *settings, double expected, double limit)
{
  g_autoptr (LtLayout) layout = NULL;
  float *params = first_parameters (settings, NULL, &layout);
  const LtTensor *w = lt_layout_find (layout, "W1");
  float lowest, highest;
  double scale = sqrt (lt_sum_squares (params + w->offset, w->size) / (double) w->size);

  lt_range (params + w->offset, w->size, &lowest, &highest);
  /* 12 · 300 draws: a relative deviation of √(1/7200) = 0.012, and five of those. */
  g_assert_cmpfloat_with_epsilon (scale, expected, 0.06 * expected);
  g_assert_cmpfloat (MAX (-lowest, highest), <=, (float) limit);
  lt_block_free (params);
}

/* Each initialisation has its scale, and auto chooses by the activation. */
static void
test_init_weights (void)
{
  double range = sqrt (6.0 / (NV + 300));

  assert_scale ("hidden=300 init=glorot", range / sqrt (3), range);
  assert_scale ("hidden=300 init=sigmoid-glorot", 4 * range / sqrt (3), 4 * range);
  assert_scale ("hidden=300 init=gaussian", 0.1, 1);
  assert_scale ("hidden=300 init=he", sqrt (2.0 / NV), 10);
  assert_scale ("hidden=300 code-activation=sigmoid", 4 * range / sqrt (3), 4 * range);
  assert_scale ("hidden=300 code-activation=relu", sqrt (2.0 / NV), 10);
  assert_scale ("hidden=300 code-activation=tanh", range / sqrt (3), range);
}

/* Where the output's first bias is the mean's inverse activation, the activation of that bias is the
 * mean; otherwise it is 0. */
static void
test_init_bias (void)
{
  static const char *const settings[] = {
    "output-activation=sigmoid",
    "output-activation=linear loss=squared-error output-scale=3",
    "output-activation=tanh loss=squared-error output-scale=2",
    "output-activation=relu loss=squared-error",
    "output-activation=leaky-relu loss=squared-error",
    "output-activation=softplus loss=squared-error",
  };
  static const LtActivation functions[] = {
    LT_SIGMOID, LT_LINEAR, LT_TANH, LT_RELU, LT_LEAKY_RELU, LT_SOFTPLUS,
  };
  static const float scales[] = { 1, 3, 2, 1, 1, 1 };
  float mean[NV], r[NV];

  for (int i = 0; i < NV; i++)
    mean[i] = 0.05f + 0.07f * (float) i;
  for (gsize s = 0; s < G_N_ELEMENTS (settings); s++) {
    g_autofree char *zero = g_strconcat (settings[s], " output-bias=zero", NULL);
    g_autoptr (LtLayout) layout = NULL, same = NULL;
    float *params = first_parameters (settings[s], mean, &layout);
    float *zeros = first_parameters (zero, mean, &same);
    gsize at = lt_layout_find (layout, "c1")->offset;

    lt_activate (functions[s], params + at, NV, r);
    for (int i = 0; i < NV; i++) {
      g_assert_cmpfloat_with_epsilon (r[i] * scales[s], mean[i], 1e-5f);
      g_assert_cmpfloat (zeros[at + i], ==, 0);
    }
    lt_block_free (params);
    lt_block_free (zeros);
  }
}

/* ---- Asking ---------------------------------------------------------------------- */

/* Decoding the code is reconstructing, also for more rows than go at once, and in one
 * batch as one by one. */
static void
test_reconstruct (void)
{
  static const char *const settings[] = {
    "hidden=7,3",
    "hidden=7,3 tied=true hidden-activation=relu",
    "hidden=6 sparsity=top-k sparsity-k=2",
    "hidden=7,5,3 output-activation=tanh output-scale=2 loss=squared-error",
    "hidden=7,3 dropout=.5,.5 noise=masking sparsity=lifetime",
  };
  const int n = 1100;
  float *x = examples_new (n);

  for (gsize s = 0; s < G_N_ELEMENTS (settings); s++) {
    float *z, *r, *decoded;
    float single[NV];
    DenseTrial bench;

    bench_init (&bench, "autoencoder", settings[s], 1);
    z = lt_floats_new ((gsize) n * bench.model->n_code);
    r = lt_floats_new ((gsize) n * NV);
    decoded = lt_floats_new ((gsize) n * NV);
    bench.model->kind->encode (&bench.call, x, n, z);
    bench.model->kind->decode (&bench.call, z, n, decoded);
    bench.model->kind->reconstruct (&bench.call, x, n, r);
    for (int i = 0; i < n * NV; i++)
      g_assert_cmpfloat_with_epsilon (r[i], decoded[i], 1e-6f);
    bench.model->kind->reconstruct (&bench.call, x + 1000 * NV, 1, single);
    for (int i = 0; i < NV; i++)
      g_assert_cmpfloat_with_epsilon (r[1000 * NV + i], single[i], 1e-5f);
    lt_block_free (z);
    lt_block_free (r);
    lt_block_free (decoded);
    dense_trial_clear (&bench);
  }
  lt_block_free (x);
}

/* The rule that keeps k units of each example also holds when encoding. */
static void
test_top_k (void)
{
  const int n = 20, nz = 8;
  float *x = examples_new (n), *z = lt_floats_new (n * nz);
  DenseTrial bench;

  bench_init (&bench, "autoencoder", "hidden=8 sparsity=top-k sparsity-k=3", 1);
  bench.model->kind->encode (&bench.call, x, n, z);
  for (int e = 0; e < n; e++) {
    int n_on = 0;
    for (int j = 0; j < nz; j++)
      n_on += z[e * nz + j] != 0;
    g_assert_cmpint (n_on, ==, 3);
  }
  lt_block_free (x);
  lt_block_free (z);
  dense_trial_clear (&bench);
}

/* The last hidden layer's activations are the code. */
static void
test_activations (void)
{
  const int n = 9;
  float *x = examples_new (n);
  float code[9 * 3], h[9 * 3], below[9 * 7];
  DenseTrial bench;

  bench_init (&bench, "autoencoder", "hidden=7,3 hidden-activation=sigmoid", 1);
  bench.model->kind->encode (&bench.call, x, n, code);
  bench.model->kind->activations (&bench.call, 1, x, n, h);
  g_assert_cmpmem (code, sizeof code, h, sizeof h);
  bench.model->kind->activations (&bench.call, 0, x, n, below);
  for (int i = 0; i < n * 7; i++)
    g_assert_true (below[i] > 0 && below[i] < 1);
  lt_block_free (x);
  dense_trial_clear (&bench);
}

/* In a linear network a layer's filters are how it answers to single pixels. */
static void
test_filters (void)
{
  DenseTrial bench;

  bench_init (&bench, "linear", "hidden=7,5,3", 1);
  for (int layer = 0; layer < 3; layer++) {
    const int units[] = { 7, 5, 3 };
    float filters[7 * NV], at_zero[7], h[7], x[NV] = { 0 };

    bench.model->kind->filters (&bench.call, layer, filters);
    bench.model->kind->activations (&bench.call, layer, x, 1, at_zero);
    for (int i = 0; i < NV; i++) {
      x[i] = 1;
      bench.model->kind->activations (&bench.call, layer, x, 1, h);
      x[i] = 0;
      for (int j = 0; j < units[layer]; j++)
        g_assert_cmpfloat_with_epsilon (filters[j * NV + i], h[j] - at_zero[j], 1e-5f);
    }
  }
  dense_trial_clear (&bench);
}

/* Corruption follows the live settings, which may have been turned since the start. */
static void
test_corrupt (void)
{
  const int n = 200;
  float *x = examples_new (n), *y = lt_floats_new ((gsize) n * NV);
  int n_zero = 0;
  DenseTrial bench;

  bench_init (&bench, "autoencoder", "noise=none", 1);
  bench.model->kind->corrupt (&bench.call, x, n, y);
  g_assert_cmpmem (x, n * NV * sizeof *x, y, n * NV * sizeof *y);
  bench.settings.noise = LT_NOISE_MASKING;
  bench.settings.noise_level = 0.25;
  bench.model->kind->corrupt (&bench.call, x, n, y);
  for (int i = 0; i < n * NV; i++)
    n_zero += y[i] == 0;
  /* 2400 entries: the deviation is √(2400 · 0.25 · 0.75) = 21, and five of those. */
  g_assert_cmpint (ABS (n_zero - 600), <, 106);
  lt_block_free (x);
  lt_block_free (y);
  dense_trial_clear (&bench);
}

/* ---- Training -------------------------------------------------------------------- */

#define EVERYTHING                                                                    \
  "hidden=40,20 code-activation=sigmoid tied=true noise=masking dropout=.1,.2,.3,.2 " \
  "sparsity=kl contraction=.1 higher-order=.1 weight-decay=.01"

/* Enough of these that the team shares the elementwise work too. */
#define MANY 1000

/* One seed gives one gradient, byte for byte, and leaves the generator in one state. */
static void
test_same_bytes (void)
{
  const int n = MANY;
  float *x = examples_new (n);

  for (int n_members = 1; n_members <= 3; n_members++) {
    float *gradients[2];
    LtTerms terms[2];
    LtRng rngs[2];

    for (int i = 0; i < 2; i++) {
      DenseTrial bench;
      bench_init (&bench, "denoising", EVERYTHING, n_members);
      gradients[i] = lt_block_new (bench.model->params);
      take_gradient (&bench, x, n, gradients[i], &terms[i]);
      take_gradient (&bench, x, n, gradients[i], &terms[i]);
      rngs[i] = bench.rng;
      if (i == 1) {
        gsize size = lt_layout_size (bench.model->params) * sizeof (float);
        g_assert_cmpmem (gradients[0], size, gradients[1], size);
      }
      dense_trial_clear (&bench);
    }
    g_assert_cmpmem (&terms[0], sizeof terms[0], &terms[1], sizeof terms[1]);
    g_assert_cmpmem (&rngs[0], sizeof rngs[0], &rngs[1], sizeof rngs[1]);
    lt_block_free (gradients[0]);
    lt_block_free (gradients[1]);
  }
  lt_block_free (x);
}

typedef struct {
  float *params;
  gboolean *taken; /* of each parameter */
} Descent;

static void
descend (gpointer data, gsize offset, const float *gradient, gsize n)
{
  Descent *descent = data;

  for (gsize i = 0; i < n; i++) {
    g_assert_false (descent->taken[offset + i]);
    descent->taken[offset + i] = TRUE;
  }
  lt_axpy (-1, gradient, n, descent->params + offset);
}

/* A step taken part by part, in the midst of the computation, ends where a step along the
 * whole gradient does, byte for byte; and each parameter that learns makes one. */
static void
test_streams (void)
{
  static const char *const settings[] = {
    "hidden=300,40 code-activation=tanh",
    "hidden=300,40 tied=true noise=masking dropout=0.1,0.2 loss=squared-error",
    "hidden=300 tied=true weight-decay=0.1 contraction=0.5 higher-order=0.3",
    "hidden=60,20 weight-decay=0.1 contraction=0.5 code-activation=sigmoid sparsity=kl",
    "hidden=300,40 task=classify classes=3 dropout=0.1,0.2,0.3",
    "hidden=300,40 classes=3 tied=true weight-decay=0.1",
    "hidden=300,40 classes=3 learning=top weight-decay=0.1",
    "hidden=60,300,40 classes=3 tied=true layer=2 hidden-activation=sigmoid",
  };
  float *x = examples_new (MANY);

  for (int i = 0; i < 3 * (int) G_N_ELEMENTS (settings); i++) {
    DenseTrial bench;
    Descent descent;
    LtGradientSink sink = { descend, &descent };
    LtTerms terms[2];
    LtRng rng;
    float *stepped, *gradient;
    gsize size;

    bench_init (&bench, "autoencoder", settings[i / 3], 1 + i % 3);
    g_assert_true (bench.model->kind->streams_gradient);
    size = lt_layout_size (bench.model->params);
    gradient = lt_block_new (bench.model->params);
    stepped = lt_block_dup (bench.model->params, bench.params);
    rng = bench.rng;
    take_gradient (&bench, x, MANY, gradient, &terms[0]);
    lt_axpy (-1, gradient, size, stepped);

    bench.rng = rng;
    bench.call.sink = &sink;
    descent = (Descent){ bench.params, g_new0 (gboolean, size) };
    take_gradient (&bench, x, MANY, gradient, &terms[1]);
    g_assert_cmpmem (bench.params, size * sizeof (float), stepped,
                     size * sizeof (float));
    g_assert_cmpmem (&terms[0], sizeof terms[0], &terms[1], sizeof terms[1]);
    for (int t = 0; t < lt_layout_n_tensors (bench.model->params); t++) {
      const LtTensor *tensor = lt_layout_tensor (bench.model->params, t);
      for (gsize j = 0; j < tensor->size; j++)
        g_assert_cmpint (descent.taken[tensor->offset + j], !=, tensor->frozen);
    }
    g_free (descent.taken);
    lt_block_free (stepped);
    lt_block_free (gradient);
    dense_trial_clear (&bench);
  }
  lt_block_free (x);
}

/* The random numbers do not depend on the team, so neither does the gradient, but for
 * the order of sums. */
static void
test_team_sizes (void)
{
  static const char *const settings[] = {
    EVERYTHING,
    "hidden=60 noise=gaussian contraction=.1 higher-order=.1 weight-decay=.01",
    "hidden=60 sparsity=lifetime emphasis-rest=.5 output-activation=linear "
    "loss=squared-error",
    "hidden=60 sparsity=top-k sparsity-k=9 dropout=.1",
    "hidden=60 sparsity=l1",
  };
  float *x = examples_new (MANY);

  for (gsize s = 0; s < G_N_ELEMENTS (settings); s++) {
    float *gradients[2];
    LtTerms terms[2];
    gsize size = 0;

    for (int i = 0; i < 2; i++) {
      DenseTrial bench;
      bench_init (&bench, "denoising", settings[s], 1 + 2 * i);
      size = lt_layout_size (bench.model->params);
      gradients[i] = lt_block_new (bench.model->params);
      take_gradient (&bench, x, MANY, gradients[i], &terms[i]);
      dense_trial_clear (&bench);
    }
    g_assert_cmpfloat (lt_squared_error (gradients[0], gradients[1], size), <,
                       1e-10 * lt_sum_squares (gradients[0], size));
    for (int t = 0; t < LT_DENSE_N_TERMS; t++)
      g_assert_cmpfloat_with_epsilon (terms[0].value[t], terms[1].value[t],
                                      1e-5 * (1 + fabs (terms[0].value[t])));
    for (int i = 0; i < 2; i++)
      lt_block_free (gradients[i]);
  }
  lt_block_free (x);
}

/* Where nothing is random no generator is needed, and none is advanced. */
static void
test_draws_nothing (void)
{
  const int n = 10;
  float *x = examples_new (n), *d_params;
  LtTerms terms;
  DenseTrial bench;

  bench_init (&bench, "contractive", "hidden=6 sparsity=lifetime", 1);
  d_params = lt_block_new (bench.model->params);
  bench.call.rng = NULL;
  take_gradient (&bench, x, n, d_params, &terms);
  g_assert_cmpfloat (terms.value[LT_DENSE_CONTRACTION], >, 0);
  g_assert_true (lt_all_finite (d_params, lt_layout_size (bench.model->params)));
  lt_block_free (d_params);
  lt_block_free (x);
  dense_trial_clear (&bench);
}

/* The workspace is as large after the tenth minibatch as after the first, and what was
 * taken is given back. */
static void
test_no_allocation (void)
{
  const int n = 50;
  float *x = examples_new (n), *d_params, *first;
  LtTerms terms;
  DenseTrial bench;

  bench_init (&bench, "denoising", EVERYTHING, 2);
  d_params = lt_block_new (bench.model->params);
  take_gradient (&bench, x, n, d_params, &terms);
  lt_workspace_reset (bench.ws);
  first = lt_workspace_floats (bench.ws, 1);
  for (int i = 0; i < 10; i++) {
    float *decoy;

    lt_workspace_reset (bench.ws);
    take_gradient (&bench, x, n - i, d_params, &terms);
    g_assert_cmpuint (lt_workspace_mark (bench.ws), ==, 0);
    decoy = lt_floats_new (64);
    g_assert_true (lt_workspace_floats (bench.ws, 1) == first);
    lt_block_free (decoy);
  }
  lt_block_free (d_params);
  lt_block_free (x);
  dense_trial_clear (&bench);
}

/* Random projections estimate the exact norm of the Jacobian without bias. */
static void
test_projections (void)
{
  const int n = 20, n_draws = 200;
  float *x = examples_new (n), *d_params;
  double exact, mean = 0, squares = 0, deviation;
  LtTerms terms;
  DenseTrial bench;

  bench_init (&bench, "autoencoder", "hidden=8,5 contraction=1 jacobian=exact", 1);
  d_params = lt_block_new (bench.model->params);
  take_gradient (&bench, x, n, d_params, &terms);
  exact = terms.value[LT_DENSE_CONTRACTION];
  bench.settings.jacobian = LT_JACOBIAN_PROJECTIONS;
  for (int i = 0; i < n_draws; i++) {
    take_gradient (&bench, x, n, d_params, &terms);
    mean += terms.value[LT_DENSE_CONTRACTION] / n_draws;
    squares += terms.value[LT_DENSE_CONTRACTION] * terms.value[LT_DENSE_CONTRACTION];
  }
  deviation = sqrt ((squares / n_draws - mean * mean) / n_draws);
  g_assert_cmpfloat (deviation, <, 0.05 * exact);
  g_assert_cmpfloat (fabs (mean - exact), <, 5 * deviation);
  lt_block_free (d_params);
  lt_block_free (x);
  dense_trial_clear (&bench);
}

/* A minibatch of one example, and outputs that are saturated, stay finite. */
static void
test_extremes (void)
{
  float *x = examples_new (1), *d_params;
  LtTerms terms;
  DenseTrial bench;

  bench_init (&bench, "denoising", EVERYTHING, 2);
  d_params = lt_block_new (bench.model->params);
  lt_scale (1e4f, lt_layout_size (bench.model->params), bench.params);
  take_gradient (&bench, x, 1, d_params, &terms);
  g_assert_true (lt_all_finite (d_params, lt_layout_size (bench.model->params)));
  g_assert_true (isfinite (lt_model_objective (bench.model, &terms)));
  lt_block_free (d_params);
  lt_block_free (x);
  dense_trial_clear (&bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dense/layout", test_layout);
  g_test_add_func ("/dense/layers", test_layers);
  g_test_add_func ("/dense/families", test_families);
  g_test_add_func ("/dense/checks", test_checks);
  g_test_add_func ("/dense/init/weights", test_init_weights);
  g_test_add_func ("/dense/init/bias", test_init_bias);
  g_test_add_func ("/dense/reconstruct", test_reconstruct);
  g_test_add_func ("/dense/top-k", test_top_k);
  g_test_add_func ("/dense/activations", test_activations);
  g_test_add_func ("/dense/filters", test_filters);
  g_test_add_func ("/dense/corrupt", test_corrupt);
  g_test_add_func ("/dense/same-bytes", test_same_bytes);
  g_test_add_func ("/dense/streams", test_streams);
  g_test_add_func ("/dense/team-sizes", test_team_sizes);
  g_test_add_func ("/dense/draws-nothing", test_draws_nothing);
  g_test_add_func ("/dense/no-allocation", test_no_allocation);
  g_test_add_func ("/dense/projections", test_projections);
  g_test_add_func ("/dense/extremes", test_extremes);
  return g_test_run ();
}
