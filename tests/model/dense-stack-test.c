/* Dense networks of which a part learns, with classes on top, and as stacks: what each part
 * computes, what stays as it is, and what one network takes over from another. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "support/dense-trial.h"
#include "train/evaluate.h"
#include "train/trainer.h"

#define NV DENSE_TRIAL_NV
#define N  17

static void
net_init (DenseTrial *net, const LtModelKind *kind, const char *settings, guint64 seed)
{
  dense_trial_init (net, kind, settings, seed, 0);
}

static float *
tensor_of (const DenseTrial *net, const char *name)
{
  return net->params + lt_layout_find (net->model->params, name)->offset;
}

static void
assert_same (const DenseTrial *a, const char *name, const DenseTrial *b)
{
  const LtTensor *tensor = lt_layout_find (a->model->params, name);
  gsize size = tensor->size * sizeof (float);

  g_assert_cmpmem (tensor_of (a, name), size, tensor_of (b, name), size);
}

static void
assert_close (const float *a, const float *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-5f);
}

static void
adopt (DenseTrial *net, const DenseTrial *from)
{
  g_autoptr (GError) error = NULL;

  lt_model_adopt (&net->call, &from->call, net->params, NULL, &error);
  g_assert_no_error (error);
}

/* ---- Structure ------------------------------------------------------------------- */

/* Classes have the last tensors; a classifier has no decoder, and each says what it can. */
static void
test_structure (void)
{
  DenseTrial net;

  net_init (&net, &lt_dense_classifier, "hidden=5,4 classes=3", 1);
  g_assert_cmpint (lt_layout_n_tensors (net.model->params), ==, 6);
  g_assert_cmpstr (lt_layout_tensor (net.model->params, 4)->name, ==, "U");
  g_assert_cmpuint (lt_layout_tensor (net.model->params, 4)->size, ==, 12);
  g_assert_false (lt_model_can (net.model, LT_CAN_RECONSTRUCT));
  g_assert_false (lt_model_can (net.model, LT_CAN_DECODE));
  g_assert_true (lt_model_can (net.model, LT_CAN_CLASSIFY | LT_CAN_CORRUPT));
  g_assert_cmpint (net.model->n_classes, ==, 3);
  dense_trial_clear (&net);

  net_init (&net, &lt_dense_stacked, "hidden=5,4 classes=3 layer=2", 1);
  g_assert_cmpint (lt_layout_n_tensors (net.model->params), ==, 8);
  g_assert_cmpint (net.model->n_classes, ==, 0);
  g_assert_false (lt_model_can (net.model, LT_CAN_CLASSIFY));
  g_assert_false (lt_model_can (net.model, LT_CAN_CORRUPT)); /* not the data */
  g_assert_cmpint (net.model->n_code, ==, 4);
  dense_trial_clear (&net);
}

/* While layer l learns, the model is the network up to it and back. */
static void
test_shown (void)
{
  float x[N * NV], z[N * 5], r[N * NV], h[N * 5], expected[N * NV];
  DenseTrial first, whole;

  dense_trial_fill_examples (N, x);
  net_init (&first, &lt_dense_stacked, "hidden=5,4,3 layer=1 tied=false", 4);
  net_init (&whole, &lt_dense_stacked, "hidden=5,4,3 layer=0 tied=false", 4);
  g_assert_cmpint (first.model->n_layers, ==, 1);
  g_assert_cmpint (first.model->n_code, ==, 5);
  first.model->kind->encode (&first.call, x, N, z);
  whole.model->kind->activations (&whole.call, 0, x, N, h);
  g_assert_cmpmem (z, sizeof z, h, sizeof h);

  first.model->kind->reconstruct (&first.call, x, N, r);
  for (int e = 0; e < N; e++)
    for (int i = 0; i < NV; i++) {
      double a = (double) tensor_of (&first, "c1")[i];
      for (int j = 0; j < 5; j++)
        a += (double) z[e * 5 + j] * (double) tensor_of (&first, "V1")[j * NV + i];
      expected[e * NV + i] = (float) (1 / (1 + exp (-a)));
    }
  assert_close (r, expected, N * NV);
  dense_trial_clear (&first);
  dense_trial_clear (&whole);
}

/* Probabilities of the classes are the softmax of the code's products. */
static void
test_classify (void)
{
  float x[N * NV], z[N * 4], p[N * 3];
  DenseTrial net;

  dense_trial_fill_examples (N, x);
  net_init (&net, &lt_dense_classifier, "hidden=5,4 classes=3", 1);
  net.model->kind->encode (&net.call, x, N, z);
  net.model->kind->classify (&net.call, x, N, p);
  for (int e = 0; e < N; e++) {
    double sum = 0, a[3];

    for (int c = 0; c < 3; c++) {
      a[c] = (double) tensor_of (&net, "d")[c];
      for (int j = 0; j < 4; j++)
        a[c] += (double) z[e * 4 + j] * (double) tensor_of (&net, "U")[j * 3 + c];
      sum += exp (a[c]);
    }
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat_with_epsilon (p[e * 3 + c], (float) (exp (a[c]) / sum), 1e-5f);
  }
  dense_trial_clear (&net);
}

/* A batch without labels leaves the classes out of the objective. */
static void
test_unlabelled (void)
{
  float x[N * NV], *d_params;
  LtBatch batch = { .x = x, .n = N };
  LtTerms terms;
  DenseTrial net;

  dense_trial_fill_examples (N, x);
  net_init (&net, &lt_dense_classifier, "hidden=5,4 classes=3", 1);
  d_params = lt_block_new (net.model->params);
  net.model->kind->gradient (&net.call, &batch, d_params, NULL, &terms);
  g_assert_cmpfloat (lt_model_objective (net.model, &terms), ==, 0);
  g_assert_cmpfloat (lt_sum_abs (d_params, lt_layout_size (net.model->params)), ==, 0);
  lt_block_free (d_params);
  dense_trial_clear (&net);
}

/* A frozen layer is drawn so, and classes stand on the code. */
static void
test_graph (void)
{
  DenseTrial net;
  LtGraph graph = { 0 };

  net_init (&net, &lt_dense_stacked, "hidden=5,4 classes=3 layer=2 tied=true", 1);
  lt_model_graph (net.model, &graph);
  g_assert_cmpint (graph.n_layers, ==, 6);
  g_assert_cmpint (graph.n_edges, ==, 5);
  for (int i = 0; i < graph.n_edges; i++) {
    const LtGraphEdge *edge = &graph.edges[i];
    g_assert_cmpint (edge->frozen, ==, edge->from != 1 && edge->to != 3);
  }
  g_assert_cmpstr (graph.layers[5].name, ==, "classes");
  g_assert_cmpint (graph.layers[5].level, ==, 3);
  g_assert_cmpint (graph.edges[4].from, ==, 2);
  dense_trial_clear (&net);
}

/* ---- Features -------------------------------------------------------------------- */

static const char *const with_features[] = {
  "hidden=7,5,3 layer=2 noise=masking",
  "hidden=7,5,3 layer=3 tied=false dropout=0,0.2,0.3",
  "hidden=7,5,3 layer=0 classes=4 learning=top",
  "hidden=7,5,3 layer=0 classes=4 learning=top sparsity=top-k sparsity-k=2",
};

/* What was computed before and kept leads to the same gradient, byte for byte. */
static void
test_features (void)
{
  float x[N * NV];
  int labels[N];

  dense_trial_fill_examples (N, x);
  for (int e = 0; e < N; e++)
    labels[e] = e % 4;
  for (gsize s = 0; s < G_N_ELEMENTS (with_features); s++) {
    LtBatch batch = { .x = x, .labels = labels, .n = N };
    float *gradients[2], *features;
    gsize size;
    LtTerms terms[2];
    LtRng rng;
    DenseTrial net;
    int width;

    net_init (&net, &lt_dense_stacked, with_features[s], 2);
    width = net.model->kind->n_features (net.model);
    g_assert_cmpint (width, >, 0);
    features = lt_floats_new ((gsize) N * width);
    net.model->kind->features (&net.call, x, N, features);
    size = lt_layout_size (net.model->params) * sizeof (float);
    rng = net.rng;
    for (int i = 0; i < 2; i++) {
      gradients[i] = lt_block_new (net.model->params);
      net.rng = rng;
      batch.x = i == 0 ? x : NULL;
      batch.features = i == 0 ? NULL : features;
      net.model->kind->gradient (&net.call, &batch, gradients[i], NULL, &terms[i]);
    }
    g_assert_cmpmem (gradients[0], size, gradients[1], size);
    g_assert_cmpmem (&terms[0], sizeof terms[0], &terms[1], sizeof terms[1]);
    lt_block_free (gradients[0]);
    lt_block_free (gradients[1]);
    lt_block_free (features);
    dense_trial_clear (&net);
  }
}

/* Where the data themselves are the input there is nothing to keep. */
static void
test_no_features (void)
{
  DenseTrial net;

  net_init (&net, &lt_dense_stacked, "hidden=7,5 layer=1", 2);
  g_assert_cmpint (net.model->kind->n_features (net.model), ==, 0);
  dense_trial_clear (&net);
  net_init (&net, &lt_dense_classifier, "hidden=7,5", 2);
  g_assert_cmpint (net.model->kind->n_features (net.model), ==, 0);
  dense_trial_clear (&net);
}

/* ---- Taking over ----------------------------------------------------------------- */

/* The stack's own way up and down, by its definition: f is the sigmoid. */
static void
pass_stack (const LtStack *stack, const float *x, float *code, float *r)
{
  double h[LT_LIST_MAX + 1][NV] = { 0 };
  int top = stack->n_layers;

  for (int i = 0; i < stack->layer[0].n_in; i++)
    h[0][i] =
        (double) x[i] / (stack->variance != NULL ? (double) stack->variance[i] : 1.0);
  for (int l = 0; l < top; l++) {
    const LtStackLayer *layer = &stack->layer[l];
    for (int j = 0; j < layer->n_out; j++) {
      double a = (double) layer->up_bias[j];
      for (int i = 0; i < layer->n_in; i++)
        a += h[l][i] * (double) layer->up[i * layer->n_out + j];
      h[l + 1][j] = 1 / (1 + exp (-(double) layer->up_factor * a));
    }
  }
  for (int j = 0; j < stack->layer[top - 1].n_out; j++)
    code[j] = (float) h[top][j];
  for (int l = top - 1; l >= 0; l--) {
    const LtStackLayer *layer = &stack->layer[l];
    for (int i = 0; i < layer->n_in; i++) {
      double a = (double) layer->down_bias[i];
      for (int j = 0; j < layer->n_out; j++)
        a += h[l + 1][j] * (double) (layer->down != NULL
                                         ? layer->down[j * layer->n_in + i]
                                         : layer->up[i * layer->n_out + j]);
      h[l][i] = 1 / (1 + exp (-(double) layer->down_factor * a));
    }
  }
  for (int i = 0; i < stack->layer[0].n_in; i++)
    r[i] = (float) h[0][i];
}

#define SIGMOID "hidden-activation=sigmoid code-activation=sigmoid "

/* Unrolled, a stack with any factors, variances and directions computes what it did. */
static void
test_unroll (void)
{
  for (int form = 0; form < 8; form++) {
    float x[N * NV], z[N * 4], r[N * NV], code[4], expected[NV], variance[NV];
    LtStack stack;
    DenseTrial from, net;

    dense_trial_fill_examples (N, x);
    for (int i = 0; i < NV; i++)
      variance[i] = 0.5f + 0.1f * (float) i;
    net_init (&from, &lt_dense_autoencoder,
              form & 1 ? SIGMOID "hidden=6,4 tied=true" : SIGMOID "hidden=6,4", 3);
    net_init (&net, &lt_dense_deep, SIGMOID "hidden=6,4", 4);
    from.model->kind->stack (&from.call, &stack);
    if (form & 2) {
      stack.layer[0].up_factor = 2;
      stack.layer[1].down_factor = 2;
    }
    if (form & 4)
      stack.variance = variance;
    net.model->kind->adopt (&net.call, &stack, net.params, NULL);
    net.model->kind->encode (&net.call, x, N, z);
    net.model->kind->reconstruct (&net.call, x, N, r);
    for (int e = 0; e < N; e++) {
      pass_stack (&stack, x + e * NV, code, expected);
      assert_close (z + e * 4, code, 4);
      assert_close (r + e * NV, expected, NV);
    }
    dense_trial_clear (&from);
    dense_trial_clear (&net);
  }
}

/* Tied networks take the way up, and share it. */
static void
test_take_tied (void)
{
  float x[N * NV], a[N * NV], b[N * NV];
  DenseTrial from, net;

  dense_trial_fill_examples (N, x);
  net_init (&from, &lt_dense_deep, SIGMOID "hidden=6,4 tied=true", 3);
  net_init (&net, &lt_dense_stacked, "hidden=6,4 tied=true layer=0", 4);
  adopt (&net, &from);
  from.model->kind->reconstruct (&from.call, x, N, a);
  net.model->kind->reconstruct (&net.call, x, N, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  dense_trial_clear (&from);
  dense_trial_clear (&net);
}

/* The same family takes everything, whichever layer learns. */
static void
test_take_all (void)
{
  DenseTrial from, net;
  gsize size;

  net_init (&from, &lt_dense_stacked, "hidden=6,4 layer=1 classes=3", 3);
  net_init (&net, &lt_dense_stacked, "hidden=6,4 layer=2 classes=3", 4);
  adopt (&net, &from);
  size = lt_layout_size (net.model->params) * sizeof (float);
  g_assert_cmpmem (net.params, size, from.params, size);
  dense_trial_clear (&from);
  dense_trial_clear (&net);
}

/* A classifier takes the way up, and the classes where both have the same; going back, the
 * decoder is the way up turned round, with the biases it had. */
static void
test_take_classifier (void)
{
  DenseTrial from, net, other;
  const float *w, *v;

  net_init (&from, &lt_dense_stacked, "hidden=6,4 layer=0 classes=3", 3);
  net_init (&net, &lt_dense_classifier, "hidden=6,4 classes=3", 4);
  adopt (&net, &from);
  assert_same (&net, "W1", &from);
  assert_same (&net, "b2", &from);
  assert_same (&net, "U", &from);
  assert_same (&net, "d", &from);

  net_init (&other, &lt_dense_deep, "hidden=6,4 classes=5", 5);
  lt_fill (7, NV, tensor_of (&other, "c1"));
  adopt (&other, &net);
  assert_same (&other, "W2", &net);
  w = tensor_of (&net, "W1");
  v = tensor_of (&other, "V1");
  for (int i = 0; i < NV; i++) {
    for (int j = 0; j < 6; j++)
      g_assert_cmpfloat (v[j * NV + i], ==, w[i * 6 + j]);
    g_assert_cmpfloat (tensor_of (&other, "c1")[i], ==, 7);
  }
  dense_trial_clear (&from);
  dense_trial_clear (&net);
  dense_trial_clear (&other);
}

/* Of stacks of other heights the layers that both have are taken, and no classes. */
static void
test_take_some (void)
{
  DenseTrial small, large, net, copy;

  net_init (&small, &lt_dense_stacked, "hidden=6 layer=0 classes=3", 3);
  net_init (&large, &lt_dense_classifier, "hidden=6,4 classes=3", 4);
  net_init (&copy, &lt_dense_classifier, "hidden=6,4 classes=3", 4);
  adopt (&large, &small);
  assert_same (&large, "W1", &small);
  assert_same (&large, "W2", &copy);
  assert_same (&large, "U", &copy);

  net_init (&net, &lt_dense_stacked, "hidden=6 layer=0 classes=3 tied=false", 5);
  dense_trial_clear (&copy);
  net_init (&copy, &lt_dense_stacked, "hidden=6 layer=0 classes=3 tied=false", 5);
  adopt (&net, &large);
  assert_same (&net, "W1", &large);
  assert_same (&net, "U", &copy);
  dense_trial_clear (&small);
  dense_trial_clear (&large);
  dense_trial_clear (&net);
  dense_trial_clear (&copy);
}

/* Layers of other sizes are refused, with both sizes, and nothing is taken. */
static void
test_take_none (void)
{
  g_autoptr (GError) error = NULL;
  DenseTrial from, net, copy;

  net_init (&from, &lt_dense_stacked, "hidden=6,4", 3);
  net_init (&net, &lt_dense_classifier, "hidden=6,5", 4);
  net_init (&copy, &lt_dense_classifier, "hidden=6,5", 4);
  g_assert_false (lt_model_adopt (&net.call, &from.call, net.params, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "from 6 to 5 units here and from 6 to 4"));
  assert_same (&net, "W1", &copy);
  dense_trial_clear (&from);
  dense_trial_clear (&net);
  dense_trial_clear (&copy);
}

/* ---- Training -------------------------------------------------------------------- */

static LtTrainer *
train (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment =
      lt_experiment_from_json (json, -1, "test", &error);
  g_autoptr (LtDataset) dataset = NULL;
  LtTrainerOptions options = { .experiment = experiment, .n_threads = 2 };
  LtTrainer *trainer;

  g_assert_no_error (error);
  dataset = lt_data_spec_load (experiment->data, experiment->seed, &error);
  g_assert_no_error (error);
  options.dataset = dataset;
  trainer = lt_trainer_new (&options, &error);
  g_assert_no_error (error);
  return trainer;
}

/* The model after as many epochs as have passed. */
static LtSnapshot *
newest (LtTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  LtTrainerStatus status;
  LtSnapshot *snapshot;

  lt_trainer_get_status (trainer, &status);
  snapshot = lt_trainer_load_epoch (trainer, status.epoch, &error);
  g_assert_no_error (error);
  return snapshot;
}

static LtSnapshot *
after_epoch (LtTrainer *trainer)
{
  lt_trainer_advance (trainer, LT_STEP_EPOCH);
  lt_trainer_wait (trainer);
  return newest (trainer);
}

#define DATA "\"format\": 1, \"data\": { \"source\": \"digits\", \"train-limit\": 500 }"

/* What does not learn keeps its bytes under every kind of step and of decay, and the rest
 * moves. */
static void
test_frozen_bytes (void)
{
  static const char *const models[] = {
    "\"layer\": 1", "\"layer\": 2, \"tied\": false, \"weight-decay\": 0.1",
    "\"layer\": 0, \"learning\": \"top\", \"weight-decay\": 0.1",
    "\"layer\": 0, \"learning\": \"top\", \"task\": \"classify\""
  };
  static const char *const trainings[] = {
    "\"optimiser\": \"adamw\", \"decoupled-decay\": 0.5, \"clip\": 1",
    "\"optimiser\": \"momentum\"",
    "\"optimiser\": \"lbfgs\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (models) * G_N_ELEMENTS (trainings); i++) {
    g_autofree char *json = g_strdup_printf (
        "{ " DATA ", \"model\": { \"kind\": \"stacked-denoising\", \"hidden\": [9, 7], "
        "\"classes\": 10, %s }, \"training\": { \"batch-size\": 20, %s } }",
        models[i / G_N_ELEMENTS (trainings)], trainings[i % G_N_ELEMENTS (trainings)]);
    LtTrainer *trainer = train (json);
    g_autoptr (LtSnapshot) before = lt_trainer_take_snapshot (trainer);
    g_autoptr (LtSnapshot) after = after_epoch (trainer);
    const LtLayout *layout = after->model->params;
    int n_frozen = 0;

    g_assert_cmpint (after->epoch, ==, 1);
    for (int t = 0; t < lt_layout_n_tensors (layout); t++) {
      const LtTensor *tensor = lt_layout_tensor (layout, t);
      gboolean same =
          memcmp (before->params + tensor->offset, after->params + tensor->offset,
                  tensor->size * sizeof (float)) == 0;

      g_assert_cmpint (same, ==, tensor->frozen);
      n_frozen += tensor->frozen;
    }
    g_assert_cmpint (n_frozen, >, 0);
    lt_trainer_free (trainer);
  }
}

#define PRETRAINED                                                                    \
  "{ " DATA ", \"model\": { \"kind\": \"stacked-denoising\", \"hidden\": [40, 30],"   \
  "  \"noise-level\": 0.2 },"                                                         \
  "  \"training\": { \"epochs\": 5, \"batch-size\": 20, \"optimiser\": \"adam\","     \
  "  \"learning-rate\": 0.01 },"                                                      \
  "  \"phases\": [ { \"model\": { \"layer\": 1 } }, { \"model\": { \"layer\": 2 } }," \
  "    { \"model\": { \"kind\": \"classifier\", \"hidden\": [40, 30],"                \
  "      \"learning\": \"top\" } },"                                                  \
  "    { \"model\": { \"kind\": \"classifier\", \"hidden\": [40, 30] },"              \
  "      \"training\": { \"epochs\": 10 } } ] }"

static double
training_errors (LtTrainer *trainer, const LtDataset *data)
{
  g_autoptr (LtSnapshot) snapshot = newest (trainer);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  LtErrors errors;

  lt_evaluate_split (&call, data, LT_TRAIN, &errors);
  return errors.classification;
}

/* Layer by layer, then the top, then all: what was learnt before is there after, and the
 * whole learns to tell the classes apart. */
static void
test_greedy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment =
      lt_experiment_from_json (PRETRAINED, -1, "test", &error);
  g_autoptr (LtDataset) data =
      lt_data_spec_load (experiment->data, experiment->seed, &error);
  LtTrainer *trainer = train (PRETRAINED);
  double of_top;

  for (int epoch = 1; epoch <= 15; epoch++) {
    g_autoptr (LtSnapshot) snapshot = after_epoch (trainer);

    g_assert_cmpint (snapshot->epoch, ==, epoch);
    g_assert_cmpint (lt_model_can (snapshot->model, LT_CAN_CLASSIFY), ==, epoch > 10);
  }
  of_top = training_errors (trainer, data);
  g_assert_cmpfloat (of_top, <, 0.5);
  for (int epoch = 16; epoch <= 25; epoch++)
    lt_snapshot_unref (after_epoch (trainer));
  g_assert_cmpfloat (training_errors (trainer, data), <, 0.05);
  g_assert_cmpfloat (training_errors (trainer, data), <, of_top);
  lt_trainer_free (trainer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dense-stack/structure", test_structure);
  g_test_add_func ("/dense-stack/shown", test_shown);
  g_test_add_func ("/dense-stack/classify", test_classify);
  g_test_add_func ("/dense-stack/unlabelled", test_unlabelled);
  g_test_add_func ("/dense-stack/graph", test_graph);
  g_test_add_func ("/dense-stack/features", test_features);
  g_test_add_func ("/dense-stack/features/none", test_no_features);
  g_test_add_func ("/dense-stack/unroll", test_unroll);
  g_test_add_func ("/dense-stack/take/tied", test_take_tied);
  g_test_add_func ("/dense-stack/take/all", test_take_all);
  g_test_add_func ("/dense-stack/take/classifier", test_take_classifier);
  g_test_add_func ("/dense-stack/take/some", test_take_some);
  g_test_add_func ("/dense-stack/take/none", test_take_none);
  g_test_add_func ("/dense-stack/frozen-bytes", test_frozen_bytes);
  g_test_add_func ("/dense-stack/greedy", test_greedy);
  return g_test_run ();
}
