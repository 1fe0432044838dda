/* A canvas shows a picture that a worker painted at exactly its size in device pixels, and
 * tells what pointer and keyboard do over it. It paints no content itself; only the overlay
 * (an outline, a lens) is drawn in the window's thread.
 *
 * Signals, coordinates in the widget's pixels:
 *   size-changed (int width, int height, int scale)   device pixels; at most one a frame
 *   motion (double x, double y), leave ()             the pointer, or the keyboard's cursor
 *   press (double x, double y, guint button), drag (double x, double y),
 *   release (double x, double y)
 *   context-menu (double x, double y)                 right button, Menu key, Shift+F10
 *   zoom (double x, double y, double steps)           wheel or + and −; positive: closer
 *
 * Keyboard: arrow keys move a cursor that acts as the pointer (Shift: finely), Enter is its
 * button, Escape takes it away. */
#pragma once

#include "paint/style.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_CANVAS (lt_canvas_get_type ())
G_DECLARE_FINAL_TYPE (LtCanvas, lt_canvas, LT, CANVAS, GtkWidget)

typedef void (*LtCanvasOverlay) (cairo_t *cr, double w, double h, gpointer user_data);

GtkWidget *lt_canvas_new (void);

/* Colours of message, cursor, busy hint and focus ring; copied. */
void lt_canvas_set_style (LtCanvas *self, const LtStyle *style);

/* NULL: none, the message is shown. A texture of another size than the canvas's is scaled to
 * it until the right one comes. */
void lt_canvas_set_texture (LtCanvas *self, GdkTexture *texture);
GdkTexture *lt_canvas_get_texture (LtCanvas *self);

/* What stands in the middle while there is no texture: "No data yet". */
void lt_canvas_set_message (LtCanvas *self, const char *message);

/* A slim moving line at the top, once this has been so for a quarter of a second. */
void lt_canvas_set_busy (LtCanvas *self, gboolean busy);

/* Called above the texture at each drawing; lt_canvas_queue_overlay asks for one. */
void lt_canvas_set_overlay (LtCanvas *self,
                            LtCanvasOverlay overlay,
                            gpointer user_data,
                            GDestroyNotify destroy);
void lt_canvas_queue_overlay (LtCanvas *self);

/* For screen readers: what the picture is, and what it shows now. */
void lt_canvas_set_label (LtCanvas *self, const char *label, const char *description);

/* Device pixels, 0 × 0 before the first allocation. */
void lt_canvas_get_device_size (LtCanvas *self, int *width, int *height, int *scale);

/* Where pointer or cursor is; FALSE when neither is over the canvas. */
gboolean lt_canvas_get_pointer (LtCanvas *self, double *x, double *y);

/* While "context-menu" is told: the button is put to another use, and "drag" and "release"
 * follow as for the first button. FALSE when it was no button. */
gboolean lt_canvas_take_press (LtCanvas *self);

/* The outline of a widget that has the keyboard's focus and is to show it. */
void lt_focus_ring_snapshot (GtkWidget *widget,
                             GtkSnapshot *snapshot,
                             const LtStyle *style);

/* A texture of an ARGB32 or RGB24 image surface, which it keeps alive and which must not be
 * drawn to any more. Any thread. */
GdkTexture *lt_texture_new_from_surface (cairo_surface_t *surface)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
