/* A table of numbers as one image: columns that can be marked, rows that stand in groups. */
#pragma once

#include "paint/tiles.h"

G_BEGIN_DECLS

typedef enum {
  LT_MARK_NONE,
  LT_MARK_WARNING,
  LT_MARK_SECOND,
} LtMark;

typedef struct {
  const char *title;
  int width, height;  /* 0: the message stands in its place */
  const float *cells; /* [height, width] */
  LtTileColour colour;
  float lowest, highest;
  gboolean clipped;              /* some cells lie outside */
  const char *x_title, *y_title; /* "units", "examples" */
  const char *footer;            /* more about both, where there is room; NULL */
  const LtMark *marks;           /* [width]: ticks over columns; NULL */
  const char *warning_title;     /* of each mark, for the legend: "12 dead" */
  const char *second_title;
  const int *groups;              /* [height], rising; −1: none; NULL */
  const char *const *group_names; /* by group */
  const char *message;            /* NULL */
} LtHeatData;

void lt_heat_paint (cairo_t *cr,
                    const LtHeatData *data,
                    const LtStyle *style,
                    double w,
                    double h);

/* The cell under (x, y); FALSE where there is none. */
gboolean lt_heat_hit (const LtHeatData *data,
                      const LtStyle *style,
                      double w,
                      double h,
                      double x,
                      double y,
                      int *column,
                      int *row);

G_END_DECLS
