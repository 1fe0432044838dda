/* Seedable, counter-based random numbers (Philox4x32-10, Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3").
 *
 * A generator is three integers, so it is saved, compared and restored by copying the
 * struct. Two generators with the same seed and different streams are independent;
 * filling n numbers gives the same numbers whichever instruction set fills them. Not
 * thread-safe: a thread has its own stream. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint64 seed;
  guint64 stream;
  guint64 counter; /* blocks of four 32-bit words consumed so far */
} LtRng;

void lt_rng_init (LtRng *self, guint64 seed, guint64 stream);

/* Makes `child` an independent generator, determined by self's state; advances self. */
void lt_rng_split (LtRng *self, LtRng *child);

guint32 lt_rng_next (LtRng *self);

/* Uniform integer in [0, bound), without modulo bias. bound > 0. */
guint32 lt_rng_below (LtRng *self, guint32 bound);

/* Uniform in [0, 1) with 24 bits. */
float lt_rng_uniform (LtRng *self);
float lt_rng_normal (LtRng *self);

/* Each fill writes n values and consumes whole blocks. */
void lt_rng_fill_uniform (LtRng *self, gsize n, float *y);
void lt_rng_fill_normal (LtRng *self, gsize n, float *y);

/* y[i] = 1 with probability p[i], else 0. y may be p. */
void lt_rng_fill_bernoulli (LtRng *self, const float *p, gsize n, float *y);

/* y[i] = 1 with probability p, else 0. */
void lt_rng_fill_mask (LtRng *self, float p, gsize n, float *y);

/* The same for a panel of a matrix with `width` columns: row `row` from column `first`
 * on. Each entry's number depends on its place only, so panels may be filled in any order
 * and by several threads. self is not advanced: split off a generator for each matrix. */
typedef struct {
  gsize row;
  int width, first, n;
} LtRngPanel;
void lt_rng_panel_bernoulli (const LtRng *self,
                             const LtRngPanel *panel,
                             const float *p,
                             float *y);
void lt_rng_panel_normal (const LtRng *self, const LtRngPanel *panel, float *y);

/* Fisher-Yates. */
void lt_rng_shuffle (LtRng *self, guint32 *items, gsize n);

G_END_DECLS
