/* Vectors of hidden units as small pictures, a square for each unit, row by row; and rows of
 * data beside them. Not for the folders outside. */
#pragma once

#include "core/model.h"
#include "paint/mosaics.h"
#include "views/common.h"

G_BEGIN_DECLS

typedef struct {
  int width, height, missing; /* the last row lacks so many */
  LtTileColour colour;
  float lowest, highest;
} LtHiddenPicture;

void lt_hidden_picture_init (LtHiddenPicture *self, int n_units);

/* The colours of these values, of units that have the layer's range. */
void lt_hidden_picture_scale (LtHiddenPicture *self,
                              const LtLayerInfo *layer,
                              const float *values,
                              gsize n);

/* n vectors [n, n_units] → [n, height, width], for the caller. */
float *lt_hidden_picture_cut (const LtHiddenPicture *self,
                              const float *rows,
                              int n,
                              int n_units) G_GNUC_WARN_UNUSED_RESULT;

/* Picture i of pixels [n, height, width], as a cell of a table. */
LtMosaic lt_hidden_picture_cell (const LtHiddenPicture *self,
                                 const float *pixels,
                                 int i);

/* The same of the visible units'. */
LtMosaic lt_visible_picture_cell (const LtViewPicture *self,
                                  const float *pixels,
                                  int i,
                                  float lowest,
                                  float highest);

G_END_DECLS
