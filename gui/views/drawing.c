/* A drawing and its brush. The ink that a stroke leaves falls off with the distance to it: full
 * within the brush's radius, none a pixel farther out. */
#include "views/drawing.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/loader.h"

/* Of the longer side. */
#define PEN 0.042

static gsize
size_of (const LtDrawing *self)
{
  return (gsize) self->width * self->height;
}

LtDrawing *
lt_drawing_new (int width, int height)
{
  LtDrawing *self = g_new0 (LtDrawing, 1);

  self->ref_count = 1;
  self->width = width;
  self->height = height;
  self->ink = g_new0 (float, size_of (self));
  return self;
}

LtDrawing *
lt_drawing_ref (LtDrawing *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_drawing_unref (LtDrawing *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->ink);
  g_free (self);
}

/* From the point to the nearest one of the stroke. */
static double
distance (const LtStroke *stroke, double x, double y)
{
  double dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
  double length2 = dx * dx + dy * dy, along = 0;

  if (length2 > 0)
    along = CLAMP (((x - stroke->x0) * dx + (y - stroke->y0) * dy) / length2, 0, 1);
  return hypot (x - stroke->x0 - along * dx, y - stroke->y0 - along * dy);
}

LtDrawing *
lt_drawing_add (const LtDrawing *self, const LtStroke *stroke)
{
  LtDrawing *drawn = lt_drawing_new (self->width, self->height);
  double radius = PEN * MAX (self->width, self->height) + 0.5;

  /* Along the same stroke it takes the soft edge away too. */
  if (stroke->rubs)
    radius = 2 * radius + 0.5;
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++) {
      gsize i = (gsize) y * self->width + x;
      float cover =
          (float) CLAMP (radius + 0.5 - distance (stroke, x + 0.5, y + 0.5), 0, 1);

      drawn->ink[i] =
          stroke->rubs ? MIN (self->ink[i], 1 - cover) : MAX (self->ink[i], cover);
    }
  return drawn;
}

/* Of red, green and blue as much as the eye makes of them (ITU-R BT.601). */
static float
lightness (const guint8 *pixel, int channels)
{
  if (channels == 1)
    return pixel[0] / 255.0f;
  return (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]) / 255.0f;
}

LtDrawing *
lt_drawing_load (const char *path, int width, int height, GError **error)
{
  g_autoptr (LtTable) table = lt_picture_load (path, error);
  const LtModality *picture;
  LtDrawing *self;

  if (table == NULL)
    return NULL;
  picture = &table->shape.modality[0];
  if (picture->width != width || picture->height != height) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "%s is %d × %d pixels wide and high, but what is drawn here is as large "
        "as the data's pictures, %d × %d.",
        table->name, picture->width, picture->height, width, height);
    return NULL;
  }
  self = lt_drawing_new (width, height);
  for (gsize i = 0; i < size_of (self); i++)
    self->ink[i] = lightness (table->bytes + i * picture->channels, picture->channels);
  return self;
}

gboolean
lt_drawing_is_empty (const LtDrawing *self)
{
  for (gsize i = 0; i < size_of (self); i++)
    if (self->ink[i] > 0)
      return FALSE;
  return TRUE;
}

gboolean
lt_drawing_equal (const LtDrawing *a, const LtDrawing *b)
{
  if (a == NULL || b == NULL)
    return (a == NULL || lt_drawing_is_empty (a)) &&
           (b == NULL || lt_drawing_is_empty (b));
  return a->width == b->width && a->height == b->height &&
         memcmp (a->ink, b->ink, size_of (a) * sizeof *a->ink) == 0;
}
