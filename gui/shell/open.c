/* Which way a path takes into the session, and the dialogs that ask for one. */
#include "shell/open.h"

#include "shell/compat.h"

void
lt_window_open (LtWindow *self, const char *argument, gboolean play)
{
  lt_session_open_argument (lt_window_session (self), argument, play);
}

static void
open_chosen (GtkWindow *parent, const char *path, gpointer data)
{
  lt_window_open (LT_WINDOW (parent), path, FALSE);
}

void
lt_window_ask_open (LtWindow *self, gboolean folder)
{
  const LtFileRequest request = {
    .title = folder ? "Open a Folder of Pictures" : "Open a Run, an Experiment or Data",
    .accept = "_Open",
    .action =
        folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
  };

  lt_compat_choose_file (GTK_WINDOW (self), &request, open_chosen, NULL);
}

static void
save_chosen (GtkWindow *parent, const char *path, gpointer data)
{
  g_autofree char *name = g_str_has_suffix (path, ".lantern")
                              ? g_strdup (path)
                              : g_strconcat (path, ".lantern", NULL);

  lt_session_save (lt_window_session (LT_WINDOW (parent)), name);
}

void
lt_window_save (LtWindow *self, gboolean ask)
{
  LtRun *run = lt_session_run (lt_window_session (self));
  g_autofree char *title = lt_run_dup_title (run);
  g_autofree char *suggestion = g_str_has_suffix (title, ".lantern")
                                    ? g_strdup (title)
                                    : g_strconcat (title, ".lantern", NULL);
  const LtFileRequest request = { .title = "Save the Run",
                                  .accept = "_Save",
                                  .action = GTK_FILE_CHOOSER_ACTION_SAVE,
                                  .suggestion = suggestion,
                                  .filter = "Runs",
                                  .pattern = "*.lantern" };

  if (run->saved_as && !ask)
    lt_session_save (lt_window_session (self), run->saved_as);
  else
    lt_compat_choose_file (GTK_WINDOW (self), &request, save_chosen, NULL);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, LtWindow *self)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files ? g_file_get_path (files->data) : NULL;

  if (!path)
    return FALSE;
  lt_window_open (self, path, FALSE);
  return TRUE;
}

void
lt_window_accept_drops (LtWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
