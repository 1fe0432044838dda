/* A table of mosaics: every cell is one picture, or many of the same size side by side, so
 * that terms can be seen to be subtracted and steps to follow each other. */
#pragma once

#include "paint/tiles.h"

G_BEGIN_DECLS

typedef struct {
  int n; /* pictures; 0: the message stands in their place */
  int width, height, channels;
  const float *pixels; /* [n, height, width, channels] */
  int missing;         /* pixels that each picture's last row lacks */
  gboolean stretched;  /* one picture fills the cell, whatever its shape: a matrix */
  LtTileColour colour;
  float lowest, highest; /* the scale, DIVERGING too */
  const char *note;      /* below; NULL */
  const char *message;   /* NULL: the cell is empty */
} LtMosaic;

typedef struct {
  int n_rows, n_columns;
  const LtMosaic *cells;            /* [n_rows, n_columns] */
  const char *const *column_titles; /* [n_columns]; NULL */
  const char *const *row_titles;    /* [n_rows], read upwards; NULL */
  const char *const *signs;         /* [n_columns − 1], between columns; NULL */
  int emphasised;                   /* a column in the accent colour; −1: none */
  const char *note;                 /* in the lowest row, with the scale; NULL */
  gboolean scale;                   /* whether the colours are explained there */
  LtTileColour scale_colour;
  float scale_lowest, scale_highest;
  gboolean scale_clipped; /* some values lie outside */
} LtMosaicsData;

/* What is under the pointer. */
typedef struct {
  int row;     /* −1: the column's title */
  int column;  /* always one */
  int picture; /* of the cell's; −1: none, as for what follows */
  int x, y;    /* its pixel */
  cairo_rectangle_t rect;
} LtMosaicPlace;

void lt_mosaics_paint (cairo_t *cr,
                       const LtMosaicsData *data,
                       const LtStyle *style,
                       double w,
                       double h);

gboolean lt_mosaics_hit (const LtMosaicsData *data,
                         const LtStyle *style,
                         double w,
                         double h,
                         double x,
                         double y,
                         LtMosaicPlace *place);

/* How many pictures of this size a cell of the table shows so that they can be
 * recognised; pictures and cells need not be there yet. */
int lt_mosaics_capacity (const LtMosaicsData *data,
                         const LtStyle *style,
                         double w,
                         double h,
                         int width,
                         int height);

G_END_DECLS
