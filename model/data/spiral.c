/* The spiral of Alain & Bengio (2014), "What regularized auto-encoders learn from the
 * data-generating distribution", section 3.5: t ~ U[3, 15],
 *   c(t) = 0.04 · t · (sin t, cos t),
 * plus Gaussian noise of deviation τ. The density of these points blurred by further noise σ is
 *   p(x) = 1/12 ∫ N(x; c(t), s²I) dt,   s² = σ² + τ²,
 * and its score ∇ log p(x) = ∫ w(t) (c(t) − x) dt / s², with weights w(t) ∝ N(x; c(t), s²I)
 * that integrate to one. The integral is Gauss-Legendre quadrature on panels about as long as
 * the Gaussian is wide along the curve. */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

#define T_FIRST 3.0
#define T_LAST  15.0
#define RADIUS  0.04

/* Blurs narrower than this are treated as this wide, so that the nodes stay countable. */
#define NARROWEST 1e-4
#define N_NODES   6

typedef struct {
  int count;
  double noise;
  int bands;
} SpiralSettings;

static const LtKnob knobs[] = {
  LT_COUNT_KNOB (SpiralSettings, "10000"),
  LT_DATA_NOISE_KNOB (SpiralSettings, "0"),
  { .key = "bands",
    .title = "Bands",
    .unit = "",
    .group = "Data",
    .help = "Labels the points by where along the curve they lie, in so many bands; 0 "
            "gives no labels.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = 10,
    .fallback = "0",
    .offset = offsetof (SpiralSettings, bands) },
};

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const SpiralSettings *settings = data;
  LtTable *table = lt_generator_table (&lt_spiral_source, settings->count, 2, error);
  int *labels = NULL;

  if (table == NULL)
    return NULL;
  if (settings->bands > 0)
    labels = lt_generator_label (table, settings->bands, "band");
  for (gsize i = 0; i < table->n; i++) {
    double u = (double) lt_rng_uniform (rng);
    double t = T_FIRST + (T_LAST - T_FIRST) * u;

    table->floats[2 * i] = (float) (RADIUS * t * sin (t));
    table->floats[2 * i + 1] = (float) (RADIUS * t * cos (t));
    if (labels != NULL)
      labels[i] = (int) (u * settings->bands);
  }
  lt_generator_add_noise (table, settings->noise, rng);
  return table;
}

typedef struct {
  int n;
  double *x, *y, *weight;
  double *distance; /* scratch: squared, to the point in question */
} Nodes;

static void
nodes_init (Nodes *nodes, double s)
{
  /* Abscissas and weights on [−1, 1]: Abramowitz & Stegun (1964), table 25.4. */
  static const double abscissa[N_NODES / 2] = { 0.238619186083197, 0.661209386466265,
                                                0.932469514203152 };
  static const double weight[N_NODES / 2] = { 0.467913934572691, 0.360761573048139,
                                              0.171324492379170 };
  /* The curve is fastest at its outer end. */
  double speed = RADIUS * sqrt (1.0 + T_LAST * T_LAST);
  int n_panels = (int) ceil ((T_LAST - T_FIRST) * speed / s);
  double half;

  n_panels = MAX (n_panels, 24);
  half = (T_LAST - T_FIRST) / (2.0 * n_panels);
  nodes->n = n_panels * N_NODES;
  nodes->x = g_new (double, nodes->n);
  nodes->y = g_new (double, nodes->n);
  nodes->weight = g_new (double, nodes->n);
  nodes->distance = g_new (double, nodes->n);
  for (int i = 0; i < nodes->n; i++) {
    int k = i % N_NODES;
    double centre = T_FIRST + half * (2 * (i / N_NODES) + 1);
    double t = centre + half * (k % 2 == 0 ? abscissa[k / 2] : -abscissa[k / 2]);

    nodes->x[i] = RADIUS * t * sin (t);
    nodes->y[i] = RADIUS * t * cos (t);
    nodes->weight[i] = weight[k / 2];
  }
}

static void
nodes_clear (Nodes *nodes)
{
  g_free (nodes->x);
  g_free (nodes->y);
  g_free (nodes->weight);
  g_free (nodes->distance);
}

/* Exponents are taken relative to the nearest node, so that far from the curve, where every
 * Gaussian underflows, the ratio of the integrals is still right. */
static void
point_score (const Nodes *nodes, double s, double x, double y, float score[2])
{
  double nearest = INFINITY, total = 0.0, pull_x = 0.0, pull_y = 0.0;

  for (int i = 0; i < nodes->n; i++) {
    double dx = nodes->x[i] - x, dy = nodes->y[i] - y;

    nodes->distance[i] = dx * dx + dy * dy;
    nearest = nodes->distance[i] < nearest ? nodes->distance[i] : nearest;
  }
  for (int i = 0; i < nodes->n; i++) {
    double exponent = (nearest - nodes->distance[i]) / (2.0 * s * s);
    double w;

    if (exponent < -40.0)
      continue;
    w = nodes->weight[i] * exp (exponent);
    total += w;
    pull_x += w * (nodes->x[i] - x);
    pull_y += w * (nodes->y[i] - y);
  }
  score[0] = (float) (pull_x / (total * s * s));
  score[1] = (float) (pull_y / (total * s * s));
}

static void
spiral_score (gconstpointer data, double sigma, const float *x, gsize n, float *score)
{
  const SpiralSettings *settings = data;
  double s = MAX (hypot (sigma, settings->noise), NARROWEST);
  Nodes nodes;

  nodes_init (&nodes, s);
  for (gsize i = 0; i < n; i++)
    point_score (&nodes, s, (double) x[2 * i], (double) x[2 * i + 1], score + 2 * i);
  nodes_clear (&nodes);
}

const LtSource lt_spiral_source = {
  .name = "spiral",
  .title = "Spiral",
  .summary = "Points on a spiral in the plane: a curved manifold with a known density.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (SpiralSettings) },
  .load = load,
  .score = spiral_score,
};
