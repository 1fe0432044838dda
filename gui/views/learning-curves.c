/* Learning curves: how the loss falls, between the two lines that give it a meaning: what
 * predicting the mean costs, and what nothing can beat. */
#include <math.h>
#include <string.h>

#include "paint/curves.h"
#include "views/common.h"

typedef enum {
  MEASURE_OWN, /* the loss that the model minimises */
  MEASURE_SQUARED,
  MEASURE_CROSS,
  MEASURE_OBJECTIVE,
} Measure;

typedef enum {
  SCALE_USUAL, /* cross-entropy an entry, the rest an example */
  SCALE_EXAMPLE,
  SCALE_ENTRY,
} Scale;

typedef struct {
  int measure;
  int scale;
  gboolean logarithmic;
  gboolean minibatches, terms, baselines, flags;
} Settings;

/* A curve, with the colour that paint gives it. */
typedef enum {
  CURVE_MINIBATCH,
  CURVE_TRAIN,
  CURVE_VALID,
  CURVE_TERM,
} Role;

typedef struct {
  char *title;
  Role role;
  int term;
  GArray *x, *y; /* double */
} Curve;

typedef struct {
  GPtrArray *curves; /* Curve */
  GPtrArray *flag_titles;
  GArray *flag_places; /* double */
  LtBaselines baselines;
  LtSplit baseline_split;
  double levels[2]; /* the mean's and the perfect one, as drawn; NAN: not drawn */
  char *level_titles[2];
  LtAxes axes;
  char *y_title;
  double cursor;
  int n_epochs;
  char *note, *summary;
} Result;

static const char *const measure_names[] = { "own", "squared-error", "cross-entropy",
                                             "objective", NULL };
static const char *const scale_names[] = { "usual", "example", "entry", NULL };

static const LtKnob knobs[] = {
  { "measure", "Measure", "", "Curves",
    "Own is the loss that the model minimises; the objective has its penalties too.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "own", .choices = measure_names,
    .offset = G_STRUCT_OFFSET (Settings, measure) },
  { "scale", "Scale", "", "Curves",
    "Summed over an example (image) or a mean over its entries (pixels); usual takes "
    "entries for the cross-entropy and examples for the rest.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "usual", .choices = scale_names,
    .offset = G_STRUCT_OFFSET (Settings, scale) },
  { "log", "Logarithmic", "", "Curves", "Draw the loss on a logarithmic scale.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "false",
    .offset = G_STRUCT_OFFSET (Settings, logarithmic) },
  { "minibatches", "Minibatches", "", "Curves",
    "The minibatches' own loss, with the noise that it is trained with.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (Settings, minibatches) },
  { "terms", "Terms", "", "Curves", "Each term of the objective as a curve of its own.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "false",
    .offset = G_STRUCT_OFFSET (Settings, terms) },
  { "baselines", "Baselines", "", "Curves",
    "What predicting the mean costs, and what a perfect reconstruction costs.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (Settings, baselines) },
  { "flags", "Knob turns", "", "Curves", "Flags where knobs were turned.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (Settings, flags) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  return TRUE;
}

/* ---- What is drawn, on which scale ------------------------------------------------ */

typedef struct {
  Measure measure;    /* never OWN */
  gboolean entry;     /* a mean over entries */
  gboolean same_loss; /* the objective's reconstruction term is this measure */
  double nv;
  const char *example, *part; /* "image" and "pixel" */
} Plot;

/* The choice of a knob of the model's, by key; NULL when it has no such knob. */
static char *
model_choice (const LtSnapshot *snapshot, const char *key)
{
  const LtKnob *knob = lt_knobs_find (&snapshot->model->kind->knobs, key);

  if (knob == NULL || knob->type != LT_KNOB_CHOICE)
    return NULL;
  return lt_knob_format (knob, snapshot->settings);
}

/* The loss that the model minimises, by the name of its knob; a model without such a knob
 * has only its objective. */
static Measure
own_measure (const LtSnapshot *snapshot)
{
  g_autofree char *loss = model_choice (snapshot, "loss");

  if (g_strcmp0 (loss, measure_names[MEASURE_CROSS]) == 0)
    return MEASURE_CROSS;
  if (g_strcmp0 (loss, measure_names[MEASURE_SQUARED]) == 0)
    return MEASURE_SQUARED;
  return MEASURE_OBJECTIVE;
}

static Plot
plan_plot (const LtSnapshot *snapshot, const Settings *settings)
{
  const LtShape *shape = &snapshot->model->shape;
  gboolean pictures = lt_shape_is_picture (shape);
  g_autofree char *reading = model_choice (snapshot, "reading");
  Measure own = own_measure (snapshot);
  Plot plot = { .nv = shape->nv,
                .measure = settings->measure == MEASURE_OWN ? own : settings->measure,
                .example = pictures ? "image" : "example",
                .part = pictures ? "pixel" : "entry" };

  plot.entry = settings->scale == SCALE_ENTRY ||
               (settings->scale == SCALE_USUAL && plot.measure == MEASURE_CROSS);
  /* As a Gaussian likelihood the squared error is halved and divided by σ². */
  plot.same_loss = plot.measure == MEASURE_OBJECTIVE ||
                   (plot.measure == own && (own == MEASURE_CROSS || reading == NULL ||
                                            strcmp (reading, "likelihood") != 0));
  return plot;
}

/* The log has the squared error summed over an example, the cross-entropy as a mean over
 * entries, and the objective summed. */
static double
to_scale (const Plot *plot, Measure from, double value)
{
  if (from == MEASURE_CROSS)
    return plot->entry ? value : value * plot->nv;
  return plot->entry ? value / plot->nv : value;
}

static char *
title_axis (const Plot *plot)
{
  const char *per = plot->entry ? plot->part : plot->example;

  switch (plot->measure) {
  case MEASURE_CROSS:
    return g_strdup_printf ("cross-entropy (nats / %s)", per);
  case MEASURE_SQUARED:
    return g_strdup_printf ("squared error / %s", per);
  case MEASURE_OWN:
  case MEASURE_OBJECTIVE:
  default:
    return g_strdup_printf ("objective / %s", per);
  }
}

/* ---- Curves ----------------------------------------------------------------------- */

static void
curve_free (gpointer data)
{
  Curve *curve = data;

  g_free (curve->title);
  g_array_unref (curve->x);
  g_array_unref (curve->y);
  g_free (curve);
}

static Curve *
curve_new (const char *title, Role role, int term)
{
  Curve *curve = g_new0 (Curve, 1);

  curve->title = g_strdup (title);
  curve->role = role;
  curve->term = term;
  curve->x = g_array_new (FALSE, FALSE, sizeof (double));
  curve->y = g_array_new (FALSE, FALSE, sizeof (double));
  return curve;
}

static void
curve_add (Curve *curve, double x, double y)
{
  if (!isfinite (y))
    return;
  g_array_append_val (curve->x, x);
  g_array_append_val (curve->y, y);
}

/* Takes the curve; one without points is not kept. */
static void
keep (Result *self, Curve *curve)
{
  if (curve->x->len > 0)
    g_ptr_array_add (self->curves, curve);
  else
    curve_free (curve);
}

/* A place in the middle of the minibatches that a row is the mean of would be half a row
 * earlier: less than a hundredth of an epoch, and left out. */
static void
add_minibatches (Result *self, const Plot *plot, const LtLogCopy *log)
{
  Curve *curve = curve_new (
      plot->measure == MEASURE_OBJECTIVE ? "objective, minibatches" : "minibatches",
      CURVE_MINIBATCH, 0);

  for (guint i = 0; i < log->rows->len; i++) {
    const LtLogRow *row = &g_array_index (log->rows, LtLogRow, i);
    double value = plot->measure == MEASURE_OBJECTIVE ? row->objective : row->terms[0];

    curve_add (curve, row->progress, to_scale (plot, MEASURE_OBJECTIVE, value));
  }
  keep (self, curve);
}

static void
add_terms (Result *self,
           const Plot *plot,
           const LtModelKind *kind,
           const LtLogCopy *log)
{
  for (int term = 0; term < kind->n_terms; term++) {
    Curve *curve = curve_new (kind->terms[term].name, CURVE_TERM, term);
    gboolean zero = TRUE;

    for (guint i = 0; i < log->rows->len; i++) {
      const LtLogRow *row = &g_array_index (log->rows, LtLogRow, i);

      zero = zero && row->terms[term] == 0.0;
      curve_add (curve, row->progress,
                 to_scale (plot, MEASURE_OBJECTIVE, row->terms[term]));
    }
    if (zero)
      g_array_set_size (curve->x, 0);
    keep (self, curve);
  }
}

/* The epoch's value of the measure for training (or validation) rows. */
static double
epoch_value (const LtLogEpoch *epoch, Measure measure, gboolean valid)
{
  switch (measure) {
  case MEASURE_CROSS:
    return valid ? epoch->valid_cross_entropy : epoch->train_cross_entropy;
  case MEASURE_SQUARED:
    return valid ? epoch->valid_squared_error : epoch->train_squared_error;
  case MEASURE_OWN:
  case MEASURE_OBJECTIVE:
  default:
    return valid ? (double) NAN : epoch->objective;
  }
}

static void
add_epochs (Result *self, const Plot *plot, const LtLogCopy *log)
{
  for (int valid = 0; valid < 2; valid++) {
    Curve *curve = curve_new (valid                                ? "validation"
                              : plot->measure == MEASURE_OBJECTIVE ? "objective, epochs"
                                                                   : "training",
                              valid ? CURVE_VALID : CURVE_TRAIN, 0);

    for (guint i = 0; i < log->epochs->len; i++) {
      const LtLogEpoch *epoch = &g_array_index (log->epochs, LtLogEpoch, i);

      curve_add (
          curve, epoch->epoch,
          to_scale (plot, plot->measure, epoch_value (epoch, plot->measure, valid)));
    }
    keep (self, curve);
  }
}

static void
add_flags (Result *self, const LtLogCopy *log)
{
  for (guint i = 0; i < log->events->len; i++) {
    const LtLogEvent *event = &g_array_index (log->events, LtLogEvent, i);
    char *title =
        event->before[0] != '\0' && event->after[0] != '\0'
            ? g_strdup_printf ("%s %s → %s", event->key, event->before, event->after)
            : g_strdup_printf ("%s %s", event->key, event->after);

    g_strchomp (title);
    g_ptr_array_add (self->flag_titles, title);
    g_array_append_val (self->flag_places, event->progress);
  }
}

static void
add_levels (Result *self, const Plot *plot, const LtViewRequest *request)
{
  const Result *before = request->previous;
  const LtBaselines *b = &self->baselines;
  gboolean cross = plot->measure == MEASURE_CROSS;

  /* One pass over the data a run is enough. */
  self->baseline_split = lt_dataset_judge (request->data);
  if (before != NULL)
    self->baselines = before->baselines;
  else
    lt_probe_baselines (request->data, self->baseline_split, &self->baselines);
  if (plot->measure == MEASURE_OBJECTIVE)
    return;
  self->levels[0] = to_scale (plot, plot->measure,
                              cross ? b->mean_cross_entropy : b->mean_squared_error);
  self->levels[1] =
      to_scale (plot, plot->measure, cross ? b->perfect_cross_entropy : 0.0);
  self->level_titles[0] = g_strdup_printf (
      "mean %s %.*f", plot->example, self->levels[0] < 1.0 ? 4 : 2, self->levels[0]);
  self->level_titles[1] =
      cross ? g_strdup_printf ("perfect %.*f", self->levels[1] < 1.0 ? 4 : 2,
                               self->levels[1])
            : g_strdup ("perfect 0");
}

/* ---- Axes and words --------------------------------------------------------------- */

static double
curve_value (const Curve *curve, guint i)
{
  return g_array_index (curve->y, double, i);
}

static double
curve_last (const Curve *curve)
{
  return curve_value (curve, curve->y->len - 1);
}

/* The range of all curves and levels. A start far above the mean's line would press the
 * rest flat, so it is cut off there, unless a curve has stayed above. */
static void
range_axes (Result *self, gboolean logarithmic)
{
  double low = INFINITY, high = -INFINITY, last = -INFINITY, cut;

  for (guint i = 0; i < self->curves->len; i++) {
    const Curve *curve = self->curves->pdata[i];

    for (guint j = 0; j < curve->y->len; j++) {
      double value = curve_value (curve, j);

      if (!logarithmic || value > 0.0) {
        low = MIN (low, value);
        high = MAX (high, value);
      }
    }
    last = MAX (last, curve_last (curve));
  }
  for (int i = 0; i < 2; i++)
    if (isfinite (self->levels[i]) && (!logarithmic || self->levels[i] > 0.0)) {
      low = MIN (low, self->levels[i]);
      high = MAX (high, self->levels[i]);
    }
  if (!(low <= high)) {
    low = 0.0;
    high = 1.0;
  }
  cut = 1.25 * self->levels[0];
  if (isfinite (cut) && high > cut && last < cut)
    high = cut;
  self->axes.y.logarithmic = logarithmic && low > 0.0;
  self->axes.y.lowest = self->axes.y.logarithmic ? 0.85 * low : MIN (0.0, low);
  self->axes.y.highest = self->axes.y.logarithmic ? 1.15 * high : 1.04 * high;
}

static double
last_place (const LtLogCopy *log)
{
  double last = 0.0;

  if (log->rows->len > 0)
    last = g_array_index (log->rows, LtLogRow, log->rows->len - 1).progress;
  if (log->epochs->len > 0)
    last =
        MAX (last, g_array_index (log->epochs, LtLogEpoch, log->epochs->len - 1).epoch);
  return last;
}

static char *
summarise (const Result *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->curves->len; i++) {
    const Curve *curve = self->curves->pdata[i];

    if (curve->role == CURVE_TRAIN || curve->role == CURVE_VALID)
      g_string_append_printf (text, "%s%s %.4g", text->len > 0 ? ", " : "",
                              curve->title, curve_last (curve));
  }
  if (text->len == 0)
    g_string_append (text, "no epoch yet");
  else
    g_string_append_printf (text, "; %s", self->y_title);
  return g_string_free (text, FALSE);
}

static char *
make_note (const Result *self, const Plot *plot, const Settings *settings)
{
  GString *note = g_string_new (NULL);

  if (settings->baselines && isfinite (self->levels[0]))
    g_string_append_printf (note, "levels: %s set",
                            lt_split_name (self->baseline_split));
  if (!plot->same_loss && (settings->minibatches || settings->terms))
    g_string_append_printf (note, "%sthe minibatches' loss is on another scale",
                            note->len > 0 ? "; " : "");
  return g_string_free (note, note->len == 0);
}

/* ---- The view --------------------------------------------------------------------- */

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  const LtModelKind *kind = request->snapshot->model->kind;
  Plot plot = plan_plot (request->snapshot, settings);
  Result *self = g_new0 (Result, 1);

  self->curves = g_ptr_array_new_with_free_func (curve_free);
  self->flag_titles = g_ptr_array_new_with_free_func (g_free);
  self->flag_places = g_array_new (FALSE, FALSE, sizeof (double));
  self->levels[0] = self->levels[1] = (double) NAN;
  self->y_title = title_axis (&plot);
  self->n_epochs = request->log->epochs->len;
  self->cursor = request->snapshot->progress;
  if (settings->minibatches && plot.same_loss)
    add_minibatches (self, &plot, request->log);
  if (settings->terms && plot.same_loss)
    add_terms (self, &plot, kind, request->log);
  add_epochs (self, &plot, request->log);
  if (settings->flags)
    add_flags (self, request->log);
  if (settings->baselines)
    add_levels (self, &plot, request);
  range_axes (self, settings->logarithmic);
  self->axes.x = (LtAxis){ 0.0, MAX (1.0, last_place (request->log)), FALSE, "epochs" };
  self->axes.y.title = self->y_title;
  self->note = make_note (self, &plot, settings);
  self->summary = summarise (self);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  g_ptr_array_unref (self->curves);
  g_ptr_array_unref (self->flag_titles);
  g_array_unref (self->flag_places);
  for (int i = 0; i < 2; i++)
    g_free (self->level_titles[i]);
  g_free (self->y_title);
  g_free (self->note);
  g_free (self->summary);
  g_free (self);
}

static LtColour
curve_colour (const Curve *curve, const LtStyle *style)
{
  switch (curve->role) {
  case CURVE_TRAIN:
    return style->accent;
  case CURVE_VALID:
    return style->second;
  case CURVE_TERM:
    return lt_style_class_colour (style, curve->term + 2);
  case CURVE_MINIBATCH:
  default:
    return style->dim;
  }
}

/* Everything that lt_curves_paint needs; series, levels and flags are owned by this. */
typedef struct {
  LtCurvesData data;
  LtSeries *series;
  LtLevel levels[2];
  LtFlag *flags;
} Drawing;

static void
drawing_clear (Drawing *self)
{
  g_free (self->series);
  g_free (self->flags);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, drawing_clear)

static void
drawing_init (Drawing *self, const Result *result, const LtStyle *style)
{
  memset (self, 0, sizeof *self);
  self->series = g_new0 (LtSeries, result->curves->len);
  self->flags = g_new0 (LtFlag, result->flag_titles->len);
  for (guint i = 0; i < result->curves->len; i++) {
    const Curve *curve = result->curves->pdata[i];

    self->series[i] = (LtSeries){
      .title = curve->title,
      .n = curve->x->len,
      .x = (const double *) curve->x->data,
      .y = (const double *) curve->y->data,
      .dots = (curve->role == CURVE_TRAIN || curve->role == CURVE_VALID) &&
              result->n_epochs <= 40,
      .faint = curve->role == CURVE_MINIBATCH,
      .colour = curve_colour (curve, style),
    };
  }
  for (int i = 0; i < 2; i++)
    if (isfinite (result->levels[i]))
      self->levels[self->data.n_levels++] =
          (LtLevel){ result->level_titles[i], result->levels[i],
                     i == 0 ? style->warning : style->dim };
  for (guint i = 0; i < result->flag_titles->len; i++)
    self->flags[i] = (LtFlag){ g_array_index (result->flag_places, double, i),
                               result->flag_titles->pdata[i] };
  self->data.axes = result->axes;
  self->data.n_series = result->curves->len;
  self->data.series = self->series;
  self->data.levels = self->levels;
  self->data.n_flags = result->flag_titles->len;
  self->data.flags = self->flags;
  self->data.cursor = result->cursor;
  self->data.note = result->note;
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;
  g_auto (Drawing) drawing;

  drawing_init (&drawing, self, style);
  if (self->curves->len == 0)
    lt_message_paint (cr, style, "The curves begin with the first minibatch.", w, h);
  else
    lt_curves_paint (cr, &drawing.data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup (self->summary);
}

static void
name_values (const LtCurvesData *data, double x, char *text, gsize size)
{
  g_autofree double *values = g_new (double, data->n_series + 1);
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "epoch %.3g", x);
  lt_curves_values_at (data, x, values);
  for (int i = 0; i < data->n_series; i++)
    if (isfinite (values[i]))
      g_string_append_printf (line, ", %s %.4g", data->series[i].title, values[i]);
  g_strlcpy (text, line->str, size);
}

/* The values under the pointer, or the knob's turn when a flag is near. */
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
  g_auto (Drawing) drawing;
  cairo_rectangle_t plot;

  drawing_init (&drawing, self, style);
  lt_curves_plot (&drawing.data, style, w, h, &plot);
  if (self->curves->len == 0 || x < plot.x || x > plot.x + plot.width || y < 0.0 ||
      y > plot.y + plot.height)
    return FALSE;
  found->item = -1;
  found->x = lt_axes_x_value (&self->axes, &plot, x);
  found->y = lt_axes_y_value (&self->axes, &plot, y);
  found->rect = (cairo_rectangle_t){ x, plot.y, 0.0, plot.height };
  name_values (&drawing.data, found->x, found->text, sizeof found->text);
  for (int i = 0; i < drawing.data.n_flags; i++)
    if (fabs (lt_axes_x (&self->axes, &plot, drawing.flags[i].x) - x) <= 6.0)
      g_snprintf (found->text, sizeof found->text, "epoch %.3g: %s", drawing.flags[i].x,
                  drawing.flags[i].title);
  return TRUE;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  GString *csv = g_string_new ("series,epochs,");

  lt_csv_text (csv, self->y_title);
  g_string_append_c (csv, '\n');
  for (guint i = 0; i < self->curves->len; i++) {
    const Curve *curve = self->curves->pdata[i];

    for (guint j = 0; j < curve->x->len; j++) {
      lt_csv_text (csv, curve->title);
      g_string_append_c (csv, ',');
      lt_csv_number (csv, g_array_index (curve->x, double, j));
      g_string_append_c (csv, ',');
      lt_csv_number (csv, curve_value (curve, j));
      g_string_append_c (csv, '\n');
    }
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_learning_curves_view = {
  .name = "learning-curves",
  .title = "Learning curves",
  .summary = "How the loss falls from what predicting the mean costs towards what a "
             "perfect reconstruction costs; validation parting from training is "
             "overfitting.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .to_csv = to_csv,
};
