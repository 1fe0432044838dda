/* Tables: rows as they were found, before scaling and splitting. */
#include "data/table.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/memory.h"

/* More classes than this are a measured quantity, not a name. */
#define MAX_CLASSES 1000

LtTable *
lt_table_new (const char *name,
              const LtShape *shape,
              gsize n,
              LtTableStorage storage,
              GError **error)
{
  gsize size = storage == LT_TABLE_BYTES ? 1 : sizeof (float);
  gpointer values;
  LtTable *self;

  if (n > G_MAXINT32) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has %" G_GSIZE_FORMAT " rows; at most %d can be used.", name, n,
                 G_MAXINT32);
    return NULL;
  }
  if (!lt_memory_check (name, n, shape->nv, size, error))
    return NULL;
  values = g_try_malloc (MAX (n * shape->nv * size, 1));
  if (values == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
                 "%s needs %.1f GB of memory, which the system refuses to give.", name,
                 (double) n * shape->nv * (double) size / 1e9);
    return NULL;
  }

  self = g_new0 (LtTable, 1);
  self->name = g_strdup (name);
  self->shape = *shape;
  self->n = n;
  if (storage == LT_TABLE_BYTES)
    self->bytes = values;
  else
    self->floats = values;
  return self;
}

void
lt_table_free (LtTable *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->source);
  g_free (self->licence);
  g_free (self->bytes);
  g_free (self->floats);
  g_free (self->labels);
  g_strfreev (self->label_names);
  g_strfreev (self->feature_names);
  g_free (self->note);
  g_free (self);
}

void
lt_table_describe (LtTable *self,
                   const char *title,
                   const char *source,
                   const char *licence)
{
  g_autofree char *old_title = g_steal_pointer (&self->title);
  g_autofree char *old_source = g_steal_pointer (&self->source);
  g_autofree char *old_licence = g_steal_pointer (&self->licence);

  self->title = g_strdup (title);
  self->source = g_strdup (source);
  self->licence = g_strdup (licence);
}

gboolean
lt_table_append_test (LtTable *table, const LtTable *test, GError **error)
{
  gsize width = table->shape.nv * (table->bytes != NULL ? 1 : sizeof (float));
  gpointer grown;

  if (!lt_shape_equal (&table->shape, &test->shape) ||
      (table->bytes == NULL) != (test->bytes == NULL)) {
    g_autofree char *ours = lt_shape_describe (&table->shape);
    g_autofree char *theirs = lt_shape_describe (&test->shape);

    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s holds rows of %s, but the test set beside it, %s, of %s; the two must "
        "be alike.",
        table->name, ours, test->name, theirs);
    return FALSE;
  }
  if (!lt_memory_check (table->name, table->n + test->n, width, 1, error))
    return FALSE;
  grown = table->bytes != NULL ? (gpointer) table->bytes : (gpointer) table->floats;
  grown = g_realloc (grown, (table->n + test->n) * width);
  memcpy ((char *) grown + table->n * width,
          test->bytes != NULL ? (gconstpointer) test->bytes : test->floats,
          test->n * width);
  if (table->bytes != NULL)
    table->bytes = grown;
  else
    table->floats = grown;
  table->n += test->n;
  table->n_test = test->n;
  return TRUE;
}

static gboolean
too_many_classes (const char *what, GError **error)
{
  g_set_error (
      error, LT_ERROR, LT_ERROR_FORMAT,
      "%s has more than %d different values, which are too many for labels; choose "
      "another label column, or none.",
      what, MAX_CLASSES);
  return FALSE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* The different values, ascending; NULL when there are more than MAX_CLASSES. */
static GArray *
distinct_numbers (const gint64 *values, gsize n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  GArray *distinct = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gsize i = 0; i < n; i++) {
    if (!g_hash_table_add (seen, (gpointer) &values[i]))
      continue;
    if (distinct->len == MAX_CLASSES) {
      g_array_unref (distinct);
      return NULL;
    }
    g_array_append_val (distinct, values[i]);
  }
  g_array_sort (distinct, compare_numbers);
  return distinct;
}

gboolean
lt_table_label_numbers (LtTable *self,
                        const gint64 *values,
                        const char *what,
                        GError **error)
{
  g_autoptr (GArray) distinct = distinct_numbers (values, self->n);

  if (distinct == NULL)
    return too_many_classes (what, error);

  g_free (self->labels);
  g_strfreev (self->label_names);
  self->labels = g_new (int, MAX (self->n, 1));
  for (gsize i = 0; i < self->n; i++) {
    guint index = 0;

    g_array_binary_search (distinct, &values[i], compare_numbers, &index);
    self->labels[i] = (int) index;
  }
  self->label_names = g_new0 (char *, distinct->len + 1);
  for (guint i = 0; i < distinct->len; i++)
    self->label_names[i] =
        g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (distinct, gint64, i));
  return TRUE;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

gboolean
lt_table_label_strings (LtTable *self,
                        const char *const *values,
                        const char *what,
                        GError **error)
{
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (gsize i = 0; i < self->n; i++) {
    if (!g_hash_table_add (index, (gpointer) values[i]))
      continue;
    if (names->len == MAX_CLASSES)
      return too_many_classes (what, error);
    g_ptr_array_add (names, (gpointer) values[i]);
  }
  g_ptr_array_sort (names, compare_strings);

  g_free (self->labels);
  g_strfreev (self->label_names);
  self->label_names = g_new0 (char *, names->len + 1);
  g_hash_table_remove_all (index);
  for (guint k = 0; k < names->len; k++) {
    self->label_names[k] = g_utf8_make_valid (names->pdata[k], -1);
    g_hash_table_insert (index, names->pdata[k], GUINT_TO_POINTER (k));
  }
  self->labels = g_new (int, MAX (self->n, 1));
  for (gsize i = 0; i < self->n; i++)
    self->labels[i] = GPOINTER_TO_INT (g_hash_table_lookup (index, values[i]));
  return TRUE;
}

void
lt_table_pack_bytes (LtTable *self)
{
  gsize size = self->n * self->shape.nv;
  float highest = 0.0F;

  if (self->floats == NULL)
    return;
  for (gsize i = 0; i < size; i++) {
    float value = self->floats[i];

    if (!(value >= 0.0F && value <= 255.0F && value == floorf (value)))
      return;
    highest = value > highest ? value : highest;
  }

  /* Numbers from 0 to 16, say, are shades, but not of 255. */
  if (highest > 1.0F && highest < 128.0F && self->natural == LT_SCALING_AUTO)
    self->natural = LT_SCALING_RANGE;

  /* In place, front to back: byte i lies at or before float i. */
  self->bytes = (guint8 *) self->floats;
  for (gsize i = 0; i < size; i++)
    self->bytes[i] = (guint8) self->floats[i];
  self->floats = NULL;
  self->bytes = g_realloc (self->bytes, MAX (size, 1));
}

void
lt_table_guess_picture (LtTable *self)
{
  int side = (int) sqrt ((double) self->shape.nv);

  if (self->shape.n_modalities != 1 || self->shape.modality[0].height != 1 ||
      side * side != self->shape.nv || side < 8)
    return;
  lt_table_pack_bytes (self);
  if (self->bytes == NULL)
    return;
  lt_shape_init (&self->shape, "pixels", LT_UNIT, side, side, 1);
  if (self->note == NULL)
    self->note = g_strdup_printf (
        "%d values a row were read as %d × %d pictures; set the picture "
        "size to read them otherwise.",
        side * side, side, side);
}
