/* The learning curves, made from a run's log: which measure, on which scale, between which
 * two levels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "views/learning-curves.h"

const char *const lt_curves_measure_names[] = {
  "own", "squared-error", "cross-entropy", "objective", "classification-error", NULL
};

/* ---- What is drawn, on which scale ------------------------------------------------ */

typedef struct {
  LtCurvesMeasure measure; /* never OWN */
  gboolean entry;          /* a mean over entries */
  gboolean same_loss;      /* the objective's reconstruction term is this measure */
  gboolean unmeasured;     /* own: no epoch has the measure asked for */
  gboolean stand_in;       /* the objective cannot be computed, and goes by its terms */
  double nv;
  const char *example, *part; /* "image" and "pixel" */
  double begin, end;          /* of the phase: another one's objective is another */
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
static LtCurvesMeasure
own_measure (const LtSnapshot *snapshot)
{
  g_autofree char *loss = model_choice (snapshot, "loss");

  if (!lt_model_can (snapshot->model, LT_CAN_RECONSTRUCT) &&
      lt_model_can (snapshot->model, LT_CAN_CLASSIFY))
    return LT_CURVES_MEASURE_CLASSES;
  if (g_strcmp0 (loss, lt_curves_measure_names[LT_CURVES_MEASURE_CROSS]) == 0)
    return LT_CURVES_MEASURE_CROSS;
  if (g_strcmp0 (loss, lt_curves_measure_names[LT_CURVES_MEASURE_SQUARED]) == 0)
    return LT_CURVES_MEASURE_SQUARED;
  return LT_CURVES_MEASURE_OBJECTIVE;
}

/* The epochs of the snapshot's phase. */
static void
find_phase (const LtSnapshot *snapshot, const LtLogCopy *log, Plot *plot)
{
  plot->begin = 0;
  plot->end = INFINITY;
  for (guint i = 0; i < log->events->len; i++) {
    const LtLogEvent *event = &g_array_index (log->events, LtLogEvent, i);
    int number = atoi (event->before) - 1;

    if (strcmp (event->key, "phase") != 0)
      continue;
    if (number == snapshot->phase)
      plot->begin = event->progress;
    else if (number == snapshot->phase + 1)
      plot->end = event->progress;
  }
}

/* A row is the mean up to its place, so one at the beginning belongs to the phase before. */
static gboolean
is_in_phase (const Plot *plot, double progress)
{
  return (progress > plot->begin || plot->begin == 0) && progress <= plot->end;
}

/* The epoch's value of the measure for training (or validation) rows. */
static double
epoch_value (const LtLogEpoch *epoch, LtCurvesMeasure measure, gboolean valid)
{
  switch (measure) {
  case LT_CURVES_MEASURE_CROSS:
    return valid ? epoch->valid_cross_entropy : epoch->train_cross_entropy;
  case LT_CURVES_MEASURE_SQUARED:
    return valid ? epoch->valid_squared_error : epoch->train_squared_error;
  case LT_CURVES_MEASURE_CLASSES:
    return valid ? epoch->valid_error : epoch->train_error;
  case LT_CURVES_MEASURE_OWN:
  case LT_CURVES_MEASURE_OBJECTIVE:
  default:
    return valid ? (double) NAN : epoch->objective;
  }
}

/* Labels may come with a later phase; before the first epoch anything may. */
static gboolean
is_measured (const LtLogCopy *log, LtCurvesMeasure measure)
{
  for (guint i = 0; i < log->epochs->len; i++) {
    const LtLogEpoch *epoch = &g_array_index (log->epochs, LtLogEpoch, i);

    if (isfinite (epoch_value (epoch, measure, FALSE)) ||
        isfinite (epoch_value (epoch, measure, TRUE)))
      return TRUE;
  }
  return log->epochs->len == 0;
}

/* A family that sums its terms up in a way of its own does so because it cannot compute what
 * it minimises, unless it is told to. */
static gboolean
has_stand_in (const LtSnapshot *snapshot)
{
  g_autofree char *method = model_choice (snapshot, "method");

  return snapshot->model->kind->objective != NULL && g_strcmp0 (method, "exact") != 0;
}

static Plot
plan_plot (const LtSnapshot *snapshot,
           const LtCurvesSettings *settings,
           const LtLogCopy *log)
{
  const LtShape *shape = &snapshot->model->shape;
  gboolean pictures = lt_shape_is_picture (shape);
  g_autofree char *reading = model_choice (snapshot, "reading");
  LtCurvesMeasure own = own_measure (snapshot);
  Plot plot = { .nv = shape->nv,
                .measure = settings->measure,
                .unmeasured = settings->measure != LT_CURVES_MEASURE_OWN &&
                              !is_measured (log, settings->measure),
                .stand_in = has_stand_in (snapshot),
                .example = pictures ? "image" : "example",
                .part = pictures ? "pixel" : "entry" };

  if (plot.measure == LT_CURVES_MEASURE_OWN || plot.unmeasured)
    plot.measure = own;
  plot.entry = settings->scale == LT_CURVES_SCALE_ENTRY ||
               (settings->scale == LT_CURVES_SCALE_USUAL &&
                plot.measure == LT_CURVES_MEASURE_CROSS);
  /* As a Gaussian likelihood the squared error is halved and divided by σ². */
  plot.same_loss = plot.measure == LT_CURVES_MEASURE_OBJECTIVE ||
                   (plot.measure == own && own != LT_CURVES_MEASURE_CLASSES &&
                    (own == LT_CURVES_MEASURE_CROSS || reading == NULL ||
                     strcmp (reading, "likelihood") != 0));
  return plot;
}

/* The log has the squared error summed over an example, the cross-entropy as a mean over
 * entries, and the objective summed. */
static double
to_scale (const Plot *plot, LtCurvesMeasure from, double value)
{
  if (plot->measure == LT_CURVES_MEASURE_CLASSES)
    return value;
  if (from == LT_CURVES_MEASURE_CROSS)
    return plot->entry ? value : value * plot->nv;
  return plot->entry ? value / plot->nv : value;
}

/* whole: the term that is all there is of the objective, or NULL. */
static char *
title_axis (const Plot *plot, const char *whole)
{
  const char *per = plot->entry ? plot->part : plot->example;

  switch (plot->measure) {
  case LT_CURVES_MEASURE_CROSS:
    return g_strdup_printf ("cross-entropy (nats / %s)", per);
  case LT_CURVES_MEASURE_SQUARED:
    return g_strdup_printf ("squared error / %s", per);
  case LT_CURVES_MEASURE_CLASSES:
    return g_strdup ("share in a wrong class");
  case LT_CURVES_MEASURE_OWN:
  case LT_CURVES_MEASURE_OBJECTIVE:
  default:
    if (plot->stand_in)
      return g_strdup_printf (
          "%s / %s", whole != NULL ? whole : "reconstruction + penalties", per);
    return whole != NULL ? g_strdup_printf ("objective = %s / %s", whole, per)
                         : g_strdup_printf ("objective / %s", per);
  }
}

/* ---- Curves ----------------------------------------------------------------------- */

static void
curve_free (gpointer data)
{
  LtCurve *curve = data;

  g_free (curve->title);
  g_array_unref (curve->x);
  g_array_unref (curve->y);
  g_free (curve);
}

static LtCurve *
curve_new (const char *title, LtCurveRole role, int term)
{
  LtCurve *curve = g_new0 (LtCurve, 1);

  curve->title = g_strdup (title);
  curve->role = role;
  curve->term = term;
  curve->x = g_array_new (FALSE, FALSE, sizeof (double));
  curve->y = g_array_new (FALSE, FALSE, sizeof (double));
  return curve;
}

static void
curve_add (LtCurve *curve, double x, double y)
{
  if (!isfinite (y))
    return;
  g_array_append_val (curve->x, x);
  g_array_append_val (curve->y, y);
}

/* Takes the curve; one without points is not kept. */
static void
keep (LtCurvesResult *self, LtCurve *curve)
{
  if (curve->x->len > 0)
    g_ptr_array_add (self->curves, curve);
  else
    curve_free (curve);
}

/* A place in the middle of the minibatches that a row is the mean of would be half a row
 * earlier: less than a hundredth of an epoch, and left out. */
static void
add_minibatches (LtCurvesResult *self, const Plot *plot, const LtLogCopy *log)
{
  LtCurve *curve = curve_new ("minibatches", LT_CURVE_MINIBATCH, -1);

  for (guint i = 0; i < log->rows->len; i++) {
    const LtLogRow *row = &g_array_index (log->rows, LtLogRow, i);
    double value =
        plot->measure == LT_CURVES_MEASURE_OBJECTIVE ? row->objective : row->terms[0];

    if (!is_in_phase (plot, row->progress))
      continue;
    curve_add (curve, row->progress,
               to_scale (plot, LT_CURVES_MEASURE_OBJECTIVE, value));
  }
  keep (self, curve);
}

/* Means over the minibatches of each epoch that is complete. */
static LtCurve *
mean_new (const LtCurve *curve, const LtTermInfo *info, int term, int n_epochs)
{
  g_autofree char *title = g_strdup_printf ("%s, epoch means", info->name);
  LtCurve *mean = curve_new (title, LT_CURVE_TERM_MEAN, term);

  for (guint i = 0; i < curve->x->len;) {
    int epoch = (int) ceil (g_array_index (curve->x, double, i)), n = 0;
    double sum = 0;

    for (; i < curve->x->len && g_array_index (curve->x, double, i) <= epoch; i++) {
      sum += g_array_index (curve->y, double, i);
      n++;
    }
    if (epoch <= n_epochs)
      curve_add (mean, epoch, sum / n);
  }
  return mean;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Shares from 0 to 1. Else the range without the outermost hundredths, where a term may
 * start from far away, and a tenth of it more. A range that is wide begins at 0. */
static void
range_term (const LtCurve *curve,
            const LtTermInfo *info,
            gboolean logarithmic,
            LtAxis *axis)
{
  guint n = curve->y->len;
  g_autofree double *y = g_memdup2 (curve->y->data, n * sizeof *y);
  double low, high, margin;

  if (info->share) {
    axis->lowest = 0;
    axis->highest = 1;
    return;
  }
  qsort (y, n, sizeof *y, compare_values);
  low = y[n / 100];
  high = y[n - 1 - n / 100];
  margin = 0.1 * (high - low);
  axis->logarithmic = logarithmic && y[0] > 0;
  if (axis->logarithmic) {
    axis->lowest = 0.85 * low;
    axis->highest = 1.15 * high;
    return;
  }
  axis->lowest = MAX (y[0], low - margin);
  axis->highest = MIN (y[n - 1], high + margin);
  if (low > 0 && low < 0.5 * high)
    axis->lowest = 0;
  if (high < 0 && high > 0.5 * low)
    axis->highest = 0;
  lt_axis_round (axis);
}

/* The name of the term when it is the whole objective: it needs no panel then. */
static const char *
add_term (LtCurvesResult *self,
          const Plot *plot,
          const LtViewRequest *request,
          int term)
{
  const LtTermInfo *info = &request->snapshot->model->kind->terms[term];
  const GArray *rows = request->log->rows;
  const LtCurvesSettings *settings = request->settings;
  LtCurve *curve = curve_new (info->name, LT_CURVE_TERM, term);
  LtCurvesTerm *panel = &self->terms[self->n_terms];
  gboolean zero = TRUE, whole = plot->measure == LT_CURVES_MEASURE_OBJECTIVE;

  for (guint i = 0; i < rows->len; i++) {
    const LtLogRow *row = &g_array_index (rows, LtLogRow, i);
    double value = row->terms[term];

    if (!is_in_phase (plot, row->progress))
      continue;
    zero = zero && value == 0.0;
    whole = whole && fabs (value - row->objective) <= 1e-6 * fabs (value);
    curve_add (curve, row->progress,
               info->bare ? value
                          : to_scale (plot, LT_CURVES_MEASURE_OBJECTIVE, value));
  }
  if (zero || whole || curve->x->len == 0) {
    curve_free (curve);
    return whole && !zero ? info->name : NULL;
  }
  *panel = (LtCurvesTerm){ .term = term, .info = info };
  range_term (curve, info, settings->logarithmic, &panel->axes.y);
  self->n_terms++;
  keep (self, curve);
  keep (self, mean_new (curve, info, term, self->n_epochs));
  return NULL;
}

/* The first term is the reconstruction: the minibatches' curve, unless that is of the whole
 * objective. */
static void
add_terms (LtCurvesResult *self, const Plot *plot, const LtViewRequest *request)
{
  const LtCurvesSettings *settings = request->settings;
  gboolean drawn = settings->minibatches && plot->same_loss &&
                   plot->measure != LT_CURVES_MEASURE_OBJECTIVE;

  for (int term = drawn ? 1 : 0; term < request->snapshot->model->kind->n_terms;
       term++) {
    const char *whole = add_term (self, plot, request, term);

    if (whole == NULL)
      continue;
    g_free (self->y_title);
    self->y_title = title_axis (plot, whole);
  }
}

static void
add_epochs (LtCurvesResult *self, const Plot *plot, const LtLogCopy *log)
{
  for (int valid = 0; valid < 2; valid++) {
    LtCurve *curve =
        curve_new (valid                                          ? "validation"
                   : plot->measure == LT_CURVES_MEASURE_OBJECTIVE ? "epoch means"
                                                                  : "training",
                   valid ? LT_CURVE_VALID : LT_CURVE_TRAIN, -1);

    for (guint i = 0; i < log->epochs->len; i++) {
      const LtLogEpoch *epoch = &g_array_index (log->epochs, LtLogEpoch, i);

      if (plot->measure == LT_CURVES_MEASURE_OBJECTIVE &&
          !is_in_phase (plot, epoch->epoch))
        continue;
      curve_add (
          curve, epoch->epoch,
          to_scale (plot, plot->measure, epoch_value (epoch, plot->measure, valid)));
    }
    keep (self, curve);
  }
}

static void
add_flags (LtCurvesResult *self, const LtLogCopy *log)
{
  for (guint i = 0; i < log->events->len; i++) {
    const LtLogEvent *event = &g_array_index (log->events, LtLogEvent, i);
    char *title =
        strcmp (event->key, "phase") == 0 ? g_strdup (event->after)
        : event->before[0] != '\0' && event->after[0] != '\0'
            ? g_strdup_printf ("%s %s → %s", event->key, event->before, event->after)
            : g_strdup_printf ("%s %s", event->key, event->after);

    g_strchomp (title);
    g_ptr_array_add (self->flag_titles, title);
    g_array_append_val (self->flag_places, event->progress);
  }
}

/* Small figures with four decimals, larger ones with two, as they are known: 0.2625, 52.90. */
static void
add_level (LtCurvesResult *self, LtCurvesLevel level, const char *name, double value)
{
  if (!isfinite (value))
    return;
  self->levels[level] = value;
  self->level_titles[level] =
      value == 0.0 ? g_strdup_printf ("%s 0", name)
                   : g_strdup_printf ("%s %.*f", name, value < 1.0 ? 4 : 2, value);
}

static void
add_levels (LtCurvesResult *self, const Plot *plot, const LtViewRequest *request)
{
  const LtCurvesSettings *settings = request->settings;
  const LtBaselines *b = &self->yardstick->baselines;
  gboolean cross = plot->measure == LT_CURVES_MEASURE_CROSS;
  double mean = cross ? b->mean_cross_entropy : b->mean_squared_error;
  double perfect = cross ? b->perfect_cross_entropy : 0.0;
  g_autofree char *mean_name = g_strdup_printf ("mean %s", plot->example);
  g_autofree char *pca_name =
      g_strdup_printf ("PCA, %d components", request->snapshot->model->n_code);

  if (plot->measure == LT_CURVES_MEASURE_OBJECTIVE ||
      plot->measure == LT_CURVES_MEASURE_CLASSES)
    return;
  if (settings->baselines) {
    add_level (self, LT_LEVEL_MEAN, mean_name, to_scale (plot, plot->measure, mean));
    add_level (self, LT_LEVEL_PERFECT, "perfect",
               to_scale (plot, plot->measure, perfect));
  }
  if (settings->pca && !cross)
    add_level (self, LT_LEVEL_PCA, pca_name,
               to_scale (plot, plot->measure, self->yardstick->pca_error));
}

/* ---- Axes and words --------------------------------------------------------------- */

static double
curve_value (const LtCurve *curve, guint i)
{
  return g_array_index (curve->y, double, i);
}

static double
curve_last (const LtCurve *curve)
{
  return curve_value (curve, curve->y->len - 1);
}

/* The range of all curves and levels of the measure. A start far above the mean's line would press the
 * rest flat, so it is cut off there, unless a curve has stayed above. */
static void
range_axes (LtCurvesResult *self, gboolean logarithmic)
{
  double low = INFINITY, high = -INFINITY, last = -INFINITY, cut;

  for (guint i = 0; i < self->curves->len; i++) {
    const LtCurve *curve = self->curves->pdata[i];

    if (curve->term >= 0)
      continue;
    for (guint j = 0; j < curve->y->len; j++) {
      double value = curve_value (curve, j);

      if (!logarithmic || value > 0.0) {
        low = MIN (low, value);
        high = MAX (high, value);
      }
    }
    last = MAX (last, curve_last (curve));
  }
  for (int i = 0; i < LT_N_LEVELS; i++)
    if (isfinite (self->levels[i]) && (!logarithmic || self->levels[i] > 0.0)) {
      low = MIN (low, self->levels[i]);
      high = MAX (high, self->levels[i]);
    }
  if (!(low <= high)) {
    low = 0.0;
    high = 1.0;
  }
  cut = 1.25 * self->levels[LT_LEVEL_MEAN];
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
summarise (const LtCurvesResult *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->curves->len; i++) {
    const LtCurve *curve = self->curves->pdata[i];

    if (curve->role == LT_CURVE_TRAIN || curve->role == LT_CURVE_VALID)
      g_string_append_printf (text, "%s%s %.4g", text->len > 0 ? ", " : "",
                              curve->title, curve_last (curve));
  }
  if (text->len == 0)
    g_string_append (text, "no epoch yet");
  else
    g_string_append_printf (text, "; %s", self->y_title);
  return lt_view_minus (g_string_free (text, FALSE));
}

static void
append_clause (GString *note, const char *clause)
{
  if (note->len > 0)
    g_string_append (note, "; ");
  g_string_append (note, clause);
}

static char *
make_note (const LtCurvesResult *self, const Plot *plot, const LtViewRequest *request)
{
  const LtCurvesSettings *settings = request->settings;
  GString *note = g_string_new (NULL);
  double angle = (double) NAN;

  if (self->yardstick != NULL && plot->measure != LT_CURVES_MEASURE_OBJECTIVE &&
      plot->measure != LT_CURVES_MEASURE_CLASSES)
    g_string_append_printf (note, "levels: %s set",
                            lt_split_name (self->yardstick->split));
  if (settings->pca && self->yardstick != NULL)
    angle = lt_curves_yardstick_angle (self->yardstick, request);
  if (isfinite (angle)) {
    g_autofree char *clause =
        g_strdup_printf ("mean angle to PCA's subspace %.1f°", angle);

    append_clause (note, clause);
  }
  if (!plot->same_loss && settings->minibatches)
    append_clause (note, "the minibatches' loss is on another scale");
  if (plot->unmeasured) {
    g_autofree char *name = g_strdup (lt_curves_measure_names[settings->measure]);
    g_autofree char *clause =
        g_strdup_printf ("no %s so far", g_strdelimit (name, "-", ' '));

    append_clause (note, clause);
  }
  return g_string_free (note, note->len == 0);
}

/* ---- The result ------------------------------------------------------------------- */

gpointer
lt_curves_collect (const LtViewRequest *request, GError **error)
{
  const LtCurvesSettings *settings = request->settings;
  Plot plot = plan_plot (request->snapshot, settings, request->log);
  LtCurvesResult *self = g_new0 (LtCurvesResult, 1);
  LtAxis phase;

  find_phase (request->snapshot, request->log, &plot);
  self->panels = &lt_curves_panels;
  self->curves = g_ptr_array_new_with_free_func (curve_free);
  self->flag_titles = g_ptr_array_new_with_free_func (g_free);
  self->flag_places = g_array_new (FALSE, FALSE, sizeof (double));
  for (int i = 0; i < LT_N_LEVELS; i++)
    self->levels[i] = (double) NAN;
  self->y_title = title_axis (&plot, NULL);
  self->n_epochs = request->log->epochs->len;
  self->cursor = request->snapshot->progress;
  if (settings->minibatches && plot.same_loss)
    add_minibatches (self, &plot, request->log);
  add_epochs (self, &plot, request->log);
  if (settings->terms)
    add_terms (self, &plot, request);
  if (settings->flags)
    add_flags (self, request->log);
  if (settings->baselines || settings->pca) {
    self->yardstick = lt_curves_yardstick_new (request, settings->pca);
    add_levels (self, &plot, request);
  }
  range_axes (self, settings->logarithmic);
  self->axes.x = phase =
      (LtAxis){ 0, MAX (1, last_place (request->log)), FALSE, "epochs" };
  phase.lowest = plot.begin;
  phase.highest = MAX (plot.begin + 1, MIN (plot.end, phase.highest));
  if (plot.measure == LT_CURVES_MEASURE_OBJECTIVE)
    self->axes.x = phase;
  for (int i = 0; i < self->n_terms; i++)
    self->terms[i].axes.x = phase;
  self->axes.y.title = self->y_title;
  self->note = make_note (self, &plot, request);
  self->summary = summarise (self);
  return self;
}

void
lt_curves_result_free (gpointer result)
{
  LtCurvesResult *self = result;

  g_ptr_array_unref (self->curves);
  g_ptr_array_unref (self->flag_titles);
  g_array_unref (self->flag_places);
  lt_curves_yardstick_unref (self->yardstick);
  for (int i = 0; i < LT_N_LEVELS; i++)
    g_free (self->level_titles[i]);
  g_free (self->y_title);
  g_free (self->note);
  g_free (self->summary);
  g_free (self);
}
