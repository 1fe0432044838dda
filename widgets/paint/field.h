/* A vector field over points: arrows on a grid, and a second field laid over it. */
#pragma once

#include "paint/scatter.h"

G_BEGIN_DECLS

typedef struct {
  int side; /* arrows: side × side */
  double x0, x1, y0, y1;
  const float *field;     /* [side·side, 2], row-major from (x0, y0) */
  const float *reference; /* the same, drawn as thin outlines; NULL */
  const char *field_title, *reference_title; /* for the legend */
  LtScatterData points;
  /* Drawn length / true length. 0: by a power of magnitude, against the 95th
   * percentile of the reference (of the field when there is none), so that arrows do not
   * overlap and the two can be compared. */
  double scale;
  const char *note;
} LtFieldData;

void lt_field_paint (cairo_t *cr,
                     const LtFieldData *data,
                     const LtStyle *style,
                     double w,
                     double h);
void lt_field_plot (const LtFieldData *data,
                    const LtStyle *style,
                    double w,
                    double h,
                    cairo_rectangle_t *plot);

G_END_DECLS
