/* From ink to numbers. */
#include "views/drawn.h"

#include <string.h>

/* Of standardised values, what a pen leaves: as bright as pictures commonly get. */
#define BRIGHT 2.5f

static gboolean
fits (const LtViewPicture *picture, const LtDrawing *drawing)
{
  return drawing != NULL && drawing->width == picture->width &&
         drawing->height == picture->height;
}

gboolean
lt_view_take_drawing (const LtViewRequest *request,
                      const LtViewPicture *picture,
                      const char *path,
                      LtDrawing **drawing,
                      GError **error)
{
  *drawing = NULL;
  if (fits (picture, request->drawing) && !lt_drawing_is_empty (request->drawing)) {
    *drawing = lt_drawing_ref ((LtDrawing *) request->drawing);
    return TRUE;
  }
  if (*path == '\0')
    return TRUE;
  *drawing = lt_drawing_load (path, picture->width, picture->height, error);
  return *drawing != NULL;
}

void
lt_view_row_from_drawing (const LtViewPicture *picture,
                          const LtDrawing *drawing,
                          const LtDataset *data,
                          float *row)
{
  const LtShape *shape = lt_dataset_shape (data);
  gboolean unit = shape->modality[0].kind != LT_REAL;
  float lowest, highest;

  lt_dataset_range (data, &lowest, &highest);
  if (shape->modality[0].standardised)
    highest = MIN (highest, BRIGHT);
  memcpy (row, lt_dataset_mean (data), shape->nv * sizeof *row);
  for (int i = 0; i < picture->width * picture->height; i++)
    for (int c = 0; c < picture->stride; c++) {
      float *at = row + picture->offset + (gsize) i * picture->stride + c;
      float ink = drawing != NULL ? drawing->ink[i] : 0;
      float ground = unit ? 0 : *at;

      *at = ground + ink * (highest - ground);
    }
}
