/* Axes of a plot: range, ticks, labels, and the way from data to pixels and back. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef struct {
  double lowest, highest;
  gboolean logarithmic;
  const char *title; /* with its unit: "cross-entropy (nats / image)" */
} LtAxis;

typedef struct {
  LtAxis x, y;
  gboolean equal; /* one unit is as long on both axes */
} LtAxes;

/* The plot's rectangle inside w × h, once room is made for labels and a title row of
 * `header` pixels. */
void lt_axes_plan (const LtAxes *axes,
                   const LtStyle *style,
                   double w,
                   double h,
                   double header,
                   cairo_rectangle_t *plot);

/* Grid, ticks (at 1, 2 or 5 times a power of ten), numbers and titles. */
void lt_axes_paint (cairo_t *cr,
                    const LtAxes *axes,
                    const LtStyle *style,
                    const cairo_rectangle_t *plot);

double lt_axes_x (const LtAxes *axes, const cairo_rectangle_t *plot, double value);
double lt_axes_y (const LtAxes *axes, const cairo_rectangle_t *plot, double value);
double lt_axes_x_value (const LtAxes *axes, const cairo_rectangle_t *plot, double x);
double lt_axes_y_value (const LtAxes *axes, const cairo_rectangle_t *plot, double y);

#define LT_MAX_TICKS 24

typedef struct {
  int n;
  double step; /* of a linear axis; 0: powers of ten */
  double at[LT_MAX_TICKS];
} LtTicks;

/* At most `most` (≥ 2) ticks in the axis's range, rising. */
void lt_axis_ticks (const LtAxis *axis, int most, LtTicks *ticks);

/* The same, as far as their numbers have room beside each other in a width, and never one
 * alone where two have: it would not tell the scale. */
void lt_axis_ticks_across (const LtAxis *axis,
                           const LtStyle *style,
                           double width,
                           int most,
                           LtTicks *ticks);

/* The text at tick i, with no more digits than the step needs: "0.25", "−40", "20k", "10⁻³". */
void lt_ticks_label (const LtTicks *ticks, int i, char *text, gsize size);

/* Widens [lowest, highest] to a round, non-empty range. */
void lt_axis_round (LtAxis *axis);

G_END_DECLS
