/* The latent map: where the model puts each example, in a plane that holds still from epoch
 * to epoch. Hovering shows the example under the pointer, pressing decodes the place. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "paint/scatter.h"
#include "views/common.h"

/* The side of a picture of the manifold, and how close the pointer must come to a point. */
#define CELL  30.0
#define REACH 7.0

typedef enum {
  PLANE_PRINCIPAL,
  PLANE_UNITS,
} Plane;

typedef enum {
  SHOW_POINTS,
  SHOW_PICTURES,
  SHOW_BOTH,
} Show;

typedef struct {
  int show;
  int split;
  int limit;
  int plane;
  int unit_x, unit_y; /* from 0 */
  gboolean align;
  int emphasise;
} Settings;

typedef struct {
  LtSnapshot *snapshot;
  LtDataset *data;
  LtLatentMap *map;
  Settings settings;
  char **classes;
  LtAxes axes;
  char *x_title, *y_title;
  char *note, *moment;

  /* The manifold: columns × rows pictures over the plot. */
  int columns, rows;
  LtViewPicture picture;
  float *pixels; /* NULL: not shown */
  float lowest, highest;
} Result;

static const char *const plane_names[] = { "principal", "units", NULL };
static const char *const show_names[] = { "points", "pictures", "both", NULL };

static const LtKnob knobs[] = {
  { "show", "Show", "", "Map",
    "The codes of examples as points, what the model decodes across the plane as "
    "pictures, or both.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "points", .choices = show_names,
    .offset = G_STRUCT_OFFSET (Settings, show) },
  { "split", "Rows of", "", "Map",
    "The split that is encoded; judge is the test set where there is one.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "judge", .choices = lt_view_split_names,
    .offset = G_STRUCT_OFFSET (Settings, split) },
  { "limit", "At most", "examples", "Map",
    "How many examples are shown, evenly spaced over the split; 0 for all.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 999999, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, limit) },
  { "plane", "Plane", "", "Map",
    "For codes of more than two units: their principal plane, or two units.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "principal", .choices = plane_names,
    .offset = G_STRUCT_OFFSET (Settings, plane) },
  { "unit-x", "Unit across", "", "Map", "The code unit along the horizontal axis.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 65535, .fallback = "0",
    .when = "plane=units", .offset = G_STRUCT_OFFSET (Settings, unit_x) },
  { "unit-y", "Unit up", "", "Map", "The code unit along the vertical axis.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 65535, .fallback = "1",
    .when = "plane=units", .offset = G_STRUCT_OFFSET (Settings, unit_y) },
  { "align", "Hold still", "", "Map",
    "Turn and flip each map so that it lies on the one before as well as it can.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true", .when = "plane=principal",
    .offset = G_STRUCT_OFFSET (Settings, align) },
  { "emphasise", "Emphasise class", "", "Map",
    "The number of a class to draw in full while the others fade; −1 for all.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = -1, .maximum = 65535, .fallback = "-1",
    .offset = G_STRUCT_OFFSET (Settings, emphasise) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (!lt_model_can (model, LT_CAN_ENCODE) || model->n_code < 1) {
    *why = "This model has no code to map.";
    return FALSE;
  }
  return TRUE;
}

/* ---- Computing ------------------------------------------------------------------ */

static gboolean
check (const LtViewRequest *request, LtSplit split, GError **error)
{
  const Settings *settings = request->settings;
  int n_code = request->snapshot->model->n_code;

  if (lt_dataset_n (request->data, split) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The data set “%s” has no %s rows; choose another split.",
                 lt_dataset_title (request->data), lt_split_name (split));
    return FALSE;
  }
  if (settings->plane == PLANE_UNITS &&
      (MAX (settings->unit_x, settings->unit_y) >= n_code ||
       settings->unit_x == settings->unit_y)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "Units %d and %d do not span a plane of this code; choose two different "
        "ones from 0 to %d.",
        settings->unit_x, settings->unit_y, n_code - 1);
    return FALSE;
  }
  return TRUE;
}

/* The map before, where this one should be laid on it: the same run seen in the same plane. */
static const LtLatentMap *
map_before (const LtViewRequest *request)
{
  const Settings *settings = request->settings;
  const Result *before = request->previous;

  if (before == NULL || !settings->align || settings->plane == PLANE_UNITS ||
      before->settings.plane == PLANE_UNITS ||
      before->snapshot->run != request->snapshot->run)
    return NULL;
  return before->map;
}

static void
title_axes (Result *self)
{
  const LtLatentMap *map = self->map;
  gboolean turned = map->rotation[0] != 1.0f || map->rotation[3] != 1.0f;

  if (self->settings.plane == PLANE_UNITS) {
    self->x_title =
        g_strdup_printf ("code unit %d, from its mean", self->settings.unit_x);
    self->y_title =
        g_strdup_printf ("code unit %d, from its mean", self->settings.unit_y);
  } else if (map->n_code > 2) {
    self->x_title = g_strdup ("principal plane, axis 1");
    self->y_title = g_strdup ("principal plane, axis 2");
  } else if (map->n_code == 1) {
    self->x_title = g_strdup ("code unit 0, from its mean");
    self->y_title = g_strdup ("");
  } else {
    self->x_title =
        g_strdup (turned ? "code, turned: axis 1" : "code unit 0, from its mean");
    self->y_title =
        g_strdup (turned ? "code, turned: axis 2" : "code unit 1, from its mean");
  }
  self->axes.x.title = self->x_title;
  self->axes.y.title = self->y_title;
}

static void
range_axes (Result *self)
{
  float low[2] = { 0.0f, 0.0f }, high[2] = { 0.0f, 0.0f };
  double margin;

  for (int i = 0; i < self->map->n; i++)
    for (int k = 0; k < 2; k++) {
      float value = self->map->map[2 * (gsize) i + k];

      low[k] = i == 0 ? value : MIN (low[k], value);
      high[k] = i == 0 ? value : MAX (high[k], value);
    }
  margin = 0.03 * (double) MAX (high[0] - low[0], high[1] - low[1]);
  self->axes.equal = TRUE;
  self->axes.x.lowest = (double) low[0] - margin;
  self->axes.x.highest = (double) high[0] + margin;
  self->axes.y.lowest = (double) low[1] - margin;
  self->axes.y.highest = (double) high[1] + margin;
}

static char *
make_note (const Result *self)
{
  const LtLatentMap *map = self->map;
  g_autofree char *shown = lt_view_count (map->n);
  g_autofree char *total = lt_view_count (map->n_total);
  const char *split = lt_split_name (map->split);
  g_autofree char *of =
      map->n == (int) map->n_total
          ? g_strdup_printf ("all %s %s examples", total, split)
          : g_strdup_printf ("%s of %s %s examples", shown, total, split);

  if (map->n_code > 2 && isfinite (map->held))
    return g_strdup_printf ("%s; %.0f %% of variance", of, 100.0 * map->held);
  return g_steal_pointer (&of);
}

static LtScatterData
scatter (const Result *self)
{
  return (LtScatterData){ .n = self->settings.show == SHOW_PICTURES ? 0 : self->map->n,
                          .points = self->map->map,
                          .labels = self->classes != NULL ? self->map->labels : NULL,
                          .n_classes =
                              self->classes != NULL ? g_strv_length (self->classes) : 0,
                          .class_names = (const char *const *) self->classes,
                          .axes = self->axes,
                          .emphasised = self->settings.emphasise,
                          .note = self->note };
}

/* What the model decodes at the middles of a grid of cells over the plot. */
static void
decode_manifold (Result *self, const LtViewRequest *request)
{
  const LtModel *model = self->snapshot->model;
  LtScatterData data = scatter (self);
  gsize nv = model->shape.nv, n;
  g_autofree float *codes = NULL;
  g_autofree float *rows = NULL;
  cairo_rectangle_t plot;

  lt_scatter_plot (&data, request->style, request->w, request->h, &plot);
  self->columns = CLAMP ((int) (plot.width / CELL), 4, 64);
  self->rows = CLAMP ((int) round (plot.height * self->columns / plot.width), 2, 64);
  n = (gsize) self->columns * self->rows;
  codes = g_new (float, n * model->n_code);
  rows = g_new (float, n *nv);
  for (gsize i = 0; i < n; i++) {
    double x = plot.x + plot.width * (i % self->columns + 0.5) / self->columns;
    double y = plot.y + plot.height * (i / self->columns + 0.5) / self->rows;

    lt_latent_map_code (self->map, lt_axes_x_value (&self->axes, &plot, x),
                        lt_axes_y_value (&self->axes, &plot, y),
                        codes + i * model->n_code);
  }
  lt_probe_decode (self->snapshot, codes, n, request->ws, rows);
  lt_view_unscale (self->data, n, rows);
  lt_view_range (self->data, rows, n, &self->lowest, &self->highest);
  self->pixels = g_new (float, n *lt_view_picture_size (&self->picture));
  lt_view_picture_cut (&self->picture, rows, nv, n, self->pixels);
}

static gboolean
decodes_pictures (const LtModel *model)
{
  return lt_model_can (model, LT_CAN_DECODE) && lt_shape_is_picture (&model->shape);
}

static void free_result (gpointer result);

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  gboolean units = settings->plane == PLANE_UNITS;
  LtLatentMapOptions options = { .split =
                                     lt_view_split (settings->split, request->data),
                                 .limit = settings->limit,
                                 .unit_x = units ? settings->unit_x : -1,
                                 .unit_y = units ? settings->unit_y : -1 };
  Result *self;

  if (!check (request, options.split, error))
    return NULL;
  self = g_new0 (Result, 1);
  self->snapshot = lt_snapshot_ref ((LtSnapshot *) request->snapshot);
  self->data = lt_dataset_ref ((LtDataset *) request->data);
  self->settings = *settings;
  self->moment = lt_view_moment (request->snapshot);
  self->map = lt_probe_latent_map_units (request->snapshot, request->data, &options,
                                         map_before (request), request->ws);
  if (self->map == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_DIVERGED,
                 "The codes at %s are not all finite numbers, so there is no map; look "
                 "at an earlier epoch.",
                 self->moment);
    free_result (self);
    return NULL;
  }
  self->classes = lt_view_class_names (request->data);
  self->note = make_note (self);
  lt_view_picture_init (&self->picture, &request->snapshot->model->shape);
  title_axes (self);
  range_axes (self);
  if (settings->show != SHOW_POINTS && decodes_pictures (request->snapshot->model))
    decode_manifold (self, request);
  else
    self->settings.show = SHOW_POINTS;
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_snapshot_unref (self->snapshot);
  lt_dataset_unref (self->data);
  lt_latent_map_free (self->map);
  g_strfreev (self->classes);
  g_free (self->x_title);
  g_free (self->y_title);
  g_free (self->note);
  g_free (self->moment);
  g_free (self->pixels);
  g_free (self);
}

/* ---- Painting ------------------------------------------------------------------- */

static void
paint_manifold (const Result *self,
                const LtScatterData *data,
                cairo_t *cr,
                const LtStyle *style,
                double w,
                double h)
{
  LtTilesData tiles =
      lt_view_picture_tiles (&self->picture, self->pixels, self->columns * self->rows,
                             self->lowest, self->highest);
  cairo_rectangle_t plot;

  tiles.shared_scale = FALSE;
  lt_scatter_plot (data, style, w, h, &plot);
  cairo_save (cr);
  cairo_rectangle (cr, plot.x, plot.y, plot.width, plot.height);
  cairo_clip (cr);
  for (int i = 0; i < tiles.n; i++) {
    double left = plot.x + plot.width * (i % self->columns) / self->columns;
    double top = plot.y + plot.height * (i / self->columns) / self->rows;
    cairo_rectangle_t cell = { left, top, plot.width / self->columns,
                               plot.height / self->rows };

    lt_tile_paint (cr, &tiles, style, i, &cell);
  }
  /* Points read better over pictures that step back a little. */
  if (data->n > 0) {
    lt_style_set (cr, lt_colour_with_alpha (style->background, 0.4));
    cairo_paint (cr);
  }
  cairo_restore (cr);
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;
  LtScatterData data = scatter (self);
  LtStyle over = *style;

  /* Grid lines through the pictures would read as strokes. */
  if (self->pixels != NULL) {
    paint_manifold (self, &data, cr, style, w, h);
    over.grid.a = 0.0;
  }
  lt_scatter_paint (cr, &data, &over, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s", self->moment, self->note);
}

/* ---- Under the pointer ---------------------------------------------------------- */

static void
name_point (const Result *self, int i, char *text, gsize size)
{
  int label = self->map->labels[i];
  const char *split = lt_split_name (self->map->split);

  if (self->classes != NULL && label >= 0)
    g_snprintf (text, size, "%s %u, class %s", split, self->map->rows[i],
                self->classes[label]);
  else
    g_snprintf (text, size, "%s %u", split, self->map->rows[i]);
}

/* A click on a class of the legend lets the others fade, and another one brings them back. */
static gboolean
hit_legend (const Result *self, int class, LtViewHit *found)
{
  gboolean back = class == self->settings.emphasise;

  if (class < 0)
    return FALSE;
  found->item = -1;
  g_snprintf (found->text, sizeof found->text,
              back ? "all classes" : "class %s above the others", self->classes[class]);
  g_snprintf (found->turn, sizeof found->turn, "emphasise=%d", back ? -1 : class);
  return TRUE;
}

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
  LtScatterData data = scatter (self);
  cairo_rectangle_t plot;

  if (hit_legend (self, lt_scatter_legend_hit (&data, style, w, h, x, y), found))
    return TRUE;
  lt_scatter_plot (&data, style, w, h, &plot);
  if (x < plot.x || y < plot.y || x > plot.x + plot.width || y > plot.y + plot.height)
    return FALSE;
  found->x = lt_axes_x_value (&self->axes, &plot, x);
  found->y = lt_axes_y_value (&self->axes, &plot, y);
  found->rect = (cairo_rectangle_t){ x, y, 0.0, 0.0 };
  found->item = lt_scatter_hit (&data, style, w, h, x, y, REACH);
  if (found->item >= 0) {
    const float *point = self->map->map + 2 * (gsize) found->item;

    found->rect.x = lt_axes_x (&self->axes, &plot, (double) point[0]) - 5.0;
    found->rect.y = lt_axes_y (&self->axes, &plot, (double) point[1]) - 5.0;
    found->rect.width = found->rect.height = 10.0;
    name_point (self, found->item, found->text, sizeof found->text);
  } else
    g_snprintf (found->text, sizeof found->text, "(%.3g, %.3g)", found->x, found->y);
  return TRUE;
}

/* Rows of data as they are shown: pictures, or for other data their first values. */
static void
fill_lens (const Result *self, LtLens *card, int n, float *rows)
{
  int nv = self->snapshot->model->shape.nv;

  lt_view_unscale (self->data, n, rows);
  card->n = n;
  card->picture = self->picture;
  if (nv < 3) {
    for (int i = 0; i < n; i++)
      card->captions[i] = lt_view_minus (
          nv == 1 ? g_strdup_printf ("%.3g", (double) rows[i])
                  : g_strdup_printf ("(%.3g, %.3g)", (double) rows[2 * i],
                                     (double) rows[2 * i + 1]));
    return;
  }
  card->colour = self->picture.colour;
  lt_view_range (self->data, rows, n, &card->lowest, &card->highest);
  card->pixels = g_new (float, n *lt_view_picture_size (&self->picture));
  lt_view_picture_cut (&self->picture, rows, nv, n, card->pixels);
}

/* The place under the pointer, decoded with the weights that the map was made with. */
static LtLens *
decode_place (const Result *self, const LtViewHit *found, LtWorkspace *ws)
{
  const LtModel *model = self->snapshot->model;
  g_autofree float *code = g_new (float, model->n_code);
  g_autofree float *row = g_new (float, model->shape.nv);
  LtLens *card = g_new0 (LtLens, 1);

  lt_latent_map_code (self->map, found->x, found->y, code);
  lt_probe_decode (self->snapshot, code, 1, ws, row);
  fill_lens (self, card, 1, row);
  card->title = g_strdup ("decoded here");
  if (card->captions[0] == NULL)
    card->captions[0] =
        lt_view_minus (g_strdup_printf ("(%.3g, %.3g)", found->x, found->y));
  return card;
}

/* The example, and what the model makes of it. */
static LtLens *
show_example (const Result *self, const LtViewHit *found, LtWorkspace *ws)
{
  const LtModel *model = self->snapshot->model;
  gsize nv = model->shape.nv;
  gboolean twice = lt_model_can (model, LT_CAN_RECONSTRUCT);
  LtCall call = lt_snapshot_call (self->snapshot, ws, NULL);
  g_autofree float *rows = g_new (float, 2 * nv);
  LtLens *card = g_new0 (LtLens, 1);
  double error = (double) NAN;
  char text[160];

  lt_dataset_gather (self->data, self->map->split, self->map->rows + found->item, 0, 1,
                     rows);
  if (twice) {
    model->kind->reconstruct (&call, rows, 1, rows + nv);
    error = lt_squared_error (rows, rows + nv, nv);
  }
  fill_lens (self, card, twice ? 2 : 1, rows);
  name_point (self, found->item, text, sizeof text);
  card->title = g_strdup (text);
  if (card->captions[0] == NULL)
    card->captions[0] = g_strdup ("original");
  if (twice && card->captions[1] == NULL)
    card->captions[1] = g_strdup_printf ("error %.3g", error);
  return card;
}

static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  LtLens *card = NULL;

  if (pressed && lt_model_can (self->snapshot->model, LT_CAN_DECODE))
    card = decode_place (self, found, request->ws);
  else if (found->item >= 0 && found->item < self->map->n)
    card = show_example (self, found, request->ws);
  if (card == NULL)
    return NULL;
  card->x = found->rect.x + found->rect.width / 2.0;
  card->y = found->rect.y + found->rect.height / 2.0;
  card->mark = TRUE;
  return card;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  const LtLatentMap *map = self->map;
  GString *csv = g_string_new ("row,class,x,y");

  for (int j = 0; j < map->n_code; j++)
    g_string_append_printf (csv, ",z%d", j);
  g_string_append_c (csv, '\n');
  for (int i = 0; i < map->n; i++) {
    g_string_append_printf (csv, "%u,", map->rows[i]);
    if (self->classes != NULL && map->labels[i] >= 0)
      lt_csv_text (csv, self->classes[map->labels[i]]);
    for (int k = 0; k < 2; k++) {
      g_string_append_c (csv, ',');
      lt_csv_number (csv, (double) map->map[2 * (gsize) i + k]);
    }
    for (int j = 0; j < map->n_code; j++) {
      g_string_append_c (csv, ',');
      lt_csv_number (csv, (double) map->codes[(gsize) i * map->n_code + j]);
    }
    g_string_append_c (csv, '\n');
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_latent_map_view = {
  .name = "latent-map",
  .title = "Latent map",
  .summary =
      "Where the model puts each example in its code: classes that lie apart are "
      "told apart without a label; hold the button to decode the place under the "
      "pointer.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .lens = lens,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
