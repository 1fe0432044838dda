/* Generated data: where the points lie, and the scores against differences of an
 * independently computed log-density. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/source.h"

/* Loads a source with settings such as "count=500 data-noise=0.1". */
static LtDataSpec *
specify (const char *name, const char *settings)
{
  g_auto (GStrv) pairs = g_strsplit (settings, " ", -1);
  LtDataSpec *spec = lt_data_spec_new (name, NULL);

  g_assert_nonnull (spec);
  for (int i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    const LtKnob *knob = lt_knobs_find (&spec->source->knobs, pair[0]);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (knob);
    lt_knob_parse (knob, pair[1], spec->settings, &error);
    g_assert_no_error (error);
  }
  return spec;
}

static LtTable *
generate (const char *name, const char *settings, guint64 seed)
{
  g_autoptr (LtDataSpec) spec = specify (name, settings);
  g_autoptr (GError) error = NULL;
  LtTable *table = lt_data_spec_load_table (spec, seed, &error);

  g_assert_no_error (error);
  return table;
}

static double
uniform (LtRng *rng, double from, double to)
{
  return from + (to - from) * (double) lt_rng_uniform (rng);
}

/* ---- Where the points lie --------------------------------------------------------- */

/* Without noise a point at radius .04 t stands at the angle t. */
static void
test_spiral_is_on_its_curve (void)
{
  g_autoptr (LtTable) table = generate ("spiral", "count=2000", 3);
  double mean = 0.0;

  for (gsize i = 0; i < table->n; i++) {
    double x = (double) table->floats[2 * i], y = (double) table->floats[2 * i + 1];
    double t = hypot (x, y) / 0.04;

    g_assert_cmpfloat (t, >=, 3.0 - 1e-4);
    g_assert_cmpfloat (t, <=, 15.0 + 1e-4);
    g_assert_cmpfloat_with_epsilon (x, 0.04 * t * sin (t), 1e-5);
    g_assert_cmpfloat_with_epsilon (y, 0.04 * t * cos (t), 1e-5);
    mean += t / (double) table->n;
  }
  /* t is uniform: its mean is 9, with a standard error of 3.46 / √2000 = .077. */
  g_assert_cmpfloat_with_epsilon (mean, 9.0, 0.31);
}

/* The noise has the deviation that the knob says. */
static void
test_noise_has_its_deviation (void)
{
  g_autoptr (LtTable) clean = generate ("spiral", "count=5000", 3);
  g_autoptr (LtTable) noisy = generate ("spiral", "count=5000 data-noise=0.05", 3);
  double squares = 0.0;

  for (gsize i = 0; i < 10000; i++) {
    double d = (double) (noisy->floats[i] - clean->floats[i]);

    squares += d * d / 10000.0;
  }
  /* The standard error of a deviation from 10,000 samples is 0.7 % of it. */
  g_assert_cmpfloat_with_epsilon (sqrt (squares), 0.05, 0.0015);
}

/* Both moons are half circles of radius 2/3, about equally many points each. */
static void
test_moons (void)
{
  g_autoptr (LtTable) table = generate ("moons", "count=2000 data-noise=0", 3);
  int n_second = 0;

  for (gsize i = 0; i < table->n; i++) {
    double x = 1.5 * (double) table->floats[2 * i] + 0.5;
    double y = 1.5 * (double) table->floats[2 * i + 1] + 0.25;

    if (table->labels[i] == 0) {
      g_assert_cmpfloat_with_epsilon (hypot (x, y), 1.0, 1e-5);
      g_assert_cmpfloat (y, >=, -1e-5);
    } else {
      g_assert_cmpfloat_with_epsilon (hypot (x - 1.0, y - 0.5), 1.0, 1e-5);
      g_assert_cmpfloat (y, <=, 0.5 + 1e-5);
    }
    n_second += table->labels[i];
  }
  g_assert_cmpint (n_second, >, 900);
  g_assert_cmpint (n_second, <, 1100);
}

/* A ring's radius is its number's share, and so is its part of the points. */
static void
test_rings (void)
{
  g_autoptr (LtTable) table = generate ("circle", "count=3000 data-noise=0 rings=3", 3);
  int counts[3] = { 0 };

  for (gsize i = 0; i < table->n; i++) {
    double radius =
        hypot ((double) table->floats[2 * i], (double) table->floats[2 * i + 1]);

    g_assert_cmpfloat_with_epsilon (radius, (table->labels[i] + 1) / 3.0, 1e-6);
    counts[table->labels[i]]++;
  }
  /* 500, 1000 and 1500 are expected; four standard errors are about 110. */
  g_assert_cmpint (ABS (counts[0] - 500), <, 110);
  g_assert_cmpint (ABS (counts[1] - 1000), <, 110);
  g_assert_cmpint (ABS (counts[2] - 1500), <, 110);
}

/* One ring alone has no classes. */
static void
test_circle_has_no_labels (void)
{
  g_autoptr (LtTable) table = generate ("circle", "count=10", 3);

  g_assert_null (table->labels);
}

/* The radius around the axis is proportional to the angle; the bands follow it. */
static void
test_swiss_roll (void)
{
  g_autoptr (LtTable) table = generate ("swiss-roll", "count=1000 bands=4", 3);
  double scale = 4.5 * G_PI;

  for (gsize i = 0; i < table->n; i++) {
    const float *p = table->floats + 3 * i;
    double x = scale * (double) p[0], z = scale * (double) p[2], t = hypot (x, z);

    g_assert_cmpfloat_with_epsilon (x, t * cos (t), 1e-3);
    g_assert_cmpfloat_with_epsilon (z, t * sin (t), 1e-3);
    g_assert_cmpfloat (fabs ((double) p[1]), <=, 10.5 / scale + 1e-6);
    if (fabs (fmod (t / (0.75 * G_PI), 1.0) - 0.5) < 0.49)
      g_assert_cmpint (table->labels[i], ==, (int) (t / (0.75 * G_PI)) - 2);
  }
}

/* Each component has its mean on the unit circle and the spread of the knob. */
static void
test_mixture_moments (void)
{
  g_autoptr (LtTable) table =
      generate ("mixture", "count=20000 components=4 spread=0.2", 3);
  double sum[4][2] = { { 0 } }, squares[4] = { 0 };
  int n[4] = { 0 };

  for (gsize i = 0; i < table->n; i++) {
    int k = table->labels[i];
    double dx = (double) table->floats[2 * i] - cos (k * G_PI / 2.0);
    double dy = (double) table->floats[2 * i + 1] - sin (k * G_PI / 2.0);

    n[k]++;
    sum[k][0] += dx;
    sum[k][1] += dy;
    squares[k] += dx * dx + dy * dy;
  }
  for (int k = 0; k < 4; k++) {
    /* About 5,000 points each: standard errors .0028 of a mean, .002 of the deviation. */
    g_assert_cmpint (ABS (n[k] - 5000), <, 250);
    g_assert_cmpfloat_with_epsilon (sum[k][0] / n[k], 0.0, 0.012);
    g_assert_cmpfloat_with_epsilon (sum[k][1] / n[k], 0.0, 0.012);
    g_assert_cmpfloat_with_epsilon (sqrt (squares[k] / (2.0 * n[k])), 0.2, 0.008);
  }
}

/* Along the line a uniform coordinate, across it the noise. */
static void
test_line_moments (void)
{
  g_autoptr (LtTable) table =
      generate ("line", "count=20000 data-noise=0.1 angle=30", 3);
  double along = 0.0, across = 0.0;

  for (gsize i = 0; i < table->n; i++) {
    double x = (double) table->floats[2 * i], y = (double) table->floats[2 * i + 1];
    double a = x * cos (G_PI / 6.0) + y * sin (G_PI / 6.0);
    double b = y * cos (G_PI / 6.0) - x * sin (G_PI / 6.0);

    along += a * a / 20000.0;
    across += b * b / 20000.0;
  }
  /* Variances 1/3 + .01 and .01; four standard errors of each. */
  g_assert_cmpfloat_with_epsilon (along, 1.0 / 3.0 + 0.01, 0.009);
  g_assert_cmpfloat_with_epsilon (across, 0.01, 0.0004);
}

/* Bytes are used evenly. */
static void
test_uniform_noise (void)
{
  g_autoptr (LtTable) table = generate ("uniform-noise", "count=1000 width=256", 3);
  int counts[256] = { 0 };

  g_assert_cmpint (table->shape.modality[0].height, ==, 16);
  for (gsize i = 0; i < 256000; i++)
    counts[table->bytes[i]]++;
  for (int value = 0; value < 256; value++)
    /* 1000 expected, standard error 31.6. */
    g_assert_cmpint (ABS (counts[value] - 1000), <, 160);
}

/* The same seed makes the same points, another seed others. */
static void
test_seed_decides (void)
{
  for (int i = 0; lt_sources[i] != NULL; i++) {
    g_autoptr (LtTable) a = NULL, b = NULL, c = NULL;
    gsize size;

    if (lt_knobs_find (&lt_sources[i]->knobs, "count") == NULL)
      continue;
    a = generate (lt_sources[i]->name, "count=100", 3);
    b = generate (lt_sources[i]->name, "count=100", 3);
    c = generate (lt_sources[i]->name, "count=100", 4);
    size = a->n * a->shape.nv * (a->bytes != NULL ? 1 : sizeof (float));
    g_assert_cmpuint (a->n, ==, 100);
    g_assert_cmpmem (a->bytes != NULL ? (gpointer) a->bytes : a->floats, size,
                     b->bytes != NULL ? (gpointer) b->bytes : b->floats, size);
    g_assert_false (memcmp (a->bytes != NULL ? (gpointer) a->bytes : a->floats,
                            c->bytes != NULL ? (gpointer) c->bytes : c->floats,
                            size) == 0);
  }
}

/* ---- Scores ----------------------------------------------------------------------- */

/* log ∫ N(x; c(t), s²) dt by the midpoint rule: another rule, with far more nodes, than the
 * program's. Constants are left out, as they are in the density's gradient. */
static double
spiral_log_density (double x, double y, double s)
{
  const int n = 60000;
  double best = -INFINITY, sum = 0.0;

  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < n; i++) {
      double t = 3.0 + 12.0 * (i + 0.5) / n;
      double dx = x - 0.04 * t * sin (t), dy = y - 0.04 * t * cos (t);
      double exponent = -(dx * dx + dy * dy) / (2.0 * s * s);

      if (pass == 0)
        best = fmax (best, exponent);
      else if (exponent > best - 60.0)
        sum += exp (exponent - best);
    }
  return best + log (sum);
}

/* components on the unit circle. */
static double
mixture_log_density (double x, double y, double s, int components)
{
  double best = -INFINITY, sum = 0.0;

  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < components; i++) {
      double dx = x - cos (2.0 * G_PI * i / components);
      double dy = y - sin (2.0 * G_PI * i / components);
      double exponent = -(dx * dx + dy * dy) / (2.0 * s * s);

      if (pass == 0)
        best = fmax (best, exponent);
      else
        sum += exp (exponent - best);
    }
  return best + log (sum);
}

static double
log_density (gboolean spiral, double x, double y, double s)
{
  return spiral ? spiral_log_density (x, y, s) : mixture_log_density (x, y, s, 8);
}

/* The data set's own noise adds to the blur: s² = sigma² + noise². */
static void
check_score (const char *name, const char *settings, double noise, double sigma)
{
  g_autoptr (LtDataSpec) spec = specify (name, settings);
  g_autoptr (LtDataset) dataset = lt_data_spec_load (spec, 1, NULL);
  gboolean spiral = g_str_equal (name, "spiral");
  double s = hypot (noise, sigma), h = 1e-4 * s;
  LtRng rng;

  lt_rng_init (&rng, 11, 0);
  for (int i = 0; i < 12; i++) {
    float point[2] = { (float) uniform (&rng, -1.2, 1.2),
                       (float) uniform (&rng, -1.2, 1.2) };
    double x = (double) point[0], y = (double) point[1];
    double expected[2];
    float score[2];

    expected[0] =
        (log_density (spiral, x + h, y, s) - log_density (spiral, x - h, y, s)) /
        (2.0 * h);
    expected[1] =
        (log_density (spiral, x, y + h, s) - log_density (spiral, x, y - h, s)) /
        (2.0 * h);
    g_assert_true (lt_dataset_score (dataset, sigma, point, 1, score));
    /* A score is of the order 1/s; single precision and the differences leave 1e-5. */
    for (int c = 0; c < 2; c++)
      g_assert_cmpfloat_with_epsilon ((double) score[c] * s, expected[c] * s,
                                      1e-5 * (1.0 + fabs (expected[c] * s)));
  }
}

static void
test_spiral_score (void)
{
  check_score ("spiral", "count=100", 0.0, 0.01);
  check_score ("spiral", "count=100", 0.0, 0.1);
  check_score ("spiral", "count=100 data-noise=0.03", 0.03, 0.04);
  check_score ("spiral", "count=100 data-noise=0.02", 0.02, 0.0);
}

static void
test_mixture_score (void)
{
  check_score ("mixture", "count=100 spread=0.1", 0.1, 0.0);
  check_score ("mixture", "count=100 spread=0.1", 0.1, 0.3);
  check_score ("mixture", "count=100 spread=0", 0.0, 0.05);
}

/* Scaled data have the scaled density's score: with y = g·x + b, sigma is g times as large
 * and the score g times as small. */
static void
test_score_of_scaled_data (void)
{
  g_autoptr (LtDataSpec) spec = specify ("spiral", "count=500");
  g_autoptr (LtDataset) plain = lt_data_spec_load (spec, 1, NULL);
  g_autoptr (LtDataset) scaled = NULL, standard = NULL;
  float a[2] = { 0.1F, 0.2F }, b[2] = { 0.1F, 0.2F }, score_a[2], score_b[2];
  float two[2] = { 0.0F, 1.0F };
  double gain;

  spec->preparation.scaling = LT_SCALING_RANGE;
  scaled = lt_data_spec_load (spec, 1, NULL);
  lt_dataset_unscale (scaled, 1, two);
  gain = 1.0 / (double) (two[1] - two[0]);
  b[0] = (a[0] - two[0]) * (float) gain;
  b[1] = (a[1] - two[0]) * (float) gain;
  g_assert_true (lt_dataset_score (plain, 0.05, a, 1, score_a));
  g_assert_true (lt_dataset_score (scaled, 0.05 * gain, b, 1, score_b));
  for (int c = 0; c < 2; c++)
    g_assert_cmpfloat_with_epsilon ((double) score_b[c] * gain, (double) score_a[c],
                                    1e-2);

  spec->preparation.scaling = LT_SCALING_STANDARD;
  standard = lt_data_spec_load (spec, 1, NULL);
  g_assert_false (lt_dataset_score (standard, 0.05, b, 1, score_b));
}

/* Far away, where every Gaussian underflows, the score is still finite and points home. */
static void
test_score_far_away (void)
{
  g_autoptr (LtDataSpec) spec = specify ("spiral", "count=100");
  g_autoptr (LtDataset) dataset = lt_data_spec_load (spec, 1, NULL);
  float point[2] = { 50.0F, 0.0F }, score[2];

  g_assert_true (lt_dataset_score (dataset, 0.01, point, 1, score));
  g_assert_true (isfinite (score[0]) && isfinite (score[1]));
  g_assert_cmpfloat (score[0], <, -1e5F);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generators/spiral", test_spiral_is_on_its_curve);
  g_test_add_func ("/generators/noise", test_noise_has_its_deviation);
  g_test_add_func ("/generators/moons", test_moons);
  g_test_add_func ("/generators/rings", test_rings);
  g_test_add_func ("/generators/circle", test_circle_has_no_labels);
  g_test_add_func ("/generators/swiss-roll", test_swiss_roll);
  g_test_add_func ("/generators/mixture", test_mixture_moments);
  g_test_add_func ("/generators/line", test_line_moments);
  g_test_add_func ("/generators/uniform-noise", test_uniform_noise);
  g_test_add_func ("/generators/seed", test_seed_decides);
  g_test_add_func ("/generators/score/spiral", test_spiral_score);
  g_test_add_func ("/generators/score/mixture", test_mixture_score);
  g_test_add_func ("/generators/score/scaled", test_score_of_scaled_data);
  g_test_add_func ("/generators/score/far", test_score_far_away);
  return g_test_run ();
}
