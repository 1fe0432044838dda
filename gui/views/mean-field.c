/* Mean field: the means of every layer, sweep by sweep, until they agree with each other;
 * what each sweep changes, and the bound that they raise. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "paint/curves.h"
#include "probes/settling.h"
#include "views/common.h"
#include "views/hidden-picture.h"
#include "views/panels.h"

#define MAX_EXAMPLES 6
#define MAX_SWEEPS   10 /* columns */
#define MAX_CELLS    (MAX_EXAMPLES * LT_LIST_MAX * (MAX_SWEEPS + 1))

typedef struct {
  int show; /* 0: all, else a panel, from 1 */
  int values;
  int examples;
  int sweeps;
  double tolerance;
  int rows;
  int split;
} Settings;

typedef enum {
  PANEL_LAYERS,
  PANEL_CHANGE,
  PANEL_BOUND,
  N_PANELS,
} Panel;

enum {
  VALUES_MEANS,
  VALUES_DISTANCE,
};

typedef struct {
  const LtPanels *panels;
  Settings settings;
  LtSettlingTrace *trace;
  LtSplit split;
  LtViewPicture picture;
  float *x; /* [n_shown, picture] */
  float lowest, highest;
  int n_examples;
  int n_columns;           /* sweeps shown */
  int columns[MAX_SWEEPS]; /* their places among those kept */
  LtHiddenPicture hidden[LT_LIST_MAX];
  float **pixels; /* [n_columns · n_layers]: [n_examples, picture] */
  char **titles;  /* [n_columns + 1] */
  char **rows;    /* [n_examples · n_layers] */
  double *at;     /* [n_sweeps + 1]: 0, 1, 2, … */
  char *note, *moment, *settled, *rise;
} Result;

static const char *const show_names[] = { "all", "layers", "change", "bound", NULL };
static const char *const value_names[] = { "means", "distance", NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (Settings, field)

static const LtKnob knobs[] = {
  { "show", "Show", "", "Mean field",
    "All panels where the tile is large enough (a smaller one shows the layers), or "
    "one "
    "of them.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "all", .choices = show_names, AT (show) },
  { "values", "Values", "", "Mean field",
    "How far the units' means still are from where they settle, or the means "
    "themselves, "
    "whose changes can hardly be seen.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "distance", .choices = value_names,
    AT (values) },
  { "examples", "Examples", "", "Mean field", "How many examples are shown, at most.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = MAX_EXAMPLES,
    .fallback = "2", AT (examples) },
  { "sweeps", "Sweeps", "", "Mean field",
    "How many times all layers are computed from their neighbours, at most.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "50", AT (sweeps) },
  { "tolerance", "Tolerance", "", "Mean field",
    "Settled is when no mean changes by more.", LT_KNOB_REAL, .live = TRUE,
    .log_scale = TRUE, .minimum = 1e-9, .maximum = 1, .fallback = "0.0001",
    AT (tolerance) },
  { "rows", "Rows", "", "Mean field",
    "How many examples change and bound are taken over, evenly spaced.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "100", AT (rows) },
  { "split", "Rows of", "", "Mean field",
    "The split that they come from; judge is the test set where there is one.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "judge", .choices = lt_view_split_names,
    AT (split) },
};

static const LtPanels panels;

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (model->kind->settle != NULL && model->n_layers > 0)
    return TRUE;
  *why =
      "This model needs no mean field, as its layers do not wait for each other; deep "
      "Boltzmann machines settle.";
  return FALSE;
}

/* ---- What is shown ---------------------------------------------------------------------- */

/* As many as make the pictures about as wide as their rows are high. */
static int
count_columns (const Result *self, const LtViewRequest *request)
{
  cairo_rectangle_t rect = { .width = request->w, .height = request->h };
  int n_rows = self->n_examples * self->trace->n_layers;

  (void) panels.place (self, request->style, request->w, request->h, PANEL_LAYERS,
                       &rect);
  return (int) (rect.width /
                MAX (6 * request->style->text_size, rect.height / n_rows)) -
         1;
}

/* Sweeps 0, 1, 2, 3, then ever farther apart, and the last; no more than there is room for. */
static void
choose_columns (Result *self, int most)
{
  int last = self->trace->n_kept - 1;

  most = CLAMP (most, 2, MAX_SWEEPS);
  if (last < most) {
    for (int i = 0; i <= last; i++)
      self->columns[self->n_columns++] = i;
    return;
  }
  for (int i = 0; i < most; i++) {
    int place = (int) round (pow (last + 1.0, (double) i / (most - 1))) - 1;

    place = CLAMP (place, i == 0 ? 0 : self->columns[i - 1] + 1, last - (most - 1 - i));
    self->columns[self->n_columns++] = place;
  }
}

/* Means less those at the end. */
static float *
distances_new (const LtSettlingTrace *trace, int place, int layer)
{
  gsize n = (gsize) trace->n_shown * trace->layers[layer].n_units;
  const float *end = trace->means[(trace->n_kept - 1) * trace->n_layers + layer];
  float *values =
      g_memdup2 (trace->means[place * trace->n_layers + layer], n * sizeof *values);

  for (gsize i = 0; i < n; i++)
    values[i] -= end[i];
  return values;
}

static float
farthest (const LtSettlingTrace *trace, int layer)
{
  gsize n = (gsize) trace->n_shown * trace->layers[layer].n_units;
  float result = 0;

  for (int place = 0; place < trace->n_kept; place++) {
    g_autofree float *values = distances_new (trace, place, layer);

    for (gsize i = 0; i < n; i++)
      result = MAX (result, fabsf (values[i]));
  }
  return result;
}

/* Means in the colours of their layer; distances on one scale for all. */
static void
scale_layers (Result *self)
{
  const LtSettlingTrace *trace = self->trace;
  float largest = 1e-6f;

  for (int l = 0; l < trace->n_layers; l++) {
    const LtLayerInfo *info = &trace->layers[l];

    lt_hidden_picture_init (&self->hidden[l], info->n_units);
    lt_hidden_picture_scale (&self->hidden[l], info,
                             trace->means[(trace->n_kept - 1) * trace->n_layers + l],
                             (gsize) trace->n_shown * info->n_units);
    largest = MAX (largest, farthest (trace, l));
  }
  for (int l = 0; l < trace->n_layers && self->settings.values == VALUES_DISTANCE;
       l++) {
    self->hidden[l].colour = LT_TILES_DIVERGING;
    self->hidden[l].lowest = -largest;
    self->hidden[l].highest = largest;
  }
}

static void
cut_layers (Result *self)
{
  const LtSettlingTrace *trace = self->trace;

  self->pixels = g_new0 (float *, self->n_columns * trace->n_layers);
  scale_layers (self);
  for (int l = 0; l < trace->n_layers; l++)
    for (int c = 0; c < self->n_columns; c++) {
      int place = self->columns[c];
      g_autofree float *distances = self->settings.values == VALUES_DISTANCE
                                        ? distances_new (trace, place, l)
                                        : NULL;

      self->pixels[c * trace->n_layers + l] = lt_hidden_picture_cut (
          &self->hidden[l],
          distances != NULL ? distances : trace->means[place * trace->n_layers + l],
          self->n_examples, trace->layers[l].n_units);
    }
}

static void
cut_data (Result *self, const LtDataset *data)
{
  int n = self->n_examples, nv = lt_dataset_shape (data)->nv;

  lt_view_unscale (data, n, self->trace->x);
  lt_view_range (data, self->trace->x, n, &self->lowest, &self->highest);
  self->x = g_new (float, n *lt_view_picture_size (&self->picture));
  lt_view_picture_cut (&self->picture, self->trace->x, nv, n, self->x);
}

static void
write_titles (Result *self)
{
  const LtSettlingTrace *trace = self->trace;

  self->titles = g_new0 (char *, self->n_columns + 2);
  self->titles[0] = g_strdup ("data");
  for (int c = 0; c < self->n_columns; c++) {
    int sweep = trace->kept[self->columns[c]];

    self->titles[c + 1] =
        sweep == 0 ? g_strdup ("start") : g_strdup_printf ("sweep %d", sweep);
  }
  self->rows = g_new0 (char *, self->n_examples * trace->n_layers + 1);
  for (int i = 0; i < self->n_examples * trace->n_layers; i++)
    self->rows[i] =
        g_strdup (trace->layers[trace->n_layers - 1 - i % trace->n_layers].name);
}

static void
write_notes (Result *self)
{
  const LtSettlingTrace *trace = self->trace;
  g_autofree char *total = lt_view_count (trace->n_total);

  self->settled = g_strdup_printf ("%s after %d sweeps, within %g",
                                   trace->settled ? "settled" : "not settled",
                                   trace->n_sweeps, self->settings.tolerance);
  self->rise = lt_view_minus (g_strdup_printf (
      "from %.2f to %.2f nats", trace->bound[0], trace->bound[trace->n_sweeps]));
  self->note = g_strdup_printf (
      "%s%s; figures over %d of %s %s rows",
      self->settings.values == VALUES_DISTANCE ? "distance from where means settle; "
                                               : "",
      self->settled, trace->n, total, lt_split_name (self->split));
}

static gboolean
check (const LtViewRequest *request, LtSplit split, GError **error)
{
  if (lt_dataset_n (request->data, split) > 0)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "The data set “%s” has no %s rows; choose examples of another split.",
               lt_dataset_title (request->data), lt_split_name (split));
  return FALSE;
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  LtSettlingOptions options = { .split = lt_view_split (settings->split, request->data),
                                .n = settings->rows,
                                .n_shown = settings->examples,
                                .most = settings->sweeps,
                                .tolerance = settings->tolerance };
  Result *self;

  if (!check (request, options.split, error))
    return NULL;
  self = g_new0 (Result, 1);
  self->panels = &panels;
  self->settings = *settings;
  self->split = options.split;
  self->trace =
      lt_probe_settling (request->snapshot, request->data, &options, request->ws);
  if (self->trace == NULL) {
    g_set_error_literal (
        error, LT_ERROR, LT_ERROR_DIVERGED,
        "The means of this model are not finite numbers; go back to an "
        "epoch before the run diverged.");
    g_free (self);
    return NULL;
  }
  self->n_examples = MIN (self->trace->n_shown,
                          MAX (1, (int) (request->h / (5 * request->style->text_size *
                                                       self->trace->n_layers))));
  lt_view_picture_init (&self->picture, &request->snapshot->model->shape);
  choose_columns (self, count_columns (self, request));
  cut_layers (self);
  cut_data (self, request->data);
  write_titles (self);
  write_notes (self);
  self->at = g_new (double, self->trace->n_sweeps + 1);
  for (int i = 0; i <= self->trace->n_sweeps; i++)
    self->at[i] = i;
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  for (int i = 0; i < self->n_columns * self->trace->n_layers; i++)
    g_free (self->pixels[i]);
  g_free (self->pixels);
  lt_settling_trace_free (self->trace);
  g_free (self->x);
  g_strfreev (self->titles);
  g_strfreev (self->rows);
  g_free (self->at);
  g_free (self->note);
  g_free (self->moment);
  g_free (self->settled);
  g_free (self->rise);
  g_free (self);
}

/* ---- Where panels lie, and what stands in them ----------------------------------------------- */

static gboolean
place_panel (gconstpointer result,
             const LtStyle *style,
             double w,
             double h,
             int panel,
             cairo_rectangle_t *rect)
{
  const Result *self = result;
  double text = style->text_size, first;
  int only = self->settings.show - 1;

  if (self->settings.show == 0 && w * h < 1100 * text * text)
    only = PANEL_LAYERS;
  *rect = (cairo_rectangle_t){ 0, 0, w, h };
  if (only >= 0)
    return panel == only;
  if (w > 1.2 * h) {
    first = floor (0.68 * w);
    rect->width = panel == PANEL_LAYERS ? first : w - first;
    if (panel == PANEL_LAYERS)
      return TRUE;
    rect->x = first;
    rect->height = floor (h / 2);
    rect->y = panel == PANEL_BOUND ? rect->height : 0;
    return TRUE;
  }
  first = floor (0.62 * h);
  rect->height = panel == PANEL_LAYERS ? first : h - first;
  if (panel == PANEL_LAYERS)
    return TRUE;
  rect->y = first;
  rect->width = floor (w / 2);
  rect->x = panel == PANEL_BOUND ? rect->width : 0;
  return TRUE;
}

/* A row for each layer of each example, the top layer first, as a network is drawn. */
static LtMosaicsData
layers_data (const Result *self, LtMosaic cells[MAX_CELLS])
{
  int n_layers = self->trace->n_layers, width = self->n_columns + 1;
  const LtHiddenPicture *first = &self->hidden[0];

  for (int i = 0; i < self->n_examples * n_layers; i++) {
    int layer = n_layers - 1 - i % n_layers;

    cells[i * width] =
        layer == 0 ? lt_visible_picture_cell (&self->picture, self->x, i / n_layers,
                                              self->lowest, self->highest)
                   : (LtMosaic){ .n = 0 };
    for (int c = 0; c < self->n_columns; c++)
      cells[i * width + c + 1] = lt_hidden_picture_cell (
          &self->hidden[layer], self->pixels[c * n_layers + layer], i / n_layers);
  }
  return (LtMosaicsData){ .n_rows = self->n_examples * n_layers,
                          .n_columns = width,
                          .cells = cells,
                          .column_titles = (const char *const *) self->titles,
                          .row_titles = (const char *const *) self->rows,
                          .emphasised = -1,
                          .note = self->note,
                          .scale = TRUE,
                          .scale_colour = first->colour,
                          .scale_lowest = first->lowest,
                          .scale_highest = first->highest };
}

/* The range of what a logarithm can show, or of all. */
static void
choose_range (LtAxis *axis, const double *values, int n)
{
  axis->lowest = HUGE_VAL;
  axis->highest = -HUGE_VAL;
  for (int i = 0; i < n; i++)
    if (isfinite (values[i]) && (!axis->logarithmic || values[i] > 0)) {
      axis->lowest = MIN (axis->lowest, values[i]);
      axis->highest = MAX (axis->highest, values[i]);
    }
  if (axis->lowest > axis->highest) {
    axis->lowest = axis->logarithmic ? 0.1 : 0;
    axis->highest = 1;
  }
  lt_axis_round (axis);
}

static LtCurvesData
curve_data (const Result *self, int panel, const LtStyle *style, LtSeries *series)
{
  const LtSettlingTrace *trace = self->trace;
  gboolean change = panel == PANEL_CHANGE;
  const double *y = change ? trace->change : trace->bound;
  LtCurvesData data = {
    .axes = { .x = { .lowest = 0,
                     .highest = MAX (trace->n_sweeps, 1),
                     .title = "sweeps" },
              .y = { .logarithmic = change,
                     .title = change ? "largest change of a mean"
                                     : "bound + log Z (nats)" } },
    .n_series = 1,
    .series = series,
    .cursor = (double) NAN,
    .note = change ? self->settled : self->rise,
  };

  choose_range (&data.axes.y, y, trace->n_sweeps + 1);
  *series = (LtSeries){ .title = change ? "change" : "bound",
                        .n = trace->n_sweeps + 1,
                        .x = self->at,
                        .y = y,
                        .dots = TRUE,
                        .colour = change ? style->accent : style->second };
  return data;
}

static void
paint_panel (gconstpointer result,
             int panel,
             cairo_t *cr,
             const LtStyle *style,
             double w,
             double h)
{
  if (panel == PANEL_LAYERS) {
    g_autofree LtMosaic *cells = g_new0 (LtMosaic, MAX_CELLS);
    LtMosaicsData data = layers_data (result, cells);

    lt_mosaics_paint (cr, &data, style, w, h);
  } else {
    LtSeries series;
    LtCurvesData data = curve_data (result, panel, style, &series);

    lt_curves_paint (cr, &data, style, w, h);
  }
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s; bound + log Z %s", self->moment, self->note,
                          self->rise);
}

/* ---- Under the pointer ------------------------------------------------------------------- */

static gboolean
hit_layers (const Result *self,
            const LtStyle *style,
            double w,
            double h,
            LtViewHit *found)
{
  const LtSettlingTrace *trace = self->trace;
  g_autofree LtMosaic *cells = g_new0 (LtMosaic, MAX_CELLS);
  LtMosaicsData data = layers_data (self, cells);
  int layer, example, unit, place;
  LtMosaicPlace at;

  if (!lt_mosaics_hit (&data, style, w, h, found->x, found->y, &at) || at.picture < 0)
    return FALSE;
  layer = trace->n_layers - 1 - at.row % trace->n_layers;
  example = at.row / trace->n_layers;
  found->item = example;
  if (at.column == 0) {
    g_snprintf (found->text, sizeof found->text, "%s %u", lt_split_name (self->split),
                trace->rows[example]);
    return TRUE;
  }
  unit = at.y * self->hidden[layer].width + at.x;
  place = self->columns[at.column - 1];
  g_snprintf (
      found->text, sizeof found->text, "%s %u, %s, unit %d, %s: %.4g",
      lt_split_name (self->split), trace->rows[example], trace->layers[layer].name,
      unit, self->titles[at.column],
      (double) trace->means[place * trace->n_layers + layer]
                           [(gsize) example * trace->layers[layer].n_units + unit]);
  return TRUE;
}

static gboolean
hit_curve (const Result *self,
           int panel,
           const LtStyle *style,
           double w,
           double h,
           LtViewHit *found)
{
  LtSeries series;
  LtCurvesData data = curve_data (self, panel, style, &series);
  cairo_rectangle_t plot;
  int sweep;

  lt_curves_plot (&data, style, w, h, &plot);
  sweep = (int) round (lt_axes_x_value (&data.axes, &plot, found->x));
  if (sweep < 0 || sweep > self->trace->n_sweeps || found->y < plot.y ||
      found->y > plot.y + plot.height || !isfinite (series.y[sweep]))
    return FALSE;
  found->item = sweep;
  g_snprintf (found->text, sizeof found->text, "sweep %d: %s %.6g", sweep, series.title,
              series.y[sweep]);
  return TRUE;
}

static gboolean
hit_panel (gconstpointer result,
           int panel,
           const LtStyle *style,
           double w,
           double h,
           LtViewHit *found)
{
  return panel == PANEL_LAYERS ? hit_layers (result, style, w, h, found)
                               : hit_curve (result, panel, style, w, h, found);
}

static const LtPanels panels = { N_PANELS, place_panel, paint_panel, hit_panel };

/* ---- Figures ------------------------------------------------------------------------------ */

/* A row a sweep. */
static char *
to_csv (gconstpointer result)
{
  const LtSettlingTrace *trace = ((const Result *) result)->trace;
  GString *csv = g_string_new ("sweep,change,bound\n");

  for (int i = 0; i <= trace->n_sweeps; i++) {
    g_string_append_printf (csv, "%d,", i);
    if (isfinite (trace->change[i]))
      lt_csv_number (csv, trace->change[i]);
    g_string_append_c (csv, ',');
    lt_csv_number (csv, trace->bound[i]);
    g_string_append_c (csv, '\n');
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_mean_field_view = {
  .name = "mean-field",
  .title = "Mean field",
  .summary = "How the layers of a deep Boltzmann machine come to agree about an "
             "example, sweep "
             "by sweep: changes should fall fast, and the bound never.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = lt_panels_paint,
  .describe = describe,
  .hit = lt_panels_hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
