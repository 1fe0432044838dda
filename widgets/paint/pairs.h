/* Two numbers each of many things, as bars side by side: how probable a state is, and how
 * often it occurs. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

typedef struct {
  const char *title, *note, *x_title, *y_title;
  int n;
  const double *first, *second; /* [n], none negative; second NULL: first alone */
  const char *first_title, *second_title;
  const char *const *names; /* [n], under the bars where there is room; NULL */
  LtColour first_colour, second_colour;
} LtPairsData;

void lt_pairs_paint (cairo_t *cr,
                     const LtPairsData *data,
                     const LtStyle *style,
                     double w,
                     double h);

/* The pair under (x, y), −1 for none. */
int lt_pairs_hit (const LtPairsData *data,
                  const LtStyle *style,
                  double w,
                  double h,
                  double x,
                  double y);

G_END_DECLS
