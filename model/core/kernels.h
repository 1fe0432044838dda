/* Vectorised loops over float32 arrays.
 *
 * Each is compiled for several instruction sets and chosen once, at start. Sums are
 * accumulated in a fixed order, so one machine gives one result. Arrays may be
 * unaligned. Pointers may be equal where the comment says "in place", and otherwise do not
 * overlap. NaN and infinity pass through: nothing is compiled with -ffast-math. */
#pragma once

#include "core/activation.h"

G_BEGIN_DECLS

/* "avx512", "avx2", "sse2" or "generic": what was chosen. */
const char *lt_kernels_name (void);

/* Elementwise y = f (x); y may be x. Relative error below 4e-7 in the normal range. */
void lt_exp (const float *x, gsize n, float *y);
void lt_log (const float *x, gsize n, float *y);
void lt_softplus (const float *x, gsize n, float *y);

/* y [rows, n] = softmax of each row of x; in place allowed. */
void lt_softmax (const float *x, int rows, int n, float *y);

/* y += alpha x;  y = alpha x + beta y;  y *= x. */
void lt_axpy (float alpha, const float *x, gsize n, float *y);
void lt_axpby (float alpha, const float *x, float beta, gsize n, float *y);
void lt_multiply (const float *x, gsize n, float *y);
void lt_scale (float alpha, gsize n, float *y);
void lt_fill (float value, gsize n, float *y);

double lt_sum (const float *x, gsize n);
double lt_dot (const float *x, const float *y, gsize n);
double lt_sum_abs (const float *x, gsize n);
double lt_sum_squares (const float *x, gsize n);

/* NaN is passed over; of nothing, the lowest is ∞ and the highest −∞. */
void lt_range (const float *x, gsize n, float *lowest, float *highest);

/* FALSE as soon as one is NaN or infinite. */
gboolean lt_all_finite (const float *x, gsize n);

/* Σ (x − r)². */
double lt_squared_error (const float *x, const float *r, gsize n);

/* Σ softplus(a) − x·a: the cross-entropy −x log σ(a) − (1−x) log(1−σ(a)) from logits a. */
double lt_cross_entropy_logits (const float *x, const float *a, gsize n);

/* The same from probabilities r, clamped to [1e-7, 1 − 1e-7]. */
double lt_cross_entropy (const float *x, const float *r, gsize n);

/* Optimiser steps on n parameters: w changes by the gradient g and moments m, v. */
void lt_sgd_update (float rate, const float *g, gsize n, float *w);

/* m = momentum·m + g;  w −= rate·(nesterov ? g + momentum·m : m). */
void lt_momentum_update (float rate,
                         float momentum,
                         gboolean nesterov,
                         const float *g,
                         gsize n,
                         float *m,
                         float *w);

/* v = decay·v + (1−decay)·g²;  w −= rate·g / (√v + epsilon). */
void lt_rmsprop_update (float rate,
                        float decay,
                        float epsilon,
                        const float *g,
                        gsize n,
                        float *v,
                        float *w);

typedef struct {
  float rate;
  float beta1, beta2, epsilon;
  float correction1, correction2; /* 1 − βᵗ */
  float decay;                    /* decoupled weight decay (AdamW); 0 for Adam */
} LtAdam;

/* Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019 for the decay. */
void lt_adam_update (const LtAdam *adam,
                     const float *g,
                     gsize n,
                     float *m,
                     float *v,
                     float *w);

/* Half precision, round to nearest even; for the display history. */
void lt_to_half (const float *x, gsize n, guint16 *y);
void lt_from_half (const guint16 *x, gsize n, float *y);

/* y = scale·x + offset: bytes to floats. */
void lt_from_bytes (const guint8 *x, float scale, float offset, gsize n, float *y);

G_END_DECLS
