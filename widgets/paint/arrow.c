/* The arrow's shape: one path from shaft to swept-back head, so that it stays clean at any
 * transparency. */
#include "paint/arrow.h"

#include <math.h>

static void
arrow_path (cairo_t *cr, const LtArrow *arrow)
{
  double length = hypot (arrow->dx, arrow->dy);
  double head = MIN (4.2 * arrow->width, 0.6 * length);
  double spread = 0.42 * head, half = MIN (arrow->width / 2, 0.45 * spread);
  double notch = length - 0.8 * head;

  cairo_save (cr);
  cairo_translate (cr, arrow->x, arrow->y);
  cairo_rotate (cr, atan2 (arrow->dy, arrow->dx));
  cairo_new_path (cr);
  cairo_move_to (cr, 0, -half * 0.6);
  cairo_line_to (cr, notch, -half);
  cairo_line_to (cr, length - head, -spread);
  cairo_line_to (cr, length, 0);
  cairo_line_to (cr, length - head, spread);
  cairo_line_to (cr, notch, half);
  cairo_line_to (cr, 0, half * 0.6);
  cairo_close_path (cr);
  cairo_restore (cr);
}

void
lt_arrow_fill (cairo_t *cr, const LtArrow *arrow)
{
  if (hypot (arrow->dx, arrow->dy) < 1.5 * arrow->width) {
    cairo_new_path (cr);
    cairo_arc (cr, arrow->x, arrow->y, 0.6 * arrow->width, 0, 2 * G_PI);
  } else {
    arrow_path (cr, arrow);
  }
  cairo_fill (cr);
}

void
lt_arrow_line (cairo_t *cr, const LtArrow *arrow)
{
  double length = hypot (arrow->dx, arrow->dy);
  double head = MIN (5 * arrow->width, 0.5 * length);

  if (length < 2 * arrow->width)
    return;
  cairo_save (cr);
  cairo_translate (cr, arrow->x, arrow->y);
  cairo_rotate (cr, atan2 (arrow->dy, arrow->dx));
  cairo_new_path (cr);
  cairo_move_to (cr, 0, 0);
  cairo_line_to (cr, length, 0);
  cairo_move_to (cr, length - head, -0.6 * head);
  cairo_line_to (cr, length, 0);
  cairo_line_to (cr, length - head, 0.6 * head);
  cairo_restore (cr);
  cairo_set_line_width (cr, arrow->width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  cairo_stroke (cr);
}
