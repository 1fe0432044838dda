/* A snapshot's tensors as files that other programs read. */
#include "train/weights-file.h"

#include "core/error.h"
#include "core/file-writer.h"
#include "data/npy-writer.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <zip.h>

/* Both formats are little-endian, and so are the blocks on every machine that this runs on. */
G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

/* A tensor with its numbers, from the parameters or the state. */
typedef struct {
  const LtTensor *tensor;
  const float *values;
} Part;

static void
add_parts (GArray *parts, const LtLayout *layout, const float *block)
{
  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);
    Part part = { tensor, block + tensor->offset };

    g_array_append_val (parts, part);
  }
}

static GArray *
list_parts (const LtSnapshot *snapshot)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (Part));

  add_parts (parts, snapshot->model->params, snapshot->params);
  if (snapshot->state != NULL)
    add_parts (parts, snapshot->model->state, snapshot->state);
  return parts;
}

/* ---- NPZ ------------------------------------------------------------------------ */

/* The .npy file of a tensor. */
static GBytes *
tensor_to_npy (const Part *part)
{
  gsize dims[LT_MAX_DIMS];
  g_autoptr (GBytes) header = NULL;
  GByteArray *bytes = g_byte_array_new ();

  for (int i = 0; i < part->tensor->n_dims; i++)
    dims[i] = (gsize) part->tensor->dims[i];
  header = lt_npy_header (part->tensor->n_dims, dims);
  g_byte_array_append (bytes, g_bytes_get_data (header, NULL),
                       g_bytes_get_size (header));
  g_byte_array_append (bytes, (const guint8 *) part->values,
                       part->tensor->size * sizeof (float));
  return g_byte_array_free_to_bytes (bytes);
}

/* Adds `bytes` under the tensor's name; the bytes must outlive the archive. */
static gboolean
add_member (zip_t *archive, const char *tensor, GBytes *bytes)
{
  g_autofree char *name = g_strconcat (tensor, ".npy", NULL);
  zip_source_t *source = zip_source_buffer (archive, g_bytes_get_data (bytes, NULL),
                                            g_bytes_get_size (bytes), 0);
  zip_int64_t index;

  if (source == NULL)
    return FALSE;
  index = zip_file_add (archive, name, source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free (source);
    return FALSE;
  }
  /* 1 January 1980, the format's first day: equal weights give equal files. */
  return zip_set_file_compression (archive, (zip_uint64_t) index, ZIP_CM_STORE, 0) ==
             0 &&
         zip_file_set_dostime (archive, (zip_uint64_t) index, 0, 0x21, 0) == 0;
}

static gboolean
set_zip_error (const char *path, const char *reason, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” could not be written: %s.", path,
               reason);
  return FALSE;
}

/* libzip writes to a temporary file and renames it when the archive is closed. */
static gboolean
write_members (zip_t *archive, const char *path, GArray *parts, GError **error)
{
  g_autoptr (GPtrArray) contents =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < parts->len; i++) {
    const Part *part = &g_array_index (parts, Part, i);

    g_ptr_array_add (contents, tensor_to_npy (part));
    if (!add_member (archive, part->tensor->name, contents->pdata[i])) {
      set_zip_error (path, zip_strerror (archive), error);
      zip_discard (archive);
      return FALSE;
    }
  }
  if (zip_close (archive) != 0) {
    set_zip_error (path, zip_strerror (archive), error);
    zip_discard (archive);
    return FALSE;
  }
  return TRUE;
}

gboolean
lt_weights_write_npz (const LtSnapshot *snapshot, const char *path, GError **error)
{
  g_autoptr (GArray) parts = list_parts (snapshot);
  int code;
  zip_t *archive = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, &code);

  if (archive == NULL) {
    zip_error_t reason;

    zip_error_init_with_code (&reason, code);
    set_zip_error (path, zip_error_strerror (&reason), error);
    zip_error_fini (&reason);
    return FALSE;
  }
  return write_members (archive, path, parts, error);
}

/* ---- safetensors ---------------------------------------------------------------- */

static void
add_integers (JsonBuilder *json, const char *name, int n, const gint64 *values)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (int i = 0; i < n; i++)
    json_builder_add_int_value (json, values[i]);
  json_builder_end_array (json);
}

/* "W1": {"dtype": "F32", "shape": [500, 784], "data_offsets": [0, 1568000]} */
static void
describe_tensor (JsonBuilder *json, const LtTensor *tensor, gint64 *offset)
{
  gint64 shape[LT_MAX_DIMS];
  gint64 ends[2] = { *offset, *offset + (gint64) (tensor->size * sizeof (float)) };

  for (int i = 0; i < tensor->n_dims; i++)
    shape[i] = tensor->dims[i];
  json_builder_set_member_name (json, tensor->name);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "dtype");
  json_builder_add_string_value (json, "F32");
  add_integers (json, "shape", tensor->n_dims, shape);
  add_integers (json, "data_offsets", 2, ends);
  json_builder_end_object (json);
  *offset = ends[1];
}

/* The JSON header, padded with spaces so that the tensors begin at a multiple of 64. */
static char *
describe_tensors (const LtSnapshot *snapshot, GArray *parts)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  gint64 offset = 0;
  gsize length, padded;
  char *header;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "__metadata__");
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "model");
  json_builder_add_string_value (json, snapshot->model->kind->name);
  json_builder_end_object (json);
  for (guint i = 0; i < parts->len; i++)
    describe_tensor (json, g_array_index (parts, Part, i).tensor, &offset);
  json_builder_end_object (json);

  root = json_builder_get_root (json);
  text = json_to_string (root, FALSE);
  length = strlen (text);
  padded = (length + 8 + 63) / 64 * 64 - 8;
  header = g_malloc (padded + 1);
  memset (header, ' ', padded);
  memcpy (header, text, length);
  header[padded] = '\0';
  return header;
}

gboolean
lt_weights_write_safetensors (const LtSnapshot *snapshot,
                              const char *path,
                              GError **error)
{
  g_autoptr (GArray) parts = list_parts (snapshot);
  g_autofree char *header = describe_tensors (snapshot, parts);
  guint64 length = strlen (header);
  g_autoptr (LtFileWriter) file = lt_file_writer_new (path, error);

  if (file == NULL || !lt_file_writer_put (file, &length, sizeof length, error) ||
      !lt_file_writer_put (file, header, length, error))
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    const Part *part = &g_array_index (parts, Part, i);
    gsize size = part->tensor->size * sizeof (float);

    if (!lt_file_writer_put (file, part->values, size, error))
      return FALSE;
  }
  return lt_file_writer_commit (file, error);
}
