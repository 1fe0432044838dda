/* Computations that take long: a line along the tile's upper edge that grows, a few words in
 * the header and in a tile that is still empty, and a button that stops them. */
#include "panels/tile-private.h"

#include "views/canvas.h"

#define INTERVAL 200 /* milliseconds between two looks */
#define LONG     0.6 /* seconds: shorter ones would only flicker */
#define HEIGHT   3

static void
show (LtTile *self, const LtProbeProgress *progress)
{
  g_autofree char *text = NULL;

  self->computing = progress->what;
  self->part = progress->part;
  gtk_widget_set_visible (self->stop_button, TRUE);
  lt_canvas_set_busy (LT_CANVAS (self->canvas), FALSE);
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
  text = g_strdup_printf ("%s, %.0f %%", progress->what, 100 * progress->part);
  gtk_label_set_text (GTK_LABEL (self->caption), text);
  gtk_widget_set_tooltip_text (self->caption, text);
  /* Seen where there is no picture yet. */
  lt_canvas_set_message (LT_CANVAS (self->canvas), text);
}

static void
hide (LtTile *self)
{
  if (!self->computing)
    return;
  self->computing = NULL;
  gtk_widget_set_visible (self->stop_button, FALSE);
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
  lt_canvas_set_message (LT_CANVAS (self->canvas), self->message);
  if (self->current && self->result)
    lt_tile_describe (self);
  else
    gtk_label_set_text (GTK_LABEL (self->caption), "");
}

static gboolean
look_cb (gpointer tile)
{
  LtTile *self = tile;
  LtProbeProgress progress;
  gboolean any = lt_probe_lane_get_progress (self->lane, &progress);

  if (progress.what && progress.seconds > LONG)
    show (self, &progress);
  else
    hide (self);
  if (!any)
    self->watch = 0;
  return any ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
lt_tile_watch (LtTile *self)
{
  if (!self->watch)
    self->watch = g_timeout_add (INTERVAL, look_cb, self);
}

void
lt_tile_paint_progress (LtTile *self, cairo_t *cr, double w)
{
  LtColour accent = lt_look_style (self->look)->accent;

  if (!self->computing)
    return;
  lt_style_set (cr, lt_colour_with_alpha (accent, 0.18));
  cairo_rectangle (cr, 0, 0, w, HEIGHT);
  cairo_fill (cr);
  lt_style_set (cr, accent);
  cairo_rectangle (cr, 0, 0, w * self->part, HEIGHT);
  cairo_fill (cr);
}

static void
stop (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LtTile *self = LT_TILE (widget);

  self->stopped = TRUE;
  lt_probe_lane_stop (self->lane);
}

void
lt_tile_install_progress (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "tile.stop", NULL, stop);
}
