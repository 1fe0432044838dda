/* Random numbers: the generator's published answers, and what the distributions made of it
 * must satisfy. Tolerances are six standard deviations; seeds are fixed, so
 * a test passes always or never. */
#include "core/kernels-table.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define N 200000

typedef struct {
  LtRng rng;
  guint32 answer[4];
} KnownAnswer;

/* From the vectors that come with Random123, the authors' own implementation. */
static const KnownAnswer known_answers[] = {
  { { 0, 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
  { { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 },
    { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
  { { 0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88 },
    { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

/* The single numbers follow Philox4x32-10's known answers. */
static void
test_known_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known_answers); i++) {
    LtRng rng = known_answers[i].rng;
    g_assert_cmphex (lt_rng_next (&rng), ==, known_answers[i].answer[0]);
    g_assert_cmphex (rng.counter, ==, known_answers[i].rng.counter + 1);
  }
}

/* So do the fills, whichever instruction set computes them. */
static void
test_known_answers_of_fills (void)
{
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (gsize i = 0; i < G_N_ELEMENTS (known_answers); i++) {
      guint32 words[LT_RANDOM_GROUP];
      lt_kernels_tables[t]->random->words (&known_answers[i].rng, 1, words);
      for (int j = 0; j < 4; j++)
        g_assert_cmphex (words[LT_RANDOM_BLOCKS * j], ==, known_answers[i].answer[j]);
    }
  }
}

/* Every block of a fill is the block that the single numbers would have used, also where
 * the counter's low half wraps around. */
static void
test_fills_follow_the_counter (void)
{
  LtRng rng;
  lt_rng_init (&rng, 11, 22);
  rng.counter = 0xfffffff8u;
  for (int t = 0; lt_kernels_tables[t]; t++) {
    guint32 words[2 * LT_RANDOM_GROUP];
    LtRng single = rng;
    if (!lt_kernels_tables[t]->supported ())
      continue;
    lt_kernels_tables[t]->random->words (&rng, 2, words);
    for (int group = 0; group < 2; group++)
      for (int l = 0; l < LT_RANDOM_BLOCKS; l++)
        g_assert_cmphex (words[group * LT_RANDOM_GROUP + l], ==, lt_rng_next (&single));
  }
}

typedef void (*Fill) (const LtRandomKernels *kernels, const LtRng *rng, float *y);

#define N_GROUPS 50
#define N_FILLED (N_GROUPS * LT_RANDOM_GROUP)

static void
uniform (const LtRandomKernels *kernels, const LtRng *rng, float *y)
{
  kernels->uniform (rng, N_GROUPS, y);
}

static void
normal (const LtRandomKernels *kernels, const LtRng *rng, float *y)
{
  kernels->normal (rng, N_GROUPS, y);
}

static void
mask (const LtRandomKernels *kernels, const LtRng *rng, float *y)
{
  kernels->mask (rng, 0.3f, N_GROUPS, y);
}

static void
bernoulli (const LtRandomKernels *kernels, const LtRng *rng, float *y)
{
  for (int i = 0; i < N_FILLED; i++)
    y[i] = (float) i / N_FILLED;
  kernels->bernoulli (rng, y, N_GROUPS, y);
}

/* All instruction sets give the same bytes. */
static void
test_same_on_every_machine (void)
{
  const Fill fills[] = { uniform, normal, mask, bernoulli };
  LtRng rng;
  lt_rng_init (&rng, 5, 6);
  for (gsize f = 0; f < G_N_ELEMENTS (fills); f++) {
    float expected[N_FILLED], y[N_FILLED];
    int last = 0;
    while (lt_kernels_tables[last + 1])
      last++;
    fills[f](lt_kernels_tables[last]->random, &rng, expected);
    for (int t = 0; t < last; t++) {
      if (!lt_kernels_tables[t]->supported ())
        continue;
      fills[f](lt_kernels_tables[t]->random, &rng, y);
      g_assert_cmpmem (y, sizeof y, expected, sizeof expected);
    }
  }
}

/* A fill of any length begins with the same numbers, writes no more than it was asked for,
 * and takes whole blocks. */
static void
test_fill_lengths (void)
{
  float all[200];
  LtRng start, rng;
  lt_rng_init (&start, 1, 2);
  rng = start;
  lt_rng_fill_uniform (&rng, 200, all);
  for (gsize n = 0; n < 200; n++) {
    float y[201];
    y[n] = 7.0f;
    rng = start;
    lt_rng_fill_uniform (&rng, n, y);
    g_assert_cmpmem (y, n * sizeof (float), all, n * sizeof (float));
    g_assert_true (y[n] == 7.0f);
    g_assert_cmpuint (rng.counter * 4, >=, n);
    g_assert_cmpuint (rng.counter, <, n / 4 + 17);
  }
}

/* In place and not, whole groups and rests: Bernoulli draws use p where it stands. */
static void
test_bernoulli_lengths (void)
{
  LtRng start, rng;
  lt_rng_init (&start, 3, 4);
  for (gsize n = 0; n < 200; n++) {
    float p[200], y[200], z[200];
    for (gsize i = 0; i < n; i++)
      z[i] = p[i] = (float) i / 200.0f;
    rng = start;
    lt_rng_fill_bernoulli (&rng, p, n, y);
    rng = start;
    lt_rng_fill_bernoulli (&rng, z, n, z);
    g_assert_cmpmem (y, n * sizeof (float), z, n * sizeof (float));
    for (gsize i = 0; i < n; i++)
      g_assert_true (y[i] == 0.0f || y[i] == 1.0f);
  }
}

/* χ² of 256 bins, and of 256 bins of the eight lowest bits: mean 255, deviation √510. */
static void
test_uniform_is_uniform (void)
{
  g_autofree float *y = g_new (float, N);
  int high[256] = { 0 }, low[256] = { 0 };
  LtRng rng;
  lt_rng_init (&rng, 1, 0);
  lt_rng_fill_uniform (&rng, N, y);
  for (int i = 0; i < N; i++) {
    g_assert_true (y[i] >= 0.0f && y[i] < 1.0f);
    high[(int) (y[i] * 256.0f)]++;
    low[(int) (y[i] * 16777216.0f) & 255]++;
  }
  double chi_high = 0.0, chi_low = 0.0, expected = N / 256.0;
  for (int i = 0; i < 256; i++) {
    chi_high += (high[i] - expected) * (high[i] - expected) / expected;
    chi_low += (low[i] - expected) * (low[i] - expected) / expected;
  }
  g_assert_cmpfloat (fabs (chi_high - 255.0), <, 6.0 * sqrt (510.0));
  g_assert_cmpfloat (fabs (chi_low - 255.0), <, 6.0 * sqrt (510.0));
}

/* The first four moments of normals are 0, 1, 0, 3, with variances 1, 2, 15 and 96 over n;
 * the two of a pair, 32 apart, do not correlate, nor do their squares. */
static void
check_normal_moments (const float *y)
{
  double moment[5] = { 0 }, product = 0.0, squares = 0.0;
  for (int i = 0; i < N; i++)
    for (int power = 1; power <= 4; power++)
      moment[power] += pow ((double) y[i], power) / N;
  for (int i = 0; i + 32 < N; i++) {
    double a = (double) y[i], b = (double) y[i + 32];
    product += a * b / N;
    squares += (a * a - 1.0) * (b * b - 1.0) / N;
  }
  g_assert_cmpfloat (fabs (moment[1]), <, 6.0 * sqrt (1.0 / N));
  g_assert_cmpfloat (fabs (moment[2] - 1.0), <, 6.0 * sqrt (2.0 / N));
  g_assert_cmpfloat (fabs (moment[3]), <, 6.0 * sqrt (15.0 / N));
  g_assert_cmpfloat (fabs (moment[4] - 3.0), <, 6.0 * sqrt (96.0 / N));
  g_assert_cmpfloat (fabs (product), <, 6.0 * sqrt (1.0 / N));
  g_assert_cmpfloat (fabs (squares), <, 6.0 * sqrt (4.0 / N));
}

static void
test_normal_moments (void)
{
  g_autofree float *y = g_new (float, N);
  LtRng rng;
  lt_rng_init (&rng, 2, 0);
  lt_rng_fill_normal (&rng, N, y);
  check_normal_moments (y);
  for (int i = 0; i < N; i++)
    y[i] = lt_rng_normal (&rng);
  check_normal_moments (y);
}

/* χ² of 64 bins of equal probability under the normal's distribution function. */
static void
test_normal_distribution (void)
{
  g_autofree float *y = g_new (float, N);
  int bins[64] = { 0 };
  LtRng rng;
  lt_rng_init (&rng, 3, 0);
  lt_rng_fill_normal (&rng, N, y);
  for (int i = 0; i < N; i++) {
    int bin = (int) (64.0 * 0.5 * erfc (-(double) y[i] / G_SQRT2));
    bins[CLAMP (bin, 0, 63)]++;
  }
  double chi = 0.0, expected = N / 64.0;
  for (int i = 0; i < 64; i++)
    chi += (bins[i] - expected) * (bins[i] - expected) / expected;
  g_assert_cmpfloat (fabs (chi - 63.0), <, 6.0 * sqrt (126.0));
}

/* The share of ones is p, for each p; 0 and 1 are certain. */
static void
test_bernoulli_rates (void)
{
  g_autofree float *y = g_new (float, N);
  LtRng rng;
  lt_rng_init (&rng, 4, 0);
  for (int tenth = 0; tenth <= 10; tenth++) {
    double p = tenth / 10.0, ones = 0.0, masked = 0.0;
    for (int i = 0; i < N; i++)
      y[i] = (float) p;
    lt_rng_fill_bernoulli (&rng, y, N, y);
    for (int i = 0; i < N; i++)
      ones += (double) y[i];
    lt_rng_fill_mask (&rng, (float) p, N, y);
    for (int i = 0; i < N; i++)
      masked += (double) y[i];
    g_assert_cmpfloat (fabs (ones / N - p), <=, 6.0 * sqrt (p * (1.0 - p) / N));
    g_assert_cmpfloat (fabs (masked / N - p), <=, 6.0 * sqrt (p * (1.0 - p) / N));
  }
}

/* Generators that differ in seed, in stream, or by a split do not correlate. */
static void
test_streams_are_independent (void)
{
  g_autofree float *x = g_new (float, N);
  g_autofree float *y = g_new (float, N);
  LtRng base, others[3];
  lt_rng_init (&base, 8, 1);
  lt_rng_init (&others[0], 9, 1);
  lt_rng_init (&others[1], 8, 2);
  lt_rng_split (&base, &others[2]);
  lt_rng_fill_normal (&base, N, x);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    double product = 0.0;
    lt_rng_fill_normal (&others[i], N, y);
    for (int j = 0; j < N; j++)
      product += (double) x[j] * (double) y[j] / N;
    g_assert_cmpfloat (fabs (product), <, 6.0 * sqrt (1.0 / N));
  }
}

/* A split is determined by the parent's state, and no two are alike. */
static void
test_split (void)
{
  LtRng parent, copy, first, second, again;
  lt_rng_init (&parent, 10, 0);
  copy = parent;
  lt_rng_split (&parent, &first);
  lt_rng_split (&parent, &second);
  lt_rng_split (&copy, &again);
  g_assert_cmpmem (&first, sizeof first, &again, sizeof again);
  g_assert_cmpint (memcmp (&first, &second, sizeof first), !=, 0);
}

/* A copied struct continues with the same numbers. */
static void
test_restore (void)
{
  float a[100], b[100];
  LtRng rng, saved;
  lt_rng_init (&rng, 12, 13);
  lt_rng_fill_normal (&rng, 77, a);
  saved = rng;
  lt_rng_fill_normal (&rng, 100, a);
  lt_rng_fill_normal (&saved, 100, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  g_assert_cmphex (lt_rng_next (&rng), ==, lt_rng_next (&saved));
}

/* Counts of lt_rng_below are even, also for 3·2³⁰, where one word in four has to be drawn
 * again: else the multiples of 3 would come twice as often as the others. */
static void
test_below (void)
{
  int bins[6] = { 0 }, thirds[3] = { 0 };
  LtRng rng;
  lt_rng_init (&rng, 14, 0);
  for (int i = 0; i < N; i++) {
    guint32 value = lt_rng_below (&rng, 6);
    g_assert_cmpuint (value, <, 6);
    bins[value]++;
    value = lt_rng_below (&rng, 3u << 30);
    g_assert_cmpuint (value, <, 3u << 30);
    thirds[value % 3]++;
  }
  for (int i = 0; i < 6; i++)
    g_assert_cmpfloat (fabs (bins[i] - N / 6.0), <, 6.0 * sqrt (N * 5.0 / 36.0));
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (thirds[i] - N / 3.0), <, 6.0 * sqrt (N * 2.0 / 9.0));
  g_assert_cmpuint (lt_rng_below (&rng, 1), ==, 0);
}

/* All 24 orders of four items come equally often. */
static void
test_shuffle (void)
{
  int orders[256] = { 0 };
  int n_seen = 0;
  LtRng rng;
  lt_rng_init (&rng, 15, 0);
  for (int i = 0; i < 24000; i++) {
    guint32 items[4] = { 0, 1, 2, 3 };
    lt_rng_shuffle (&rng, items, 4);
    g_assert_cmpuint (1u << items[0] | 1u << items[1] | 1u << items[2] | 1u << items[3],
                      ==, 15);
    orders[items[0] << 6 | items[1] << 4 | items[2] << 2 | items[3]]++;
  }
  for (int i = 0; i < 256; i++) {
    if (orders[i] == 0)
      continue;
    n_seen++;
    g_assert_cmpfloat (fabs (orders[i] - 1000.0), <, 6.0 * sqrt (1000.0 * 23.0 / 24.0));
  }
  g_assert_cmpint (n_seen, ==, 24);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/known-answers", test_known_answers);
  g_test_add_func ("/rng/known-answers-of-fills", test_known_answers_of_fills);
  g_test_add_func ("/rng/fills-follow-the-counter", test_fills_follow_the_counter);
  g_test_add_func ("/rng/same-on-every-machine", test_same_on_every_machine);
  g_test_add_func ("/rng/fill-lengths", test_fill_lengths);
  g_test_add_func ("/rng/bernoulli-lengths", test_bernoulli_lengths);
  g_test_add_func ("/rng/uniform", test_uniform_is_uniform);
  g_test_add_func ("/rng/normal-moments", test_normal_moments);
  g_test_add_func ("/rng/normal-distribution", test_normal_distribution);
  g_test_add_func ("/rng/bernoulli-rates", test_bernoulli_rates);
  g_test_add_func ("/rng/streams", test_streams_are_independent);
  g_test_add_func ("/rng/split", test_split);
  g_test_add_func ("/rng/restore", test_restore);
  g_test_add_func ("/rng/below", test_below);
  g_test_add_func ("/rng/shuffle", test_shuffle);
  return g_test_run ();
}
