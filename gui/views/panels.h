/* Views of several panels, each painted and hit in a rectangle of its own. The result of
 * such a view begins with a pointer to its LtPanels, and the view's paint and hit are those
 * below. Not for the folders outside. */
#pragma once

#include "views/view.h"

G_BEGIN_DECLS

typedef struct {
  int n;

  /* FALSE when the panel is not shown. */
  gboolean (*place) (gconstpointer result,
                     const LtStyle *style,
                     double w,
                     double h,
                     int panel,
                     cairo_rectangle_t *rect);

  /* (0, 0) is the panel's corner. */
  void (*paint) (gconstpointer result,
                 int panel,
                 cairo_t *cr,
                 const LtStyle *style,
                 double w,
                 double h);

  /* found->x and y: where the pointer is in the panel; they and rect are set anew after. */
  gboolean (*hit) (gconstpointer result,
                   int panel,
                   const LtStyle *style,
                   double w,
                   double h,
                   LtViewHit *found);
} LtPanels;

/* The place of panel i of n in rows of as many columns as make panels a little wider than
 * high; a last row with fewer fills the width too. */
void lt_panels_grid (int n, int i, double w, double h, cairo_rectangle_t *rect);

void lt_panels_paint (gconstpointer result,
                      cairo_t *cr,
                      const LtStyle *style,
                      double w,
                      double h);
gboolean lt_panels_hit (gconstpointer result,
                        const LtStyle *style,
                        double w,
                        double h,
                        double x,
                        double y,
                        LtViewHit *found);

G_END_DECLS
