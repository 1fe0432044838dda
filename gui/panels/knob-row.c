/* A knob's row. The value always travels as text, the way the table reads and writes it. */
#include "panels/knob-row.h"

#include <math.h>

/* A slider on the move turns its knob when it rests this long. */
#define SLIDER_DELAY_MS 100

/* A logarithmic slider whose range begins at 0 spans this many decades; 0 is its left end. */
#define DECADES 6.0

/* Wider ranges are typed, since a slider could not be set with any precision. */
#define WIDEST_LINEAR 2000.0

/* "1000 500 250 30" can be read whole. */
#define LIST_CHARS 15

struct _LtKnobRow {
  GtkWidget parent_instance;

  const LtKnobTable *table;
  const LtKnob *knob;
  gpointer scratch; /* settings to try a text on */
  char *value;      /* as last set */

  GtkWidget *entry, *toggle, *choice, *slider, *reset;
  gboolean quiet; /* a control is being set from the value */
  guint slider_source;
};

G_DEFINE_FINAL_TYPE (LtKnobRow, lt_knob_row, GTK_TYPE_WIDGET)

enum {
  TURNED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- The slider's scale ----------------------------------------------------------- */

static gboolean
has_slider (const LtKnob *knob)
{
  if (knob->type != LT_KNOB_REAL && knob->type != LT_KNOB_INTEGER)
    return FALSE;
  if (!isfinite (knob->minimum) || !isfinite (knob->maximum))
    return FALSE;
  return knob->log_scale || knob->maximum - knob->minimum <= WIDEST_LINEAR;
}

static double
lowest_decade (const LtKnob *knob)
{
  return knob->minimum > 0 ? log10 (knob->minimum) : log10 (knob->maximum) - DECADES;
}

/* Value ↔ place in [0, 1]. */
static double
place_of (const LtKnob *knob, double value)
{
  double low = lowest_decade (knob);

  if (!knob->log_scale)
    return (value - knob->minimum) / (knob->maximum - knob->minimum);
  if (value <= 0)
    return 0;
  return CLAMP ((log10 (value) - low) / (log10 (knob->maximum) - low), 0, 1);
}

static double
value_at (const LtKnob *knob, double place)
{
  double low = lowest_decade (knob), value;

  if (!knob->log_scale)
    value = knob->minimum + place * (knob->maximum - knob->minimum);
  else if (place <= 0 && knob->minimum <= 0)
    value = 0;
  else
    value = pow (10, low + place * (log10 (knob->maximum) - low));
  return CLAMP (value, knob->minimum, knob->maximum);
}

/* Two figures are as many as a hand on a slider means. */
static char *
text_at (LtKnobRow *self, double place)
{
  double value = value_at (self->knob, place);
  char rounded[G_ASCII_DTOSTR_BUF_SIZE];

  if (self->knob->type == LT_KNOB_REAL) {
    g_ascii_formatd (rounded, sizeof rounded, self->knob->log_scale ? "%.2g" : "%.3g",
                     value);
    value = g_ascii_strtod (rounded, NULL);
  }
  lt_knob_set_number (self->knob, value, self->scratch);
  return lt_knob_format (self->knob, self->scratch);
}

/* ---- Turning ---------------------------------------------------------------------- */

static void
show_error (LtKnobRow *self, const char *message)
{
  if (!self->entry)
    return;
  if (message)
    gtk_widget_add_css_class (self->entry, "error");
  else
    gtk_widget_remove_css_class (self->entry, "error");
  gtk_widget_set_tooltip_text (self->entry, message);
}

static void
turn (LtKnobRow *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;

  if (!lt_knob_parse (self->knob, text, self->scratch, &error)) {
    show_error (self, error->message);
    return;
  }
  show_error (self, NULL);
  value = lt_knob_format (self->knob, self->scratch);
  if (g_strcmp0 (value, self->value))
    g_signal_emit (self, signals[TURNED], 0, value);
  else if (self->entry)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), value);
}

static void
entry_done_cb (GtkWidget *entry, LtKnobRow *self)
{
  turn (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
entry_left_cb (GtkEventControllerFocus *focus, LtKnobRow *self)
{
  turn (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
toggle_cb (GtkSwitch *toggle, GParamSpec *property, LtKnobRow *self)
{
  if (!self->quiet)
    turn (self, gtk_switch_get_active (toggle) ? "true" : "false");
}

static void
choice_cb (GtkDropDown *choice, GParamSpec *property, LtKnobRow *self)
{
  guint chosen = gtk_drop_down_get_selected (choice);

  if (!self->quiet && chosen != GTK_INVALID_LIST_POSITION)
    turn (self, self->knob->choices[chosen]);
}

static gboolean
slider_rests_cb (gpointer data)
{
  LtKnobRow *self = data;

  self->slider_source = 0;
  turn (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  return G_SOURCE_REMOVE;
}

static void
slider_cb (GtkRange *range, LtKnobRow *self)
{
  g_autofree char *text = NULL;

  if (self->quiet)
    return;
  text = text_at (self, gtk_range_get_value (range));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  g_clear_handle_id (&self->slider_source, g_source_remove);
  self->slider_source = g_timeout_add (SLIDER_DELAY_MS, slider_rests_cb, self);
}

static void
reset_cb (GtkButton *button, LtKnobRow *self)
{
  turn (self, self->knob->fallback);
}

/* ---- Showing ---------------------------------------------------------------------- */

static gboolean
is_fallback (LtKnobRow *self)
{
  g_autofree char *fallback = NULL;

  if (!lt_knob_parse (self->knob, self->knob->fallback, self->scratch, NULL))
    return TRUE;
  fallback = lt_knob_format (self->knob, self->scratch);
  return !g_strcmp0 (fallback, self->value);
}

static void
show_value (LtKnobRow *self)
{
  const LtKnob *knob = self->knob;
  double number = 0;

  if (!lt_knob_parse (knob, self->value, self->scratch, NULL))
    return;
  if (knob->type == LT_KNOB_CHOICE || knob->type == LT_KNOB_BOOLEAN || self->slider)
    number = lt_knob_get_number (knob, self->scratch);
  if (self->entry)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), self->value);
  if (self->toggle)
    gtk_switch_set_active (GTK_SWITCH (self->toggle), number != 0);
  if (self->choice)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice), (guint) number);
  if (self->slider)
    gtk_range_set_value (GTK_RANGE (self->slider), place_of (knob, number));
}

static gboolean
is_being_typed (LtKnobRow *self)
{
  return self->entry &&
         gtk_widget_get_state_flags (self->entry) & GTK_STATE_FLAG_FOCUS_WITHIN;
}

void
lt_knob_row_set_value (LtKnobRow *self, const char *text)
{
  gboolean same = !g_strcmp0 (text, self->value);

  if (self->slider_source || (same && is_being_typed (self)))
    return;
  if (!same) {
    g_free (self->value);
    self->value = g_strdup (text);
  }
  self->quiet = TRUE;
  show_value (self);
  self->quiet = FALSE;
  show_error (self, NULL);
  gtk_widget_set_opacity (self->reset, is_fallback (self) ? 0 : 1);
  gtk_widget_set_sensitive (self->reset, !is_fallback (self));
}

const LtKnob *
lt_knob_row_knob (LtKnobRow *self)
{
  return self->knob;
}

/* ---- Building --------------------------------------------------------------------- */

static void
name_for_reader (GtkWidget *widget, const LtKnob *knob)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, knob->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, knob->help, -1);
}

static gboolean
is_list (const LtKnob *knob)
{
  return knob->type == LT_KNOB_SIZES || knob->type == LT_KNOB_REALS;
}

static GtkWidget *
build_entry (LtKnobRow *self, gboolean wide)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  int chars = is_list (self->knob) ? LIST_CHARS : wide ? 12 : 7;

  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), chars);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), chars);
  gtk_editable_set_alignment (GTK_EDITABLE (self->entry), wide ? 0 : 1);
  gtk_widget_add_css_class (self->entry, "figures");
  gtk_widget_add_controller (self->entry, focus);
  g_signal_connect (focus, "leave", G_CALLBACK (entry_left_cb), self);
  g_signal_connect (self->entry, "activate", G_CALLBACK (entry_done_cb), self);
  return self->entry;
}

static GtkWidget *
build_control (LtKnobRow *self)
{
  switch (self->knob->type) {
  case LT_KNOB_BOOLEAN:
    self->toggle = gtk_switch_new ();
    g_signal_connect (self->toggle, "notify::active", G_CALLBACK (toggle_cb), self);
    return self->toggle;
  case LT_KNOB_CHOICE:
    self->choice = gtk_drop_down_new_from_strings (self->knob->choices);
    g_signal_connect (self->choice, "notify::selected", G_CALLBACK (choice_cb), self);
    return self->choice;
  case LT_KNOB_REAL:
  case LT_KNOB_INTEGER:
    return build_entry (self, FALSE);
  case LT_KNOB_SIZES:
  case LT_KNOB_REALS:
  case LT_KNOB_TEXT:
  default:
    return build_entry (self, TRUE);
  }
}

static GtkWidget *
build_mark (const LtKnob *knob)
{
  GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_end (dot, knob->live ? 6 : 7);
  gtk_widget_set_margin_start (dot, knob->live ? 0 : 1);
  gtk_widget_add_css_class (dot, "dot");
  gtk_widget_add_css_class (dot, knob->live ? "live" : "restart");
  return dot;
}

/* A list needs the unit's room; the tip has the unit, too. */
static GtkWidget *
build_title (const LtKnob *knob)
{
  g_autofree char *text =
      knob->unit && *knob->unit && !is_list (knob)
          ? g_markup_printf_escaped ("%s <span size='smaller' alpha='70%%'>%s</span>",
                                     knob->title, knob->unit)
          : g_markup_escape_text (knob->title, -1);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void
build_reset (LtKnobRow *self)
{
  g_autofree char *tip = g_strdup_printf ("Back to %s", self->knob->fallback);

  self->reset = gtk_button_new_from_icon_name ("lt-default-symbolic");
  gtk_button_set_has_frame (GTK_BUTTON (self->reset), FALSE);
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->reset, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  g_signal_connect (self->reset, "clicked", G_CALLBACK (reset_cb), self);
}

static void
build_slider (LtKnobRow *self)
{
  self->slider = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01);
  gtk_scale_set_draw_value (GTK_SCALE (self->slider), FALSE);
  gtk_range_set_increments (GTK_RANGE (self->slider), 0.01, 0.1);
  g_signal_connect (self->slider, "value-changed", G_CALLBACK (slider_cb), self);
  name_for_reader (self->slider, self->knob);
  gtk_widget_set_parent (self->slider, GTK_WIDGET (self));
}

static void
set_help (LtKnobRow *self, gboolean marked)
{
  const LtKnob *knob = self->knob;
  g_autofree char *range = lt_knob_describe_range (knob);
  const char *effect = !marked      ? ""
                       : knob->live ? "Takes effect at the next minibatch."
                                    : "Restarts the run; undo brings it back.";
  g_autofree char *text = g_markup_printf_escaped (
      "<b>%s</b>  <tt>%s</tt>\n%s\n<small>%s%s%s</small>", knob->title, knob->key,
      knob->help, range, *effect ? ". " : "", effect);

  gtk_widget_set_tooltip_markup (GTK_WIDGET (self), text);
}

GtkWidget *
lt_knob_row_new (const LtKnobTable *table, const LtKnob *knob, gboolean marked)
{
  LtKnobRow *self = g_object_new (LT_TYPE_KNOB_ROW, NULL);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *control;

  self->table = table;
  self->knob = knob;
  self->scratch = g_malloc0 (table->settings_size);
  control = build_control (self);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  name_for_reader (control, knob);
  build_reset (self);
  if (marked)
    gtk_box_append (GTK_BOX (line), build_mark (knob));
  gtk_box_append (GTK_BOX (line), build_title (knob));
  gtk_box_append (GTK_BOX (line), self->reset);
  gtk_box_append (GTK_BOX (line), control);
  gtk_widget_set_parent (line, GTK_WIDGET (self));
  if (has_slider (knob))
    build_slider (self);
  set_help (self, marked);
  return GTK_WIDGET (self);
}

static void
lt_knob_row_dispose (GObject *object)
{
  LtKnobRow *self = LT_KNOB_ROW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->slider_source, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  self->entry = self->toggle = self->choice = self->slider = self->reset = NULL;
  g_clear_pointer (&self->scratch, g_free);
  g_clear_pointer (&self->value, g_free);
  G_OBJECT_CLASS (lt_knob_row_parent_class)->dispose (object);
}

static void
lt_knob_row_class_init (LtKnobRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_knob_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "knob");
  signals[TURNED] = g_signal_new ("turned", LT_TYPE_KNOB_ROW, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lt_knob_row_init (LtKnobRow *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "knob");
}
