/* Writes NumPy's array format, version 1.0. */
#include "data/npy-writer.h"

#include <string.h>

#define PREAMBLE 10 /* magic, version and the length of the text */

GBytes *
lt_npy_header (int n_dims, const gsize *dims)
{
  g_autoptr (GString) text =
      g_string_new ("{'descr': '<f4', 'fortran_order': False, 'shape': (");
  GByteArray *bytes = g_byte_array_new ();
  guint8 preamble[PREAMBLE] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0 };

  for (int i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT "%s", dims[i],
                            i + 1 < n_dims ? ", "
                            : n_dims == 1  ? ","
                                           : "");
  g_string_append (text, "), }");
  while ((PREAMBLE + text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');

  preamble[8] = text->len & 0xff;
  preamble[9] = (text->len >> 8) & 0xff;
  g_byte_array_append (bytes, preamble, sizeof preamble);
  g_byte_array_append (bytes, (const guint8 *) text->str, text->len);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
lt_npy_begin (LtFileWriter *file, gsize rows, gsize columns, GError **error)
{
  g_autoptr (GBytes) header = lt_npy_header (2, (const gsize[]){ rows, columns });

  return lt_file_writer_put (file, g_bytes_get_data (header, NULL),
                             g_bytes_get_size (header), error);
}
