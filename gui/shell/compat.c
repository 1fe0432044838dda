/* GtkFileChooserNative (deprecated in 4.10) and GtkShortcutsWindow (in 4.18). */
#include "shell/compat.h"

typedef struct {
  LtFileFunc func;
  gpointer data;
} Answer;

static void
answered_cb (GtkNativeDialog *dialog, int response, Answer *answer)
{
  g_autoptr (GtkWindow) parent = NULL;

  g_set_object (&parent, gtk_native_dialog_get_transient_for (dialog));
  if (parent && response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file ? g_file_get_path (file) : NULL;

    if (path)
      answer->func (parent, path, answer->data);
  }
  g_object_unref (dialog);
}

static void
free_answer (gpointer answer, GClosure *closure)
{
  g_free (answer);
}

static void
add_filters (GtkFileChooser *chooser, const LtFileRequest *request)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, request->filter);
  gtk_file_filter_add_pattern (filter, request->pattern);
  gtk_file_chooser_add_filter (chooser, filter);
  gtk_file_filter_set_name (all, "All files");
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);
}

void
lt_compat_choose_file (GtkWindow *parent,
                       const LtFileRequest *request,
                       LtFileFunc func,
                       gpointer data)
{
  GtkFileChooserNative *native = gtk_file_chooser_native_new (
      request->title, parent, request->action, request->accept, NULL);
  Answer *answer = g_new0 (Answer, 1);

  answer->func = func;
  answer->data = data;
  if (request->suggestion)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (native), request->suggestion);
  if (request->filter)
    add_filters (GTK_FILE_CHOOSER (native), request);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  g_signal_connect_data (native, "response", G_CALLBACK (answered_cb), answer,
                         free_answer, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
}

void
lt_compat_show_shortcuts (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/org/lantern_workbench/Lantern/ui/shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
}
