/* The timeline on a display: scrubbing by pointer and keyboard, and what it says. */
#include "views/timeline.h"

#include "support/display.h"

#include <math.h>

typedef struct {
  GtkWidget *window;
  GtkWidget *timeline;
  GString *told;
} Fixture;

static void
scrub_cb (Fixture *self, int epoch, LtTimeline *timeline)
{
  g_assert_cmpint (lt_timeline_get_shown (timeline), ==, epoch);
  g_string_append_printf (self->told, "%d ", epoch);
}

static void
assert_told (Fixture *self, const char *wanted)
{
  g_assert_cmpstr (self->told->str, ==, wanted);
  g_string_truncate (self->told, 0);
}

/* Eighteen and a half epochs of fifty are done. */
static void
set_up (Fixture *self, gconstpointer data)
{
  double x[2000], loss[2000];

  for (int i = 0; i < 2000; i++) {
    x[i] = 18.5 * (i + 1) / 2000;
    loss[i] = i % 100 == 50 ? (double) NAN : 1 / (1 + x[i]);
  }
  self->told = g_string_new (NULL);
  self->timeline = lt_timeline_new ();
  lt_timeline_set_progress (LT_TIMELINE (self->timeline), 50, 18.5);
  lt_timeline_set_losses (LT_TIMELINE (self->timeline), x, loss, 2000);
  g_signal_connect_swapped (self->timeline, "scrub", G_CALLBACK (scrub_cb), self);
  self->window = lt_test_window_new (self->timeline, 600, 64);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->timeline, self);
  lt_test_window_free (self->window, self->timeline);
  g_string_free (self->told, TRUE);
}

static void
key (Fixture *self, guint keyval)
{
  g_assert_true (lt_test_key (self->timeline, keyval, 0));
}

/* From live back, by epochs and by tenths of the run, to the ends, and live again. */
static void
test_keys (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (lt_timeline_get_shown (LT_TIMELINE (self->timeline)), ==, -1);
  key (self, GDK_KEY_Left);
  key (self, GDK_KEY_Left);
  key (self, GDK_KEY_Right);
  key (self, GDK_KEY_Right);
  assert_told (self, "18 17 18 -1 ");
  key (self, GDK_KEY_Home);
  key (self, GDK_KEY_Left);
  key (self, GDK_KEY_Right);
  key (self, GDK_KEY_End);
  key (self, GDK_KEY_End);
  assert_told (self, "0 1 -1 ");
  g_assert_false (lt_test_key (self->timeline, GDK_KEY_space, 0));
  g_assert_false (lt_test_key (self->timeline, GDK_KEY_Left, GDK_CONTROL_MASK));
}

/* A page is a tenth of what has been done. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  lt_timeline_set_progress (LT_TIMELINE (self->timeline), 50, 40);
  key (self, GDK_KEY_Home);
  key (self, GDK_KEY_Page_Down);
  key (self, GDK_KEY_Page_Down);
  key (self, GDK_KEY_Page_Up);
  assert_told (self, "0 4 8 4 ");
}

/* Where an epoch stands on the golden style, which is the widget's to begin with. */
static double
epoch_x (double progress)
{
  LtTimelineData data = { .n_epochs = 50, .progress = 18.5 };
  LtStyle style;

  lt_style_init (&style, FALSE, 13);
  return lt_timeline_x (&data, &style, 600, progress);
}

/* Pressing goes there; right of where training is, back to live. */
static void
test_pointer (Fixture *self, gconstpointer data)
{
  GtkEventController *drag = lt_test_controller (self->timeline, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (drag, "drag-begin", epoch_x (7), 30.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  g_signal_emit_by_name (drag, "drag-begin", epoch_x (7), 30.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  g_signal_emit_by_name (drag, "drag-begin", epoch_x (30), 30.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  assert_told (self, "7 -1 ");
  g_assert_true (gtk_widget_has_focus (self->timeline));
}

/* The setter says nothing back, and goes no further than training. */
static void
test_set_shown (Fixture *self, gconstpointer data)
{
  LtTimeline *timeline = LT_TIMELINE (self->timeline);

  lt_timeline_set_shown (timeline, 12);
  g_assert_cmpint (lt_timeline_get_shown (timeline), ==, 12);
  lt_timeline_set_shown (timeline, 40);
  g_assert_cmpint (lt_timeline_get_shown (timeline), ==, 18);
  lt_timeline_set_progress (timeline, 50, 3.2);
  g_assert_cmpint (lt_timeline_get_shown (timeline), ==, 3);
  lt_timeline_set_shown (timeline, -1);
  lt_timeline_set_progress (timeline, 50, 4);
  g_assert_cmpint (lt_timeline_get_shown (timeline), ==, -1);
  assert_told (self, "");
}

/* A slider that says the epoch and its loss. */
static void
test_accessible (Fixture *self, gconstpointer data)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (self->timeline);

  lt_timeline_set_shown (LT_TIMELINE (self->timeline), 9);
  gtk_test_accessible_assert_role (accessible, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_property (accessible, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                       18.0);
  gtk_test_accessible_assert_property (accessible, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                       9.0);
  gtk_test_accessible_assert_property (accessible, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                       "Epoch 9 of 50, loss 0.1");
}

/* A flag's title is its tooltip; flags are copied, and a new list takes their place. */
static void
test_flags (Fixture *self, gconstpointer data)
{
  char title[] = "learning rate 0.1 → 0.01";
  LtFlag flags[] = { { 3, title }, { 6, NULL } };
  GtkTooltip *tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (self->timeline);

  lt_timeline_set_flags (LT_TIMELINE (self->timeline), flags, 2);
  title[0] = 'x';
  g_assert_true (
      klass->query_tooltip (self->timeline, (int) epoch_x (3), 30, FALSE, tooltip));
  lt_timeline_set_flags (LT_TIMELINE (self->timeline), NULL, 0);
  lt_timeline_set_progress (LT_TIMELINE (self->timeline), 50, 0);
  g_assert_false (
      klass->query_tooltip (self->timeline, (int) epoch_x (3), 30, FALSE, tooltip));
  g_object_unref (tooltip);
}

/* It is drawn: the handle's colour stands at the epoch shown. */
static void
test_drawing (Fixture *self, gconstpointer data)
{
  LtStyle style;
  guint32 wanted;

  lt_style_init (&style, FALSE, 13);
  wanted = (guint32) (style.second.r * 255 + 0.5) << 16 |
           (guint32) (style.second.g * 255 + 0.5) << 8 |
           (guint32) (style.second.b * 255 + 0.5);
  lt_timeline_set_shown (LT_TIMELINE (self->timeline), 9);
  g_assert_cmphex (lt_test_pixel (self->timeline, (int) epoch_x (9), 12), ==, wanted);
  lt_timeline_set_shown (LT_TIMELINE (self->timeline), -1);
  g_assert_cmphex (lt_test_pixel (self->timeline, (int) epoch_x (9), 12), !=, wanted);
}

#define ADD(name, function) \
  g_test_add ("/timeline/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  ADD ("keys", test_keys);
  ADD ("pages", test_pages);
  ADD ("pointer", test_pointer);
  ADD ("set-shown", test_set_shown);
  ADD ("accessible", test_accessible);
  ADD ("flags", test_flags);
  ADD ("drawing", test_drawing);
  return g_test_run ();
}
