/* File formats: a table of loaders. A format is one table entry and one file. */
#pragma once

#include "core/knob.h"
#include "data/table.h"

G_BEGIN_DECLS

/* The knobs of the file source. */
typedef struct {
  int header;                     /* LtHeader */
  char label_column[LT_TEXT_MAX]; /* "auto", "none", a name, or a number from 1 */
  char variable[LT_TEXT_MAX];     /* "auto" or a name inside the file */
  char picture[LT_TEXT_MAX];      /* "auto", "none", "28x28" or "28x28x3" */
  char groups[LT_TEXT_MAX];       /* "auto", or data/groups.h */
} LtFileSettings;

typedef enum {
  LT_HEADER_AUTO,
  LT_HEADER_YES,
  LT_HEADER_NO,
} LtHeader;

/* What is seen of a file before it is loaded. */
typedef struct {
  const char *path;
  gboolean is_folder;
  gsize n;           /* bytes in head */
  guint8 head[1024]; /* the content's beginning, uncompressed */
} LtFileHead;

typedef struct {
  const char *title;             /* "IDX (also .gz)" */
  const char *const *extensions; /* in lower case, NULL-terminated */

  /* The keys of the file source's knobs that it heeds; NULL-terminated. */
  const char *const *knobs;

  /* TRUE when the beginning can be nothing else. */
  gboolean (*recognises) (const LtFileHead *head);
  LtTable *(*load) (const char *path, const LtFileSettings *settings, GError **error);
} LtLoader;

/* In the order in which they are asked; NULL-terminated. */
extern const LtLoader *const lt_loaders[];

extern const LtLoader lt_cifar_loader;
extern const LtLoader lt_idx_loader;
extern const LtLoader lt_npy_loader;
extern const LtLoader lt_npz_loader;
extern const LtLoader lt_mat_loader;
extern const LtLoader lt_folder_loader;
extern const LtLoader lt_csv_loader;

/* The loader for what lies at path: by its first bytes, then by its extension. */
const LtLoader *lt_loader_find (const char *path, GError **error);

/* The table of an IDX file of pictures, with the labels and the test set beside it. */
LtTable *lt_idx_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One PNG or JPEG picture, as a table of one row. */
LtTable *lt_picture_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fails, naming row and column (from 1), when a value is NaN or infinite. */
gboolean lt_loader_check_finite (const LtTable *table, GError **error);

/* Gives a table of vectors the shape that the picture knob asks for. */
gboolean lt_loader_shape_picture (LtTable *table, const char *picture, GError **error);

/* Gives a table of vectors the shape that the knobs ask for, a picture's or groups of columns.
 * label_column: of the file, from 1, where it is not in the table; 0: none. */
gboolean lt_loader_shape (LtTable *table,
                          const LtFileSettings *settings,
                          int label_column,
                          GError **error);

G_END_DECLS
