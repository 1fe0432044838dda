/* The Swiss roll (Tenenbaum, de Silva & Langford 2000): a rolled-up strip in space,
 *   (t cos t, 21 v, t sin t),  t = 3π/2 · (1 + 2u),  u, v ~ U[0, 1],
 * its axis moved to the origin and all shrunk by 9π/2, so that it lies within ±1. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

#define T_LAST (4.5 * G_PI)

typedef struct {
  int count;
  double noise;
  int bands;
} SwissRollSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (SwissRollSettings, "10000"),
  LT_DATA_NOISE_KNOB (SwissRollSettings, "0"),
  { .key = "bands",
    .title = "Bands",
    .unit = "",
    .group = "Data",
    .help =
        "Labels the points by how far along the strip they lie, in so many bands; 0 "
        "gives no labels.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = 10,
    .fallback = "6",
    .offset = offsetof (SwissRollSettings, bands) },
};

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const SwissRollSettings *settings = data;
  LtTable *table =
      lt_generator_table (&lt_swiss_roll_source, settings->count, 3, error);
  int *labels = NULL;

  if (table == NULL)
    return NULL;
  if (settings->bands > 0)
    labels = lt_generator_label (table, settings->bands, "band");
  for (gsize i = 0; i < table->n; i++) {
    double u = (double) lt_rng_uniform (rng), v = (double) lt_rng_uniform (rng);
    double t = 1.5 * G_PI * (1.0 + 2.0 * u);

    table->floats[3 * i] = (float) (t * cos (t) / T_LAST);
    table->floats[3 * i + 1] = (float) (21.0 * (v - 0.5) / T_LAST);
    table->floats[3 * i + 2] = (float) (t * sin (t) / T_LAST);
    if (labels != NULL)
      labels[i] = (int) (u * settings->bands);
  }
  lt_generator_add_noise (table, settings->noise, rng);
  return table;
}

const LtSource lt_swiss_roll_source = {
  .name = "swiss-roll",
  .title = "Swiss roll",
  .summary = "A rolled-up strip in space: two dimensions hidden in three.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (SwissRollSettings) },
  .load = load,
};
