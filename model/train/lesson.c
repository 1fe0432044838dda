/* Lessons: experiments in a folder, each NAME.json with its text in NAME.md. */
#include "train/experiment.h"

#include "config.h"
#include "core/error.h"
#include "core/nearest.h"

#include <string.h>
#include <unistd.h>

/* The program runs from the folder it was built in. */
static gboolean
runs_uninstalled (void)
{
  char program[4096];
  gssize n = readlink ("/proc/self/exe", program, sizeof program - 1);

  if (n < 0)
    return FALSE;
  program[n] = '\0';
  return g_str_has_prefix (program, LT_BUILD_ROOT "/");
}

static const char *
lesson_dir (void)
{
  const char *chosen = g_getenv ("LANTERN_LESSON_DIR");

  if (chosen != NULL && *chosen != '\0')
    return chosen;
  if (runs_uninstalled () && g_file_test (LT_SOURCE_LESSON_DIR, G_FILE_TEST_IS_DIR))
    return LT_SOURCE_LESSON_DIR;
  return LT_LESSON_DIR;
}

static char *
lesson_path (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);

  return g_build_filename (lesson_dir (), file, NULL);
}

/* ---- Loading one ------------------------------------------------------------------------- */

/* NAME.md beside NAME.json, where the JSON has no text of its own. */
static gboolean
read_text (const char *path, LtLesson *lesson, GError **error)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".json"));
  g_autofree char *text_path = g_strconcat (stem, ".md", NULL);
  g_autoptr (GError) reason = NULL;

  if (lesson->name == NULL)
    lesson->name = g_path_get_basename (stem);
  if (lesson->text != NULL)
    return TRUE;
  if (!g_file_get_contents (text_path, &lesson->text, NULL, &reason)) {
    if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” cannot be read: %s.", text_path,
                 reason->message);
    return FALSE;
  }
  if (!g_utf8_validate (lesson->text, -1, NULL)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” is not a text in UTF-8; save it as UTF-8.", text_path);
    return FALSE;
  }
  return TRUE;
}

/* By its name the window knows whose views it shows. */
static gboolean
is_lesson (const LtLesson *lesson)
{
  return lesson->order > 0 || lesson->summary != NULL || lesson->views != NULL;
}

static LtExperiment *
load_path (const char *path, GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) reason = NULL;
  g_autoptr (LtExperiment) experiment = NULL;
  gsize length;

  if (!g_file_get_contents (path, &json, &length, &reason)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” cannot be read: %s.", shown,
                 reason->message);
    return NULL;
  }
  experiment = lt_experiment_from_json (json, (gssize) length, shown, error);
  if (experiment == NULL)
    return NULL;
  if (g_str_has_suffix (path, ".json") && is_lesson (&experiment->lesson) &&
      !read_text (path, &experiment->lesson, error))
    return NULL;
  return g_steal_pointer (&experiment);
}

static LtExperiment *
refuse_name (const char *name, GError **error)
{
  g_auto (GStrv) names = lt_lesson_names ();
  const char *nearest = lt_nearest_name (name, (const char *const *) names);
  g_autofree char *all = g_strjoinv (", ", names);
  g_autofree char *shown = g_filename_display_name (name);

  if (nearest != NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "There is no lesson and no file called “%s”; did you mean “%s”?",
                 shown, nearest);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "There is no lesson and no file called “%s”; the lessons are %s.",
                 shown, all);
  return NULL;
}

LtExperiment *
lt_experiment_load (const char *name_or_path, GError **error)
{
  if (*name_or_path != '\0' && strchr (name_or_path, '/') == NULL) {
    g_autofree char *path = lesson_path (name_or_path);

    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return load_path (path, error);
  }
  if (g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    return load_path (name_or_path, error);
  return refuse_name (name_or_path, error);
}

/* ---- Listing ----------------------------------------------------------------------------- */

typedef struct {
  char *name;
  int order;
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a, *right = b;

  if (left->order != right->order)
    return left->order < right->order ? -1 : 1;
  return strcmp (left->name, right->name);
}

/* Files that are no experiments, or have an error in them, come last: choosing one tells
 * what is wrong with it. */
static void
add_entry (GArray *entries, const char *file)
{
  Entry entry = { .name = g_strndup (file, strlen (file) - strlen (".json")),
                  .order = G_MAXINT };
  g_autofree char *path = lesson_path (entry.name);
  g_autoptr (LtExperiment) experiment = load_path (path, NULL);

  if (experiment != NULL)
    entry.order = experiment->lesson.order;
  g_array_append_val (entries, entry);
}

char **
lt_lesson_names (void)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GDir) dir = g_dir_open (lesson_dir (), 0, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (file, ".json"))
      add_entry (entries, file);
  }
  g_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++) {
    g_strv_builder_add (names, g_array_index (entries, Entry, i).name);
    g_free (g_array_index (entries, Entry, i).name);
  }
  return g_strv_builder_end (names);
}
