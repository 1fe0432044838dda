/* Points in the plane, coloured and marked by class, with a legend. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

typedef struct {
  int n;
  const float *points; /* [n, 2] */
  const int *labels;   /* [n]; −1 or NULL: no class */
  int n_classes;
  const char *const *class_names; /* [n_classes] */
  LtAxes axes;
  int emphasised;   /* a class drawn in full while the others fade; −1: all */
  const char *note; /* "5,000 of 10,000 test examples" */
} LtScatterData;

void lt_scatter_paint (cairo_t *cr,
                       const LtScatterData *data,
                       const LtStyle *style,
                       double w,
                       double h);

/* The rectangle of the plot itself. */
void lt_scatter_plot (const LtScatterData *data,
                      const LtStyle *style,
                      double w,
                      double h,
                      cairo_rectangle_t *plot);

/* The nearest point within `reach` pixels of (x, y), −1 for none. */
int lt_scatter_hit (const LtScatterData *data,
                    const LtStyle *style,
                    double w,
                    double h,
                    double x,
                    double y,
                    double reach);

/* The class whose legend entry is under (x, y), −1 for none. */
int lt_scatter_legend_hit (const LtScatterData *data,
                           const LtStyle *style,
                           double w,
                           double h,
                           double x,
                           double y);

G_END_DECLS
