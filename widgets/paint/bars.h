/* Named quantities as rows of bars: how many examples a class has, how large a split is. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef struct {
  int n;
  const char *const *names; /* [n] */
  const double *values;     /* [n], whole, none negative */
  const LtColour *colours;  /* [n], or NULL: class colours with class markers */
  int max_rows;             /* what is more is summed up in the last row */
} LtBarsData;

/* What the rows need. */
double lt_bars_height (const LtBarsData *data, const LtStyle *style);

void lt_bars_paint (cairo_t *cr,
                    const LtBarsData *data,
                    const LtStyle *style,
                    double w);

G_END_DECLS
