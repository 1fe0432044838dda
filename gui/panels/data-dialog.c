/* The data dialog. The experiment that it holds is a copy of the session's, with the new data;
 * reading happens on a worker (session/data-inspector.h), and what is on show stays, dimmed,
 * until the answer to the last question is there. */
#include "panels/data-dialog.h"

#include "panels/data-examples.h"
#include "panels/data-facts.h"
#include "panels/knob-row.h"
#include "session/data-fit.h"
#include "session/data-inspector.h"

struct _LtDataDialog {
  GtkWindow parent_instance;

  LtSession *session;
  LtLook *look;
  LtExperiment *base, *experiment; /* the session's; the same with these data */
  LtDataInspector *inspector;
  LtDataInfo *info; /* NULL: not read yet, or not to be read */
  const LtLoader *loader;
  char *trouble; /* see lt_data_dialog_trouble */
  LtDataFit fit;
  gboolean play;
  gboolean refocus; /* the next answer moves the focus */
  GPtrArray *rows;  /* LtKnobRow */

  GtkWidget *heading, *sentence, *spinner, *stack, *trouble_label;
  GtkWidget *found, *examples_title, *as_scaled, *examples;
  GtkWidget *found_facts, *used_facts, *labels_title, *label_bars, *split_bars;
  GtkWidget *knobs, *file_box, *file_knobs, *preparation_knobs, *split;
  GtkWidget *strip, *strip_icon, *strip_label, *remedies;
  GtkWidget *another_button, *use_button;
};

G_DEFINE_FINAL_TYPE (LtDataDialog, lt_data_dialog, GTK_TYPE_WINDOW)

static guint another_signal;

/* ---- What was found --------------------------------------------------------------- */

static void
show_bars (LtDataDialog *self)
{
  const LtStyle *style = lt_look_style (self->look);

  gtk_widget_set_visible (self->labels_title, self->info->n_classes > 0);
  lt_data_facts_show_labels (GTK_DRAWING_AREA (self->label_bars), self->info, style);
  lt_data_facts_show_splits (GTK_DRAWING_AREA (self->split_bars), self->info, style);
}

static void
show_examples (LtDataDialog *self)
{
  gboolean scaled = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->as_scaled));

  if (self->info)
    lt_data_examples_show (LT_DATA_EXAMPLES (self->examples), self->info, scaled);
}

static void
show_found (LtDataDialog *self)
{
  g_autofree char *sentence = lt_data_facts_sentence (self->info);
  g_autofree char *title =
      g_strdup_printf ("%d of %" G_GSIZE_FORMAT " training examples",
                       self->info->n_examples, self->info->n_split[LT_TRAIN]);

  gtk_label_set_text (GTK_LABEL (self->sentence), sentence);
  gtk_label_set_text (GTK_LABEL (self->examples_title), title);
  lt_data_facts_show_found (GTK_GRID (self->found_facts), self->info, self->loader);
  lt_data_facts_show_used (GTK_GRID (self->used_facts), self->info);
  show_bars (self);
  show_examples (self);
}

/* ---- Whether the model can take it ------------------------------------------------ */

static void
offer_remedies (LtDataDialog *self)
{
  for (int i = 0; i < LT_N_REMEDIES; i++) {
    const char *title;
    g_autoptr (LtExperiment) changed =
        lt_data_fit_remedy (self->experiment, self->info, i, &title);
    GtkWidget *button;

    if (!changed)
      continue;
    button = gtk_button_new_with_mnemonic (title);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "data.remedy");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", i);
    gtk_box_append (GTK_BOX (self->remedies), button);
  }
}

static void
show_fit (LtDataDialog *self)
{
  gboolean well;
  GtkWidget *button;

  while ((button = gtk_widget_get_first_child (self->remedies)))
    gtk_box_remove (GTK_BOX (self->remedies), button);
  self->fit = lt_data_fit (self->experiment, self->info, &self->trouble);
  well = self->fit == LT_FIT_WELL;
  if (well)
    self->trouble = lt_data_fit_changes (self->base, self->experiment);
  else
    offer_remedies (self);
  gtk_widget_set_visible (self->strip, self->trouble != NULL);
  if (!self->trouble)
    return;
  gtk_label_set_text (GTK_LABEL (self->strip_label), self->trouble);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->strip_icon),
                                well ? "dialog-information-symbolic"
                                     : "dialog-warning-symbolic");
  if (well)
    gtk_widget_remove_css_class (self->strip, "trouble");
  else
    gtk_widget_add_css_class (self->strip, "trouble");
}

/* ---- Knobs ------------------------------------------------------------------------ */

static gpointer
settings_of (LtDataDialog *self, const LtKnob *knob)
{
  if (lt_knobs_find (&lt_preparation_knobs, knob->key) == knob)
    return &self->experiment->data->preparation;
  return self->experiment->data->settings;
}

static gboolean
matters (LtDataDialog *self, const LtKnob *knob)
{
  if (lt_knobs_find (&lt_preparation_knobs, knob->key) != knob)
    return self->loader && g_strv_contains (self->loader->knobs, knob->key);
  return !(self->info && self->info->own_test &&
           g_str_equal (knob->key, "test-fraction"));
}

static void
show_knobs (LtDataDialog *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->rows->len; i++) {
    LtKnobRow *row = self->rows->pdata[i];
    const LtKnob *knob = lt_knob_row_knob (row);
    gboolean shown = matters (self, knob);

    gtk_widget_set_visible (GTK_WIDGET (row), shown);
    any |= shown && gtk_widget_get_parent (GTK_WIDGET (row)) == self->file_knobs;
    if (self->experiment->data->source == &lt_file_source) {
      g_autofree char *value = lt_knob_format (knob, settings_of (self, knob));

      lt_knob_row_set_value (row, value);
    }
  }
  gtk_widget_set_visible (self->file_box, any);
  gtk_widget_set_visible (self->split, self->info != NULL);
  gtk_widget_set_visible (self->knobs, self->loader != NULL);
}

/* ---- The whole -------------------------------------------------------------------- */

static void
show_busy (LtDataDialog *self)
{
  gboolean busy = lt_data_inspector_busy (self->inspector);

  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_opacity (self->found, busy ? 0.45 : 1);
  gtk_widget_set_opacity (self->split, busy ? 0.45 : 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "data.use",
                                 !busy && self->info && self->fit != LT_FIT_NOT_AT_ALL);
}

static void
show_bad (LtDataDialog *self, const char *sentence)
{
  self->trouble = g_strdup (sentence);
  gtk_label_set_text (GTK_LABEL (self->trouble_label), sentence);
  gtk_label_set_text (GTK_LABEL (self->sentence), "This cannot be used as it is.");
  gtk_widget_set_visible (self->strip, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "bad");
}

/* Where Enter does what is most likely wanted next. */
static void
focus (LtDataDialog *self)
{
  GtkWidget *remedy_button = gtk_widget_get_first_child (self->remedies);

  if (!self->info)
    gtk_widget_grab_focus (self->another_button);
  else if (self->fit != LT_FIT_WELL && remedy_button)
    gtk_widget_grab_focus (remedy_button);
  else
    gtk_widget_grab_focus (self->use_button);
}

/* Takes info. */
static void
inspected (LtDataInfo *info, const LtLoader *loader, const GError *error, gpointer data)
{
  LtDataDialog *self = data;

  g_clear_pointer (&self->info, lt_data_info_free);
  g_clear_pointer (&self->trouble, g_free);
  self->info = info;
  self->loader = loader;
  if (info) {
    show_found (self);
    show_fit (self);
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "found");
  } else {
    show_bad (self, error->message);
  }
  show_knobs (self);
  show_busy (self);
  if (self->refocus)
    focus (self);
  self->refocus = FALSE;
}

static void
ask (LtDataDialog *self)
{
  lt_data_inspector_ask (self->inspector, self->experiment->data,
                         self->experiment->seed);
  show_busy (self);
}

/* ---- Acting ----------------------------------------------------------------------- */

gboolean
lt_data_dialog_turn (LtDataDialog *self, const char *key, const char *value)
{
  const LtKnob *knob = lt_knobs_find (&lt_file_source.knobs, key);

  if (!knob)
    knob = lt_knobs_find (&lt_preparation_knobs, key);
  if (!knob || !self->experiment ||
      !lt_knob_parse (knob, value, settings_of (self, knob), NULL))
    return FALSE;
  show_knobs (self);
  ask (self);
  return TRUE;
}

static void
turned_cb (LtKnobRow *row, const char *text, LtDataDialog *self)
{
  lt_data_dialog_turn (self, lt_knob_row_knob (row)->key, text);
}

static void
scaled_cb (GtkToggleButton *button, LtDataDialog *self)
{
  show_examples (self);
}

static void
remedy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LtDataDialog *self = LT_DATA_DIALOG (widget);
  const char *title;
  LtExperiment *changed;

  if (!self->info)
    return;
  changed = lt_data_fit_remedy (self->experiment, self->info,
                                g_variant_get_int32 (parameter), &title);
  if (!changed)
    return;
  lt_experiment_free (self->experiment);
  self->experiment = changed;
  self->refocus = TRUE;
  show_knobs (self);
  ask (self);
}

static void
use (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LtDataDialog *self = LT_DATA_DIALOG (widget);
  gboolean running = lt_session_status (self->session)->state == LT_TRAINER_RUNNING;

  lt_session_open (self->session, lt_experiment_dup (self->experiment),
                   self->play || running);
  gtk_window_close (GTK_WINDOW (self));
}

static void
another (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, another_signal, 0);
}

static void
show_heading (LtDataDialog *self, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *full = g_filename_display_name (path);
  g_autofree char *title = g_strdup_printf ("Data: %s", name);
  gboolean folder = g_file_test (path, G_FILE_TEST_IS_DIR);

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_text (GTK_LABEL (self->heading), name);
  gtk_widget_set_tooltip_text (self->heading, full);
  gtk_label_set_text (GTK_LABEL (self->sentence), "");
  gtk_button_set_label (GTK_BUTTON (self->another_button),
                        folder ? "Choose _another folder…" : "Choose _another file…");
}

void
lt_data_dialog_set_path (LtDataDialog *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  LtDataSpec *spec = lt_data_spec_new (full, &error);

  self->refocus = TRUE;
  show_heading (self, full);
  if (!spec) {
    inspected (NULL, NULL, error, self);
    return;
  }
  g_clear_pointer (&self->experiment, lt_experiment_free);
  self->experiment = lt_experiment_dup (self->base);
  lt_experiment_set_data (self->experiment, spec);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "reading");
  gtk_widget_set_visible (self->strip, FALSE);
  ask (self);
}

/* ---- What there is ---------------------------------------------------------------- */

const char *
lt_data_dialog_path (LtDataDialog *self)
{
  return self->experiment->data->path;
}

gboolean
lt_data_dialog_busy (LtDataDialog *self)
{
  return lt_data_inspector_busy (self->inspector);
}

const LtDataInfo *
lt_data_dialog_info (LtDataDialog *self)
{
  return self->info;
}

const char *
lt_data_dialog_trouble (LtDataDialog *self)
{
  return self->trouble;
}

/* ---- Life ------------------------------------------------------------------------- */

static void
look_cb (LtLook *look, LtDataDialog *self)
{
  const LtStyle *style = lt_look_style (look);

  if (style->dark)
    gtk_widget_add_css_class (GTK_WIDGET (self), "dark");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dark");
  lt_data_examples_set_style (LT_DATA_EXAMPLES (self->examples), style);
  if (self->info)
    show_bars (self);
}

static void
add_rows (LtDataDialog *self, const LtKnobTable *table, GtkWidget *box)
{
  for (int i = 0; i < table->n_knobs; i++) {
    GtkWidget *row = lt_knob_row_new (table, &table->knobs[i], FALSE);

    g_signal_connect (row, "turned", G_CALLBACK (turned_cb), self);
    gtk_box_append (GTK_BOX (box), row);
    g_ptr_array_add (self->rows, row);
  }
}

LtDataDialog *
lt_data_dialog_new (GtkWindow *parent, LtSession *session, LtLook *look, gboolean play)
{
  LtDataDialog *self =
      g_object_new (LT_TYPE_DATA_DIALOG, "transient-for", parent, NULL);
  LtExperiment *experiment = lt_session_experiment (session);

  self->session = g_object_ref (session);
  self->look = g_object_ref (look);
  self->play = play;
  self->base = experiment ? lt_experiment_dup (experiment) : lt_experiment_new ();
  self->experiment = lt_experiment_dup (self->base);
  g_signal_connect_object (look, "changed", G_CALLBACK (look_cb), self, 0);
  look_cb (look, self);
  show_knobs (self);
  show_busy (self);
  return self;
}

static void
lt_data_dialog_dispose (GObject *object)
{
  LtDataDialog *self = LT_DATA_DIALOG (object);

  g_clear_pointer (&self->inspector, lt_data_inspector_free);
  g_clear_pointer (&self->info, lt_data_info_free);
  g_clear_pointer (&self->base, lt_experiment_free);
  g_clear_pointer (&self->experiment, lt_experiment_free);
  g_clear_pointer (&self->trouble, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->look);
  G_OBJECT_CLASS (lt_data_dialog_parent_class)->dispose (object);
}

#define bind(class, name) \
  gtk_widget_class_bind_template_child (class, LtDataDialog, name)

static void
bind_children (GtkWidgetClass *class)
{
  bind (class, heading);
  bind (class, sentence);
  bind (class, spinner);
  bind (class, stack);
  bind (class, trouble_label);
  bind (class, found);
  bind (class, examples_title);
  bind (class, as_scaled);
  bind (class, examples);
  bind (class, found_facts);
  bind (class, used_facts);
  bind (class, labels_title);
  bind (class, label_bars);
  bind (class, split_bars);
  bind (class, knobs);
  bind (class, file_box);
  bind (class, split);
  bind (class, file_knobs);
  bind (class, preparation_knobs);
  bind (class, strip);
  bind (class, strip_icon);
  bind (class, strip_label);
  bind (class, remedies);
  bind (class, another_button);
  bind (class, use_button);
}

static void
lt_data_dialog_class_init (LtDataDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_data_dialog_dispose;
  g_type_ensure (LT_TYPE_DATA_EXAMPLES);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/data-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "data.use", NULL, use);
  gtk_widget_class_install_action (widget_class, "data.another", NULL, another);
  gtk_widget_class_install_action (widget_class, "data.remedy", "i", remedy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  another_signal = g_signal_new ("another", LT_TYPE_DATA_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lt_data_dialog_init (LtDataDialog *self)
{
  self->rows = g_ptr_array_new ();
  self->inspector = lt_data_inspector_new (inspected, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_rows (self, &lt_file_source.knobs, self->file_knobs);
  add_rows (self, &lt_preparation_knobs, self->preparation_knobs);
  g_signal_connect (self->as_scaled, "toggled", G_CALLBACK (scaled_cb), self);
}
