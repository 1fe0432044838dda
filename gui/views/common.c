/* What the views share. */
#include "views/common.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernels.h"

char *
lt_view_moment (const LtSnapshot *snapshot)
{
  double fraction = snapshot->progress - snapshot->epoch;

  if (fraction < 0.005 || fraction > 0.995)
    return g_strdup_printf ("epoch %d", snapshot->epoch);
  return g_strdup_printf ("epoch %.2f", snapshot->progress);
}

char *
lt_view_count (gsize n)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GSIZE_FORMAT, n);
  gsize length = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c (text, ',');
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

void
lt_csv_number (GString *csv, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (csv, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

void
lt_csv_text (GString *csv, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (csv, text);
    return;
  }
  g_string_append_c (csv, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c (csv, '"');
    g_string_append_c (csv, *text);
  }
  g_string_append_c (csv, '"');
}

const char *const lt_view_split_names[] = { "judge", "train", "valid", "test", NULL };

char *
lt_view_minus (char *text)
{
  GString *better = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (*c == '-' && g_ascii_isdigit (c[1]) && (c == text || !g_ascii_isalnum (c[-1])))
      g_string_append (better, "−");
    else
      g_string_append_c (better, *c);
  g_free (text);
  return g_string_free (better, FALSE);
}

LtSplit
lt_view_split (int choice, const LtDataset *data)
{
  static const LtSplit splits[] = { LT_TRAIN, LT_VALID, LT_TEST };

  return choice == 0 ? lt_dataset_judge (data) : splits[choice - 1];
}

char **
lt_view_class_names (const LtDataset *data)
{
  int n = lt_dataset_n_classes (data);
  char **names;

  if (n == 0)
    return NULL;
  names = g_new0 (char *, n + 1);
  for (int i = 0; i < n; i++)
    names[i] = g_strdup (lt_dataset_class_name (data, i));
  return names;
}

gboolean
lt_view_tell (const LtViewRequest *request, const char *what, double part)
{
  LtViewProgress *progress = request->progress;

  if (progress == NULL)
    return TRUE;
  g_atomic_int_set (&progress->part, (int) (1000 * part));
  g_atomic_pointer_set (&progress->what, what);
  return !g_atomic_int_get (&progress->stop);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

float
lt_view_quantile (const float *values, gsize n, double q)
{
  g_autofree float *sorted = g_memdup2 (values, n * sizeof *values);

  qsort (sorted, n, sizeof *sorted, compare_floats);
  return sorted[(gsize) round (q * (double) (n - 1))];
}

gboolean
lt_rect_contains (const cairo_rectangle_t *rect, double x, double y)
{
  return x >= rect->x && y >= rect->y && x < rect->x + rect->width &&
         y < rect->y + rect->height;
}

static gboolean
lies_in_unit_range (const LtShape *shape)
{
  for (int m = 0; m < shape->n_modalities; m++)
    if (shape->modality[m].kind != LT_UNIT && shape->modality[m].kind != LT_BINARY)
      return FALSE;
  return TRUE;
}

void
lt_view_picture_init (LtViewPicture *self, const LtShape *shape)
{
  const LtModality *first = &shape->modality[0];

  if (lt_shape_is_picture (shape)) {
    self->width = first->width;
    self->height = first->height;
    self->channels = first->channels == 3 ? 3 : 1;
    self->offset = first->offset;
    self->stride = first->channels;
    self->colour = self->channels == 3 ? LT_TILES_COLOUR : LT_TILES_GREY;
    return;
  }
  self->width = shape->nv;
  self->height = 1;
  self->channels = 1;
  self->offset = 0;
  self->stride = 1;
  self->colour = lies_in_unit_range (shape) ? LT_TILES_GREY : LT_TILES_DIVERGING;
}

gsize
lt_view_picture_size (const LtViewPicture *self)
{
  return (gsize) self->width * self->height * self->channels;
}

void
lt_view_picture_cut (const LtViewPicture *self,
                     const float *rows,
                     int nv,
                     int n,
                     float *pixels)
{
  gsize n_pixels = (gsize) self->width * self->height;

  for (int i = 0; i < n; i++) {
    const float *row = rows + (gsize) i * nv + self->offset;

    for (gsize j = 0; j < n_pixels; j++)
      for (int channel = 0; channel < self->channels; channel++)
        *pixels++ = row[j * self->stride + channel];
  }
}

LtTilesData
lt_view_picture_tiles (const LtViewPicture *self,
                       const float *pixels,
                       int n,
                       float lowest,
                       float highest)
{
  return (LtTilesData){ .n = n,
                        .width = self->width,
                        .height = self->height,
                        .channels = self->channels,
                        .pixels = pixels,
                        .colour = self->colour,
                        .shared_scale = TRUE,
                        .lowest = lowest,
                        .highest = highest,
                        .selected = -1 };
}

void
lt_view_unscale (const LtDataset *data, int n, float *rows)
{
  const LtShape *shape = lt_dataset_shape (data);

  if (lt_shape_is_picture (shape) && !lies_in_unit_range (shape))
    lt_dataset_unscale (data, n, rows);
}

void
lt_view_range (const LtDataset *data,
               const float *rows,
               int n,
               float *lowest,
               float *highest)
{
  *lowest = 0.0f;
  *highest = 1.0f;
  if (!lies_in_unit_range (lt_dataset_shape (data)) && n > 0)
    lt_range (rows, (gsize) n * lt_dataset_shape (data)->nv, lowest, highest);
  if (!(*highest > *lowest))
    *highest = *lowest + 1.0f;
}
