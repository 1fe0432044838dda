/* What the tests of kernels share: every instruction set that this machine has, at all lengths
 * up to 67 and two longer ones, at all alignments to 4 bytes. */
#pragma once

#include "core/kernels-table.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define LONGEST 1300
#define GUARD   -12345.0f

/* Lengths 0 … 67, then two that need several blocks. */
static inline gsize
length_after (gsize n)
{
  return n < 67 ? n + 1 : n == 67 ? 520 : n == 520 ? 1283 : LONGEST + 1;
}

/* For each instruction set, length and alignment. */
typedef void (*Check) (const LtKernels *k, gsize n, gsize shift);

static inline void
for_each_case (gconstpointer data)
{
  Check check = *(const Check *) data;
  for (int t = 0; lt_kernels_tables[t]; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (gsize n = 0; n <= LONGEST; n = length_after (n))
      for (gsize shift = 0; shift < 4; shift++)
        check (lt_kernels_tables[t], n, shift);
  }
}

static inline void
fill_normal (guint64 stream, gsize n, float *x)
{
  LtRng rng;
  lt_rng_init (&rng, 1, stream);
  lt_rng_fill_normal (&rng, n, x);
}

static inline void
fill_uniform (guint64 stream, gsize n, float *x)
{
  LtRng rng;
  lt_rng_init (&rng, 1, stream);
  lt_rng_fill_uniform (&rng, n, x);
}

/* |actual − expected| within a share of |expected|, or within `least`. */
static inline void
assert_close (float actual, double expected, double share, double least)
{
  g_assert_cmpfloat_with_epsilon ((double) actual, expected,
                                  MAX (share * fabs (expected), least) + G_MINDOUBLE);
}

static inline double
sigmoid (double a)
{
  return 1.0 / (1.0 + exp (-a));
}

static inline double
softplus (double a)
{
  return MAX (a, 0.0) + log1p (exp (-fabs (a)));
}

typedef struct {
  const char *path;
  Check check;
} Case;
