/* Arrows, for fields and their legends; not for the folders above. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef struct {
  double x, y;   /* the tail */
  double dx, dy; /* to the tip, in pixels */
  double width;  /* of the shaft */
} LtArrow;

/* Filled, with a head in proportion; a dot when it is too short to point anywhere. */
void lt_arrow_fill (cairo_t *cr, const LtArrow *arrow);

/* A thin line with an open head: for a field laid behind or over another. */
void lt_arrow_line (cairo_t *cr, const LtArrow *arrow);

G_END_DECLS
