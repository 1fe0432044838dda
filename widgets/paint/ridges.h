/* Histograms below each other over one line of numbers, each as high as its row: where the
 * values of several groups lie, whatever their number. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

typedef struct {
  const char *name;    /* "training, mean −123" */
  const gsize *counts; /* [n_bins] */
  gsize below, above;  /* values outside all bins */
  double mean;         /* marked; NAN: not */
  LtColour colour;
} LtRidge;

/* A value that all rows are compared to. */
typedef struct {
  const char *name;
  double value;     /* NAN: none */
  double low, high; /* a band around it, −∞ and ∞ for no end; NAN: none */
  LtColour colour;
} LtRidgeMark;

typedef struct {
  const char *title, *note, *x_title;
  int n; /* 0: the message stands in their place */
  const LtRidge *ridges;
  int n_bins;
  double lowest, width; /* of the first bin */
  int n_marks;
  const LtRidgeMark *marks;
  const char *message;
} LtRidgesData;

void lt_ridges_paint (cairo_t *cr,
                      const LtRidgesData *data,
                      const LtStyle *style,
                      double w,
                      double h);

/* The row and bin under (x, y); FALSE where there is none. */
gboolean lt_ridges_hit (const LtRidgesData *data,
                        const LtStyle *style,
                        double w,
                        double h,
                        double x,
                        double y,
                        int *ridge,
                        int *bin);

G_END_DECLS
