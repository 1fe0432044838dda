/* Curves over time: several series, level lines, flags. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

typedef struct {
  const char *title;
  int n;
  const double *x, *y; /* [n]; a NaN breaks the line */
  gboolean dots;       /* each point marked too */
  gboolean faint;      /* behind the others: the minibatch's own loss */
  LtColour colour;
  gboolean unjoined;        /* no line from point to point */
  const double *low, *high; /* [n]: a bar at each point, where both are numbers; NULL */
} LtSeries;

typedef struct {
  const char *title; /* "mean image 0.2625" */
  double y;
  LtColour colour;
} LtLevel;

typedef struct {
  double x;
  const char *title; /* "learning rate 0.1 → 0.01" */
} LtFlag;

typedef struct {
  const char *heading; /* a panel's: in place of the legend, with the note beside it */
  LtAxes axes;
  int n_series;
  const LtSeries *series;
  int n_levels;
  const LtLevel *levels;
  int n_flags;
  const LtFlag *flags;
  double cursor; /* a vertical line: the epoch shown; NaN: none */
  const char *note;
} LtCurvesData;

void lt_curves_paint (cairo_t *cr,
                      const LtCurvesData *data,
                      const LtStyle *style,
                      double w,
                      double h);
void lt_curves_plot (const LtCurvesData *data,
                     const LtStyle *style,
                     double w,
                     double h,
                     cairo_rectangle_t *plot);

/* The value of each series at plot position x: y [n_series], NaN where it has none. */
void lt_curves_values_at (const LtCurvesData *data, double x, double *y);

G_END_DECLS
