/* Marked points in great number; not for the folders above. */
#pragma once

#include "paint/scatter.h"

G_BEGIN_DECLS

/* The points alone, clipped to the plot. Points that are not finite are left out. */
void lt_points_paint (cairo_t *cr,
                      const LtScatterData *data,
                      const LtStyle *style,
                      const cairo_rectangle_t *plot);

/* The radius that so many points get. */
double lt_points_radius (const LtStyle *style, int n, const cairo_rectangle_t *plot);

G_END_DECLS
