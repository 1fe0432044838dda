/* Crisp lines and boxes. */
#include "paint/detail.h"

#include <math.h>

#define NOTE_SCALE 0.88

double
lt_inset (const LtStyle *style)
{
  return round (0.4 * style->text_size);
}

double
lt_device_scale (cairo_t *cr)
{
  double dx = 1, dy = 0, sx, sy;

  cairo_user_to_device_distance (cr, &dx, &dy);
  cairo_surface_get_device_scale (cairo_get_group_target (cr), &sx, &sy);
  return MAX (hypot (dx, dy) * sx, 1e-6);
}

gboolean
lt_is_raster (cairo_t *cr)
{
  return cairo_surface_get_type (cairo_get_group_target (cr)) ==
         CAIRO_SURFACE_TYPE_IMAGE;
}

/* The surface's own device scale comes after the matrix of cr: both count. */
void
lt_snap (cairo_t *cr, double *x, double *y)
{
  double sx, sy;

  cairo_surface_get_device_scale (cairo_get_group_target (cr), &sx, &sy);
  cairo_user_to_device (cr, x, y);
  *x = round (*x * sx) / sx;
  *y = round (*y * sy) / sy;
  cairo_device_to_user (cr, x, y);
}

static void
box_fill (cairo_t *cr, double x0, double y0, double x1, double y1)
{
  lt_snap (cr, &x0, &y0);
  lt_snap (cr, &x1, &y1);
  cairo_rectangle (cr, x0, y0, x1 - x0, y1 - y0);
  cairo_fill (cr);
}

static double
whole_width (cairo_t *cr, double width)
{
  double scale = lt_device_scale (cr);

  return MAX (round (width * scale), 1) / scale;
}

void
lt_rule_horizontal (cairo_t *cr, double x0, double x1, double y, double width)
{
  double whole = whole_width (cr, width);

  box_fill (cr, x0, y - whole / 2, x1, y + whole / 2);
}

void
lt_rule_vertical (cairo_t *cr, double x, double y0, double y1, double width)
{
  double whole = whole_width (cr, width);

  box_fill (cr, x - whole / 2, y0, x + whole / 2, y1);
}

void
lt_round_rectangle (cairo_t *cr, const cairo_rectangle_t *rect, double radius)
{
  double x = rect->x, y = rect->y, w = rect->width, h = rect->height;
  double r = MIN (radius, MIN (w, h) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + w - r, y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, x + w - r, y + h - r, r, 0, G_PI / 2);
  cairo_arc (cr, x + r, y + h - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

void
lt_pennant_paint (cairo_t *cr, const LtStyle *style, double x, double y0, double y1)
{
  double size = style->text_size * 0.55, pole = y0;

  lt_style_set (cr, lt_colour_with_alpha (style->dim, 0.6));
  lt_rule_vertical (cr, x, y0, y1, style->text_size / 16);
  lt_snap (cr, &x, &pole);
  lt_style_set (cr, style->second);
  cairo_move_to (cr, x, pole);
  cairo_line_to (cr, x + 1.25 * size, pole + size / 2);
  cairo_line_to (cr, x, pole + size);
  cairo_close_path (cr);
  cairo_fill (cr);
}

LtAxes
lt_axes_fitted (const LtAxes *axes, const LtStyle *style, const char *note, double h)
{
  LtAxes fitted = *axes;

  if (h < 12 * style->text_size)
    fitted.x.title = fitted.y.title = NULL;
  else if (note != NULL && fitted.x.title == NULL)
    fitted.x.title = "";
  return fitted;
}

static double
note_room (const LtStyle *style, const char *x_title, double w)
{
  if (x_title == NULL)
    return w;
  return w - lt_text_width (NULL, style, x_title, 0.92, FALSE) - 2 * style->text_size;
}

gboolean
lt_note_fits (const LtStyle *style, const char *note, const char *x_title, double w)
{
  double room = note_room (style, x_title, w);
  g_autofree char *fitting = lt_text_fit (style, note, NOTE_SCALE, 1, room);

  return lt_text_width (NULL, style, fitting, NOTE_SCALE, FALSE) <= room;
}

void
lt_note_paint (cairo_t *cr,
               const LtStyle *style,
               const char *note,
               const char *x_title,
               double w,
               double h)
{
  double room = note_room (style, x_title, w);
  LtTextPlace place = {
    note,           0,          h - lt_text_height (style, NOTE_SCALE) / 2,
    LT_ALIGN_START, NOTE_SCALE, room
  };

  if (note == NULL || h < 12 * style->text_size || room < 5 * style->text_size)
    return;
  lt_style_set (cr, style->dim);
  lt_text_block_paint (cr, style, &place, 1);
}

double
lt_foot_height (const LtStyle *style, const char *note, double w, double h)
{
  gboolean two = h >= 12 * style->text_size &&
                 lt_text_width (NULL, style, note, NOTE_SCALE, FALSE) > w;

  return (two ? 2 : 1) * lt_text_height (style, NOTE_SCALE);
}

void
lt_foot_paint (cairo_t *cr, const LtStyle *style, const char *note, double w, double h)
{
  double line = lt_text_height (style, NOTE_SCALE);
  double height = lt_foot_height (style, note, w, h);
  LtTextPlace place = { note, 0, h - height + line / 2, LT_ALIGN_START, NOTE_SCALE, w };

  if (note == NULL || w < style->text_size)
    return;
  lt_style_set (cr, style->dim);
  lt_text_block_paint (cr, style, &place, height > line ? 2 : 1);
}

double
lt_heading_height (const LtStyle *style)
{
  return lt_text_height (style, 0.92) + round (style->text_size / 4);
}

void
lt_heading_paint (cairo_t *cr,
                  const LtStyle *style,
                  const char *title,
                  const char *note,
                  double w)
{
  double y = lt_text_height (style, 0.92) / 2, end;
  LtTextPlace place = { note, 0, y, LT_ALIGN_START, NOTE_SCALE, 0 };

  lt_style_set (cr, style->foreground);
  end = lt_text_paint (cr, style, title, 0, y, LT_ALIGN_START, 0.92, TRUE, w);
  end = MIN (end, w) + style->text_size;
  if (note == NULL || w - end < 3 * style->text_size)
    return;
  place.x = end;
  place.max_width = w - end;
  lt_style_set (cr, style->dim);
  lt_text_block_paint (cr, style, &place, 1);
}
