/* The switch follows the session: it appears with a twin, is labelled by what the two differ
 * in, and falls back to the session itself when the twin goes. */
#include "panels/twin-switch.h"

/* One knob, and no more of it, so that it can be read; the tip says all. */
#define WIDTH_CHARS 15

struct _LtTwinSwitch {
  GtkWidget parent_instance;

  LtSession *session, *source;
  GtkWidget *button, *label;
  gboolean wanted;
};

G_DEFINE_FINAL_TYPE (LtTwinSwitch, lt_twin_switch, GTK_TYPE_WIDGET)

static guint switched;

static void
label (LtTwinSwitch *self)
{
  gboolean of_twin = self->source != self->session;
  g_autofree char *shown = lt_session_dup_difference (self->session, of_twin);
  g_autofree char *other = lt_session_dup_difference (self->session, !of_twin);
  g_autofree char *text = lt_session_dup_first_difference (self->session, of_twin);
  g_autofree char *tip = NULL;

  if (!shown || !other)
    return;
  tip = g_strdup_printf ("Shown: %s. Press for the one with %s.", shown, other);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_label_set_width_chars (GTK_LABEL (self->label),
                             (int) MIN (g_utf8_strlen (text, -1), WIDTH_CHARS));
  gtk_widget_set_tooltip_text (self->button, tip);
  if (of_twin)
    gtk_widget_add_css_class (self->button, "other");
  else
    gtk_widget_remove_css_class (self->button, "other");
}

static void
update (LtTwinSwitch *self)
{
  LtSession *twin = lt_session_twin (self->session);
  LtSession *source = self->wanted && twin ? twin : self->session;

  gtk_widget_set_visible (GTK_WIDGET (self), twin != NULL);
  if (g_set_object (&self->source, source))
    g_signal_emit (self, switched, 0);
  label (self);
}

static void
clicked_cb (GtkButton *button, LtTwinSwitch *self)
{
  lt_twin_switch_set_twin (self, !self->wanted);
}

void
lt_twin_switch_set_session (LtTwinSwitch *self, LtSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "twin-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "knobs-changed", G_CALLBACK (label), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

LtSession *
lt_twin_switch_source (LtTwinSwitch *self)
{
  return self->source;
}

void
lt_twin_switch_set_twin (LtTwinSwitch *self, gboolean twin)
{
  self->wanted = twin;
  update (self);
}

static void
lt_twin_switch_dispose (GObject *object)
{
  LtTwinSwitch *self = LT_TWIN_SWITCH (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->source);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lt_twin_switch_parent_class)->dispose (object);
}

static void
lt_twin_switch_class_init (LtTwinSwitchClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lt_twin_switch_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class),
                                            GTK_TYPE_BIN_LAYOUT);
  switched = g_signal_new ("switched", LT_TYPE_TWIN_SWITCH, G_SIGNAL_RUN_LAST, 0, NULL,
                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
lt_twin_switch_init (LtTwinSwitch *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), WIDTH_CHARS);
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), self->label);
  gtk_button_set_has_frame (GTK_BUTTON (self->button), FALSE);
  gtk_widget_add_css_class (self->button, "twin");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect (self->button, "clicked", G_CALLBACK (clicked_cb), self);
}
