/* MATLAB's files, through libmatio. The largest array of numbers is the data: [rows, values]
 * or, where the labels say so, [values, rows]; [height, width, rows];
 * [height, width, channels, rows]. MATLAB stores the first index fastest. A vector with one
 * whole number a row is the labels. */
#include <math.h>
#include <matio.h>
#include <string.h>

#include "core/error.h"
#include "data/loader.h"
#include "data/memory.h"
#include "data/reader.h"

typedef struct {
  mat_t *file;
  char *name;           /* of the file, for people */
  GPtrArray *variables; /* matvar_t without their values */
} MatFile;

static void
mat_file_clear (MatFile *self)
{
  g_clear_pointer (&self->variables, g_ptr_array_unref);
  g_clear_pointer (&self->file, Mat_Close);
  g_clear_pointer (&self->name, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MatFile, mat_file_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (matvar_t, Mat_VarFree)

static gboolean
is_numeric (const matvar_t *variable)
{
  return variable->class_type >= MAT_C_DOUBLE && variable->class_type <= MAT_C_UINT64 &&
         !variable->isComplex && variable->dims != NULL && variable->rank >= 2 &&
         variable->rank <= 4;
}

/* 0 when it does not fit into 63 bits. */
static guint64
count_values (const matvar_t *variable)
{
  guint64 count = 1;

  for (int d = 0; d < variable->rank; d++)
    if (!g_uint64_checked_mul (&count, count, variable->dims[d]) || count > G_MAXINT64)
      return 0;
  return count;
}

static gboolean
is_vector (const matvar_t *variable)
{
  return variable->rank == 2 && (variable->dims[0] == 1 || variable->dims[1] == 1);
}

/* ---- Which variable? -------------------------------------------------------------- */

/* libmatio reads a file that is cut short as if zeros followed. So the elements are walked
 * first: after 128 bytes of header each has a type and a size of 32 bits. Files of version
 * 7.3 are HDF5, which checks itself. */
static gboolean
check_elements (LtReader *reader, GError **error)
{
  guint8 header[128], skipped[4096];
  guint64 size;

  /* Anything shorter is refused when it is opened. */
  if (!lt_reader_content_size (reader, &size) || size < sizeof header)
    return TRUE;
  if (!lt_reader_read (reader, header, sizeof header, "a MATLAB header", error))
    return FALSE;
  if (memcmp (header, "MATLAB 5", 8) != 0)
    return TRUE;
  while (lt_reader_offset (reader) < size) {
    guint32 tag[2];

    if (!lt_reader_read (reader, tag, sizeof tag, "its next variable", error))
      return FALSE;
    /* The header ends with "MI" as the writer's 16-bit number. */
    if ((header[126] == 'M') == (G_BYTE_ORDER == G_LITTLE_ENDIAN))
      tag[1] = GUINT32_SWAP_LE_BE (tag[1]);
    for (guint32 left = tag[1]; left > 0;) {
      guint32 n = MIN (left, sizeof skipped);

      if (!lt_reader_read (reader, skipped, n, "its next variable", error))
        return FALSE;
      left -= n;
    }
  }
  return TRUE;
}

static gboolean
open_file (MatFile *self, const char *path, GError **error)
{
  g_autoptr (LtReader) reader = lt_reader_open (path, error);
  matvar_t *variable;

  if (reader == NULL || !check_elements (reader, error))
    return FALSE;
  self->name = g_filename_display_name (path);
  self->variables = g_ptr_array_new_with_free_func ((GDestroyNotify) Mat_VarFree);
  self->file = Mat_Open (path, MAT_ACC_RDONLY);
  if (self->file == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s is not a MATLAB file of version 5; save it in MATLAB with "
                 "save (…, '-v7').",
                 self->name);
    return FALSE;
  }
  while ((variable = Mat_VarReadNextInfo (self->file)) != NULL)
    g_ptr_array_add (self->variables, variable);
  return TRUE;
}

static char *
list_names (const MatFile *self)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->variables->len; i++) {
    const matvar_t *variable = self->variables->pdata[i];

    if (variable->name != NULL)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              variable->name);
  }
  return names->len > 0 ? g_utf8_make_valid (names->str, -1) : g_strdup ("none");
}

static const matvar_t *
find_named (const MatFile *self, const char *wanted, GError **error)
{
  g_autofree char *names = list_names (self);

  for (guint i = 0; i < self->variables->len; i++) {
    const matvar_t *variable = self->variables->pdata[i];

    if (variable->name == NULL || strcmp (variable->name, wanted) != 0)
      continue;
    if (is_numeric (variable))
      return variable;
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "The variable “%s” of %s is no array of real numbers with 2 to 4 "
                 "dimensions.",
                 wanted, self->name);
    return NULL;
  }
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "%s has no variable “%s”; its variables are %s.", self->name, wanted,
               names);
  return NULL;
}

static const matvar_t *
find_data (const MatFile *self, const char *wanted, GError **error)
{
  g_autofree char *names = list_names (self);
  const matvar_t *largest = NULL;

  if (*wanted != '\0' && strcmp (wanted, "auto") != 0)
    return find_named (self, wanted, error);
  for (guint i = 0; i < self->variables->len; i++) {
    const matvar_t *variable = self->variables->pdata[i];

    if (is_numeric (variable) && !is_vector (variable) &&
        (largest == NULL || count_values (variable) > count_values (largest)))
      largest = variable;
  }
  if (largest == NULL)
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s holds no array of real numbers with 2 to 4 dimensions; its variables "
        "are: %s.",
        self->name, names);
  return largest;
}

/* A vector of n numbers, preferably one that is called like labels. */
static const matvar_t *
find_labels (const MatFile *self, gsize n)
{
  static const char *const usual[] = { "y",       "labels", "label", "target",
                                       "targets", "t",      "gnd",   NULL };
  const matvar_t *found = NULL;

  for (guint i = 0; i < self->variables->len; i++) {
    const matvar_t *variable = self->variables->pdata[i];
    g_autofree char *lower = NULL;

    if (!is_numeric (variable) || !is_vector (variable) ||
        count_values (variable) != n || variable->name == NULL)
      continue;
    lower = g_ascii_strdown (variable->name, -1);
    if (g_strv_contains (usual, lower))
      return variable;
    if (found == NULL)
      found = variable;
  }
  return found;
}

/* ---- Values ----------------------------------------------------------------------- */

static double
value_at (const matvar_t *variable, gsize i)
{
  switch (variable->class_type) {
  case MAT_C_DOUBLE:
    return ((const double *) variable->data)[i];
  case MAT_C_SINGLE:
    return (double) ((const float *) variable->data)[i];
  case MAT_C_INT8:
    return ((const gint8 *) variable->data)[i];
  case MAT_C_UINT8:
    return ((const guint8 *) variable->data)[i];
  case MAT_C_INT16:
    return ((const gint16 *) variable->data)[i];
  case MAT_C_UINT16:
    return ((const guint16 *) variable->data)[i];
  case MAT_C_INT32:
    return ((const gint32 *) variable->data)[i];
  case MAT_C_UINT32:
    return ((const guint32 *) variable->data)[i];
  case MAT_C_INT64:
    return (double) ((const gint64 *) variable->data)[i];
  case MAT_C_UINT64:
    return (double) ((const guint64 *) variable->data)[i];
  case MAT_C_EMPTY:
  case MAT_C_CELL:
  case MAT_C_STRUCT:
  case MAT_C_OBJECT:
  case MAT_C_CHAR:
  case MAT_C_SPARSE:
  case MAT_C_FUNCTION:
  case MAT_C_OPAQUE:
  default:
    g_assert_not_reached ();
  }
}

/* Reads the values of one of the variables; 12 bytes each: its own and the table's. */
static matvar_t *
read_values (const MatFile *self, const matvar_t *info, GError **error)
{
  guint64 count = count_values (info);
  g_autoptr (matvar_t) variable = NULL;

  if (count == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "The variable “%s” of %s has no values, or impossibly many.",
                 info->name, self->name);
    return NULL;
  }
  if (!lt_memory_check (self->name, count, 1, 12, error))
    return NULL;
  variable = Mat_VarRead (self->file, info->name);
  if (variable == NULL || variable->data == NULL || !is_numeric (variable) ||
      count_values (variable) != count ||
      variable->nbytes < count * Mat_SizeOfClass (variable->class_type)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "The values of the variable “%s” of %s cannot be read; the file is cut "
        "short or damaged.",
        info->name, self->name);
    return NULL;
  }
  return g_steal_pointer (&variable);
}

/* How the array's indices become rows, height, width and channels. */
typedef struct {
  gsize n, height, width, channels;
  gsize row_stride, y_stride, x_stride, channel_stride;
} Layout;

static gboolean
lay_out (const MatFile *self, const matvar_t *v, Layout *layout, GError **error)
{
  const size_t *d = v->dims;

  if (v->rank == 2 && find_labels (self, d[0]) == NULL &&
      find_labels (self, d[1]) != NULL)
    *layout = (Layout){ d[1], 1, d[0], 1, d[0], 0, 1, 0 };
  else if (v->rank == 2)
    *layout = (Layout){ d[0], 1, d[1], 1, 1, 0, d[0], 0 };
  else if (v->rank == 3)
    *layout = (Layout){ d[2], d[0], d[1], 1, d[0] * d[1], 1, d[0], 0 };
  else
    *layout =
        (Layout){ d[3], d[0], d[1], d[2], d[0] * d[1] * d[2], 1, d[0], d[0] * d[1] };
  if (count_values (v) / layout->n <= G_MAXINT32 / 8)
    return TRUE;
  g_set_error (
      error, LT_ERROR, LT_ERROR_FORMAT,
      "The variable “%s” of %s has rows of more than 268 million values; it is "
      "probably the wrong way round.",
      v->name, self->name);
  return FALSE;
}

static void
copy_values (const matvar_t *v, const Layout *l, LtTable *table)
{
  gsize to = 0;

  for (gsize i = 0; i < l->n; i++)
    for (gsize y = 0; y < l->height; y++)
      for (gsize x = 0; x < l->width; x++)
        for (gsize c = 0; c < l->channels; c++) {
          double value = value_at (v, i * l->row_stride + y * l->y_stride +
                                          x * l->x_stride + c * l->channel_stride);

          if (table->bytes != NULL)
            table->bytes[to++] = (guint8) value;
          else
            table->floats[to++] = (float) value;
        }
}

static LtTable *
read_table (const MatFile *self, const matvar_t *info, GError **error)
{
  g_autoptr (matvar_t) variable = read_values (self, info, error);
  g_autoptr (LtTable) table = NULL;
  gboolean bytes;
  LtShape shape;
  Layout layout;

  if (variable == NULL || !lay_out (self, variable, &layout, error))
    return NULL;
  bytes = variable->class_type == MAT_C_UINT8;
  lt_shape_init (&shape, layout.height > 1 ? "pixels" : "features",
                 bytes ? LT_UNIT : LT_REAL, (int) layout.height, (int) layout.width,
                 (int) layout.channels);
  table = lt_table_new (self->name, &shape, layout.n,
                        bytes ? LT_TABLE_BYTES : LT_TABLE_FLOATS, error);
  if (table == NULL)
    return NULL;
  copy_values (variable, &layout, table);
  if (!lt_loader_check_finite (table, error))
    return NULL;
  return g_steal_pointer (&table);
}

/* A matching vector that is not whole numbers is not labels: only those with a usual name
 * are expected to be. */
static gboolean
add_labels (const MatFile *self, LtTable *table, GError **error)
{
  const matvar_t *info = find_labels (self, table->n);
  g_autoptr (matvar_t) variable = NULL;
  g_autofree gint64 *labels = NULL;

  if (info == NULL)
    return TRUE;
  variable = read_values (self, info, error);
  if (variable == NULL)
    return FALSE;
  labels = g_new (gint64, table->n);
  for (gsize i = 0; i < table->n; i++) {
    double value = value_at (variable, i);

    if (!(fabs (value) <= 1e15) || value != floor (value)) {
      g_free (table->note);
      table->note =
          g_strdup_printf ("The vector “%s” is not used as labels: it is not all "
                           "whole numbers.",
                           info->name);
      return TRUE;
    }
    labels[i] = (gint64) value;
  }
  return lt_table_label_numbers (table, labels, self->name, error);
}

/* ---- The loader ------------------------------------------------------------------- */

static gboolean
recognises (const LtFileHead *head)
{
  return head->n >= 128 && memcmp (head->head, "MATLAB ", 7) == 0;
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  g_auto (MatFile) file = { NULL };
  g_autoptr (LtTable) table = NULL;
  const matvar_t *data;

  if (!open_file (&file, path, error))
    return NULL;
  data = find_data (&file, settings->variable, error);
  if (data == NULL)
    return NULL;
  table = read_table (&file, data, error);
  if (table == NULL || !add_labels (&file, table, error) ||
      !lt_loader_shape (table, settings, 0, error))
    return NULL;
  return g_steal_pointer (&table);
}

static const char *const extensions[] = { "mat", NULL };

static const char *const heeded[] = { "variable", "picture-size", "groups", NULL };

const LtLoader lt_mat_loader = {
  .title = "MATLAB file (.mat)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};
