/* The vector field: which way the model pulls each place of the plane, over the data, with
 * the true score where it is known. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "data/corruption.h"
#include "paint/field.h"
#include "views/common.h"

typedef struct {
  int side;
  double zoom;
  double centre_x, centre_y; /* −1 to 1: the data's edges */
  double sigma;              /* 0: as trained */
  gboolean score, points;
} Settings;

typedef struct {
  LtVectorField *field;
  char **classes;
  gboolean points;
  char *note, *moment;
} Result;

static const LtKnob knobs[] = {
  { "side", "Arrows a side", "", "Field", "The grid is this many arrows wide and high.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 4, .maximum = 200, .fallback = "30",
    .offset = G_STRUCT_OFFSET (Settings, side) },
  { "zoom", "Zoom", "", "Field",
    "1 shows all data with a margin, 2 half of it each way.", LT_KNOB_REAL,
    .live = TRUE, .log_scale = TRUE, .minimum = 0.1, .maximum = 100, .fallback = "1",
    .offset = G_STRUCT_OFFSET (Settings, zoom) },
  { "centre-x", "Centre across", "", "Field",
    "Where the middle lies, from −1 at the data's left edge to 1 at its right one.",
    LT_KNOB_REAL, .live = TRUE, .minimum = -3, .maximum = 3, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, centre_x) },
  { "centre-y", "Centre up", "", "Field",
    "Where the middle lies, from −1 at the data's lower edge to 1 at its upper one.",
    LT_KNOB_REAL, .live = TRUE, .minimum = -3, .maximum = 3, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, centre_y) },
  { "sigma", "Noise σ", "", "True score",
    "The noise at which the true score is taken; 0 for what the model trains with.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 10, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, sigma) },
  { "true-score", "Show the true score", "", "True score",
    "Lay σ²∇log p of the noisy density over the field, where it can be computed.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (Settings, score) },
  { "points", "Show the data", "", "Field",
    "Draw the training points under the arrows.", LT_KNOB_BOOLEAN, .live = TRUE,
    .fallback = "true", .offset = G_STRUCT_OFFSET (Settings, points) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (model->shape.nv != 2) {
    *why =
        "The vector field is drawn for points in the plane, such as the spiral; rows "
        "of these data have another number of values.";
    return FALSE;
  }
  if (!lt_model_can (model, LT_CAN_RECONSTRUCT)) {
    *why = "This model does not reconstruct its input, so it pulls nowhere.";
    return FALSE;
  }
  return TRUE;
}

/* The standard deviation of the Gaussian noise that the snapshot was trained with; 0 when it
 * has none. Found by the knobs' keys, so that any family may have it. */
static double
trained_sigma (const LtSnapshot *snapshot)
{
  const LtKnobTable *table = &snapshot->model->kind->knobs;
  const LtKnob *noise = lt_knobs_find (table, "noise");
  const LtKnob *level = lt_knobs_find (table, "noise-level");
  g_autofree char *kind = NULL;

  if (noise == NULL || level == NULL)
    return 0.0;
  kind = lt_knob_format (noise, snapshot->settings);
  if (strcmp (kind, lt_noise_names[LT_NOISE_GAUSSIAN]) != 0)
    return 0.0;
  return lt_knob_get_number (level, snapshot->settings);
}

/* bounds: a square over the data, with a margin of a fifth at zoom 1. */
static void
choose_bounds (const LtDataset *data, const Settings *settings, double bounds[4])
{
  gsize n = lt_dataset_n (data, LT_TRAIN);
  g_autofree float *x = g_new (float, 2 * n + 2);
  double low[2] = { 0.0, 0.0 }, high[2] = { 0.0, 0.0 }, half, reach;
  double place[2] = { settings->centre_x, settings->centre_y };

  lt_dataset_gather (data, LT_TRAIN, NULL, 0, n, x);
  for (gsize i = 0; i < 2 * n; i++) {
    low[i % 2] = i < 2 ? (double) x[i] : MIN (low[i % 2], (double) x[i]);
    high[i % 2] = i < 2 ? (double) x[i] : MAX (high[i % 2], (double) x[i]);
  }
  half = MAX (high[0] - low[0], high[1] - low[1]) / 2.0;
  if (!(half > 0.0))
    half = 1.0;
  reach = 1.2 * half / settings->zoom;
  for (int k = 0; k < 2; k++) {
    double middle = (low[k] + high[k]) / 2.0 + place[k] * (high[k] - low[k]) / 2.0;

    bounds[2 * k] = middle - reach;
    bounds[2 * k + 1] = middle + reach;
  }
}

static char *
make_note (const LtVectorField *field, const LtDataset *data)
{
  g_autofree char *points = lt_view_count (field->n_points);

  if (isfinite (field->cosine))
    return lt_view_minus (g_strdup_printf (
        "cosine to the true score %.3f, within ±3σ of %s points, σ = %.3g",
        field->cosine, points, field->sigma));
  if (!(field->sigma > 0.0))
    return g_strdup_printf ("%s points; set σ to compare with the true score", points);
  return g_strdup_printf ("%s points; the true score of these data is not known",
                          points);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  double sigma =
      settings->sigma > 0.0 ? settings->sigma : trained_sigma (request->snapshot);
  double bounds[4];
  Result *self = g_new0 (Result, 1);

  choose_bounds (request->data, settings, bounds);
  self->field = lt_probe_vector_field (request->snapshot, request->data, settings->side,
                                       bounds, sigma, request->ws);
  self->note = make_note (self->field, request->data);
  self->moment = lt_view_moment (request->snapshot);
  self->classes = lt_view_class_names (request->data);
  self->points = settings->points;
  if (!settings->score)
    g_clear_pointer (&self->field->score, g_free);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_vector_field_free (self->field);
  g_strfreev (self->classes);
  g_free (self->note);
  g_free (self->moment);
  g_free (self);
}

static LtFieldData
field_data (const Result *self)
{
  const LtVectorField *f = self->field;
  LtFieldData data = { .side = f->side,
                       .x0 = f->x0,
                       .x1 = f->x1,
                       .y0 = f->y0,
                       .y1 = f->y1,
                       .field = f->field,
                       .reference = f->score,
                       .field_title = "r(x) − x",
                       .reference_title = "true score, σ²∇log p",
                       .note = self->note };

  data.points.n = self->points ? f->n_points : 0;
  data.points.points = f->points;
  data.points.labels = self->classes != NULL ? f->labels : NULL;
  data.points.n_classes = self->classes != NULL ? g_strv_length (self->classes) : 0;
  data.points.class_names = (const char *const *) self->classes;
  data.points.emphasised = -1;
  data.points.axes.x = (LtAxis){ f->x0, f->x1, FALSE, "x₁" };
  data.points.axes.y = (LtAxis){ f->y0, f->y1, FALSE, "x₂" };
  data.points.axes.equal = TRUE;
  return data;
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  LtFieldData data = field_data (result);

  lt_field_paint (cr, &data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s", self->moment, self->note);
}

/* The grid's point nearest to the pointer. */
static gboolean
hit (gconstpointer result,
     const LtStyle *style,
     double w,
     double h,
     double x,
     double y,
     LtViewHit *found)
{
  const Result *self = result;
  const LtVectorField *f = self->field;
  LtFieldData data = field_data (self);
  cairo_rectangle_t plot;
  int column, row, last = f->side - 1;
  const float *pull;
  double px, py;

  lt_field_plot (&data, style, w, h, &plot);
  found->x = lt_axes_x_value (&data.points.axes, &plot, x);
  found->y = lt_axes_y_value (&data.points.axes, &plot, y);
  if (found->x < f->x0 || found->x > f->x1 || found->y < f->y0 || found->y > f->y1)
    return FALSE;
  column = (int) round ((found->x - f->x0) / (f->x1 - f->x0) * last);
  row = (int) round ((found->y - f->y0) / (f->y1 - f->y0) * last);
  found->item = row * f->side + column;
  pull = f->field + 2 * (gsize) found->item;
  px = f->x0 + (f->x1 - f->x0) * column / last;
  py = f->y0 + (f->y1 - f->y0) * row / last;
  found->rect.x = lt_axes_x (&data.points.axes, &plot, px) - 3.0;
  found->rect.y = lt_axes_y (&data.points.axes, &plot, py) - 3.0;
  found->rect.width = found->rect.height = 6.0;
  g_snprintf (found->text, sizeof found->text, "at (%.3g, %.3g) pulled by (%.3g, %.3g)",
              px, py, (double) pull[0], (double) pull[1]);
  return TRUE;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  const LtVectorField *f = self->field;
  double last = MAX (1, f->side - 1);
  GString *csv =
      g_string_new (f->score != NULL ? "x,y,dx,dy,score_x,score_y\n" : "x,y,dx,dy\n");

  for (int i = 0; i < f->side * f->side; i++) {
    double values[6] = { f->x0 + (f->x1 - f->x0) * (i % f->side) / last,
                         f->y0 + (f->y1 - f->y0) * (i / f->side) / last,
                         (double) f->field[2 * i], (double) f->field[2 * i + 1] };
    int n = 4;

    if (f->score != NULL) {
      values[n++] = (double) f->score[2 * i];
      values[n++] = (double) f->score[2 * i + 1];
    }
    for (int k = 0; k < n; k++) {
      if (k > 0)
        g_string_append_c (csv, ',');
      lt_csv_number (csv, values[k]);
    }
    g_string_append_c (csv, '\n');
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_vector_field_view = {
  .name = "vector-field",
  .title = "Vector field",
  .summary = "Where the model moves each point of the plane when it reconstructs it: a "
             "denoising autoencoder points back to the data, along the score of their "
             "density.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .to_csv = to_csv,
};
