/* Pairs: bars from 0, the first of each pair at the left; where pairs are too narrow for two
 * bars the second is a line of steps over the first. */
#include "paint/pairs.h"

#include "paint/detail.h"

#include <math.h>

#define SMALL 0.85

typedef struct {
  LtAxes axes;
  cairo_rectangle_t plot;
  double step;
  gboolean named;
} Layout;

static double
largest (const LtPairsData *data)
{
  double most = 1e-12;

  for (int i = 0; i < data->n; i++) {
    most = MAX (most, data->first[i]);
    if (data->second != NULL)
      most = MAX (most, data->second[i]);
  }
  return most;
}

static double
widest_name (const LtPairsData *data, const LtStyle *style)
{
  double widest = 0;

  for (int i = 0; data->names != NULL && i < data->n; i++)
    widest = MAX (widest, lt_text_width (NULL, style, data->names[i], SMALL, FALSE));
  return widest;
}

/* The axes' own numbers along x are those of the order; they give way to names. */
static void
layout_plan (const LtPairsData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  LtAxes axes = { .x = { 0, data->n, FALSE, data->x_title },
                  .y = { 0, largest (data) * 1.05, FALSE, data->y_title } };
  double head = lt_heading_height (style) + lt_text_height (style, SMALL);

  layout->axes = lt_axes_fitted (&axes, style, NULL, h);
  lt_axes_plan (&layout->axes, style, w, h, head, &layout->plot);
  layout->step = layout->plot.width / data->n;
  layout->named = data->names != NULL &&
                  widest_name (data, style) < layout->step - style->text_size / 3;
}

static void
bar_paint (cairo_t *cr, const Layout *layout, double value, double x0, double x1)
{
  double bottom = layout->plot.y + layout->plot.height;
  double y = lt_axes_y (&layout->axes, &layout->plot, value);

  lt_snap (cr, &x0, &y);
  lt_snap (cr, &x1, &bottom);
  cairo_rectangle (cr, x0, y, MAX (x1 - x0, 1), bottom - y);
}

static void
bars_paint (cairo_t *cr,
            const LtPairsData *data,
            const LtStyle *style,
            const Layout *layout)
{
  gboolean beside = data->second != NULL && layout->step >= style->text_size * 0.45;
  double gap = beside ? MAX (1, layout->step * 0.15) : 0;
  double half = beside ? (layout->step - gap) / 2 : layout->step;

  lt_style_set (cr, lt_colour_with_alpha (data->first_colour, beside ? 0.9 : 0.55));
  for (int i = 0; i < data->n; i++) {
    double x = layout->plot.x + i * layout->step + gap / 2;

    bar_paint (cr, layout, data->first[i], x, x + half);
  }
  cairo_fill (cr);
  if (data->second == NULL)
    return;
  lt_style_set (cr, data->second_colour);
  cairo_set_line_width (cr, MAX (1, style->text_size / 10));
  for (int i = 0; i < data->n; i++) {
    double x = layout->plot.x + i * layout->step, y;

    if (beside) {
      bar_paint (cr, layout, data->second[i], x + gap / 2 + half,
                 x + gap / 2 + 2 * half);
      continue;
    }
    y = lt_axes_y (&layout->axes, &layout->plot, data->second[i]);
    if (i == 0)
      cairo_move_to (cr, x, y);
    cairo_line_to (cr, x, y);
    cairo_line_to (cr, x + layout->step, y);
  }
  if (beside)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
}

static double
entry_paint (cairo_t *cr,
             const LtStyle *style,
             const char *title,
             LtColour colour,
             double x)
{
  double y = lt_heading_height (style) + lt_text_height (style, SMALL) / 2;
  double side = style->text_size * 0.55;

  lt_style_set (cr, colour);
  cairo_rectangle (cr, x, y - side / 2, side, side);
  cairo_fill (cr);
  lt_style_set (cr, style->foreground);
  x += 1.4 * side;
  return x + style->text_size +
         lt_text_paint (cr, style, title, x, y, LT_ALIGN_START, SMALL, FALSE, 0);
}

static void
names_paint (cairo_t *cr,
             const LtPairsData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double y = layout->plot.y + layout->plot.height + lt_text_height (style, SMALL) / 2 +
             style->text_size / 8;

  lt_style_set (cr, style->dim);
  for (int i = 0; layout->named && i < data->n; i++)
    lt_text_paint (cr, style, data->names[i], layout->plot.x + (i + 0.5) * layout->step,
                   y, LT_ALIGN_MIDDLE, SMALL, FALSE, layout->step);
}

/* The axes without the numbers below, which names stand in for. */
static void
axes_paint (cairo_t *cr, const LtStyle *style, const Layout *layout, double w)
{
  cairo_save (cr);
  if (layout->named) {
    double bottom = layout->plot.y + layout->plot.height;

    cairo_rectangle (cr, 0, 0, layout->plot.x, bottom + 0.45 * style->text_size);
    cairo_rectangle (cr, layout->plot.x, 0, w - layout->plot.x, bottom + 1);
    cairo_clip (cr);
  }
  lt_axes_paint (cr, &layout->axes, style, &layout->plot);
  cairo_restore (cr);
}

void
lt_pairs_paint (cairo_t *cr,
                const LtPairsData *data,
                const LtStyle *style,
                double w,
                double h)
{
  double inset = lt_inset (style), x;
  Layout layout;

  if (data->n == 0)
    return;
  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  lt_heading_paint (cr, style, data->title, data->note, w - 2 * inset);
  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  x = entry_paint (cr, style, data->first_title, data->first_colour, 0);
  if (data->second != NULL)
    entry_paint (cr, style, data->second_title, data->second_colour, x);
  axes_paint (cr, style, &layout, w);
  bars_paint (cr, data, style, &layout);
  names_paint (cr, data, style, &layout);
  cairo_restore (cr);
}

int
lt_pairs_hit (const LtPairsData *data,
              const LtStyle *style,
              double w,
              double h,
              double x,
              double y)
{
  double inset = lt_inset (style);
  Layout layout;

  if (data->n == 0)
    return -1;
  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  x -= inset + layout.plot.x;
  y -= inset + layout.plot.y;
  if (x < 0 || x >= layout.plot.width || y < 0 || y > layout.plot.height)
    return -1;
  return MIN ((int) (x / layout.step), data->n - 1);
}
