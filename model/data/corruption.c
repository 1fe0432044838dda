/* Corruption processes: Vincent, Larochelle, Lajoie, Bengio, Manzagol (2010), "Stacked
 * denoising autoencoders", section 3.3. Each entry of x is corrupted independently:
 *   Gaussian         y = x + level · ε,  ε ~ N(0, 1)
 *   masking          y = 0 with probability level, else x
 *   salt and pepper  y = 0 or 1, equally likely, with probability level, else x */
#include "data/corruption.h"

#include <string.h>

/* Entries are worked on in blocks that stay in the first-level cache. */
#define BLOCK 1024

const char *const lt_noise_names[] = { "none", "gaussian", "masking", "salt-and-pepper",
                                       NULL };

static void
add_gaussian (float level, const float *x, gsize n, LtRng *rng, float *y)
{
  float epsilon[BLOCK];

  lt_rng_fill_normal (rng, n, epsilon);
  for (gsize i = 0; i < n; i++)
    y[i] = x[i] + level * epsilon[i];
}

static void
mask (float level, const float *x, gsize n, LtRng *rng, float *y, float *corrupted)
{
  float hit[BLOCK];

  lt_rng_fill_mask (rng, level, n, hit);
  for (gsize i = 0; i < n; i++)
    y[i] = hit[i] != 0.0F ? 0.0F : x[i];
  if (corrupted != NULL)
    memcpy (corrupted, hit, n * sizeof (float));
}

static void
salt_pepper (float level,
             const float *x,
             gsize n,
             LtRng *rng,
             float *y,
             float *corrupted)
{
  float hit[BLOCK], salt[BLOCK];

  lt_rng_fill_mask (rng, level, n, hit);
  lt_rng_fill_mask (rng, 0.5F, n, salt);
  for (gsize i = 0; i < n; i++)
    y[i] = hit[i] != 0.0F ? salt[i] : x[i];
  if (corrupted != NULL)
    memcpy (corrupted, hit, n * sizeof (float));
}

static void
corrupt_block (LtNoise noise,
               float level,
               const float *x,
               gsize n,
               LtRng *rng,
               float *y,
               float *corrupted)
{
  switch (noise) {
  case LT_NOISE_GAUSSIAN:
    add_gaussian (level, x, n, rng, y);
    break;
  case LT_NOISE_MASKING:
    mask (level, x, n, rng, y, corrupted);
    return;
  case LT_NOISE_SALT_PEPPER:
    salt_pepper (level, x, n, rng, y, corrupted);
    return;
  case LT_NOISE_NONE:
    if (y != x)
      memcpy (y, x, n * sizeof (float));
    break;
  default:
    g_assert_not_reached ();
  }
  if (corrupted != NULL)
    for (gsize i = 0; i < n; i++)
      corrupted[i] = noise == LT_NOISE_GAUSSIAN ? 1.0F : 0.0F;
}

void
lt_corrupt (LtNoise noise,
            double level,
            const float *x,
            gsize n,
            LtRng *rng,
            float *y,
            float *corrupted)
{
  for (gsize i = 0; i < n; i += BLOCK)
    corrupt_block (noise, (float) level, x + i, MIN (BLOCK, n - i), rng, y + i,
                   corrupted != NULL ? corrupted + i : NULL);
}
