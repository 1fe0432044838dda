/* The views of the model's inside: distributions, the network, changes of filters. */
#include "support/view-run.h"

#include <math.h>
#include <string.h>

static const char *const deep_digits[] = { "hidden", "24 6 2", NULL, NULL };
static const char *const tied_digits[] = { "hidden",          "24 6",    "tied", "true",
                                           "code-activation", "sigmoid", NULL,   NULL };

static void
run_init (LtViewRun *run, const char *const *settings)
{
  lt_view_run_init (run, lt_test_data ("digits"), "autoencoder", settings);
}

/* The same with a last update, a thousandth of every parameter. */
static void
run_init_live (LtViewRun *run, const char *const *settings)
{
  LtSnapshot *still;
  gsize size;
  float *update;

  run_init (run, settings);
  still = run->snapshot;
  size = lt_layout_size (still->model->params);
  update = lt_block_new (still->model->params);
  for (gsize i = 0; i < size; i++)
    update[i] = 0.001f * still->params[i];
  run->snapshot =
      lt_snapshot_new (still->model, still->params, NULL, update, still->settings);
  run->snapshot->progress = 2.5;
  lt_block_free (update);
  lt_snapshot_unref (still);
}

static float *
tensor (const LtViewRun *run, const char *name)
{
  return run->snapshot->params +
         lt_layout_find (run->snapshot->model->params, name)->offset;
}

/* Both views suit every model that has layers, on any data. */
static void
test_suits (void)
{
  static const char *const views[] = { "distributions", "network" };
  g_auto (LtViewRun) digits, spiral;
  const char *why;

  run_init (&digits, deep_digits);
  lt_view_run_init_spiral (&spiral);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++) {
    const LtView *view = lt_view_find (views[i], NULL);

    g_assert_true (view->suits (digits.snapshot->model, digits.data, &why));
    g_assert_true (view->suits (spiral.snapshot->model, spiral.data, &why));
  }
}

/* ---- Distributions ---------------------------------------------------------------------- */

/* Sum of the counts of a quantity, and how many rows it has. */
static double
sum_counts (const char *csv, const char *quantity, int *n_rows)
{
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  double sum = 0.0;

  *n_rows = 0;
  for (int i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);

    if (!g_str_has_prefix (fields[0], quantity))
      continue;
    sum += g_ascii_strtod (fields[3], NULL);
    ++*n_rows;
  }
  return sum;
}

/* Every weight, every change and every unit is counted once, in the layer that is asked
 * for. */
static void
test_counts (void)
{
  static const struct {
    const char *view;
    int n_weights, n_units;
  } cases[] = {
    { "distributions", 64 * 24, 24 },
    { "distributions layer=2", 24 * 6, 6 },
    { "distributions layer=3 order=index split=train", 6 * 2, 2 },
  };
  g_auto (LtViewRun) run;
  int n;

  run_init_live (&run, deep_digits);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gpointer result = lt_view_run_show (&run, cases[i].view, 480.0, 300.0, NULL);
    g_autofree char *csv = lt_distributions_view.to_csv (result);

    g_assert_cmpfloat (sum_counts (csv, "weights", &n), ==, cases[i].n_weights);
    g_assert_cmpfloat (sum_counts (csv, "last update", &n), ==, cases[i].n_weights);
    g_assert_cmpfloat (sum_counts (csv, "mean activations", &n), ==, cases[i].n_units);
    sum_counts (csv, "unit ", &n);
    g_assert_cmpint (n, ==, cases[i].n_units);
    lt_distributions_view.free (result);
  }
  lt_view_run_refuse (&run, "distributions layer=4", "no hidden layer 4");
}

/* In the history there is no update: the panel says so, and the others are there. */
static void
test_no_update (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  gpointer result;
  int n;

  run_init (&run, deep_digits);
  result = lt_view_run_show (&run, "distributions show=update", 480.0, 300.0, NULL);
  g_assert_cmpfloat (
      lt_test_painted_share (&lt_distributions_view, result, FALSE, 480, 300), >,
      0.005);
  csv = lt_distributions_view.to_csv (result);
  sum_counts (csv, "last update", &n);
  g_assert_cmpint (n, ==, 0);
  sum_counts (csv, "weights", &n);
  g_assert_cmpint (n, >, 5);
  lt_distributions_view.free (result);
}

/* Dead and saturated units are counted in the description, with what is meant by it. */
static void
test_dead (void)
{
  g_auto (LtViewRun) run;
  gpointer result;

  run_init (&run, tied_digits);
  for (int i = 0; i < 5; i++)
    tensor (&run, "b1")[i] = -100.0f;
  tensor (&run, "b2")[1] = 100.0f;
  result = lt_view_run_show (&run, "distributions", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_distributions_view, result,
                              "5 dead (within 0.01 of 0) of 24 units on all ");
  lt_distributions_view.free (result);
  result = lt_view_run_show (&run, "distributions layer=2", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_distributions_view, result,
                              "1 saturated (within 0.01 of 1) of 6 units");
  lt_distributions_view.free (result);
  tensor (&run, "b1")[0] = NAN;
  lt_view_run_refuse (&run, "distributions", "not finite");
}

/* Each panel is told of under the pointer. */
static void
test_distributions_hit (void)
{
  static const struct {
    const char *view, *expected;
  } cases[] = {
    { "distributions show=weights", " weights from " },
    { "distributions show=update", " weights from " },
    { "distributions show=means", " units from " },
    { "distributions show=examples", "unit " },
    { "distributions", "from " },
  };
  g_auto (LtViewRun) run;

  run_init_live (&run, deep_digits);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gpointer result = lt_view_run_show (&run, cases[i].view, 480.0, 300.0, NULL);
    LtViewHit found = { .item = -1 };
    g_autofree char *expected = NULL;
    LtLens *lens;

    g_assert_true (
        lt_test_find_item (&lt_distributions_view, result, &run.style, &found));
    g_assert_nonnull (strstr (found.text, cases[i].expected));
    lens = lt_view_run_look (&run, &lt_distributions_view, result, &found, FALSE);
    expected = lt_view_minus (g_strdup (found.text));
    g_assert_cmpstr (lens->captions[0], ==, expected);
    lt_lens_free (lens);
    lt_distributions_view.free (result);
  }
}

/* ---- The network -------------------------------------------------------------------------- */

/* Layers, tensors and tying are named; parameters are counted once, also shared ones. */
static void
test_network (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  gpointer result;

  run_init (&run, tied_digits);
  result = lt_view_run_show (&run, "network scale=log", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_network_view, result, "64–24–6–24–64");
  lt_test_assert_description (&lt_network_view, result, "1,798 parameters");
  lt_test_assert_description (&lt_network_view, result, "logarithm");
  csv = lt_network_view.to_csv (result);
  g_assert_cmpint (lt_test_count_lines (csv), ==, 1 + 5 + 4);
  g_assert_nonnull (strstr (csv, "layer,code,6,sigmoid,b2,"));
  g_assert_nonnull (strstr (csv, "edge,input → hidden 1,1536,,W1,"));
  g_assert_nonnull (strstr (csv, "edge,code → decoder 1,144,transposed,W2,"));
  lt_network_view.free (result);
}

/* A machine without direction is drawn as one, its labels beside the data. */
static void
test_network_undirected (void)
{
  static const char *const settings[] = { "hidden", "12", NULL, NULL };
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  gpointer result;

  lt_view_run_init (&run, lt_test_data ("digits"), "classification-rbm", settings);
  result = lt_view_run_show (&run, "network", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_network_view, result, "+10–12");
  csv = lt_network_view.to_csv (result);
  g_assert_nonnull (strstr (csv, "layer,hidden 1,12,binary,"));
  g_assert_nonnull (strstr (csv, "undirected edge,visible — hidden 1,"));
  g_assert_nonnull (strstr (csv, "undirected edge,labels — hidden 1,"));
  lt_network_view.free (result);
}

/* Layers and edges are told of under the pointer. */
static void
test_network_hit (void)
{
  g_auto (LtViewRun) run;
  gboolean layer = FALSE, edge = FALSE;
  gpointer result;

  run_init (&run, tied_digits);
  result = lt_view_run_show (&run, "network", 480.0, 300.0, NULL);
  for (int y = 0; y < 300; y += 5)
    for (int x = 0; x < 480; x += 12) {
      LtViewHit found = { .item = -1 };

      if (!lt_network_view.hit (result, &run.style, 480.0, 300.0, x, y, &found))
        continue;
      layer = layer || strstr (found.text, "code: 6 sigmoid units, bias b2") != NULL;
      edge = edge || strstr (found.text, "W1ᵀ, 1,536 weights, tied") != NULL;
    }
  g_assert_true (layer);
  g_assert_true (edge);
  lt_network_view.free (result);
}

/* ---- Filters ------------------------------------------------------------------------------ */

/* The change of a filter has the size of its update; without one there is a sentence. */
static void
test_filter_changes (void)
{
  g_auto (LtViewRun) live, still;
  g_autofree char *weights = NULL, *changes = NULL;
  g_autofree double *w = NULL, *d_w = NULL;
  gpointer result;
  int n;

  run_init_live (&live, deep_digits);
  run_init (&still, deep_digits);
  result = lt_view_run_show (&live, "filters", 480.0, 300.0, NULL);
  weights = lt_filters_view.to_csv (result);
  lt_filters_view.free (result);
  result = lt_view_run_show (&live, "filters what=update", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "all 24 changes of filters");
  changes = lt_filters_view.to_csv (result);
  lt_filters_view.free (result);
  w = lt_test_csv_column (weights, 1, &n);
  d_w = lt_test_csv_column (changes, 1, &n);
  g_assert_cmpint (n, ==, 24);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (d_w[i], 0.001 * w[i], 1e-6);
  lt_view_run_refuse (&still, "filters what=update", "Only the live model");
}

/* The unit that always answers comes first, and the note says on what that was judged. */
static void
test_filter_activity (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  g_autofree double *units = NULL;
  gpointer result;
  int n;

  run_init (&run, deep_digits);
  tensor (&run, "b1")[13] = 50.0f;
  tensor (&run, "b1")[4] = 40.0f;
  result = lt_view_run_show (&run, "filters order=activity", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "most active on ");
  csv = lt_filters_view.to_csv (result);
  units = lt_test_csv_column (csv, 0, &n);
  g_assert_cmpfloat (units[0], ==, 13.0);
  g_assert_cmpfloat (units[1], ==, 4.0);
  lt_filters_view.free (result);
}

/* Which layer is shown, what of, and by which scale, for those who see the picture alone. */
static void
test_filter_note (void)
{
  g_auto (LtViewRun) run;
  gpointer result;

  run_init (&run, deep_digits);
  result = lt_view_run_show (&run, "filters layer=2", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result,
                              "hidden 2, W₁W₂: all 6 filters; each its own scale");
  lt_filters_view.free (result);
  result = lt_view_run_show (&run, "filters scale=shared", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "hidden 1: all 24 filters");
  lt_filters_view.free (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-views/suits", test_suits);
  g_test_add_func ("/distributions/counts", test_counts);
  g_test_add_func ("/distributions/no-update", test_no_update);
  g_test_add_func ("/distributions/dead", test_dead);
  g_test_add_func ("/distributions/hit", test_distributions_hit);
  g_test_add_func ("/network/text", test_network);
  g_test_add_func ("/network/undirected", test_network_undirected);
  g_test_add_func ("/network/hit", test_network_hit);
  g_test_add_func ("/filters/changes", test_filter_changes);
  g_test_add_func ("/filters/note", test_filter_note);
  g_test_add_func ("/filters/activity", test_filter_activity);
  return g_test_run ();
}
