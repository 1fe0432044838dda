/* The application. Each process has its own, with one window: two runs side by side are two
 * programs, and one that ends takes nothing with it. */
#include "shell/application.h"

#include "config.h"
#include "shell/actions.h"
#include "shell/entry.h"
#include <stdio.h>

struct _LtApplication {
  GtkApplication parent_instance;

  LtLook *look;
  LtPreferences *preferences;
};

G_DEFINE_FINAL_TYPE (LtApplication, lt_application, GTK_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "size", 0, 0, G_OPTION_ARG_STRING, NULL, "The window's size in pixels",
    "WIDTHxHEIGHT" },
  { "light", 0, 0, G_OPTION_ARG_NONE, NULL, "Light, whatever the desktop is", NULL },
  { "dark", 0, 0, G_OPTION_ARG_NONE, NULL, "Dark, whatever the desktop is", NULL },
  { "pause", 0, 0, G_OPTION_ARG_NONE, NULL, "Wait for Play before training", NULL },
  { NULL },
};

/* ---- Actions ---------------------------------------------------------------------- */

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GList *windows = gtk_application_get_windows (application);

  if (windows)
    gtk_window_close (windows->data);
}

static void
about (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gtk_show_about_dialog (
      gtk_application_get_active_window (application), "program-name", "Lantern",
      "version", LT_VERSION, "logo-icon-name", LT_APP_ID, "license-type",
      GTK_LICENSE_GPL_3_0, "comments",
      "A workbench for autoencoders and deep generative models: press play and watch "
      "the model learn.",
      NULL);
}

static void
preferences (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  lt_preferences_present (LT_APPLICATION (application)->preferences,
                          gtk_application_get_active_window (application));
}

static void
color_scheme (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  lt_look_set_scheme (LT_APPLICATION (application)->look,
                      g_variant_get_string (parameter, NULL));
}

static void
change_text (gpointer application, double by)
{
  LtLook *look = LT_APPLICATION (application)->look;

  lt_look_set_text_size (look, by ? lt_look_text_size (look) + by : LT_TEXT_NORMAL);
}

static void
text_larger (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  change_text (application, 1);
}

static void
text_smaller (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  change_text (application, -1);
}

static void
text_normal (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  change_text (application, 0);
}

static const GActionEntry entries[] = {
  { .name = "quit", .activate = quit },
  { .name = "about", .activate = about },
  { .name = "preferences", .activate = preferences },
  { .name = "text-larger", .activate = text_larger },
  { .name = "text-smaller", .activate = text_smaller },
  { .name = "text-normal", .activate = text_normal },
  { .name = "color-scheme",
    .activate = color_scheme,
    .parameter_type = "s",
    .state = "'default'" },
};

static void
look_cb (LtLook *look, LtApplication *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "color-scheme");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (lt_look_scheme (look)));
}

/* ---- Command line ----------------------------------------------------------------- */

static void
apply_size (GtkWindow *window, const char *size)
{
  int w = 0, h = 0;

  if (sscanf (size, "%dx%d", &w, &h) == 2 && w > 0 && h > 0)
    gtk_window_set_default_size (window, w, h);
  else
    g_printerr ("lantern: --size is written WIDTHxHEIGHT, as in 1280x720, not “%s”.\n",
                size);
}

/* What is said here holds for this time only, so it is not remembered. */
static void
apply_scheme (LtApplication *self, GVariantDict *said)
{
  if (g_variant_dict_contains (said, "dark"))
    lt_preferences_override_scheme (self->preferences, "force-dark");
  else if (g_variant_dict_contains (said, "light"))
    lt_preferences_override_scheme (self->preferences, "force-light");
}

static int
lt_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  LtApplication *self = LT_APPLICATION (application);
  GVariantDict *said = g_application_command_line_get_options_dict (line);
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (line, NULL);
  LtWindow *window =
      lt_window_new (GTK_APPLICATION (self), self->look, self->preferences);
  const char *size;

  apply_scheme (self, said);
  if (g_variant_dict_lookup (said, "size", "&s", &size))
    apply_size (GTK_WINDOW (window), size);
  gtk_window_present (GTK_WINDOW (window));
  lt_window_open (window, arguments[0] && arguments[1] ? arguments[1] : LT_FIRST_LESSON,
                  !g_variant_dict_contains (said, "pause"));
  return 0;
}

/* ---- Life ------------------------------------------------------------------------- */

static void
lt_application_startup (GApplication *application)
{
  LtApplication *self = LT_APPLICATION (application);

  G_APPLICATION_CLASS (lt_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (LT_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries),
                                   self);
  lt_application_set_keys (GTK_APPLICATION (self));
  lt_run_clean_cache ();
  self->look = lt_look_new ();
  self->preferences = lt_preferences_new (self->look);
  g_signal_connect (self->look, "changed", G_CALLBACK (look_cb), self);
  look_cb (self->look, self);
}

static void
lt_application_shutdown (GApplication *application)
{
  LtApplication *self = LT_APPLICATION (application);

  G_APPLICATION_CLASS (lt_application_parent_class)->shutdown (application);
  g_clear_pointer (&self->preferences, lt_preferences_free);
  g_clear_object (&self->look);
}

static void
lt_application_class_init (LtApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  application_class->startup = lt_application_startup;
  application_class->shutdown = lt_application_shutdown;
  application_class->command_line = lt_application_command_line;
}

static void
lt_application_init (LtApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (
      G_APPLICATION (self), "[RUN.lantern | LESSON | DATAFILE]");
}

LtApplication *
lt_application_new (void)
{
  return g_object_new (LT_TYPE_APPLICATION, "application-id", LT_APP_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_NON_UNIQUE,
                       NULL);
}
