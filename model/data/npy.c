/* NumPy's array format (numpy.lib.format): the magic "\x93NUMPY", two version bytes, the
 * header's length (16 bits in version 1, else 32, little-endian), the header, which is a
 * Python dictionary such as
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
 * and the values. */
#include "data/npy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

#define MAGIC      "\x93NUMPY"
#define MAGIC_SIZE 6
#define MAX_HEADER 65536

/* ---- The header ------------------------------------------------------------------- */

static gboolean
set_format_error (const LtReader *reader, const char *problem, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_FORMAT, "%s %s.", lt_reader_name (reader),
               problem);
  return FALSE;
}

/* The dictionary's text, NUL-terminated. */
static char *
read_dictionary (LtReader *reader, GError **error)
{
  guint8 start[MAGIC_SIZE + 2], length[4] = { 0 };
  g_autofree char *text = NULL;
  guint32 n;

  if (!lt_reader_read (reader, start, sizeof start, "a NumPy header", error))
    return NULL;
  if (memcmp (start, MAGIC, MAGIC_SIZE) != 0) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s begins with the bytes %02x %02x %02x %02x, where a NumPy array begins "
        "with 93 4e 55 4d (“NUMPY”).",
        lt_reader_name (reader), start[0], start[1], start[2], start[3]);
    return NULL;
  }
  if (!lt_reader_read (reader, length, start[MAGIC_SIZE] == 1 ? 2 : 4, "a NumPy header",
                       error))
    return NULL;
  n = length[0] | length[1] << 8 | length[2] << 16 | (guint32) length[3] << 24;
  if (n > MAX_HEADER) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s announces a header of %u bytes; at most %d were expected.",
                 lt_reader_name (reader), n, MAX_HEADER);
    return NULL;
  }
  text = g_malloc0 (n + 1);
  if (!lt_reader_read (reader, text, n, "its header", error))
    return NULL;
  return g_steal_pointer (&text);
}

/* What stands after 'key': in the dictionary; NULL when it is missing. */
static const char *
find_value (const char *dictionary, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", key);
  const char *at = strstr (dictionary, quoted);

  if (at == NULL)
    return NULL;
  at += strlen (quoted);
  at += strspn (at, " ");
  if (*at != ':')
    return NULL;
  return at + 1 + strspn (at + 1, " ");
}

static gboolean
known_type (char type, int size)
{
  switch (type) {
  case 'b':
    return size == 1;
  case 'u':
  case 'i':
    return size == 1 || size == 2 || size == 4 || size == 8;
  case 'f':
    return size == 2 || size == 4 || size == 8;
  default:
    return FALSE;
  }
}

static gboolean
parse_type (const LtReader *reader, const char *at, LtNpyHeader *header, GError **error)
{
  g_autofree char *shown = NULL;

  if (at != NULL && *at == '\'' && at[1] != '\0' && at[2] != '\0' &&
      strchr ("<>|=", at[1]) != NULL) {
    char *end;
    gint64 size = g_ascii_strtoll (at + 3, &end, 10);

    if (*end == '\'' && size >= 1 && size <= 8 && known_type (at[2], (int) size)) {
      header->type = at[2];
      header->size = (int) size;
      header->big_endian =
          at[1] == '>' || (at[1] == '=' && G_BYTE_ORDER == G_BIG_ENDIAN);
      return TRUE;
    }
  }
  shown = at != NULL ? g_strndup (at, strcspn (at, ",}\n")) : g_strdup ("nothing");
  g_strstrip (shown);
  g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
               "%s holds values of the type %s; whole numbers, floats or booleans were "
               "expected.",
               lt_reader_name (reader), shown);
  return FALSE;
}

static gboolean
parse_shape (const LtReader *reader,
             const char *at,
             LtNpyHeader *header,
             GError **error)
{
  if (at == NULL || *at != '(')
    return set_format_error (
        reader, "has a NumPy header without a shape; (rows, values) was expected",
        error);
  at++;
  for (;;) {
    char *end;

    at += strspn (at, " ,");
    if (*at == ')')
      return TRUE;
    if (!g_ascii_isdigit (*at))
      return set_format_error (reader,
                               "has a NumPy header with a shape that is no list "
                               "of numbers",
                               error);
    if (header->n_dimensions == LT_NPY_MAX_DIMENSIONS)
      return set_format_error (reader,
                               "is an array of more than 4 dimensions; rows of "
                               "values or of pictures were expected",
                               error);
    header->dimension[header->n_dimensions++] = g_ascii_strtoull (at, &end, 10);
    at = end;
  }
}

/* The number of values, or FALSE when 64 bits do not hold its bytes. */
static gboolean
count_values (const LtNpyHeader *header, guint64 *count)
{
  guint64 bytes;

  *count = 1;
  for (int d = 0; d < header->n_dimensions; d++)
    if (!g_uint64_checked_mul (count, *count, header->dimension[d]))
      return FALSE;
  return g_uint64_checked_mul (&bytes, *count, header->size) && bytes < G_MAXINT64;
}

static char *
describe_dimensions (const LtNpyHeader *header)
{
  GString *text = g_string_new (NULL);

  for (int d = 0; d < header->n_dimensions; d++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, d > 0 ? " × " : "",
                            header->dimension[d]);
  return g_string_free (text, FALSE);
}

static gboolean
check_size (const LtReader *reader, const LtNpyHeader *header, GError **error)
{
  g_autofree char *dimensions = describe_dimensions (header);
  guint64 count, expected, actual;

  if (!count_values (header, &count)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s announces %s values, more than any memory can hold; its sizes are "
                 "wrong.",
                 lt_reader_name (reader), dimensions);
    return FALSE;
  }
  if (count == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s is an array of %s values; it holds no data.",
                 lt_reader_name (reader), dimensions);
    return FALSE;
  }
  expected = lt_reader_offset (reader) + count * header->size;
  if (lt_reader_content_size (reader, &actual) && actual != expected) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s has %" G_GUINT64_FORMAT " bytes, but its header announces %s values, "
        "which make %" G_GUINT64_FORMAT " bytes; it is cut short, or its sizes "
        "are wrong.",
        lt_reader_name (reader), actual, dimensions, expected);
    return FALSE;
  }
  return TRUE;
}

gboolean
lt_npy_read_header (LtReader *reader, LtNpyHeader *header, GError **error)
{
  g_autofree char *text = read_dictionary (reader, error);
  const char *order;

  memset (header, 0, sizeof *header);
  if (text == NULL)
    return FALSE;
  order = find_value (text, "fortran_order");
  header->fortran_order = order != NULL && g_str_has_prefix (order, "True");
  return parse_type (reader, find_value (text, "descr"), header, error) &&
         parse_shape (reader, find_value (text, "shape"), header, error) &&
         check_size (reader, header, error);
}

/* ---- The values ------------------------------------------------------------------- */

/* Half precision: 1 sign, 5 exponent, 10 fraction bits. */
static double
half_value (guint16 bits)
{
  int exponent = (bits >> 10) & 31;
  double fraction = bits & 1023;
  double value;

  if (exponent == 31)
    value = fraction == 0.0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = ldexp (fraction, -24);
  else
    value = ldexp (fraction + 1024.0, exponent - 25);
  return (bits & 0x8000) != 0 ? -value : value;
}

static double
value_at (const LtNpyHeader *header, const guint8 *p)
{
  guint64 bits = 0;
  guint32 bits32;
  double d;
  float f;

  for (int i = 0; i < header->size; i++)
    bits |= (guint64) p[header->big_endian ? header->size - 1 - i : i] << (8 * i);
  if (header->type == 'i') {
    int unused = 64 - 8 * header->size;

    return (double) ((gint64) (bits << unused) >> unused);
  }
  if (header->type != 'f')
    return (double) bits;
  if (header->size == 2)
    return half_value ((guint16) bits);
  if (header->size == 4) {
    bits32 = (guint32) bits;
    memcpy (&f, &bits32, sizeof f);
    return (double) f;
  }
  memcpy (&d, &bits, sizeof d);
  return d;
}

/* Where the values go: position in the table = Σ index[d] · stride[d], the indices counted
 * in the order of the file. */
typedef struct {
  int n;
  guint64 count[LT_NPY_MAX_DIMENSIONS]; /* the fastest dimension first */
  guint64 stride[LT_NPY_MAX_DIMENSIONS];
  guint64 index[LT_NPY_MAX_DIMENSIONS];
} Walk;

static void
walk_init (Walk *walk, const LtNpyHeader *header, gboolean channels_first)
{
  const guint64 *d = header->dimension;
  guint64 stride[LT_NPY_MAX_DIMENSIONS] = { 0 };
  guint64 product = 1;

  for (int k = header->n_dimensions - 1; k >= 0; k--) {
    stride[k] = product;
    product *= d[k];
  }
  if (channels_first) {
    stride[1] = 1;
    stride[2] = d[3] * d[1];
    stride[3] = d[1];
  }
  memset (walk, 0, sizeof *walk);
  walk->n = header->n_dimensions;
  for (int k = 0; k < walk->n; k++) {
    int from = header->fortran_order ? k : walk->n - 1 - k;

    walk->count[k] = d[from];
    walk->stride[k] = stride[from];
  }
}

/* The place of the value after `at`. */
static guint64
walk_next (Walk *walk, guint64 at)
{
  for (int k = 0; k < walk->n; k++) {
    at += walk->stride[k];
    if (++walk->index[k] < walk->count[k])
      return at;
    at -= walk->count[k] * walk->stride[k];
    walk->index[k] = 0;
  }
  return at;
}

static gboolean
read_values (LtReader *reader,
             const LtNpyHeader *header,
             Walk *walk,
             LtTable *table,
             GError **error)
{
  guint64 left = table->n * table->shape.nv, at = 0;
  guint8 raw[8192];

  while (left > 0) {
    gsize n = MIN (left, sizeof raw / header->size);

    if (!lt_reader_read (reader, raw, n * header->size,
                         "the data that its header announces", error))
      return FALSE;
    for (gsize i = 0; i < n; i++) {
      double value = value_at (header, raw + i * header->size);

      if (table->bytes != NULL)
        table->bytes[at] = (guint8) value;
      else
        table->floats[at] = (float) value;
      at = walk_next (walk, at);
    }
    left -= n;
  }
  return lt_reader_expect_end (reader, "the data that its header announces", error);
}

static gboolean
is_channels (guint64 count)
{
  return count == 1 || count == 3 || count == 4;
}

static gboolean
header_shape (const LtReader *reader,
              const LtNpyHeader *header,
              gboolean channels_first,
              LtShape *shape,
              GError **error)
{
  const guint64 *d = header->dimension;
  LtValueKind kind = header->type == 'b'                        ? LT_BINARY
                     : header->type == 'u' && header->size == 1 ? LT_UNIT
                                                                : LT_REAL;
  guint64 width = 1;

  if (header->n_dimensions < 2)
    return set_format_error (reader,
                             "is an array of fewer than 2 dimensions; rows × "
                             "values, or rows × height × width, were expected",
                             error);
  for (int k = 1; k < header->n_dimensions; k++)
    if (d[k] > G_MAXINT32 / 8 || (width *= d[k]) > G_MAXINT32 / 8)
      return set_format_error (reader,
                               "has rows of more than 268 million values; its "
                               "sizes are wrong, or they are the wrong way round",
                               error);
  if (header->n_dimensions == 2)
    lt_shape_init (shape, "features", kind, 1, (int) d[1], 1);
  else if (channels_first)
    lt_shape_init (shape, "pixels", kind, (int) d[2], (int) d[3], (int) d[1]);
  else
    lt_shape_init (shape, "pixels", kind, (int) d[1], (int) d[2],
                   header->n_dimensions == 4 ? (int) d[3] : 1);
  return TRUE;
}

LtTable *
lt_npy_read_table (LtReader *reader, const LtNpyHeader *header, GError **error)
{
  const guint64 *d = header->dimension;
  gboolean channels_first =
      header->n_dimensions == 4 && is_channels (d[1]) && !is_channels (d[3]);
  gboolean bytes = header->size == 1 && header->type != 'i';
  g_autoptr (LtTable) table = NULL;
  LtShape shape;
  Walk walk;

  if (!header_shape (reader, header, channels_first, &shape, error))
    return NULL;
  table = lt_table_new (lt_reader_name (reader), &shape, d[0],
                        bytes ? LT_TABLE_BYTES : LT_TABLE_FLOATS, error);
  if (table == NULL)
    return NULL;
  walk_init (&walk, header, channels_first);
  if (!read_values (reader, header, &walk, table, error) ||
      !lt_loader_check_finite (table, error))
    return NULL;
  return g_steal_pointer (&table);
}

gint64 *
lt_npy_read_labels (LtReader *reader,
                    const LtNpyHeader *header,
                    gsize n,
                    GError **error)
{
  g_autofree char *dimensions = describe_dimensions (header);
  g_autofree gint64 *labels = NULL;
  guint64 count = 0;

  if (!count_values (header, &count) || count != n || header->dimension[0] != n) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s holds %s labels for %" G_GSIZE_FORMAT
                 " rows of data; one label a row was expected.",
                 lt_reader_name (reader), dimensions, n);
    return NULL;
  }
  labels = g_new (gint64, n);
  for (gsize i = 0; i < n; i++) {
    guint8 raw[8];
    double value;

    if (!lt_reader_read (reader, raw, header->size, "the next label", error))
      return NULL;
    value = value_at (header, raw);
    if (!(fabs (value) <= 1e15) || value != floor (value)) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s has the label %g in row %" G_GSIZE_FORMAT
                   "; a whole number was expected.",
                   lt_reader_name (reader), value, i + 1);
      return NULL;
    }
    labels[i] = (gint64) value;
  }
  return g_steal_pointer (&labels);
}

/* ---- The loader ------------------------------------------------------------------- */

static gboolean
recognises (const LtFileHead *head)
{
  return head->n >= MAGIC_SIZE && memcmp (head->head, MAGIC, MAGIC_SIZE) == 0;
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  g_autoptr (LtReader) reader = lt_reader_open (path, error);
  g_autoptr (LtTable) table = NULL;
  LtNpyHeader header;

  if (reader == NULL || !lt_npy_read_header (reader, &header, error))
    return NULL;
  table = lt_npy_read_table (reader, &header, error);
  if (table == NULL || !lt_loader_shape (table, settings, 0, error))
    return NULL;
  return g_steal_pointer (&table);
}

static const char *const extensions[] = { "npy", NULL };

static const char *const heeded[] = { "picture-size", "groups", NULL };

const LtLoader lt_npy_loader = {
  .title = "NumPy array (.npy)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
