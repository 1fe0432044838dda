/* A grid of small pictures: filters, digits, reconstructions in rows. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef enum {
  LT_TILES_GREY,      /* [lowest, highest] from black to white */
  LT_TILES_DIVERGING, /* symmetric about 0, each tile scaled by its own largest magnitude */
  LT_TILES_COLOUR,     /* three channels, [lowest, highest] */
  LT_TILES_SEQUENTIAL, /* [lowest, highest] in the style's colours of intensity */
} LtTileColour;

typedef struct {
  int n;                       /* pictures */
  int width, height, channels; /* of each, in pixels */
  const float *pixels;         /* [n, height, width, channels] */
  LtTileColour colour;
  float lowest, highest;
  gboolean
      shared_scale; /* DIVERGING: one scale for all tiles in place of each its own */

  /* Rows with names, e.g. original / corrupted / reconstructed: pictures are then laid row by
   * row, n_rows × (n / n_rows), and long rows are broken into blocks below each other where
   * that makes the pictures larger. 0: a free grid, as square as the area allows. */
  int n_rows;
  const char *const *row_titles;     /* [n_rows] */
  const char *const *captions;       /* [n] under each picture, or NULL */
  const char *const *caption_titles; /* [n_rows], what captions say, where there is
                                      * room; or NULL */
  const int
      *classes; /* the colour of a border; −1: none; or NULL. [n] in a free grid; in
                       * rows [n/n_rows], of all pictures in a column … */
  gboolean own_classes; /* … or [n]: each its own, with its marker before the caption */
  int selected;         /* outlined; −1: none */
  const char *note;     /* "100 of 500 filters, most active first", or NULL */
  gboolean scale;       /* whether the colours are explained beside the note */
} LtTilesData;

void lt_tiles_paint (cairo_t *cr,
                     const LtTilesData *data,
                     const LtStyle *style,
                     double w,
                     double h);

/* How many tiles of a free grid fit at a readable size: views compute that many. */
int lt_tiles_capacity (int tile_width,
                       int tile_height,
                       const LtStyle *style,
                       double w,
                       double h);

/* The picture under (x, y), −1 for none; its rectangle in *rect when not NULL. */
int lt_tiles_hit (const LtTilesData *data,
                  const LtStyle *style,
                  double w,
                  double h,
                  double x,
                  double y,
                  cairo_rectangle_t *rect);

/* Where picture i stands; FALSE when there is no room for any. */
gboolean lt_tiles_place (const LtTilesData *data,
                         const LtStyle *style,
                         double w,
                         double h,
                         int i,
                         cairo_rectangle_t *rect);

/* Picture i as the grid shows it, in the style's colours, into the rectangle: the lens. */
void lt_tile_paint (cairo_t *cr,
                    const LtTilesData *data,
                    const LtStyle *style,
                    int i,
                    const cairo_rectangle_t *rect);

/* One picture, enlarged with NEAREST, into the rectangle. pixels: [height, width, channels].
 * DIVERGING comes in the light style's colours. */
void lt_picture_paint (cairo_t *cr,
                       const float *pixels,
                       int width,
                       int height,
                       int channels,
                       LtTileColour colour,
                       float lowest,
                       float highest,
                       const cairo_rectangle_t *rect);

G_END_DECLS
