/* Files made for one test, in a folder of their own that goes with it. */
#pragma once

#include <glib.h>
#include <matio.h>

G_BEGIN_DECLS

typedef struct {
  char *path;
} LtFolder;

void lt_folder_init (LtFolder *self);
/* Removes the folder and all in it. */
void lt_folder_clear (LtFolder *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtFolder, lt_folder_clear)

/* Each writes one file into the folder, making folders on the way, and returns its path. */
char *lt_folder_write (LtFolder *self, const char *name, gconstpointer data, gsize n);
char *lt_folder_write_text (LtFolder *self, const char *name, const char *text);
char *lt_folder_write_gzip (LtFolder *self,
                            const char *name,
                            gconstpointer data,
                            gsize n);

/* Takes the array. */
char *lt_folder_write_array (LtFolder *self, const char *name, GByteArray *array);

/* An IDX file: type as in the format, dimensions ended by 0; values as they lie in it. */
GByteArray *lt_sample_idx (int type,
                           const guint32 *dimensions,
                           gconstpointer data,
                           gsize n);

/* An IDX file of 20 pictures of 28 × 28, for what is cut or changed afterwards. */
GByteArray *lt_sample_pictures (void);

/* A NumPy array: descr such as "<f4", shape such as "(3, 4)". */
GByteArray *lt_sample_npy (const char *descr,
                           gboolean fortran_order,
                           const char *shape,
                           gconstpointer data,
                           gsize n);

/* An archive of arrays; takes them. names: NULL-terminated, without .npy. */
char *lt_folder_write_npz (LtFolder *self,
                           const char *name,
                           const char *const *names,
                           GByteArray **arrays);

/* A MATLAB file of version 5; takes the variables, which are NULL-terminated. */
char *lt_folder_write_mat (LtFolder *self, const char *name, matvar_t **variables);

/* A variable with its own copy of the values, the first index fastest. dims: ended by 0. */
matvar_t *lt_sample_variable (const char *name,
                              enum matio_classes class_type,
                              const size_t *dims,
                              gconstpointer data);

/* A PNG or JPEG (by the name's end) with pixel (x, y) = (shade + x + y, …), grey or with a
 * red tint. */
char *lt_folder_write_picture (LtFolder *self,
                               const char *name,
                               int width,
                               int height,
                               int shade,
                               gboolean coloured);

G_END_DECLS
