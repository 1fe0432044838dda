/* Elementwise kernels of every instruction set that this machine has, against the same
 * thing written as a loop in double precision, and at values that are not numbers. */
#include "model/kernels-cases.h"

/* Functions of one number. */

typedef struct {
  const char *name;
  void (*apply) (const LtKernels *k, const float *x, gsize n, float *y);
  double (*expected) (double x);
  double lowest, highest; /* where the relative error is promised */
} Function;

static void
apply_exp (const LtKernels *k, const float *x, gsize n, float *y)
{
  k->elementwise->exp (x, n, y);
}

static void
apply_log (const LtKernels *k, const float *x, gsize n, float *y)
{
  k->elementwise->log (x, n, y);
}

#define APPLY(name, f)                                                             \
  static void apply_##name (const LtKernels *k, const float *x, gsize n, float *y) \
  {                                                                                \
    k->activation->activate (f, x, n, y);                                          \
  }
APPLY (linear, LT_LINEAR)
APPLY (sigmoid, LT_SIGMOID)
APPLY (tanh, LT_TANH)
APPLY (relu, LT_RELU)
APPLY (leaky_relu, LT_LEAKY_RELU)
APPLY (softplus, LT_SOFTPLUS)

static double
linear (double a)
{
  return a;
}

static double
relu (double a)
{
  return MAX (a, 0.0);
}

static double
leaky_relu (double a)
{
  return a < 0.0 ? (double) 0.01f * a : a;
}

static const Function functions[] = {
  { "exp", apply_exp, exp, -87.3, 88.7 },
  { "log", apply_log, log, 1e-37, 3e38 },
  { "linear", apply_linear, linear, -1e30, 1e30 },
  { "sigmoid", apply_sigmoid, sigmoid, -86.0, 100.0 },
  { "tanh", apply_tanh, tanh, -100.0, 100.0 },
  { "relu", apply_relu, relu, -1e30, 1e30 },
  { "leaky-relu", apply_leaky_relu, leaky_relu, -1e30, 1e30 },
  { "softplus", apply_softplus, softplus, -86.0, 1000.0 },
};

/* y, what follows it, and the same in place. */
static void
check_functions (const LtKernels *k, gsize n, gsize shift)
{
  float in[LONGEST + 8], out[LONGEST + 8];
  float *x = in + shift, *y = out + 3 - shift;
  for (gsize f = 0; f < G_N_ELEMENTS (functions); f++) {
    fill_uniform (f, n, x);
    for (gsize i = 0; i < n; i++)
      x[i] =
          strcmp (functions[f].name, "log") == 0 ? x[i] + 0.01f : 20.0f * x[i] - 10.0f;
    y[n] = GUARD;
    functions[f].apply (k, x, n, y);
    for (gsize i = 0; i < n; i++)
      assert_close (y[i], functions[f].expected ((double) x[i]), 4e-7, 0.0);
    g_assert_true (y[n] == GUARD);
    x[n] = GUARD;
    functions[f].apply (k, x, n, x);
    for (gsize i = 0; i < n; i++)
      assert_close (x[i], (double) y[i], 3e-7, 0.0);
    g_assert_true (x[n] == GUARD);
  }
}

/* The promised relative error over the promised range: magnitudes evenly on a
 * logarithmic scale, both signs. */
static void
test_accuracy (void)
{
  enum {
    N = 20000
  };
  float x[N], y[N];
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (gsize f = 0; f < G_N_ELEMENTS (functions); f++) {
      for (int i = 0; i < N; i++) {
        double size = pow (10.0, -37.0 + 75.5 * (i / 2) / (N / 2.0));
        double value = i % 2 ? -size : size;
        x[i] = (float) CLAMP (value, functions[f].lowest, functions[f].highest);
      }
      functions[f].apply (lt_kernels_tables[t], x, N, y);
      for (int i = 0; i < N; i++)
        assert_close (y[i], functions[f].expected ((double) x[i]), 4e-7, 1.2e-38);
    }
  }
}

/* The same where functions bend: evenly between −20 and 20. */
static void
test_accuracy_near_zero (void)
{
  enum {
    N = 20000
  };
  float x[N], y[N];
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (gsize f = 0; f < G_N_ELEMENTS (functions); f++) {
      for (int i = 0; i < N; i++) {
        double value = -20.0 + 40.0 * i / N;
        x[i] = (float) CLAMP (value, functions[f].lowest, functions[f].highest);
      }
      functions[f].apply (lt_kernels_tables[t], x, N, y);
      for (int i = 0; i < N; i++)
        assert_close (y[i], functions[f].expected ((double) x[i]), 4e-7, 1.2e-38);
    }
  }
}

typedef struct {
  const char *name;
  float x, y;
} SpecialValue;

/* NaN is what NaN gives; the ends of the range are what mathematics says, or the
 * nearest number to it that training does not mind. */
static const SpecialValue special_values[] = {
  { "exp", INFINITY, INFINITY },
  { "exp", -INFINITY, 0.0f },
  { "exp", 1000.0f, INFINITY },
  { "exp", 88.73f, INFINITY },
  { "exp", -1000.0f, 0.0f },
  { "exp", 0.0f, 1.0f },
  { "exp", -100.0f, 3.783506e-44f },
  { "log", INFINITY, INFINITY },
  { "log", 0.0f, -INFINITY },
  { "log", -0.0f, -INFINITY },
  { "log", 1.0f, 0.0f },
  { "log", -1.0f, NAN },
  { "log", -1e-40f, NAN },
  { "log", -INFINITY, NAN },
  { "log", 0x1p-149f, -103.278929f },
  { "sigmoid", INFINITY, 1.0f },
  { "sigmoid", -INFINITY, 1.6e-38f },
  { "tanh", INFINITY, 1.0f },
  { "tanh", -INFINITY, -1.0f },
  { "relu", INFINITY, INFINITY },
  { "relu", -INFINITY, 0.0f },
  { "leaky-relu", -INFINITY, -INFINITY },
  { "softplus", INFINITY, INFINITY },
  { "softplus", -INFINITY, 1.6e-38f },
};

static void
check_special (const LtKernels *k, const Function *f, float x, float expected)
{
  float in[40], out[40];
  for (gsize n = 1; n < 40; n++) {
    for (gsize i = 0; i < n; i++)
      in[i] = i == n / 2 ? x : 1.0f;
    f->apply (k, in, n, out);
    if (isnan (expected))
      g_assert_true (isnan (out[n / 2]));
    else if (isinf (expected))
      g_assert_true (out[n / 2] == expected);
    else
      assert_close (out[n / 2], (double) expected, 1e-6, 2e-38);
    for (gsize i = 0; i < n; i++)
      if (i != n / 2)
        assert_close (out[i], f->expected (1.0), 4e-7, 0.0);
  }
}

/* They come out in every lane, and spoil no other. */
static void
test_special_values (void)
{
  for (int t = 0; lt_kernels_tables[t]; t++) {
    const LtKernels *k = lt_kernels_tables[t];
    if (!k->supported ())
      continue;
    for (gsize f = 0; f < G_N_ELEMENTS (functions); f++) {
      check_special (k, &functions[f], NAN, NAN);
      check_special (k, &functions[f], -NAN, NAN);
      for (gsize i = 0; i < G_N_ELEMENTS (special_values); i++)
        if (strcmp (special_values[i].name, functions[f].name) == 0)
          check_special (k, &functions[f], special_values[i].x, special_values[i].y);
    }
  }
}

/* Linear algebra. */

static void
check_axpy (const LtKernels *k, gsize n, gsize shift)
{
  float x[LONGEST + 8], before[LONGEST + 8], out[LONGEST + 8];
  float *y = out + shift;
  fill_normal (6, n, x);
  fill_normal (7, n + 1, before);
  memcpy (y, before, (n + 1) * sizeof (float));
  k->elementwise->axpy (0.7f, x, n, y);
  for (gsize i = 0; i < n; i++)
    assert_close (y[i], (double) before[i] + (double) 0.7f * (double) x[i], 1e-7, 3e-7);
  g_assert_true (y[n] == before[n]);

  memcpy (y, before, (n + 1) * sizeof (float));
  k->elementwise->axpby (0.7f, x, -1.5f, n, y);
  for (gsize i = 0; i < n; i++)
    assert_close (y[i], -1.5 * (double) before[i] + (double) 0.7f * (double) x[i], 1e-7,
                  6e-7);
  g_assert_true (y[n] == before[n]);

  for (gsize i = 0; i < n; i++)
    y[i] = NAN;
  k->elementwise->axpby (2.0f, x, 0.0f, n, y);
  for (gsize i = 0; i < n; i++)
    g_assert_true (y[i] == 2.0f * x[i]);
}

static void
check_products (const LtKernels *k, gsize n, gsize shift)
{
  float x[LONGEST + 8], before[LONGEST + 8], out[LONGEST + 8];
  float *y = out + shift;
  fill_normal (8, n, x);
  fill_normal (9, n + 1, before);
  memcpy (y, before, (n + 1) * sizeof (float));
  k->elementwise->multiply (x, n, y);
  for (gsize i = 0; i < n; i++)
    g_assert_true (y[i] == before[i] * x[i]);
  k->elementwise->scale (3.0f, n, y);
  for (gsize i = 0; i < n; i++)
    g_assert_true (y[i] == before[i] * x[i] * 3.0f);
  k->elementwise->fill (0.25f, n, y);
  for (gsize i = 0; i < n; i++)
    g_assert_true (y[i] == 0.25f);
  g_assert_true (y[n] == before[n]);
}

static void
check_from_bytes (const LtKernels *k, gsize n, gsize shift)
{
  guint8 x[LONGEST + 8] = { 0 };
  float y[LONGEST + 8];
  for (gsize i = 0; i < n; i++)
    x[i + shift] = (guint8) (37 * i);
  y[n] = GUARD;
  k->elementwise->from_bytes (x + shift, 1.0f / 255.0f, -0.5f, n, y);
  for (gsize i = 0; i < n; i++)
    assert_close (y[i], x[i + shift] / 255.0 - 0.5, 1e-7, 1e-7);
  g_assert_true (y[n] == GUARD);
}

/* Rows of n, in place too; shifted logits, as large as they come. The sum may be
 * rounded n times. */
static void
check_softmax (const LtKernels *k, gsize n, gsize shift)
{
  float x[2 * LONGEST], out[2 * LONGEST + 4];
  float *y = out + shift;
  if (n == 0)
    return;
  fill_normal (10, 2 * n, x);
  for (gsize i = 0; i < 2 * n; i++)
    x[i] = 5.0f * x[i] + 1000.0f;
  y[2 * n] = GUARD;
  k->elementwise->softmax (x, 2, (int) n, y);
  g_assert_true (y[2 * n] == GUARD);
  for (int row = 0; row < 2; row++) {
    const float *logits = x + row * n;
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
      sum += exp ((double) logits[i] - 1000.0);
    for (gsize i = 0; i < n; i++)
      assert_close (y[row * n + i], exp ((double) logits[i] - 1000.0) / sum,
                    1e-6 + 6e-9 * (double) n, 1e-37);
  }
  k->elementwise->softmax (x, 2, (int) n, x);
  g_assert_cmpmem (x, 2 * n * sizeof (float), y, 2 * n * sizeof (float));
}

/* Half precision. */

/* What a half's bits mean. */
static double
half_value (guint16 half)
{
  int exponent = half >> 10 & 31, fraction = half & 1023;
  double size = exponent == 0    ? ldexp (fraction, -24)
                : exponent == 31 ? (double) (fraction ? NAN : INFINITY)
                                 : ldexp (1024 + fraction, exponent - 25);
  return half & 0x8000 ? -size : size;
}

/* All 65,536 halves become their value, and come back. */
static void
test_every_half (void)
{
  g_autofree guint16 *half = g_new (guint16, 65536);
  g_autofree guint16 *back = g_new (guint16, 65536);
  g_autofree float *x = g_new (float, 65536);
  for (int i = 0; i < 65536; i++)
    half[i] = (guint16) i;
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    lt_kernels_tables[t]->elementwise->from_half (half, 65536, x);
    lt_kernels_tables[t]->elementwise->to_half (x, 65536, back);
    for (int i = 0; i < 65536; i++) {
      double value = half_value (half[i]);
      if (isnan (value)) {
        g_assert_true (isnan (x[i]));
        g_assert_true (isnan (half_value (back[i])));
      } else {
        g_assert_true ((double) x[i] == value);
        g_assert_cmphex (back[i], ==, half[i]);
      }
    }
  }
}

static double
rounded_to_half (double x)
{
  int exponent;
  frexp (x, &exponent);
  int unit = MAX (exponent, -13) - 11;
  double y = ldexp (nearbyint (ldexp (x, -unit)), unit);
  return fabs (y) > 65504.0 ? copysign (INFINITY, x) : y;
}

/* Between two halves the nearer one is taken, and of two equally near ones the even. */
static void
check_half (const LtKernels *k, gsize n, gsize shift)
{
  float x[LONGEST + 8], size[LONGEST + 8];
  guint16 y[LONGEST + 8];
  fill_normal (30, n, x + shift);
  fill_uniform (31, n, size);
  for (gsize i = 0; i < n; i++)
    x[i + shift] *= ldexpf (1.0f, (int) (45.0f * size[i]) - 28);
  for (gsize i = 0; i < n; i += 3) /* exactly between two */
    x[i + shift] = ldexpf (2.0f * (float) (i + 1024) + 1.0f, (int) (i % 30) - 25);
  y[n] = 0x1234;
  k->elementwise->to_half (x + shift, n, y);
  for (gsize i = 0; i < n; i++)
    g_assert_true (half_value (y[i]) == rounded_to_half ((double) x[i + shift]));
  g_assert_cmphex (y[n], ==, 0x1234);
}

/* The choice. */

/* The first table that the processor supports; the last one runs anywhere. */
static void
test_choice (void)
{
  int t = 0;
  while (!lt_kernels_tables[t]->supported ())
    t++;
  g_assert_true (lt_kernels () == lt_kernels_tables[t]);
  g_assert_cmpstr (lt_kernels_name (), ==, lt_kernels_tables[t]->name);
  while (lt_kernels_tables[t + 1])
    t++;
  g_assert_true (lt_kernels_tables[t]->supported ());
}

/* The public names reach their kernels. */
static void
test_public_names (void)
{
  const float x[3] = { 1.0f, 2.0f, 4.0f };
  float y[3] = { 1.0f, 1.0f, 1.0f }, low, high;
  guint16 half[3];
  const guint8 bytes[3] = { 0, 1, 255 };
  lt_axpy (2.0f, x, 3, y);
  g_assert_true (y[2] == 9.0f);
  lt_axpby (1.0f, x, 2.0f, 3, y);
  g_assert_true (y[2] == 22.0f);
  lt_multiply (x, 3, y);
  g_assert_true (y[2] == 88.0f);
  lt_scale (0.5f, 3, y);
  g_assert_true (y[2] == 44.0f);
  lt_sgd_update (0.5f, x, 3, y);
  g_assert_true (y[2] == 42.0f);
  lt_fill (3.0f, 3, y);
  g_assert_true (lt_sum (y, 3) == 9.0 && lt_dot (x, y, 3) == 21.0);
  g_assert_true (lt_sum_abs (x, 3) == 7.0 && lt_sum_squares (x, 3) == 21.0);
  g_assert_true (lt_squared_error (x, y, 3) == 6.0 && lt_all_finite (x, 3));
  lt_range (x, 3, &low, &high);
  g_assert_true (low == 1.0f && high == 4.0f);
  lt_to_half (x, 3, half);
  lt_from_half (half, 3, y);
  g_assert_cmpmem (y, sizeof y, x, sizeof x);
  lt_from_bytes (bytes, 2.0f, 1.0f, 3, y);
  g_assert_true (y[0] == 1.0f && y[2] == 511.0f);
  lt_log (x, 3, y);
  lt_exp (y, 3, y);
  assert_close (y[2], 4.0, 1e-6, 0.0);
  lt_softplus (x, 3, y);
  assert_close (y[2], softplus (4.0), 4e-7, 0.0);
  lt_softmax (x, 1, 3, y);
  assert_close (y[0], 1.0 / (1.0 + exp (1.0) + exp (3.0)), 1e-6, 0.0);
}

static const Case cases[] = {
  { "/kernels/functions", check_functions },
  { "/kernels/axpy", check_axpy },
  { "/kernels/products", check_products },
  { "/kernels/from-bytes", check_from_bytes },
  { "/kernels/softmax", check_softmax },
  { "/kernels/half", check_half },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i].check, for_each_case);
  g_test_add_func ("/kernels/accuracy", test_accuracy);
  g_test_add_func ("/kernels/accuracy-near-zero", test_accuracy_near_zero);
  g_test_add_func ("/kernels/special-values", test_special_values);
  g_test_add_func ("/kernels/every-half", test_every_half);
  g_test_add_func ("/kernels/choice", test_choice);
  g_test_add_func ("/kernels/public-names", test_public_names);
  return g_test_run ();
}
