/* Preferences: GSettings where its schema is found, else their defaults. */
#include "shell/preferences.h"

#include "config.h"
#include "core/team.h"

struct _LtPreferences {
  LtLook *look;
  GSettings *settings; /* NULL without a schema */
  char *overriding;    /* a scheme that is not remembered; NULL: none */
  int threads;         /* 0: automatic */
  LtThreadsFunc threads_func;
  gpointer threads_data;
};

static const char *const schemes[] = { "default", "force-light", "force-dark" };

/* The installed one; or, from the build folder, the one that was compiled there. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built =
      g_settings_schema_source_new_from_directory (LT_BUILD_ROOT "/data/desktop",
                                                   source, TRUE, NULL);
  GSettingsSchema *schema = NULL;

  if (source)
    schema = g_settings_schema_source_lookup (source, LT_APP_ID, TRUE);
  if (!schema && built)
    schema = g_settings_schema_source_lookup (built, LT_APP_ID, TRUE);
  return schema;
}

static void
settings_changed_cb (GSettings *settings, const char *key, LtPreferences *self)
{
  g_autofree char *scheme = g_settings_get_string (settings, "color-scheme");

  if (!self->overriding)
    lt_look_set_scheme (self->look, scheme);
  lt_look_set_text_size (self->look, LT_TEXT_NORMAL *
                                         g_settings_get_double (settings, "text-size"));
  self->threads = g_settings_get_int (settings, "threads");
}

static void
look_changed_cb (LtLook *look, LtPreferences *self)
{
  if (g_strcmp0 (lt_look_scheme (look), self->overriding))
    g_clear_pointer (&self->overriding, g_free);
  /* The first of the two must not bring the second back to what it was. */
  g_signal_handlers_block_by_func (self->settings, settings_changed_cb, self);
  if (!self->overriding)
    g_settings_set_string (self->settings, "color-scheme", lt_look_scheme (look));
  g_settings_set_double (self->settings, "text-size",
                         lt_look_text_size (look) / LT_TEXT_NORMAL);
  g_signal_handlers_unblock_by_func (self->settings, settings_changed_cb, self);
}

LtPreferences *
lt_preferences_new (LtLook *look)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();
  LtPreferences *self = g_new0 (LtPreferences, 1);

  self->look = g_object_ref (look);
  if (!schema)
    return self;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  settings_changed_cb (self->settings, NULL, self);
  g_signal_connect (self->settings, "changed", G_CALLBACK (settings_changed_cb), self);
  g_signal_connect (look, "changed", G_CALLBACK (look_changed_cb), self);
  return self;
}

void
lt_preferences_override_scheme (LtPreferences *self, const char *scheme)
{
  g_free (self->overriding);
  self->overriding = g_strdup (scheme);
  lt_look_set_scheme (self->look, scheme);
}

void
lt_preferences_free (LtPreferences *self)
{
  if (!self)
    return;
  g_signal_handlers_disconnect_by_data (self->look, self);
  if (self->settings)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->look);
  g_free (self->overriding);
  g_free (self);
}

int
lt_preferences_threads (LtPreferences *self)
{
  return self->threads > 0 ? self->threads : MAX (1, lt_team_processors () - 1);
}

void
lt_preferences_watch_threads (LtPreferences *self, LtThreadsFunc func, gpointer data)
{
  self->threads_func = func;
  self->threads_data = data;
}

gboolean
lt_preferences_show_panel (LtPreferences *self)
{
  return self->settings ? g_settings_get_boolean (self->settings, "show-panel") : TRUE;
}

void
lt_preferences_set_show_panel (LtPreferences *self, gboolean show)
{
  if (self->settings)
    g_settings_set_boolean (self->settings, "show-panel", show);
}

void
lt_preferences_restore_size (LtPreferences *self, GtkWindow *window)
{
  if (!self->settings)
    return;
  gtk_window_set_default_size (window,
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (window);
}

void
lt_preferences_remember_size (LtPreferences *self, GtkWindow *window)
{
  int w, h;

  if (!self->settings)
    return;
  gtk_window_get_default_size (window, &w, &h);
  g_settings_set_int (self->settings, "window-width", w);
  g_settings_set_int (self->settings, "window-height", h);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (window));
}

/* ---- Their window ----------------------------------------------------------------- */

static void
scheme_chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtPreferences *self)
{
  guint chosen = gtk_drop_down_get_selected (chooser);

  if (chosen < G_N_ELEMENTS (schemes))
    lt_look_set_scheme (self->look, schemes[chosen]);
}

static void
text_chosen_cb (GtkSpinButton *spin, LtPreferences *self)
{
  lt_look_set_text_size (self->look, gtk_spin_button_get_value (spin));
}

static void
threads_chosen_cb (GtkSpinButton *spin, LtPreferences *self)
{
  self->threads = gtk_spin_button_get_value_as_int (spin);
  if (self->settings)
    g_settings_set_int (self->settings, "threads", self->threads);
  if (self->threads_func)
    self->threads_func (self->threads_data);
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

void
lt_preferences_present (LtPreferences *self, GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (
      "/org/lantern_workbench/Lantern/ui/preferences.ui");
  GObject *window = gtk_builder_get_object (builder, "preferences");
  GObject *scheme = gtk_builder_get_object (builder, "scheme");
  GObject *text = gtk_builder_get_object (builder, "text");
  GObject *threads = gtk_builder_get_object (builder, "threads");

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i], lt_look_scheme (self->look)))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (scheme), i);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (text), lt_look_text_size (self->look));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (threads), self->threads);
  g_signal_connect (scheme, "notify::selected", G_CALLBACK (scheme_chosen_cb), self);
  g_signal_connect (text, "value-changed", G_CALLBACK (text_chosen_cb), self);
  g_signal_connect (threads, "value-changed", G_CALLBACK (threads_chosen_cb), self);
  close_on_escape (GTK_WIDGET (window));
  gtk_window_set_titlebar (GTK_WINDOW (window), gtk_header_bar_new ());
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
}
