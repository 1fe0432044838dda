/* Runs for views to look at, and what the views' tests ask of the results. */
#include "support/view-run.h"

#include <math.h>
#include <string.h>

#include "data/source.h"

static LtSnapshot *
snapshot_new (const LtDataset *data, const char *family, const char *const *settings)
{
  const LtModelKind *kind = lt_model_kind_find (family, NULL);
  g_autofree gpointer values = g_malloc0 (kind->knobs.settings_size);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtSnapshot *snapshot;
  float *params, *state = NULL;
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
  if (model->state != NULL)
    state = lt_block_new (model->state);
  lt_rng_init (&rng, 1, 0);
  kind->init (model, values, lt_dataset_mean (data), &rng, params, state);
  snapshot = lt_snapshot_new (model, params, state, NULL, values);
  snapshot->run = 1;
  snapshot->epoch = 2;
  snapshot->progress = 2.0;
  lt_block_free (params);
  g_clear_pointer (&state, lt_block_free);
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

LtDataset *
lt_test_data (const char *source)
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
void
lt_view_run_init (LtViewRun *run,
                  LtDataset *data,
                  const char *family,
                  const char *const *settings)
{
  run->data = data;
  run->snapshot = snapshot_new (data, family, settings);
  run->ws = lt_workspace_new (NULL);
  log_init (&run->log);
  log_fill (&run->log);
  lt_style_init (&run->style, FALSE, 13);
}

void
lt_view_run_clear (LtViewRun *run)
{
  lt_snapshot_unref (run->snapshot);
  lt_dataset_unref (run->data);
  lt_workspace_free (run->ws);
  g_array_unref (run->log.rows);
  g_array_unref (run->log.epochs);
  g_array_unref (run->log.events);
}

const char *const lt_test_small_digits[] = { "hidden", "24 2", NULL, NULL };
const char *const lt_test_noisy_digits[] = { "hidden",      "30",  "noise", "masking",
                                             "noise-level", "0.3", NULL,    NULL };
const char *const lt_test_noisy_points[] = { "hidden",
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

void
lt_view_run_init_digits (LtViewRun *run)
{
  lt_view_run_init (run, lt_test_data ("mnist"), "autoencoder", lt_test_small_digits);
}

void
lt_view_run_init_spiral (LtViewRun *run)
{
  lt_view_run_init (run, lt_test_data ("spiral"), "denoising", lt_test_noisy_points);
}

/* The result of a view written with its settings; it must be had. */
gpointer
lt_view_run_show (const LtViewRun *run,
                  const char *text,
                  double w,
                  double h,
                  gconstpointer previous)
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
void
lt_view_run_refuse (const LtViewRun *run, const char *text, const char *expected)
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
double
lt_test_painted_share (const LtView *view,
                       gconstpointer result,
                       gboolean dark,
                       int w,
                       int h)
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

int
lt_test_count_lines (const char *text)
{
  int n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

void
lt_test_assert_description (const LtView *view,
                            gconstpointer result,
                            const char *expected)
{
  g_autofree char *text = view->describe (result);

  if (strstr (text, expected) == NULL)
    g_error ("“%s” does not contain “%s”", text, expected);
}

/* The rows of a CSV text: field `column` of each, as numbers. */
double *
lt_test_csv_column (const char *csv, int column, int *n)
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

/* The first item that the pointer finds when it sweeps over a view of 480 × 300. */
gboolean
lt_test_find_item (const LtView *view,
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

LtLens *
lt_view_run_look (const LtViewRun *run,
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

void
lt_view_run_assert_painted (const LtViewRun *run, const char *text)
{
  static const int sizes[][2] = {
    { 230, 130 }, { 460, 240 }, { 1200, 640 }, { 300, 900 }
  };
  const LtView *view = lt_view_parse (text, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    int w = sizes[i][0], h = sizes[i][1];
    gpointer result = lt_view_run_show (run, text, w, h, NULL);

    g_assert_cmpfloat (lt_test_painted_share (view, result, FALSE, w, h), >, 0.02);
    g_assert_cmpfloat (lt_test_painted_share (view, result, TRUE, w, h), >, 0.02);
    view->free (result);
  }
}
