/* The classifier made of a deep Boltzmann machine: its gradient against central differences
 * in double, and that it begins as the machine's own mean field. */
#include "boltzmann/dbm-classifier-machine.h"
#include "core/kernels.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

#define STEP 1e-4
#define N    7
#define NV   5
#define K    3
#define MOST 4 /* units of a hidden layer */

typedef struct {
  const char *hidden;
  LtDbmLearning learning;
} Case;

static const Case two = { "4 3", LT_DBM_LEARNING_ALL };
static const Case two_top = { "4 3", LT_DBM_LEARNING_TOP };
static const Case three = { "3 4 2", LT_DBM_LEARNING_ALL };
static const Case three_top = { "3 4 2", LT_DBM_LEARNING_TOP };

typedef struct {
  LtModel *model;
  LtDbmClassifierSettings settings;
  LtDbmNet net;
  LtWorkspace *ws;
  float *params, *gradient;
  double *exact;
  LtRng rng;
  float x[N * NV], *q; /* [N, n_q] */
  int labels[N];
} Trial;

static void
set_knob (Trial *self, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  lt_knob_parse (lt_knobs_find (&lt_dbm_classifier.knobs, key), value, &self->settings,
                 &error);
  g_assert_no_error (error);
}

static LtCall
call_of (Trial *self)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .settings = &self->settings,
                   .ws = self->ws,
                   .rng = &self->rng };
}

static void
trial_init (Trial *self, const Case *a_case)
{
  g_autoptr (GError) error = NULL;
  LtShape shape;
  gsize size;

  memset (self, 0, sizeof *self);
  lt_model_kind_init_settings (&lt_dbm_classifier, &self->settings);
  set_knob (self, "hidden", a_case->hidden);
  self->settings.classes = K;
  self->settings.learning = (int) a_case->learning;
  self->settings.decay = 0.05;
  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  self->model = lt_model_new (&lt_dbm_classifier, &self->settings, &shape, &error);
  g_assert_no_error (error);
  lt_dbm_net_init (&self->net, self->model);
  self->ws = lt_workspace_new (NULL);
  self->params = lt_block_new (self->model->params);
  self->gradient = lt_block_new (self->model->params);
  lt_rng_init (&self->rng, 3, 1);
  for (int i = 0; i < self->net.n_tensors; i++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, i);

    lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
  }
  size = lt_layout_size (self->model->params);
  self->exact = g_new (double, size);
  for (gsize i = 0; i < size; i++)
    self->exact[i] = (double) self->params[i];
  lt_rng_fill_uniform (&self->rng, N * NV, self->x);
  for (int i = 0; i < N; i++)
    self->labels[i] = i % (K + 1) - 1; /* some are unknown */
  self->q = lt_floats_new ((gsize) N * self->net.n_q);
  LtCall call = call_of (self);
  lt_dbm_classifier_infer (&call, self->x, N, self->q);
}

static void
trial_clear (Trial *self)
{
  lt_model_unref (self->model);
  lt_workspace_free (self->ws);
  lt_block_free (self->params);
  lt_block_free (self->gradient);
  lt_block_free (self->q);
  g_free (self->exact);
}

static LtTerms
gradient_of (Trial *self, const float *features)
{
  LtCall call = call_of (self);
  LtBatch batch = {
    .x = self->x, .labels = self->labels, .features = features, .n = N
  };
  LtTerms terms;

  lt_dbm_classifier.gradient (&call, &batch, self->gradient, NULL, &terms);
  return terms;
}

/* ---- In double -------------------------------------------------------------------- */

static double
entry (const Trial *self, int tensor, int i)
{
  return self
      ->exact[lt_layout_tensor (self->model->params, tensor)->offset + (gsize) i];
}

static double
sigmoid (double a)
{
  return 1 / (1 + exp (-a));
}

/* The hidden layers of a row, from 1. */
static void
hidden (const Trial *self, int row, double h[][MAX (NV, MOST)])
{
  const LtDbmNet *net = &self->net;

  for (int i = 0; i < NV; i++)
    h[0][i] = (double) self->x[row * NV + i];
  for (int l = 1; l <= net->depth; l++)
    for (int j = 0; j < net->n[l]; j++) {
      double a = entry (self, net->bias[l], j);

      for (int i = 0; i < net->n[l - 1]; i++)
        a += h[l - 1][i] * entry (self, net->w[l], i * net->n[l] + j);
      for (int i = 0; l < net->depth && i < net->n[l + 1]; i++)
        a += (double) self->q[row * net->n_q + net->q[l + 1] + i] *
             entry (self, net->inferred_w[l], i * net->n[l] + j);
      h[l][j] = sigmoid (a);
    }
}

static double
probability (const Trial *self, int row, int label)
{
  double h[LT_DBM_NET_NODES][MAX (NV, MOST)], sum = 0, here = 0;

  hidden (self, row, h);
  for (int k = 0; k < K; k++) {
    double a = entry (self, self->net.class_bias, k);

    for (int i = 0; i < self->net.n[self->net.depth]; i++)
      a += h[self->net.depth][i] * entry (self, self->net.class_w, i * K + k);
    sum += exp (a);
    here = k == label ? exp (a) : here;
  }
  return here / sum;
}

static double
penalty (const Trial *self, int tensor)
{
  gsize size = lt_layout_tensor (self->model->params, tensor)->size;
  double sum = 0;

  for (gsize i = 0; i < size; i++)
    sum += 0.5 * self->settings.decay * pow (entry (self, tensor, (int) i), 2);
  return sum;
}

static double
objective (const Trial *self)
{
  double sum = penalty (self, self->net.class_w);

  for (int row = 0; row < N; row++)
    if (self->labels[row] >= 0)
      sum -= log (probability (self, row, self->labels[row])) / N;
  for (int l = 1; l <= self->net.depth; l++)
    sum += penalty (self, self->net.w[l]);
  for (int l = 1; l < self->net.depth; l++)
    sum += penalty (self, self->net.inferred_w[l]);
  return sum;
}

static double
slope (Trial *self, gsize i)
{
  double value = self->exact[i], up, down;

  self->exact[i] = value + STEP;
  up = objective (self);
  self->exact[i] = value - STEP;
  down = objective (self);
  self->exact[i] = value;
  return (up - down) / (2 * STEP);
}

/* ---- Tests ------------------------------------------------------------------------ */

/* Every entry of every tensor that learns; the frozen machine's are 0. */
static void
test_gradient (gconstpointer data)
{
  const Case *a_case = data;
  LtTerms terms;
  Trial trial;

  trial_init (&trial, a_case);
  terms = gradient_of (&trial, NULL);
  if (a_case->learning == LT_DBM_LEARNING_ALL)
    g_assert_cmpfloat_with_epsilon (terms.value[0] + terms.value[1], objective (&trial),
                                    1e-5);
  for (int t = 0; t < trial.net.n_tensors; t++) {
    const LtTensor *tensor = lt_layout_tensor (trial.model->params, t);
    gboolean frozen =
        t >= trial.net.machine_w[1] ||
        (a_case->learning == LT_DBM_LEARNING_TOP && t < trial.net.class_w);

    g_assert_cmpint (tensor->frozen, ==, frozen);
    for (gsize i = tensor->offset; i < tensor->offset + tensor->size; i++)
      g_assert_cmpfloat_with_epsilon ((double) trial.gradient[i],
                                      frozen ? 0 : slope (&trial, i), 1e-5);
  }
  trial_clear (&trial);
}

/* With the same units left out, the gradient is the slope of what is reported. */
static void
check_dropout (const Case *a_case, const char *rates)
{
  const float step = 0.01f;
  Trial trial;
  LtRng rng;

  trial_init (&trial, a_case);
  set_knob (&trial, "dropout", rates);
  trial.settings.decay = 0;
  rng = trial.rng;
  gradient_of (&trial, trial.q);
  for (int t = 0; t < trial.net.machine_w[1]; t++) {
    gsize i = lt_layout_tensor (trial.model->params, t)->offset + 1;
    double slope_here = (double) trial.gradient[i], up, down;
    float value = trial.params[i];

    trial.params[i] = value + step;
    trial.rng = rng;
    up = gradient_of (&trial, trial.q).value[0];
    trial.params[i] = value - step;
    trial.rng = rng;
    down = gradient_of (&trial, trial.q).value[0];
    trial.params[i] = value;
    trial.rng = rng;
    gradient_of (&trial, trial.q);
    g_assert_cmpfloat_with_epsilon (slope_here, (up - down) / (2 * (double) step),
                                    5e-4);
  }
  trial_clear (&trial);
}

static void
test_dropout (gconstpointer data)
{
  check_dropout (data, "0.4");
  check_dropout (data, "0.2 0.5 0.3");
}

/* One number is the rate of all hidden layers and of nothing that is given; a list begins
 * with what is given. */
static void
test_dropout_rates (void)
{
  static const struct {
    const char *rates;
    double rate[4];
  } cases[] = {
    { "", { 0, 0, 0, 0 } },
    { "0.25", { 0, 0.25, 0.25, 0.25 } },
    { "0.25 0", { 0.25, 0, 0, 0 } },
    { "0.125 0.5 0.25", { 0.125, 0.5, 0.25, 0 } },
  };
  Trial trial;

  trial_init (&trial, &three);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    set_knob (&trial, "dropout", cases[i].rates);
    for (int node = 0; node < 4; node++)
      g_assert_cmpfloat (lt_dbm_classifier_dropout (&trial.settings, node), ==,
                         cases[i].rate[node]);
  }
  trial_clear (&trial);
}

/* With the inputs' rate alone above 0, an input's weight has a gradient in as many draws as
 * the input is kept, and the mean of all draws is that without dropout. */
static void
test_input_dropout (void)
{
  enum {
    DRAWS = 4000
  };
  double sum = 0;
  int n_zero = 0;
  Trial trial;
  gsize w;

  trial_init (&trial, &two);
  set_knob (&trial, "dropout", "0.5 0");
  trial.settings.decay = 0;
  trial.labels[0] = 1; /* one row learns */
  for (int i = 1; i < N; i++)
    trial.labels[i] = -1;
  /* With weights of 0 the hidden units are the same in all draws. */
  memset (trial.params, 0,
          lt_layout_tensor (trial.model->params, trial.net.bias[1])->offset *
              sizeof (float));
  w = lt_layout_tensor (trial.model->params, trial.net.w[1])->offset;
  for (int i = 0; i < DRAWS; i++) {
    gradient_of (&trial, trial.q);
    n_zero += trial.gradient[w] == 0;
    sum += (double) trial.gradient[w] / DRAWS;
  }
  set_knob (&trial, "dropout", "");
  gradient_of (&trial, trial.q);
  /* Four deviations of a mean of 4000 values that are 0 or 1, and 0 or 2. */
  g_assert_cmpfloat (fabs (n_zero / (double) DRAWS - 0.5), <, 0.032);
  g_assert_cmpfloat (fabs (sum / (double) trial.gradient[w] - 1), <, 0.064);
  trial_clear (&trial);
}

/* Inferred from what dropout keeps: the gradient is that of examples that were so from the
 * beginning, whatever was computed of the whole ones. */
static void
test_inferred_from_kept (gconstpointer data)
{
  g_autofree float *got = NULL;
  float mask[N * NV];
  Trial trial;
  gsize size;
  LtRng rng;

  trial_init (&trial, data);
  size = lt_layout_size (trial.model->params) * sizeof (float);
  set_knob (&trial, "dropout", "0.5 0");
  set_knob (&trial, "inferred-from", "kept");
  rng = trial.rng;
  gradient_of (&trial, trial.q);
  got = g_memdup2 (trial.gradient, size);
  lt_rng_fill_mask (&rng, 0.5f, N * NV, mask);
  for (int i = 0; i < N * NV; i++)
    trial.x[i] *= 2 * mask[i];
  set_knob (&trial, "dropout", "");
  set_knob (&trial, "inferred-from", "all");
  gradient_of (&trial, NULL);
  g_assert_cmpmem (got, size, trial.gradient, size);
  trial_clear (&trial);
}

/* What is computed once for each example stands for the computation. */
static void
test_features (gconstpointer data)
{
  const Case *a_case = data;
  g_autofree float *expected = NULL, *features = NULL;
  int n_features;
  Trial trial;
  gsize size;

  trial_init (&trial, a_case);
  size = lt_layout_size (trial.model->params) * sizeof (float);
  gradient_of (&trial, NULL);
  expected = g_memdup2 (trial.gradient, size);
  LtCall call = call_of (&trial);
  n_features = lt_dbm_classifier.n_features (trial.model);
  g_assert_cmpint (n_features, ==,
                   a_case->learning == LT_DBM_LEARNING_TOP ? trial.model->n_code
                                                           : trial.net.n_q);
  features = g_new (float, N *n_features);
  lt_dbm_classifier.features (&call, trial.x, N, features);
  gradient_of (&trial, features);
  g_assert_cmpmem (trial.gradient, size, expected, size);
  trial_clear (&trial);
}

static void
test_classify (gconstpointer data)
{
  float p[N * K], h[N * MOST];
  Trial trial;

  trial_init (&trial, data);
  LtCall call = call_of (&trial);
  lt_dbm_classifier.classify (&call, trial.x, N, p);
  for (int row = 0; row < N; row++)
    for (int k = 0; k < K; k++)
      g_assert_cmpfloat_with_epsilon ((double) p[row * K + k],
                                      probability (&trial, row, k), 1e-5);
  for (int l = 1; l <= trial.net.depth + 1; l++) {
    gboolean code = l > trial.net.depth;
    int layer = code ? trial.net.depth : l, width = trial.net.n[layer];

    if (code)
      lt_dbm_classifier.encode (&call, trial.x, N, h);
    else
      lt_dbm_classifier.activations (&call, l - 1, trial.x, N, h);
    for (int row = 0; row < N; row++) {
      double exact[LT_DBM_NET_NODES][MAX (NV, MOST)];

      hidden (&trial, row, exact);
      for (int j = 0; j < width; j++)
        g_assert_cmpfloat_with_epsilon ((double) h[row * width + j], exact[layer][j],
                                        1e-5);
    }
  }
  trial_clear (&trial);
}

/* A unit's filter is its row of (W_1 … W_l)'. */
static void
test_filters (void)
{
  Trial trial;

  trial_init (&trial, &three);
  LtCall call = call_of (&trial);
  for (int layer = 0; layer < 3; layer++) {
    const LtDbmNet *net = &trial.net;
    float filters[MOST * NV];

    lt_dbm_classifier.filters (&call, layer, filters);
    for (int i = 0; i < NV; i++) {
      double row[2][MOST] = { { 0 } };

      for (int j = 0; j < net->n[1]; j++)
        row[0][j] = entry (&trial, net->w[1], i * net->n[1] + j);
      for (int l = 2; l <= layer + 1; l++)
        for (int j = 0; j < net->n[l]; j++) {
          row[(l - 1) % 2][j] = 0;
          for (int k = 0; k < net->n[l - 1]; k++)
            row[(l - 1) % 2][j] +=
                row[l % 2][k] * entry (&trial, net->w[l], k * net->n[l] + j);
        }
      for (int j = 0; j < net->n[layer + 1]; j++)
        g_assert_cmpfloat_with_epsilon ((double) filters[j * NV + i], row[layer % 2][j],
                                        1e-5);
    }
  }
  trial_clear (&trial);
}

/* Begun with a machine, all hidden layers are what the machine's mean field settles to, and
 * the classes are its labels'. */
static void
test_adopt (gconstpointer data)
{
  const Case *a_case = data;
  g_autofree char *sizes = g_strdelimit (g_strdup (a_case->hidden), " ", ',');
  g_autofree char *knobs = g_strdup_printf ("hidden=%s label-units=3", sizes);
  float means[N * MOST], own[N * MOST], labels[N * K], p[N * K];
  g_autoptr (GError) error = NULL;
  DbmTrial machine;
  Trial trial;

  trial_init (&trial, a_case);
  dbm_trial_init (&machine, knobs, NV, 1, 0.7);
  /* Labels take no part in what the classifier infers. */
  memset (machine.params + machine.machine.w[machine.machine.top], 0,
          trial.model->n_code * K * sizeof (float));
  machine.settings.sweeps = trial.settings.sweeps = 1000;
  machine.settings.tolerance = trial.settings.tolerance = 1e-6;
  LtCall from = dbm_trial_call (&machine);
  LtCall to = call_of (&trial);
  lt_model_adopt (&to, &from, trial.params, NULL, &error);
  g_assert_no_error (error);
  for (int layer = 0; layer < trial.net.depth; layer++) {
    int n = N * trial.net.n[layer + 1];

    lt_dbm.activations (&from, layer, trial.x, N, means);
    lt_dbm_classifier.activations (&to, layer, trial.x, N, own);
    for (int i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon ((double) own[i], (double) means[i], 1e-5);
  }
  lt_dbm.classify (&from, trial.x, N, labels);
  lt_dbm_classifier.classify (&to, trial.x, N, p);
  for (int i = 0; i < N * K; i++)
    g_assert_cmpfloat_with_epsilon ((double) p[i], (double) labels[i], 1e-5);
  dbm_trial_clear (&machine);
  trial_clear (&trial);
}

/* From all to the top and back, everything is taken over, the machine as it was included. */
static void
test_phases (void)
{
  g_autoptr (GError) error = NULL;
  Trial top, all;
  gsize size;

  trial_init (&top, &two_top);
  trial_init (&all, &two);
  size = lt_layout_size (top.model->params) * sizeof (float);
  memset (all.params, 0, size);
  LtCall from = call_of (&top), to = call_of (&all);
  lt_model_adopt (&to, &from, all.params, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (all.params, size, top.params, size);
  trial_clear (&top);
  trial_clear (&all);
}

/* Each layer but the last has what was inferred of the layer above it standing beside the
 * layer below. */
static void
test_graph (void)
{
  LtGraph graph = { 0 };
  Trial trial;

  trial_init (&trial, &three);
  lt_model_graph (trial.model, &graph);
  g_assert_cmpint (graph.n_layers, ==, 7);
  g_assert_cmpint (graph.n_edges, ==, 6);
  for (int hidden = 0; hidden < 3; hidden++) {
    int edge = lt_graph_edge_below (&graph, hidden);

    g_assert_cmpint (graph.edges[edge].weights, ==, trial.net.w[hidden + 1]);
  }
  for (int i = 0; i < graph.n_edges; i++) {
    const LtGraphEdge *edge = &graph.edges[i];
    const LtTensor *w = lt_layout_tensor (trial.model->params, edge->weights);

    g_assert_cmpint (w->dims[0], ==, graph.layers[edge->from].n_units);
    g_assert_cmpint (w->dims[1], ==, graph.layers[edge->to].n_units);
    g_assert_cmpint (graph.layers[edge->from].level + 1, ==,
                     graph.layers[edge->to].level);
  }
  trial_clear (&trial);
}

static void
check_refused (const char *hidden, const char *dropout, const char *sentence)
{
  g_autoptr (GError) error = NULL;
  Trial trial;
  LtShape shape;

  lt_model_kind_init_settings (&lt_dbm_classifier, &trial.settings);
  set_knob (&trial, "hidden", hidden);
  set_knob (&trial, "dropout", dropout);
  lt_shape_init (&shape, "features", LT_UNIT, 1, NV, 1);
  g_assert_null (lt_model_new (&lt_dbm_classifier, &trial.settings, &shape, &error));
  g_assert_nonnull (strstr (error->message, sentence));
}

static void
test_refusal (void)
{
  check_refused ("5", "", "two hidden layers or more");
  check_refused ("5 4", "0.1 0.2 0.3 0.4", "3 places for them");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dbm-classifier/gradient/two", &two, test_gradient);
  g_test_add_data_func ("/dbm-classifier/gradient/two-top", &two_top, test_gradient);
  g_test_add_data_func ("/dbm-classifier/gradient/three", &three, test_gradient);
  g_test_add_data_func ("/dbm-classifier/gradient/three-top", &three_top,
                        test_gradient);
  g_test_add_data_func ("/dbm-classifier/features/two", &two, test_features);
  g_test_add_data_func ("/dbm-classifier/features/two-top", &two_top, test_features);
  g_test_add_data_func ("/dbm-classifier/features/three", &three, test_features);
  g_test_add_data_func ("/dbm-classifier/features/three-top", &three_top,
                        test_features);
  g_test_add_data_func ("/dbm-classifier/dropout/two", &two, test_dropout);
  g_test_add_data_func ("/dbm-classifier/dropout/three", &three, test_dropout);
  g_test_add_func ("/dbm-classifier/dropout/rates", test_dropout_rates);
  g_test_add_func ("/dbm-classifier/dropout/data", test_input_dropout);
  g_test_add_data_func ("/dbm-classifier/dropout/kept/two", &two,
                        test_inferred_from_kept);
  g_test_add_data_func ("/dbm-classifier/dropout/kept/three", &three,
                        test_inferred_from_kept);
  g_test_add_data_func ("/dbm-classifier/classify/two", &two, test_classify);
  g_test_add_data_func ("/dbm-classifier/classify/three", &three, test_classify);
  g_test_add_func ("/dbm-classifier/filters", test_filters);
  g_test_add_data_func ("/dbm-classifier/adopt/two", &two, test_adopt);
  g_test_add_data_func ("/dbm-classifier/adopt/three", &three, test_adopt);
  g_test_add_func ("/dbm-classifier/phases", test_phases);
  g_test_add_func ("/dbm-classifier/graph", test_graph);
  g_test_add_func ("/dbm-classifier/refusal", test_refusal);
  return g_test_run ();
}
