/* The canvas on a display: what it draws, and what it tells. */
#include "support/display.h"
#include "views/canvas.h"

#include <string.h>

/* Everything the canvas told, in order: "motion 10 20; press 10 20 1". */
typedef struct {
  GtkWidget *window;
  GtkWidget *canvas;
  GString *told;
} Fixture;

static void
tell (Fixture *self, const char *what, double x, double y)
{
  g_string_append_printf (self->told, "%s %g %g; ", what, x, y);
}

static void
size_changed_cb (Fixture *self, int width, int height, int scale, LtCanvas *canvas)
{
  tell (self, "size", width / scale, height / scale);
}

static void
motion_cb (Fixture *self, double x, double y, LtCanvas *canvas)
{
  tell (self, "motion", x, y);
}

static void
leave_cb (Fixture *self, LtCanvas *canvas)
{
  g_string_append (self->told, "leave; ");
}

static void
press_cb (Fixture *self, double x, double y, guint button, LtCanvas *canvas)
{
  tell (self, "press", x, y);
}

static void
drag_cb (Fixture *self, double x, double y, LtCanvas *canvas)
{
  tell (self, "drag", x, y);
}

static void
release_cb (Fixture *self, double x, double y, LtCanvas *canvas)
{
  tell (self, "release", x, y);
}

static void
menu_cb (Fixture *self, double x, double y, LtCanvas *canvas)
{
  tell (self, "menu", x, y);
}

static void
zoom_cb (Fixture *self, double x, double y, double steps, LtCanvas *canvas)
{
  tell (self, steps > 0 ? "closer" : "further", x, y);
}

static void
assert_told (Fixture *self, const char *wanted)
{
  g_assert_cmpstr (self->told->str, ==, wanted);
  g_string_truncate (self->told, 0);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->told = g_string_new (NULL);
  self->canvas = lt_canvas_new ();
  g_signal_connect_swapped (self->canvas, "size-changed", G_CALLBACK (size_changed_cb),
                            self);
  self->window = lt_test_window_new (self->canvas, 420, 260);
  lt_test_wait_for (self->told->len > 0);
  assert_told (self, "size 420 260; ");
  g_signal_connect_swapped (self->canvas, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (self->canvas, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (self->canvas, "press", G_CALLBACK (press_cb), self);
  g_signal_connect_swapped (self->canvas, "drag", G_CALLBACK (drag_cb), self);
  g_signal_connect_swapped (self->canvas, "release", G_CALLBACK (release_cb), self);
  g_signal_connect_swapped (self->canvas, "context-menu", G_CALLBACK (menu_cb), self);
  g_signal_connect_swapped (self->canvas, "zoom", G_CALLBACK (zoom_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->canvas, self);
  lt_test_window_free (self->window, self->canvas);
  g_string_free (self->told, TRUE);
}

/* Columns of alternating colour, one pixel each. */
static GdkTexture *
stripes_new (int w, int h)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
  cairo_t *cr = cairo_create (surface);
  GdkTexture *texture;

  cairo_set_source_rgb (cr, 1, 0, 0);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0, 0, 1);
  for (int x = 1; x < w; x += 2)
    cairo_rectangle (cr, x, 0, 1, h);
  cairo_fill (cr);
  cairo_destroy (cr);
  texture = lt_texture_new_from_surface (surface);
  cairo_surface_destroy (surface);
  return texture;
}

/* A new size is told once, in device pixels, and is what the getter says. */
static void
test_size (Fixture *self, gconstpointer data)
{
  int width, height, scale;

  gtk_widget_set_size_request (self->canvas, 440, 280);
  lt_test_wait_for (self->told->len > 0);
  assert_told (self, "size 440 280; ");
  lt_canvas_get_device_size (LT_CANVAS (self->canvas), &width, &height, &scale);
  g_assert_cmpint (width, ==, 440 * scale);
  g_assert_cmpint (height, ==, 280 * scale);
}

/* A texture of the canvas's size arrives on the screen pixel by pixel. */
static void
test_texture (Fixture *self, gconstpointer data)
{
  g_autoptr (GdkTexture) texture = stripes_new (420, 260);

  lt_canvas_set_texture (LT_CANVAS (self->canvas), texture);
  g_assert_true (lt_canvas_get_texture (LT_CANVAS (self->canvas)) == texture);
  g_assert_cmphex (lt_test_pixel (self->canvas, 0, 0), ==, 0xff0000);
  g_assert_cmphex (lt_test_pixel (self->canvas, 101, 50), ==, 0x0000ff);
  g_assert_cmphex (lt_test_pixel (self->canvas, 418, 259), ==, 0xff0000);
  lt_canvas_set_texture (LT_CANVAS (self->canvas), NULL);
  g_assert_cmphex (lt_test_pixel (self->canvas, 101, 50), ==, 0);
}

static void
overlay_cb (cairo_t *cr, double w, double h, gpointer user_data)
{
  int *calls = user_data;

  (*calls)++;
  cairo_set_source_rgb (cr, 0, 1, 0);
  cairo_rectangle (cr, 0, 0, w / 2, h);
  cairo_fill (cr);
}

static void
clear_cb (gpointer user_data)
{
  *(int *) user_data = -1000;
}

/* The overlay is drawn above the texture, and let go of when another takes its place. */
static void
test_overlay (Fixture *self, gconstpointer data)
{
  g_autoptr (GdkTexture) texture = stripes_new (420, 260);
  int calls = 0;

  lt_canvas_set_texture (LT_CANVAS (self->canvas), texture);
  lt_canvas_set_overlay (LT_CANVAS (self->canvas), overlay_cb, &calls, clear_cb);
  g_assert_cmphex (lt_test_pixel (self->canvas, 50, 50), ==, 0x00ff00);
  g_assert_cmphex (lt_test_pixel (self->canvas, 311, 50), ==, 0x0000ff);
  g_assert_cmpint (calls, >, 0);
  lt_canvas_set_overlay (LT_CANVAS (self->canvas), NULL, NULL, NULL);
  g_assert_cmpint (calls, ==, -1000);
  g_assert_cmphex (lt_test_pixel (self->canvas, 51, 50), ==, 0x0000ff);
}

/* Whether any pixel of the row is not empty. */
static gboolean
row_has_ink (GtkWidget *canvas, int y)
{
  for (int x = 0; x < 420; x += 6)
    if (lt_test_pixel (canvas, x, y) != 0)
      return TRUE;
  return FALSE;
}

/* The message shows only while there is no texture. */
static void
test_message (Fixture *self, gconstpointer data)
{
  g_autoptr (GdkTexture) texture = stripes_new (420, 260);

  g_assert_false (row_has_ink (self->canvas, 130));
  lt_canvas_set_message (LT_CANVAS (self->canvas), "mmmmmmmm");
  g_assert_true (row_has_ink (self->canvas, 130));
  lt_canvas_set_texture (LT_CANVAS (self->canvas), texture);
  for (int x = 0; x < 420; x += 20)
    g_assert_cmphex (lt_test_pixel (self->canvas, x, 50), ==, 0xff0000);
}

/* Arrow keys move a cursor from the middle, finely with Shift, and not over the edge. */
static void
test_arrow_keys (Fixture *self, gconstpointer data)
{
  double x, y;

  g_assert_false (lt_canvas_get_pointer (LT_CANVAS (self->canvas), &x, &y));
  g_assert_true (lt_test_key (self->canvas, GDK_KEY_Right, 0));
  g_assert_true (lt_test_key (self->canvas, GDK_KEY_Up, GDK_SHIFT_MASK));
  g_assert_true (lt_test_key (self->canvas, GDK_KEY_Left, GDK_SHIFT_MASK));
  assert_told (self, "motion 226 130; motion 226 129; motion 225 129; ");
  g_assert_true (lt_canvas_get_pointer (LT_CANVAS (self->canvas), &x, &y));
  g_assert_cmpfloat (x, ==, 225);
  for (int i = 0; i < 20; i++)
    lt_test_key (self->canvas, GDK_KEY_Left, 0);
  lt_canvas_get_pointer (LT_CANVAS (self->canvas), &x, &y);
  g_assert_cmpfloat (x, ==, 0);
  g_assert_cmpfloat (y, ==, 129);
}

/* Enter is the cursor's button, held over moves; Escape lets go and leaves. */
static void
test_enter (Fixture *self, gconstpointer data)
{
  GtkEventController *key =
      lt_test_controller (self->canvas, GTK_TYPE_EVENT_CONTROLLER_KEY);

  lt_test_key (self->canvas, GDK_KEY_Return, 0);
  lt_test_key (self->canvas, GDK_KEY_Return, 0);
  lt_test_key (self->canvas, GDK_KEY_Down, 0);
  g_signal_emit_by_name (key, "key-released", GDK_KEY_Return, 0, 0);
  assert_told (self, "press 210 130; drag 210 146; release 210 146; ");
  lt_test_key (self->canvas, GDK_KEY_Return, 0);
  g_assert_true (lt_test_key (self->canvas, GDK_KEY_Escape, 0));
  assert_told (self, "press 210 146; release 210 146; leave; ");
  g_assert_false (lt_test_key (self->canvas, GDK_KEY_Escape, 0));
}

/* Menu, zoom, and what is not the canvas's to take. */
static void
test_other_keys (Fixture *self, gconstpointer data)
{
  lt_test_key (self->canvas, GDK_KEY_Menu, 0);
  lt_test_key (self->canvas, GDK_KEY_F10, GDK_SHIFT_MASK);
  lt_test_key (self->canvas, GDK_KEY_plus, GDK_SHIFT_MASK);
  lt_test_key (self->canvas, GDK_KEY_minus, 0);
  assert_told (self, "menu 210 130; menu 210 130; closer 210 130; further 210 130; ");
  g_assert_false (lt_test_key (self->canvas, GDK_KEY_F10, 0));
  g_assert_false (lt_test_key (self->canvas, GDK_KEY_space, 0));
  g_assert_false (lt_test_key (self->canvas, GDK_KEY_Left, GDK_CONTROL_MASK));
  assert_told (self, "");
}

/* The pointer: motion outside of a drag, dragging, leaving; it takes over from the cursor. */
static void
test_pointer (Fixture *self, gconstpointer data)
{
  GtkEventController *motion =
      lt_test_controller (self->canvas, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  GtkEventController *drag = lt_test_controller (self->canvas, GTK_TYPE_GESTURE_DRAG);

  lt_test_key (self->canvas, GDK_KEY_Right, 0);
  g_signal_emit_by_name (motion, "motion", 10.0, 20.0);
  g_signal_emit_by_name (drag, "drag-begin", 10.0, 20.0);
  g_signal_emit_by_name (motion, "motion", 15.0, 25.0);
  g_signal_emit_by_name (drag, "drag-update", 5.0, 5.0);
  g_signal_emit_by_name (drag, "drag-end", 5.0, 5.0);
  g_signal_emit_by_name (motion, "leave");
  assert_told (self, "motion 226 130; motion 10 20; press 10 20; drag 15 25; "
                     "release 15 25; leave; ");
  g_assert_true (gtk_widget_has_focus (self->canvas));
}

/* The wheel zooms where the pointer is; away from the user is closer. */
static void
test_wheel (Fixture *self, gconstpointer data)
{
  GtkEventController *motion =
      lt_test_controller (self->canvas, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  GtkEventController *scroll =
      lt_test_controller (self->canvas, GTK_TYPE_EVENT_CONTROLLER_SCROLL);
  gboolean taken;

  g_signal_emit_by_name (motion, "enter", 30.0, 40.0);
  g_signal_emit_by_name (scroll, "scroll", 0.0, -1.0, &taken);
  g_signal_emit_by_name (scroll, "scroll", 0.0, 1.0, &taken);
  assert_told (self, "motion 30 40; closer 30 40; further 30 40; ");
}

/* The busy hint comes with time, moves, and goes at once. */
static void
test_busy (Fixture *self, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  lt_canvas_set_busy (LT_CANVAS (self->canvas), TRUE);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (self->canvas),
                                    GTK_ACCESSIBLE_STATE_BUSY, TRUE);
  lt_test_wait_for (lt_test_pixel (self->canvas, 1, 1) != 0 ||
                    g_get_monotonic_time () > end);
  g_assert_cmphex (lt_test_pixel (self->canvas, 1, 1), !=, 0);
  lt_canvas_set_busy (LT_CANVAS (self->canvas), FALSE);
  g_assert_cmphex (lt_test_pixel (self->canvas, 1, 1), ==, 0);
}

/* Screen readers are told what the picture is. */
static void
test_accessible (Fixture *self, gconstpointer data)
{
  lt_canvas_set_label (LT_CANVAS (self->canvas), "Filters", "epoch 12, 100 of 500");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (self->canvas),
                                   GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (self->canvas),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Filters");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (self->canvas),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "epoch 12, 100 of 500");
}

static gpointer
texture_thread (gpointer data)
{
  return stripes_new (64, 64);
}

/* A worker may make the texture; its bytes are those of the surface. */
static void
test_texture_on_worker (void)
{
  GThread *thread = g_thread_new ("painter", texture_thread, NULL);
  g_autoptr (GdkTexture) texture = g_thread_join (thread);
  guint32 pixels[64 * 64];

  gdk_texture_download (texture, (guchar *) pixels, 64 * 4);
  g_assert_cmphex (pixels[0], ==, 0xffff0000);
  g_assert_cmphex (pixels[64 * 63 + 63], ==, 0xff0000ff);
}

#define ADD(name, function) \
  g_test_add ("/canvas/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  ADD ("size", test_size);
  ADD ("texture", test_texture);
  ADD ("overlay", test_overlay);
  ADD ("message", test_message);
  ADD ("arrow-keys", test_arrow_keys);
  ADD ("enter", test_enter);
  ADD ("other-keys", test_other_keys);
  ADD ("pointer", test_pointer);
  ADD ("wheel", test_wheel);
  ADD ("busy", test_busy);
  ADD ("accessible", test_accessible);
  g_test_add_func ("/canvas/texture-on-worker", test_texture_on_worker);
  return g_test_run ();
}
