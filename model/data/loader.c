/* The table of file formats, and the file source. */
#include "data/loader.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "core/error.h"
#include "data/groups.h"
#include "data/reader.h"
#include "data/source.h"

const LtLoader *const lt_loaders[] = {
  &lt_cifar_loader, &lt_folder_loader, &lt_npy_loader, &lt_npz_loader,
  &lt_mat_loader,   &lt_idx_loader,    &lt_csv_loader, NULL,
};

/* ---- Which loader? ---------------------------------------------------------------- */

static gboolean
fill_head (LtFileHead *head, const char *path, GError **error)
{
  g_autoptr (LtReader) reader = NULL;
  gzFile file;
  int n;

  memset (head, 0, sizeof *head);
  head->path = path;
  head->is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  if (head->is_folder)
    return TRUE;

  /* For its sentences about files that are missing, empty or not to be read. */
  reader = lt_reader_open (path, error);
  if (reader == NULL)
    return FALSE;
  file = gzopen (path, "rbe");
  n = file != NULL ? gzread (file, head->head, sizeof head->head) : 0;
  head->n = n > 0 ? (gsize) n : 0;
  if (file != NULL)
    gzclose (file);
  return TRUE;
}

/* The name's end agrees with one of the extensions, .gz aside. */
static gboolean
has_extension (const LtLoader *loader, const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".gz"))
    lower[strlen (lower) - 3] = '\0';
  for (int i = 0; loader->extensions[i] != NULL; i++) {
    const char *extension = loader->extensions[i];
    gsize n = strlen (extension), all = strlen (lower);

    if (all > n && strcmp (lower + all - n, extension) == 0 &&
        strchr (".-", lower[all - n - 1]) != NULL)
      return TRUE;
  }
  return FALSE;
}

const LtLoader *
lt_loader_find (const char *path, GError **error)
{
  g_autoptr (GString) titles = g_string_new (NULL);
  g_autofree char *name = g_filename_display_name (path);
  LtFileHead head;

  if (!fill_head (&head, path, error))
    return NULL;
  for (int i = 0; lt_loaders[i] != NULL; i++)
    if (lt_loaders[i]->recognises (&head))
      return lt_loaders[i];
  for (int i = 0; lt_loaders[i] != NULL; i++)
    if (has_extension (lt_loaders[i], path))
      return lt_loaders[i];

  for (int i = 0; lt_loaders[i] != NULL; i++)
    g_string_append_printf (titles, "%s%s", i > 0 ? ", " : "", lt_loaders[i]->title);
  g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
               "%s is of no format that can be read here; those are %s.", name,
               titles->str);
  return NULL;
}

/* ---- What loaders share ----------------------------------------------------------- */

gboolean
lt_loader_check_finite (const LtTable *table, GError **error)
{
  gsize size = table->n * table->shape.nv;

  for (gsize i = 0; table->floats != NULL && i < size; i++) {
    if (isfinite (table->floats[i]))
      continue;
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has the value %s in row %" G_GSIZE_FORMAT
                 ", value %" G_GSIZE_FORMAT "; every value must be a finite number.",
                 table->name, isnan (table->floats[i]) ? "NaN" : "infinity",
                 i / table->shape.nv + 1, i % table->shape.nv + 1);
    return FALSE;
  }
  return TRUE;
}

gboolean
lt_loader_shape_picture (LtTable *table, const char *picture, GError **error)
{
  const LtModality *first = &table->shape.modality[0];
  LtValueKind kind = table->bytes != NULL ? LT_UNIT : first->kind;
  int height, width, channels = 1, end = 0, n;

  if (strcmp (picture, "auto") == 0 || *picture == '\0') {
    if (!lt_shape_is_picture (&table->shape))
      lt_table_guess_picture (table);
    return TRUE;
  }
  if (strcmp (picture, "none") == 0) {
    lt_shape_init (&table->shape, "features", kind, 1, table->shape.nv, 1);
    return TRUE;
  }
  n = sscanf (picture, "%5dx%5d%nx%5d%n", &height, &width, &end, &channels, &end);
  if (n < 2 || picture[end] != '\0' || height < 1 || width < 1 || channels < 1) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The picture size “%s” is not understood; write auto, none, "
                 "HEIGHTxWIDTH such as 28x28, or HEIGHTxWIDTHxCHANNELS.",
                 picture);
    return FALSE;
  }
  if ((gint64) height * width * channels != table->shape.nv) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "%s has %d values a row, but pictures of %s would have %" G_GINT64_FORMAT
        "; choose a picture size that fits.",
        table->name, table->shape.nv, picture, (gint64) height * width * channels);
    return FALSE;
  }
  lt_table_pack_bytes (table);
  kind = table->bytes != NULL ? LT_UNIT : kind;
  lt_shape_init (&table->shape, "pixels", kind, height, width, channels);
  return TRUE;
}

gboolean
lt_loader_shape (LtTable *table,
                 const LtFileSettings *settings,
                 int label_column,
                 GError **error)
{
  const char *picture = settings->picture;

  if (!lt_groups_are_given (settings->groups))
    return lt_loader_shape_picture (table, picture, error);
  if (*picture == '\0' || strcmp (picture, "auto") == 0 ||
      strcmp (picture, "none") == 0)
    return lt_groups_apply (settings->groups, label_column, table, error);
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "A row of %s cannot be both a picture of %s and the groups “%s”; choose "
               "picture-size=none or groups=auto.",
               table->name, picture, settings->groups);
  return FALSE;
}

/* ---- The file source -------------------------------------------------------------- */

static const char *const header_names[] = { "auto", "yes", "no", NULL };

static const LtKnob knobs[] = {
  { .key = "label-column",
    .title = "Label column",
    .unit = "",
    .group = "File",
    .help =
        "The column of a CSV file with the labels: auto, none, its name, or its number "
        "from 1.",
    .type = LT_KNOB_TEXT,
    .fallback = "auto",
    .offset = offsetof (LtFileSettings, label_column) },
  { .key = "header",
    .title = "Header",
    .unit = "",
    .group = "File",
    .help = "Whether the first line of a CSV file names the columns.",
    .type = LT_KNOB_CHOICE,
    .fallback = "auto",
    .choices = header_names,
    .offset = offsetof (LtFileSettings, header) },
  { .key = "variable",
    .title = "Variable",
    .unit = "",
    .group = "File",
    .help = "The array of a .mat or .npz file that holds the data: auto, or its name.",
    .type = LT_KNOB_TEXT,
    .fallback = "auto",
    .offset = offsetof (LtFileSettings, variable) },
  { .key = "picture-size",
    .title = "Picture size",
    .unit = "",
    .group = "File",
    .help = "How a row is read as a picture: auto, none, or a size such as 28x28 or "
            "32x32x3.",
    .type = LT_KNOB_TEXT,
    .fallback = "auto",
    .offset = offsetof (LtFileSettings, picture) },
  { .key = "groups",
    .title = "Groups of columns",
    .unit = "",
    .group = "File",
    .help =
        "Columns of different kinds, such as “binary 1-9; gaussian 10-12; counts "
        "13-60”: as they are from 0 to 1, each to mean 0 and variance 1, and as "
        "they are. Columns count from 1, the labels' too, and each is in one group; "
        "auto takes all for one kind.",
    .type = LT_KNOB_TEXT,
    .fallback = "auto",
    .offset = offsetof (LtFileSettings, groups) },
};

static LtTable *
load (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  const LtLoader *loader = lt_loader_find (path, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *title = g_filename_display_name (base);
  g_autofree char *source = g_filename_display_name (path);
  LtTable *table;

  if (loader == NULL)
    return NULL;
  table = loader->load (path, settings, error);
  if (table == NULL)
    return NULL;
  lt_table_describe (table, title, source, "");
  g_free (table->name);
  table->name = g_steal_pointer (&title);
  return table;
}

const LtSource lt_file_source = {
  .name = "file",
  .title = "File",
  .summary = "A file or folder of your own.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtFileSettings) },
  .load = load,
};
