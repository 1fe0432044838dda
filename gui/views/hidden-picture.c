/* Hidden vectors as pictures. */
#include "views/hidden-picture.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

static int
places_missing (int n_units, int width)
{
  return (width - n_units % width) % width;
}

/* As square as it goes without many places that stay empty. */
void
lt_hidden_picture_init (LtHiddenPicture *self, int n_units)
{
  int side = MAX (1, (int) ceil (sqrt (n_units))), best = side;

  for (int width = side; width <= MIN (n_units, 2 * side); width++)
    if (places_missing (n_units, width) + 2 * width <
        places_missing (n_units, best) + 2 * best)
      best = width;
  *self = (LtHiddenPicture){ .width = best,
                             .height = (n_units + best - 1) / best,
                             .missing = places_missing (n_units, best),
                             .colour = LT_TILES_SEQUENTIAL,
                             .highest = 1 };
}

void
lt_hidden_picture_scale (LtHiddenPicture *self,
                         const LtLayerInfo *layer,
                         const float *values,
                         gsize n)
{
  float low, high;

  if (layer->highest > layer->lowest && isfinite (layer->lowest) &&
      isfinite (layer->highest)) {
    self->lowest = (float) layer->lowest;
    self->highest = (float) layer->highest;
    return;
  }
  lt_range (values, n, &low, &high);
  self->lowest = 0;
  self->highest = MAX (fabsf (low), fabsf (high));
  if (!(self->highest > 0))
    self->highest = 1;
  if (low < 0) {
    self->colour = LT_TILES_DIVERGING;
    self->lowest = -self->highest;
  }
}

float *
lt_hidden_picture_cut (const LtHiddenPicture *self,
                       const float *rows,
                       int n,
                       int n_units)
{
  gsize size = (gsize) self->width * self->height;
  float *pixels = g_new (float, n *size);

  for (int i = 0; i < n; i++) {
    memcpy (pixels + i * size, rows + (gsize) i * n_units, n_units * sizeof *pixels);
    for (gsize j = n_units; j < size; j++)
      pixels[i * size + j] = self->colour == LT_TILES_DIVERGING ? 0 : self->lowest;
  }
  return pixels;
}

LtMosaic
lt_hidden_picture_cell (const LtHiddenPicture *self, const float *pixels, int i)
{
  return (LtMosaic){ .n = 1,
                     .width = self->width,
                     .height = self->height,
                     .channels = 1,
                     .pixels = pixels + (gsize) i * self->width * self->height,
                     .missing = self->missing,
                     .colour = self->colour,
                     .lowest = self->lowest,
                     .highest = self->highest };
}

LtMosaic
lt_visible_picture_cell (const LtViewPicture *self,
                         const float *pixels,
                         int i,
                         float lowest,
                         float highest)
{
  return (LtMosaic){ .n = 1,
                     .width = self->width,
                     .height = self->height,
                     .channels = self->channels,
                     .pixels = pixels + i * lt_view_picture_size (self),
                     .stretched = self->height == 1,
                     .colour = self->colour,
                     .lowest = lowest,
                     .highest = highest };
}
