/* Arrays in NumPy's format, read from a file or from an entry of an archive. */
#pragma once

#include "data/loader.h"
#include "data/reader.h"

G_BEGIN_DECLS

#define LT_NPY_MAX_DIMENSIONS 4

typedef struct {
  char type; /* 'b' boolean, 'u' unsigned, 'i' signed, 'f' float */
  int size;  /* bytes a value */
  gboolean big_endian;
  gboolean fortran_order;
  int n_dimensions;
  guint64 dimension[LT_NPY_MAX_DIMENSIONS];
} LtNpyHeader;

/* Reads the header and checks it against the content's size. */
gboolean lt_npy_read_header (LtReader *reader, LtNpyHeader *header, GError **error);

/* The rows after the header: [n, values], [n, height, width], [n, height, width, channels]
 * or [n, channels, height, width]. */
LtTable *lt_npy_read_table (LtReader *reader,
                            const LtNpyHeader *header,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The n whole numbers after the header: [n] or [n, 1]. */
gint64 *lt_npy_read_labels (LtReader *reader,
                            const LtNpyHeader *header,
                            gsize n,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
