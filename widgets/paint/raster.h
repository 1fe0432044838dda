/* A picture of numbers as pixels on a surface; not for the folders above. */
#pragma once

#include "paint/tiles.h"

G_BEGIN_DECLS

typedef struct {
  const float *pixels; /* [height, width, channels] */
  int width, height, channels;
  LtTileColour colour;
  float lowest, highest;
} LtPicture;

/* Into the rectangle. NaN pixels come out in slanting stripes of the warning colour. */
void lt_raster_paint (cairo_t *cr,
                      const LtPicture *picture,
                      const LtStyle *style,
                      const cairo_rectangle_t *rect);

/* Whether most of the picture's edge has nearly the background's colour. */
gboolean lt_raster_melts (const LtPicture *picture, const LtStyle *style);

/* The colours of a scale, with the numbers at its ends. */
typedef struct {
  LtTileColour colour;
  float lowest, highest;
  gboolean clipped;       /* some values lie outside */
  const char *low, *high; /* words in place of the numbers; NULL */
} LtRamp;

double lt_ramp_width (const LtRamp *ramp, const LtStyle *style);

/* "0 ▒▒▒ 1" that ends at `right`, its middle at y; where it begins. */
double lt_ramp_paint (cairo_t *cr,
                      const LtRamp *ramp,
                      const LtStyle *style,
                      double right,
                      double y);

G_END_DECLS
