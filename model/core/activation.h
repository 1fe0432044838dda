/* The activation functions that layers choose from. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  LT_LINEAR,
  LT_SIGMOID,
  LT_TANH,
  LT_RELU,
  LT_LEAKY_RELU, /* slope 0.01 below 0 */
  LT_SOFTPLUS,
} LtActivation;

/* The knob's choices, in the order of the enumeration; NULL-terminated. */
extern const char *const lt_activation_names[];

/* What f's values lie between, maybe infinite. */
void lt_activation_range (LtActivation f, double *lowest, double *highest);

/* y = f (a), elementwise; y may be a. */
void lt_activate (LtActivation f, const float *a, gsize n, float *y);

/* y [rows, n] (row stride ld) = f (y + b), b [n] or NULL, in place. */
void lt_bias_activate (LtActivation f,
                       const float *b,
                       int rows,
                       int n,
                       int ld,
                       float *y);

/* d [n] *= f'(a), where y = f (a): the derivative is taken from the output. In place. */
void lt_activation_backward (LtActivation f, const float *y, gsize n, float *d);

/* dy [n] = f'(a) and d2y [n] = f''(a), from y = f (a); d2y may be NULL. */
void lt_activation_derivatives (LtActivation f,
                                const float *y,
                                gsize n,
                                float *dy,
                                float *d2y);

G_END_DECLS
