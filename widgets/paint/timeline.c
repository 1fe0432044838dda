/* The timeline: a quiet landscape of the loss with one handle in it. */
#include "paint/timeline.h"

#include "paint/detail.h"

#include <math.h>

typedef struct {
  double left, right; /* of the track */
  double top, bottom; /* of the loss */
  double last;        /* epochs at the right end */
} Layout;

static Layout
layout_plan (const LtTimelineData *data, const LtStyle *style, double w, double h)
{
  double side = style->text_size;
  double numbers = lt_text_height (style, 0.85) + style->text_size / 4;
  Layout layout = { .left = side, .right = MAX (w - side, side + 1) };

  layout.top = style->text_size * 0.9;
  layout.bottom = MAX (h - numbers, layout.top + 1);
  layout.last = MAX (MAX (data->n_epochs, ceil (data->progress - 1e-9)), 1);
  return layout;
}

static double
place_x (const Layout *layout, double progress)
{
  double place = CLAMP (progress / layout->last, 0, 1);

  return layout->left + place * (layout->right - layout->left);
}

double
lt_timeline_x (const LtTimelineData *data,
               const LtStyle *style,
               double w,
               double progress)
{
  Layout layout = layout_plan (data, style, w, 0);

  return place_x (&layout, progress);
}

int
lt_timeline_epoch_at (const LtTimelineData *data,
                      const LtStyle *style,
                      double w,
                      double x)
{
  Layout layout = layout_plan (data, style, w, 0);
  double place = (x - layout.left) / (layout.right - layout.left);
  int epoch = (int) round (CLAMP (place, 0, 1) * layout.last);

  return CLAMP (epoch, 0, (int) floor (MAX (data->progress, 0) + 1e-9));
}

int
lt_timeline_flag_at (const LtTimelineData *data,
                     const LtStyle *style,
                     double w,
                     double x)
{
  double nearest = 6;
  int flag = -1;

  for (int i = 0; i < data->n_flags; i++) {
    double distance = fabs (lt_timeline_x (data, style, w, data->flags[i]) - x);

    if (distance <= nearest) {
      nearest = distance;
      flag = i;
    }
  }
  return flag;
}

/* The phase that a loss at `progress` belongs to: one at a boundary, which is a mean over what
 * came before it, to the phase before. */
static int
phase_at (const LtTimelineData *data, double progress)
{
  int phase = 0;

  while (phase + 1 < data->n_phases && progress > data->phases[phase + 1].begin + 1e-9)
    phase++;
  return phase;
}

/* The losses of one phase: first … last − 1. */
typedef struct {
  int first, last;
  double lowest, highest; /* of the finite ones */
} Stretch;

/* FALSE when there is no finite loss in it. */
static gboolean
find_stretch (const LtTimelineData *data, int first, Stretch *stretch)
{
  int phase = phase_at (data, data->x[first]);

  *stretch = (Stretch){ first, first, INFINITY, -INFINITY };
  for (int i = first; i < data->n && phase_at (data, data->x[i]) == phase; i++) {
    stretch->last = i + 1;
    if (isfinite (data->loss[i])) {
      stretch->lowest = MIN (stretch->lowest, data->loss[i]);
      stretch->highest = MAX (stretch->highest, data->loss[i]);
    }
  }
  return stretch->lowest <= stretch->highest;
}

/* Losses fall fast and then slowly: positive ones are drawn by their logarithm. */
static double
loss_place (double loss, double lowest, double highest)
{
  if (highest <= lowest)
    return 0.5;
  if (lowest > 0)
    return log (loss / lowest) / log (highest / lowest);
  return (loss - lowest) / (highest - lowest);
}

/* The curve; and closed down to the track, when filled. A loss that is not a number leaves
 * the curve at its last height. */
static void
stretch_path (cairo_t *cr,
              const LtTimelineData *data,
              const Layout *layout,
              const Stretch *stretch,
              gboolean fill)
{
  double first = 0, last = 0, height = layout->bottom - layout->top;
  gboolean begun = FALSE;

  cairo_new_path (cr);
  for (int i = stretch->first; i < stretch->last; i++) {
    double place = loss_place (data->loss[i], stretch->lowest, stretch->highest);

    if (!isfinite (data->loss[i]))
      continue;
    last = place_x (layout, data->x[i]);
    if (!begun)
      first = last;
    begun = TRUE;
    cairo_line_to (cr, last, layout->bottom - (0.1 + 0.9 * place) * height);
  }
  if (fill) {
    cairo_line_to (cr, last, layout->bottom);
    cairo_line_to (cr, first, layout->bottom);
    cairo_close_path (cr);
  }
}

static void
stretch_paint (cairo_t *cr,
               const LtTimelineData *data,
               const LtStyle *style,
               const Layout *layout,
               const Stretch *stretch)
{
  cairo_pattern_t *fade =
      cairo_pattern_create_linear (0, layout->top, 0, layout->bottom);
  LtColour accent = style->accent;

  stretch_path (cr, data, layout, stretch, TRUE);
  cairo_pattern_add_color_stop_rgba (fade, 0, accent.r, accent.g, accent.b, 0.38);
  cairo_pattern_add_color_stop_rgba (fade, 1, accent.r, accent.g, accent.b, 0.08);
  cairo_set_source (cr, fade);
  cairo_fill (cr);
  cairo_pattern_destroy (fade);
  stretch_path (cr, data, layout, stretch, FALSE);
  lt_style_set (cr, lt_colour_with_alpha (accent, 0.9));
  cairo_set_line_width (cr, style->text_size / 9);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

static void
loss_paint (cairo_t *cr,
            const LtTimelineData *data,
            const LtStyle *style,
            const Layout *layout)
{
  Stretch stretch;

  for (int first = 0; first < data->n; first = stretch.last) {
    if (find_stretch (data, first, &stretch))
      stretch_paint (cr, data, style, layout, &stretch);
  }
}

/* ---- Phases ----------------------------------------------------------------------- */

static double
phase_end (const LtTimelineData *data, const Layout *layout, int phase)
{
  return phase + 1 < data->n_phases ? data->phases[phase + 1].begin : layout->last;
}

/* Every other one is shaded, so that they can be told apart where nothing has been done. */
static void
shades_paint (cairo_t *cr,
              const LtTimelineData *data,
              const LtStyle *style,
              const Layout *layout)
{
  lt_style_set (cr, lt_colour_with_alpha (style->dim, 0.10));
  for (int i = 1; i < data->n_phases; i += 2) {
    double left = place_x (layout, data->phases[i].begin);
    double right = place_x (layout, phase_end (data, layout, i));

    cairo_rectangle (cr, left, 0, right - left, layout->bottom);
  }
  cairo_fill (cr);
}

/* Their titles along the top, the present one's strong. */
static void
titles_paint (cairo_t *cr,
              const LtTimelineData *data,
              const LtStyle *style,
              const Layout *layout)
{
  int present = phase_at (data, data->progress + 1e-6);

  for (int i = 0; i < data->n_phases; i++) {
    double left = place_x (layout, data->phases[i].begin);
    double right = place_x (layout, phase_end (data, layout, i));
    double room = right - left - 0.6 * style->text_size;

    if (i > 0) {
      lt_style_set (cr, lt_colour_with_alpha (style->dim, 0.5));
      lt_rule_vertical (cr, left, 0, layout->bottom, style->text_size / 14);
    }
    if (room < 2.5 * style->text_size)
      continue;
    lt_style_set (cr, i == present ? style->foreground : style->dim);
    lt_text_paint (cr, style, data->phases[i].title, left + 0.3 * style->text_size,
                   lt_text_height (style, 0.85) / 2, LT_ALIGN_START, 0.85, i == present,
                   room);
  }
}

/* The base line: full where training has been, faint where it will go. */
static void
track_paint (cairo_t *cr,
             const LtTimelineData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double now = place_x (layout, data->progress);

  lt_style_set (cr, style->grid);
  lt_rule_horizontal (cr, layout->left, layout->right, layout->bottom,
                      style->text_size / 7);
  lt_style_set (cr, lt_colour_mix (style->background, style->accent, 0.6));
  lt_rule_horizontal (cr, layout->left, now, layout->bottom, style->text_size / 7);
}

/* Whether the number at x would peep out from under that of the handle or the pointer. */
static gboolean
is_covered (const LtTimelineData *data,
            const LtStyle *style,
            const Layout *layout,
            double x)
{
  double near = 2 * style->text_size;

  return (data->shown >= 0 && fabs (x - place_x (layout, data->shown)) < near) ||
         (data->hover >= 0 && fabs (x - place_x (layout, data->hover)) < near);
}

static void
ticks_paint (cairo_t *cr,
             const LtTimelineData *data,
             const LtStyle *style,
             const Layout *layout,
             double h)
{
  LtAxis axis = { 0, layout->last };
  double room = layout->right - layout->left;
  double y = h - lt_text_height (style, 0.85) / 2;
  LtTicks ticks;

  lt_axis_ticks (&axis, (int) CLAMP (room / (4.5 * style->text_size), 2, 16), &ticks);
  for (int i = 0; i < ticks.n; i++) {
    double x = place_x (layout, ticks.at[i]);
    char text[48];

    if (ticks.at[i] != floor (ticks.at[i]))
      continue;
    lt_style_set (cr, lt_colour_mix (style->grid, style->dim, 0.4));
    lt_rule_vertical (cr, x, layout->bottom, layout->bottom + style->text_size / 4,
                      style->text_size / 16);
    if (is_covered (data, style, layout, x))
      continue;
    lt_ticks_label (&ticks, i, text, sizeof text);
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, text, x, y, LT_ALIGN_MIDDLE, 0.85, FALSE, 0);
  }
}

static void
flags_paint (cairo_t *cr,
             const LtTimelineData *data,
             const LtStyle *style,
             const Layout *layout)
{
  for (int i = 0; i < data->n_flags; i++)
    lt_pennant_paint (cr, style, place_x (layout, data->flags[i]), 1,
                      layout->bottom - style->text_size / 14);
}

/* A bubble with a number at the foot of a position. */
static void
bubble_paint (cairo_t *cr,
              const LtStyle *style,
              const char *text,
              double x,
              const Layout *layout)
{
  double width = lt_text_width (cr, style, text, 0.85, TRUE) + style->text_size * 0.9;
  double height = lt_text_height (style, 0.85);
  double left = CLAMP (x - width / 2, 0, layout->right + style->text_size - width);
  cairo_rectangle_t rect = { left, layout->bottom + style->text_size / 5, width,
                             height };

  lt_round_rectangle (cr, &rect, height / 2);
  cairo_fill (cr);
  lt_style_set (cr, style->background);
  lt_text_paint (cr, style, text, left + width / 2, rect.y + height / 2,
                 LT_ALIGN_MIDDLE, 0.85, TRUE, 0);
}

static void
hover_paint (cairo_t *cr,
             const LtTimelineData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double x = place_x (layout, data->hover);
  char text[24];

  if (data->hover < 0 || data->hover == data->shown)
    return;
  g_snprintf (text, sizeof text, "%d", data->hover);
  lt_style_set (cr, lt_colour_with_alpha (style->dim, 0.6));
  lt_rule_vertical (cr, x, layout->top / 2, layout->bottom, style->text_size / 14);
  lt_style_set (cr, style->dim);
  bubble_paint (cr, style, text, x, layout);
}

/* Where training is: a ring of light round a dot. */
static void
live_paint (cairo_t *cr,
            const LtTimelineData *data,
            const LtStyle *style,
            const Layout *layout)
{
  double x = place_x (layout, data->progress);
  double radius = style->text_size * (data->shown < 0 ? 0.32 : 0.24);

  if (data->progress <= 0 && data->n == 0)
    return;
  lt_style_set (cr, lt_colour_with_alpha (style->accent, 0.22));
  cairo_arc (cr, x, layout->bottom, 1.9 * radius, 0, 2 * G_PI);
  cairo_fill (cr);
  lt_style_set (cr, style->accent);
  cairo_arc (cr, x, layout->bottom, radius, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
handle_paint (cairo_t *cr,
              const LtTimelineData *data,
              const LtStyle *style,
              const Layout *layout)
{
  double x = place_x (layout, data->shown), radius = style->text_size * 0.38;
  char text[24];

  if (data->shown < 0)
    return;
  g_snprintf (text, sizeof text, "%d", data->shown);
  lt_style_set (cr, style->second);
  lt_rule_vertical (cr, x, layout->top / 2, layout->bottom, style->text_size / 7);
  cairo_arc (cr, x, layout->bottom, radius, 0, 2 * G_PI);
  cairo_fill (cr);
  lt_style_set (cr, style->background);
  cairo_arc (cr, x, layout->bottom, radius * 0.42, 0, 2 * G_PI);
  cairo_fill (cr);
  lt_style_set (cr, style->second);
  bubble_paint (cr, style, text, x, layout);
}

void
lt_timeline_paint (cairo_t *cr,
                   const LtTimelineData *data,
                   const LtStyle *style,
                   double w,
                   double h)
{
  Layout layout = layout_plan (data, style, w, h);

  shades_paint (cr, data, style, &layout);
  loss_paint (cr, data, style, &layout);
  titles_paint (cr, data, style, &layout);
  track_paint (cr, data, style, &layout);
  ticks_paint (cr, data, style, &layout, h);
  flags_paint (cr, data, style, &layout);
  hover_paint (cr, data, style, &layout);
  live_paint (cr, data, style, &layout);
  handle_paint (cr, data, style, &layout);
}
