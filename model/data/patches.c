/* Patches cut from six photographs that come with the program: where a patch is cut is chosen
 * uniformly from all places, so that larger photographs give more of them. Test patches
 * come from the right-hand fifth of each photograph, which no training patch touches. */
#include <gdk-pixbuf/gdk-pixbuf.h>

#include "core/error.h"
#include "data/sources.h"
#include "data/table.h"

#define TEST_SHARE 5 /* one in so many patches, and of a photograph's width */

typedef struct {
  int size, count;
  gboolean colour;
} PatchesSettings;

static const LtKnob knobs[] = {
  { .key = "patch-size",
    .title = "Patch size",
    .unit = "pixels",
    .group = "Data",
    .help = "The side of the square patches.",
    .type = LT_KNOB_INTEGER,
    .minimum = 4,
    .maximum = 48,
    .fallback = "14",
    .offset = offsetof (PatchesSettings, size) },
  { .key = "count",
    .title = "Patches",
    .unit = "",
    .group = "Data",
    .help = "How many patches are cut, a fifth of them for testing.",
    .type = LT_KNOB_INTEGER,
    .log_scale = TRUE,
    .minimum = 10,
    .maximum = 1e6,
    .fallback = "50000",
    .offset = offsetof (PatchesSettings, count) },
  { .key = "colour",
    .title = "Colour",
    .unit = "",
    .group = "Data",
    .help = "Whether patches keep their colours or are made grey.",
    .type = LT_KNOB_BOOLEAN,
    .fallback = "false",
    .offset = offsetof (PatchesSettings, colour) },
};

static const char *const files[] = { "astronaut.png", "chelsea.png", "china.jpg",
                                     "coffee.png",    "flower.jpg",  "rocket.jpg" };

#define N_FILES ((int) G_N_ELEMENTS (files))

typedef struct {
  GdkPixbuf *picture[N_FILES];
  const guint8 *pixels[N_FILES];
} Photographs;

static void
photographs_clear (Photographs *self)
{
  for (int i = 0; i < N_FILES; i++)
    g_clear_object (&self->picture[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Photographs, photographs_clear)

static gboolean
open_photographs (Photographs *self, GError **error)
{
  for (int i = 0; i < N_FILES; i++) {
    g_autofree char *path =
        g_build_filename (lt_data_dir (), "photographs", files[i], NULL);

    self->picture[i] = gdk_pixbuf_new_from_file (path, NULL);
    if (self->picture[i] == NULL) {
      g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                   "The photograph %s is missing or cannot be read; install the "
                   "program's data again.",
                   path);
      return FALSE;
    }
    self->pixels[i] = gdk_pixbuf_read_pixels (self->picture[i]);
  }
  return TRUE;
}

/* Columns of photograph i at which a patch may begin: [*first, *last). The border between
 * the two parts is between columns, so patches of one do not reach into the other. */
static void
column_range (const Photographs *self,
              int i,
              int size,
              gboolean test,
              int *first,
              int *last)
{
  int width = gdk_pixbuf_get_width (self->picture[i]);
  int border = width - MAX (width / TEST_SHARE, size);

  *first = test ? border : 0;
  *last = (test ? width : border) - size + 1;
}

static guint32
n_places (const Photographs *self, int i, int size, gboolean test)
{
  int first, last;

  column_range (self, i, size, test, &first, &last);
  return (guint32) (last - first) *
         (guint32) (gdk_pixbuf_get_height (self->picture[i]) - size + 1);
}

/* Luma (ITU-R BT.601), rounded. */
static guint8
grey (const guint8 *p)
{
  return (guint8) ((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
}

static void
cut (const Photographs *self, int i, int x, int y, const LtModality *shape, guint8 *to)
{
  int n_channels = gdk_pixbuf_get_n_channels (self->picture[i]);
  int stride = gdk_pixbuf_get_rowstride (self->picture[i]);

  for (int row = 0; row < shape->height; row++)
    for (int column = 0; column < shape->width; column++) {
      const guint8 *p = self->pixels[i] + (gsize) (y + row) * stride +
                        (gsize) (x + column) * n_channels;

      if (shape->channels == 1)
        *to++ = grey (p);
      for (int c = 0; c < 3 && shape->channels == 3; c++)
        *to++ = p[c];
    }
}

static void
draw_patch (const Photographs *self,
            const LtModality *shape,
            gboolean test,
            LtRng *rng,
            guint8 *to)
{
  guint32 total = 0, place;
  int i = 0, first, last, n_columns;

  for (int k = 0; k < N_FILES; k++)
    total += n_places (self, k, shape->width, test);
  place = lt_rng_below (rng, total);
  while (place >= n_places (self, i, shape->width, test))
    place -= n_places (self, i++, shape->width, test);
  column_range (self, i, shape->width, test, &first, &last);
  n_columns = last - first;
  cut (self, i, first + (int) (place % n_columns), (int) (place / n_columns), shape,
       to);
}

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const PatchesSettings *settings = data;
  g_auto (Photographs) photographs = { 0 };
  LtTable *table;
  LtShape shape;

  if (!open_photographs (&photographs, error))
    return NULL;
  lt_shape_init (&shape, "pixels", LT_UNIT, settings->size, settings->size,
                 settings->colour ? 3 : 1);
  table = lt_table_new (lt_patches_source.name, &shape, settings->count, LT_TABLE_BYTES,
                        error);
  if (table == NULL)
    return NULL;
  lt_table_describe (table, lt_patches_source.title,
                     "six photographs; see data/README.md",
                     "CC0, public domain and CC BY 2.0");
  table->whitening = LT_WHITENING_ZCA;
  table->n_test = table->n / TEST_SHARE;
  for (gsize i = 0; i < table->n; i++)
    draw_patch (&photographs, &shape.modality[0], i >= table->n - table->n_test, rng,
                table->bytes + i * shape.nv);
  return table;
}

const LtSource lt_patches_source = {
  .name = "patches",
  .title = "Patches of photographs",
  .summary = "Small squares cut from six photographs, whitened: what Gaussian machines "
             "find edges in.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (PatchesSettings) },
  .load = load,
};
