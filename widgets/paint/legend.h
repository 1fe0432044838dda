/* The legend of classes: a column beside the plot, or rows above it; not for the folders
 * above. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef struct {
  const LtStyle *style;
  int n;                    /* classes */
  const char *const *names; /* [n] */
  gboolean column;
  int shown;            /* entries that fit; the rest is "+ 290 more" */
  double width, height; /* of the whole: room to keep beside or above the plot */
  double x, y, entry_w, entry_h; /* of the first entry */
  int per_row;                   /* in rows */
} LtLegend;

/* Chooses the form for a tile of w × h; nothing is shown of fewer than two classes. */
void lt_legend_plan (LtLegend *self, double w, double h);

/* emphasised: the others fade; −1: none. */
void lt_legend_paint (const LtLegend *self, cairo_t *cr, int emphasised);

/* The class whose entry is under (x, y), −1 for none. */
int lt_legend_hit (const LtLegend *self, double x, double y);

G_END_DECLS
