/* Random numbers from counters: the state's bookkeeping and the numbers made singly. The
 * generator itself, and what fills arrays, is in kernels-random.c. */
#include "core/rng.h"

#include "core/kernels-table.h"

#include <math.h>
#include <string.h>

void
lt_rng_init (LtRng *self, guint64 seed, guint64 stream)
{
  *self = (LtRng){ .seed = seed, .stream = stream };
}

/* One multiply-and-mix of a round of Philox4x32 (Salmon et al. 2011, section 3.3). */
static void
philox_round (guint32 x[4], guint32 key0, guint32 key1)
{
  guint64 a = (guint64) x[0] * 0xD2511F53u;
  guint64 b = (guint64) x[2] * 0xCD9E8D57u;
  x[0] = (guint32) (b >> 32) ^ x[1] ^ key0;
  x[1] = (guint32) b;
  x[2] = (guint32) (a >> 32) ^ x[3] ^ key1;
  x[3] = (guint32) a;
}

/* The next block of four words. */
static void
next_block (LtRng *self, guint32 x[4])
{
  guint32 key0 = (guint32) self->seed;
  guint32 key1 = (guint32) (self->seed >> 32);
  x[0] = (guint32) self->counter;
  x[1] = (guint32) (self->counter >> 32);
  x[2] = (guint32) self->stream;
  x[3] = (guint32) (self->stream >> 32);
  for (int i = 0; i < 10; i++) {
    philox_round (x, key0, key1);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  self->counter++;
}

void
lt_rng_split (LtRng *self, LtRng *child)
{
  guint32 x[4];
  next_block (self, x);
  lt_rng_init (child, x[0] | (guint64) x[1] << 32, x[2] | (guint64) x[3] << 32);
}

guint32
lt_rng_next (LtRng *self)
{
  guint32 x[4];
  next_block (self, x);
  return x[0];
}

/* Lemire 2019, "Fast random integer generation in an interval": the high half of
 * word · bound, where the few words that would make some results more likely are drawn again. */
guint32
lt_rng_below (LtRng *self, guint32 bound)
{
  g_return_val_if_fail (bound > 0, 0);
  guint64 product = (guint64) lt_rng_next (self) * bound;
  if ((guint32) product >= bound)
    return (guint32) (product >> 32);
  guint32 n_excess = -bound % bound; /* 2³² mod bound */
  while ((guint32) product < n_excess)
    product = (guint64) lt_rng_next (self) * bound;
  return (guint32) (product >> 32);
}

float
lt_rng_uniform (LtRng *self)
{
  return (float) (lt_rng_next (self) >> 8) * 0x1p-24f;
}

/* Box & Muller 1958. */
float
lt_rng_normal (LtRng *self)
{
  guint32 x[4];
  next_block (self, x);
  double u = (x[0] + 0.5) * 0x1p-32;
  double angle = x[1] * 0x1p-32 * 2.0 * G_PI;
  return (float) (sqrt (-2.0 * log (u)) * cos (angle));
}

/* Whole groups go straight to y; the last, incomplete one to a buffer first. */
static gsize
take_groups (LtRng *self, LtRng *start, gsize n)
{
  *start = *self;
  self->counter += LT_RANDOM_BLOCKS * (n / LT_RANDOM_GROUP + (n % LT_RANDOM_GROUP > 0));
  return n / LT_RANDOM_GROUP;
}

static void
fill (LtRng *self, void (*kernel) (const LtRng *, gsize, float *), gsize n, float *y)
{
  LtRng start;
  float last[LT_RANDOM_GROUP];
  gsize n_groups = take_groups (self, &start, n);
  gsize done = n_groups * LT_RANDOM_GROUP;
  kernel (&start, n_groups, y);
  if (done == n)
    return;
  start.counter += n_groups * LT_RANDOM_BLOCKS;
  kernel (&start, 1, last);
  memcpy (y + done, last, (n - done) * sizeof (float));
}

void
lt_rng_fill_uniform (LtRng *self, gsize n, float *y)
{
  fill (self, lt_kernels ()->random->uniform, n, y);
}

void
lt_rng_fill_normal (LtRng *self, gsize n, float *y)
{
  fill (self, lt_kernels ()->random->normal, n, y);
}

void
lt_rng_fill_bernoulli (LtRng *self, const float *p, gsize n, float *y)
{
  LtRng start;
  float last[LT_RANDOM_GROUP] = { 0 };
  gsize n_groups = take_groups (self, &start, n);
  gsize done = n_groups * LT_RANDOM_GROUP;
  lt_kernels ()->random->bernoulli (&start, p, n_groups, y);
  if (done == n)
    return;
  start.counter += n_groups * LT_RANDOM_BLOCKS;
  memcpy (last, p + done, (n - done) * sizeof (float));
  lt_kernels ()->random->bernoulli (&start, last, 1, last);
  memcpy (y + done, last, (n - done) * sizeof (float));
}

void
lt_rng_fill_mask (LtRng *self, float p, gsize n, float *y)
{
  LtRng start;
  float last[LT_RANDOM_GROUP];
  gsize n_groups = take_groups (self, &start, n);
  gsize done = n_groups * LT_RANDOM_GROUP;
  lt_kernels ()->random->mask (&start, p, n_groups, y);
  if (done == n)
    return;
  start.counter += n_groups * LT_RANDOM_BLOCKS;
  lt_kernels ()->random->mask (&start, p, 1, last);
  memcpy (y + done, last, (n - done) * sizeof (float));
}

/* The generator at the panel's first group; returns how far into the group it begins. */
static int
seek (const LtRng *self, const LtRngPanel *panel, LtRng *at)
{
  gsize per_row = (panel->width + LT_RANDOM_GROUP - 1) / LT_RANDOM_GROUP;
  gsize group = panel->row * per_row + panel->first / LT_RANDOM_GROUP;

  *at = *self;
  at->counter += group * LT_RANDOM_BLOCKS;
  return panel->first % LT_RANDOM_GROUP;
}

void
lt_rng_panel_bernoulli (const LtRng *self,
                        const LtRngPanel *panel,
                        const float *p,
                        float *y)
{
  LtRng at;
  int skip = seek (self, panel, &at);
  int n = skip > 0 ? MIN (LT_RANDOM_GROUP - skip, panel->n) : 0;

  if (n > 0) {
    float uniform[LT_RANDOM_GROUP];
    lt_rng_fill_uniform (&at, LT_RANDOM_GROUP, uniform);
    for (int i = 0; i < n; i++)
      y[i] = uniform[skip + i] < p[i] ? 1.0f : 0.0f;
  }
  lt_rng_fill_bernoulli (&at, p + n, panel->n - n, y + n);
}

void
lt_rng_panel_normal (const LtRng *self, const LtRngPanel *panel, float *y)
{
  LtRng at;
  int skip = seek (self, panel, &at);
  int n = skip > 0 ? MIN (LT_RANDOM_GROUP - skip, panel->n) : 0;

  if (n > 0) {
    float normal[LT_RANDOM_GROUP];
    lt_rng_fill_normal (&at, LT_RANDOM_GROUP, normal);
    memcpy (y, normal + skip, n * sizeof (float));
  }
  lt_rng_fill_normal (&at, panel->n - n, y + n);
}

void
lt_rng_shuffle (LtRng *self, guint32 *items, gsize n)
{
  g_return_if_fail (n <= G_MAXUINT32);
  for (gsize i = n; i > 1; i--) {
    gsize j = lt_rng_below (self, (guint32) i);
    guint32 item = items[i - 1];
    items[i - 1] = items[j];
    items[j] = item;
  }
}
