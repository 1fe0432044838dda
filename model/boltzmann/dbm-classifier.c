/* The classifier made of a deep Boltzmann machine: its knobs, its layout, and how it begins
 * with the machine. */
#include "boltzmann/dbm-classifier-machine.h"

#include <string.h>

#include "core/error.h"
#include "core/kernels.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtDbmClassifierSettings, field)

static const char *const learning_names[] = { "all", "top", NULL };
static const char *const inferred_from_names[] = { "all", "kept", NULL };

static const LtKnob knobs[] = {
  { "hidden", "Hidden layers", "units", "Architecture",
    "The sizes of the machine's hidden layers, two or more.", LT_KNOB_SIZES,
    .minimum = 1, .maximum = 65536, .fallback = "500 1000", KNOB_AT (hidden) },
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
  { "dropout", "Dropout", "", "Objective",
    "The rate at which units are left out, anew for each example: of the data, then of "
    "each hidden layer; one number alone is the rate of all hidden layers.",
    LT_KNOB_REALS, .live = TRUE, .minimum = 0, .maximum = 0.95, .fallback = "",
    .when = "learning=all", KNOB_AT (dropout) },
  { "inferred-from", "Inferred from", "", "Objective",
    "What mean field sees while the classifier learns: all of the data, which is "
    "computed "
    "once; or what dropout keeps of it, anew for each minibatch, which is slower and "
    "leaves nothing to be learnt by heart.",
    LT_KNOB_CHOICE, .fallback = "all", .choices = inferred_from_names,
    .when = "learning=all", KNOB_AT (inferred_from) },
};

/* ---- The layout ------------------------------------------------------------------ */

void
lt_dbm_net_init (LtDbmNet *self, const LtModel *model)
{
  const LtDbmClassifierSettings *s = model->settings;
  int next = 0;

  memset (self, 0, sizeof *self);
  self->depth = s->hidden.n;
  self->classes = s->classes;
  self->n[0] = model->shape.nv;
  for (int l = 1; l <= self->depth; l++) {
    self->n[l] = (int) s->hidden.value[l - 1];
    self->w[l] = next++;
    if (l < self->depth)
      self->inferred_w[l] = next++;
    self->bias[l] = next++;
    if (l > 1) {
      self->q[l] = self->n_q;
      self->n_q += self->n[l];
    }
  }
  self->class_w = next++;
  self->class_bias = next++;
  for (int l = 1; l <= self->depth; l++)
    self->machine_w[l] = next++;
  for (int l = 1; l <= self->depth; l++)
    self->machine_bias[l] = next++;
  self->n_tensors = next;
}

static gboolean
check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtDbmClassifierSettings *s = settings;

  if (s->hidden.n < 2) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "A classifier with what was inferred as a second input is made of a "
        "machine with two hidden layers or more, but hidden lists %d; give the "
        "sizes, such as hidden=500 1000, or choose the model classifier.",
        s->hidden.n);
    return FALSE;
  }
  if (s->dropout.n > s->hidden.n + 1) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "dropout lists %d rates, but this model has %d places for them: the "
                 "input and its %d hidden layers.",
                 s->dropout.n, s->hidden.n + 1, s->hidden.n);
    return FALSE;
  }
  return TRUE;
}

static void
add (LtLayout *layout, int index, const char *letter, int l, int n_in, int n_out)
{
  char name[32];
  int added;

  g_snprintf (name, sizeof name, "%s%d", letter, l);
  added = n_in > 0 ? lt_layout_add (layout, name, LT_ROLE_WEIGHT, 2, n_in, n_out)
                   : lt_layout_add (layout, name, LT_ROLE_BIAS, 1, n_out);
  g_assert (added == index);
}

static void
build (LtModel *model)
{
  const LtDbmClassifierSettings *s = model->settings;
  LtLayout *layout = model->params = lt_layout_new ();
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  for (int l = 1; l <= net.depth; l++) {
    add (layout, net.w[l], "W", l, net.n[l - 1], net.n[l]);
    if (l < net.depth)
      add (layout, net.inferred_w[l], "A", l, net.n[l + 1], net.n[l]);
    add (layout, net.bias[l], "c", l, 0, net.n[l]);
  }
  lt_layout_add (layout, "U", LT_ROLE_WEIGHT, 2, net.n[net.depth], net.classes);
  lt_layout_add (layout, "d", LT_ROLE_BIAS, 1, net.classes);
  for (int l = 1; l <= net.depth; l++)
    add (layout, net.machine_w[l], "M", l, net.n[l - 1], net.n[l]);
  for (int l = 1; l <= net.depth; l++)
    add (layout, net.machine_bias[l], "m", l, 0, net.n[l]);
  for (int i = 0; i < net.n_tensors; i++)
    if (i >= net.machine_w[1] ||
        (s->learning == LT_DBM_LEARNING_TOP && i < net.class_w))
      lt_layout_freeze (layout, i);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_CLASSIFY | LT_CAN_FILTERS;
  model->n_classes = net.classes;
  model->n_code = net.n[net.depth];
  model->n_layers = net.depth;
}

float *
lt_dbm_classifier_tensor (const LtModel *model, float *block, int tensor)
{
  return block + lt_layout_tensor (model->params, tensor)->offset;
}

const float *
lt_dbm_classifier_param (const LtCall *call, int tensor)
{
  return call->params + lt_layout_tensor (call->model->params, tensor)->offset;
}

double
lt_dbm_classifier_dropout (const LtDbmClassifierSettings *settings, int node)
{
  const LtList *dropout = &settings->dropout;

  if (dropout->n == 1)
    return node == 0 ? 0 : dropout->value[0];
  return node < dropout->n ? dropout->value[node] : 0;
}

/* ---- First parameters ------------------------------------------------------------ */

static void
copy (const LtModel *model, float *params, int from, int to)
{
  memcpy (lt_dbm_classifier_tensor (model, params, to),
          lt_dbm_classifier_tensor (model, params, from),
          lt_layout_tensor (model->params, to)->size * sizeof *params);
}

/* The machine that q comes from is the layers as they are now, and A_l begins as W_{l+1}'. */
static void
take_machine (const LtModel *model, float *params)
{
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  for (int l = 1; l <= net.depth; l++) {
    copy (model, params, net.w[l], net.machine_w[l]);
    copy (model, params, net.bias[l], net.machine_bias[l]);
  }
  for (int l = 1; l < net.depth; l++) {
    const float *w = lt_dbm_classifier_tensor (model, params, net.w[l + 1]);
    float *a = lt_dbm_classifier_tensor (model, params, net.inferred_w[l]);

    for (int i = 0; i < net.n[l]; i++)
      for (int j = 0; j < net.n[l + 1]; j++)
        a[(gsize) j * net.n[l] + i] = w[(gsize) i * net.n[l + 1] + j];
  }
}

static void
draw (const LtModel *model, double scale, int index, LtRng *rng, float *params)
{
  const LtTensor *tensor = lt_layout_tensor (model->params, index);

  lt_rng_fill_normal (rng, tensor->size, params + tensor->offset);
  lt_scale ((float) scale, tensor->size, params + tensor->offset);
}

static void
init (const LtModel *model,
      gconstpointer settings,
      const float *mean,
      LtRng *rng,
      float *params,
      float *state)
{
  const LtDbmClassifierSettings *s = settings;
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  for (int l = 1; l <= net.depth; l++)
    draw (model, s->weight_scale, net.w[l], rng, params);
  draw (model, s->weight_scale, net.class_w, rng, params);
  take_machine (model, params);
}

/* ---- As a stack ------------------------------------------------------------------ */

static void
stack (const LtCall *call, LtStack *stack)
{
  LtDbmNet net;

  lt_dbm_net_init (&net, call->model);
  *stack = (LtStack){ .n_layers = net.depth,
                      .n_classes = net.classes,
                      .label_weights = lt_dbm_classifier_param (call, net.class_w),
                      .label_bias = lt_dbm_classifier_param (call, net.class_bias) };
  for (int l = 1; l <= net.depth; l++)
    stack->layer[l - 1] = (LtStackLayer){
      .n_in = net.n[l - 1],
      .n_out = net.n[l],
      .up = lt_dbm_classifier_param (call, net.w[l]),
      .up_bias = lt_dbm_classifier_param (call, net.bias[l]),
      .up_factor = 1,
      .down_factor = 1,
    };
}

static void
take_layer (const LtModel *model,
            const LtStack *from,
            int n_taken,
            int l,
            float *params)
{
  const LtStackLayer *layer = &from->layer[l - 1];
  float *w, *c;
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  w = lt_dbm_classifier_tensor (model, params, net.w[l]);
  c = lt_dbm_classifier_tensor (model, params, net.bias[l]);
  memcpy (w, layer->up, (gsize) layer->n_in * layer->n_out * sizeof *w);
  memcpy (c, layer->up_bias, layer->n_out * sizeof *c);
  if (l < n_taken && layer[1].down_bias != NULL)
    lt_axpy (1, layer[1].down_bias, layer->n_out, c);
  for (int i = 0; l == 1 && from->variance != NULL && i < layer->n_in; i++)
    lt_scale (1 / from->variance[i], layer->n_out, w + (gsize) i * layer->n_out);
}

/* Weights as they are, whatever stood in for a second neighbour while they were pretrained,
 * and the biases of shared layers summed, as where a machine is put together. */
static void
adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  const LtModel *model = call->model;
  int n_taken;
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  n_taken = MIN (net.depth, from->n_layers);
  for (int l = 1; l <= n_taken; l++)
    take_layer (model, from, n_taken, l, params);
  if (from->n_layers == net.depth && from->n_classes == net.classes) {
    const LtTensor *u = lt_layout_tensor (model->params, net.class_w);

    memcpy (params + u->offset, from->label_weights, u->size * sizeof *params);
    memcpy (lt_dbm_classifier_tensor (model, params, net.class_bias), from->label_bias,
            net.classes * sizeof *params);
  }
  take_machine (model, params);
}

/* ---- Layers ---------------------------------------------------------------------- */

/* W_1 W_2 … up to the layer, transposed: a row for each unit. */
static void
filters (const LtCall *call, int layer, float *filters)
{
  gsize mark = lt_workspace_mark (call->ws);
  const float *w;
  float *below;
  LtDbmNet net;

  lt_dbm_net_init (&net, call->model);
  w = lt_dbm_classifier_param (call, net.w[1]);
  below = layer == 0 ? filters
                     : lt_workspace_floats (call->ws, (gsize) net.n[1] * net.n[0]);
  for (int j = 0; j < net.n[1]; j++)
    for (int i = 0; i < net.n[0]; i++)
      below[(gsize) j * net.n[0] + i] = w[(gsize) i * net.n[1] + j];
  for (int l = 2; l <= layer + 1; l++) {
    LtProduct product = {
      .trans_a = LT_TRANSPOSED,
      .m = net.n[l],
      .n = net.n[0],
      .k = net.n[l - 1],
      .alpha = 1,
      .a = lt_dbm_classifier_param (call, net.w[l]),
      .lda = net.n[l],
      .b = below,
      .ldb = net.n[0],
      .c = l == layer + 1 ? filters
                          : lt_workspace_floats (call->ws, (gsize) net.n[l] * net.n[0]),
      .ldc = net.n[0],
    };

    lt_product (lt_workspace_team (call->ws), &product, NULL, NULL);
    below = product.c;
  }
  lt_workspace_release (call->ws, mark);
}

static void
layer_info (const LtModel *model, int layer, LtLayerInfo *info)
{
  const LtDbmClassifierSettings *s = model->settings;

  g_return_if_fail (layer >= 0 && layer < model->n_layers);
  *info = (LtLayerInfo){ .n_units = (int) s->hidden.value[layer],
                         .activation = lt_activation_names[LT_SIGMOID],
                         .lowest = 0,
                         .highest = 1 };
  g_snprintf (info->name, sizeof info->name, "hidden %d", layer + 1);
}

/* ---- The drawing ----------------------------------------------------------------- */

/* "q(h₂|v)" */
static void
name_inferred (int l, char *name, gsize size)
{
  char digits[16] = "";
  int n = 0;

  if (l >= 10)
    n += g_unichar_to_utf8 (0x2080 + (gunichar) (l / 10), digits);
  n += g_unichar_to_utf8 (0x2080 + (gunichar) (l % 10), digits + n);
  g_snprintf (name, size, "q(h%.*s|v)", n, digits);
}

/* What layer l, at `index`, is given beside the layer below it, and stands beside that. */
static void
add_inferred (LtGraph *graph, const LtDbmNet *net, int l, int index, gboolean frozen)
{
  LtGraphLayer inferred = { .level = l - 1,
                            .n_units = net->n[l + 1],
                            .activation = lt_activation_names[LT_SIGMOID],
                            .hidden = -1,
                            .bias = net->machine_bias[l + 1] };

  name_inferred (l + 1, inferred.name, sizeof inferred.name);
  lt_graph_add_edge (graph,
                     &(LtGraphEdge){ .from = lt_graph_add_layer (graph, &inferred),
                                     .to = index,
                                     .weights = net->inferred_w[l],
                                     .frozen = frozen });
}

static void
graph (const LtModel *model, LtGraph *graph)
{
  const LtDbmClassifierSettings *s = model->settings;
  gboolean frozen = s->learning == LT_DBM_LEARNING_TOP;
  int below, index;
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  below = lt_graph_add_layer (
      graph, &(LtGraphLayer){
                 .name = "input", .n_units = net.n[0], .hidden = -1, .bias = -1 });
  for (int l = 1; l <= net.depth; l++) {
    LtGraphLayer layer = { .level = l,
                           .n_units = net.n[l],
                           .activation = lt_activation_names[LT_SIGMOID],
                           .hidden = l - 1,
                           .bias = net.bias[l] };

    g_snprintf (layer.name, sizeof layer.name, "hidden %d", l);
    index = lt_graph_add_layer (graph, &layer);
    lt_graph_add_edge (
        graph, &(LtGraphEdge){
                   .from = below, .to = index, .weights = net.w[l], .frozen = frozen });
    if (l < net.depth)
      add_inferred (graph, &net, l, index, frozen);
    below = index;
  }
  index = lt_graph_add_layer (graph, &(LtGraphLayer){ .name = "classes",
                                                      .level = net.depth + 1,
                                                      .n_units = net.classes,
                                                      .activation = "softmax",
                                                      .hidden = -1,
                                                      .bias = net.class_bias });
  lt_graph_add_edge (
      graph, &(LtGraphEdge){ .from = below, .to = index, .weights = net.class_w });
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
             "the machine inferred of its upper layers as further inputs.",
  .formula = "min E −log p(y|v),  hₗ = σ(hₗ₋₁Wₗ + qₗ₊₁Aₗ + cₗ),  h₀ = v",
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
