/* The side panel. */
#include "panels/panel.h"

#include "panels/chooser.h"
#include "panels/knob-panel.h"
#include "panels/lesson-text.h"
#include <string.h>

struct _LtPanel {
  GtkWidget parent_instance;

  LtSession *session;
  GtkWidget *lesson_chooser, *stack, *knobs, *lesson_box;
  char **names; /* of the lessons, in the chooser's order */
  char *lesson; /* the one whose text is shown */
  guint reveal; /* tick callback */
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE (LtPanel, lt_panel, GTK_TYPE_WIDGET)

/* ---- The chooser ------------------------------------------------------------------ */

static void
fill_chooser (LtPanel *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->names = lt_lesson_names ();
  for (int i = 0; self->names[i]; i++) {
    g_autoptr (LtExperiment) experiment = lt_experiment_load (self->names[i], NULL);
    gboolean titled = experiment && experiment->lesson.title;

    gtk_string_list_append (titles, titled ? experiment->lesson.title : self->names[i]);
  }
  gtk_string_list_append (titles, "No lesson");
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->lesson_chooser), G_LIST_MODEL (titles));
}

static void
show_chosen (LtPanel *self)
{
  const char *name = lt_session_lesson (self->session);
  guint i = 0;

  while (self->names[i] && g_strcmp0 (self->names[i], name))
    i++;
  self->quiet = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->lesson_chooser), i);
  self->quiet = FALSE;
}

static void
chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtPanel *self)
{
  guint chosen = gtk_drop_down_get_selected (chooser);

  if (self->quiet || !self->session)
    return;
  if (chosen < g_strv_length (self->names))
    lt_session_open_argument (self->session, self->names[chosen], TRUE);
  show_chosen (self);
}

/* One that loads is named at once; when it cannot be opened, the one that stays. */
static void
status_cb (LtSession *session, LtPanel *self)
{
  show_chosen (self);
}

/* ---- The text --------------------------------------------------------------------- */

static gboolean
link_cb (GtkLabel *label, const char *uri, gpointer data)
{
  LtPanel *self = data;

  if (!g_str_has_prefix (uri, "knob:"))
    return FALSE;
  lt_panel_show_lesson (self, FALSE);
  lt_knob_panel_focus (LT_KNOB_PANEL (self->knobs), uri + strlen ("knob:"));
  return TRUE;
}

/* Breaking a paragraph into lines takes milliseconds, so one appears a frame. */
static gboolean
reveal_cb (GtkWidget *box, GdkFrameClock *clock, gpointer panel)
{
  GtkWidget *child = gtk_widget_get_first_child (box);

  while (child && gtk_widget_get_visible (child))
    child = gtk_widget_get_next_sibling (child);
  if (child) {
    gtk_widget_set_visible (child, TRUE);
    return G_SOURCE_CONTINUE;
  }
  LT_PANEL (panel)->reveal = 0;
  return G_SOURCE_REMOVE;
}

static void
reveal (GtkWidget *box, LtPanel *self)
{
  if (!self->reveal && gtk_widget_get_mapped (box))
    self->reveal = gtk_widget_add_tick_callback (box, reveal_cb, self, NULL);
}

static void
fill_text (LtPanel *self, LtExperiment *experiment)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->lesson_box)))
    gtk_box_remove (GTK_BOX (self->lesson_box), child);
  lt_lesson_text_fill (GTK_BOX (self->lesson_box), experiment, link_cb, self);
  for (child = gtk_widget_get_first_child (self->lesson_box); child;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, FALSE);
  reveal (self->lesson_box, self);
}

/* The chooser would keep Space for itself: after a choice it plays again. */
static void
leave_chooser (LtPanel *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (focus && (focus == self->lesson_chooser ||
                gtk_widget_is_ancestor (focus, self->lesson_chooser)))
    gtk_root_set_focus (root, NULL);
}

static void
replaced_cb (LtSession *session, LtPanel *self)
{
  LtExperiment *experiment = lt_session_experiment (session);
  const LtLesson *lesson = &experiment->lesson;

  show_chosen (self);
  leave_chooser (self);
  if (self->lesson && !g_strcmp0 (self->lesson, lesson->text ? lesson->text : ""))
    return;
  g_free (self->lesson);
  self->lesson = g_strdup (lesson->text ? lesson->text : "");
  fill_text (self, experiment);
}

void
lt_panel_set_session (LtPanel *self, LtSession *session)
{
  g_set_object (&self->session, session);
  lt_knob_panel_set_session (LT_KNOB_PANEL (self->knobs), session);
  g_signal_connect_object (session, "experiment-replaced", G_CALLBACK (replaced_cb),
                           self, 0);
  g_signal_connect_object (session, "status-changed", G_CALLBACK (status_cb), self, 0);
}

void
lt_panel_show_lesson (LtPanel *self, gboolean show)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), show ? "lesson" : "knobs");
}

gboolean
lt_panel_shows_lesson (LtPanel *self)
{
  return g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)),
                      "lesson");
}

static void
lt_panel_dispose (GObject *object)
{
  LtPanel *self = LT_PANEL (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lt_panel_parent_class)->dispose (object);
}

static void
lt_panel_finalize (GObject *object)
{
  LtPanel *self = LT_PANEL (object);

  g_strfreev (self->names);
  g_free (self->lesson);
  G_OBJECT_CLASS (lt_panel_parent_class)->finalize (object);
}

static void
lt_panel_class_init (LtPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_panel_dispose;
  G_OBJECT_CLASS (class)->finalize = lt_panel_finalize;
  g_type_ensure (LT_TYPE_KNOB_PANEL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/panel.ui");
  gtk_widget_class_bind_template_child (widget_class, LtPanel, lesson_chooser);
  gtk_widget_class_bind_template_child (widget_class, LtPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, LtPanel, knobs);
  gtk_widget_class_bind_template_child (widget_class, LtPanel, lesson_box);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
lt_panel_init (LtPanel *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->quiet = TRUE;
  fill_chooser (self);
  lt_chooser_make_narrow (GTK_DROP_DOWN (self->lesson_chooser));
  self->quiet = FALSE;
  g_signal_connect (self->lesson_chooser, "notify::selected", G_CALLBACK (chosen_cb),
                    self);
  g_signal_connect_after (self->lesson_box, "map", G_CALLBACK (reveal), self);
}
