/* Every view computes, paints and is exported, without a display. */
#include "core/error.h"
#include "data/source.h"
#include "views/learning-curves.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* ---- A run to look at ------------------------------------------------------------- */

/* A model as it is before training, its data, and a log of two epochs. */
typedef struct {
  LtDataset *data;
  LtSnapshot *snapshot;
  LtLogCopy log;
  LtWorkspace *ws;
  LtStyle style;
} Run;

static LtSnapshot *
snapshot_new (const LtDataset *data, const char *family, const char *const *settings)
{
  const LtModelKind *kind = lt_model_kind_find (family, NULL);
  g_autofree gpointer values = g_malloc0 (kind->knobs.settings_size);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtSnapshot *snapshot;
  float *params;
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
  lt_rng_init (&rng, 1, 0);
  kind->init (model, values, lt_dataset_mean (data), &rng, params, NULL);
  snapshot = lt_snapshot_new (model, params, NULL, NULL, values);
  snapshot->run = 1;
  snapshot->epoch = 2;
  snapshot->progress = 2.0;
  lt_block_free (params);
  return snapshot;
}

static void
log_init (LtLogCopy *log)
{
  log->rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  log->epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  log->events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
}

static void
log_fill (LtLogCopy *log)
{
  LtLogEvent event = {
    .progress = 1.5, .key = "learning-rate", .before = "0.1", .after = "0.01"
  };

  for (int i = 0; i < 20; i++) {
    LtLogRow row = { .step = i, .progress = 0.1 * (i + 1), .objective = 190.0 - i };

    row.terms[0] = 180.0 - i;
    row.terms[1] = 10.0;
    g_array_append_val (log->rows, row);
  }
  for (int i = 0; i < 3; i++) {
    LtLogEpoch epoch = { .epoch = i,
                         .objective = 180.0 - 10.0 * i,
                         .train_squared_error = 50.0 - 5.0 * i,
                         .valid_squared_error = 51.0 - 5.0 * i,
                         .train_cross_entropy = 0.25 - 0.02 * i,
                         .valid_cross_entropy = 0.251 - 0.02 * i };

    g_array_append_val (log->epochs, epoch);
  }
  g_array_append_val (log->events, event);
}

static LtDataset *
data_new (const char *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (source, &error);
  LtDataset *data;

  g_assert_no_error (error);
  data = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  return data;
}

/* Takes the data. */
static void
run_init (Run *run, LtDataset *data, const char *family, const char *const *settings)
{
  run->data = data;
  run->snapshot = snapshot_new (data, family, settings);
  run->ws = lt_workspace_new (NULL);
  log_init (&run->log);
  log_fill (&run->log);
  lt_style_init (&run->style, FALSE, 13);
}

static void
run_clear (Run *run)
{
  lt_snapshot_unref (run->snapshot);
  lt_dataset_unref (run->data);
  lt_workspace_free (run->ws);
  g_array_unref (run->log.rows);
  g_array_unref (run->log.epochs);
  g_array_unref (run->log.events);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static const char *const small_digits[] = { "hidden", "24 2", NULL, NULL };
static const char *const noisy_digits[] = { "hidden",      "30",  "noise", "masking",
                                            "noise-level", "0.3", NULL,    NULL };
static const char *const noisy_points[] = { "hidden",
                                            "40",
                                            "hidden-activation",
                                            "tanh",
                                            "output-activation",
                                            "linear",
                                            "loss",
                                            "squared-error",
                                            "noise",
                                            "gaussian",
                                            "noise-level",
                                            "0.05",
                                            NULL,
                                            NULL };

static void
run_init_digits (Run *run)
{
  run_init (run, data_new ("mnist"), "autoencoder", small_digits);
}

static void
run_init_spiral (Run *run)
{
  run_init (run, data_new ("spiral"), "denoising", noisy_points);
}

/* The result of a view written with its settings; it must be had. */
static gpointer
show (const Run *run, const char *text, double w, double h, gconstpointer previous)
{
  g_autoptr (GError) error = NULL;
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse (text, &settings, &error);
  LtViewRequest request = {
    run->snapshot, run->data, settings, &run->log, previous,
    run->ws,       1,         w,        h,         &run->style
  };
  gpointer result;

  g_assert_no_error (error);
  result = view->compute (&request, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

/* The sentence of a view that cannot be had. */
static void
refuse (const Run *run, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse (text, &settings, &error);
  LtViewRequest request = {
    run->snapshot, run->data, settings, &run->log, NULL,
    run->ws,       1,         480.0,    300.0,     &run->style
  };

  g_assert_no_error (error);
  g_assert_null (view->compute (&request, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, expected));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* Paints on a background of its own; the share of pixels that are something else. */
static double
painted_share (const LtView *view, gconstpointer result, gboolean dark, int w, int h)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  cairo_t *cr = cairo_create (surface);
  const guint32 *pixels;
  guint32 background;
  LtStyle style;
  int stride, count = 0;

  lt_style_init (&style, dark, 13);
  lt_style_set (cr, style.background);
  cairo_paint (cr);
  cairo_surface_flush (surface);
  background =
      *(const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface);
  view->paint (result, cr, &style, w, h);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_flush (surface);
  pixels = (const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface) / 4;
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      count += (pixels[y * stride + x] & 0xffffff) != (background & 0xffffff);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return (double) count / (w * h);
}

/* ---- The table -------------------------------------------------------------------- */

/* Each view is found by its name and says in whole sentences what it is; the defaults of its
 * knobs are values that the knobs take. */
static void
test_table (void)
{
  for (int i = 0; lt_views[i] != NULL; i++) {
    const LtView *view = lt_views[i];
    g_autofree gpointer settings = NULL;

    g_assert_true (lt_view_find (view->name, NULL) == view);
    g_assert_true (lt_view_parse (view->name, &settings, NULL) == view);
    g_assert_true (g_str_has_suffix (view->summary, "."));
    for (int k = 0; k < view->knobs.n_knobs; k++) {
      const LtKnob *knob = &view->knobs.knobs[k];
      g_autofree char *text = lt_knob_format (knob, settings);

      g_assert_true (lt_knob_parse (knob, knob->fallback, settings, NULL));
      g_assert_true (lt_knob_parse (knob, text, settings, NULL));
      g_assert_true (g_str_has_suffix (knob->help, "."));
    }
  }
}

/* Settings after the name are applied; quotes hold values with spaces together. */
static void
test_parse (void)
{
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse ("filters layer=3 'order=norm'", &settings, NULL);
  g_autofree char *order = NULL;

  g_assert_true (view == &lt_filters_view);
  g_assert_cmpfloat (
      lt_knob_get_number (lt_knobs_find (&view->knobs, "layer"), settings), ==, 3.0);
  order = lt_knob_format (lt_knobs_find (&view->knobs, "order"), settings);
  g_assert_cmpstr (order, ==, "norm");
}

/* What cannot be read is answered with what could be. */
static void
test_parse_errors (void)
{
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { "fitlers", "filters, reconstructions, latent-map" },
    { "", "such as" },
    { "filters layer", "key=value" },
    { "filters layr=1", "layer, order" },
    { "filters layer=0", "1" },
    { "filters 'layer=1", "matching quotes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gpointer settings = NULL;

    g_assert_null (lt_view_parse (cases[i].text, &settings, &error));
    g_assert_null (settings);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, cases[i].expected));
  }
}

/* Which view suits which data; where one does not, it says why. */
static void
test_suits (void)
{
  static const struct {
    const char *name;
    gboolean digits, spiral;
  } cases[] = {
    { "filters", TRUE, FALSE },        { "reconstructions", TRUE, FALSE },
    { "latent-map", TRUE, TRUE },      { "vector-field", FALSE, TRUE },
    { "learning-curves", TRUE, TRUE },
  };
  g_auto (Run) digits, spiral;

  run_init_digits (&digits);
  run_init_spiral (&spiral);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const LtView *view = lt_view_find (cases[i].name, NULL);
    const char *why = NULL;

    g_assert_true (view->suits (digits.snapshot->model, digits.data, &why) ==
                   cases[i].digits);
    g_assert_true (cases[i].digits || g_str_has_suffix (why, "."));
    g_assert_true (view->suits (spiral.snapshot->model, spiral.data, &why) ==
                   cases[i].spiral);
    g_assert_true (cases[i].spiral || g_str_has_suffix (why, "."));
  }
}

/* ---- Painting --------------------------------------------------------------------- */

/* Every view in every size, light and dark, leaves something to see, also after all that it
 * was computed from is gone; at a size that nothing fits into it does no harm. */
static void
paint_all (const char *source, const char *family, const char *const *settings)
{
  g_autoptr (LtDataset) data = data_new (source);
  static const int sizes[][2] = {
    { 16, 12 }, { 160, 100 }, { 480, 300 }, { 1280, 720 }
  };

  for (int i = 0; lt_views[i] != NULL; i++)
    for (gsize size = 0; size < G_N_ELEMENTS (sizes); size++) {
      int w = sizes[size][0], h = sizes[size][1];
      const char *why;
      g_autofree char *text = NULL;
      gpointer result;
      Run run;

      run_init (&run, lt_dataset_ref (data), family, settings);
      if (!lt_views[i]->suits (run.snapshot->model, run.data, &why)) {
        run_clear (&run);
        continue;
      }
      result = show (&run, lt_views[i]->name, w, h, NULL);
      run_clear (&run);
      for (int dark = 0; dark < 2; dark++) {
        double share = painted_share (lt_views[i], result, dark, w, h);

        g_assert_true (size == 0 || share > 0.005);
      }
      text = lt_views[i]->describe (result);
      g_assert_cmpuint (strlen (text), >, 10);
      lt_views[i]->free (result);
    }
}

static void
test_paint_digits (void)
{
  paint_all ("mnist", "autoencoder", small_digits);
}

static void
test_paint_spiral (void)
{
  paint_all ("spiral", "denoising", noisy_points);
}

/* A result may be painted at another size than it was computed for: the window is resized
 * before the next result is there. */
static void
test_paint_resized (void)
{
  g_auto (Run) run;

  run_init_digits (&run);
  for (int i = 0; lt_views[i] != NULL; i++) {
    const char *why;
    gpointer result;

    if (!lt_views[i]->suits (run.snapshot->model, run.data, &why))
      continue;
    result = show (&run, lt_views[i]->name, 900.0, 500.0, NULL);
    g_assert_cmpfloat (painted_share (lt_views[i], result, FALSE, 200, 140), >, 0.005);
    lt_views[i]->free (result);
  }
}

/* ---- What each view says ---------------------------------------------------------- */

static int
count_lines (const char *text)
{
  int n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static char *
csv_of (const LtView *view, gconstpointer result)
{
  return view->to_csv (result);
}

static void
assert_description (const LtView *view, gconstpointer result, const char *expected)
{
  g_autofree char *text = view->describe (result);

  if (strstr (text, expected) == NULL)
    g_error ("“%s” does not contain “%s”", text, expected);
}

/* Filters are never sampled silently; order and paging choose which. */
static void
test_filters (void)
{
  g_auto (Run) run;
  gpointer result;
  g_autofree char *all = NULL, *some = NULL;

  run_init_digits (&run);
  result = show (&run, "filters", 480.0, 300.0, NULL);
  assert_description (&lt_filters_view, result, "all 24 filters");
  all = csv_of (&lt_filters_view, result);
  g_assert_cmpint (count_lines (all), ==, 1 + 24);
  lt_filters_view.free (result);

  result = show (&run, "filters first=5 count=4", 480.0, 300.0, NULL);
  assert_description (&lt_filters_view, result, "filters 5–8 of 24");
  some = csv_of (&lt_filters_view, result);
  g_assert_cmpint (count_lines (some), ==, 1 + 4);
  g_assert_nonnull (strstr (some, "\n4,"));
  g_assert_null (strstr (some, "\n8,"));
  lt_filters_view.free (result);

  result = show (&run, "filters count=10 order=norm", 480.0, 300.0, NULL);
  assert_description (&lt_filters_view, result, "10 of 24 filters, largest norm first");
  lt_filters_view.free (result);
  refuse (&run, "filters layer=3", "no hidden layer 3");
}

/* The rows of a CSV text: field `column` of each, as numbers. */
static double *
csv_column (const char *csv, int column, int *n)
{
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  double *values = g_new (double, g_strv_length (lines));

  *n = 0;
  for (int i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);

    values[(*n)++] = g_ascii_strtod (fields[column], NULL);
  }
  return values;
}

/* The largest norm comes first. */
static void
test_filters_order (void)
{
  g_auto (Run) run;
  gpointer result;
  g_autofree char *csv = NULL;
  g_autofree double *norms = NULL;
  int n;

  run_init_digits (&run);
  result = show (&run, "filters order=norm", 480.0, 300.0, NULL);
  csv = csv_of (&lt_filters_view, result);
  norms = csv_column (csv, 1, &n);
  for (int i = 1; i < n; i++)
    g_assert_cmpfloat (norms[i - 1], >=, norms[i]);
  g_assert_cmpfloat (norms[0], >, norms[n - 1]);
  lt_filters_view.free (result);
}

/* One example of each class in order; the corrupted row stands only where there is noise, and
 * one noise seed gives one corruption. */
static void
test_reconstructions (void)
{
  g_auto (Run) plain, noisy;
  gpointer result;
  g_autofree char *first = NULL, *again = NULL, *other = NULL;
  g_autofree double *classes = NULL;
  int n;

  run_init_digits (&plain);
  result = show (&plain, "reconstructions count=10", 480.0, 300.0, NULL);
  first = csv_of (&lt_reconstructions_view, result);
  classes = csv_column (first, 1, &n);
  g_assert_cmpint (n, ==, 20);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat (classes[i], ==, i / 2);
  g_assert_null (strstr (first, "corrupted"));
  lt_reconstructions_view.free (result);

  run_init (&noisy, data_new ("mnist"), "denoising", noisy_digits);
  g_clear_pointer (&first, g_free);
  result = show (&noisy, "reconstructions count=10", 480.0, 300.0, NULL);
  first = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpint (count_lines (first), ==, 31);
  lt_reconstructions_view.free (result);
  result = show (&noisy, "reconstructions count=10", 900.0, 700.0, NULL);
  again = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpstr (first, ==, again);
  lt_reconstructions_view.free (result);
  result = show (&noisy, "reconstructions count=10 noise-seed=2", 480.0, 300.0, NULL);
  other = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpstr (first, !=, other);
  lt_reconstructions_view.free (result);
}

/* The whole test set is on the map, and a map that is laid on itself stays where it is. */
static void
test_latent_map (void)
{
  g_auto (Run) run;
  gpointer result, again;
  g_autofree char *first = NULL, *second = NULL;
  g_autofree double *x = NULL, *y = NULL;
  int n;

  run_init_digits (&run);
  result = show (&run, "latent-map", 480.0, 300.0, NULL);
  assert_description (&lt_latent_map_view, result, "all 10,000 test examples");
  first = csv_of (&lt_latent_map_view, result);
  again = show (&run, "latent-map", 480.0, 300.0, result);
  lt_latent_map_view.free (result);
  second = csv_of (&lt_latent_map_view, again);
  lt_latent_map_view.free (again);
  x = csv_column (first, 2, &n);
  y = csv_column (second, 2, &n);
  g_assert_cmpint (n, ==, 10000);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 1e-4);

  result = show (&run, "latent-map limit=500 split=train", 480.0, 300.0, NULL);
  assert_description (&lt_latent_map_view, result, "500 of ");
  lt_latent_map_view.free (result);
  refuse (&run, "latent-map plane=units unit-x=0 unit-y=2", "from 0 to 1");
}

/* The manifold paints pictures where there were none. */
static void
test_manifold (void)
{
  g_auto (Run) run;
  gpointer points, both;

  run_init_digits (&run);
  points = show (&run, "latent-map", 480.0, 300.0, NULL);
  both = show (&run, "latent-map show=both", 480.0, 300.0, NULL);
  g_assert_cmpfloat (painted_share (&lt_latent_map_view, both, FALSE, 480, 300), >,
                     painted_share (&lt_latent_map_view, points, FALSE, 480, 300) +
                         0.2);
  lt_latent_map_view.free (points);
  lt_latent_map_view.free (both);
}

/* σ is the noise that the model trains with unless it is set, and the cosine is stated. */
static void
test_vector_field (void)
{
  g_auto (Run) run;
  gpointer result;
  g_autofree char *csv = NULL;

  run_init_spiral (&run);
  result = show (&run, "vector-field side=12", 480.0, 300.0, NULL);
  assert_description (&lt_vector_field_view, result, "σ = 0.05");
  assert_description (&lt_vector_field_view, result, "cosine to the true score");
  csv = csv_of (&lt_vector_field_view, result);
  g_assert_cmpint (count_lines (csv), ==, 1 + 144);
  g_assert_true (g_str_has_prefix (csv, "x,y,dx,dy,score_x,score_y\n"));
  lt_vector_field_view.free (result);
  result = show (&run, "vector-field sigma=0.2", 480.0, 300.0, NULL);
  assert_description (&lt_vector_field_view, result, "σ = 0.2");
  lt_vector_field_view.free (result);
}

/* The curves are on the scale that was asked for. */
static void
test_learning_curves (void)
{
  static const struct {
    const char *view;
    double last; /* validation after epoch 2 */
  } cases[] = {
    { "learning-curves", 0.211 },
    { "learning-curves scale=example", 0.211 * 784 },
    { "learning-curves measure=squared-error", 41.0 },
    { "learning-curves measure=squared-error scale=entry", 41.0 / 784 },
  };
  g_auto (Run) run;

  run_init_digits (&run);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gpointer result = show (&run, cases[i].view, 480.0, 300.0, NULL);
    g_autofree char *csv = csv_of (&lt_learning_curves_view, result);
    g_autofree double *values = NULL;
    int n;

    values = csv_column (csv, 2, &n);
    g_assert_cmpfloat_with_epsilon (values[n - 1], cases[i].last, 1e-6);
    lt_learning_curves_view.free (result);
  }
}

/* The minibatches' curve is drawn where it is on the same scale, the penalty's on request,
 * and neither where it would mislead. */
static void
test_learning_curves_terms (void)
{
  g_auto (Run) run;
  gpointer result;
  g_autofree char *own = NULL, *terms = NULL, *other = NULL;

  run_init_digits (&run);
  result = show (&run, "learning-curves", 480.0, 300.0, NULL);
  own = csv_of (&lt_learning_curves_view, result);
  g_assert_nonnull (strstr (own, "minibatches,"));
  g_assert_null (strstr (own, "weight decay,"));
  lt_learning_curves_view.free (result);
  result = show (&run, "learning-curves terms=true", 480.0, 300.0, NULL);
  terms = csv_of (&lt_learning_curves_view, result);
  g_assert_nonnull (strstr (terms, run.snapshot->model->kind->terms[1].name));
  lt_learning_curves_view.free (result);
  result = show (&run, "learning-curves measure=squared-error", 480.0, 300.0, NULL);
  other = csv_of (&lt_learning_curves_view, result);
  g_assert_null (strstr (other, "minibatches,"));
  lt_learning_curves_view.free (result);
}

/* The yardstick is handed on: curves drawn after others of the run say the same, with the
 * principal components and their angle when they are asked for in between. */
static void
test_learning_curves_pca (void)
{
  static const char *const linear[] = { "hidden", "3", NULL, NULL };
  g_auto (Run) run;
  gpointer plain, first, second;
  const LtCurvesResult *one, *two;

  run_init (&run, data_new ("digits"), "linear", linear);
  plain = show (&run, "learning-curves", 480.0, 300.0, NULL);
  first = show (&run, "learning-curves pca=true", 480.0, 300.0, plain);
  second = show (&run, "learning-curves pca=true", 480.0, 300.0, first);
  one = first;
  two = second;
  g_assert_true (isnan (((const LtCurvesResult *) plain)->levels[LT_LEVEL_PCA]));
  g_assert_cmpfloat (one->levels[LT_LEVEL_PCA], >, 0.0);
  g_assert_cmpfloat (one->levels[LT_LEVEL_PCA], <, one->levels[LT_LEVEL_MEAN]);
  g_assert_nonnull (strstr (one->level_titles[LT_LEVEL_PCA], "PCA, 3 components"));
  g_assert_nonnull (strstr (one->note, "mean angle to PCA's subspace"));
  g_assert_true (two->yardstick == one->yardstick);
  g_assert_cmpstr (one->note, ==, two->note);
  lt_learning_curves_view.free (plain);
  lt_learning_curves_view.free (first);
  lt_learning_curves_view.free (second);
}

/* Before the first minibatch there is a sentence in place of the curves. */
static void
test_learning_curves_empty (void)
{
  g_auto (Run) run;
  gpointer result;
  LtViewHit found;

  run_init_digits (&run);
  g_array_set_size (run.log.rows, 0);
  g_array_set_size (run.log.epochs, 0);
  result = show (&run, "learning-curves", 480.0, 300.0, NULL);
  assert_description (&lt_learning_curves_view, result, "no epoch yet");
  g_assert_cmpfloat (painted_share (&lt_learning_curves_view, result, FALSE, 480, 300),
                     >, 0.001);
  g_assert_false (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, 200.0,
                                               150.0, &found));
  lt_learning_curves_view.free (result);
}

/* ---- Under the pointer ------------------------------------------------------------ */

/* The first item that the pointer finds when it sweeps over a view of 480 × 300. */
static gboolean
find_item (const LtView *view,
           gconstpointer result,
           const LtStyle *style,
           LtViewHit *found)
{
  for (int y = 0; y < 300; y += 4)
    for (int x = 0; x < 480; x += 4)
      if (view->hit (result, style, 480.0, 300.0, x, y, found) && found->item >= 0)
        return TRUE;
  return FALSE;
}

static LtLens *
look (const Run *run,
      const LtView *view,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  LtViewRequest request = { .snapshot = run->snapshot,
                            .data = run->data,
                            .ws = run->ws,
                            .seed = 1,
                            .w = 480.0,
                            .h = 300.0,
                            .style = &run->style };

  return view->lens (&request, result, found, pressed);
}

/* On a point of the map the lens shows that example; where the button is down it shows what
 * the model decodes there. */
static void
test_latent_lens (void)
{
  g_auto (Run) run;
  g_autofree float *expected = NULL;
  gpointer result;
  LtViewHit found = { 0 };
  LtLens *lens;

  run_init_digits (&run);
  expected = g_new (float, 784);
  result = show (&run, "latent-map", 480.0, 300.0, NULL);
  g_assert_true (find_item (&lt_latent_map_view, result, &run.style, &found));
  g_assert_true (g_str_has_prefix (found.text, "test "));
  lens = look (&run, &lt_latent_map_view, result, &found, FALSE);
  g_assert_cmpint (lens->n, ==, 2);
  lt_dataset_gather (run.data, LT_TEST, NULL, found.item, 1, expected);
  g_assert_cmpmem (lens->pixels, 784 * 4, expected, 784 * 4);
  lt_lens_free (lens);

  lens = look (&run, &lt_latent_map_view, result, &found, TRUE);
  g_assert_cmpint (lens->n, ==, 1);
  g_assert_cmpint (memcmp (lens->pixels, expected, 784 * 4), !=, 0);
  lt_lens_free (lens);
  lt_latent_map_view.free (result);
}

/* The picture decoded at an example's own place is its reconstruction: the map's inverse and the
 * decoder are those of the map's own snapshot. */
static void
test_latent_inverse (void)
{
  g_auto (Run) run;
  g_autofree char *csv = NULL;
  g_autofree double *x = NULL, *y = NULL;
  g_autofree float *rows = g_new (float, 2 * 784);
  LtViewHit found = { .item = -1 };
  gpointer result;
  LtLens *lens;
  LtCall call;
  int n;

  run_init_digits (&run);
  result = show (&run, "latent-map", 480.0, 300.0, NULL);
  csv = csv_of (&lt_latent_map_view, result);
  x = csv_column (csv, 2, &n);
  y = csv_column (csv, 3, &n);
  found.x = x[77];
  found.y = y[77];
  lens = look (&run, &lt_latent_map_view, result, &found, TRUE);
  call = lt_snapshot_call (run.snapshot, run.ws, NULL);
  lt_dataset_gather (run.data, LT_TEST, NULL, 77, 1, rows);
  run.snapshot->model->kind->reconstruct (&call, rows, 1, rows + 784);
  for (int i = 0; i < 784; i++)
    g_assert_cmpfloat_with_epsilon (lens->pixels[i], rows[784 + i], 1e-4f);
  lt_lens_free (lens);
  lt_latent_map_view.free (result);
}

/* Tiles are found under the pointer, and their text names them. */
static void
test_tiles_hit (void)
{
  static const char *const views[] = { "filters", "reconstructions" };
  g_auto (Run) run;

  run_init_digits (&run);
  for (int i = 0; i < 2; i++) {
    const LtView *view = lt_view_find (views[i], NULL);
    gpointer result = show (&run, views[i], 480.0, 300.0, NULL);
    LtViewHit found = { 0 };
    LtLens *lens;

    g_assert_true (find_item (view, result, &run.style, &found));
    g_assert_cmpint (found.item, >=, 0);
    g_assert_cmpfloat (found.rect.width, >, 5.0);
    g_assert_nonnull (strstr (found.text, i == 0 ? "unit" : "squared error"));
    g_assert_false (view->hit (result, &run.style, 480.0, 300.0, 1.0, 299.0, &found));
    found.rect.width = 20.0;
    found.item = 1;
    lens = look (&run, view, result, &found, FALSE);
    g_assert_nonnull (lens->pixels);
    lt_lens_free (lens);
    view->free (result);
  }
}

/* The curves' values, and the flag of a knob's turn, are told. */
static void
test_curves_hit (void)
{
  g_auto (Run) run;
  gpointer result;
  LtViewHit found;
  gboolean flag = FALSE;

  run_init_digits (&run);
  result = show (&run, "learning-curves", 480.0, 300.0, NULL);
  g_assert_true (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, 200.0,
                                              150.0, &found));
  g_assert_nonnull (strstr (found.text, "training 0.2"));
  for (int x = 0; x < 480; x++)
    flag = flag || (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, x,
                                                 150.0, &found) &&
                    strstr (found.text, "learning-rate 0.1 → 0.01") != NULL);
  g_assert_true (flag);
  lt_learning_curves_view.free (result);
}

/* ---- Export ----------------------------------------------------------------------- */

typedef struct {
  char *folder;
  Run run;
  gpointer result;
} Export;

static void
export_init (Export *self)
{
  run_init_digits (&self->run);
  self->folder = g_dir_make_tmp ("lantern-views-XXXXXX", NULL);
  self->result = show (&self->run, "latent-map limit=200", 300.0, 200.0, NULL);
}

static void
export_clear (Export *self)
{
  lt_latent_map_view.free (self->result);
  run_clear (&self->run);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

static gboolean
export_to (const Export *self, const char *path, GError **error)
{
  return lt_view_export (&lt_latent_map_view, self->result, "A title", &self->run.style,
                         300, 200, path, error);
}

/* PNG, SVG and PDF are whole files of their kinds, in any case of the extension. */
static void
test_export (void)
{
  static const struct {
    const char *name, *start, *end;
  } cases[] = {
    { "a.png", "\x89PNG", NULL },
    { "b.svg", "<?xml", "</svg>\n" },
    { "c.PDF", "%PDF", "%%EOF\n" },
  };
  g_auto (Export) self;

  export_init (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (self.folder, cases[i].name, NULL);
    g_autofree char *content = NULL;
    g_autoptr (GError) error = NULL;
    gsize length;

    export_to (&self, path, &error);
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
    g_assert_true (g_str_has_prefix (content, cases[i].start));
    if (cases[i].end != NULL)
      g_assert_cmpstr (content + length - strlen (cases[i].end), ==, cases[i].end);
    else {
      cairo_surface_t *surface = cairo_image_surface_create_from_png (path);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 300);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 200);
      cairo_surface_destroy (surface);
    }
    g_unlink (path);
  }
}

/* What cannot be written is refused in a sentence, and nothing is left behind: the folder
 * is empty when it is removed. */
static void
test_export_errors (void)
{
  static const struct {
    const char *name, *expected;
  } cases[] = {
    { "a.gif", ".png, .svg or .pdf" },
    { "picture", ".png, .svg or .pdf" },
    { "missing/a.png", "its folder does not exist" },
  };
  g_auto (Export) self;

  export_init (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (self.folder, cases[i].name, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_false (export_to (&self, path, &error));
    g_assert_nonnull (strstr (error->message, cases[i].expected));
    g_assert_nonnull (strstr (error->message, cases[i].name));
  }
}

/* A size that no picture can have is refused. */
static void
test_export_size (void)
{
  g_auto (Export) self;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  export_init (&self);
  path = g_build_filename (self.folder, "a.png", NULL);
  g_assert_false (lt_view_export (&lt_latent_map_view, self.result, "A title",
                                  &self.run.style, 100000, 200, path, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "100000 × 200"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/views/table", test_table);
  g_test_add_func ("/views/parse", test_parse);
  g_test_add_func ("/views/parse/errors", test_parse_errors);
  g_test_add_func ("/views/suits", test_suits);
  g_test_add_func ("/views/paint/digits", test_paint_digits);
  g_test_add_func ("/views/paint/spiral", test_paint_spiral);
  g_test_add_func ("/views/paint/resized", test_paint_resized);
  g_test_add_func ("/views/filters", test_filters);
  g_test_add_func ("/views/filters/order", test_filters_order);
  g_test_add_func ("/views/reconstructions", test_reconstructions);
  g_test_add_func ("/views/latent-map", test_latent_map);
  g_test_add_func ("/views/latent-map/manifold", test_manifold);
  g_test_add_func ("/views/latent-map/lens", test_latent_lens);
  g_test_add_func ("/views/latent-map/inverse", test_latent_inverse);
  g_test_add_func ("/views/vector-field", test_vector_field);
  g_test_add_func ("/views/learning-curves", test_learning_curves);
  g_test_add_func ("/views/learning-curves/terms", test_learning_curves_terms);
  g_test_add_func ("/views/learning-curves/pca", test_learning_curves_pca);
  g_test_add_func ("/views/learning-curves/empty", test_learning_curves_empty);
  g_test_add_func ("/views/hit/tiles", test_tiles_hit);
  g_test_add_func ("/views/hit/curves", test_curves_hit);
  g_test_add_func ("/views/export", test_export);
  g_test_add_func ("/views/export/errors", test_export_errors);
  g_test_add_func ("/views/export/size", test_export_size);
  return g_test_run ();
}
