/* Writes NumPy's array format, version 1.0 (numpy/lib/format.py): float32, little-endian,
 * C order, the data aligned to 64 bytes. */
#pragma once

#include "core/file-writer.h"

G_BEGIN_DECLS

/* The bytes before the data of an array of that shape. */
GBytes *lt_npy_header (int n_dims, const gsize *dims) G_GNUC_WARN_UNUSED_RESULT;

/* The header of [rows, columns], into a file whose rows will follow. */
gboolean lt_npy_begin (LtFileWriter *file, gsize rows, gsize columns, GError **error);

G_END_DECLS
