/* A histogram: bars without gaps, a line at 0, the count's axis from 0. */
#include "paint/histogram.h"

#include "paint/detail.h"

#include <math.h>

typedef struct {
  LtAxes axes;
  cairo_rectangle_t plot;
} Layout;

static double
most (const LtHistogramData *data)
{
  gsize count = 1;

  for (int i = 0; i < data->n_bins; i++)
    count = MAX (count, data->counts[i]);
  return (double) count;
}

static void
layout_plan (const LtHistogramData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  LtAxes axes = {
    .x = { data->lowest, data->lowest + MAX (data->n_bins, 1) * data->width, FALSE,
           data->x_title },
    .y = { 0, most (data) * 1.04, FALSE, data->y_title },
  };

  layout->axes = lt_axes_fitted (&axes, style, NULL, h);
  lt_axes_plan (&layout->axes, style, w, h, lt_heading_height (style), &layout->plot);
}

/* Where bins are wide enough, a sliver between them lets each be told apart. */
static void
bars_paint (cairo_t *cr,
            const LtHistogramData *data,
            const LtStyle *style,
            const Layout *layout)
{
  const cairo_rectangle_t *plot = &layout->plot;
  double gap = plot->width / data->n_bins >= style->text_size * 0.45 ? 1 : 0;
  double bottom = plot->y + plot->height;

  lt_style_set (cr, lt_colour_with_alpha (data->colour, 0.85));
  for (int i = 0; i < data->n_bins; i++) {
    double x0 = plot->x + plot->width * i / data->n_bins;
    double x1 = plot->x + plot->width * (i + 1) / data->n_bins;
    double y = lt_axes_y (&layout->axes, plot, (double) data->counts[i]);
    double floor_y = bottom;

    if (data->counts[i] == 0)
      continue;
    y = MIN (y, bottom - 1); /* one value is seen too */
    lt_snap (cr, &x0, &y);
    lt_snap (cr, &x1, &floor_y);
    cairo_rectangle (cr, x0, y, MAX (x1 - x0 - gap, 1), floor_y - y);
  }
  cairo_fill (cr);
}

static void
zero_paint (cairo_t *cr,
            const LtHistogramData *data,
            const LtStyle *style,
            const Layout *layout)
{
  const cairo_rectangle_t *plot = &layout->plot;
  double highest = data->lowest + data->n_bins * data->width;

  lt_style_set (cr, lt_colour_with_alpha (style->foreground, 0.55));
  if (data->lowest <= 0 && highest >= 0)
    lt_rule_vertical (cr, lt_axes_x (&layout->axes, plot, 0), plot->y,
                      plot->y + plot->height, style->text_size / 16);
  lt_rule_horizontal (cr, plot->x, plot->x + plot->width, plot->y + plot->height,
                      style->text_size / 16);
}

void
lt_histogram_paint (cairo_t *cr,
                    const LtHistogramData *data,
                    const LtStyle *style,
                    double w,
                    double h)
{
  double inset = lt_inset (style), heading = lt_heading_height (style);
  double inside_w = w - 2 * inset, inside_h = h - 2 * inset;
  Layout layout;

  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  lt_heading_paint (cr, style, data->title, data->note, inside_w);
  if (data->n_bins == 0) {
    cairo_translate (cr, 0, heading);
    lt_message_paint (cr, style, data->message, inside_w, inside_h - heading);
  } else {
    layout_plan (data, style, inside_w, inside_h, &layout);
    lt_axes_paint (cr, &layout.axes, style, &layout.plot);
    bars_paint (cr, data, style, &layout);
    zero_paint (cr, data, style, &layout);
  }
  cairo_restore (cr);
}

int
lt_histogram_hit (const LtHistogramData *data,
                  const LtStyle *style,
                  double w,
                  double h,
                  double x,
                  double y)
{
  double inset = lt_inset (style);
  Layout layout;

  if (data->n_bins == 0)
    return -1;
  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  x -= inset + layout.plot.x;
  y -= inset + layout.plot.y;
  if (x < 0 || x >= layout.plot.width || y < 0 || y > layout.plot.height)
    return -1;
  return MIN ((int) (x / layout.plot.width * data->n_bins), data->n_bins - 1);
}
