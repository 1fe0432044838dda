/* Which way a path takes into the session, and the dialogs that ask for one. */
#include "shell/open.h"

#include "panels/data-dialog.h"
#include "shell/compat.h"

/* ---- Data are looked at before they are used --------------------------------------- */

static gboolean
is_data (const char *argument)
{
  return g_file_test (argument, G_FILE_TEST_EXISTS) &&
         !g_str_has_suffix (argument, ".lantern") &&
         !g_str_has_suffix (argument, ".json");
}

static LtDataDialog *
find_data_dialog (LtWindow *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (LT_IS_DATA_DIALOG (window) &&
        gtk_window_get_transient_for (window) == GTK_WINDOW (self))
      return LT_DATA_DIALOG (window);
  }
  return NULL;
}

/* What was chosen in the dialog may be a run: that goes to the window. */
static void
another_chosen (GtkWindow *dialog, const char *path, gpointer data)
{
  LtWindow *self = LT_WINDOW (gtk_window_get_transient_for (dialog));

  if (is_data (path)) {
    lt_data_dialog_set_path (LT_DATA_DIALOG (dialog), path);
    return;
  }
  gtk_window_close (dialog);
  lt_window_open (self, path, FALSE);
}

static void
another_cb (LtDataDialog *dialog)
{
  gboolean folder = g_file_test (lt_data_dialog_path (dialog), G_FILE_TEST_IS_DIR);
  const LtFileRequest request = {
    .title = folder ? "Open a Folder of Pictures" : "Open Data",
    .accept = "_Open",
    .action =
        folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
  };

  lt_compat_choose_file (GTK_WINDOW (dialog), &request, another_chosen, NULL);
}

/* At the start the first lesson stands behind the dialog: never an empty window. */
static void
open_data (LtWindow *self, const char *path, gboolean play)
{
  LtSession *session = lt_window_session (self);
  LtDataDialog *dialog = find_data_dialog (self);

  if (!lt_session_run (session) && !lt_session_loading (session))
    lt_session_open_argument (session, LT_FIRST_LESSON, FALSE);
  if (!dialog) {
    dialog =
        lt_data_dialog_new (GTK_WINDOW (self), session, lt_window_look (self), play);
    g_signal_connect (dialog, "another", G_CALLBACK (another_cb), NULL);
  }
  lt_data_dialog_set_path (dialog, path);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
lt_window_open (LtWindow *self, const char *argument, gboolean play)
{
  if (is_data (argument))
    open_data (self, argument, play);
  else
    lt_session_open_argument (lt_window_session (self), argument, play);
}

/* ---- Dialogs ----------------------------------------------------------------------- */

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

/* The present experiment anew, beginning with the weights that another run ended with. */
static void
from_chosen (GtkWindow *parent, const char *path, gpointer data)
{
  LtSession *session = lt_window_session (LT_WINDOW (parent));
  LtExperiment *experiment = lt_experiment_dup (lt_session_experiment (session));

  g_free (experiment->from);
  experiment->from = g_strdup (path);
  lt_session_open (session, experiment, FALSE);
}

void
lt_window_ask_from (LtWindow *self)
{
  const LtFileRequest request = { .title = "Begin with the Weights of a Run",
                                  .accept = "_Begin",
                                  .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                  .filter = "Runs",
                                  .pattern = "*.lantern" };

  lt_compat_choose_file (GTK_WINDOW (self), &request, from_chosen, NULL);
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
