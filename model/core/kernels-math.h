/* Elementary functions of one float32, without branches, so that a loop over them
 * becomes vector instructions. Internal to the kernels.
 *
 * Each reduces its argument and evaluates a polynomial, whose coefficients are minimax
 * fits (Lawson's reweighted least squares) of the relative error over the reduced
 * interval. The form of the reductions is Cody & Waite's, "Software manual for the
 * elementary functions", 1980. Comparisons are written so that NaN falls through. */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

#define LT_INLINE static inline __attribute__ ((always_inline))

LT_INLINE guint32
bits_of (float x)
{
  guint32 bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

LT_INLINE float
float_of (guint32 bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* Adding 1.5·2²³ rounds to the nearest integer k, which then stands in the low bits of the
 * sum; the nine lowest bits of this number itself are 0. */
#define ROUNDER 12582912.0f

/* 2ᵏ for −126 ≤ k ≤ 127, of which only the nine lowest bits are looked at. */
LT_INLINE float
power_of_two (guint32 k)
{
  return float_of ((k << 23) + 0x3f800000u);
}

/* x = k ln 2 + r with |r| ≤ ln 2 / 2; returns eʳ, and k in the low bits. ln 2 is subtracted in two parts, of which
 * the first has trailing zeros, so that k times it is exact. */
LT_INLINE float
exp_reduced (float x, guint32 *k)
{
  float shifted = x * 1.44269504f + ROUNDER;
  float whole = shifted - ROUNDER;
  float r = x - whole * 0.693359375f;
  r = r - whole * -2.12194440e-4f;
  float q = 1.381446674e-03f;
  q = q * r + 8.368780429e-03f;
  q = q * r + 4.166839422e-02f;
  q = q * r + 1.666652011e-01f;
  q = q * r + 4.999999341e-01f;
  *k = bits_of (shifted);
  return q * (r * r) + r + 1.0f;
}

/* eˣ over the whole range: subnormal results, 0, infinity, NaN. The scale is applied in
 * two halves because 2ᵏ itself may not be a normal number. */
LT_INLINE float
exp_full (float x)
{
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  guint32 k;
  float p = exp_reduced (x, &k);
  guint32 half = k >> 1; /* rounded down, as the bits above k are positive */
  return p * power_of_two (half) * power_of_two (k - half);
}

/* eˣ for x clamped to ±87, where one scale will do: for sigmoids. */
LT_INLINE float
exp_clamped (float x)
{
  x = x > 87.0f ? 87.0f : x;
  x = x < -87.0f ? -87.0f : x;
  guint32 k;
  float p = exp_reduced (x, &k);
  return p * power_of_two (k);
}

/* x = 2ᵉ (1 + f) with √½ ≤ 1 + f < √2, for normal x > 0. */
LT_INLINE float
log_normal (float x)
{
  guint32 offset = bits_of (x) - 0x3f3504f3u; /* of √½ */
  float e = (float) ((gint32) offset >> 23);
  float f = float_of ((offset & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  float p = -7.634493022e-02f;
  p = p * f + 1.276157564e-01f;
  p = p * f + -1.316018306e-01f;
  p = p * f + 1.420175823e-01f;
  p = p * f + -1.662335730e-01f;
  p = p * f + 2.000122687e-01f;
  p = p * f + -2.500082104e-01f;
  p = p * f + 3.333333171e-01f;
  float square = f * f;
  float low = p * (f * square) + e * -2.12194440e-4f - 0.5f * square;
  return f + low + e * 0.693359375f;
}

/* ln x over the whole range: −∞ at 0, NaN below it. */
LT_INLINE float
log_full (float x)
{
  gboolean tiny = x < 1.17549435e-38f;
  float y = log_normal (tiny ? x * 0x1p24f : x) + (tiny ? -16.6355323f : 0.0f);
  y = x == 0.0f ? -INFINITY : y;
  y = x < 0.0f ? NAN : y;
  return x < INFINITY ? y : x; /* infinity and NaN are their own logarithms */
}

/* ln (1 + e) for 0 ≤ e ≤ 1, with a small relative error at small e too. */
LT_INLINE float
log1p_unit (float e)
{
  float p = -3.244021153e-03f;
  p = p * e + 1.985144422e-02f;
  p = p * e + -5.695950018e-02f;
  p = p * e + 1.060365143e-01f;
  p = p * e + -1.530559053e-01f;
  p = p * e + 1.967593855e-01f;
  p = p * e + -2.495413352e-01f;
  p = p * e + 3.332996240e-01f;
  p = p * e + -4.999990242e-01f;
  p = p * e + 9.999999953e-01f;
  return p * e;
}

LT_INLINE float
sigmoid (float a)
{
  return 1.0f / (1.0f + exp_clamped (-a));
}

/* ln (1 + eᵃ) = max (a, 0) + ln (1 + e^−|a|). */
LT_INLINE float
softplus (float a)
{
  float above = a < 0.0f ? 0.0f : a;
  return above + log1p_unit (exp_clamped (-fabsf (a)));
}

/* A polynomial near 0, where 1 − 2 / (1 + e²ᵃ) would cancel. */
LT_INLINE float
hyperbolic_tangent (float a)
{
  float square = a * a;
  float p = -5.704986327e-03f;
  p = p * square + 2.063908657e-02f;
  p = p * square + -5.373971485e-02f;
  p = p * square + 1.333144219e-01f;
  p = p * square + -3.333328194e-01f;
  float near = p * (square * a) + a;
  float far = 1.0f - 2.0f / (1.0f + exp_clamped (2.0f * fabsf (a)));
  return fabsf (a) < 0.625f ? near : copysignf (far, a);
}

/* 1 − e^−y for y ≥ 0: the slope of softplus where its value is y. */
LT_INLINE float
one_minus_exp (float y)
{
  float q = 1.381446674e-03f;
  q = q * -y + 8.368780429e-03f;
  q = q * -y + 4.166839422e-02f;
  q = q * -y + 1.666652011e-01f;
  q = q * -y + 4.999999341e-01f;
  float near = y - q * (y * y);
  return y < 0.34f ? near : 1.0f - exp_clamped (-y);
}
