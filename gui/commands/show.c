/* lantern show: one view of a run, painted into a file. */
#include "commands/command.h"
#include "commands/open-run.h"
#include "core/error.h"
#include "views/view.h"

#include <stdio.h>
#include <string.h>

#define SMALLEST 64
#define LARGEST  16384

static const LtOption options[] = {
  { "view", 0, "VIEW", "the view (lantern list views), maybe with settings" },
  { "epoch", 0, "N",
    "the epoch, 0 being the model before training; the last otherwise" },
  { "size", 0, "WxH", "in pixels; 960x720 otherwise" },
  { "dark", 0, NULL, "light on dark" },
  { "set", 0, "KEY=VALUE", "a setting of the view; may be repeated" },
  { "output", 'o', "FILE", "the file, ending in .png, .svg or .pdf" },
  { NULL, 0, NULL, NULL },
};

typedef struct {
  const LtView *view;
  gpointer settings;
  int width, height;
  LtStyle style;
} Picture;

/* "1280x720" */
static gboolean
read_size (const LtArguments *arguments, Picture *picture, GError **error)
{
  const char *text = lt_arguments_get (arguments, "size");
  g_auto (GStrv) parts = NULL;
  gint64 width = 0, height = 0;

  if (text == NULL)
    return TRUE;
  parts = g_strsplit (text, "x", 2);
  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_signed (parts[0], 10, SMALLEST, LARGEST, &width, NULL) ||
      !g_ascii_string_to_signed (parts[1], 10, SMALLEST, LARGEST, &height, NULL)) {
    lt_usage_error_set (
        error,
        "--size takes a width and a height from %d to %d, as in 1280x720, "
        "not “%s”.",
        SMALLEST, LARGEST, text);
    return FALSE;
  }
  picture->width = (int) width;
  picture->height = (int) height;
  return TRUE;
}

/* "filters layer=1": the view with the settings that --set gives, as lt_view_parse reads it. */
static char *
compose_view (const LtArguments *arguments)
{
  g_autoptr (GString) text = g_string_new (lt_arguments_get (arguments, "view"));
  const char *assignment;

  for (int i = 0; (assignment = lt_arguments_nth (arguments, "set", i)) != NULL; i++) {
    g_autofree char *word = g_shell_quote (assignment);

    g_string_append_printf (text, " %s", word);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_picture (const LtArguments *arguments, Picture *picture, GError **error)
{
  g_autofree char *view = NULL;

  if (!lt_arguments_has (arguments, "view") ||
      !lt_arguments_has (arguments, "output")) {
    lt_usage_error_set (error,
                        "lantern show needs --view VIEW and -o FILE; “lantern list "
                        "views” lists the views.");
    return FALSE;
  }
  if (!read_size (arguments, picture, error))
    return FALSE;
  view = compose_view (arguments);
  picture->view = lt_view_parse (view, &picture->settings, error);
  return picture->view != NULL;
}

static gboolean
read_log (LtRunFile *file, LtLogCopy *copy, GError **error)
{
  g_autoptr (LtLog) log = lt_log_new ();

  if (!lt_run_file_read_log (file, log, error))
    return FALSE;
  copy->rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  copy->epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  copy->events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  lt_log_read (log, copy->rows, copy->epochs, copy->events);
  return TRUE;
}

static void
clear_log (LtLogCopy *copy)
{
  g_clear_pointer (&copy->rows, g_array_unref);
  g_clear_pointer (&copy->epochs, g_array_unref);
  g_clear_pointer (&copy->events, g_array_unref);
}

/* "Digits in two dimensions · epoch 12 · Latent map" */
static char *
compose_title (const LtOpenRun *open, const LtView *view)
{
  const char *lesson = open->experiment->lesson.title;

  return g_strdup_printf ("%s · epoch %d · %s",
                          lesson != NULL ? lesson : open->experiment->kind->title,
                          open->snapshot->epoch, view->title);
}

static gboolean
paint (const LtOpenRun *open,
       const Picture *picture,
       const LtLogCopy *log,
       const char *path,
       GError **error)
{
  LtViewRequest request = {
    .snapshot = open->snapshot,
    .data = open->data,
    .settings = picture->settings,
    .log = log,
    .run_file = lt_run_file_path (open->file),
    .ws = open->ws,
    .seed = open->experiment->seed,
    .style = &picture->style,
  };
  const char *why = NULL;
  g_autofree char *title = compose_title (open, picture->view);
  gpointer result;
  gboolean written;

  lt_view_export_area (&picture->style, picture->width, picture->height, &request.w,
                       &request.h);
  if (!picture->view->suits (open->model, open->data, &why)) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED, "%s cannot be shown here: %s",
                 picture->view->title, why);
    return FALSE;
  }
  result = picture->view->compute (&request, error);
  if (result == NULL)
    return FALSE;
  written = lt_view_export (picture->view, result, title, &picture->style,
                            picture->width, picture->height, path, error);
  picture->view->free (result);
  return written;
}

static gboolean
run (const LtArguments *arguments, GError **error)
{
  Picture picture = { .width = 960, .height = 720 };
  g_autoptr (LtOpenRun) open = NULL;
  LtLogCopy log = { 0 };
  gboolean shown = FALSE;

  if (read_picture (arguments, &picture, error)) {
    lt_style_init (&picture.style, lt_arguments_has (arguments, "dark"), 14);
    open = lt_open_run_new (arguments, error);
    shown = open != NULL && read_log (open->file, &log, error) &&
            paint (open, &picture, &log, lt_arguments_get (arguments, "output"), error);
  }
  clear_log (&log);
  g_free (picture.settings);
  return shown;
}

const LtCommand lt_command_show = {
  .name = "show",
  .operand = "RUN",
  .min_operands = 1,
  .max_operands = 1,
  .summary = "Paints a view of a run into a PNG, SVG or PDF file.",
  .details = "The view may carry settings: --view \"filters layer=1\" is the same as\n"
             "--view filters --set layer=1.",
  .options = options,
  .run = run,
};
