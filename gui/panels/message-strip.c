/* The message strip. */
#include "panels/message-strip.h"

/* A note goes by itself, once it can have been read. */
#define NOTE_LEAST  5000 /* milliseconds */
#define NOTE_LETTER 60

struct _LtMessageStrip {
  GtkWidget parent_instance;

  GtkWidget *revealer, *box, *icon, *label, *remedy_button, *close_button;
  guint note_source;
};

G_DEFINE_FINAL_TYPE (LtMessageStrip, lt_message_strip, GTK_TYPE_WIDGET)

void
lt_message_strip_hide (LtMessageStrip *self)
{
  g_clear_handle_id (&self->note_source, g_source_remove);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

static gboolean
note_over_cb (gpointer data)
{
  LtMessageStrip *self = data;

  self->note_source = 0;
  lt_message_strip_hide (self);
  return G_SOURCE_REMOVE;
}

guint
lt_message_strip_reading_time (const char *text)
{
  return NOTE_LEAST + NOTE_LETTER * (guint) g_utf8_strlen (text, -1);
}

void
lt_message_strip_show (LtMessageStrip *self, LtMessageKind kind, const char *text)
{
  gboolean note = kind == LT_MESSAGE_NOTE;

  g_clear_handle_id (&self->note_source, g_source_remove);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                note ? "dialog-information-symbolic"
                                     : "dialog-warning-symbolic");
  if (note)
    gtk_widget_remove_css_class (self->box, "trouble");
  else
    gtk_widget_add_css_class (self->box, "trouble");
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
  if (note)
    self->note_source =
        g_timeout_add (lt_message_strip_reading_time (text), note_over_cb, self);
}

void
lt_message_strip_offer (LtMessageStrip *self, const char *remedy)
{
  if (remedy)
    gtk_button_set_label (GTK_BUTTON (self->remedy_button), remedy);
  gtk_widget_set_visible (self->remedy_button, remedy != NULL);
}

const char *
lt_message_strip_text (LtMessageStrip *self)
{
  if (!gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer)))
    return NULL;
  return gtk_label_get_text (GTK_LABEL (self->label));
}

static void
lt_message_strip_dispose (GObject *object)
{
  LtMessageStrip *self = LT_MESSAGE_STRIP (object);

  g_clear_handle_id (&self->note_source, g_source_remove);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (lt_message_strip_parent_class)->dispose (object);
}

static void
lt_message_strip_class_init (LtMessageStripClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_message_strip_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/message-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, revealer);
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, box);
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, icon);
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, label);
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, remedy_button);
  gtk_widget_class_bind_template_child (widget_class, LtMessageStrip, close_button);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
lt_message_strip_init (LtMessageStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->close_button, "clicked",
                            G_CALLBACK (lt_message_strip_hide), self);
}
