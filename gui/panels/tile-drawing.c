/* Drawing on a view's surface. The drawing is the tile's: the view is asked again with each
 * piece of a stroke, and again only the latest is of interest. */
#include "panels/tile-private.h"

#include "views/canvas.h"

static gboolean
find_surface (LtTile *self, double x, double y, LtViewSurface *surface)
{
  LtProbeJob size = { 0 };

  if (!self->current || !self->result || !self->view->surface ||
      !lt_tile_fill_size (self, &size))
    return FALSE;
  lt_tile_fill_style (self, &size.style);
  return self->view->surface (self->result->value, &size.style, size.w, size.h, x, y,
                              surface);
}

gboolean
lt_tile_has_surface (LtTile *self, double x, double y)
{
  LtViewSurface surface;

  return find_surface (self, x, y, &surface);
}

/* Takes the drawing. */
static void
set_drawing (LtTile *self, LtDrawing *drawing)
{
  gboolean empty = !drawing || lt_drawing_is_empty (drawing);

  g_clear_pointer (&self->drawing, lt_drawing_unref);
  self->drawing = drawing;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tile.clear-drawing", !empty);
  lt_tile_ask (self, LT_PROBE_VIEW, TRUE);
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
}

void
lt_tile_stroke_to (LtTile *self, double x, double y)
{
  const LtViewSurface *surface = &self->surface;
  LtStroke stroke = {
    .x0 = self->pen_x,
    .y0 = self->pen_y,
    .x1 = (x - surface->rect.x) * surface->width / surface->rect.width,
    .y1 = (y - surface->rect.y) * surface->height / surface->rect.height,
    .rubs = self->rubbing,
  };

  self->pen_x = stroke.x1;
  self->pen_y = stroke.y1;
  set_drawing (self, lt_drawing_add (self->drawing, &stroke));
}

gboolean
lt_tile_begin_stroke (LtTile *self, double x, double y, gboolean rubs)
{
  LtViewSurface *surface = &self->surface;

  if (!find_surface (self, x, y, surface))
    return FALSE;
  if (!self->drawing || self->drawing->width != surface->width ||
      self->drawing->height != surface->height) {
    g_clear_pointer (&self->drawing, lt_drawing_unref);
    self->drawing = lt_drawing_new (surface->width, surface->height);
  }
  self->stroking = TRUE;
  self->rubbing = rubs;
  self->pen_x = (x - surface->rect.x) * surface->width / surface->rect.width;
  self->pen_y = (y - surface->rect.y) * surface->height / surface->rect.height;
  lt_tile_stroke_to (self, x, y);
  return TRUE;
}

void
lt_tile_clear_drawing (LtTile *self)
{
  self->stroking = FALSE;
  set_drawing (self, NULL);
}

void
lt_tile_paint_stroke (LtTile *self, cairo_t *cr)
{
  const LtDrawing *drawing = self->drawing;
  const cairo_rectangle_t *rect = &self->surface.rect;
  double dx, dy;

  if (!self->stroking || self->rubbing || !drawing)
    return;
  dx = rect->width / drawing->width;
  dy = rect->height / drawing->height;
  for (int i = 0; i < drawing->width * drawing->height; i++) {
    if (drawing->ink[i] <= 0)
      continue;
    cairo_set_source_rgba (cr, 1, 1, 1, (double) drawing->ink[i]);
    cairo_rectangle (cr, rect->x + i % drawing->width * dx,
                     rect->y + i / drawing->width * dy, dx, dy);
    cairo_fill (cr);
  }
}
