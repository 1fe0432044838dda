/* The loops over the panels of a view. */
#include "views/panels.h"

#include <math.h>

#include "views/common.h"

static int
count_columns (int n, double w, double h)
{
  int best = 1;
  double least = HUGE_VAL;

  for (int columns = 1; columns <= n; columns++) {
    int rows = (n + columns - 1) / columns;
    double off = fabs (log (w / columns / (h / rows) / 1.25));

    off += 0.2 * (columns * rows - n);
    if (off < least) {
      least = off;
      best = columns;
    }
  }
  return best;
}

void
lt_panels_grid (int n, int i, double w, double h, cairo_rectangle_t *rect)
{
  int columns = count_columns (n, w, h), rows = (n + columns - 1) / columns;
  int row = i / columns, here = MIN (columns, n - row * columns), place = i % columns;
  double x = floor (w * place / here), y = floor (h * row / rows);

  *rect = (cairo_rectangle_t){ x, y, floor (w * (place + 1) / here) - x,
                               floor (h * (row + 1) / rows) - y };
}

void
lt_panels_paint (gconstpointer result,
                 cairo_t *cr,
                 const LtStyle *style,
                 double w,
                 double h)
{
  const LtPanels *self = *(const LtPanels *const *) result;

  for (int panel = 0; panel < self->n; panel++) {
    cairo_rectangle_t rect;

    if (!self->place (result, style, w, h, panel, &rect))
      continue;
    cairo_save (cr);
    cairo_translate (cr, rect.x, rect.y);
    self->paint (result, panel, cr, style, rect.width, rect.height);
    cairo_restore (cr);
  }
}

gboolean
lt_panels_hit (gconstpointer result,
               const LtStyle *style,
               double w,
               double h,
               double x,
               double y,
               LtViewHit *found)
{
  const LtPanels *self = *(const LtPanels *const *) result;

  for (int panel = 0; panel < self->n; panel++) {
    cairo_rectangle_t rect;

    if (!self->place (result, style, w, h, panel, &rect) ||
        !lt_rect_contains (&rect, x, y))
      continue;
    *found = (LtViewHit){ .item = -1, .x = x - rect.x, .y = y - rect.y };
    if (!self->hit (result, panel, style, rect.width, rect.height, found))
      return FALSE;
    found->x = x;
    found->y = y;
    found->rect = (cairo_rectangle_t){ x, y, 0, 0 };
    return TRUE;
  }
  return FALSE;
}
