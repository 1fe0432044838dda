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

/* Of the finite losses; FALSE when there is none. */
static gboolean
loss_range (const LtTimelineData *data, double *lowest, double *highest)
{
  *lowest = INFINITY;
  *highest = -INFINITY;
  for (int i = 0; i < data->n; i++)
    if (isfinite (data->loss[i])) {
      *lowest = MIN (*lowest, data->loss[i]);
      *highest = MAX (*highest, data->loss[i]);
    }
  return *lowest <= *highest;
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
static gboolean
loss_path (cairo_t *cr, const LtTimelineData *data, const Layout *layout, gboolean fill)
{
  double lowest, highest, first = 0, last = 0;
  double height = layout->bottom - layout->top;
  gboolean begun = FALSE;

  if (!loss_range (data, &lowest, &highest))
    return FALSE;
  cairo_new_path (cr);
  for (int i = 0; i < data->n; i++) {
    double place = loss_place (data->loss[i], lowest, highest);

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
  return begun;
}

static void
loss_paint (cairo_t *cr,
            const LtTimelineData *data,
            const LtStyle *style,
            const Layout *layout)
{
  cairo_pattern_t *fade;
  LtColour accent = style->accent;

  if (!loss_path (cr, data, layout, TRUE))
    return;
  fade = cairo_pattern_create_linear (0, layout->top, 0, layout->bottom);
  cairo_pattern_add_color_stop_rgba (fade, 0, accent.r, accent.g, accent.b, 0.38);
  cairo_pattern_add_color_stop_rgba (fade, 1, accent.r, accent.g, accent.b, 0.08);
  cairo_set_source (cr, fade);
  cairo_fill (cr);
  cairo_pattern_destroy (fade);
  loss_path (cr, data, layout, FALSE);
  lt_style_set (cr, lt_colour_with_alpha (accent, 0.9));
  cairo_set_line_width (cr, style->text_size / 9);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
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

  loss_paint (cr, data, style, &layout);
  track_paint (cr, data, style, &layout);
  ticks_paint (cr, data, style, &layout, h);
  flags_paint (cr, data, style, &layout);
  hover_paint (cr, data, style, &layout);
  live_paint (cr, data, style, &layout);
  handle_paint (cr, data, style, &layout);
}
