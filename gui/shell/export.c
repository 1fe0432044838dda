/* Exports are painted on a worker, in the light style (they go to print), from the result
 * that the tile showed when they were asked for. */
#include "shell/export.h"

#include "core/error.h"

#include "shell/actions.h"
#include "shell/compat.h"

#define PICTURE_W 1600
#define PICTURE_H 1000
#define TEXT_SIZE 24

typedef struct {
  LtViewResult *result;
  char *title;
  char *path;
  char *format;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_clear_pointer (&self->result, lt_view_result_unref);
  g_free (self->title);
  g_free (self->path);
  g_free (self->format);
  g_free (self);
}

static gboolean
write_csv (const Export *self, GError **error)
{
  g_autofree char *text = NULL;

  if (!self->result->view->to_csv) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The view “%s” has no figures to export: export it as a picture.",
                 self->result->view->title);
    return FALSE;
  }
  text = self->result->view->to_csv (self->result->value);
  return g_file_set_contents (self->path, text, -1, error);
}

static gboolean
write_picture (const Export *self, GError **error)
{
  LtStyle style;

  lt_style_init (&style, FALSE, TEXT_SIZE);
  return lt_view_export (self->result->view, self->result->value, self->title, &style,
                         PICTURE_W, PICTURE_H, self->path, error);
}

static void
write_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *self = data;
  GError *error = NULL;
  gboolean done = g_str_has_suffix (self->path, ".csv") ? write_csv (self, &error)
                                                        : write_picture (self, &error);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);
  g_autofree char *text = done ? g_strdup_printf ("Exported to %s.", self->path)
                               : g_strdup (error->message);

  if (lt_window_session (LT_WINDOW (source)))
    lt_window_say (LT_WINDOW (source), done ? LT_MESSAGE_NOTE : LT_MESSAGE_TROUBLE,
                   text);
}

/* Takes the export. */
static void
chosen (GtkWindow *parent, const char *path, gpointer data)
{
  Export *self = data;
  g_autoptr (GTask) task = g_task_new (parent, NULL, written_cb, NULL);

  g_autofree char *ending = g_strconcat (".", self->format, NULL);

  self->path = g_str_has_suffix (path, ending) ? g_strdup (path)
                                               : g_strconcat (path, ending, NULL);
  g_task_set_task_data (task, self, export_free);
  g_task_run_in_thread (task, write_on_worker);
}

void
lt_window_export (LtWindow *self, LtTile *tile, const char *format)
{
  LtViewResult *result = lt_tile_result (tile);
  g_autofree char *run = NULL, *name = NULL,
                  *pattern = g_strconcat ("*.", format, NULL);
  LtFileRequest request = { .title = "Export",
                            .accept = "_Export",
                            .action = GTK_FILE_CHOOSER_ACTION_SAVE,
                            .filter = format,
                            .pattern = pattern };
  Export *export;

  if (!result) {
    lt_window_say (self, LT_MESSAGE_TROUBLE, "This tile has nothing to export yet.");
    return;
  }
  run = lt_run_dup_title (lt_session_run (lt_window_session (self)));
  name = g_strdup_printf ("%s, epoch %d.%s", result->view->name,
                          result->snapshot->epoch, format);
  request.suggestion = name;
  export = g_new0 (Export, 1);
  export->result = lt_view_result_ref (result);
  export->format = g_strdup (format);
  export->title = g_strdup_printf ("%s: %s, epoch %d", run, result->view->title,
                                   result->snapshot->epoch);
  lt_compat_choose_file (GTK_WINDOW (self), &request, chosen, export);
}
