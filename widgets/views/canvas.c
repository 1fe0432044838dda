/* The canvas: a texture, an overlay, and the pointer and keyboard as signals. */
#include "views/canvas.h"

#include <math.h>

#define CURSOR_STEP 16                   /* pixels an arrow key moves */
#define BUSY_DELAY  (G_USEC_PER_SEC / 4) /* before the hint shows */
#define BUSY_PERIOD (3 * G_USEC_PER_SEC / 2)
#define BUSY_STEPS  24 /* drawings in a period */

struct _LtCanvas {
  GtkWidget parent_instance;

  LtStyle style;
  GdkTexture *texture;
  char *message;

  LtCanvasOverlay overlay;
  gpointer overlay_data;
  GDestroyNotify overlay_destroy;

  guint size_idle;
  int width, height, scale; /* last announced */

  gboolean over;       /* pointer or cursor is over the canvas */
  gboolean has_cursor; /* and it is the keyboard's */
  gboolean pressed;    /* button or Enter is down */
  gboolean asking;     /* whether the second button opens the menu or is taken */
  double x, y;         /* where */
  double press_x, press_y;

  gboolean busy;
  guint busy_tick;
  gint64 busy_since;
  int busy_step; /* −1: the hint is not shown yet */
};

enum {
  SIZE_CHANGED,
  MOTION,
  LEAVE,
  PRESS,
  DRAG,
  RELEASE,
  CONTEXT_MENU,
  ZOOM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LtCanvas, lt_canvas, GTK_TYPE_WIDGET)

/* Size */

void
lt_canvas_get_device_size (LtCanvas *self, int *width, int *height, int *scale)
{
  int factor;

  g_return_if_fail (LT_IS_CANVAS (self));
  factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  *width = gtk_widget_get_width (GTK_WIDGET (self)) * factor;
  *height = gtk_widget_get_height (GTK_WIDGET (self)) * factor;
  *scale = factor;
}

static gboolean
size_idle_cb (gpointer user_data)
{
  LtCanvas *self = user_data;
  int width, height, scale;

  self->size_idle = 0;
  lt_canvas_get_device_size (self, &width, &height, &scale);
  if (width > 0 && height > 0 &&
      (width != self->width || height != self->height || scale != self->scale)) {
    self->width = width;
    self->height = height;
    self->scale = scale;
    g_signal_emit (self, signals[SIZE_CHANGED], 0, width, height, scale);
  }
  return G_SOURCE_REMOVE;
}

/* After this frame is drawn, so that a resize does not wait for the listeners. */
static void
queue_size (LtCanvas *self)
{
  if (self->size_idle == 0)
    self->size_idle = g_idle_add (size_idle_cb, self);
}

static void
lt_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  queue_size (LT_CANVAS (widget));
}

static void
lt_canvas_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  gboolean wide = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = wide ? 120 : 80;
  *natural = wide ? 400 : 250;
  *minimum_baseline = *natural_baseline = -1;
}

/* Drawing */

static GdkRGBA
rgba (LtColour colour, double alpha)
{
  return (GdkRGBA){ (float) colour.r, (float) colour.g, (float) colour.b,
                    (float) (colour.a * alpha) };
}

static void
snapshot_busy (LtCanvas *self, GtkSnapshot *snapshot, float w)
{
  GdkRGBA track = rgba (self->style.accent, 0.18);
  GdkRGBA bar = rgba (self->style.accent, 0.9);
  float place = (float) self->busy_step / BUSY_STEPS;
  float from = MAX (place * 1.3F - 0.3F, 0), to = MIN (place * 1.3F, 1);

  gtk_snapshot_append_color (snapshot, &track, &GRAPHENE_RECT_INIT (0, 0, w, 3));
  if (to > from)
    gtk_snapshot_append_color (snapshot, &bar,
                               &GRAPHENE_RECT_INIT (w * from, 0, w * (to - from), 3));
}

void
lt_focus_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot, const LtStyle *style)
{
  GtkStateFlags state = gtk_widget_get_state_flags (widget);
  float w = (float) gtk_widget_get_width (widget);
  float h = (float) gtk_widget_get_height (widget);
  GdkRGBA colour = rgba (style->accent, 0.85);
  GdkRGBA colours[4] = { colour, colour, colour, colour };
  float widths[4] = { 2, 2, 2, 2 };
  GskRoundedRect outline;

  if (!(state & GTK_STATE_FLAG_FOCUS_VISIBLE) || !(state & GTK_STATE_FLAG_FOCUSED))
    return;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, w, h), 6);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

/* The keyboard's cursor: a cross with an open middle, so that it hides nothing. */
static void
cursor_paint (LtCanvas *self, cairo_t *cr)
{
  double near = 4, far = 11;

  for (int pass = 0; pass < 2; pass++) {
    lt_style_set (cr, pass == 0 ? self->style.background : self->style.foreground);
    cairo_set_line_width (cr, pass == 0 ? 4.5 : 2);
    for (int i = 0; i < 4; i++) {
      double dx = cos (i * G_PI / 2), dy = sin (i * G_PI / 2);

      cairo_move_to (cr, self->x + near * dx, self->y + near * dy);
      cairo_line_to (cr, self->x + far * dx, self->y + far * dy);
    }
    cairo_stroke (cr);
  }
}

static void
snapshot_above (LtCanvas *self, GtkSnapshot *snapshot, float w, float h)
{
  cairo_t *cr;

  if (self->overlay == NULL && !self->has_cursor &&
      (self->texture != NULL || self->message == NULL))
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, w, h));
  if (self->texture == NULL)
    lt_message_paint (cr, &self->style, self->message, (double) w, (double) h);
  if (self->overlay != NULL) {
    cairo_save (cr);
    self->overlay (cr, (double) w, (double) h, self->overlay_data);
    cairo_restore (cr);
  }
  if (self->has_cursor)
    cursor_paint (self, cr);
  cairo_destroy (cr);
}

static void
lt_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LtCanvas *self = LT_CANVAS (widget);
  float w = (float) gtk_widget_get_width (widget);
  float h = (float) gtk_widget_get_height (widget);

  if (w <= 0 || h <= 0)
    return;
  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT (0, 0, w, h));
  snapshot_above (self, snapshot, w, h);
  if (self->busy && self->busy_step >= 0)
    snapshot_busy (self, snapshot, w);
  lt_focus_ring_snapshot (widget, snapshot, &self->style);
}

static void
lt_canvas_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  gtk_widget_queue_draw (widget);
}

/* Pointer */

static void
move_to (LtCanvas *self, double x, double y)
{
  self->over = TRUE;
  self->x = x;
  self->y = y;
  g_signal_emit (self, signals[self->pressed ? DRAG : MOTION], 0, x, y);
}

static void
press_at (LtCanvas *self, double x, double y, guint button)
{
  self->over = TRUE;
  self->pressed = TRUE;
  self->x = x;
  self->y = y;
  g_signal_emit (self, signals[PRESS], 0, x, y, button);
}

static void
release_at (LtCanvas *self, double x, double y)
{
  if (!self->pressed)
    return;
  self->pressed = FALSE;
  g_signal_emit (self, signals[RELEASE], 0, x, y);
}

static void
drop_cursor (LtCanvas *self)
{
  if (!self->has_cursor)
    return;
  self->has_cursor = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (LtCanvas *self, double x, double y, GtkEventController *controller)
{
  /* A drag is told by its own gesture, also outside the canvas. A pointer that rests while
   * the keyboard's cursor moves does not take over. */
  if (self->pressed || (self->over && x == self->x && y == self->y))
    return;
  drop_cursor (self);
  move_to (self, x, y);
}

static void
leave_cb (LtCanvas *self, GtkEventController *controller)
{
  if (self->has_cursor || self->pressed || !self->over)
    return;
  self->over = FALSE;
  g_signal_emit (self, signals[LEAVE], 0);
}

static void
drag_begin_cb (LtCanvas *self, double x, double y, GtkGestureDrag *gesture)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  drop_cursor (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->press_x = x;
  self->press_y = y;
  if (button == GDK_BUTTON_SECONDARY) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    self->asking = TRUE;
    g_signal_emit (self, signals[CONTEXT_MENU], 0, x, y);
    self->asking = FALSE;
    return;
  }
  press_at (self, x, y, button);
}

static void
drag_update_cb (LtCanvas *self, double dx, double dy, GtkGestureDrag *gesture)
{
  if (self->pressed)
    move_to (self, self->press_x + dx, self->press_y + dy);
}

static void
drag_end_cb (LtCanvas *self, double dx, double dy, GtkGestureDrag *gesture)
{
  release_at (self, self->press_x + dx, self->press_y + dy);
}

static gboolean
scroll_cb (LtCanvas *self, double dx, double dy, GtkEventController *controller)
{
  if (!self->over || dy == 0)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[ZOOM], 0, self->x, self->y, -dy);
  return GDK_EVENT_STOP;
}

/* Keyboard */

static void
show_cursor (LtCanvas *self)
{
  if (!self->over) {
    self->x = floor (gtk_widget_get_width (GTK_WIDGET (self)) / 2.0);
    self->y = floor (gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
  }
  self->over = TRUE;
  self->has_cursor = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
move_cursor (LtCanvas *self, int dx, int dy, GdkModifierType state)
{
  int step = state & GDK_SHIFT_MASK ? 1 : CURSOR_STEP;
  double w = gtk_widget_get_width (GTK_WIDGET (self));
  double h = gtk_widget_get_height (GTK_WIDGET (self));

  show_cursor (self);
  move_to (self, CLAMP (self->x + dx * step, 0, MAX (w - 1, 0)),
           CLAMP (self->y + dy * step, 0, MAX (h - 1, 0)));
}

static gboolean
escape (LtCanvas *self)
{
  if (!self->has_cursor)
    return GDK_EVENT_PROPAGATE;
  release_at (self, self->x, self->y);
  drop_cursor (self);
  self->over = FALSE;
  g_signal_emit (self, signals[LEAVE], 0);
  return GDK_EVENT_STOP;
}

static gboolean
emit_at_cursor (LtCanvas *self, guint signal, double steps)
{
  show_cursor (self);
  if (signal == ZOOM)
    g_signal_emit (self, signals[ZOOM], 0, self->x, self->y, steps);
  else
    g_signal_emit (self, signals[signal], 0, self->x, self->y);
  return GDK_EVENT_STOP;
}

static gboolean
enter (LtCanvas *self)
{
  show_cursor (self);
  if (!self->pressed)
    press_at (self, self->x, self->y, GDK_BUTTON_PRIMARY);
  return GDK_EVENT_STOP;
}

static gboolean
key_pressed_cb (LtCanvas *self,
                guint key,
                guint code,
                GdkModifierType state,
                GtkEventController *controller)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    move_cursor (self, -1, 0, state);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    move_cursor (self, 1, 0, state);
    return GDK_EVENT_STOP;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    move_cursor (self, 0, -1, state);
    return GDK_EVENT_STOP;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    move_cursor (self, 0, 1, state);
    return GDK_EVENT_STOP;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_ISO_Enter:
    return enter (self);
  case GDK_KEY_Escape:
    return escape (self);
  case GDK_KEY_Menu:
    return emit_at_cursor (self, CONTEXT_MENU, 0);
  case GDK_KEY_F10:
    return state & GDK_SHIFT_MASK ? emit_at_cursor (self, CONTEXT_MENU, 0)
                                  : GDK_EVENT_PROPAGATE;
  case GDK_KEY_plus:
  case GDK_KEY_KP_Add:
    return emit_at_cursor (self, ZOOM, 1);
  case GDK_KEY_minus:
  case GDK_KEY_KP_Subtract:
    return emit_at_cursor (self, ZOOM, -1);
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
key_released_cb (LtCanvas *self,
                 guint key,
                 guint code,
                 GdkModifierType state,
                 GtkEventController *controller)
{
  if (self->has_cursor &&
      (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter))
    release_at (self, self->x, self->y);
}

/* The cursor goes with the focus, and so does a held Enter. */
static void
focus_leave_cb (LtCanvas *self, GtkEventController *controller)
{
  escape (self);
}

/* Busy */

static gboolean
busy_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  LtCanvas *self = LT_CANVAS (widget);
  gint64 since = gdk_frame_clock_get_frame_time (clock) - self->busy_since - BUSY_DELAY;
  gboolean animated;
  int step;

  if (since < 0)
    return G_SOURCE_CONTINUE;
  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animated,
                NULL);
  step = animated ? (int) (since % BUSY_PERIOD * BUSY_STEPS / BUSY_PERIOD)
                  : BUSY_STEPS * 3 / 4;
  if (step != self->busy_step) {
    self->busy_step = step;
    gtk_widget_queue_draw (widget);
  }
  return G_SOURCE_CONTINUE;
}

void
lt_canvas_set_busy (LtCanvas *self, gboolean busy)
{
  g_return_if_fail (LT_IS_CANVAS (self));
  if (self->busy == busy)
    return;
  self->busy = busy;
  if (busy) {
    self->busy_since = g_get_monotonic_time ();
    self->busy_step = -1;
    self->busy_tick =
        gtk_widget_add_tick_callback (GTK_WIDGET (self), busy_tick_cb, NULL, NULL);
  } else {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->busy_tick);
    if (self->busy_step >= 0)
      gtk_widget_queue_draw (GTK_WIDGET (self));
  }
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, busy,
                               -1);
}

/* Setters */

void
lt_canvas_set_style (LtCanvas *self, const LtStyle *style)
{
  g_return_if_fail (LT_IS_CANVAS (self));
  self->style = *style;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_canvas_set_texture (LtCanvas *self, GdkTexture *texture)
{
  g_return_if_fail (LT_IS_CANVAS (self));
  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

GdkTexture *
lt_canvas_get_texture (LtCanvas *self)
{
  g_return_val_if_fail (LT_IS_CANVAS (self), NULL);
  return self->texture;
}

void
lt_canvas_set_message (LtCanvas *self, const char *message)
{
  char *copy;

  g_return_if_fail (LT_IS_CANVAS (self));
  copy = g_strdup (message);
  g_free (self->message);
  self->message = copy;
  if (self->texture == NULL)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drop_overlay (LtCanvas *self)
{
  if (self->overlay_destroy != NULL)
    self->overlay_destroy (self->overlay_data);
  self->overlay = NULL;
  self->overlay_data = NULL;
  self->overlay_destroy = NULL;
}

void
lt_canvas_set_overlay (LtCanvas *self,
                       LtCanvasOverlay overlay,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  g_return_if_fail (LT_IS_CANVAS (self));
  drop_overlay (self);
  self->overlay = overlay;
  self->overlay_data = user_data;
  self->overlay_destroy = destroy;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_canvas_queue_overlay (LtCanvas *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_canvas_set_label (LtCanvas *self, const char *label, const char *description)
{
  g_return_if_fail (LT_IS_CANVAS (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description != NULL ? description : "", -1);
}

gboolean
lt_canvas_get_pointer (LtCanvas *self, double *x, double *y)
{
  g_return_val_if_fail (LT_IS_CANVAS (self), FALSE);
  if (!self->over)
    return FALSE;
  *x = self->x;
  *y = self->y;
  return TRUE;
}

gboolean
lt_canvas_take_press (LtCanvas *self)
{
  g_return_val_if_fail (LT_IS_CANVAS (self), FALSE);
  if (!self->asking)
    return FALSE;
  self->over = TRUE;
  self->pressed = TRUE;
  self->x = self->press_x;
  self->y = self->press_y;
  return TRUE;
}

/* Life */

static void
lt_canvas_dispose (GObject *object)
{
  LtCanvas *self = LT_CANVAS (object);

  g_clear_handle_id (&self->size_idle, g_source_remove);
  g_clear_object (&self->texture);
  drop_overlay (self);
  G_OBJECT_CLASS (lt_canvas_parent_class)->dispose (object);
}

static void
lt_canvas_finalize (GObject *object)
{
  g_free (LT_CANVAS (object)->message);
  G_OBJECT_CLASS (lt_canvas_parent_class)->finalize (object);
}

static guint
signal_new (const char *name, guint n, GType first, GType second, GType third)
{
  GType types[3] = { first, second, third };

  return g_signal_newv (name, LT_TYPE_CANVAS, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
                        G_TYPE_NONE, n, types);
}

static void
lt_canvas_class_init (LtCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType real = G_TYPE_DOUBLE;

  object_class->dispose = lt_canvas_dispose;
  object_class->finalize = lt_canvas_finalize;
  widget_class->measure = lt_canvas_measure;
  widget_class->size_allocate = lt_canvas_size_allocate;
  widget_class->snapshot = lt_canvas_snapshot;
  widget_class->state_flags_changed = lt_canvas_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  signals[SIZE_CHANGED] =
      signal_new ("size-changed", 3, G_TYPE_INT, G_TYPE_INT, G_TYPE_INT);
  signals[MOTION] = signal_new ("motion", 2, real, real, 0);
  signals[LEAVE] = signal_new ("leave", 0, 0, 0, 0);
  signals[PRESS] = signal_new ("press", 3, real, real, G_TYPE_UINT);
  signals[DRAG] = signal_new ("drag", 2, real, real, 0);
  signals[RELEASE] = signal_new ("release", 2, real, real, 0);
  signals[CONTEXT_MENU] = signal_new ("context-menu", 2, real, real, 0);
  signals[ZOOM] = signal_new ("zoom", 3, real, real, real);
}

static void
add_controllers (LtCanvas *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *controllers[] = { motion, key, focus, scroll,
                                        GTK_EVENT_CONTROLLER (drag) };

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (key, "key-released", G_CALLBACK (key_released_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++)
    gtk_widget_add_controller (GTK_WIDGET (self), controllers[i]);
}

static void
lt_canvas_init (LtCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  lt_style_init (&self->style, FALSE, 13);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (queue_size), NULL);
  add_controllers (self);
}

GtkWidget *
lt_canvas_new (void)
{
  return g_object_new (LT_TYPE_CANVAS, NULL);
}
