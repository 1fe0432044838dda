/* What hidden units do with their input a = c + W'u.
 *
 *   binary    h is 0 or 1               mean σ (a)             log Σ_h = softplus (a)
 *   gaussian  E has + h²/2              mean a                 ½ a² + ½ log 2π
 *   relu      binary copies, all biased  mean softplus (a)      −Li₂ (−e^a)
 *             by 0, −1, −2, … in the limit of many; their sum is drawn as
 *             max (0, N (a, σ (a)))     (Nair & Hinton 2010, section 2)
 *
 * The mean is the last column's derivative. Of the dilogarithm,
 * −Li₂ (−e^a) = ½ a² + π²/6 + Li₂ (−e^−a) for a > 0, and a polynomial fitted on [0, 1] to
 * an error of 3e-9. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

#define CHUNK 256 /* units at a time */

/* −Li₂ (−x)/x on [0, 1]. */
static const float dilogarithm[] = {
  9.999999962e-01f,  -2.499993516e-01f, 1.110929219e-01f,
  -6.230023949e-02f, 3.887194132e-02f,  -2.404136122e-02f,
  1.255824587e-02f,  -4.485326043e-03f, 7.702094131e-04f,
};

void
lt_rbm_hidden_means (const LtRbm *self, const float *a, gsize n, float *h)
{
  switch (self->machine.hidden) {
  case LT_HIDDEN_GAUSSIAN:
    memmove (h, a, n * sizeof *h);
    break;
  case LT_HIDDEN_RELU:
    lt_softplus (a, n, h);
    break;
  case LT_HIDDEN_BINARY:
  default:
    lt_activate (LT_SIGMOID, a, n, h);
  }
}

void
lt_rbm_relu_parts (const float *a, gsize n, float *y)
{
  float x[CHUNK];

  for (gsize at = 0; at < n; at += CHUNK) {
    gsize length = MIN (CHUNK, n - at);

    for (gsize i = 0; i < length; i++)
      x[i] = -fabsf (a[at + i]);
    lt_exp (x, length, x);
    for (gsize i = 0; i < length; i++) {
      float value = a[at + i], sum = 0;

      for (int k = G_N_ELEMENTS (dilogarithm) - 1; k >= 0; k--)
        sum = sum * x[i] + dilogarithm[k];
      sum *= x[i];
      y[at + i] =
          value > 0 ? 0.5f * value * value + (float) (G_PI * G_PI / 6) - sum : sum;
    }
  }
}

void
lt_rbm_hidden_parts (const LtRbm *self, const float *a, gsize n, float *y)
{
  switch (self->machine.hidden) {
  case LT_HIDDEN_GAUSSIAN:
    for (gsize i = 0; i < n; i++)
      y[i] = 0.5f * (a[i] * a[i] + (float) log (2 * G_PI));
    break;
  case LT_HIDDEN_RELU:
    lt_rbm_relu_parts (a, n, y);
    break;
  case LT_HIDDEN_BINARY:
  default:
    lt_softplus (a, n, y);
  }
}

/* Standard normal numbers for the panel's units from first + at on. */
static void
draw_noise (const LtRng *rng, const LtRngPanel *panel, int at, int n, float *noise)
{
  LtRngPanel part = { panel->row, panel->width, panel->first + at, n };

  lt_rng_panel_normal (rng, &part, noise);
}

void
lt_rbm_relu_draw (const LtRng *rng, const LtRngPanel *panel, float *a, float *sample)
{
  float noise[CHUNK], spread[CHUNK];

  for (int at = 0; at < panel->n; at += CHUNK) {
    int n = MIN (CHUNK, panel->n - at);

    draw_noise (rng, panel, at, n, noise);
    lt_activate (LT_SIGMOID, a + at, n, spread);
    for (int i = 0; i < n; i++)
      noise[i] = MAX (a[at + i] + sqrtf (spread[i]) * noise[i], 0.0f);
    lt_softplus (a + at, n, a + at);
    memcpy (sample + at, noise, n * sizeof *noise);
  }
}

/* The means are the inputs themselves. */
static void
draw_gaussian (const LtRng *rng, const LtRngPanel *panel, const float *a, float *sample)
{
  float noise[CHUNK];

  for (int at = 0; at < panel->n; at += CHUNK) {
    int n = MIN (CHUNK, panel->n - at);

    draw_noise (rng, panel, at, n, noise);
    lt_axpy (1, a + at, n, noise);
    memcpy (sample + at, noise, n * sizeof *noise);
  }
}

void
lt_rbm_hidden_draw (const LtRbm *self,
                    const LtRng *rng,
                    const LtRngPanel *panel,
                    float *h,
                    float *sample)
{
  switch (self->machine.hidden) {
  case LT_HIDDEN_GAUSSIAN:
    draw_gaussian (rng, panel, h, sample);
    break;
  case LT_HIDDEN_RELU:
    lt_rbm_relu_draw (rng, panel, h, sample);
    break;
  case LT_HIDDEN_BINARY:
  default:
    lt_activate (LT_SIGMOID, h, panel->n, h);
    lt_rng_panel_bernoulli (rng, panel, h, sample);
  }
}
