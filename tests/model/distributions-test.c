/* Histograms, activations of units and the model's graph, against plain loops. */
#include "probes/distributions.h"

#include <math.h>
#include <string.h>

#include "data/source.h"
#include "probes/probes.h"

/* A dense model before training, as the settings ("key", "value", …) say. */
static LtSnapshot *
snapshot_new (const LtDataset *data, const char *const *settings, float update_scale)
{
  const LtModelKind *kind = lt_model_kind_find ("autoencoder", NULL);
  g_autofree gpointer values = g_malloc0 (kind->knobs.settings_size);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  float *params, *update;
  LtSnapshot *snapshot;
  LtRng rng;

  lt_model_kind_init_settings (kind, values);
  for (; *settings != NULL; settings += 2) {
    lt_knob_parse (lt_knobs_find (&kind->knobs, settings[0]), settings[1], values,
                   &error);
    g_assert_no_error (error);
  }
  model = lt_model_new (kind, values, lt_dataset_shape (data), &error);
  g_assert_no_error (error);
  params = lt_block_new (model->params);
  update = lt_block_new (model->params);
  lt_rng_init (&rng, 1, 0);
  kind->init (model, values, lt_dataset_mean (data), &rng, params, NULL);
  lt_rng_fill_normal (&rng, lt_layout_size (model->params), update);
  for (gsize i = 0; i < lt_layout_size (model->params); i++)
    update[i] *= update_scale;
  snapshot =
      lt_snapshot_new (model, params, NULL, update_scale > 0 ? update : NULL, values);
  lt_block_free (params);
  lt_block_free (update);
  return snapshot;
}

static LtDataset *
digits_new (void)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new ("digits", NULL);
  g_autoptr (GError) error = NULL;
  LtDataset *data = lt_data_spec_load (spec, 1, &error);

  g_assert_no_error (error);
  return data;
}

/* ---- Histograms ------------------------------------------------------------------- */

/* Every finite value is in the bin that a plain loop finds, bins are multiples of a round
 * width, and there are not too many; the mean, deviation and norm are theirs. */
static void
test_histogram (void)
{
  enum {
    N = 5000
  };
  g_autofree float *values = g_new (float, N);
  double sum = 0.0, squares = 0.0;
  LtHistogram *h;
  LtRng rng;

  lt_rng_init (&rng, 4, 0);
  lt_rng_fill_normal (&rng, N, values);
  values[17] = NAN;
  values[18] = -INFINITY;
  h = lt_histogram_new (values, N, 40);
  g_assert_cmpuint (h->n, ==, N - 2);
  g_assert_cmpuint (h->n_infinite, ==, 2);
  g_assert_cmpint (h->n_bins, <=, 41);
  g_assert_cmpint (h->n_bins, >, 12);
  g_assert_cmpfloat_with_epsilon (h->lowest / h->width, round (h->lowest / h->width),
                                  1e-9);
  for (int bin = 0; bin < h->n_bins; bin++) {
    double from = h->lowest + bin * h->width;
    gsize count = 0;

    for (int i = 0; i < N; i++)
      count += isfinite (values[i]) && (double) values[i] >= from &&
               (double) values[i] < from + h->width;
    g_assert_cmpuint (h->counts[bin], ==, count);
  }
  for (int i = 0; i < N; i++)
    if (isfinite (values[i])) {
      sum += (double) values[i];
      squares += (double) values[i] * (double) values[i];
    }
  g_assert_cmpfloat_with_epsilon (h->mean, sum / (N - 2), 1e-9);
  g_assert_cmpfloat_with_epsilon (h->norm, sqrt (squares), 1e-9);
  g_assert_cmpfloat_with_epsilon (h->deviation,
                                  sqrt (squares / (N - 2) - h->mean * h->mean), 1e-6);
  lt_histogram_free (h);
}

/* Equal values share one bin, however large or small; of none there are no bins. */
static void
test_histogram_odd (void)
{
  const float sizes[] = { 0.0f, 1e-20f, -3.0f, 1e20f };
  const float nothing[] = { NAN, INFINITY };
  LtHistogram *h;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const float values[] = { sizes[i], sizes[i], sizes[i] };
    gsize most = 0;

    h = lt_histogram_new (values, 3, 20);
    for (int bin = 0; bin < h->n_bins; bin++)
      most = MAX (most, h->counts[bin]);
    g_assert_cmpuint (most, ==, 3);
    g_assert_cmpfloat (h->width, >, 0.0);
    g_assert_cmpfloat (h->lowest, <=, (double) sizes[i]);
    lt_histogram_free (h);
  }
  h = lt_histogram_new (nothing, 2, 20);
  g_assert_cmpint (h->n_bins, ==, 0);
  g_assert_cmpuint (h->n_infinite, ==, 2);
  lt_histogram_free (h);
}

/* ---- Units -------------------------------------------------------------------------- */

static float *
activations_of (const LtSnapshot *snapshot,
                const LtDataset *data,
                LtSplit split,
                int layer,
                LtWorkspace *ws)
{
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  gsize n = lt_dataset_n (data, split);
  LtLayerInfo info;
  g_autofree float *x = g_new (float, n * snapshot->model->shape.nv);
  float *h;

  snapshot->model->kind->layer (snapshot->model, layer, &info);
  h = g_new (float, n *info.n_units);
  lt_dataset_gather (data, split, NULL, 0, n, x);
  snapshot->model->kind->activations (&call, layer, x, (int) n, h);
  return h;
}

/* Means and extremes are those of every row; the picture has the activations of the rows
 * that it names, class by class, its columns by mean activation. */
static void
test_activity (void)
{
  static const char *const settings[] = { "hidden", "20 7", "hidden-activation",
                                          "tanh",   NULL,   NULL };
  const LtActivityOptions options = {
    .layer = 0, .split = LT_TRAIN, .n_picture = 60, .sorted = TRUE
  };
  g_autoptr (LtDataset) data = digits_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (data, settings, 0.0f);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autofree float *h = activations_of (snapshot, data, LT_TRAIN, 0, ws);
  LtActivity *a = lt_probe_activity (snapshot, data, &options, ws);
  gsize n = lt_dataset_n (data, LT_TRAIN);

  g_assert_cmpuint (n, >, 1000); /* more than one pass */
  g_assert_cmpuint (a->n, ==, n);
  g_assert_cmpfloat (a->layer.lowest, ==, -1.0);
  for (int j = 0; j < 20; j++) {
    double sum = 0.0, lowest = INFINITY, highest = -INFINITY;

    for (gsize i = 0; i < n; i++) {
      double value = (double) h[i * 20 + j];

      sum += value;
      lowest = MIN (lowest, value);
      highest = MAX (highest, value);
    }
    g_assert_cmpfloat_with_epsilon ((double) a->mean[j], sum / n, 1e-5);
    g_assert_cmpfloat_with_epsilon ((double) a->lowest[j], lowest, 1e-5);
    g_assert_cmpfloat_with_epsilon ((double) a->highest[j], highest, 1e-5);
  }
  g_assert_cmpint (a->n_picture, ==, 60);
  for (int i = 0; i < a->n_picture; i++) {
    int label;

    lt_dataset_gather_labels (data, LT_TRAIN, &a->rows[i], 0, 1, &label);
    g_assert_cmpint (a->labels[i], ==, label);
    g_assert_true (i == 0 || a->labels[i - 1] <= label);
    for (int j = 0; j < 20; j++)
      g_assert_cmpfloat_with_epsilon (a->picture[i * 20 + j],
                                      h[a->rows[i] * 20 + a->order[j]], 1e-5f);
  }
  for (int j = 1; j < 20; j++)
    g_assert_cmpfloat (a->mean[a->order[j - 1]], <=, a->mean[a->order[j]]);
  lt_activity_free (a);
}

/* Fewer rows are spread over the whole split. */
static void
test_activity_limit (void)
{
  static const char *const settings[] = { "hidden", "5", NULL, NULL };
  const LtActivityOptions options = { .split = LT_TRAIN, .limit = 10, .n_picture = 50 };
  g_autoptr (LtDataset) data = digits_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (data, settings, 0.0f);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autofree float *h = activations_of (snapshot, data, LT_TRAIN, 0, ws);
  LtActivity *a = lt_probe_activity (snapshot, data, &options, ws);
  gsize n = lt_dataset_n (data, LT_TRAIN);

  g_assert_cmpuint (a->n, ==, 10);
  g_assert_cmpuint (a->n_total, ==, n);
  g_assert_cmpint (a->n_picture, ==, 10);
  for (int j = 0; j < 5; j++) {
    double sum = 0.0;

    for (gsize i = 0; i < 10; i++)
      sum += (double) h[i * n / 10 * 5 + j];
    g_assert_cmpfloat_with_epsilon ((double) a->mean[j], sum / 10, 1e-5);
    g_assert_cmpint (a->order[j], ==, j);
  }
  lt_activity_free (a);
}

/* Units whose bias holds them at an end of their range are dead or saturated as the range
 * says; a unit without an upper end is never saturated. */
static void
test_dead_and_saturated (void)
{
  static const struct {
    const char *activation;
    float low, high; /* biases of units 0 and 1 */
    LtUnitState states[3];
  } cases[] = {
    { "sigmoid", -60, 60, { LT_UNIT_DEAD, LT_UNIT_SATURATED, LT_UNIT_ALIVE } },
    { "tanh", -60, 60, { LT_UNIT_SATURATED, LT_UNIT_SATURATED, LT_UNIT_ALIVE } },
    { "relu", -60, 60, { LT_UNIT_DEAD, LT_UNIT_ALIVE, LT_UNIT_ALIVE } },
    { "linear", -60, 60, { LT_UNIT_ALIVE, LT_UNIT_ALIVE, LT_UNIT_ALIVE } },
  };
  const LtActivityOptions options = { .split = LT_TEST, .n_picture = 5 };
  g_autoptr (LtDataset) data = digits_new ();
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const settings[] = {
      "hidden", "3 2", "hidden-activation", cases[i].activation, NULL, NULL
    };
    g_autoptr (LtSnapshot) snapshot = snapshot_new (data, settings, 0.0f);
    const LtLayout *layout = snapshot->model->params;
    float *b = snapshot->params + lt_layout_find (layout, "b1")->offset;
    int counts[3] = { 0 };
    LtActivity *a;

    b[0] = cases[i].low;
    b[1] = cases[i].high;
    b[2] = 0.1f;
    a = lt_probe_activity (snapshot, data, &options, ws);
    for (int j = 0; j < 3; j++) {
      g_assert_cmpint (a->states[j], ==, cases[i].states[j]);
      counts[a->states[j]]++;
    }
    g_assert_cmpint (a->n_dead, ==, counts[LT_UNIT_DEAD]);
    g_assert_cmpint (a->n_saturated, ==, counts[LT_UNIT_SATURATED]);
    lt_activity_free (a);
  }
}

/* Of a diverged model nothing is made up. */
static void
test_not_finite (void)
{
  static const char *const settings[] = { "hidden", "3", NULL, NULL };
  const LtActivityOptions options = { .split = LT_TEST, .n_picture = 5 };
  g_autoptr (LtDataset) data = digits_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (data, settings, 0.0f);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);

  snapshot->params[lt_layout_find (snapshot->model->params, "b1")->offset] = NAN;
  g_assert_null (lt_probe_activity (snapshot, data, &options, ws));
}

/* ---- Changes of filters ----------------------------------------------------------------- */

/* They are the filters after the update less those before it, in every layer. */
static void
test_filter_updates (void)
{
  static const char *const settings[] = { "hidden", "6 4 2", NULL, NULL };
  g_autoptr (LtDataset) data = digits_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (data, settings, 0.01f);
  g_autoptr (LtSnapshot) without = snapshot_new (data, settings, 0.0f);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  const LtLayout *layout = snapshot->model->params;

  for (int layer = 0; layer < 3; layer++) {
    LtFilters *change = lt_probe_filter_updates (snapshot, layer, ws);
    LtFilters *after = lt_probe_filters (snapshot, layer, ws);
    float *params = lt_block_dup (layout, snapshot->params);
    g_autoptr (LtSnapshot) earlier = NULL;
    LtFilters *before;

    for (gsize i = 0; i < lt_layout_size (layout); i++)
      params[i] -= snapshot->update[i];
    earlier = lt_snapshot_new (snapshot->model, params, NULL, NULL, snapshot->settings);
    lt_block_free (params);
    before = lt_probe_filters (earlier, layer, ws);
    for (int i = 0; i < change->n * 64; i++)
      g_assert_cmpfloat_with_epsilon (change->filters[i],
                                      after->filters[i] - before->filters[i], 1e-5f);
    g_assert_cmpfloat (change->norms[0], >, 0.001f);
    lt_filters_free (change);
    lt_filters_free (after);
    lt_filters_free (before);
  }
  g_assert_null (lt_probe_filter_updates (without, 0, ws));
}

/* ---- The graph -------------------------------------------------------------------------- */

/* A dense autoencoder is a chain from the input over the code to the output; every edge's
 * tensor has the shape of its ends, and tied edges are each other's twins. */
static void
test_graph (void)
{
  static const char *const tied[] = { "hidden", "20 7 2", "tied", "true", NULL, NULL };
  static const char *const untied[] = { "hidden", "20 7 2", NULL, NULL };
  const int widths[] = { 64, 20, 7, 2, 7, 20, 64 };
  g_autoptr (LtDataset) data = digits_new ();

  for (int is_tied = 0; is_tied < 2; is_tied++) {
    g_autoptr (LtSnapshot) snapshot =
        snapshot_new (data, is_tied ? tied : untied, 0.0f);
    const LtModel *model = snapshot->model;
    g_autofree LtGraph *graph = g_new (LtGraph, 1);

    lt_model_graph (model, graph);
    g_assert_cmpint (graph->n_layers, ==, 7);
    g_assert_cmpint (graph->n_edges, ==, 6);
    for (int i = 0; i < 7; i++) {
      g_assert_cmpint (graph->layers[i].n_units, ==, widths[i]);
      g_assert_cmpint (graph->layers[i].level, ==, i);
      g_assert_cmpint (graph->layers[i].hidden, ==, i >= 1 && i <= 3 ? i - 1 : -1);
    }
    for (int i = 0; i < 6; i++) {
      const LtGraphEdge *edge = &graph->edges[i];
      const LtTensor *w = lt_layout_tensor (model->params, edge->weights);

      g_assert_cmpint (w->dims[edge->transposed], ==, widths[edge->from]);
      g_assert_cmpint (w->dims[!edge->transposed], ==, widths[edge->to]);
      g_assert_false (edge->undirected);
      g_assert_cmpstr (edge->part, ==, i < 3 ? "encoder" : "decoder");
      g_assert_cmpint (lt_graph_twin (graph, i), ==, is_tied ? 5 - i : -1);
    }
    for (int layer = 0; layer < 3; layer++) {
      g_assert_cmpint (lt_graph_edge_below (graph, layer), ==, layer);
      g_assert_cmpint (lt_probe_weights_below (model, layer)->dims[1], ==,
                       widths[layer + 1]);
    }
  }
}

/* In a machine without direction the weights below the hidden layer are found too, and the
 * labels' edge is not tied to that of the data. */
static void
test_graph_undirected (void)
{
  const LtModelKind *kind = lt_model_kind_find ("classification-rbm", NULL);
  g_autofree gpointer values = g_malloc0 (kind->knobs.settings_size);
  g_autofree LtGraph *graph = g_new (LtGraph, 1);
  g_autoptr (LtModel) model = NULL;
  LtShape shape;

  lt_shape_init (&shape, "pixels", LT_BINARY, 4, 4, 1);
  lt_model_kind_init_settings (kind, values);
  model = lt_model_new (kind, values, &shape, NULL);
  g_assert_nonnull (model);
  lt_model_graph (model, graph);
  g_assert_cmpint (graph->n_layers, ==, 3);
  g_assert_cmpint (graph->n_edges, ==, 2);
  for (int i = 0; i < 2; i++) {
    g_assert_true (graph->edges[i].undirected);
    g_assert_cmpint (lt_graph_twin (graph, i), ==, -1);
  }
  g_assert_cmpstr (lt_probe_weights_below (model, 0)->name, ==, "W1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram", test_histogram);
  g_test_add_func ("/histogram/odd", test_histogram_odd);
  g_test_add_func ("/activity", test_activity);
  g_test_add_func ("/activity/limit", test_activity_limit);
  g_test_add_func ("/activity/dead-and-saturated", test_dead_and_saturated);
  g_test_add_func ("/activity/not-finite", test_not_finite);
  g_test_add_func ("/filter-updates", test_filter_updates);
  g_test_add_func ("/graph", test_graph);
  g_test_add_func ("/graph/undirected", test_graph_undirected);
  return g_test_run ();
}
