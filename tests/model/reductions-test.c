/* Sums and losses of every instruction set that this machine has, against the same thing
 * written as a loop in double precision. */
#include "model/kernels-cases.h"

static double
cross_entropy (double x, double r)
{
  double p = CLAMP (r, (double) 1e-7f, (double) (1.0f - 1e-7f));
  return -x * log (p) - (1.0 - x) * log1p (-p);
}

typedef struct {
  double sum, abs, squares, dot, error, logits, entropy, low, high;
} Sums;

static Sums
naive_sums (const float *x, const float *y, const float *p, gsize n)
{
  Sums s = { .low = INFINITY, .high = -INFINITY };
  for (gsize i = 0; i < n; i++) {
    double a = (double) x[i], b = (double) y[i], t = (double) p[i];
    s.sum += a;
    s.abs += fabs (a);
    s.squares += a * a;
    s.dot += a * b;
    s.error += (a - b) * (a - b);
    s.logits += softplus (a) - t * a;
    s.entropy += cross_entropy (t, sigmoid (b));
    s.low = MIN (s.low, a);
    s.high = MAX (s.high, a);
  }
  return s;
}

static void
check_sums (const LtKernels *k, gsize n, gsize shift)
{
  const LtReductionKernels *f = k->reductions;
  float in[LONGEST + 8], y[LONGEST + 8], p[LONGEST + 8], r[LONGEST + 8];
  float *x = in + shift, low, high;
  double margin = 3e-7 * (double) (n + 1);
  fill_normal (11, n, x);
  fill_normal (12, n, y);
  fill_uniform (13, n, p);
  x[n] = y[n] = p[n] = r[n] = 1e30f; /* one too many would show */
  for (gsize i = 0; i < n; i++)
    r[i] = (float) sigmoid ((double) y[i]);
  Sums s = naive_sums (x, y, p, n);
  g_assert_cmpfloat_with_epsilon (f->sum (x, n), s.sum, margin);
  g_assert_cmpfloat_with_epsilon (f->sum_abs (x, n), s.abs, margin);
  g_assert_cmpfloat_with_epsilon (f->sum_squares (x, n), s.squares, margin);
  g_assert_cmpfloat_with_epsilon (f->dot (x, y, n), s.dot, margin);
  g_assert_cmpfloat_with_epsilon (f->squared_error (x, y, n), s.error, 2.0 * margin);
  g_assert_cmpfloat_with_epsilon (f->cross_entropy_logits (p, x, n), s.logits, margin);
  g_assert_cmpfloat_with_epsilon (f->cross_entropy (p, r, n), s.entropy, margin);
  f->range (x, n, &low, &high);
  g_assert_true (low == (float) s.low && high == (float) s.high);
}

/* Rounding does not grow with the length: a million tenths, which one float32 would add up
 * to 100,959. */
static void
test_long_sum (void)
{
  enum {
    N = 1000000
  };
  g_autofree float *x = g_new (float, N);
  for (int i = 0; i < N; i++)
    x[i] = 0.1f;
  for (int t = 0; lt_kernels_tables[t]; t++)
    if (lt_kernels_tables[t]->supported ())
      g_assert_cmpfloat_with_epsilon (lt_kernels_tables[t]->reductions->sum (x, N),
                                      N * (double) 0.1f, 1.0);
}

/* Extreme probabilities and logits give large, finite losses; NaN gives NaN. */
static void
test_loss_extremes (void)
{
  const float ends[] = { 0.0f, 1.0f, -3.0f, 4.0f };
  const float logits[] = { -1000.0f, 1000.0f };
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    const LtReductionKernels *f = lt_kernels_tables[t]->reductions;
    for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
      for (float x = 0.0f; x <= 1.0f; x += 0.5f)
        assert_close ((float) f->cross_entropy (&x, &ends[i], 1),
                      cross_entropy ((double) x, (double) ends[i]), 1e-6, 1e-6);
    for (gsize i = 0; i < G_N_ELEMENTS (logits); i++)
      for (float x = 0.0f; x <= 1.0f; x += 0.5f)
        assert_close ((float) f->cross_entropy_logits (&x, &logits[i], 1),
                      softplus ((double) logits[i]) - (double) (x * logits[i]), 1e-6,
                      1e-6);
  }
}

/* NaN in any place of any length makes every sum NaN; range passes over it. */
static void
check_nan_in_sums (const LtKernels *k, gsize n, gsize shift)
{
  const LtReductionKernels *f = k->reductions;
  float x[LONGEST + 8], y[LONGEST + 8];
  float low, high;
  if (n == 0)
    return;
  fill_uniform (14, n, x + shift);
  fill_uniform (15, n, y);
  gsize place = (7 * n / 11) % n;
  y[place] = NAN;
  g_assert_true (isnan (f->sum (y, n)));
  g_assert_true (isnan (f->sum_abs (y, n)));
  g_assert_true (isnan (f->sum_squares (y, n)));
  g_assert_true (isnan (f->dot (x + shift, y, n)));
  g_assert_true (isnan (f->squared_error (x + shift, y, n)));
  g_assert_true (isnan (f->cross_entropy_logits (x + shift, y, n)));
  g_assert_true (isnan (f->cross_entropy (x + shift, y, n)));
  f->range (y, n, &low, &high);
  g_assert_true (n == 1 || (low >= 0.0f && high < 1.0f));
}

static void
check_all_finite (const LtKernels *k, gsize n, gsize shift)
{
  const float bad[] = { NAN, -NAN, INFINITY, -INFINITY };
  float in[LONGEST + 8];
  float *x = in + shift;
  for (gsize i = 0; i <= n; i++)
    x[i] = i % 2 ? 3.4e38f : -1e-45f;
  x[n] = NAN; /* not one of the n */
  g_assert_true (k->reductions->all_finite (x, n));
  for (gsize i = 0; i < n; i += 1 + n / 70) {
    float good = x[i];
    x[i] = bad[i % G_N_ELEMENTS (bad)];
    g_assert_false (k->reductions->all_finite (x, n));
    x[i] = good;
  }
}

static void
check_column_sums (const LtKernels *k, gsize n, gsize shift)
{
  float x[12 * (LONGEST + 4)], y[LONGEST + 8];
  int ld = (int) (n + shift);
  for (int rows = 0; rows <= 11; rows++) {
    fill_normal (16, (gsize) rows * ld, x);
    y[n] = GUARD;
    k->reductions->column_sums (x, rows, (int) n, ld, y);
    for (gsize i = 0; i < n; i++) {
      double sum = 0.0;
      for (int row = 0; row < rows; row++)
        sum += (double) x[row * ld + i];
      assert_close (y[i], sum, 1e-7, 4e-6);
    }
    g_assert_true (y[n] == GUARD);
  }
}

static const Case cases[] = {
  { "/reductions/sums", check_sums },
  { "/reductions/nan", check_nan_in_sums },
  { "/reductions/all-finite", check_all_finite },
  { "/reductions/column-sums", check_column_sums },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i].check, for_each_case);
  g_test_add_func ("/reductions/long-sum", test_long_sum);
  g_test_add_func ("/reductions/loss-extremes", test_loss_extremes);
  return g_test_run ();
}
