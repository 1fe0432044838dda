/* Activations with a bias, and their derivatives, of every instruction set that this
 * machine has, against their formulas in double precision. */
#include "model/kernels-cases.h"

static double
value_of (LtActivation f, double a)
{
  switch (f) {
  case LT_SIGMOID:
    return sigmoid (a);
  case LT_TANH:
    return tanh (a);
  case LT_RELU:
    return MAX (a, 0.0);
  case LT_LEAKY_RELU:
    return a < 0.0 ? (double) 0.01f * a : a;
  case LT_SOFTPLUS:
    return softplus (a);
  case LT_LINEAR:
  default:
    return a;
  }
}

/* Rows of n entries, a little apart; what lies between them stays. */
static void
check_bias_activate (const LtKernels *k, gsize n, gsize shift)
{
  float a[3 * (LONGEST + 4)], out[3 * (LONGEST + 4) + 4], b[LONGEST + 4];
  float *y = out + shift;
  int ld = (int) (n + shift);
  fill_normal (1, 3 * ld, a);
  fill_normal (2, n, b);
  for (int f = LT_LINEAR; f <= LT_SOFTPLUS; f++) {
    memcpy (y, a, 3 * ld * sizeof (float));
    k->activation->bias_activate (f, b, 3, (int) n, ld, y);
    for (int i = 0; i < 3 * ld; i++) {
      int column = i % ld;
      if (column < (int) n)
        assert_close (y[i], value_of (f, (double) (a[i] + b[column])), 4e-7, 1e-12);
      else
        g_assert_true (y[i] == a[i]);
    }
  }
}

/* f'(a) and f''(a) from a itself. */
static void
derivatives_of (LtActivation f, double a, double *slope, double *curvature)
{
  double s = sigmoid (a), t = tanh (a);
  const double slopes[] = { [LT_LINEAR] = 1.0,
                            [LT_SIGMOID] = s * (1.0 - s),
                            [LT_TANH] = 1.0 - t * t,
                            [LT_RELU] = a > 0.0,
                            [LT_LEAKY_RELU] = a > 0.0 ? 1.0 : (double) 0.01f,
                            [LT_SOFTPLUS] = s };
  const double curvatures[] = { [LT_LINEAR] = 0.0,
                                [LT_SIGMOID] = s * (1.0 - s) * (1.0 - 2.0 * s),
                                [LT_TANH] = -2.0 * t * (1.0 - t * t),
                                [LT_RELU] = 0.0,
                                [LT_LEAKY_RELU] = 0.0,
                                [LT_SOFTPLUS] = s * (1.0 - s) };
  *slope = slopes[f];
  *curvature = curvatures[f];
}

/* y carries a rounding error, and near 1 it is all that is left of 1 − y: hence 3e-7. */
static void
check_derivatives (const LtKernels *k, gsize n, gsize shift)
{
  float a[LONGEST + 8], y[LONGEST + 8], d[LONGEST + 8];
  float dy[LONGEST + 8], d2y[LONGEST + 8], only[LONGEST + 8];
  fill_normal (3, n, a);
  for (int f = LT_LINEAR; f <= LT_SOFTPLUS; f++) {
    for (gsize i = 0; i < n; i++)
      y[i + shift] = (float) value_of (f, (double) (3.0f * a[i]));
    fill_normal (4, n, d);
    dy[n] = d2y[n] = only[n] = GUARD;
    d[n] = GUARD;
    k->activation->derivatives (f, y + shift, n, dy, d2y);
    k->activation->derivatives (f, y + shift, n, only, NULL);
    g_assert_cmpmem (only, (n + 1) * sizeof (float), dy, (n + 1) * sizeof (float));
    g_assert_true (dy[n] == GUARD && d2y[n] == GUARD);
    for (gsize i = 0; i < n; i++) {
      double slope, curvature;
      derivatives_of (f, (double) (3.0f * a[i]), &slope, &curvature);
      assert_close (dy[i], slope, 4e-7, 3e-7);
      assert_close (d2y[i], curvature, 4e-7, 6e-7);
    }
    k->activation->backward (f, y + shift, n, d);
    float before[LONGEST + 8];
    fill_normal (4, n, before);
    for (gsize i = 0; i < n; i++)
      assert_close (d[i], (double) before[i] * (double) dy[i], 2e-7, 1e-30);
    g_assert_true (d[n] == GUARD);
  }
}

/* The slope of softplus keeps its relative precision where the value is next to 0. */
static void
test_softplus_slope (void)
{
  for (float a = -80.0f; a < 20.0f; a += 0.37f) {
    float y = (float) softplus ((double) a), slope;
    lt_activation_derivatives (LT_SOFTPLUS, &y, 1, &slope, NULL);
    assert_close (slope, sigmoid ((double) a), 1e-6, 0.0);
  }
}

/* The public functions: no bias, strides, in place, and the names. */
static void
test_activation (void)
{
  float a[60], y[60];
  fill_normal (5, 60, a);
  for (int f = LT_LINEAR; f <= LT_SOFTPLUS; f++) {
    for (int ld = 10; ld <= 12; ld += 2) {
      memcpy (y, a, sizeof y);
      lt_bias_activate (f, NULL, 5, 10, ld, y);
      for (int i = 0; i < 5 * ld; i++) {
        if (i % ld < 10)
          assert_close (y[i], value_of (f, (double) a[i]), 4e-7, 0.0);
        else
          g_assert_true (y[i] == a[i]);
      }
    }
    memcpy (y, a, sizeof y);
    lt_activate (f, y, 60, y);
    for (int i = 0; i < 60; i++)
      assert_close (y[i], value_of (f, (double) a[i]), 4e-7, 0.0);
  }
  g_assert_null (lt_activation_names[LT_SOFTPLUS + 1]);
}

static const Case cases[] = {
  { "/activation/bias", check_bias_activate },
  { "/activation/derivatives", check_derivatives },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i].check, for_each_case);
  g_test_add_func ("/activation/softplus-slope", test_softplus_slope);
  g_test_add_func ("/activation/public-names", test_activation);
  return g_test_run ();
}
