/* CIFAR-10's binary files (A. Krizhevsky's page): rows of 3073 bytes, which are a label from 0
 * to 9 and then 32 × 32 pixels, first all that is red in them, then green, then blue.
 * A folder holds data_batch_1.bin and so on, test_batch.bin, and the labels' names in
 * batches.meta.txt, one a line. */
#include <string.h>

#include "core/error.h"
#include "data/loader.h"
#include "data/reader.h"

#define SIDE      32
#define PLANE     (SIDE * SIDE)
#define ROW       (1 + 3 * PLANE)
#define N_CLASSES 10

#define TEST_FILE  "test_batch.bin"
#define NAMES_FILE "batches.meta.txt"

/* ---- Which files? ----------------------------------------------------------------- */

static gboolean
is_training_name (const char *name)
{
  return g_str_has_prefix (name, "data_batch") && g_str_has_suffix (name, ".bin");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The folder's training files, sorted; maybe none. */
static GPtrArray *
list_training (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_training_name (name))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  if (dir != NULL)
    g_dir_close (dir);
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static gboolean
recognises (const LtFileHead *head)
{
  g_autofree char *name = g_path_get_basename (head->path);
  g_autofree char *test = NULL;
  g_autoptr (GPtrArray) training = NULL;

  if (!head->is_folder)
    return is_training_name (name) || strcmp (name, TEST_FILE) == 0;
  training = list_training (head->path);
  test = g_build_filename (head->path, TEST_FILE, NULL);
  return training->len > 0 || g_file_test (test, G_FILE_TEST_EXISTS);
}

/* ---- Rows ------------------------------------------------------------------------- */

static gboolean
count_rows (const LtReader *reader, gsize *n, GError **error)
{
  guint64 size;

  if (!lt_reader_content_size (reader, &size)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is compressed, and CIFAR-10's files are read as they come out of their "
        "archive only; decompress it.",
        lt_reader_name (reader));
    return FALSE;
  }
  *n = (gsize) (size / ROW);
  if (size % ROW == 0)
    return TRUE;
  if (size % (ROW + 1) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has rows of %d bytes, with two labels each, as in CIFAR-100's "
                 "files; only CIFAR-10's, with rows of %d, can be read.",
                 lt_reader_name (reader), ROW + 1, ROW);
    return FALSE;
  }
  g_set_error (
      error, LT_ERROR, LT_ERROR_FORMAT,
      "%s has %" G_GUINT64_FORMAT
      " bytes, which is no multiple of %d, a label and 32 × 32 × 3 pixels, as in "
      "CIFAR-10's files; it is cut short, or of another format.",
      lt_reader_name (reader), size, ROW);
  return FALSE;
}

/* pixels: [PLANE, 3]. */
static gboolean
read_row (LtReader *reader, gsize row, guint8 *pixels, int *label, GError **error)
{
  guint8 bytes[ROW];

  if (!lt_reader_read (reader, bytes, sizeof bytes, "pixels", error))
    return FALSE;
  if (bytes[0] >= N_CLASSES) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has the label %d in row %" G_GSIZE_FORMAT
                 ", where CIFAR-10's labels go from 0 to 9; it is damaged or something "
                 "else.",
                 lt_reader_name (reader), bytes[0], row + 1);
    return FALSE;
  }
  *label = bytes[0];
  for (int i = 0; i < PLANE; i++)
    for (int c = 0; c < 3; c++)
      pixels[3 * i + c] = bytes[1 + c * PLANE + i];
  return TRUE;
}

static LtTable *
read_batch (const char *path, GError **error)
{
  g_autoptr (LtReader) reader = lt_reader_open (path, error);
  g_autoptr (LtTable) table = NULL;
  LtShape shape;
  gsize n;

  if (reader == NULL || !count_rows (reader, &n, error))
    return NULL;
  lt_shape_init (&shape, "pixels", LT_UNIT, SIDE, SIDE, 3);
  table = lt_table_new (lt_reader_name (reader), &shape, n, LT_TABLE_BYTES, error);
  if (table == NULL)
    return NULL;
  table->labels = g_new (int, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    if (!read_row (reader, i, table->bytes + i * shape.nv, &table->labels[i], error))
      return NULL;
  return g_steal_pointer (&table);
}

/* ---- The whole -------------------------------------------------------------------- */

/* Adds a batch, labels too, behind what is there. */
static gboolean
append (LtTable **table, const char *path, GError **error)
{
  g_autoptr (LtTable) batch = read_batch (path, error);
  gsize n;

  if (batch == NULL)
    return FALSE;
  if (*table == NULL) {
    *table = g_steal_pointer (&batch);
    return TRUE;
  }
  n = (*table)->n;
  if (!lt_table_append_test (*table, batch, error))
    return FALSE;
  (*table)->labels = g_renew (int, (*table)->labels, (*table)->n);
  memcpy ((*table)->labels + n, batch->labels, batch->n * sizeof (int));
  return TRUE;
}

/* The names in the file beside the batches, or CIFAR-10's own. */
static char **
read_names (const char *folder)
{
  static const char *const names[] = { "airplane", "automobile", "bird", "cat",
                                       "deer",     "dog",        "frog", "horse",
                                       "ship",     "truck",      NULL };
  g_autofree char *path = g_build_filename (folder, NAMES_FILE, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      !g_utf8_validate (text, -1, NULL))
    return g_strdupv ((char **) names);
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  if (g_strv_length (lines) != N_CLASSES)
    return g_strdupv ((char **) names);
  for (int i = 0; i < N_CLASSES; i++)
    g_strstrip (lines[i]);
  return g_steal_pointer (&lines);
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *folder = is_folder ? g_strdup (path) : g_path_get_dirname (path);
  g_autofree char *test = g_build_filename (folder, TEST_FILE, NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GPtrArray) training = is_folder ? list_training (path) : NULL;
  g_autoptr (LtTable) table = NULL;

  for (guint i = 0; training != NULL && i < training->len; i++)
    if (!append (&table, training->pdata[i], error))
      return NULL;
  if (!is_folder && !append (&table, path, error))
    return NULL;
  table->n_test = 0;
  if (strcmp (name, TEST_FILE) != 0 && g_file_test (test, G_FILE_TEST_EXISTS) &&
      !append (&table, test, error))
    return NULL;
  table->label_names = read_names (folder);
  return g_steal_pointer (&table);
}

/* A file of another name is one when nothing else is found in it. */
static const char *const extensions[] = { "bin", NULL };

static const char *const heeded[] = { NULL };

const LtLoader lt_cifar_loader = {
  .title = "CIFAR-10 (.bin, or the folder of data_batch_….bin)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
