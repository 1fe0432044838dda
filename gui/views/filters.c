/* Filters: what each unit of a layer looks for, as tiles. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "probes/distributions.h"
#include "views/bias-picture.h"

#define ACTIVITY_ROWS 1000 /* enough examples to tell active units from the rest */

typedef enum {
  WHAT_WEIGHTS,
  WHAT_UPDATE,
  WHAT_VISIBLE_BIASES,
  WHAT_HIDDEN_BIASES,
} What;

typedef enum {
  ORDER_INDEX,
  ORDER_NORM,
  ORDER_ACTIVITY,
} Order;

typedef enum {
  SCALE_OWN,
  SCALE_SHARED,
} Scale;

typedef struct {
  int what;
  int layer; /* from 1: the first hidden layer */
  int order;
  int first; /* from 1: a place in the order */
  int count; /* 0: as many as fit */
  int scale;
} Settings;

/* Either filters or biases. */
typedef struct {
  LtFilters *filters;
  LtBiasPicture *biases;
  LtViewPicture picture;
  int n;         /* shown */
  int *units;    /* [n] */
  float *pixels; /* [n, picture] */
  gboolean shared;
  const char *symbol; /* whose norm is given: "w" */
  float largest;      /* magnitude among those shown */
  char *note, *moment;
} Result;

static const char *const what_names[] = { "weights", "update", "bias-visible",
                                          "bias-hidden", NULL };
static const char *const order_names[] = { "index", "norm", "activity", NULL };
static const char *const scale_names[] = { "own", "shared", NULL };

static const LtKnob knobs[] = {
  { "what", "What", "", "Filters",
    "The weights themselves, or how the last minibatch changed them (the history of a "
    "run keeps no changes); or the biases of the visible or of the hidden units as one "
    "picture.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "weights", .choices = what_names,
    .offset = G_STRUCT_OFFSET (Settings, what) },
  { "layer", "Layer", "", "Filters",
    "The hidden layer whose units are shown, from 1; deeper ones as products of the "
    "weights. Of a model with fewer layers, the last.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = LT_LIST_MAX,
    .fallback = "1", .when = "what!=bias-visible",
    .offset = G_STRUCT_OFFSET (Settings, layer) },
  { "order", "Order", "", "Filters",
    "By number, or the units first that have the largest weights, or the largest mean "
    "activation.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "index", .choices = order_names,
    .when = "what=weights|update", .offset = G_STRUCT_OFFSET (Settings, order) },
  { "first", "First", "", "Filters",
    "Where in that order the picture begins, from 1: to page through a large layer.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = 65536, .fallback = "1",
    .when = "what=weights|update", .offset = G_STRUCT_OFFSET (Settings, first) },
  { "count", "How many", "", "Filters",
    "How many filters are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 65536, .fallback = "0",
    .when = "what=weights|update", .offset = G_STRUCT_OFFSET (Settings, count) },
  { "scale", "Scale", "", "Filters",
    "Own makes each filter's largest weight full colour, shared lets filters be "
    "compared.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "own", .choices = scale_names,
    .when = "what=weights|update", .offset = G_STRUCT_OFFSET (Settings, scale) },
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
compare_keys (gconstpointer a, gconstpointer b, gpointer keys_)
{
  const float *keys = keys_;
  int i = *(const int *) a, j = *(const int *) b;

  if (keys[i] != keys[j])
    return keys[i] > keys[j] ? -1 : 1;
  return i - j;
}

/* All units, in the order asked for; what it was judged by is added to *note. */
static int *
order_units (const LtFilters *filters, const LtViewRequest *request, char **note)
{
  const Settings *settings = request->settings;
  int *units = g_new (int, filters->n);
  LtActivityOptions options = { .layer = settings->layer - 1,
                                .split = lt_dataset_judge (request->data),
                                .limit = ACTIVITY_ROWS };
  LtActivity *activity = NULL;

  for (int i = 0; i < filters->n; i++)
    units[i] = i;
  if (settings->order == ORDER_NORM) {
    g_qsort_with_data (units, filters->n, sizeof *units, compare_keys, filters->norms);
    *note = g_strdup (", largest norm first");
  } else if (settings->order == ORDER_ACTIVITY &&
             request->snapshot->model->kind->activations != NULL) {
    activity =
        lt_probe_activity (request->snapshot, request->data, &options, request->ws);
  }
  if (activity != NULL) {
    g_autofree char *n = lt_view_count (activity->n);
    g_autofree char *total = lt_view_count (activity->n_total);

    g_qsort_with_data (units, filters->n, sizeof *units, compare_keys, activity->mean);
    *note = g_strdup_printf (", most active on %s of %s %s examples first", n, total,
                             lt_split_name (options.split));
  }
  lt_activity_free (activity);
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

/* "hidden 2, W₁W₂": deeper filters are products. */
static char *
name_layer (const Result *self, int layer)
{
  static const char *const digits[] = {
    "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"
  };
  GString *text = g_string_new (self->filters->layer.name);

  for (int i = 1; i <= layer && layer > 1; i++)
    g_string_append_printf (text, "%sW%s%s", i == 1 ? ", " : "",
                            i >= 10 ? digits[i / 10 % 10] : "", digits[i % 10]);
  return g_string_free (text, FALSE);
}

static char *
make_note (const Result *self, const Settings *settings, const char *order, int first)
{
  const char *what = settings->what == WHAT_UPDATE ? "changes of filters" : "filters";
  const char *scale = self->shared ? "" : "; each its own scale";
  g_autofree char *total = lt_view_count (self->filters->n);
  g_autofree char *layer = name_layer (self, settings->layer);

  if (self->n == self->filters->n)
    return g_strdup_printf ("%s: all %s %s%s%s", layer, total, what, order, scale);
  if (first == 0)
    return g_strdup_printf ("%s: %d of %s %s%s%s", layer, self->n, total, what, order,
                            scale);
  return g_strdup_printf ("%s: %s %d–%d of %s%s%s", layer, what, first + 1,
                          first + self->n, total, order, scale);
}

static void
say_missing (Result *self, int layer)
{
  char **note = self->biases != NULL ? &self->biases->note : &self->note;
  char *longer = g_strdup_printf ("%s; there is no hidden layer %d", *note, layer);

  g_free (*note);
  *note = longer;
}

/* NULL and a sentence when the snapshot has no update. */
static LtFilters *
probe (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  LtFilters *filters;

  if (settings->what == WHAT_WEIGHTS)
    return lt_probe_filters (request->snapshot, settings->layer - 1, request->ws);
  filters =
      lt_probe_filter_updates (request->snapshot, settings->layer - 1, request->ws);
  if (filters == NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "Only the live model knows its last update, as a run's history keeps "
                 "weights alone; train on, return to live, or choose what=weights.");
  return filters;
}

static gpointer
compute_biases (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  int layer = settings->what == WHAT_VISIBLE_BIASES ? -1 : settings->layer - 1;
  LtBiasPicture *biases = lt_bias_picture_new (request->snapshot, layer, error);
  Result *self;

  if (biases == NULL)
    return NULL;
  self = g_new0 (Result, 1);
  self->biases = biases;
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

static gpointer
compute_filters (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  LtFilters *filters;
  g_autofree int *units = NULL;
  g_autofree char *order = NULL;
  int first, fit;
  Result *self;

  filters = probe (request, error);
  if (filters == NULL)
    return NULL;
  self = g_new0 (Result, 1);
  self->filters = filters;
  self->moment = lt_view_moment (request->snapshot);
  self->shared = settings->scale == SCALE_SHARED;
  self->symbol = settings->what == WHAT_UPDATE ? "Δw" : "w";
  lt_view_picture_init (&self->picture, &self->filters->shape);
  fit = lt_tiles_capacity (self->picture.width, self->picture.height, request->style,
                           request->w, request->h);
  first = MIN (settings->first, self->filters->n) - 1;
  self->n = MIN (settings->count > 0 ? settings->count : MAX (1, fit),
                 self->filters->n - first);
  units = order_units (filters, request, &order);
  cut_pictures (self, units + first);
  self->note = make_note (self, settings, order != NULL ? order : "", first);
  return self;
}

/* A stack has not all of its layers from the beginning: until it has, the last one that there
 * is stands for the one asked for. */
static gpointer
compute (const LtViewRequest *request, GError **error)
{
  Settings settings = *(const Settings *) request->settings;
  LtViewRequest settled = *request;
  int asked = settings.layer;
  Result *self;

  settings.layer = MIN (asked, MAX (request->snapshot->model->n_layers, 1));
  settled.settings = &settings;
  self = settings.what == WHAT_VISIBLE_BIASES || settings.what == WHAT_HIDDEN_BIASES
             ? compute_biases (&settled, error)
             : compute_filters (&settled, error);
  if (self != NULL && settings.layer != asked && settings.what != WHAT_VISIBLE_BIASES)
    say_missing (self, asked);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_filters_free (self->filters);
  lt_bias_picture_free (self->biases);
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
  LtTilesData data = lt_view_picture_tiles (&self->picture, self->pixels, self->n,
                                            colour ? 0.0f : -self->largest,
                                            colour ? 1.0f : self->largest);

  data.colour = colour ? LT_TILES_COLOUR : LT_TILES_DIVERGING;
  data.shared_scale = self->shared;
  data.note = self->note;
  data.scale = !colour;
  return data;
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;

  if (self->biases != NULL) {
    lt_bias_picture_paint (self->biases, cr, style, w, h);
  } else {
    LtTilesData data = tiles (self);

    lt_tiles_paint (cr, &data, style, w, h);
  }
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  if (self->biases != NULL)
    return g_strdup_printf ("%s, %s", self->moment, self->biases->note);
  return g_strdup_printf ("%s, %s", self->moment, self->note);
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
  LtTilesData data;
  int unit;

  found->x = x;
  found->y = y;
  if (self->biases != NULL)
    return lt_bias_picture_hit (self->biases, style, w, h, found);
  data = tiles (self);
  found->item = lt_tiles_hit (&data, style, w, h, x, y, &found->rect);
  if (found->item < 0)
    return FALSE;
  unit = self->units[found->item];
  g_snprintf (found->text, sizeof found->text, "%s, unit %d: ‖%s‖ = %.3g",
              self->filters->layer.name, unit, self->symbol,
              (double) self->filters->norms[unit]);
  return TRUE;
}

static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  LtTilesData data;
  LtLens *card;

  if (self->biases != NULL)
    return lt_lens_text (request, result, found, pressed);
  data = tiles (self);
  card = lt_lens_of_tiles (&data, &self->picture, found);
  if (card == NULL)
    return NULL;
  card->captions[0] =
      g_strdup_printf ("unit %d, ‖%s‖ = %.3g", self->units[found->item], self->symbol,
                       (double) self->filters->norms[self->units[found->item]]);
  return card;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  GString *csv;
  int nv;

  if (self->biases != NULL)
    return lt_bias_picture_to_csv (self->biases);
  nv = self->filters->shape.nv;
  csv = g_string_new ("unit,norm");
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
