/* Optimiser steps of every instruction set that this machine has, three in a row so that
 * the moments are used, against their formulas in double precision. */
#include "model/kernels-cases.h"

static void
check_momentum (const LtKernels *k, gsize n, gsize shift)
{
  for (int nesterov = FALSE; nesterov <= TRUE; nesterov++) {
    float g[LONGEST + 8], m[LONGEST + 8] = { 0 }, in[LONGEST + 8], w0[LONGEST + 8];
    double expected_m[LONGEST] = { 0 }, expected[LONGEST];
    float *w = in + shift;
    fill_normal (17, n + 1, w0);
    memcpy (w, w0, (n + 1) * sizeof (float));
    for (gsize i = 0; i < n; i++)
      expected[i] = (double) w0[i];
    for (int step = 0; step < 3; step++) {
      fill_normal (18 + step, n, g);
      k->updates->momentum (0.1f, 0.9f, nesterov, g, n, m, w);
      for (gsize i = 0; i < n; i++) {
        double d = (double) g[i];
        expected_m[i] = 0.9 * expected_m[i] + d;
        expected[i] -= 0.1 * (nesterov ? d + 0.9 * expected_m[i] : expected_m[i]);
      }
    }
    for (gsize i = 0; i < n; i++) {
      assert_close (w[i], expected[i], 1e-6, 1e-6);
      assert_close (m[i], expected_m[i], 1e-6, 1e-6);
    }
    g_assert_true (w[n] == w0[n] && m[n] == 0.0f);
  }
}

static void
check_rmsprop (const LtKernels *k, gsize n, gsize shift)
{
  float g[LONGEST + 8], v[LONGEST + 8] = { 0 }, in[LONGEST + 8], w0[LONGEST + 8];
  double expected_v[LONGEST] = { 0 }, expected[LONGEST];
  float *w = in + shift;
  fill_normal (21, n + 1, w0);
  memcpy (w, w0, (n + 1) * sizeof (float));
  for (gsize i = 0; i < n; i++)
    expected[i] = (double) w0[i];
  for (int step = 0; step < 3; step++) {
    fill_normal (22 + step, n, g);
    k->updates->rmsprop (0.01f, 0.9f, 1e-6f, g, n, v, w);
    for (gsize i = 0; i < n; i++) {
      double d = (double) g[i];
      expected_v[i] = 0.9 * expected_v[i] + 0.1 * d * d;
      expected[i] -= 0.01 * d / (sqrt (expected_v[i]) + 1e-6);
    }
  }
  for (gsize i = 0; i < n; i++) {
    assert_close (w[i], expected[i], 1e-6, 1e-6);
    assert_close (v[i], expected_v[i], 2e-6, 1e-12);
  }
  g_assert_true (w[n] == w0[n] && v[n] == 0.0f);
}

static void
adam_step (const LtAdam *a, double g, double *m, double *v, double *w)
{
  *m = (double) a->beta1 * *m + (1.0 - (double) a->beta1) * g;
  *v = (double) a->beta2 * *v + (1.0 - (double) a->beta2) * g * g;
  double mean = *m / (double) a->correction1;
  double root = sqrt (*v / (double) a->correction2);
  *w -=
      (double) a->rate * (mean / (root + (double) a->epsilon) + (double) a->decay * *w);
}

static void
check_adam (const LtKernels *k, gsize n, gsize shift)
{
  float g[LONGEST + 8], m[LONGEST + 8] = { 0 }, v[LONGEST + 8] = { 0 };
  float in[LONGEST + 8], w0[LONGEST + 8];
  double expected_m[LONGEST] = { 0 }, expected_v[LONGEST] = { 0 }, expected[LONGEST];
  float *w = in + shift;
  LtAdam adam = {
    .rate = 0.01f, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-3f, .decay = 0.1f
  };
  fill_normal (25, n + 1, w0);
  memcpy (w, w0, (n + 1) * sizeof (float));
  for (gsize i = 0; i < n; i++)
    expected[i] = (double) w0[i];
  for (int step = 1; step <= 3; step++) {
    adam.correction1 = 1.0f - powf (adam.beta1, (float) step);
    adam.correction2 = 1.0f - powf (adam.beta2, (float) step);
    fill_normal (25 + step, n, g);
    k->updates->adam (&adam, g, n, m, v, w);
    for (gsize i = 0; i < n; i++)
      adam_step (&adam, (double) g[i], &expected_m[i], &expected_v[i], &expected[i]);
  }
  for (gsize i = 0; i < n; i++)
    assert_close (w[i], expected[i], 1e-6, 1e-6);
  g_assert_true (w[n] == w0[n] && m[n] == 0.0f && v[n] == 0.0f);
}

/* A moment whose gradient stays 0 ends at 0, and does not stop among the subnormals. */
static void
test_moments_vanish (void)
{
  const LtAdam adam = { .rate = 0.01f,
                        .beta1 = 0.9f,
                        .beta2 = 0.9f,
                        .epsilon = 1e-8f,
                        .correction1 = 1.0f,
                        .correction2 = 1.0f };
  const float g[20] = { 0 };
  for (int t = 0; lt_kernels_tables[t]; t++) {
    const LtUpdateKernels *k = lt_kernels_tables[t]->updates;
    float m[20], v[20], velocity[20], square[20], w[20] = { 0 };
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (int i = 0; i < 20; i++)
      m[i] = v[i] = velocity[i] = square[i] = 1.0f;
    for (int step = 0; step < 1000; step++) {
      k->adam (&adam, g, 20, m, v, w);
      k->momentum (0.01f, 0.9f, FALSE, g, 20, velocity, w);
      k->rmsprop (0.01f, 0.9f, 1e-8f, g, 20, square, w);
    }
    for (int i = 0; i < 20; i++)
      g_assert_true (m[i] == 0.0f && v[i] == 0.0f && velocity[i] == 0.0f &&
                     square[i] == 0.0f);
  }
}

static const Case cases[] = {
  { "/updates/momentum", check_momentum },
  { "/updates/rmsprop", check_rmsprop },
  { "/updates/adam", check_adam },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i].check, for_each_case);
  g_test_add_func ("/updates/moments-vanish", test_moments_vanish);
  return g_test_run ();
}
