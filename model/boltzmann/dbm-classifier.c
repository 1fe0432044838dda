/* The classifier made of a deep Boltzmann machine: its knobs, its layout, and how it begins
 * with the machine. */
#include "boltzmann/dbm-classifier-machine.h"

#include <string.h>

#include "core/error.h"
#include "core/kernels.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtDbmClassifierSettings, field)

static const char *const learning_names[] = { "all", "top", NULL };

static const LtKnob knobs[] = {
  { "hidden", "Hidden layers", "units", "Architecture",
    "The sizes of the machine's two hidden layers.", LT_KNOB_SIZES, .minimum = 1,
    .maximum = 65536, .fallback = "500 1000", KNOB_AT (hidden) },
  { "classes", "Classes", "", "Architecture", "How many classes are told apart.",
    LT_KNOB_INTEGER, .minimum = 2, .maximum = 1000, .fallback = "10",
    KNOB_AT (classes) },
  { "learning", "What learns", "", "Architecture",
    "All layers, or only the classes' layer on top, while the rest is frozen.",
    LT_KNOB_CHOICE, .fallback = "all", .choices = learning_names, KNOB_AT (learning) },
  { "weight-scale", "First weights", "", "Architecture",
    "The standard deviation of the normal distribution that first weights are drawn "
    "from, where no machine gives them.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.01",
    KNOB_AT (weight_scale) },
  { "mean-field-sweeps", "Mean-field sweeps", "", "Inference",
    "How often, at most, mean field goes through the machine's hidden layers for each "
    "example.",
    LT_KNOB_INTEGER, .log_scale = TRUE, .minimum = 1, .maximum = 1000, .fallback = "50",
    KNOB_AT (sweeps) },
  { "mean-field-tolerance", "Mean-field tolerance", "", "Inference",
    "Mean field stops when no unit's mean changes by more than this; 0 takes all "
    "sweeps.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.001",
    KNOB_AT (tolerance) },
  { "weight-decay", "Weight decay", "", "Objective",
    "The weight λ of the penalty ½λΣW² on all weights; biases are left alone.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 10,
    .fallback = "0", KNOB_AT (decay) },
  { "dropout", "Dropout of hidden units", "", "Objective",
    "The fraction of hidden units that are left out, anew for each example.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.95, .fallback = "0",
    .when = "learning=all", KNOB_AT (dropout) },
};

/* ---- The layout ------------------------------------------------------------------ */

static gboolean
check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtDbmClassifierSettings *s = settings;

  if (s->hidden.n == 2)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "A classifier with what was inferred as a second input is made of a "
               "machine with two hidden layers, but hidden lists %d; give two sizes, "
               "such as hidden=500 1000, or choose the model classifier.",
               s->hidden.n);
  return FALSE;
}

static void
build (LtModel *model)
{
  const LtDbmClassifierSettings *s = model->settings;
  int nv = model->shape.nv, classes = s->classes;
  int n1 = (int) s->hidden.value[0], n2 = (int) s->hidden.value[1];
  LtLayout *layout = model->params = lt_layout_new ();

  lt_layout_add (layout, "W1", LT_ROLE_WEIGHT, 2, nv, n1);
  lt_layout_add (layout, "A", LT_ROLE_WEIGHT, 2, n2, n1);
  lt_layout_add (layout, "c1", LT_ROLE_BIAS, 1, n1);
  lt_layout_add (layout, "W2", LT_ROLE_WEIGHT, 2, n1, n2);
  lt_layout_add (layout, "c2", LT_ROLE_BIAS, 1, n2);
  lt_layout_add (layout, "U", LT_ROLE_WEIGHT, 2, n2, classes);
  lt_layout_add (layout, "d", LT_ROLE_BIAS, 1, classes);
  lt_layout_add (layout, "M1", LT_ROLE_WEIGHT, 2, nv, n1);
  lt_layout_add (layout, "M2", LT_ROLE_WEIGHT, 2, n1, n2);
  lt_layout_add (layout, "m1", LT_ROLE_BIAS, 1, n1);
  lt_layout_add (layout, "m2", LT_ROLE_BIAS, 1, n2);
  for (int i = 0; i < LT_DBM_N_TENSORS; i++)
    if (i >= LT_DBM_M1 || (s->learning == LT_DBM_LEARNING_TOP && i < LT_DBM_U))
      lt_layout_freeze (layout, i);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_CLASSIFY | LT_CAN_FILTERS;
  model->n_classes = classes;
  model->n_code = n2;
  model->n_layers = 2;
}

float *
lt_dbm_classifier_tensor (const LtModel *model, float *block, LtDbmTensor tensor)
{
  return block + lt_layout_tensor (model->params, tensor)->offset;
}

const float *
lt_dbm_classifier_param (const LtCall *call, LtDbmTensor tensor)
{
  return call->params + lt_layout_tensor (call->model->params, tensor)->offset;
}

/* ---- First parameters ------------------------------------------------------------ */

static void
copy (const LtModel *model, float *params, LtDbmTensor from, LtDbmTensor to)
{
  memcpy (lt_dbm_classifier_tensor (model, params, to),
          lt_dbm_classifier_tensor (model, params, from),
          lt_layout_tensor (model->params, to)->size * sizeof *params);
}

/* The machine that q comes from is the layers as they are now, and A begins as W_2'. */
static void
take_machine (const LtModel *model, float *params)
{
  const LtTensor *w2 = lt_layout_tensor (model->params, LT_DBM_W2);
  float *a = lt_dbm_classifier_tensor (model, params, LT_DBM_A);
  int n1 = w2->dims[0], n2 = w2->dims[1];

  copy (model, params, LT_DBM_W1, LT_DBM_M1);
  copy (model, params, LT_DBM_W2, LT_DBM_M2);
  copy (model, params, LT_DBM_C1, LT_DBM_BIAS1);
  copy (model, params, LT_DBM_C2, LT_DBM_BIAS2);
  for (int i = 0; i < n1; i++)
    for (int j = 0; j < n2; j++)
      a[(gsize) j * n1 + i] = params[w2->offset + (gsize) i * n2 + j];
}

static void
init (const LtModel *model,
      gconstpointer settings,
      const float *mean,
      LtRng *rng,
      float *params,
      float *state)
{
  static const LtDbmTensor drawn[] = { LT_DBM_W1, LT_DBM_W2, LT_DBM_U };
  const LtDbmClassifierSettings *s = settings;

  for (gsize i = 0; i < G_N_ELEMENTS (drawn); i++) {
    const LtTensor *tensor = lt_layout_tensor (model->params, drawn[i]);

    lt_rng_fill_normal (rng, tensor->size, params + tensor->offset);
    lt_scale ((float) s->weight_scale, tensor->size, params + tensor->offset);
  }
  take_machine (model, params);
}

/* ---- As a stack ------------------------------------------------------------------ */

static void
stack (const LtCall *call, LtStack *stack)
{
  const LtDbmClassifierSettings *s = call->model->settings;

  *stack = (LtStack){ .n_layers = 2,
                      .n_classes = s->classes,
                      .label_weights = lt_dbm_classifier_param (call, LT_DBM_U),
                      .label_bias = lt_dbm_classifier_param (call, LT_DBM_D) };
  for (int l = 0; l < 2; l++)
    stack->layer[l] = (LtStackLayer){
      .n_in = l == 0 ? call->model->shape.nv : (int) s->hidden.value[0],
      .n_out = (int) s->hidden.value[l],
      .up = lt_dbm_classifier_param (call, l == 0 ? LT_DBM_W1 : LT_DBM_W2),
      .up_bias = lt_dbm_classifier_param (call, l == 0 ? LT_DBM_C1 : LT_DBM_C2),
      .up_factor = 1,
      .down_factor = 1,
    };
}

static void
take_layer (const LtModel *model, const LtStack *from, int l, float *params)
{
  const LtStackLayer *layer = &from->layer[l];
  float *w = lt_dbm_classifier_tensor (model, params, l == 0 ? LT_DBM_W1 : LT_DBM_W2);
  float *c = lt_dbm_classifier_tensor (model, params, l == 0 ? LT_DBM_C1 : LT_DBM_C2);

  memcpy (w, layer->up, (gsize) layer->n_in * layer->n_out * sizeof *w);
  memcpy (c, layer->up_bias, layer->n_out * sizeof *c);
  if (l == 0 && from->n_layers > 1 && layer[1].down_bias != NULL)
    lt_axpy (1, layer[1].down_bias, layer->n_out, c);
  for (int i = 0; l == 0 && from->variance != NULL && i < layer->n_in; i++)
    lt_scale (1 / from->variance[i], layer->n_out, w + (gsize) i * layer->n_out);
}

/* Weights as they are, whatever stood in for a second neighbour while they were pretrained,
 * and the biases of the shared layer summed, as where a machine is put together. */
static void
adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  const LtModel *model = call->model;
  const LtTensor *u = lt_layout_tensor (model->params, LT_DBM_U);

  for (int l = 0; l < MIN (2, from->n_layers); l++)
    take_layer (model, from, l, params);
  if (from->n_layers == 2 && from->n_classes == model->n_classes) {
    memcpy (params + u->offset, from->label_weights, u->size * sizeof *params);
    memcpy (lt_dbm_classifier_tensor (model, params, LT_DBM_D), from->label_bias,
            model->n_classes * sizeof *params);
  }
  take_machine (model, params);
}

/* ---- Layers ---------------------------------------------------------------------- */

/* W_1, or W_1 W_2; a row for each unit. */
static void
filters (const LtCall *call, int layer, float *filters)
{
  const LtDbmClassifierSettings *s = call->model->settings;
  gsize mark = lt_workspace_mark (call->ws);
  int nv = call->model->shape.nv;
  int n1 = (int) s->hidden.value[0], n2 = (int) s->hidden.value[1];
  const float *w = lt_dbm_classifier_param (call, LT_DBM_W1);
  float *first = layer == 0 ? filters : lt_workspace_floats (call->ws, (gsize) n1 * nv);
  LtProduct product = { .trans_a = LT_TRANSPOSED,
                        .m = n2,
                        .n = nv,
                        .k = n1,
                        .alpha = 1,
                        .a = lt_dbm_classifier_param (call, LT_DBM_W2),
                        .lda = n2,
                        .b = first,
                        .ldb = nv,
                        .c = filters,
                        .ldc = nv };

  for (int j = 0; j < n1; j++)
    for (int i = 0; i < nv; i++)
      first[(gsize) j * nv + i] = w[(gsize) i * n1 + j];
  if (layer == 1)
    lt_product (lt_workspace_team (call->ws), &product, NULL, NULL);
  lt_workspace_release (call->ws, mark);
}

static void
layer_info (const LtModel *model, int layer, LtLayerInfo *info)
{
  const LtDbmClassifierSettings *s = model->settings;

  g_return_if_fail (layer == 0 || layer == 1);
  *info = (LtLayerInfo){ .n_units = (int) s->hidden.value[layer],
                         .activation = lt_activation_names[LT_SIGMOID],
                         .lowest = 0,
                         .highest = 1 };
  g_snprintf (info->name, sizeof info->name, "hidden %d", layer + 1);
}

/* Pixels and what was inferred of them stand side by side. */
static void
graph (const LtModel *model, LtGraph *graph)
{
  const LtDbmClassifierSettings *s = model->settings;
  gboolean top = s->learning == LT_DBM_LEARNING_TOP;
  int n1 = (int) s->hidden.value[0], n2 = (int) s->hidden.value[1];
  const char *sigmoid = lt_activation_names[LT_SIGMOID];
  LtGraphLayer layers[] = {
    { "input", 0, model->shape.nv, NULL, -1, -1 },
    { "q(h₂|v)", 0, n2, sigmoid, -1, LT_DBM_BIAS2 },
    { "hidden 1", 1, n1, sigmoid, 0, LT_DBM_C1 },
    { "hidden 2", 2, n2, sigmoid, 1, LT_DBM_C2 },
    { "classes", 3, s->classes, "softmax", -1, LT_DBM_D },
  };
  const LtGraphEdge edges[] = {
    { .from = 0, .to = 2, .weights = LT_DBM_W1, .frozen = top },
    { .from = 1, .to = 2, .weights = LT_DBM_A, .frozen = top },
    { .from = 2, .to = 3, .weights = LT_DBM_W2, .frozen = top },
    { .from = 3, .to = 4, .weights = LT_DBM_U },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    lt_graph_add_layer (graph, &layers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (edges); i++)
    lt_graph_add_edge (graph, &edges[i]);
}

/* ---- The family ------------------------------------------------------------------ */

static const LtTermInfo terms[LT_DBM_CLASSIFIER_N_TERMS] = {
  [LT_DBM_CLASSIFICATION] = { "classification", "−log p(y|x)" },
  [LT_DBM_CLASSIFIER_DECAY] = { "weight decay", "½λ ΣW²" },
};

const LtModelKind lt_dbm_classifier = {
  .name = "dbm-classifier",
  .title = "Classifier from a deep Boltzmann machine",
  .summary = "Tells classes apart by the layers of a deep Boltzmann machine, with what "
             "the machine inferred of its top layer as a second input.",
  .formula = "min E −log p(y|v),  h₁ = σ(vW₁ + qA + c₁),  h₂ = σ(h₁W₂ + c₂)",
  .references = "Salakhutdinov & Hinton 2009, Deep Boltzmann machines",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtDbmClassifierSettings) },
  .terms = terms,
  .n_terms = LT_DBM_CLASSIFIER_N_TERMS,
  .check = check,
  .build = build,
  .init = init,
  .stack = stack,
  .adopt = adopt,
  .n_features = lt_dbm_classifier_n_features,
  .features = lt_dbm_classifier_features,
  .gradient = lt_dbm_classifier_gradient,
  .encode = lt_dbm_classifier_encode,
  .activations = lt_dbm_classifier_activations,
  .filters = filters,
  .classify = lt_dbm_classifier_classify,
  .layer = layer_info,
  .graph = graph,
};
