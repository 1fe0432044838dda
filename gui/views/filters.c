/* Filters: what each unit of a layer looks for, as tiles. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "views/common.h"

typedef enum {
  ORDER_INDEX,
  ORDER_NORM,
} Order;

typedef enum {
  SCALE_OWN,
  SCALE_SHARED,
} Scale;

typedef struct {
  int layer; /* from 1: the first hidden layer */
  int order;
  int first; /* from 1: a place in the order */
  int count; /* 0: as many as fit */
  int scale;
} Settings;

typedef struct {
  LtFilters *filters;
  LtViewPicture picture;
  int n;         /* shown */
  int *units;    /* [n] */
  float *pixels; /* [n, picture] */
  gboolean shared;
  float largest; /* magnitude among those shown */
  char *note, *moment;
} Result;

static const char *const order_names[] = { "index", "norm", NULL };
static const char *const scale_names[] = { "own", "shared", NULL };

static const LtKnob knobs[] = {
  { "layer", "Layer", "", "Filters",
    "The hidden layer whose units are shown, from 1; deeper ones as products of the "
    "weights.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = LT_LIST_MAX,
    .fallback = "1", .offset = G_STRUCT_OFFSET (Settings, layer) },
  { "order", "Order", "", "Filters",
    "By number, or the units with the largest weights first.", LT_KNOB_CHOICE,
    .live = TRUE, .fallback = "index", .choices = order_names,
    .offset = G_STRUCT_OFFSET (Settings, order) },
  { "first", "First", "", "Filters",
    "Where in that order the picture begins, from 1: to page through a large layer.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = 65536, .fallback = "1",
    .offset = G_STRUCT_OFFSET (Settings, first) },
  { "count", "How many", "", "Filters",
    "How many filters are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 65536, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, count) },
  { "scale", "Scale", "", "Filters",
    "Own makes each filter's largest weight full colour, shared lets filters be "
    "compared.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "own", .choices = scale_names,
    .offset = G_STRUCT_OFFSET (Settings, scale) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (!lt_model_can (model, LT_CAN_FILTERS)) {
    *why = "This model has no filters to show.";
    return FALSE;
  }
  if (model->shape.nv < 3) {
    *why =
        "Filters are shown for pictures and for rows of three features and more; for "
        "points in the plane the vector field says what the model has learnt.";
    return FALSE;
  }
  return TRUE;
}

static int
compare_norms (gconstpointer a, gconstpointer b, gpointer norms_)
{
  const float *norms = norms_;
  int i = *(const int *) a, j = *(const int *) b;

  if (norms[i] != norms[j])
    return norms[i] > norms[j] ? -1 : 1;
  return i - j;
}

/* All units, in the order asked for. */
static int *
order_units (const LtFilters *filters, Order order)
{
  int *units = g_new (int, filters->n);

  for (int i = 0; i < filters->n; i++)
    units[i] = i;
  if (order == ORDER_NORM)
    g_qsort_with_data (units, filters->n, sizeof *units, compare_norms, filters->norms);
  return units;
}

/* Colour pictures: weights around the middle of [0, 1], so that 0 is grey. */
static void
centre_colours (Result *self)
{
  gsize size = lt_view_picture_size (&self->picture);

  for (int i = 0; i < self->n; i++) {
    float *pixels = self->pixels + i * size;
    float largest = self->shared ? self->largest : 0.0f;

    for (gsize j = 0; j < size && !self->shared; j++)
      largest = MAX (largest, fabsf (pixels[j]));
    for (gsize j = 0; j < size; j++)
      pixels[j] = 0.5f + 0.5f * pixels[j] / MAX (largest, 1e-30f);
  }
}

static void
cut_pictures (Result *self, const int *units)
{
  int nv = self->filters->shape.nv;
  gsize size = lt_view_picture_size (&self->picture);

  self->units = g_memdup2 (units, self->n * sizeof *units);
  self->pixels = g_new (float, self->n *size);
  for (int i = 0; i < self->n; i++)
    lt_view_picture_cut (&self->picture, self->filters->filters + (gsize) units[i] * nv,
                         nv, 1, self->pixels + i * size);
  for (gsize i = 0; i < self->n * size; i++)
    self->largest = MAX (self->largest, fabsf (self->pixels[i]));
  if (self->picture.channels == 3)
    centre_colours (self);
}

static char *
make_note (const Result *self, const Settings *settings, int first)
{
  const char *order = settings->order == ORDER_NORM ? ", largest norm first" : "";
  g_autofree char *total = lt_view_count (self->filters->n);

  if (self->n == self->filters->n)
    return g_strdup_printf ("all %s filters%s", total, order);
  if (first == 0)
    return g_strdup_printf ("%d of %s filters%s", self->n, total, order);
  return g_strdup_printf ("filters %d–%d of %s%s", first + 1, first + self->n, total,
                          order);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  const LtModel *model = request->snapshot->model;
  g_autofree int *units = NULL;
  int first, fit;
  Result *self;

  if (settings->layer > model->n_layers) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "This model has no hidden layer %d; layers are numbered from 1 to %d.",
                 settings->layer, model->n_layers);
    return NULL;
  }
  self = g_new0 (Result, 1);
  self->filters =
      lt_probe_filters (request->snapshot, settings->layer - 1, request->ws);
  self->moment = lt_view_moment (request->snapshot);
  self->shared = settings->scale == SCALE_SHARED;
  lt_view_picture_init (&self->picture, &self->filters->shape);
  fit = lt_tiles_capacity (self->picture.width, self->picture.height, request->style,
                           request->w, request->h);
  first = MIN (settings->first, self->filters->n) - 1;
  self->n = MIN (settings->count > 0 ? settings->count : MAX (1, fit),
                 self->filters->n - first);
  units = order_units (self->filters, settings->order);
  cut_pictures (self, units + first);
  self->note = make_note (self, settings, first);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_filters_free (self->filters);
  g_free (self->units);
  g_free (self->pixels);
  g_free (self->note);
  g_free (self->moment);
  g_free (self);
}

static LtTilesData
tiles (const Result *self)
{
  gboolean colour = self->picture.channels == 3;

  return (LtTilesData){ .n = self->n,
                        .width = self->picture.width,
                        .height = self->picture.height,
                        .channels = self->picture.channels,
                        .pixels = self->pixels,
                        .colour = colour ? LT_TILES_COLOUR : LT_TILES_DIVERGING,
                        .lowest = colour ? 0.0f : -self->largest,
                        .highest = colour ? 1.0f : self->largest,
                        .shared_scale = self->shared,
                        .selected = -1,
                        .note = self->note };
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  LtTilesData data = tiles (result);

  lt_tiles_paint (cr, &data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s: %s", self->moment, self->filters->layer.name,
                          self->note);
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
  LtTilesData data = tiles (self);
  int unit;

  found->item = lt_tiles_hit (&data, style, w, h, x, y, &found->rect);
  if (found->item < 0)
    return FALSE;
  unit = self->units[found->item];
  found->x = found->y = 0.0;
  g_snprintf (found->text, sizeof found->text, "%s, unit %d: ‖w‖ = %.3g",
              self->filters->layer.name, unit, (double) self->filters->norms[unit]);
  return TRUE;
}

static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  gsize size = lt_view_picture_size (&self->picture);
  LtTilesData data = tiles (self);
  LtLens *card;

  if (found->item < 0 || found->item >= self->n || found->rect.width >= LT_LENS_ENOUGH)
    return NULL;
  card = g_new0 (LtLens, 1);
  card->x = found->rect.x + found->rect.width / 2.0;
  card->y = found->rect.y + found->rect.height / 2.0;
  card->n = 1;
  card->picture = self->picture;
  card->colour = data.colour;
  card->lowest = data.lowest;
  card->highest = data.highest;
  card->pixels =
      g_memdup2 (self->pixels + found->item * size, size * sizeof *self->pixels);
  card->captions[0] =
      g_strdup_printf ("unit %d, ‖w‖ = %.3g", self->units[found->item],
                       (double) self->filters->norms[self->units[found->item]]);
  return card;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  int nv = self->filters->shape.nv;
  GString *csv = g_string_new ("unit,norm");

  for (int j = 0; j < nv; j++)
    g_string_append_printf (csv, ",w%d", j);
  g_string_append_c (csv, '\n');
  for (int i = 0; i < self->n; i++) {
    const float *filter = self->filters->filters + (gsize) self->units[i] * nv;

    g_string_append_printf (csv, "%d,", self->units[i]);
    lt_csv_number (csv, (double) self->filters->norms[self->units[i]]);
    for (int j = 0; j < nv; j++) {
      g_string_append_c (csv, ',');
      lt_csv_number (csv, (double) filter[j]);
    }
    g_string_append_c (csv, '\n');
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_filters_view = {
  .name = "filters",
  .title = "Filters",
  .summary =
      "The weights into each unit of a layer, laid out like the input: strokes and "
      "blobs mean that it has learnt something, noise that it has not.",
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
