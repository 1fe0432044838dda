/* Points on a straight line through the origin, t · (cos α, sin α) with t ~ U[−1, 1], and
 * noise around it: the set on which a linear autoencoder with one unit is PCA. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

typedef struct {
  int count;
  double noise;
  double angle;
} LineSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (LineSettings, "2000"),
  LT_DATA_NOISE_KNOB (LineSettings, "0.1"),
  { .key = "angle",
    .title = "Angle",
    .unit = "°",
    .group = "Data",
    .help = "The line's angle to the horizontal axis.",
    .type = LT_KNOB_REAL,
    .minimum = -90,
    .maximum = 90,
    .fallback = "30",
    .offset = offsetof (LineSettings, angle) },
};

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const LineSettings *settings = data;
  LtTable *table = lt_generator_table (&lt_line_source, settings->count, 2, error);
  double angle = settings->angle * G_PI / 180.0;

  if (table == NULL)
    return NULL;
  for (gsize i = 0; i < table->n; i++) {
    double t = 2.0 * (double) lt_rng_uniform (rng) - 1.0;

    table->floats[2 * i] = (float) (t * cos (angle));
    table->floats[2 * i + 1] = (float) (t * sin (angle));
  }
  lt_generator_add_noise (table, settings->noise, rng);
  return table;
}

const LtSource lt_line_source = {
  .name = "line",
  .title = "Noisy line",
  .summary = "Points near a straight line in the plane: one direction to find.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LineSettings) },
  .load = load,
};
