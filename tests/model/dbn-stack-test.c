/* Deep belief networks as stacks of machines: where these lie, what learns, what is taken
 * over, and what the network makes of data. */
#include "boltzmann/dbn-machine.h"
#include "core/error.h"
#include "support/dbn-trial.h"
#include "train/optimiser.h"

#include <math.h>
#include <string.h>

#define KNOBS "hidden=5,4,3 label-units=2 weight-decay=0.1"

static gsize
offset_of (const LtModel *model, const char *name)
{
  const LtTensor *tensor = lt_layout_find (model->params, name);

  g_assert_nonnull (tensor);
  return tensor->offset;
}

/* Machine l as a model of its own, with the same settings; above a layer of units that are
 * not binary it takes them for what they are. */
static LtModel *
machine_new (const DbnTrial *trial, int l, LtRbmSettings *settings)
{
  g_autoptr (GError) error = NULL;
  const LtList *hidden = &trial->settings.rbm.hidden;
  LtShape shape;
  LtModel *model;

  *settings = trial->settings.rbm;
  settings->hidden = (LtList){ .n = 1, .value = { hidden->value[l] } };
  if (l < hidden->n - 1)
    settings->label_units = 0;
  settings->hidden_units = lt_dbn_kind_of (&trial->settings, l);
  lt_shape_init (&shape, "features", LT_BINARY, 1,
                 l == 0 ? trial->nv : (int) hidden->value[l - 1], 1);
  if (l > 0 && lt_dbn_kind_of (&trial->settings, l - 1) != LT_HIDDEN_BINARY) {
    gboolean relu = lt_dbn_kind_of (&trial->settings, l - 1) == LT_HIDDEN_RELU;

    settings->visible = relu ? LT_RBM_RECTIFIED : LT_RBM_GAUSSIAN;
    shape.modality[0].kind = LT_REAL;
    shape.modality[0].standardised = TRUE;
  }
  model = lt_model_new (&lt_rbm, settings, &shape, &error);
  g_assert_no_error (error);
  return model;
}

/* ---- The layout ------------------------------------------------------------------------ */

/* Each machine's block is a part of the network's, tensor for tensor. */
static void
test_layout (void)
{
  static const char *const names[3][3] = { { "W1", "b", "c1" },
                                           { "W2", "b2", "c2" },
                                           { "W3", "b3", "c3" } };
  static const char *const own[] = { "W1", "b", "c1" };
  DbnTrial trial;
  gsize at = 0;

  dbn_trial_init (&trial, KNOBS " layer=2", 6, 1);
  for (int l = 0; l < 3; l++) {
    LtRbmSettings settings;
    g_autoptr (LtModel) machine = machine_new (&trial, l, &settings);

    for (int i = 0; i < 3; i++) {
      const LtTensor *there = lt_layout_find (machine->params, own[i]);
      const LtTensor *here = lt_layout_find (trial.model->params, names[l][i]);

      g_assert_nonnull (here);
      g_assert_cmpuint (here->offset, ==, at + there->offset);
      g_assert_cmpuint (here->size, ==, there->size);
      g_assert_cmpint (here->role, ==, there->role);
      g_assert_cmpint (here->frozen, ==, l != 1);
    }
    at += lt_layout_size (machine->params);
  }
  g_assert_cmpuint (lt_layout_size (trial.model->params), ==, at);
  dbn_trial_clear (&trial);
}

/* Only what has learnt by now is shown; labels belong to the top. */
static void
test_growing (void)
{
  static const int codes[] = { 3, 5, 4, 3 }, layers[] = { 3, 1, 2, 3 };

  for (int layer = 0; layer <= 3; layer++) {
    g_autofree char *knobs = g_strdup_printf (KNOBS " layer=%d", layer);
    DbnTrial trial;
    LtGraph graph;

    dbn_trial_init (&trial, knobs, 6, 1);
    g_assert_cmpint (trial.model->n_layers, ==, layers[layer]);
    g_assert_cmpint (trial.model->n_code, ==, codes[layer]);
    g_assert_cmpint (lt_model_can (trial.model, LT_CAN_CLASSIFY), ==, layer % 3 == 0);
    g_assert_cmpint (lt_model_can (trial.model, LT_CAN_ENERGY), ==, layer == 1);
    g_assert_cmpint (lt_dbn.n_features (trial.model), ==,
                     layer > 1 ? codes[layer - 1] : 0);
    lt_model_graph (trial.model, &graph);
    for (int i = 0; i < graph.n_edges; i++) {
      const LtGraphEdge *edge = &graph.edges[i];
      int below = graph.layers[edge->to].level, above = graph.layers[edge->from].level;

      g_assert_cmpint (edge->undirected, ==, MAX (below, above) == layers[layer]);
      g_assert_cmpint (edge->frozen, ==, layer > 0 && MAX (below, above) != layer);
      if (layer > 0)
        g_assert_cmpint (below, <, above);
    }
    g_assert_cmpint (graph.n_layers, ==, layers[layer] + 1 + (layer % 3 == 0));
    dbn_trial_clear (&trial);
  }
}

/* What cannot be is said, with the layer it is about. */
static void
test_refusals (void)
{
  static const struct {
    const char *key, *value, *part;
  } cases[] = { { "layer", "4", "layer is 4, but the last hidden layer is 3;" },
                { "label-units", "1", "Layer 3: label-units is 1" },
                { "method", "exact", "Layer 1: The exact gradient" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    LtDbnSettings settings;
    LtShape shape;

    lt_model_kind_init_settings (&lt_dbn, &settings);
    lt_knob_parse (lt_knobs_find (&lt_dbn.knobs, cases[i].key), cases[i].value,
                   &settings, NULL);
    lt_shape_init (&shape, "pixels", LT_UNIT, 28, 28, 1);
    g_assert_null (lt_model_new (&lt_dbn, &settings, &shape, &error));
    g_assert_nonnull (strstr (error->message, cases[i].part));
  }
}

/* ---- One machine learns ------------------------------------------------------------------ */

/* The gradient is that machine's own on the features, byte for byte, whether these are given
 * or worked out; and nothing else has any. */
static void
test_greedy_gradient (gconstpointer data)
{
  static const char *const methods[] = { "cd", "pcd", "tempering",
                                         "cd hidden-units=relu,gaussian",
                                         "pcd hidden-units=gaussian,relu" };
  int layer = GPOINTER_TO_INT (data) % 3 + 1;
  g_autofree char *knobs = g_strdup_printf (
      KNOBS " layer=%d method=%s binarise=true centring=enhanced chains=6", layer,
      methods[GPOINTER_TO_INT (data) / 3]);
  DbnTrial trial;
  LtRbmSettings settings;
  LtModel *machine;
  LtCall call, own;
  LtBatch batch;
  LtTerms terms, own_terms;
  LtRng start;
  gsize at, size, all;
  float *features, *gradient, *state = NULL;
  char name[8];

  dbn_trial_init (&trial, knobs, 6, 7);
  machine = machine_new (&trial, layer - 1, &settings);
  g_snprintf (name, sizeof name, "W%d", layer);
  at = offset_of (trial.model, name);
  size = lt_layout_size (machine->params);
  all = lt_layout_size (trial.model->params);
  call = dbn_trial_call (&trial);
  own = call;
  own.model = machine;
  own.params = trial.params + at;
  own.settings = &settings;
  features = lt_floats_new (7 * 6);
  gradient = lt_floats_new (size);
  if (layer > 1)
    lt_dbn.features (&call, trial.x, 7, features);
  else
    memcpy (features, trial.x, 7 * 6 * sizeof *features);
  if (machine->state != NULL) {
    g_assert_cmpuint (lt_layout_size (machine->state), ==,
                      lt_layout_size (trial.model->state));
    own.state = state = lt_block_dup (machine->state, trial.state);
  }
  start = trial.rng;
  batch = (LtBatch){ .x = features, .labels = trial.labels, .n = 7 };
  lt_rbm.gradient (&own, &batch, gradient, state, &own_terms);
  for (int given = 0; given < 2; given++) {
    g_autofree float *before =
        trial.state != NULL
            ? g_memdup2 (trial.state, lt_layout_size (trial.model->state) * 4)
            : NULL;

    trial.rng = start;
    batch = (LtBatch){ .x = trial.x, .labels = trial.labels, .n = 7 };
    batch.features = given ? features : NULL;
    for (gsize i = 0; i < all; i++)
      trial.gradient[i] = i >= at && i < at + size ? 0 : 1;
    lt_dbn.gradient (&call, &batch, trial.gradient, trial.state, &terms);
    g_assert_cmpmem (trial.gradient + at, size * 4, gradient, size * 4);
    for (int t = 0; t < lt_layout_n_tensors (trial.model->params); t++) {
      const LtTensor *tensor = lt_layout_tensor (trial.model->params, t);

      for (gsize i = 0; tensor->frozen && i < tensor->size; i++)
        g_assert_cmpfloat (trial.gradient[tensor->offset + i], ==, 0);
    }
    g_assert_cmpmem (&terms, sizeof terms, &own_terms, sizeof own_terms);
    if (state != NULL) {
      g_assert_cmpmem (trial.state, lt_layout_size (machine->state) * 4, state,
                       lt_layout_size (machine->state) * 4);
      memcpy (trial.state, before, lt_layout_size (machine->state) * 4);
    }
  }
  lt_block_free (features);
  lt_block_free (gradient);
  g_clear_pointer (&state, lt_block_free);
  lt_model_unref (machine);
  dbn_trial_clear (&trial);
}

typedef struct {
  float *gradient;
  int *times;
} Taken;

static void
take (gpointer data, gsize offset, const float *gradient, gsize n)
{
  Taken *taken = data;

  for (gsize i = 0; i < n; i++) {
    taken->gradient[offset + i] = gradient[i];
    taken->times[offset + i]++;
  }
}

/* Streamed, the same gradient arrives: each entry that learns once, the frozen ones never. */
static void
test_streaming (void)
{
  DbnTrial trial;
  LtCall call;
  LtTerms terms;
  LtRng start;
  gsize all;

  for (int layer = 0; layer <= 3; layer++) {
    g_autofree char *knobs = g_strdup_printf (KNOBS " layer=%d", layer);
    g_autofree float *gradient = NULL;
    g_autofree int *times = NULL;
    Taken taken;
    LtGradientSink sink = { take, &taken };
    LtBatch batch;

    dbn_trial_init (&trial, knobs, 6, 7);
    all = lt_layout_size (trial.model->params);
    taken.gradient = gradient = g_new0 (float, all);
    taken.times = times = g_new0 (int, all);
    batch = (LtBatch){ .x = trial.x, .labels = trial.labels, .n = 7 };
    start = trial.rng;
    dbn_trial_gradient (&trial);
    trial.rng = start;
    call = dbn_trial_call (&trial);
    call.sink = &sink;
    {
      float *scratch = lt_block_new (trial.model->params);
      lt_dbn.gradient (&call, &batch, scratch, NULL, &terms);
      lt_block_free (scratch);
    }
    for (int t = 0; t < lt_layout_n_tensors (trial.model->params); t++) {
      const LtTensor *tensor = lt_layout_tensor (trial.model->params, t);

      for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++)
        g_assert_cmpint (times[i], ==, tensor->frozen ? 0 : 1);
    }
    g_assert_cmpmem (gradient, all * 4, trial.gradient, all * 4);
    dbn_trial_clear (&trial);
  }
}

/* Steps of AdamW, whose decay needs no gradient, leave the other machines as they are. */
static void
test_frozen (void)
{
  DbnTrial trial;
  LtTraining training;
  g_autofree float *before = NULL;
  gsize size, first, last;
  LtOptimiser *optimiser;

  dbn_trial_init (&trial, KNOBS " layer=2", 6, 7);
  lt_knobs_init (&lt_training_knobs, &training);
  training.optimiser = LT_ADAMW;
  training.decoupled_decay = 0.1;
  optimiser = lt_optimiser_new (trial.model->params, &training);
  size = lt_layout_size (trial.model->params);
  first = offset_of (trial.model, "W2");
  last = offset_of (trial.model, "W3");
  before = g_memdup2 (trial.params, size * 4);
  for (int i = 0; i < 3; i++) {
    dbn_trial_gradient (&trial);
    lt_optimiser_step (optimiser, NULL, &training, 0.01, trial.gradient, trial.params);
  }
  g_assert_cmpmem (before, first * 4, trial.params, first * 4);
  g_assert_cmpmem (before + last, (size - last) * 4, trial.params + last,
                   (size - last) * 4);
  g_assert_cmpint (memcmp (before + first, trial.params + first, (last - first) * 4),
                   !=, 0);
  lt_optimiser_free (optimiser);
  dbn_trial_clear (&trial);
}

/* ---- Beginning with others ------------------------------------------------------------------ */

static void
adopt (DbnTrial *self, const LtCall *from)
{
  g_autoptr (GError) error = NULL;
  LtCall call = dbn_trial_call (self);

  lt_model_adopt (&call, from, self->params, self->state, &error);
  g_assert_no_error (error);
}

static void
assert_same (const DbnTrial *a, const char *name, const DbnTrial *b, const char *other)
{
  const LtTensor *one = lt_layout_find (a->model->params, name);
  const LtTensor *two = lt_layout_find (b->model->params, other);

  g_assert_cmpmem (a->params + one->offset, one->size * 4, b->params + two->offset,
                   two->size * 4);
}

/* The next layer's phase has all of the one before; up-down has it, and recognition begins
 * with the weights that served both ways; from there back, with recognition's. */
static void
test_adopt (void)
{
  static const char *const both[] = { "W1", "b",  "c1", "W2", "b2",
                                      "c2", "W3", "b3", "c3" };
  DbnTrial first, second, whole, back;
  LtCall call;

  dbn_trial_init (&first, KNOBS " layer=3", 6, 4);
  dbn_trial_init (&second, KNOBS " layer=2", 6, 4);
  dbn_trial_init (&whole, KNOBS " layer=0", 6, 4);
  dbn_trial_init (&back, KNOBS " layer=3 method=pcd chains=3", 6, 4);
  for (gsize i = 0; i < lt_layout_size (second.model->params); i++)
    second.params[i] *= 2;
  call = dbn_trial_call (&first);
  adopt (&second, &call);
  adopt (&whole, &call);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    assert_same (&first, both[i], &second, both[i]);
    if (strcmp (both[i], "b3") != 0 && strcmp (both[i], "W3") != 0)
      assert_same (&first, both[i], &whole, both[i]);
  }
  assert_same (&first, "W3", &whole, "W3");
  assert_same (&first, "b3", &whole, "b3");
  assert_same (&first, "W1", &whole, "R1");
  assert_same (&first, "W2", &whole, "R2");
  dbn_trial_tensor (&whole, "R1", whole.params)[3] = 5;
  call = dbn_trial_call (&whole);
  adopt (&back, &call);
  assert_same (&back, "W1", &whole, "R1");
  assert_same (&back, "W3", &whole, "W3");
  dbn_trial_clear (&first);
  dbn_trial_clear (&second);
  dbn_trial_clear (&whole);
  dbn_trial_clear (&back);
}

/* Ways up and down that differ are kept apart where there is room for both. */
static void
test_untied_stack (void)
{
  DbnTrial from, to;
  LtCall call, own;
  LtStack stack;

  dbn_trial_init (&from, KNOBS " layer=0", 6, 4);
  dbn_trial_init (&to, KNOBS " layer=0", 6, 4);
  memset (to.params, 0, lt_layout_size (to.model->params) * 4);
  call = dbn_trial_call (&from);
  own = dbn_trial_call (&to);
  own.params = to.params;
  lt_dbn.stack (&call, &stack);
  g_assert_cmpint (stack.n_layers, ==, 3);
  g_assert_cmpint (stack.n_classes, ==, 2);
  lt_dbn.adopt (&own, &stack, to.params, NULL);
  g_assert_cmpmem (to.params, lt_layout_size (to.model->params) * 4, from.params,
                   lt_layout_size (from.model->params) * 4);
  dbn_trial_clear (&from);
  dbn_trial_clear (&to);
}

/* A machine on its own becomes the first layer. */
static void
test_adopt_rbm (void)
{
  DbnTrial trial;
  LtRbmSettings settings;
  LtModel *machine;
  LtCall from;
  float *params;

  dbn_trial_init (&trial, KNOBS " layer=2", 6, 4);
  machine = machine_new (&trial, 0, &settings);
  params = lt_block_new (machine->params);
  lt_rng_fill_normal (&trial.rng, lt_layout_tensor (machine->params, 0)->size, params);
  from = dbn_trial_call (&trial);
  from.model = machine;
  from.settings = &settings;
  from.params = params;
  from.state = NULL;
  adopt (&trial, &from);
  g_assert_cmpmem (trial.params, lt_layout_size (machine->params) * 4, params,
                   lt_layout_size (machine->params) * 4);
  lt_block_free (params);
  lt_model_unref (machine);
  dbn_trial_clear (&trial);
}

/* ---- Doubling -------------------------------------------------------------------------------- */

static double
logistic (double a)
{
  return 1 / (1 + exp (-a));
}

/* Up through a layer: σ (factor (c + x W)). */
static void
up_by_hand (const DbnTrial *t, int l, double factor, int n, const double *x, double *h)
{
  g_autofree char *w_name = g_strdup_printf ("W%d", l),
                  *c_name = g_strdup_printf ("c%d", l);
  const LtTensor *w = lt_layout_find (t->model->params, w_name);
  const float *c = dbn_trial_tensor (t, c_name, t->params);
  int nh = w->dims[1];

  for (int j = 0; j < nh; j++) {
    double a = (double) c[j];

    for (int i = 0; i < n; i++)
      a += x[i] * (double) t->params[w->offset + i * nh + j];
    h[j] = logistic (factor * a);
  }
}

/* With doubling, all but the top take twice what comes from below. */
static void
test_doubling (void)
{
  static const int sizes[] = { 6, 5, 4, 3 };

  for (int doubling = 0; doubling < 2; doubling++) {
    g_autofree char *knobs = g_strdup_printf ("hidden=5,4,3 layer=3 doubling=%s",
                                              doubling ? "true" : "false");
    DbnTrial trial;
    LtCall call;
    float code[3];
    double x[6], h[6];

    dbn_trial_init (&trial, knobs, 6, 1);
    call = dbn_trial_call (&trial);
    lt_dbn.encode (&call, trial.x, 1, code);
    for (int i = 0; i < 6; i++)
      x[i] = (double) trial.x[i];
    for (int l = 1; l <= 3; l++) {
      up_by_hand (&trial, l, doubling && l < 3 ? 2 : 1, sizes[l - 1], x, h);
      memcpy (x, h, sizeof x);
    }
    for (int j = 0; j < 3; j++)
      g_assert_cmpfloat_with_epsilon ((double) code[j], x[j], 1e-5);
    dbn_trial_clear (&trial);
  }
}

/* ---- Filters and classes ------------------------------------------------------------------------ */

/* Of deeper layers: products of the weights. */
static void
test_filters (void)
{
  DbnTrial trial;
  LtCall call;
  float filters[4 * 6];
  const float *w1, *w2;

  dbn_trial_init (&trial, KNOBS " layer=2", 6, 1);
  call = dbn_trial_call (&trial);
  lt_dbn.filters (&call, 1, filters);
  w1 = dbn_trial_tensor (&trial, "W1", trial.params);
  w2 = dbn_trial_tensor (&trial, "W2", trial.params);
  for (int j = 0; j < 4; j++)
    for (int i = 0; i < 6; i++) {
      double sum = 0;

      for (int k = 0; k < 5; k++)
        sum += (double) w1[i * 5 + k] * (double) w2[k * 4 + j];
      g_assert_cmpfloat_with_epsilon ((double) filters[j * 6 + i], sum, 1e-5);
    }
  dbn_trial_clear (&trial);
}

/* Classes by the top machine's free energy, on the means below it. */
static void
test_classify (void)
{
  DbnTrial trial;
  LtRbmSettings settings;
  LtModel *top;
  LtCall call, own;
  float features[7 * 4], p[7 * 2], q[7 * 2];

  dbn_trial_init (&trial, KNOBS " layer=3", 6, 7);
  call = dbn_trial_call (&trial);
  top = machine_new (&trial, 2, &settings);
  lt_dbn.activations (&call, 1, trial.x, 7, features);
  lt_dbn.classify (&call, trial.x, 7, p);
  own = call;
  own.model = top;
  own.settings = &settings;
  own.params = trial.params + offset_of (trial.model, "W3");
  lt_rbm.classify (&own, features, 7, q);
  g_assert_cmpmem (p, sizeof p, q, sizeof q);
  g_assert_cmpfloat (fabsf (p[0] - p[2]), >, 1e-4);
  lt_model_unref (top);
  dbn_trial_clear (&trial);
}

/* ---- One machine alone ----------------------------------------------------------------------- */

/* Where only the first machine has learnt, the network has that machine's energy and log Z,
 * which annealing estimates; with more of them there is no path. */
static void
test_one_machine (void)
{
  for (int layer = 1; layer <= 2; layer++) {
    g_autofree char *knobs = g_strdup_printf (KNOBS " layer=%d", layer);
    DbnTrial trial;
    LtRbmSettings settings;
    LtModel *machine;
    LtCall call, own;
    float energy[7], own_energy[7];
    double log_weights[4], log_z;
    LtAnnealing annealing = { .n = 4, .log_weights = log_weights };
    g_autoptr (GError) error = NULL;

    dbn_trial_init (&trial, knobs, 6, 7);
    machine = machine_new (&trial, 0, &settings);
    call = own = dbn_trial_call (&trial);
    own.model = machine;
    own.settings = &settings;
    annealing.chains = lt_floats_new (4 * (gsize) lt_dbn.annealed->width (trial.model));
    if (layer == 1) {
      g_assert_true (lt_dbn.annealed->check (trial.model, NULL));
      log_z = lt_dbn.annealed->start (&call, &annealing);
      memset (log_weights, 0, sizeof log_weights);
      lt_dbn.annealed->step (&call, &annealing, 0, 1);
      g_assert_true (isfinite (log_z) && isfinite (log_weights[3]));
      g_assert_cmpfloat (log_weights[3], !=, 0);
      lt_dbn.energy (&call, trial.x, 7, energy);
      lt_rbm.energy (&own, trial.x, 7, own_energy);
      g_assert_cmpmem (energy, sizeof energy, own_energy, sizeof own_energy);
      g_assert_cmpfloat (lt_dbn.log_partition (&call), ==, lt_rbm.log_partition (&own));
    } else {
      g_assert_false (lt_dbn.annealed->check (trial.model, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
      g_assert_true (isnan (lt_dbn.log_partition (&call)));
    }
    lt_block_free (annealing.chains);
    lt_model_unref (machine);
    dbn_trial_clear (&trial);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbn/layout", test_layout);
  g_test_add_func ("/dbn/growing", test_growing);
  g_test_add_func ("/dbn/refusals", test_refusals);
  for (int i = 0; i < 15; i++) {
    g_autofree char *path = g_strdup_printf ("/dbn/greedy-gradient/%d", i);
    g_test_add_data_func (path, GINT_TO_POINTER (i), test_greedy_gradient);
  }
  g_test_add_func ("/dbn/streaming", test_streaming);
  g_test_add_func ("/dbn/frozen", test_frozen);
  g_test_add_func ("/dbn/adopt", test_adopt);
  g_test_add_func ("/dbn/untied-stack", test_untied_stack);
  g_test_add_func ("/dbn/adopt-rbm", test_adopt_rbm);
  g_test_add_func ("/dbn/doubling", test_doubling);
  g_test_add_func ("/dbn/filters", test_filters);
  g_test_add_func ("/dbn/classify", test_classify);
  g_test_add_func ("/dbn/one-machine", test_one_machine);
  return g_test_run ();
}
