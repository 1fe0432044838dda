/* Corruption processes for denoising (Vincent et al. 2010, section 3.3). */
#pragma once

#include "core/rng.h"

G_BEGIN_DECLS

typedef enum {
  LT_NOISE_NONE,
  LT_NOISE_GAUSSIAN,    /* x + level·ε */
  LT_NOISE_MASKING,     /* a fraction `level` of the entries set to 0 */
  LT_NOISE_SALT_PEPPER, /* a fraction `level` set to 0 or 1 with equal chance */
} LtNoise;

/* The knob's choices; NULL-terminated. */
extern const char *const lt_noise_names[];

/* y [n] = corrupted x [n]; y may be x. corrupted [n], when not NULL: 1 where an entry was
 * changed by the process (every entry for Gaussian noise), else 0. */
void lt_corrupt (LtNoise noise,
                 double level,
                 const float *x,
                 gsize n,
                 LtRng *rng,
                 float *y,
                 float *corrupted);

G_END_DECLS
