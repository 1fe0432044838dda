/* The timeline's widget: few enough points to be painted in the window's thread. */
#include "views/timeline.h"

#include "views/canvas.h"

#include <math.h>

#define MOST_POINTS 400

struct _LtTimeline {
  GtkWidget parent_instance;

  LtStyle style;
  LtTimelineData data;      /* its arrays are those below */
  GArray *x, *loss, *flags; /* double */
  GPtrArray *flag_titles;   /* owned strings */
  GArray *phases;           /* LtTimelinePhase, with titles from phase_titles */
  GPtrArray *phase_titles;
  gboolean dragging;
};

static guint scrub_signal;

G_DEFINE_FINAL_TYPE (LtTimeline, lt_timeline, GTK_TYPE_WIDGET)

static int
n_done (LtTimeline *self)
{
  return (int) floor (MAX (self->data.progress, 0) + 1e-9);
}

/* The last loss at or before `progress`, NaN when there is none. */
static double
loss_at (LtTimeline *self, double progress)
{
  double loss = (double) NAN;

  for (int i = 0; i < self->data.n && self->data.x[i] <= progress + 1e-9; i++)
    loss = self->data.loss[i];
  return loss;
}

static char *
epoch_text (LtTimeline *self, int epoch)
{
  double at = epoch < 0 ? self->data.progress : epoch;
  double loss = loss_at (self, at);
  GString *text = g_string_new (NULL);

  g_string_printf (text, "Epoch %d of %d", epoch < 0 ? n_done (self) : epoch,
                   MAX (self->data.n_epochs, n_done (self)));
  if (isfinite (loss))
    g_string_append_printf (text, ", loss %.3g", loss);
  if (epoch < 0)
    g_string_append (text, ", live");
  return g_string_free (text, FALSE);
}

static void
update_accessible (LtTimeline *self)
{
  g_autofree char *text = epoch_text (self, self->data.shown);
  double value = self->data.shown < 0 ? n_done (self) : self->data.shown;

  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
      GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) n_done (self),
      GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, value, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
      text, -1);
}

static void
changed (LtTimeline *self)
{
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_timeline_set_style (LtTimeline *self, const LtStyle *style)
{
  g_return_if_fail (LT_IS_TIMELINE (self));
  self->style = *style;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
lt_timeline_set_progress (LtTimeline *self, int n_epochs, double progress)
{
  g_return_if_fail (LT_IS_TIMELINE (self));
  if (self->data.n_epochs == n_epochs && self->data.progress == progress)
    return;
  self->data.n_epochs = n_epochs;
  self->data.progress = progress;
  self->data.shown = MIN (self->data.shown, n_done (self));
  changed (self);
}

/* Means over runs of neighbours; what is not finite is left out. */
void
lt_timeline_set_losses (LtTimeline *self, const double *x, const double *loss, int n)
{
  int run = (n + MOST_POINTS - 1) / MOST_POINTS;

  g_return_if_fail (LT_IS_TIMELINE (self));
  g_array_set_size (self->x, 0);
  g_array_set_size (self->loss, 0);
  for (int start = 0; start < n; start += run) {
    double sum = 0, at = x[start];
    int count = 0;

    for (int i = start; i < MIN (start + run, n); i++)
      if (isfinite (loss[i])) {
        sum += loss[i];
        at = x[i];
        count++;
      }
    if (count == 0)
      continue;
    sum /= count;
    g_array_append_val (self->x, at);
    g_array_append_val (self->loss, sum);
  }
  self->data.n = (int) self->x->len;
  self->data.x = (const double *) (void *) self->x->data;
  self->data.loss = (const double *) (void *) self->loss->data;
  changed (self);
}

void
lt_timeline_set_flags (LtTimeline *self, const LtFlag *flags, int n)
{
  g_return_if_fail (LT_IS_TIMELINE (self));
  g_array_set_size (self->flags, 0);
  g_ptr_array_set_size (self->flag_titles, 0);
  for (int i = 0; i < n; i++) {
    g_array_append_val (self->flags, flags[i].x);
    g_ptr_array_add (self->flag_titles, g_strdup (flags[i].title));
  }
  self->data.n_flags = n;
  self->data.flags = (const double *) (void *) self->flags->data;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_timeline_set_phases (LtTimeline *self, const LtTimelinePhase *phases, int n)
{
  g_return_if_fail (LT_IS_TIMELINE (self));
  g_array_set_size (self->phases, 0);
  g_ptr_array_set_size (self->phase_titles, 0);
  for (int i = 0; i < n; i++) {
    LtTimelinePhase phase = { phases[i].begin, g_strdup (phases[i].title) };

    g_ptr_array_add (self->phase_titles, (gpointer) phase.title);
    g_array_append_val (self->phases, phase);
  }
  self->data.n_phases = n;
  self->data.phases = (const LtTimelinePhase *) (void *) self->phases->data;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lt_timeline_set_shown (LtTimeline *self, int epoch)
{
  int shown;

  g_return_if_fail (LT_IS_TIMELINE (self));
  shown = CLAMP (epoch, -1, n_done (self));
  if (self->data.shown == shown)
    return;
  self->data.shown = shown;
  changed (self);
}

int
lt_timeline_get_shown (LtTimeline *self)
{
  g_return_val_if_fail (LT_IS_TIMELINE (self), -1);
  return self->data.shown;
}

/* The user's wish: emitted only when it changes something. */
static void
scrub (LtTimeline *self, int epoch)
{
  int before = self->data.shown;

  lt_timeline_set_shown (self, epoch);
  if (self->data.shown != before)
    g_signal_emit (self, scrub_signal, 0, self->data.shown);
}

/* Drawing */

static void
lt_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LtTimeline *self = LT_TIMELINE (widget);
  float w = (float) gtk_widget_get_width (widget);
  float h = (float) gtk_widget_get_height (widget);
  cairo_t *cr;

  if (w <= 0 || h <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, w, h));
  lt_timeline_paint (cr, &self->data, &self->style, (double) w, (double) h);
  cairo_destroy (cr);
  lt_focus_ring_snapshot (widget, snapshot, &self->style);
}

static void
lt_timeline_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  double text = LT_TIMELINE (widget)->style.text_size;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = (int) (10 * text);
    *natural = (int) (40 * text);
  } else {
    *minimum = (int) (4 * text);
    *natural = (int) (5 * text);
  }
  *minimum_baseline = *natural_baseline = -1;
}

static void
lt_timeline_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  gtk_widget_queue_draw (widget);
}

/* Pointer */

/* Right of where training is there is nothing to see but the live model. */
static void
scrub_to (LtTimeline *self, double x)
{
  double w = gtk_widget_get_width (GTK_WIDGET (self));
  double live = lt_timeline_x (&self->data, &self->style, w, self->data.progress);

  if (x > live + 4)
    scrub (self, -1);
  else
    scrub (self, lt_timeline_epoch_at (&self->data, &self->style, w, x));
}

static void
drag_begin_cb (LtTimeline *self, double x, double y, GtkGestureDrag *gesture)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->dragging = TRUE;
  scrub_to (self, x);
}

static void
drag_update_cb (LtTimeline *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    scrub_to (self, x + dx);
}

static void
drag_end_cb (LtTimeline *self, double dx, double dy, GtkGestureDrag *gesture)
{
  self->dragging = FALSE;
}

static void
hover (LtTimeline *self, int epoch)
{
  if (self->data.hover == epoch)
    return;
  self->data.hover = epoch;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (LtTimeline *self, double x, double y, GtkEventController *controller)
{
  double w = gtk_widget_get_width (GTK_WIDGET (self));

  if (self->dragging || n_done (self) == 0)
    hover (self, -1);
  else
    hover (self, lt_timeline_epoch_at (&self->data, &self->style, w, x));
}

static void
leave_cb (LtTimeline *self, GtkEventController *controller)
{
  hover (self, -1);
}

static gboolean
lt_timeline_query_tooltip (GtkWidget *widget,
                           int x,
                           int y,
                           gboolean keyboard,
                           GtkTooltip *tooltip)
{
  LtTimeline *self = LT_TIMELINE (widget);
  double w = gtk_widget_get_width (widget);
  int flag = keyboard ? -1 : lt_timeline_flag_at (&self->data, &self->style, w, x);
  g_autofree char *text = NULL;

  if (flag >= 0 && self->flag_titles->pdata[flag] != NULL) {
    gtk_tooltip_set_text (tooltip, self->flag_titles->pdata[flag]);
    return TRUE;
  }
  if (n_done (self) == 0)
    return FALSE;
  text = epoch_text (self,
                     keyboard ? self->data.shown
                              : lt_timeline_epoch_at (&self->data, &self->style, w, x));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* Keyboard */

static void
scrub_by (LtTimeline *self, int epochs)
{
  int from = self->data.shown < 0 ? n_done (self) + 1 : self->data.shown;
  int to = from + epochs;

  scrub (self, to > n_done (self) ? -1 : MAX (to, 0));
}

static gboolean
key_pressed_cb (LtTimeline *self,
                guint key,
                guint code,
                GdkModifierType state,
                GtkEventController *controller)
{
  int page = MAX (n_done (self) / 10, 1);

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    scrub_by (self, -1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    scrub_by (self, 1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Up:
  case GDK_KEY_KP_Page_Up:
    scrub_by (self, -page);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Down:
  case GDK_KEY_KP_Page_Down:
    scrub_by (self, page);
    return GDK_EVENT_STOP;
  case GDK_KEY_Home:
  case GDK_KEY_KP_Home:
    scrub (self, 0);
    return GDK_EVENT_STOP;
  case GDK_KEY_End:
  case GDK_KEY_KP_End:
    scrub (self, -1);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

/* Life */

static void
lt_timeline_finalize (GObject *object)
{
  LtTimeline *self = LT_TIMELINE (object);

  g_array_unref (self->x);
  g_array_unref (self->loss);
  g_array_unref (self->flags);
  g_ptr_array_unref (self->flag_titles);
  g_array_unref (self->phases);
  g_ptr_array_unref (self->phase_titles);
  G_OBJECT_CLASS (lt_timeline_parent_class)->finalize (object);
}

static void
lt_timeline_class_init (LtTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lt_timeline_finalize;
  widget_class->measure = lt_timeline_measure;
  widget_class->snapshot = lt_timeline_snapshot;
  widget_class->query_tooltip = lt_timeline_query_tooltip;
  widget_class->state_flags_changed = lt_timeline_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
  scrub_signal = g_signal_new ("scrub", LT_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
add_controllers (LtTimeline *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

static void
lt_timeline_init (LtTimeline *self)
{
  lt_style_init (&self->style, FALSE, 13);
  self->x = g_array_new (FALSE, FALSE, sizeof (double));
  self->loss = g_array_new (FALSE, FALSE, sizeof (double));
  self->flags = g_array_new (FALSE, FALSE, sizeof (double));
  self->flag_titles = g_ptr_array_new_with_free_func (g_free);
  self->phases = g_array_new (FALSE, FALSE, sizeof (LtTimelinePhase));
  self->phase_titles = g_ptr_array_new_with_free_func (g_free);
  self->data.shown = self->data.hover = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Epoch shown", -1);
  update_accessible (self);
  add_controllers (self);
}

GtkWidget *
lt_timeline_new (void)
{
  return g_object_new (LT_TYPE_TIMELINE, NULL);
}
