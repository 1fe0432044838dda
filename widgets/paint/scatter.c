/* Points in the plane with their legend. */
#include "paint/scatter.h"

#include "paint/detail.h"
#include "paint/legend.h"
#include "paint/points.h"

#include <math.h>

typedef struct {
  LtLegend legend;
  LtAxes axes;
  cairo_rectangle_t plot;
} Layout;

static void
layout_plan (const LtScatterData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  LtLegend *legend = &layout->legend;

  *legend = (LtLegend){ style, data->n_classes, data->class_names };
  layout->axes = lt_axes_fitted (&data->axes, style, data->note, h);
  lt_legend_plan (legend, w, h);
  if (legend->column)
    lt_axes_plan (&layout->axes, style, w - legend->width, h, 0, &layout->plot);
  else
    lt_axes_plan (&layout->axes, style, w, h, legend->height, &layout->plot);
}

void
lt_scatter_paint (cairo_t *cr,
                  const LtScatterData *data,
                  const LtStyle *style,
                  double w,
                  double h)
{
  double inset = lt_inset (style), inside_h = h - 2 * inset;
  Layout layout;

  layout_plan (data, style, w - 2 * inset, inside_h, &layout);
  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  lt_axes_paint (cr, &layout.axes, style, &layout.plot);
  lt_points_paint (cr, data, style, &layout.plot);
  lt_legend_paint (&layout.legend, cr, data->emphasised);
  lt_note_paint (cr, style, data->note, layout.axes.x.title,
                 layout.plot.x + layout.plot.width, inside_h);
  cairo_restore (cr);
}

void
lt_scatter_plot (const LtScatterData *data,
                 const LtStyle *style,
                 double w,
                 double h,
                 cairo_rectangle_t *plot)
{
  double inset = lt_inset (style);
  Layout layout;

  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  *plot = layout.plot;
  plot->x += inset;
  plot->y += inset;
}

int
lt_scatter_hit (const LtScatterData *data,
                const LtStyle *style,
                double w,
                double h,
                double x,
                double y,
                double reach)
{
  double nearest = reach * reach;
  double x0, dx, y0, dy;
  gboolean logarithmic = data->axes.x.logarithmic || data->axes.y.logarithmic;
  cairo_rectangle_t plot;
  int hit = -1;

  lt_scatter_plot (data, style, w, h, &plot);
  x0 = lt_axes_x (&data->axes, &plot, 0);
  dx = lt_axes_x (&data->axes, &plot, 1) - x0;
  y0 = lt_axes_y (&data->axes, &plot, 0);
  dy = lt_axes_y (&data->axes, &plot, 1) - y0;
  for (int i = 0; i < data->n; i++) {
    double px = (double) data->points[2 * i], py = (double) data->points[2 * i + 1];
    double off_x, off_y, distance;

    off_x = (logarithmic ? lt_axes_x (&data->axes, &plot, px) : x0 + dx * px) - x;
    off_y = (logarithmic ? lt_axes_y (&data->axes, &plot, py) : y0 + dy * py) - y;
    distance = off_x * off_x + off_y * off_y;
    if (distance <= nearest) {
      nearest = distance;
      hit = i;
    }
  }
  return hit;
}

int
lt_scatter_legend_hit (const LtScatterData *data,
                       const LtStyle *style,
                       double w,
                       double h,
                       double x,
                       double y)
{
  double inset = lt_inset (style);
  Layout layout;

  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  return lt_legend_hit (&layout.legend, x - inset, y - inset);
}
