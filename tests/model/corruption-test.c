/* Corruption processes: how much is hit, by what, and what is left alone. */
#include <math.h>
#include <string.h>

#include "data/corruption.h"

#define N 50000

/* Values that no process writes by itself. */
static float *
fixture (void)
{
  float *x = g_new (float, N);

  for (int i = 0; i < N; i++)
    x[i] = 0.25F + 0.5F * (float) i / N;
  return x;
}

/* The share of entries marked as corrupted, within four standard errors. */
static void
assert_share (const float *corrupted, double level)
{
  double sum = 0.0;

  for (int i = 0; i < N; i++) {
    g_assert_true (corrupted[i] == 0.0F || corrupted[i] == 1.0F);
    sum += (double) corrupted[i];
  }
  g_assert_cmpfloat_with_epsilon (sum / N, level,
                                  4.0 * sqrt (level * (1.0 - level) / N));
}

/* Nothing happens to the values, and nothing is marked. */
static void
test_none (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N),
                   *corrupted = g_new (float, N);
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_corrupt (LT_NOISE_NONE, 0.5, x, N, &rng, y, corrupted);
  g_assert_cmpmem (x, N * sizeof (float), y, N * sizeof (float));
  for (int i = 0; i < N; i++)
    g_assert_true (corrupted[i] == 0.0F);
}

/* What is added has mean 0 and the deviation asked for; every entry counts as corrupted. */
static void
test_gaussian (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N),
                   *corrupted = g_new (float, N);
  double sum = 0.0, squares = 0.0;
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_corrupt (LT_NOISE_GAUSSIAN, 0.3, x, N, &rng, y, corrupted);
  for (int i = 0; i < N; i++) {
    double d = (double) (y[i] - x[i]);

    sum += d;
    squares += d * d;
    g_assert_true (corrupted[i] == 1.0F);
  }
  g_assert_cmpfloat_with_epsilon (sum / N, 0.0, 4.0 * 0.3 / sqrt (N));
  g_assert_cmpfloat_with_epsilon (sqrt (squares / N), 0.3, 4.0 * 0.3 / sqrt (2.0 * N));
}

/* Marked entries are 0, the others untouched. */
static void
test_masking (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N),
                   *corrupted = g_new (float, N);
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_corrupt (LT_NOISE_MASKING, 0.3, x, N, &rng, y, corrupted);
  for (int i = 0; i < N; i++)
    g_assert_true (y[i] == (corrupted[i] != 0.0F ? 0.0F : x[i]));
  assert_share (corrupted, 0.3);
}

/* Marked entries are 0 or 1, half each; the others untouched. */
static void
test_salt_pepper (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N),
                   *corrupted = g_new (float, N);
  double salt = 0.0, hit = 0.0;
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_corrupt (LT_NOISE_SALT_PEPPER, 0.4, x, N, &rng, y, corrupted);
  for (int i = 0; i < N; i++) {
    if (corrupted[i] == 0.0F) {
      g_assert_true (y[i] == x[i]);
      continue;
    }
    g_assert_true (y[i] == 0.0F || y[i] == 1.0F);
    salt += (double) y[i];
    hit += 1.0;
  }
  assert_share (corrupted, 0.4);
  g_assert_cmpfloat_with_epsilon (salt / hit, 0.5, 4.0 * 0.5 / sqrt (hit));
}

/* The extremes are exact: level 0 changes nothing, level 1 everything. */
static void
test_extremes (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N);
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  for (int noise = LT_NOISE_GAUSSIAN; noise <= LT_NOISE_SALT_PEPPER; noise++) {
    lt_corrupt (noise, 0.0, x, N, &rng, y, NULL);
    g_assert_cmpmem (x, N * sizeof (float), y, N * sizeof (float));
  }
  lt_corrupt (LT_NOISE_MASKING, 1.0, x, N, &rng, y, NULL);
  for (int i = 0; i < N; i++)
    g_assert_true (y[i] == 0.0F);
}

/* In place and without marks it is the same process. */
static void
test_in_place (void)
{
  for (int noise = LT_NOISE_NONE; noise <= LT_NOISE_SALT_PEPPER; noise++) {
    g_autofree float *x = fixture (), *y = g_new (float, N);
    g_autofree float *corrupted = g_new (float, N);
    LtRng a, b;

    lt_rng_init (&a, 5, 2);
    lt_rng_init (&b, 5, 2);
    lt_corrupt (noise, 0.3, x, N, &a, y, corrupted);
    lt_corrupt (noise, 0.3, x, N, &b, x, NULL);
    g_assert_cmpmem (x, N * sizeof (float), y, N * sizeof (float));
    g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
  }
}

/* The next minibatch is corrupted afresh. */
static void
test_fresh_noise (void)
{
  g_autofree float *x = fixture (), *y = g_new (float, N), *z = g_new (float, N);
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_corrupt (LT_NOISE_MASKING, 0.3, x, N, &rng, y, NULL);
  lt_corrupt (LT_NOISE_MASKING, 0.3, x, N, &rng, z, NULL);
  g_assert_cmpint (memcmp (y, z, N * sizeof (float)), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corruption/none", test_none);
  g_test_add_func ("/corruption/gaussian", test_gaussian);
  g_test_add_func ("/corruption/masking", test_masking);
  g_test_add_func ("/corruption/salt-pepper", test_salt_pepper);
  g_test_add_func ("/corruption/extremes", test_extremes);
  g_test_add_func ("/corruption/in-place", test_in_place);
  g_test_add_func ("/corruption/fresh", test_fresh_noise);
  return g_test_run ();
}
