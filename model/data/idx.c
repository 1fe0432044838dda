/* IDX, the format of MNIST (Y. LeCun's page on MNIST): big-endian
 *   0, 0, type, number of dimensions, then each dimension as 32 bits, then the values.
 * Types: 8 unsigned byte, 9 signed byte, 11 short, 12 int, 13 float, 14 double. */
#include <string.h>

#include "core/error.h"
#include "data/loader.h"
#include "data/reader.h"

#define MAX_DIMENSIONS 4

typedef enum {
  IDX_UBYTE = 8,
  IDX_BYTE = 9,
  IDX_SHORT = 11,
  IDX_INT = 12,
  IDX_FLOAT = 13,
  IDX_DOUBLE = 14,
} IdxType;

typedef struct {
  IdxType type;
  int n_dimensions;
  guint32 dimension[MAX_DIMENSIONS];
  gsize width; /* values a row */
} IdxHeader;

static gsize
type_size (IdxType type)
{
  switch (type) {
  case IDX_UBYTE:
  case IDX_BYTE:
    return 1;
  case IDX_SHORT:
    return 2;
  case IDX_INT:
  case IDX_FLOAT:
    return 4;
  case IDX_DOUBLE:
    return 8;
  default:
    return 0;
  }
}

static gboolean
check_magic (const LtReader *reader, const guint8 magic[4], GError **error)
{
  const char *name = lt_reader_name (reader);

  if (magic[0] != 0 || magic[1] != 0 || type_size (magic[2]) == 0) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s begins with the bytes %02x %02x %02x %02x, where an IDX file begins "
        "with 00 00, a type from 08 to 0e, and the number of dimensions.",
        name, magic[0], magic[1], magic[2], magic[3]);
    return FALSE;
  }
  if (magic[3] == 0 || magic[3] > MAX_DIMENSIONS) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s says at byte 3 that it has %d dimensions; from 1 to %d were expected.",
        name, magic[3], MAX_DIMENSIONS);
    return FALSE;
  }
  return TRUE;
}

/* An uncompressed file must have exactly the size that its dimensions give. */
static gboolean
check_size (const LtReader *reader,
            const IdxHeader *header,
            guint64 size,
            GError **error)
{
  g_autoptr (GString) product = g_string_new (NULL);
  guint64 expected = 4 + 4 * (guint64) header->n_dimensions + size;
  guint64 actual;

  if (!lt_reader_content_size (reader, &actual) || actual == expected)
    return TRUE;
  for (int d = 0; d < header->n_dimensions; d++)
    g_string_append_printf (product, "%s%u", d > 0 ? " × " : "", header->dimension[d]);
  g_set_error (
      error, LT_ERROR, LT_ERROR_FORMAT,
      "%s has %" G_GUINT64_FORMAT " bytes, but its header announces %s values, "
      "which make %" G_GUINT64_FORMAT " bytes; it is cut short, or its sizes are "
      "wrong.",
      lt_reader_name (reader), actual, product->str, expected);
  return FALSE;
}

static gboolean
read_header (LtReader *reader, IdxHeader *header, GError **error)
{
  const char *name = lt_reader_name (reader);
  guint64 width = 1, size;
  guint8 magic[4];

  if (!lt_reader_read (reader, magic, sizeof magic, "an IDX header", error) ||
      !check_magic (reader, magic, error))
    return FALSE;
  header->type = magic[2];
  header->n_dimensions = magic[3];
  for (int d = 0; d < header->n_dimensions; d++) {
    guint32 big;

    if (!lt_reader_read (reader, &big, sizeof big, "an IDX header", error))
      return FALSE;
    header->dimension[d] = GUINT32_FROM_BE (big);
    if (header->dimension[d] == 0) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s says at byte %d that dimension %d is 0; it holds no data.", name,
                   4 + 4 * d, d + 1);
      return FALSE;
    }
    if (d > 0 && (!g_uint64_checked_mul (&width, width, header->dimension[d]) ||
                  width > G_MAXINT32 / 8)) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s announces rows of more than %d values; its sizes are wrong.",
                   name, G_MAXINT32 / 8);
      return FALSE;
    }
  }
  header->width = width;
  /* At most 2³² · 2²⁸ · 8: no overflow. */
  size = header->dimension[0] * width * type_size (header->type);
  return check_size (reader, header, size, error);
}

static float
to_float (IdxType type, const guint8 *p)
{
  guint16 u16;
  guint32 u32;
  guint64 u64;
  float f;
  double d;

  switch (type) {
  case IDX_BYTE:
    return (gint8) *p;
  case IDX_SHORT:
    memcpy (&u16, p, sizeof u16);
    return (gint16) GUINT16_FROM_BE (u16);
  case IDX_INT:
    memcpy (&u32, p, sizeof u32);
    return (float) (gint32) GUINT32_FROM_BE (u32);
  case IDX_FLOAT:
    memcpy (&u32, p, sizeof u32);
    u32 = GUINT32_FROM_BE (u32);
    memcpy (&f, &u32, sizeof f);
    return f;
  case IDX_DOUBLE:
    memcpy (&u64, p, sizeof u64);
    u64 = GUINT64_FROM_BE (u64);
    memcpy (&d, &u64, sizeof d);
    return (float) d;
  case IDX_UBYTE:
  default:
    return *p;
  }
}

/* Converted in blocks: a row may be very long. */
static gboolean
read_floats (LtReader *reader, const IdxHeader *header, LtTable *table, GError **error)
{
  gsize size = type_size (header->type), left = table->n * header->width;
  float *values = table->floats;
  guint8 raw[8192];

  while (left > 0) {
    gsize n = MIN (left, sizeof raw / size);

    if (!lt_reader_read (reader, raw, n * size, "the data that its header announces",
                         error))
      return FALSE;
    for (gsize i = 0; i < n; i++)
      *values++ = to_float (header->type, raw + i * size);
    left -= n;
  }
  return TRUE;
}

static void
header_shape (const IdxHeader *header, LtShape *shape)
{
  const guint32 *d = header->dimension;

  if (header->n_dimensions == 2)
    lt_shape_init (shape, "features", LT_REAL, 1, (int) d[1], 1);
  else
    lt_shape_init (shape, "pixels", header->type == IDX_UBYTE ? LT_UNIT : LT_REAL,
                   (int) d[1], (int) d[2], header->n_dimensions == 4 ? (int) d[3] : 1);
}

static LtTable *
read_table (const char *path, GError **error)
{
  g_autoptr (LtReader) reader = lt_reader_open (path, error);
  g_autoptr (LtTable) table = NULL;
  IdxHeader header;
  LtShape shape;
  gboolean read;

  if (reader == NULL || !read_header (reader, &header, error))
    return NULL;
  if (header.n_dimensions == 1) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s holds one value a row, which are labels; open the file of images "
                 "beside it.",
                 lt_reader_name (reader));
    return NULL;
  }
  header_shape (&header, &shape);
  table =
      lt_table_new (lt_reader_name (reader), &shape, header.dimension[0],
                    header.type == IDX_UBYTE ? LT_TABLE_BYTES : LT_TABLE_FLOATS, error);
  if (table == NULL)
    return NULL;
  if (table->bytes != NULL)
    read = lt_reader_read (reader, table->bytes, table->n * shape.nv,
                           "the data that its header announces", error);
  else
    read = read_floats (reader, &header, table, error);
  if (!read ||
      !lt_reader_expect_end (reader, "the data that its header announces", error) ||
      !lt_loader_check_finite (table, error))
    return NULL;
  return g_steal_pointer (&table);
}

/* Labels [n] as whole numbers. */
static gint64 *
read_labels (const char *path, gsize n, GError **error)
{
  g_autoptr (LtReader) reader = lt_reader_open (path, error);
  g_autofree gint64 *labels = NULL;
  IdxHeader header;
  gsize size;

  if (reader == NULL || !read_header (reader, &header, error))
    return NULL;
  if (header.n_dimensions != 1 || header.dimension[0] != n) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s holds %u labels, but there are %" G_GSIZE_FORMAT
                 " pictures beside it; the two must be of one set.",
                 lt_reader_name (reader), header.dimension[0], n);
    return NULL;
  }
  size = type_size (header.type);
  labels = g_new (gint64, n);
  for (gsize i = 0; i < n; i++) {
    guint8 raw[8];
    float value;

    if (!lt_reader_read (reader, raw, size, "the next label", error))
      return NULL;
    value = to_float (header.type, raw);
    if (!(value >= -1e9F && value <= 1e9F) || value != (float) (int) value) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s has the label %g in row %" G_GSIZE_FORMAT
                   "; a whole number was expected.",
                   lt_reader_name (reader), (double) value, i + 1);
      return NULL;
    }
    labels[i] = (gint64) value;
  }
  if (!lt_reader_expect_end (reader, "the data that its header announces", error))
    return NULL;
  return g_steal_pointer (&labels);
}

/* `name` with its first `from` replaced by `to`; NULL when it has none. */
static char *
replace_first (const char *name, const char *from, const char *to)
{
  const char *at = strstr (name, from);

  if (at == NULL)
    return NULL;
  return g_strdup_printf ("%.*s%s%s", (int) (at - name), name, to, at + strlen (from));
}

/* The path of an existing file called `name` beside `path`, with or without .gz. */
static char *
existing_beside (const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *plain = g_str_has_suffix (name, ".gz")
                               ? g_strndup (name, strlen (name) - 3)
                               : g_strdup (name);
  g_autofree char *packed = g_strconcat (plain, ".gz", NULL);
  char *candidate = g_build_filename (folder, plain, NULL);

  if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
    return candidate;
  g_free (candidate);
  candidate = g_build_filename (folder, packed, NULL);
  if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
    return candidate;
  g_free (candidate);
  return NULL;
}

/* train-images-idx3-ubyte → train-labels-idx1-ubyte; NULL when there is none. */
static char *
labels_beside (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *renamed = replace_first (name, "images", "labels");

  if (renamed == NULL)
    return NULL;
  for (int d = 2; d <= MAX_DIMENSIONS; d++) {
    g_autofree char *from = g_strdup_printf ("idx%d", d);
    char *numbered = replace_first (renamed, from, "idx1");

    if (numbered != NULL) {
      g_free (renamed);
      renamed = numbered;
      break;
    }
  }
  return existing_beside (path, renamed);
}

/* train-images… → t10k-images… or test-images…; NULL when there is none. */
static char *
test_beside (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *t10k = NULL, *test = NULL;
  char *found;

  if (!g_str_has_prefix (name, "train"))
    return NULL;
  t10k = replace_first (name, "train", "t10k");
  found = existing_beside (path, t10k);
  if (found != NULL)
    return found;
  test = replace_first (name, "train", "test");
  return existing_beside (path, test);
}

LtTable *
lt_idx_load (const char *path, GError **error)
{
  g_autofree char *labels_path = labels_beside (path), *test_labels_path = NULL;
  g_autofree char *test_path = test_beside (path);
  g_autoptr (LtTable) table = read_table (path, error);
  g_autofree gint64 *labels = NULL;
  gsize n;

  if (table == NULL)
    return NULL;
  n = table->n;
  if (test_path != NULL) {
    g_autoptr (LtTable) test = read_table (test_path, error);

    if (test == NULL || !lt_table_append_test (table, test, error))
      return NULL;
    test_labels_path = labels_beside (test_path);
  }
  if (labels_path == NULL || (test_path != NULL && test_labels_path == NULL))
    return g_steal_pointer (&table);

  labels = read_labels (labels_path, n, error);
  if (labels == NULL)
    return NULL;
  if (test_labels_path != NULL) {
    g_autofree gint64 *test_labels =
        read_labels (test_labels_path, table->n_test, error);

    if (test_labels == NULL)
      return NULL;
    labels = g_realloc_n (labels, table->n, sizeof *labels);
    memcpy (labels + n, test_labels, table->n_test * sizeof *labels);
  }
  if (!lt_table_label_numbers (table, labels, labels_path, error))
    return NULL;
  return g_steal_pointer (&table);
}

static gboolean
recognises (const LtFileHead *head)
{
  return head->n >= 4 && head->head[0] == 0 && head->head[1] == 0 &&
         type_size (head->head[2]) > 0 && head->head[3] >= 1 &&
         head->head[3] <= MAX_DIMENSIONS;
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  LtTable *table = lt_idx_load (path, error);

  if (table != NULL && !lt_loader_shape_picture (table, settings->picture, error))
    g_clear_pointer (&table, lt_table_free);
  return table;
}

static const char *const extensions[] = { "idx",        "idx1-ubyte", "idx2-ubyte",
                                          "idx3-ubyte", "idx4-ubyte", NULL };

static const char *const heeded[] = { "picture-size", NULL };

const LtLoader lt_idx_loader = {
  .title = "IDX (.idx, …-ubyte, also .gz)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
