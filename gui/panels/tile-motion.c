/* Views that move: the tile asks for frame after frame while they can be seen, each when the one
 * before has come and its time is over. So a slow view leaves frames out, and nothing
 * queues up. */
#include "panels/tile-private.h"

#include <math.h>

static gboolean
has_animations (LtTile *self)
{
  gboolean animated;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations",
                &animated, NULL);
  return animated;
}

LtViewMotion
lt_tile_motion (LtTile *self)
{
  if (!has_animations (self))
    return LT_VIEW_STILL;
  return self->paused ? LT_VIEW_HELD : LT_VIEW_MOVING;
}

/* Training comes first: then a frame rests as a picture that training called for. */
static gboolean
is_urgent (LtTile *self)
{
  return lt_session_status (self->source)->state != LT_TRAINER_RUNNING;
}

/* With the frame clock, which stands still where nobody sees the window. */
static gboolean
frame_tick_cb (GtkWidget *canvas, GdkFrameClock *clock, gpointer tile)
{
  LtTile *self = tile;

  self->frame_tick = 0;
  self->frame_asked = g_get_monotonic_time ();
  lt_tile_ask (self, LT_PROBE_VIEW, is_urgent (self));
  return G_SOURCE_REMOVE;
}

static gboolean
frame_due_cb (gpointer tile)
{
  LtTile *self = tile;

  self->frame_source = 0;
  self->frame_tick =
      gtk_widget_add_tick_callback (self->canvas, frame_tick_cb, self, NULL);
  return G_SOURCE_REMOVE;
}

gboolean
lt_tile_awaits_frame (LtTile *self)
{
  return self->frame_source || self->frame_tick;
}

void
lt_tile_stop_frames (LtTile *self)
{
  g_clear_handle_id (&self->frame_source, g_source_remove);
  if (self->frame_tick)
    gtk_widget_remove_tick_callback (self->canvas, self->frame_tick);
  self->frame_tick = 0;
}

static double
seconds_to_next (LtTile *self)
{
  return self->current && self->result && self->view->next_frame
             ? self->view->next_frame (self->result->value)
             : 0;
}

static void
show_button (LtTile *self, gboolean moves)
{
  const char *tip = self->paused ? "Let it move on" : "Hold it still";

  gtk_widget_set_visible (self->motion_button, moves);
  gtk_button_set_icon_name (GTK_BUTTON (self->motion_button),
                            self->paused ? "media-playback-start-symbolic"
                                         : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->motion_button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->motion_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tile.restart", moves);
}

void
lt_tile_await_frame (LtTile *self)
{
  double seconds = seconds_to_next (self), left;

  show_button (self, seconds > 0);
  lt_tile_stop_frames (self);
  if (seconds <= 0 || self->paused || !gtk_widget_get_mapped (self->canvas))
    return;
  left =
      seconds - (double) (g_get_monotonic_time () - self->frame_asked) / G_USEC_PER_SEC;
  self->frame_source =
      g_timeout_add ((guint) ceil (1000 * MAX (left, 0)), frame_due_cb, self);
}

/* ---- Actions ---------------------------------------------------------------------- */

static void
pause_or_go_on (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LtTile *self = LT_TILE (widget);

  self->paused = !self->paused;
  if (self->paused)
    lt_tile_stop_frames (self);
  else
    lt_tile_ask (self, LT_PROBE_VIEW, TRUE);
  show_button (self, seconds_to_next (self) > 0);
}

static void
restart (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LtTile *self = LT_TILE (widget);

  g_clear_pointer (&self->result, lt_view_result_unref);
  lt_tile_renew (self);
}

static void
clear_drawing (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lt_tile_clear_drawing (LT_TILE (widget));
}

void
lt_tile_install_motion (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "tile.pause", NULL, pause_or_go_on);
  gtk_widget_class_install_action (class, "tile.restart", NULL, restart);
  gtk_widget_class_install_action (class, "tile.clear-drawing", NULL, clear_drawing);
}
