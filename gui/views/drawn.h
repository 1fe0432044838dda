/* What the user draws, as a row of the data. Not for the folders outside. */
#pragma once

#include "views/common.h"

G_BEGIN_DECLS

/* What has been drawn on the view's surfaces, or else the file at path: a picture of that
 * size; NULL when there is neither. FALSE when the file cannot be had. */
gboolean lt_view_take_drawing (const LtViewRequest *request,
                               const LtViewPicture *picture,
                               const char *path,
                               LtDrawing **drawing,
                               GError **error);

/* From the value of no ink to that of full ink: 0 to 1, or from the mean up. drawing: NULL is
 * empty. row: [nv], written. */
void lt_view_row_from_drawing (const LtViewPicture *picture,
                               const LtDrawing *drawing,
                               const LtDataset *data,
                               float *row);

G_END_DECLS
