/* The bar under the tiles. Its buttons are the window's actions; the timeline's scrubbing goes
 * straight to the session. */
#include "panels/transport.h"

#include "views/timeline.h"
#include <math.h>
#include <stdlib.h>

struct _LtTransport {
  GtkBox parent_instance;

  LtSession *session;
  LtLook *look;
  GtkWidget *play_button, *timeline, *shown_label, *live_button;
};

G_DEFINE_FINAL_TYPE (LtTransport, lt_transport, GTK_TYPE_BOX)

static void
show_play (LtTransport *self, gboolean playing)
{
  const char *icon =
      playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic";
  const char *tip = playing ? "Pause (Space)" : "Train (Space)";

  if (!g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (self->play_button)), icon))
    return;
  gtk_button_set_icon_name (GTK_BUTTON (self->play_button), icon);
  gtk_widget_set_tooltip_text (self->play_button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  playing ? "Pause" : "Train", -1);
}

static void
status_cb (LtSession *session, LtTransport *self)
{
  const LtTrainerStatus *status = lt_session_status (session);
  int shown = lt_session_shown (session);
  gboolean live = shown == LT_SHOW_LIVE;
  g_autofree char *text = g_strdup_printf ("epoch %d", live ? status->epoch : shown);

  show_play (self, status->state == LT_TRAINER_RUNNING);
  lt_timeline_set_progress (LT_TIMELINE (self->timeline), status->n_epochs,
                            status->progress);
  lt_timeline_set_shown (LT_TIMELINE (self->timeline), shown);
  gtk_label_set_text (GTK_LABEL (self->shown_label), text);
  gtk_button_set_label (GTK_BUTTON (self->live_button), live ? "Live" : "Go live");
}

/* ---- The curve and the flags ------------------------------------------------------ */

static void
show_losses (LtTransport *self, const LtLogCopy *log)
{
  g_autofree double *x = g_new (double, log->rows->len + 1);
  g_autofree double *loss = g_new (double, log->rows->len + 1);

  for (guint i = 0; i < log->rows->len; i++) {
    const LtLogRow *row = &g_array_index (log->rows, LtLogRow, i);

    x[i] = row->progress;
    loss[i] = row->objective;
  }
  lt_timeline_set_losses (LT_TIMELINE (self->timeline), x, loss, (int) log->rows->len);
}

static char *
flag_title (LtTransport *self, const LtLogEvent *event)
{
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (lt_session_experiment (self->session),
                                                event->key, &table, &settings);

  if (knob)
    return g_strdup_printf ("%s: %s → %s", knob->title, event->before, event->after);
  return g_strdup_printf ("%s %s", event->key, event->after);
}

/* Phases are drawn as stretches, not as flags. */
static void
show_flags (LtTransport *self, const LtLogCopy *log)
{
  g_autofree LtFlag *flags = g_new0 (LtFlag, log->events->len + 1);
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  int n = 0;

  for (guint i = 0; i < log->events->len; i++) {
    const LtLogEvent *event = &g_array_index (log->events, LtLogEvent, i);

    if (g_str_equal (event->key, "phase"))
      continue;
    g_ptr_array_add (titles, flag_title (self, event));
    flags[n].x = event->progress;
    flags[n++].title = titles->pdata[titles->len - 1];
  }
  lt_timeline_set_flags (LT_TIMELINE (self->timeline), flags, n);
}

/* Those that have begun, where they began; those to come, where they are due. */
static void
show_phases (LtTransport *self, const LtLogCopy *log)
{
  const LtExperiment *experiment = lt_session_experiment (self->session);
  const LtTrainerStatus *status = lt_session_status (self->session);
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  LtTimelinePhase phases[LT_MAX_PHASES] = { { 0 } };
  int n = MIN (experiment->n_phases, LT_MAX_PHASES), end;

  for (int i = 0; i < n; i++) {
    g_ptr_array_add (titles, lt_experiment_dup_phase_title (experiment, i));
    phases[i].title = titles->pdata[i];
  }
  for (guint i = 0; i < log->events->len; i++) {
    const LtLogEvent *event = &g_array_index (log->events, LtLogEvent, i);
    int number = atoi (event->before);

    if (g_str_equal (event->key, "phase") && number >= 1 && number <= n)
      phases[number - 1].begin = event->progress;
  }
  end = status->phase_epoch + experiment->training.epochs;
  for (int i = experiment->phase + 1; i < n; i++) {
    phases[i].begin = end;
    end += experiment->phases[i].training.epochs;
  }
  lt_timeline_set_phases (LT_TIMELINE (self->timeline), phases, n);
}

static void
log_cb (LtSession *session, LtTransport *self)
{
  const LtLogCopy *log = lt_session_curves (session);

  if (!lt_session_experiment (session))
    return;
  show_phases (self, log);
  show_losses (self, log);
  show_flags (self, log);
}

static void
scrub_cb (LtTimeline *timeline, int epoch, LtTransport *self)
{
  lt_session_show (self->session, epoch);
}

static void
look_cb (LtLook *look, LtTransport *self)
{
  LtStyle style = *lt_look_style (look);

  style.text_size = round (style.text_size * 0.87);
  lt_timeline_set_style (LT_TIMELINE (self->timeline), &style);
}

/* ---- Life ------------------------------------------------------------------------- */

void
lt_transport_set_session (LtTransport *self, LtSession *session, LtLook *look)
{
  g_set_object (&self->session, session);
  g_set_object (&self->look, look);
  g_signal_connect_object (session, "status-changed", G_CALLBACK (status_cb), self, 0);
  g_signal_connect_object (session, "log-changed", G_CALLBACK (log_cb), self, 0);
  g_signal_connect_object (look, "changed", G_CALLBACK (look_cb), self, 0);
  status_cb (session, self);
  look_cb (look, self);
}

static void
lt_transport_dispose (GObject *object)
{
  LtTransport *self = LT_TRANSPORT (object);

  g_clear_object (&self->session);
  g_clear_object (&self->look);
  G_OBJECT_CLASS (lt_transport_parent_class)->dispose (object);
}

static void
lt_transport_class_init (LtTransportClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_transport_dispose;
  g_type_ensure (LT_TYPE_TIMELINE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/transport.ui");
  gtk_widget_class_bind_template_child (widget_class, LtTransport, play_button);
  gtk_widget_class_bind_template_child (widget_class, LtTransport, timeline);
  gtk_widget_class_bind_template_child (widget_class, LtTransport, shown_label);
  gtk_widget_class_bind_template_child (widget_class, LtTransport, live_button);
}

static void
lt_transport_init (LtTransport *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->timeline, "scrub", G_CALLBACK (scrub_cb), self);
}
