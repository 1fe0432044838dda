/* Bytes drawn uniformly: nothing to learn, and for timing the same work as any pictures. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

typedef struct {
  int count;
  int width;
} UniformNoiseSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (UniformNoiseSettings, "60000"),
  { .key = "width",
    .title = "Values a row",
    .unit = "",
    .group = "Data",
    .help = "How many values a row has; a square number makes a picture.",
    .type = LT_KNOB_INTEGER,
    .log_scale = TRUE,
    .minimum = 1,
    .maximum = 100000,
    .fallback = "784",
    .offset = offsetof (UniformNoiseSettings, width) },
};

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const UniformNoiseSettings *settings = data;
  int side = (int) sqrt ((double) settings->width);
  gboolean square = side * side == settings->width;
  g_autofree float *row = g_new (float, settings->width);
  LtTable *table;
  LtShape shape;

  lt_shape_init (&shape, square ? "pixels" : "features", LT_UNIT, square ? side : 1,
                 square ? side : settings->width, 1);
  table = lt_table_new (lt_uniform_noise_source.name, &shape, settings->count,
                        LT_TABLE_BYTES, error);
  if (table == NULL)
    return NULL;
  lt_table_describe (table, lt_uniform_noise_source.title, "generated", "");
  for (gsize i = 0; i < table->n; i++) {
    lt_rng_fill_uniform (rng, settings->width, row);
    for (int j = 0; j < settings->width; j++)
      table->bytes[i * settings->width + j] = (guint8) (256.0F * row[j]);
  }
  return table;
}

const LtSource lt_uniform_noise_source = {
  .name = "uniform-noise",
  .title = "Uniform noise",
  .summary = "Bytes without any structure: for measuring speed.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (UniformNoiseSettings) },
  .load = load,
};
