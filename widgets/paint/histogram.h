/* How often values occur: bars without gaps over a line of numbers. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

typedef struct {
  const char *title;    /* "weights W1" */
  const char *note;     /* beside it: "σ = 0.05"; NULL */
  const char *x_title;  /* NULL */
  const char *y_title;  /* what is counted: "weights"; NULL */
  int n_bins;           /* 0: the message stands in their place */
  double lowest, width; /* of the first bin */
  const gsize *counts;  /* [n_bins] */
  LtColour colour;
  const char *message; /* NULL */
} LtHistogramData;

void lt_histogram_paint (cairo_t *cr,
                         const LtHistogramData *data,
                         const LtStyle *style,
                         double w,
                         double h);

/* The bin under (x, y), −1 for none. */
int lt_histogram_hit (const LtHistogramData *data,
                      const LtStyle *style,
                      double w,
                      double h,
                      double x,
                      double y);

G_END_DECLS
