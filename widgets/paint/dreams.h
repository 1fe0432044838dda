/* Chains as they dream: their pictures and what stands beside them, the legend of classes,
 * what of them is held, and a surface to draw on. */
#pragma once

#include "paint/tiles.h"

G_BEGIN_DECLS

typedef struct {
  LtTilesData
      tiles; /* the chains' pictures first; its note goes over the whole width */
  int n_classes;
  const char *const *class_names; /* [n_classes] */
  int emphasised;                 /* a class of the legend; −1: none */
  const float *held; /* [height, width], not 0 where the chains are held; or NULL */
  int n_held;        /* so many pictures show where */
  const float
      *drawn;     /* a picture as the tiles' are, on the surface; NULL: no surface */
  gboolean blank; /* nothing is drawn yet */
} LtDreamsData;

/* What the surface, if there is one, and its button take. */
typedef struct {
  cairo_rectangle_t surface, clear;
} LtDreamsPlaces;

void lt_dreams_paint (cairo_t *cr,
                      const LtDreamsData *data,
                      const LtStyle *style,
                      double w,
                      double h);

/* FALSE without a surface. */
gboolean lt_dreams_places (const LtDreamsData *data,
                           const LtStyle *style,
                           double w,
                           double h,
                           LtDreamsPlaces *places);

/* What is left for the pictures: views compute as many as fit. */
void lt_dreams_room (const LtDreamsData *data,
                     const LtStyle *style,
                     double w,
                     double h,
                     double *tiles_w,
                     double *tiles_h);

/* The picture under (x, y), −1 for none; its rectangle in *rect. */
int lt_dreams_hit (const LtDreamsData *data,
                   const LtStyle *style,
                   double w,
                   double h,
                   double x,
                   double y,
                   cairo_rectangle_t *rect);

/* The class whose entry in the legend is under (x, y), −1 for none. */
int lt_dreams_legend_hit (const LtDreamsData *data,
                          const LtStyle *style,
                          double w,
                          double h,
                          double x,
                          double y);

G_END_DECLS
