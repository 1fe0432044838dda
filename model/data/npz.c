/* NumPy's archives: a zip file with one .npy file an array. The arrays with data, labels
 * and test set are known by the names that people give them. */
#include <string.h>
#include <zip.h>

#include "core/error.h"
#include "data/npy.h"

/* Names that go together, in lower case; the first family of which data is there, is used. */
typedef struct {
  const char *data, *labels, *test_data, *test_labels;
} Family;

static const Family families[] = {
  { "x_train", "y_train", "x_test", "y_test" },
  { "train_images", "train_labels", "test_images", "test_labels" },
  { "train_x", "train_y", "test_x", "test_y" },
  { "x", "y", NULL, NULL },
  { "x", "labels", NULL, NULL },
  { "data", "labels", NULL, NULL },
  { "data", "target", NULL, NULL },
  { "data", "y", NULL, NULL },
  { "images", "labels", NULL, NULL },
  { "images", "target", NULL, NULL },
  { "features", "labels", NULL, NULL },
};

typedef struct {
  zip_t *archive;
  char *name;       /* of the archive, for people */
  GPtrArray *names; /* of the arrays, without .npy */
} Archive;

static void
archive_close (Archive *self)
{
  g_clear_pointer (&self->archive, zip_discard);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->names, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Archive, archive_close)

static gboolean
archive_open (Archive *self, const char *path, GError **error)
{
  int code = 0;

  self->name = g_filename_display_name (path);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->archive = zip_open (path, ZIP_RDONLY, &code);
  if (self->archive == NULL) {
    zip_error_t problem;

    zip_error_init_with_code (&problem, code);
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s cannot be opened as a NumPy archive, which is a zip file: %s.",
                 self->name, zip_error_strerror (&problem));
    zip_error_fini (&problem);
    return FALSE;
  }
  for (zip_int64_t i = 0; i < zip_get_num_entries (self->archive, 0); i++) {
    const char *entry = zip_get_name (self->archive, (zip_uint64_t) i, 0);

    if (entry != NULL && g_str_has_suffix (entry, ".npy"))
      g_ptr_array_add (self->names, g_strndup (entry, strlen (entry) - 4));
  }
  if (self->names->len == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s is a zip file without any NumPy array (.npy) in it.", self->name);
    return FALSE;
  }
  return TRUE;
}

/* The array's own spelling of a name; NULL when there is none. */
static const char *
archive_find (const Archive *self, const char *name)
{
  for (guint i = 0; name != NULL && i < self->names->len; i++)
    if (g_ascii_strcasecmp (self->names->pdata[i], name) == 0)
      return self->names->pdata[i];
  return NULL;
}

static LtReader *
open_array (const Archive *self, const char *name, GError **error)
{
  g_autofree char *entry = g_strconcat (name, ".npy", NULL);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *shown = g_strdup_printf ("%s, array “%s”,", self->name, valid);
  zip_file_t *file;
  zip_stat_t info;

  file = zip_fopen (self->archive, entry, 0);
  if (file == NULL || zip_stat (self->archive, entry, 0, &info) != 0 ||
      (info.valid & ZIP_STAT_SIZE) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT, "%s cannot be read: %s.", shown,
                 zip_strerror (self->archive));
    if (file != NULL)
      zip_fclose (file);
    return NULL;
  }
  return lt_reader_open_entry (file, shown, info.size);
}

static LtTable *
read_table (const Archive *self, const char *name, GError **error)
{
  g_autoptr (LtReader) reader = open_array (self, name, error);
  LtNpyHeader header;

  if (reader == NULL || !lt_npy_read_header (reader, &header, error))
    return NULL;
  return lt_npy_read_table (reader, &header, error);
}

static gint64 *
read_labels (const Archive *self, const char *name, gsize n, GError **error)
{
  g_autoptr (LtReader) reader = open_array (self, name, error);
  LtNpyHeader header;

  if (reader == NULL || !lt_npy_read_header (reader, &header, error))
    return NULL;
  return lt_npy_read_labels (reader, &header, n, error);
}

/* ---- Which arrays? ---------------------------------------------------------------- */

/* Names inside the archive; the last three may be NULL. */
static gboolean
choose_by_family (const Archive *self, Family *chosen)
{
  const char *alone = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    const char *data = archive_find (self, families[i].data);
    const char *labels = archive_find (self, families[i].labels);

    if (data != NULL && labels != NULL) {
      chosen->data = data;
      chosen->labels = labels;
      chosen->test_data = archive_find (self, families[i].test_data);
      chosen->test_labels = archive_find (self, families[i].test_labels);
      return TRUE;
    }
    if (alone == NULL && data != NULL) {
      alone = data;
      chosen->test_data = archive_find (self, families[i].test_data);
    }
  }
  chosen->data = alone;
  return alone != NULL;
}

static gboolean
choose (const Archive *self, const char *variable, Family *chosen, GError **error)
{
  g_autofree char *joined = NULL, *valid = NULL;
  gboolean automatic = *variable == '\0' || strcmp (variable, "auto") == 0;

  memset (chosen, 0, sizeof *chosen);
  if (automatic && choose_by_family (self, chosen))
    return TRUE;
  if (automatic && self->names->len == 1) {
    chosen->data = self->names->pdata[0];
    return TRUE;
  }
  chosen->data = automatic ? NULL : archive_find (self, variable);
  for (gsize i = 0; chosen->data != NULL && i < G_N_ELEMENTS (families); i++)
    if (g_ascii_strcasecmp (families[i].data, chosen->data) == 0 &&
        chosen->labels == NULL)
      chosen->labels = archive_find (self, families[i].labels);
  if (chosen->data != NULL)
    return TRUE;

  g_ptr_array_add (self->names, NULL);
  joined = g_strjoinv (", ", (char **) self->names->pdata);
  g_ptr_array_set_size (self->names, (int) self->names->len - 1);
  valid = g_utf8_make_valid (joined, -1);
  if (automatic)
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s holds the arrays %s, and none is called x, data, images, features or "
        "x_train; choose one as the variable.",
        self->name, valid);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "%s has no array “%s”; its arrays are %s.", self->name, variable,
                 valid);
  return FALSE;
}

/* ---- The loader ------------------------------------------------------------------- */

static gboolean
add_labels (const Archive *archive, const Family *names, LtTable *table, GError **error)
{
  gsize n = table->n - table->n_test;
  g_autofree gint64 *labels = NULL;

  if (names->labels == NULL || (table->n_test > 0 && names->test_labels == NULL))
    return TRUE;
  labels = read_labels (archive, names->labels, n, error);
  if (labels == NULL)
    return FALSE;
  if (table->n_test > 0) {
    g_autofree gint64 *test =
        read_labels (archive, names->test_labels, table->n_test, error);

    if (test == NULL)
      return FALSE;
    labels = g_realloc_n (labels, table->n, sizeof *labels);
    memcpy (labels + n, test, table->n_test * sizeof *labels);
  }
  return lt_table_label_numbers (table, labels, archive->name, error);
}

static gboolean
recognises (const LtFileHead *head)
{
  return head->n >= 4 && (memcmp (head->head, "PK\3\4", 4) == 0 ||
                          memcmp (head->head, "PK\5\6", 4) == 0);
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  g_auto (Archive) archive = { NULL };
  g_autoptr (LtTable) table = NULL;
  Family names;

  if (!archive_open (&archive, path, error) ||
      !choose (&archive, settings->variable, &names, error))
    return NULL;
  table = read_table (&archive, names.data, error);
  if (table == NULL)
    return NULL;
  if (names.test_data != NULL) {
    g_autoptr (LtTable) test = read_table (&archive, names.test_data, error);

    if (test == NULL || !lt_table_append_test (table, test, error))
      return NULL;
  }
  if (!add_labels (&archive, &names, table, error) ||
      !lt_loader_shape (table, settings, 0, error))
    return NULL;
  return g_steal_pointer (&table);
}

static const char *const extensions[] = { "npz", NULL };

static const char *const heeded[] = { "variable", "picture-size", "groups", NULL };

const LtLoader lt_npz_loader = {
  .title = "NumPy archive (.npz)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
