/* Points on one circle of radius 1, or on several around the same centre with radii
 * 1/k, 2/k, …, 1, each as likely as its length. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

typedef struct {
  int count;
  double noise;
  int rings;
} CircleSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (CircleSettings, "5000"),
  LT_DATA_NOISE_KNOB (CircleSettings, "0.02"),
  { .key = "rings",
    .title = "Rings",
    .unit = "",
    .group = "Data",
    .help = "How many circles lie around the same centre; more than one are classes.",
    .type = LT_KNOB_INTEGER,
    .minimum = 1,
    .maximum = 6,
    .fallback = "1",
    .offset = offsetof (CircleSettings, rings) },
};

/* Ring i is chosen in proportion to its radius, i + 1. */
static int
choose_ring (int rings, LtRng *rng)
{
  int ticket = (int) lt_rng_below (rng, (guint32) (rings * (rings + 1) / 2));
  int ring = 0;

  while (ticket > ring)
    ticket -= ++ring;
  return ring;
}

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const CircleSettings *settings = data;
  LtTable *table = lt_generator_table (&lt_circle_source, settings->count, 2, error);
  int *labels = NULL;

  if (table == NULL)
    return NULL;
  if (settings->rings > 1)
    labels = lt_generator_label (table, settings->rings, "ring");
  for (gsize i = 0; i < table->n; i++) {
    int ring = choose_ring (settings->rings, rng);
    double radius = (ring + 1.0) / settings->rings;
    double angle = 2.0 * G_PI * (double) lt_rng_uniform (rng);

    table->floats[2 * i] = (float) (radius * cos (angle));
    table->floats[2 * i + 1] = (float) (radius * sin (angle));
    if (labels != NULL)
      labels[i] = ring;
  }
  lt_generator_add_noise (table, settings->noise, rng);
  return table;
}

const LtSource lt_circle_source = {
  .name = "circle",
  .title = "Circle",
  .summary =
      "Points on a circle, or on several: a manifold that no single code unit can "
      "follow without a jump.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (CircleSettings) },
  .load = load,
};
