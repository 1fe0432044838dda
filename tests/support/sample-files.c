/* Files made for one test. */
#include "support/sample-files.h"

#include "core/rng.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

void
lt_folder_init (LtFolder *self)
{
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("lantern-test-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL &&
         g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) &&
         child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

void
lt_folder_clear (LtFolder *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  remove_tree (file);
  g_clear_pointer (&self->path, g_free);
}

/* The path of a file to be written, its folder made. */
static char *
prepare_path (LtFolder *self, const char *name)
{
  char *path = g_build_filename (self->path, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return path;
}

char *
lt_folder_write (LtFolder *self, const char *name, gconstpointer data, gsize n)
{
  char *path = prepare_path (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data != NULL ? data : "", (gssize) n, &error);
  g_assert_no_error (error);
  return path;
}

char *
lt_folder_write_text (LtFolder *self, const char *name, const char *text)
{
  return lt_folder_write (self, name, text, strlen (text));
}

char *
lt_folder_write_gzip (LtFolder *self, const char *name, gconstpointer data, gsize n)
{
  char *path = prepare_path (self, name);
  gzFile file = gzopen (path, "wb");
  int written, closed;

  g_assert_nonnull (file);
  written = gzwrite (file, data, (unsigned) n);
  g_assert_cmpint (written, ==, (int) n);
  closed = gzclose (file);
  g_assert_cmpint (closed, ==, Z_OK);
  return path;
}

char *
lt_folder_write_array (LtFolder *self, const char *name, GByteArray *array)
{
  char *path = lt_folder_write (self, name, array->data, array->len);

  g_byte_array_unref (array);
  return path;
}

GByteArray *
lt_sample_idx (int type, const guint32 *dimensions, gconstpointer data, gsize n)
{
  GByteArray *file = g_byte_array_new ();
  guint8 magic[4] = { 0, 0, (guint8) type, 0 };

  while (dimensions[magic[3]] != 0)
    magic[3]++;
  g_byte_array_append (file, magic, sizeof magic);
  for (int d = 0; d < magic[3]; d++) {
    guint32 big = GUINT32_TO_BE (dimensions[d]);

    g_byte_array_append (file, (const guint8 *) &big, sizeof big);
  }
  return n > 0 ? g_byte_array_append (file, data, (guint) n) : file;
}

GByteArray *
lt_sample_pictures (void)
{
  static const guint32 dimensions[] = { 20, 28, 28, 0 };
  g_autofree guint8 *pixels = g_malloc (20 * 784);
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  for (int i = 0; i < 20 * 784; i++)
    pixels[i] = (guint8) lt_rng_below (&rng, 256);
  return lt_sample_idx (8, dimensions, pixels, 20 * 784);
}

GByteArray *
lt_sample_npy (const char *descr,
               gboolean fortran_order,
               const char *shape,
               gconstpointer data,
               gsize n)
{
  GByteArray *file = g_byte_array_new ();
  g_autofree char *header =
      g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr,
                       fortran_order ? "True" : "False", shape);
  /* Blanks up to a multiple of 64, then a line's end. */
  guint total = ((guint) strlen (header) + 10 + 1 + 63) / 64 * 64;
  g_autofree char *padded = g_strdup_printf ("%-*s\n", (int) total - 11, header);
  guint8 start[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0 };

  start[8] = (guint8) ((total - 10) & 255);
  start[9] = (guint8) ((total - 10) >> 8);
  g_byte_array_append (file, start, sizeof start);
  g_byte_array_append (file, (const guint8 *) padded, total - 10);
  return n > 0 ? g_byte_array_append (file, data, (guint) n) : file;
}

char *
lt_folder_write_npz (LtFolder *self,
                     const char *name,
                     const char *const *names,
                     GByteArray **arrays)
{
  char *path = prepare_path (self, name);
  zip_t *archive = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  int closed;

  g_assert_nonnull (archive);
  for (int i = 0; names[i] != NULL; i++) {
    g_autofree char *entry = g_strconcat (names[i], ".npy", NULL);
    zip_source_t *source =
        zip_source_buffer (archive, arrays[i]->data, arrays[i]->len, 0);

    g_assert_cmpint (zip_file_add (archive, entry, source, 0), >=, 0);
  }
  closed = zip_close (archive);
  g_assert_cmpint (closed, ==, 0);
  for (int i = 0; names[i] != NULL; i++)
    g_byte_array_unref (arrays[i]);
  return path;
}

char *
lt_folder_write_picture (LtFolder *self,
                         const char *name,
                         int width,
                         int height,
                         int shade,
                         gboolean coloured)
{
  char *path = prepare_path (self, name);
  g_autoptr (GdkPixbuf) picture =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture);
  g_autoptr (GError) error = NULL;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        pixels[y * stride + 3 * x + c] =
            (guint8) (shade + x + y + (coloured && c == 0 ? 100 : 0));
  gdk_pixbuf_save (picture, path, g_str_has_suffix (name, ".png") ? "png" : "jpeg",
                   &error, NULL);
  g_assert_no_error (error);
  return path;
}

char *
lt_folder_write_mat (LtFolder *self, const char *name, matvar_t **variables)
{
  char *path = prepare_path (self, name);
  mat_t *file = Mat_CreateVer (path, NULL, MAT_FT_MAT5);

  g_assert_nonnull (file);
  for (int i = 0; variables[i] != NULL; i++) {
    int status = Mat_VarWrite (file, variables[i], MAT_COMPRESSION_NONE);

    g_assert_cmpint (status, ==, 0);
    Mat_VarFree (variables[i]);
  }
  Mat_Close (file);
  return path;
}

static enum matio_types
stored_type (enum matio_classes class_type)
{
  if (class_type == MAT_C_UINT8)
    return MAT_T_UINT8;
  if (class_type == MAT_C_CHAR)
    return MAT_T_UTF8;
  g_assert_cmpint (class_type, ==, MAT_C_DOUBLE);
  return MAT_T_DOUBLE;
}

matvar_t *
lt_sample_variable (const char *name,
                    enum matio_classes class_type,
                    const size_t *dims,
                    gconstpointer data)
{
  size_t copy[4];
  int rank = 0;

  for (; dims[rank] != 0; rank++)
    copy[rank] = dims[rank];
  return Mat_VarCreate (name, class_type, stored_type (class_type), rank, copy,
                        (gpointer) data, 0);
}
