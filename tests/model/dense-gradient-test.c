/* The dense networks' gradient, tensor by tensor, against central differences of an
 * independent oracle in double: every activation, loss, penalty and combination. */
#include <math.h>

#include "core/kernels.h"
#include "support/dense-oracle.h"

#define TOLERANCE  1e-4 /* of the difference's norm, relative to the tensor's */
#define STEP       1e-5
#define N_SHAPES   3
#define MOST_LEVEL 8

typedef struct {
  const char *name;
  int depth;
  const char *settings; /* key=value, separated by blanks; lists by commas */
} Case;

static const Case cases[] = {
  /* Activations and losses. */
  { "linear", 1, "output-activation=linear loss=squared-error" },
  { "sigmoid", 2, "hidden-activation=sigmoid code-activation=sigmoid" },
  { "tanh", 2, "hidden-activation=tanh code-activation=tanh" },
  { "relu", 2, "hidden-activation=relu code-activation=relu" },
  { "leaky-relu", 2, "hidden-activation=leaky-relu code-activation=leaky-relu" },
  { "softplus", 2, "hidden-activation=softplus code-activation=softplus" },
  { "output/sigmoid", 1, "loss=squared-error output-activation=sigmoid" },
  { "output/tanh", 1, "loss=squared-error output-activation=tanh output-scale=2" },
  { "output/relu", 1, "loss=squared-error output-activation=relu" },
  { "output/leaky-relu", 1, "loss=squared-error output-activation=leaky-relu" },
  { "output/softplus", 1,
    "loss=squared-error output-activation=softplus output-scale=0.7" },
  { "three-layers", 3, "hidden-activation=tanh code-activation=linear" },

  /* Tied weights. */
  { "tied/one-layer", 1, "tied=true code-activation=sigmoid" },
  { "tied/two-layers", 2, "tied=true code-activation=tanh" },
  { "tied/three-layers", 3,
    "tied=true hidden-activation=softplus loss=squared-error "
    "output-activation=linear" },

  /* The stochastic reading, weight decay. */
  { "likelihood/gaussian", 2,
    "reading=likelihood sigma=0.4 loss=squared-error output-activation=linear" },
  { "likelihood/bernoulli", 1, "reading=likelihood code-activation=sigmoid" },
  { "likelihood/laplace", 1,
    "reading=likelihood code-activation=tanh sparsity=l1 sparsity-weight=0.7" },
  { "decay", 2, "weight-decay=0.3" },
  { "decay/tied", 2, "weight-decay=0.3 tied=true" },

  /* Sparsity. */
  { "l1", 2, "code-activation=tanh sparsity=l1 sparsity-weight=0.8" },
  { "l1/relu", 1, "code-activation=relu sparsity=l1 sparsity-weight=0.8" },
  { "kl", 1, "code-activation=sigmoid sparsity=kl sparsity-weight=2" },
  { "kl/deep", 3,
    "code-activation=sigmoid sparsity=kl sparsity-weight=3 sparsity-target=0.2" },
  { "lifetime", 1, "code-activation=relu sparsity=lifetime sparsity-fraction=0.4" },
  { "lifetime/tied", 2,
    "tied=true code-activation=tanh sparsity=lifetime sparsity-fraction=0.3" },
  { "top-k", 2, "code-activation=linear sparsity=top-k sparsity-k=2" },

  /* Noise. */
  { "noise/gaussian", 1, "noise=gaussian noise-level=0.4 code-activation=sigmoid" },
  { "noise/masking", 1, "noise=masking tied=true code-activation=sigmoid" },
  { "noise/salt-and-pepper", 2, "noise=salt-and-pepper noise-level=0.4" },
  { "emphasis/cross-entropy", 1,
    "noise=masking emphasis-corrupted=2 emphasis-rest=0.3 code-activation=sigmoid" },
  { "emphasis/squared-error", 2,
    "noise=masking emphasis-corrupted=0.5 emphasis-rest=1.5 loss=squared-error" },
  { "dropout", 2, "dropout=0.2,0.4,0.3,0.5" },
  { "dropout/tied", 2, "tied=true dropout=0.2,0.4,0.3,0.5 hidden-activation=softplus" },
  { "dropout/code-penalties", 1,
    "dropout=0.2,0.4 code-activation=sigmoid sparsity=l1 sparsity-weight=0.5" },
  { "dropout/lifetime", 1,
    "dropout=0,0.4 code-activation=tanh sparsity=lifetime sparsity-fraction=0.5" },

  /* Contraction: closed form. */
  { "contraction/sigmoid", 1, "code-activation=sigmoid contraction=3" },
  { "contraction/tanh-tied", 1, "tied=true code-activation=tanh contraction=1" },
  { "contraction/relu", 1, "code-activation=relu contraction=1" },
  { "contraction/softplus", 1, "code-activation=softplus contraction=1" },
  { "contraction/linear", 1, "code-activation=linear contraction=1 weight-decay=0.1" },
  { "higher-order/sigmoid", 1,
    "code-activation=sigmoid higher-order=80 higher-order-sigma=1" },
  { "higher-order/tanh-tied", 1,
    "tied=true code-activation=tanh contraction=0.5 higher-order=2 "
    "higher-order-sigma=0.5 higher-order-samples=3" },

  /* Contraction: deep encoders. */
  { "jacobian/exact", 2,
    "hidden-activation=sigmoid code-activation=tanh contraction=2 jacobian=exact" },
  { "jacobian/exact-tied", 3,
    "tied=true hidden-activation=tanh code-activation=sigmoid contraction=5 "
    "jacobian=exact weight-decay=0.1" },
  { "jacobian/projections", 2,
    "hidden-activation=softplus code-activation=linear contraction=1 "
    "jacobian-projections=3" },
  { "jacobian/dropout", 2,
    "hidden-activation=tanh dropout=0.2,0.3,0.2 contraction=1 jacobian=exact" },
  { "jacobian/higher-order", 2,
    "hidden-activation=tanh code-activation=sigmoid contraction=1 higher-order=5 "
    "higher-order-sigma=0.5 higher-order-samples=2 jacobian=exact" },
  { "jacobian/higher-order-only", 3,
    "tied=true hidden-activation=tanh code-activation=tanh higher-order=2 "
    "higher-order-sigma=0.5 higher-order-samples=2 jacobian-projections=2" },
  { "jacobian/higher-order-dropout", 2,
    "hidden-activation=tanh dropout=0.2,0.3,0.2 higher-order=2 higher-order-sigma=0.5 "
    "noise=gaussian" },

  /* Classes: on top of an encoder alone, and beside a decoder. */
  { "classifier", 2, "task=classify classes=4" },
  { "classifier/one-layer", 1, "task=classify classes=2 code-activation=sigmoid" },
  { "classifier/noise", 3,
    "task=classify classes=5 noise=masking dropout=0.1,0.2,0.2,0.3 weight-decay=0.2 "
    "hidden-activation=tanh code-activation=softplus" },
  { "classifier/penalties", 2,
    "task=classify classes=3 hidden-activation=sigmoid code-activation=sigmoid "
    "sparsity=kl contraction=1 higher-order=2 higher-order-sigma=0.5 jacobian=exact" },
  { "classifier/contraction", 1,
    "task=classify classes=3 code-activation=tanh contraction=1 sparsity=l1" },
  { "classifier/top-k", 2, "task=classify classes=3 sparsity=top-k sparsity-k=2" },
  { "classes-beside-decoder", 2, "classes=3 weight-decay=0.1" },
  { "classes-beside-decoder/tied", 1,
    "classes=4 tied=true code-activation=sigmoid dropout=0.1,0.3 noise=masking "
    "sparsity=kl contraction=0.5" },

  /* The top alone. */
  { "top", 2, "task=classify classes=4 learning=top weight-decay=0.1" },
  { "top/beside-decoder", 1, "classes=3 learning=top code-activation=sigmoid" },
  { "top/noise", 2,
    "task=classify classes=3 learning=top noise=masking dropout=0.1,0.2,0.4 "
    "sparsity=kl code-activation=sigmoid contraction=1 higher-order=1" },
  { "top/winners", 2,
    "task=classify classes=3 learning=top sparsity=lifetime sparsity-fraction=0.4" },

  /* One layer alone. */
  { "layer/first", 3, "layer=1 weight-decay=0.1 classes=3" },
  { "layer/middle", 3, "layer=2 hidden-activation=sigmoid" },
  { "layer/last-tied", 2, "layer=2 tied=true hidden-activation=sigmoid" },
  { "layer/squared-error", 2,
    "layer=2 hidden-activation=tanh loss=squared-error output-activation=tanh "
    "output-scale=2 reading=likelihood sigma=0.5" },
  { "layer/noise", 3,
    "layer=2 tied=true hidden-activation=sigmoid code-activation=sigmoid "
    "noise=masking emphasis-corrupted=2 emphasis-rest=0.5 "
    "dropout=0.5,0.2,0.3,0.4,0.4" },
  { "layer/penalties", 3,
    "layer=2 hidden-activation=sigmoid noise=gaussian sparsity=kl contraction=1 "
    "higher-order=2 higher-order-sigma=0.5 weight-decay=0.1" },
  { "layer/relu", 2, "layer=2 hidden-activation=relu contraction=0.3" },
  { "layer/lifetime", 2,
    "layer=1 hidden-activation=tanh sparsity=lifetime sparsity-fraction=0.4" },

  /* Several at once. */
  { "together/one-layer", 1,
    "tied=true code-activation=sigmoid noise=masking emphasis-corrupted=2 "
    "dropout=0.1,0.3 sparsity=kl contraction=1 higher-order=4 weight-decay=0.1" },
  { "together/deep", 3,
    "hidden-activation=tanh code-activation=sigmoid noise=salt-and-pepper "
    "dropout=0.1,0.2,0.2,0.2 sparsity=l1 "
    "contraction=1 higher-order=1 jacobian=exact weight-decay=0.1" },
};

typedef struct {
  LtModel *model;
  LtDenseSettings settings;
  LtRng rng; /* for the minibatch */
  int n;
  float *x, *params, *gradient;
  int *labels;
  LtTerms terms;
} Trial;

static void
set_knobs (const LtModelKind *kind, const char *text, LtDenseSettings *settings)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    g_autoptr (GError) error = NULL;

    lt_knob_parse (lt_knobs_find (&kind->knobs, pair[0]), pair[1], settings, &error);
    g_assert_no_error (error);
  }
}

/* Any of the classes, and some unknown. */
static void
draw_labels (Trial *trial, LtRng *rng)
{
  trial->labels = g_new (int, trial->n);
  for (int e = 0; e < trial->n; e++)
    trial->labels[e] = (int) lt_rng_below (rng, trial->settings.classes + 1) - 1;
  trial->labels[0] = 0;
}

static void
trial_init (Trial *trial, const Case *test, int seed)
{
  const LtModelKind *kind = lt_model_kind_find ("autoencoder", NULL);
  g_autoptr (GError) error = NULL;
  LtShape shape;
  LtRng rng;
  int nv;

  lt_rng_init (&rng, seed, 1);
  lt_rng_init (&trial->rng, seed, 2);
  nv = 4 + (int) lt_rng_below (&rng, MOST_LEVEL);
  trial->n = 5 + (int) lt_rng_below (&rng, 6);
  lt_model_kind_init_settings (kind, &trial->settings);
  set_knobs (kind, test->settings, &trial->settings);
  trial->settings.hidden.n = test->depth;
  for (int l = 0; l < test->depth; l++)
    trial->settings.hidden.value[l] = 3 + lt_rng_below (&rng, MOST_LEVEL - 2);

  lt_shape_init (&shape, "features", LT_UNIT, 1, nv, 1);
  trial->model = lt_model_new (kind, &trial->settings, &shape, &error);
  g_assert_no_error (error);
  trial->x = lt_floats_new ((gsize) trial->n * nv);
  lt_rng_fill_uniform (&rng, (gsize) trial->n * nv, trial->x);
  trial->params = lt_block_new (trial->model->params);
  trial->gradient = lt_block_new (trial->model->params);
  for (int t = 0; t < lt_layout_n_tensors (trial->model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (trial->model->params, t);
    lt_rng_fill_normal (&rng, tensor->size, trial->params + tensor->offset);
    lt_scale (0.5f, tensor->size, trial->params + tensor->offset);
    for (gsize i = 0; tensor->role == LT_ROLE_BIAS && i < tensor->size; i++)
      trial->params[tensor->offset + i] += 0.4f; /* rectified units are not all dead */
  }
  draw_labels (trial, &rng);
}

static void
trial_clear (Trial *trial)
{
  lt_model_unref (trial->model);
  lt_block_free (trial->x);
  lt_block_free (trial->params);
  lt_block_free (trial->gradient);
  g_free (trial->labels);
}

static void
take_gradient (Trial *trial, int n_members)
{
  g_autoptr (LtTeam) team = lt_team_new (n_members);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (team);
  LtRng rng = trial->rng;
  LtCall call = {
    .model = trial->model,
    .params = trial->params,
    .settings = &trial->settings,
    .ws = ws,
    .rng = &rng,
  };
  LtBatch batch = { .x = trial->x, .labels = trial->labels, .n = trial->n };

  /* What was there before does not show through. */
  for (int t = 0; t < lt_layout_n_tensors (trial->model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (trial->model->params, t);
    lt_fill (NAN, tensor->size, trial->gradient + tensor->offset);
  }
  trial->model->kind->gradient (&call, &batch, trial->gradient, NULL, &trial->terms);
}

static double
central_difference (const DenseOracle *oracle, double *params, gsize i)
{
  double terms[LT_DENSE_N_TERMS];
  double here = params[i], above, below;

  params[i] = here + STEP;
  above = dense_oracle_objective (oracle, params, terms);
  params[i] = here - STEP;
  below = dense_oracle_objective (oracle, params, terms);
  params[i] = here;
  return (above - below) / (2 * STEP);
}

static void
check_tensor (const Trial *trial,
              const DenseOracle *oracle,
              double *params,
              const LtTensor *tensor)
{
  double squares = 0, difference = 0;

  for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++) {
    double expected = central_difference (oracle, params, i);
    double error = (double) trial->gradient[i] - expected;

    squares += expected * expected;
    difference += error * error;
  }
  g_assert_cmpfloat (squares, >, 1e-8);
  if (sqrt (difference) > TOLERANCE * sqrt (squares))
    g_error ("The gradient of %s is off by %.2e of its norm %.2e.", tensor->name,
             sqrt (difference / squares), sqrt (squares));
}

static void
check_frozen (const Trial *trial, const LtTensor *tensor)
{
  for (gsize i = 0; i < tensor->size; i++)
    g_assert_cmpfloat (trial->gradient[tensor->offset + i], ==, 0);
}

/* Of the tensor's role alone, as the settings have it. */
static gboolean
is_frozen (const LtDenseSettings *s, const LtTensor *tensor)
{
  gboolean top = g_str_equal (tensor->name, "U") || g_str_equal (tensor->name, "d");

  if (s->layer > 0)
    return top || tensor->name[1] != '0' + s->layer;
  return s->learning == LT_LEARNING_TOP && !top;
}

static void
check_trial (Trial *trial)
{
  const LtLayout *layout = trial->model->params;
  DenseOracle oracle = {
    &trial->settings, layout,     trial->model->shape.nv, trial->n, trial->x,
    trial->labels,    trial->rng,
  };
  g_autofree double *params = g_new (double, lt_layout_size (layout));
  double terms[LT_DENSE_N_TERMS];

  for (gsize i = 0; i < lt_layout_size (layout); i++)
    params[i] = (double) trial->params[i];
  dense_oracle_objective (&oracle, params, terms);
  for (int t = 0; t < LT_DENSE_N_TERMS; t++)
    g_assert_cmpfloat_with_epsilon (trial->terms.value[t], terms[t],
                                    1e-5 * (1 + fabs (terms[t])));
  for (int t = 0; t < lt_layout_n_tensors (layout); t++) {
    const LtTensor *tensor = lt_layout_tensor (layout, t);

    g_assert_cmpint (tensor->frozen, ==, is_frozen (&trial->settings, tensor));
    if (tensor->frozen)
      check_frozen (trial, tensor);
    else
      check_tensor (trial, &oracle, params, tensor);
  }
}

/* Terms and gradient agree with the oracle, for several shapes and sizes of the team. */
static void
test_gradient (gconstpointer data)
{
  for (int seed = 1; seed <= N_SHAPES; seed++) {
    Trial trial;

    trial_init (&trial, data, seed);
    take_gradient (&trial, seed);
    check_trial (&trial);
    trial_clear (&trial);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/dense/gradient/%s", cases[i].name);
    g_test_add_data_func (path, &cases[i], test_gradient);
  }
  return g_test_run ();
}
