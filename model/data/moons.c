/* Two half circles that reach into each other:
 *   (cos t, sin t) and (1 − cos t, 1/2 − sin t),  t ~ U[0, π],
 * moved to the origin and shrunk by 3/2, so that they lie within ±1. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

typedef struct {
  int count;
  double noise;
} MoonsSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (MoonsSettings, "5000"),
  LT_DATA_NOISE_KNOB (MoonsSettings, "0.05"),
};

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const MoonsSettings *settings = data;
  LtTable *table = lt_generator_table (&lt_moons_source, settings->count, 2, error);
  int *labels;

  if (table == NULL)
    return NULL;
  labels = lt_generator_label (table, 2, "moon");
  for (gsize i = 0; i < table->n; i++) {
    double t = G_PI * (double) lt_rng_uniform (rng);
    double x = cos (t), y = sin (t);

    labels[i] = (int) lt_rng_below (rng, 2);
    if (labels[i] == 1) {
      x = 1.0 - x;
      y = 0.5 - y;
    }
    table->floats[2 * i] = (float) ((x - 0.5) / 1.5);
    table->floats[2 * i + 1] = (float) ((y - 0.25) / 1.5);
  }
  lt_generator_add_noise (table, settings->noise, rng);
  return table;
}

const LtSource lt_moons_source = {
  .name = "moons",
  .title = "Two moons",
  .summary = "Two half circles in the plane that reach into each other, each a class.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (MoonsSettings) },
  .load = load,
};
