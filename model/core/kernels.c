/* The choice of an instruction set, and the public names of its kernels.
 *
 * The choice is made by asking the processor, not by the linker's indirect functions,
 * which run before sanitizers are ready for them. */
#include "core/kernels-table.h"

#include <stdatomic.h>

static gboolean
always (void)
{
  return TRUE;
}

#define LT_KERNELS_OF(isa, title, check)          \
  static const LtKernels kernels_##isa = {        \
    .name = title,                                \
    .supported = check,                           \
    .elementwise = &lt_elementwise_kernels_##isa, \
    .activation = &lt_activation_kernels_##isa,   \
    .reductions = &lt_reduction_kernels_##isa,    \
    .updates = &lt_update_kernels_##isa,          \
    .product = &lt_product_kernels_##isa,         \
    .lookup = &lt_lookup_kernels_##isa,           \
    .random = &lt_random_kernels_##isa,           \
  }

#ifdef __x86_64__
static gboolean
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") &&
         __builtin_cpu_supports ("f16c");
}

static gboolean
has_avx512 (void)
{
  return has_avx2 () && __builtin_cpu_supports ("avx512f") &&
         __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512dq") &&
         __builtin_cpu_supports ("avx512vl");
}

LT_KERNELS_OF (avx512, "avx512", has_avx512);
LT_KERNELS_OF (avx2, "avx2", has_avx2);
LT_KERNELS_OF (baseline, "sse2", always);

const LtKernels *const lt_kernels_tables[] = { &kernels_avx512, &kernels_avx2,
                                               &kernels_baseline, NULL };
#else
LT_KERNELS_OF (baseline, "generic", always);

const LtKernels *const lt_kernels_tables[] = { &kernels_baseline, NULL };
#endif

const LtKernels *
lt_kernels (void)
{
  /* Threads that get here together write the same value. */
  static const LtKernels *_Atomic chosen;
  const LtKernels *table = atomic_load_explicit (&chosen, memory_order_relaxed);
  if (G_LIKELY (table))
    return table;
  int i = 0;
  while (!lt_kernels_tables[i]->supported ())
    i++;
  atomic_store_explicit (&chosen, lt_kernels_tables[i], memory_order_relaxed);
  return lt_kernels_tables[i];
}

const char *
lt_kernels_name (void)
{
  return lt_kernels ()->name;
}

void
lt_exp (const float *x, gsize n, float *y)
{
  lt_kernels ()->elementwise->exp (x, n, y);
}

void
lt_log (const float *x, gsize n, float *y)
{
  lt_kernels ()->elementwise->log (x, n, y);
}

void
lt_softplus (const float *x, gsize n, float *y)
{
  lt_kernels ()->activation->activate (LT_SOFTPLUS, x, n, y);
}

void
lt_softmax (const float *x, int rows, int n, float *y)
{
  lt_kernels ()->elementwise->softmax (x, rows, n, y);
}

void
lt_axpy (float alpha, const float *x, gsize n, float *y)
{
  lt_kernels ()->elementwise->axpy (alpha, x, n, y);
}

void
lt_axpby (float alpha, const float *x, float beta, gsize n, float *y)
{
  lt_kernels ()->elementwise->axpby (alpha, x, beta, n, y);
}

void
lt_multiply (const float *x, gsize n, float *y)
{
  lt_kernels ()->elementwise->multiply (x, n, y);
}

void
lt_scale (float alpha, gsize n, float *y)
{
  lt_kernels ()->elementwise->scale (alpha, n, y);
}

void
lt_fill (float value, gsize n, float *y)
{
  lt_kernels ()->elementwise->fill (value, n, y);
}

double
lt_sum (const float *x, gsize n)
{
  return lt_kernels ()->reductions->sum (x, n);
}

double
lt_dot (const float *x, const float *y, gsize n)
{
  return lt_kernels ()->reductions->dot (x, y, n);
}

double
lt_sum_abs (const float *x, gsize n)
{
  return lt_kernels ()->reductions->sum_abs (x, n);
}

double
lt_sum_squares (const float *x, gsize n)
{
  return lt_kernels ()->reductions->sum_squares (x, n);
}

void
lt_range (const float *x, gsize n, float *lowest, float *highest)
{
  lt_kernels ()->reductions->range (x, n, lowest, highest);
}

gboolean
lt_all_finite (const float *x, gsize n)
{
  return lt_kernels ()->reductions->all_finite (x, n);
}

double
lt_squared_error (const float *x, const float *r, gsize n)
{
  return lt_kernels ()->reductions->squared_error (x, r, n);
}

double
lt_cross_entropy_logits (const float *x, const float *a, gsize n)
{
  return lt_kernels ()->reductions->cross_entropy_logits (x, a, n);
}

double
lt_cross_entropy (const float *x, const float *r, gsize n)
{
  return lt_kernels ()->reductions->cross_entropy (x, r, n);
}

void
lt_sgd_update (float rate, const float *g, gsize n, float *w)
{
  lt_kernels ()->elementwise->axpy (-rate, g, n, w);
}

void
lt_momentum_update (float rate,
                    float momentum,
                    gboolean nesterov,
                    const float *g,
                    gsize n,
                    float *m,
                    float *w)
{
  lt_kernels ()->updates->momentum (rate, momentum, nesterov, g, n, m, w);
}

void
lt_rmsprop_update (float rate,
                   float decay,
                   float epsilon,
                   const float *g,
                   gsize n,
                   float *v,
                   float *w)
{
  lt_kernels ()->updates->rmsprop (rate, decay, epsilon, g, n, v, w);
}

void
lt_adam_update (const LtAdam *adam,
                const float *g,
                gsize n,
                float *m,
                float *v,
                float *w)
{
  lt_kernels ()->updates->adam (adam, g, n, m, v, w);
}

void
lt_to_half (const float *x, gsize n, guint16 *y)
{
  lt_kernels ()->elementwise->to_half (x, n, y);
}

void
lt_from_half (const guint16 *x, gsize n, float *y)
{
  lt_kernels ()->elementwise->from_half (x, n, y);
}

void
lt_from_bytes (const guint8 *x, float scale, float offset, gsize n, float *y)
{
  lt_kernels ()->elementwise->from_bytes (x, scale, offset, n, y);
}
