/* The biases of a layer as one picture: those of the data's units laid out like the data,
 * those of hidden ones as a square for each. Not for the folders outside. */
#pragma once

#include "paint/mosaics.h"
#include "views/common.h"

G_BEGIN_DECLS

typedef struct {
  LtBiases *biases;
  gboolean visible;
  LtViewPicture picture; /* of the data's units */
  float *pixels;
  LtMosaic cell;
  char *note;
} LtBiasPicture;

/* layer: from 0; −1: the data's units. A sentence when these have no biases. */
LtBiasPicture *lt_bias_picture_new (const LtSnapshot *snapshot,
                                    int layer,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_bias_picture_free (LtBiasPicture *self);

void lt_bias_picture_paint (const LtBiasPicture *self,
                            cairo_t *cr,
                            const LtStyle *style,
                            double w,
                            double h);

/* found: at (x, y). */
gboolean lt_bias_picture_hit (const LtBiasPicture *self,
                              const LtStyle *style,
                              double w,
                              double h,
                              LtViewHit *found);

/* "unit,bias" */
char *lt_bias_picture_to_csv (const LtBiasPicture *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
