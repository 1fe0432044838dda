/* Learning curves: how the loss falls, between the two lines that give it a meaning: what
 * predicting the mean costs, and what nothing can beat. */
#include "views/learning-curves.h"

#include <math.h>
#include <string.h>

static const char *const scale_names[] = { "usual", "example", "entry", NULL };

static const LtKnob knobs[] = {
  { "measure", "Measure", "", "Curves",
    "Own is the loss that the model minimises; the objective has its penalties too. "
    "Where the gradient is sampled, the reconstruction stands for both. What no epoch "
    "has yet gives way to the model's own.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "own", .choices = lt_curves_measure_names,
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, measure) },
  { "scale", "Scale", "", "Curves",
    "Summed over an example (image) or a mean over its entries (pixels); usual takes "
    "entries for the cross-entropy and examples for the rest.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "usual", .choices = scale_names,
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, scale) },
  { "log", "Logarithmic", "", "Curves", "Draw the loss on a logarithmic scale.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "false",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, logarithmic) },
  { "minibatches", "Minibatches", "", "Curves",
    "The minibatches' own loss, with the noise that it is trained with.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, minibatches) },
  { "terms", "Terms", "", "Curves",
    "Each term of the objective that is not 0, and each figure beside it, in a panel "
    "of "
    "its own: the minibatches, and their mean over each epoch.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "false",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, terms) },
  { "baselines", "Baselines", "", "Curves",
    "What predicting the mean costs, and what a perfect reconstruction costs.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, baselines) },
  { "pca", "Principal components", "", "Curves",
    "The squared error of PCA with as many components as the code has units, and the "
    "mean angle between its subspace and the decoder's.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "false",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, pca) },
  { "flags", "Knob turns", "", "Curves", "Flags where knobs were turned.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true",
    .offset = G_STRUCT_OFFSET (LtCurvesSettings, flags) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  return TRUE;
}

/* Class colours that are not mistaken for those of training and validation. */
static const int term_colours[LT_MAX_TERMS] = { 2, 4, 6, 7, 8, 1, 5, 9 };

static LtColour
curve_colour (const LtCurve *curve, const LtStyle *style)
{
  switch (curve->role) {
  case LT_CURVE_TRAIN:
    return style->accent;
  case LT_CURVE_VALID:
    return style->second;
  case LT_CURVE_TERM:
  case LT_CURVE_TERM_MEAN:
    return lt_style_class_colour (style, term_colours[curve->term]);
  case LT_CURVE_MINIBATCH:
  default:
    return style->dim;
  }
}

static LtColour
level_colour (LtCurvesLevel level, const LtStyle *style)
{
  if (level == LT_LEVEL_MEAN)
    return style->warning;
  return level == LT_LEVEL_PCA ? lt_style_class_colour (style, 2) : style->dim;
}

/* ---- Where panels lie, and what stands in them ---------------------------------------- */

/* The measure's panel comes first, and has the row with the fewest to itself or shares it;
 * where the others would be too small, it is alone. */
static gboolean
place_panel (gconstpointer result,
             const LtStyle *style,
             double w,
             double h,
             int panel,
             cairo_rectangle_t *rect)
{
  const LtCurvesResult *self = result;
  double gap = self->n_terms > 0 ? round (style->text_size / 3) : 0;
  int n = self->n_terms + 1;

  if (w * h < n * 60 * style->text_size * style->text_size)
    n = 1;
  if (panel >= n)
    return FALSE;
  lt_panels_grid (n, n - 1 - panel, w, h, rect);
  rect->x = w - rect->x - rect->width + gap;
  rect->y = h - rect->y - rect->height;
  rect->width -= 2 * gap;
  return TRUE;
}

/* Everything that lt_curves_paint needs; series, levels and flags are owned by this. */
typedef struct {
  LtCurvesData data;
  LtSeries *series;
  LtLevel levels[LT_N_LEVELS];
  LtFlag *flags;
} Drawing;

static void
drawing_clear (Drawing *self)
{
  g_free (self->series);
  g_free (self->flags);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, drawing_clear)

/* A term's minibatches are faint behind the means of two epochs or more. */
static void
add_series (Drawing *self,
            const LtCurvesResult *result,
            const LtStyle *style,
            const LtCurve *curve)
{
  self->series[self->data.n_series++] = (LtSeries){
    .title = curve->role == LT_CURVE_TERM_MEAN ? "epoch means" : curve->title,
    .n = curve->x->len,
    .x = (const double *) curve->x->data,
    .y = (const double *) curve->y->data,
    .dots = curve->role != LT_CURVE_MINIBATCH && curve->role != LT_CURVE_TERM &&
            result->n_epochs <= 40,
    .faint = curve->role == LT_CURVE_MINIBATCH ||
             (curve->role == LT_CURVE_TERM && result->n_epochs > 1),
    .colour = curve_colour (curve, style),
  };
}

static void
add_levels_and_flags (Drawing *self, const LtCurvesResult *result, const LtStyle *style)
{
  self->flags = g_new0 (LtFlag, result->flag_titles->len);
  for (int i = 0; i < LT_N_LEVELS; i++)
    if (isfinite (result->levels[i]))
      self->levels[self->data.n_levels++] =
          (LtLevel){ result->level_titles[i], result->levels[i],
                     level_colour (i, style) };
  for (guint i = 0; i < result->flag_titles->len; i++)
    self->flags[i] = (LtFlag){ g_array_index (result->flag_places, double, i),
                               result->flag_titles->pdata[i] };
  self->data.levels = self->levels;
  self->data.n_flags = result->flag_titles->len;
  self->data.flags = self->flags;
}

static void
drawing_init (Drawing *self,
              const LtCurvesResult *result,
              const LtStyle *style,
              int panel)
{
  const LtCurvesTerm *term = panel > 0 ? &result->terms[panel - 1] : NULL;

  memset (self, 0, sizeof *self);
  self->series = g_new0 (LtSeries, result->curves->len);
  for (guint i = 0; i < result->curves->len; i++) {
    const LtCurve *curve = result->curves->pdata[i];

    if (curve->term == (term != NULL ? term->term : -1))
      add_series (self, result, style, curve);
  }
  self->data.series = self->series;
  self->data.cursor = result->cursor;
  self->data.axes = term != NULL ? term->axes : result->axes;
  self->data.heading = term != NULL ? term->info->name : NULL;
  self->data.note = term != NULL ? term->info->formula : result->note;
  if (term == NULL)
    add_levels_and_flags (self, result, style);
}

static void
paint_panel (gconstpointer result,
             int panel,
             cairo_t *cr,
             const LtStyle *style,
             double w,
             double h)
{
  const LtCurvesResult *self = result;
  g_auto (Drawing) drawing;

  drawing_init (&drawing, self, style, panel);
  if (self->curves->len == 0)
    lt_message_paint (cr, style, "The curves begin with the first minibatch.", w, h);
  else
    lt_curves_paint (cr, &drawing.data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const LtCurvesResult *self = result;

  return g_strdup (self->summary);
}

/* What the arrow heads at the plot's edges stand for. */
static const char *
beyond (const LtAxis *axis, double value)
{
  if (value > axis->highest)
    return " (above the plot)";
  return value < axis->lowest ? " (below the plot)" : "";
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
      g_string_append_printf (line, ", %s %.4g%s", data->series[i].title, values[i],
                              beyond (&data->axes.y, values[i]));
  g_strlcpy (text, line->str, size);
}

/* The values under the pointer, or the knob's turn when a flag is near. */
static gboolean
hit_panel (gconstpointer result,
           int panel,
           const LtStyle *style,
           double w,
           double h,
           LtViewHit *found)
{
  const LtCurvesResult *self = result;
  g_auto (Drawing) drawing;
  cairo_rectangle_t plot;

  drawing_init (&drawing, self, style, panel);
  lt_curves_plot (&drawing.data, style, w, h, &plot);
  if (self->curves->len == 0 || found->x < plot.x || found->x > plot.x + plot.width ||
      found->y > plot.y + plot.height)
    return FALSE;
  name_values (&drawing.data, lt_axes_x_value (&drawing.data.axes, &plot, found->x),
               found->text, sizeof found->text);
  for (int i = 0; i < drawing.data.n_flags; i++)
    if (fabs (lt_axes_x (&self->axes, &plot, drawing.flags[i].x) - found->x) <= 6.0)
      g_snprintf (found->text, sizeof found->text, "epoch %.3g: %s", drawing.flags[i].x,
                  drawing.flags[i].title);
  return TRUE;
}

const LtPanels lt_curves_panels = { 1 + LT_MAX_TERMS, place_panel, paint_panel,
                                    hit_panel };

static char *
to_csv (gconstpointer result)
{
  const LtCurvesResult *self = result;
  GString *csv = g_string_new ("series,epochs,");

  lt_csv_text (csv, self->y_title);
  g_string_append_c (csv, '\n');
  for (guint i = 0; i < self->curves->len; i++) {
    const LtCurve *curve = self->curves->pdata[i];

    for (guint j = 0; j < curve->x->len; j++) {
      lt_csv_text (csv, curve->title);
      g_string_append_c (csv, ',');
      lt_csv_number (csv, g_array_index (curve->x, double, j));
      g_string_append_c (csv, ',');
      lt_csv_number (csv, g_array_index (curve->y, double, j));
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
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtCurvesSettings) },
  .suits = suits,
  .compute = lt_curves_collect,
  .free = lt_curves_result_free,
  .paint = lt_panels_paint,
  .describe = describe,
  .hit = lt_panels_hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
