/* A folder of PNG and JPEG pictures. Subfolders are labels; a folder with subfolders
 * called train and test holds both sets. Pictures without colour are kept as grey ones.
 * Everything is read in the order of the names' bytes, so one folder is always one table. */
#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "core/error.h"
#include "data/loader.h"
#include "data/memory.h"

typedef struct {
  GPtrArray *paths;  /* owned */
  GPtrArray *labels; /* owned; a name for each path, or NULL */
} Listing;

static void
listing_clear (Listing *self)
{
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->labels, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

/* ---- Which files? ----------------------------------------------------------------- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in the folder, sorted, hidden ones left out; NULL and an error when it cannot be
 * read. */
static GPtrArray *
list_names (const char *folder, GError **error)
{
  g_autofree char *shown = g_filename_display_name (folder);
  GDir *dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names;
  const char *name;

  if (dir == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "The folder %s cannot be read: %s.",
                 shown, g_strerror (errno));
    return NULL;
  }
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (*name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
is_picture_name (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".png") || g_str_has_suffix (lower, ".jpg") ||
         g_str_has_suffix (lower, ".jpeg");
}

/* Adds the folder's own pictures under one label. */
static gboolean
list_pictures (Listing *self, const char *folder, const char *label, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (folder, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    if (!is_picture_name (names->pdata[i]))
      continue;
    g_ptr_array_add (self->paths, g_build_filename (folder, names->pdata[i], NULL));
    g_ptr_array_add (self->labels, g_strdup (label));
  }
  return names != NULL;
}

/* Adds the pictures of the folder and of its subfolders. */
static gboolean
list_set (Listing *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (folder, error);

  if (names == NULL || !list_pictures (self, folder, NULL, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *inner = g_build_filename (folder, names->pdata[i], NULL);

    if (g_file_test (inner, G_FILE_TEST_IS_DIR) &&
        !list_pictures (self, inner, names->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

/* Adds everything there is; the last n_test are the test set. */
static gboolean
list_all (Listing *self, const char *folder, gsize *n_test, GError **error)
{
  g_autofree char *train = g_build_filename (folder, "train", NULL);
  g_autofree char *test = g_build_filename (folder, "test", NULL);
  g_autofree char *shown = g_filename_display_name (folder);
  guint n_train;

  *n_test = 0;
  if (g_file_test (train, G_FILE_TEST_IS_DIR) &&
      g_file_test (test, G_FILE_TEST_IS_DIR)) {
    if (!list_set (self, train, error))
      return FALSE;
    n_train = self->paths->len;
    if (!list_set (self, test, error))
      return FALSE;
    *n_test = self->paths->len - n_train;
  } else if (!list_set (self, folder, error)) {
    return FALSE;
  }
  if (self->paths->len == *n_test) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "The folder %s has no pictures; PNG or JPEG files were expected in it or "
        "in its subfolders, each of which is a label.",
        shown);
    return FALSE;
  }
  return TRUE;
}

/* ---- Pictures --------------------------------------------------------------------- */

static guint8
over_white (int value, int alpha)
{
  return (guint8) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* pixels [height · width, 3]. */
static void
copy_colours (const GdkPixbuf *picture, guint8 *pixels)
{
  int n_channels = gdk_pixbuf_get_n_channels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture);
  int width = gdk_pixbuf_get_width (picture);
  const guint8 *data = gdk_pixbuf_read_pixels (picture);

  for (int y = 0; y < gdk_pixbuf_get_height (picture); y++)
    for (int x = 0; x < width; x++) {
      const guint8 *p = data + (gsize) y * stride + (gsize) x * n_channels;
      int alpha = n_channels == 4 ? p[3] : 255;

      for (int c = 0; c < 3; c++)
        *pixels++ = over_white (p[c], alpha);
    }
}

static gboolean
is_grey (const guint8 *pixels, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (pixels[3 * i] != pixels[3 * i + 1] || pixels[3 * i] != pixels[3 * i + 2])
      return FALSE;
  return TRUE;
}

/* The table so far has one channel; gives it three, back to front in place. */
static gboolean
make_coloured (LtTable *table, gsize n_read, GError **error)
{
  LtModality pixels = table->shape.modality[0];
  gsize size = pixels.size;
  guint8 *grown;

  if (!lt_memory_check (table->name, table->n, 3 * size, 1, error))
    return FALSE;
  grown = g_try_realloc (table->bytes, table->n * size * 3);
  if (grown == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_MEMORY, "%s does not fit into memory.",
                 table->name);
    return FALSE;
  }
  table->bytes = grown;
  for (gsize i = n_read * size; i-- > 0;) {
    guint8 value = grown[i];

    memset (grown + 3 * i, value, 3);
  }
  lt_shape_init (&table->shape, "pixels", LT_UNIT, pixels.height, pixels.width, 3);
  return TRUE;
}

static gboolean
check_same_size (const Listing *files, guint i, int height, int width, GError **error)
{
  g_autofree char *first = g_path_get_basename (files->paths->pdata[0]);
  g_autofree char *shown_first = g_filename_display_name (first);
  g_autofree char *shown = g_filename_display_name (files->paths->pdata[i]);
  int h = 0, w = 0;

  if (gdk_pixbuf_get_file_info (files->paths->pdata[i], &w, &h) == NULL) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is not a picture that can be read; a PNG or JPEG file was expected.",
        shown);
    return FALSE;
  }
  if (h != height || w != width) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is %d × %d pixels, but %s is %d × %d (height × width); all pictures "
        "must be of one size.",
        shown, h, w, shown_first, height, width);
    return FALSE;
  }
  return TRUE;
}

/* Reads picture i; scratch: [height · width, 3]. */
static gboolean
read_picture (const Listing *files,
              guint i,
              LtTable *table,
              guint8 *scratch,
              GError **error)
{
  const LtModality *pixels = &table->shape.modality[0];
  gsize n = (gsize) pixels->height * pixels->width;
  g_autoptr (GdkPixbuf) picture = NULL;
  g_autofree char *shown = g_filename_display_name (files->paths->pdata[i]);

  if (!check_same_size (files, i, pixels->height, pixels->width, error))
    return FALSE;
  picture = gdk_pixbuf_new_from_file (files->paths->pdata[i], NULL);
  if (picture == NULL || gdk_pixbuf_get_width (picture) != pixels->width ||
      gdk_pixbuf_get_height (picture) != pixels->height) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is cut short or damaged; a whole PNG or JPEG picture was expected.", shown);
    return FALSE;
  }
  copy_colours (picture, scratch);
  if (pixels->channels == 1 && !is_grey (scratch, n) &&
      !make_coloured (table, i, error))
    return FALSE;
  if (pixels->channels == 3)
    memcpy (table->bytes + i * n * 3, scratch, n * 3);
  else
    for (gsize j = 0; j < n; j++)
      table->bytes[i * n + j] = scratch[3 * j];
  return TRUE;
}

static LtTable *
read_pictures (const Listing *files, const char *name, GError **error)
{
  g_autoptr (LtTable) table = NULL;
  g_autofree guint8 *scratch = NULL;
  LtShape shape;
  int height = 0, width = 0;

  /* A first look at the size only; check_same_size has the sentence for what is none. */
  gdk_pixbuf_get_file_info (files->paths->pdata[0], &width, &height);
  if (!check_same_size (files, 0, height, width, error) ||
      !lt_memory_check (name, height, width, 8, error))
    return NULL;
  if ((gint64) height * width > G_MAXINT32 / 8) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has pictures of %d × %d pixels; make them smaller.", name, height,
                 width);
    return NULL;
  }
  lt_shape_init (&shape, "pixels", LT_UNIT, height, width, 1);
  table = lt_table_new (name, &shape, files->paths->len, LT_TABLE_BYTES, error);
  if (table == NULL)
    return NULL;
  scratch = g_malloc ((gsize) shape.nv * 3);
  for (guint i = 0; i < files->paths->len; i++)
    if (!read_picture (files, i, table, scratch, error))
      return NULL;
  return g_steal_pointer (&table);
}

LtTable *
lt_picture_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_auto (Listing) files = { g_ptr_array_new_with_free_func (g_free), NULL };

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "There is no file %s; a PNG or JPEG picture was expected.", name);
    return NULL;
  }
  g_ptr_array_add (files.paths, g_strdup (path));
  return read_pictures (&files, name, error);
}

/* ---- Labels ----------------------------------------------------------------------- */

/* None at all is fine; some with and some without is a mistake in the folder. */
static gboolean
add_labels (const Listing *files, const char *name, LtTable *table, GError **error)
{
  guint n_labelled = 0;

  for (guint i = 0; i < files->labels->len; i++)
    n_labelled += files->labels->pdata[i] != NULL;
  if (n_labelled == 0)
    return TRUE;
  if (n_labelled < files->labels->len) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "The folder %s has %u pictures beside its subfolders and %u inside them; "
        "either all lie in subfolders, which are their labels, or none.",
        name, files->labels->len - n_labelled, n_labelled);
    return FALSE;
  }
  return lt_table_label_strings (table, (const char *const *) files->labels->pdata,
                                 name, error);
}

/* ---- The loader ------------------------------------------------------------------- */

static gboolean
recognises (const LtFileHead *head)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G' }, jpeg[] = { 0xff, 0xd8, 0xff };

  return head->is_folder ||
         (head->n >= sizeof png && memcmp (head->head, png, sizeof png) == 0) ||
         (head->n >= sizeof jpeg && memcmp (head->head, jpeg, sizeof jpeg) == 0);
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_auto (Listing) files = { g_ptr_array_new_with_free_func (g_free),
                             g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (LtTable) table = NULL;
  gsize n_test;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s is a single picture; open the folder that it lies in.", name);
    return NULL;
  }
  if (!list_all (&files, path, &n_test, error))
    return NULL;
  table = read_pictures (&files, name, error);
  if (table == NULL || !add_labels (&files, name, table, error))
    return NULL;
  table->n_test = n_test;
  return g_steal_pointer (&table);
}

static const char *const extensions[] = { "png", "jpg", "jpeg", NULL };

static const char *const heeded[] = { NULL };

const LtLoader lt_folder_loader = {
  .title = "folder of PNG or JPEG pictures",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
