/* A mixture of k Gaussians with equal weights, their means evenly on the unit circle (a
 * single one: at the origin), each with covariance spread² I. Blurred by noise σ it is the same
 * mixture with s² = spread² + σ², so the score has a closed form:
 *   ∇ log p(x) = Σ_i w_i (m_i − x) / s²,   w = softmax_i (−|x − m_i|² / 2s²). */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

/* A spread and a blur of zero have no density; this wide they have. */
#define NARROWEST 1e-6

typedef struct {
  int count;
  int components;
  double spread;
} MixtureSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (MixtureSettings, "5000"),
  { .key = "components",
    .title = "Components",
    .unit = "",
    .group = "Data",
    .help =
        "How many Gaussians there are; their means lie evenly on a circle of radius 1.",
    .type = LT_KNOB_INTEGER,
    .minimum = 1,
    .maximum = 20,
    .fallback = "8",
    .offset = offsetof (MixtureSettings, components) },
  { .key = "spread",
    .title = "Spread",
    .unit = "",
    .group = "Data",
    .help = "Standard deviation of each Gaussian.",
    .type = LT_KNOB_REAL,
    .minimum = 0,
    .maximum = 1,
    .fallback = "0.1",
    .offset = offsetof (MixtureSettings, spread) },
};

static void
component_mean (const MixtureSettings *settings, int i, double mean[2])
{
  double radius = settings->components > 1 ? 1.0 : 0.0;
  double angle = 2.0 * G_PI * i / settings->components;

  mean[0] = radius * cos (angle);
  mean[1] = radius * sin (angle);
}

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const MixtureSettings *settings = data;
  LtTable *table = lt_generator_table (&lt_mixture_source, settings->count, 2, error);
  int *labels;

  if (table == NULL)
    return NULL;
  labels = lt_generator_label (table, settings->components, "component");
  for (gsize i = 0; i < table->n; i++) {
    double mean[2];

    labels[i] = (int) lt_rng_below (rng, (guint32) settings->components);
    component_mean (settings, labels[i], mean);
    table->floats[2 * i] = (float) mean[0];
    table->floats[2 * i + 1] = (float) mean[1];
  }
  lt_generator_add_noise (table, settings->spread, rng);
  return table;
}

static void
point_score (const MixtureSettings *settings, double s, const float *x, float *score)
{
  double nearest = INFINITY, total = 0.0, pull[2] = { 0.0, 0.0 };

  for (int i = 0; i < settings->components; i++) {
    double m[2];

    component_mean (settings, i, m);
    nearest = MIN (nearest, hypot (m[0] - (double) x[0], m[1] - (double) x[1]));
  }
  for (int i = 0; i < settings->components; i++) {
    double m[2], dx, dy, w;

    component_mean (settings, i, m);
    dx = m[0] - (double) x[0];
    dy = m[1] - (double) x[1];
    w = exp ((nearest * nearest - dx * dx - dy * dy) / (2.0 * s * s));
    total += w;
    pull[0] += w * dx;
    pull[1] += w * dy;
  }
  score[0] = (float) (pull[0] / (total * s * s));
  score[1] = (float) (pull[1] / (total * s * s));
}

static void
mixture_score (gconstpointer data, double sigma, const float *x, gsize n, float *score)
{
  const MixtureSettings *settings = data;
  double s = MAX (hypot (sigma, settings->spread), NARROWEST);

  for (gsize i = 0; i < n; i++)
    point_score (settings, s, x + 2 * i, score + 2 * i);
}

const LtSource lt_mixture_source = {
  .name = "mixture",
  .title = "Gaussian mixture",
  .summary = "Gaussians on a circle in the plane, each a class, with a known density.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (MixtureSettings) },
  .load = load,
  .score = mixture_score,
};
