/* What somebody draws with the pointer: ink on a grid of pixels. Immutable, reference-counted
 * atomically: each stroke makes another. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  int ref_count;
  int width, height;
  float *ink; /* [height, width], from 0 to 1 */
} LtDrawing;

/* A piece of a stroke, in the drawing's pixels; the middle of the first is (½, ½). */
typedef struct {
  double x0, y0, x1, y1;
  gboolean rubs; /* takes ink away */
} LtStroke;

LtDrawing *lt_drawing_new (int width, int height) G_GNUC_WARN_UNUSED_RESULT;
LtDrawing *lt_drawing_ref (LtDrawing *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_drawing_unref (LtDrawing *self);

/* The drawing with a stroke of a soft round brush, as wide as a pen on a digit: a tenth of
 * the longer side. */
LtDrawing *lt_drawing_add (const LtDrawing *self,
                           const LtStroke *stroke) G_GNUC_WARN_UNUSED_RESULT;

/* A PNG or JPEG picture of that size: white is full ink, black is none. */
LtDrawing *lt_drawing_load (const char *path, int width, int height, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean lt_drawing_is_empty (const LtDrawing *self);

/* Whether both are of the same size and ink; NULL is empty. */
gboolean lt_drawing_equal (const LtDrawing *a, const LtDrawing *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDrawing, lt_drawing_unref)

G_END_DECLS
