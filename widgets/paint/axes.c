/* Axes: a light grid, numbers outside, the y title over its numbers where it reads without
 * turning one's head, the x title at the right end under its own. No box: the grid is the
 * frame. */
#include "paint/axes.h"

#include "paint/detail.h"

#include <math.h>

#define TICK_SCALE  0.88
#define TITLE_SCALE 0.92

static double
forward (const LtAxis *axis, double value)
{
  return axis->logarithmic ? log10 (MAX (value, 1e-300)) : value;
}

/* Widens an axis about its middle so that it has `span`. */
static void
widen (LtAxis *axis, double span)
{
  double middle = (axis->lowest + axis->highest) / 2;

  axis->lowest = middle - span / 2;
  axis->highest = middle + span / 2;
}

/* The ranges that are seen in the plot: never empty, and with `equal` one of them wider than
 * what was asked for. */
static LtAxes
seen (const LtAxes *axes, const cairo_rectangle_t *plot)
{
  LtAxes result = *axes;
  double per_pixel;

  if (!(result.x.highest > result.x.lowest))
    lt_axis_round (&result.x);
  if (!(result.y.highest > result.y.lowest))
    lt_axis_round (&result.y);
  if (result.x.lowest <= 0)
    result.x.logarithmic = FALSE;
  if (result.y.lowest <= 0)
    result.y.logarithmic = FALSE;
  if (!axes->equal || result.x.logarithmic || result.y.logarithmic)
    return result;
  per_pixel = MAX ((result.x.highest - result.x.lowest) / MAX (plot->width, 1),
                   (result.y.highest - result.y.lowest) / MAX (plot->height, 1));
  widen (&result.x, per_pixel * MAX (plot->width, 1));
  widen (&result.y, per_pixel * MAX (plot->height, 1));
  return result;
}

static double
place_of (const LtAxis *axis, double value)
{
  double low = forward (axis, axis->lowest), high = forward (axis, axis->highest);

  return (forward (axis, value) - low) / (high - low);
}

static double
value_at (const LtAxis *axis, double place)
{
  double low = forward (axis, axis->lowest), high = forward (axis, axis->highest);
  double value = low + place * (high - low);

  return axis->logarithmic ? pow (10, value) : value;
}

double
lt_axes_x (const LtAxes *axes, const cairo_rectangle_t *plot, double value)
{
  LtAxes view = seen (axes, plot);

  return plot->x + plot->width * place_of (&view.x, value);
}

double
lt_axes_y (const LtAxes *axes, const cairo_rectangle_t *plot, double value)
{
  LtAxes view = seen (axes, plot);

  return plot->y + plot->height * (1 - place_of (&view.y, value));
}

double
lt_axes_x_value (const LtAxes *axes, const cairo_rectangle_t *plot, double x)
{
  LtAxes view = seen (axes, plot);

  return value_at (&view.x, (x - plot->x) / MAX (plot->width, 1));
}

double
lt_axes_y_value (const LtAxes *axes, const cairo_rectangle_t *plot, double y)
{
  LtAxes view = seen (axes, plot);

  return value_at (&view.y, 1 - (y - plot->y) / MAX (plot->height, 1));
}

static int
most_y_ticks (const LtStyle *style, double height)
{
  return (int) CLAMP (height / (1.9 * style->text_size), 2, 8);
}

static int
most_x_ticks (const LtStyle *style, double width)
{
  return (int) CLAMP (width / (3.2 * style->text_size), 2, 11);
}

static double
widest_label (const LtTicks *ticks, const LtStyle *style)
{
  double widest = 0;
  char text[48];

  for (int i = 0; i < ticks->n; i++) {
    lt_ticks_label (ticks, i, text, sizeof text);
    widest = MAX (widest, lt_text_width (NULL, style, text, TICK_SCALE, FALSE));
  }
  return widest;
}

void
lt_axes_plan (const LtAxes *axes,
              const LtStyle *style,
              double w,
              double h,
              double header,
              cairo_rectangle_t *plot)
{
  double line = lt_text_height (style, TICK_SCALE);
  double gap = style->text_size / 2;
  double top = header + (axes->y.title != NULL ? line + gap / 2 : gap);
  double bottom = gap / 2 + line + (axes->x.title != NULL ? line : 0);

  *plot = (cairo_rectangle_t){ 0, floor (top), MAX (w, 1), 1 };
  plot->height = MAX (floor (h - plot->y - bottom), 1);
  /* With equal axes the width decides which numbers there are: once more settles it. */
  for (int i = 0; i < (axes->equal ? 2 : 1); i++) {
    LtAxes view = seen (axes, plot);
    LtTicks ticks;

    lt_axis_ticks (&view.y, most_y_ticks (style, plot->height), &ticks);
    plot->x = ceil (MIN (widest_label (&ticks, style) + gap, w / 3));
    plot->width = MAX (floor (w - plot->x - gap), 1);
  }
}

/* Whether the ticks' numbers stand beside each other without touching. */
static gboolean
stand_apart (const LtTicks *ticks, const LtStyle *style, double width)
{
  return ticks->n * (widest_label (ticks, style) + style->text_size) <=
         width + style->text_size;
}

void
lt_axis_ticks_across (const LtAxis *axis,
                      const LtStyle *style,
                      double width,
                      int most,
                      LtTicks *ticks)
{
  const int finest = most + 4;
  LtTicks finer;

  for (int fewer = most; fewer >= MIN (most, 2); fewer--) {
    lt_axis_ticks (axis, fewer, ticks);
    if (stand_apart (ticks, style, width))
      break;
  }
  for (int more = most + 1; ticks->n == 1 && more <= finest; more++) {
    lt_axis_ticks (axis, more, &finer);
    if (finer.n > 1 && stand_apart (&finer, style, width))
      *ticks = finer;
  }
}

static void
x_ticks_paint (cairo_t *cr,
               const LtAxis *axis,
               const LtStyle *style,
               const cairo_rectangle_t *plot)
{
  double y = plot->y + plot->height;
  double label_y = y + style->text_size / 4 + lt_text_height (style, TICK_SCALE) / 2;
  LtTicks ticks;
  char text[48];

  lt_axis_ticks_across (axis, style, plot->width, most_x_ticks (style, plot->width),
                        &ticks);
  for (int i = 0; i < ticks.n; i++) {
    double x = plot->x + plot->width * place_of (axis, ticks.at[i]);
    double half;

    lt_ticks_label (&ticks, i, text, sizeof text);
    half = lt_text_width (cr, style, text, TICK_SCALE, FALSE) / 2;
    lt_style_set (cr, style->grid);
    lt_rule_vertical (cr, x, plot->y, y, style->text_size / 16);
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, text,
                   MIN (x, plot->x + plot->width + style->text_size / 2 - half),
                   label_y, LT_ALIGN_MIDDLE, TICK_SCALE, FALSE, 0);
  }
}

static void
y_ticks_paint (cairo_t *cr,
               const LtAxis *axis,
               const LtStyle *style,
               const cairo_rectangle_t *plot)
{
  LtTicks ticks;
  char text[48];

  lt_axis_ticks (axis, most_y_ticks (style, plot->height), &ticks);
  for (int i = 0; i < ticks.n; i++) {
    double y = plot->y + plot->height * (1 - place_of (axis, ticks.at[i]));

    lt_ticks_label (&ticks, i, text, sizeof text);
    lt_style_set (cr, style->grid);
    lt_rule_horizontal (cr, plot->x, plot->x + plot->width, y, style->text_size / 16);
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, text, plot->x - style->text_size / 2, y, LT_ALIGN_END,
                   TICK_SCALE, FALSE, plot->x - style->text_size / 2);
  }
}

void
lt_axes_paint (cairo_t *cr,
               const LtAxes *axes,
               const LtStyle *style,
               const cairo_rectangle_t *plot)
{
  LtAxes view = seen (axes, plot);
  double line = lt_text_height (style, TICK_SCALE);
  double right = plot->x + plot->width;

  x_ticks_paint (cr, &view.x, style, plot);
  y_ticks_paint (cr, &view.y, style, plot);
  lt_style_set (cr, style->dim);
  if (axes->y.title != NULL)
    lt_text_paint (cr, style, axes->y.title, 0,
                   plot->y - style->text_size / 4 - line / 2, LT_ALIGN_START,
                   TITLE_SCALE, FALSE, right);
  if (axes->x.title != NULL)
    lt_text_paint (cr, style, axes->x.title, right,
                   plot->y + plot->height + style->text_size / 4 + 1.5 * line,
                   LT_ALIGN_END, TITLE_SCALE, FALSE, plot->width);
}
