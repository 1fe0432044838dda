/* A tile's settings: the rows in its popover, and what a click in the view turns. */
#include "panels/tile-private.h"

#include "panels/knob-row.h"
#include <string.h>

static void
turn_setting (LtTile *self, const LtKnob *knob, const char *text)
{
  g_autoptr (GError) error = NULL;

  /* A row or the view has written it, so this cannot fail but for another's mistake. */
  if (!lt_knob_parse (knob, text, self->settings, &error))
    g_warning ("%s", error->message);
  lt_tile_renew (self);
  for (guint i = 0; i < self->knob_rows->len; i++) {
    LtKnobRow *each = self->knob_rows->pdata[i];
    const LtKnob *other = lt_knob_row_knob (each);
    g_autofree char *value = lt_knob_format (other, self->settings);

    lt_knob_row_set_value (each, value);
    gtk_widget_set_visible (
        GTK_WIDGET (each), lt_knob_matters (&self->view->knobs, other, self->settings));
  }
}

static void
setting_turned_cb (LtKnobRow *row, const char *text, LtTile *self)
{
  turn_setting (self, lt_knob_row_knob (row), text);
}

gboolean
lt_tile_click (LtTile *self, double x, double y)
{
  LtProbeJob size = { 0 };
  LtViewHit hit = { .item = -1 };
  const LtKnob *knob;
  char *equals;

  if (!self->current || !self->result || !self->view->hit ||
      !lt_tile_fill_size (self, &size))
    return FALSE;
  lt_tile_fill_style (self, &size.style);
  if (!self->view->hit (self->result->value, &size.style, size.w, size.h, x, y, &hit))
    return FALSE;
  if (hit.clears)
    lt_tile_clear_drawing (self);
  equals = strchr (hit.turn, '=');
  if (!equals)
    return hit.clears;
  *equals = '\0';
  knob = lt_knobs_find (&self->view->knobs, hit.turn);
  g_return_val_if_fail (knob, FALSE);
  turn_setting (self, knob, equals + 1);
  if (hit.everywhere)
    g_signal_emit_by_name (self, "turn-everywhere", hit.turn, equals + 1);
  return TRUE;
}

void
lt_tile_turn (LtTile *self, const char *key, const char *value)
{
  const LtKnob *knob = self->view ? lt_knobs_find (&self->view->knobs, key) : NULL;
  g_autofree gpointer trial = NULL;

  if (!knob)
    return;
  trial = g_memdup2 (self->settings, self->view->knobs.settings_size);
  if (lt_knob_parse (knob, value, trial, NULL))
    turn_setting (self, knob, value);
}

char *
lt_tile_dup_text (LtTile *self)
{
  GString *text = g_string_new (self->view->name);

  for (int i = 0; i < self->view->knobs.n_knobs; i++) {
    const LtKnob *knob = &self->view->knobs.knobs[i];
    g_autofree char *value = lt_knob_format (knob, self->settings);
    g_autofree char *assignment = g_strdup_printf ("%s=%s", knob->key, value);
    g_autofree char *word = g_shell_quote (assignment);

    g_string_append_printf (text, " %s", word);
  }
  return g_string_free (text, FALSE);
}

void
lt_tile_build_settings (GtkMenuButton *button, gpointer tile)
{
  LtTile *self = tile;
  const LtKnobTable *table = &self->view->knobs;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *summary = gtk_label_new (self->view->summary);

  gtk_label_set_wrap (GTK_LABEL (summary), TRUE);
  gtk_label_set_xalign (GTK_LABEL (summary), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (summary), 36);
  gtk_widget_add_css_class (summary, "dim-label");
  gtk_box_append (GTK_BOX (box), summary);
  g_ptr_array_set_size (self->knob_rows, 0);
  for (int i = 0; i < table->n_knobs; i++) {
    const LtKnob *knob = &table->knobs[i];
    GtkWidget *row = lt_knob_row_new (table, knob, FALSE);
    g_autofree char *value = lt_knob_format (knob, self->settings);

    lt_knob_row_set_value (LT_KNOB_ROW (row), value);
    gtk_widget_set_visible (row, lt_knob_matters (table, knob, self->settings));
    g_signal_connect (row, "turned", G_CALLBACK (setting_turned_cb), self);
    g_ptr_array_add (self->knob_rows, row);
    gtk_box_append (GTK_BOX (box), row);
  }
  gtk_widget_add_css_class (popover, "settings");
  gtk_widget_set_size_request (box, 260, -1);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (button, popover);
}

void
lt_tile_drop_settings (LtTile *self)
{
  g_ptr_array_set_size (self->knob_rows, 0);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->settings_button), NULL);
}
