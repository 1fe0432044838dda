/* The kernels of one instruction set, as tables of functions. Internal: for the dispatch
 * and for the tests, which try every table that the processor can run.
 *
 * The sources kernels-*.c named below are compiled once for each instruction set, with
 * LT_ISA defined to its name. */
#pragma once

#include "core/kernels.h"
#include "core/matrix.h"
#include "core/rng.h"

G_BEGIN_DECLS

/* kernels-elementwise.c */
typedef struct {
  void (*exp) (const float *x, gsize n, float *y);
  void (*log) (const float *x, gsize n, float *y);
  void (*softmax) (const float *x, int rows, int n, float *y);
  void (*axpy) (float alpha, const float *x, gsize n, float *y);
  void (*axpby) (float alpha, const float *x, float beta, gsize n, float *y);
  void (*multiply) (const float *x, gsize n, float *y);
  void (*scale) (float alpha, gsize n, float *y);
  void (*fill) (float value, gsize n, float *y);
  void (*to_half) (const float *x, gsize n, guint16 *y);
  void (*from_half) (const guint16 *x, gsize n, float *y);
  void (*from_bytes) (const guint8 *x, float scale, float offset, gsize n, float *y);
} LtElementwiseKernels;

/* kernels-activation.c */
typedef struct {
  void (*activate) (LtActivation f, const float *a, gsize n, float *y);
  void (*bias_activate) (LtActivation f,
                         const float *b,
                         int rows,
                         int n,
                         int ld,
                         float *y);
  void (*backward) (LtActivation f, const float *y, gsize n, float *d);
  void (*derivatives) (LtActivation f, const float *y, gsize n, float *dy, float *d2y);
} LtActivationKernels;

/* kernels-reductions.c */
typedef struct {
  double (*sum) (const float *x, gsize n);
  double (*dot) (const float *x, const float *y, gsize n);
  double (*sum_abs) (const float *x, gsize n);
  double (*sum_squares) (const float *x, gsize n);
  void (*range) (const float *x, gsize n, float *lowest, float *highest);
  gboolean (*all_finite) (const float *x, gsize n);
  double (*squared_error) (const float *x, const float *r, gsize n);
  double (*cross_entropy_logits) (const float *x, const float *a, gsize n);
  double (*cross_entropy) (const float *x, const float *r, gsize n);

  /* y [n] = sum of the rows of x [rows, n], which are ld floats apart. */
  void (*column_sums) (const float *x, int rows, int n, int ld, float *y);
} LtReductionKernels;

/* kernels-updates.c */
typedef struct {
  void (*momentum) (float rate,
                    float momentum,
                    gboolean nesterov,
                    const float *g,
                    gsize n,
                    float *m,
                    float *w);
  void (*rmsprop) (float rate,
                   float decay,
                   float epsilon,
                   const float *g,
                   gsize n,
                   float *v,
                   float *w);
  void (*adam) (const LtAdam *adam,
                const float *g,
                gsize n,
                float *m,
                float *v,
                float *w);
} LtUpdateKernels;

/* op(B) is packed in panels [k, columns] of so many columns, zeros right of the last one. */
#define LT_PACKED_COLUMNS 32

#define LT_FEW_ROWS 8

/* All rows of a small op(A), in the order in which they are read, with room for a part of
 * op(B). */
#define LT_ROWS_SIZE  (80 * 1024) /* floats: they stay in the second cache */
#define LT_STEP       256
#define LT_ROWS_SLACK 16 /* floats that copying may go too far */

typedef struct {
  float a[LT_ROWS_SIZE + LT_ROWS_SLACK] __attribute__ ((aligned (64)));
  float b[LT_STEP * LT_PACKED_COLUMNS] __attribute__ ((aligned (64)));
} LtPackedRows;

/* kernels-product.c: by the calling thread alone; p->bits are left aside. */
typedef struct {
  /* op(B) → y */
  void (*pack) (const LtProduct *p, float *y);
  void (*multiply) (const LtProduct *p);
  /* the same, to the bit, of at most LT_ROWS_SIZE entries of op(A), in two parts, of which the
   * second one may be done for some columns at a time */
  void (*pack_rows) (const LtProduct *p, LtPackedRows *rows);
  void (*multiply_packed) (const LtProduct *p, LtPackedRows *rows);
  /* where A is plain, of at most LT_FEW_ROWS rows, and B transposed */
  void (*multiply_few) (const LtProduct *p);
} LtProductKernels;

/* Bytes of a group of patterns: one for each row of C, of which four are read at once. */
#define LT_PATTERNS(m) (((m) + 3) / 4 * 4)

/* C [m, n] = alpha · op(A) · op(B), op(A) given by its patterns, those of a group of four
 * columns one after another and `stride` away from the next group's. */
typedef struct {
  int m, n, k;
  const guint8 *patterns;
  int stride;
  float alpha;
  const float *b;
  int ldb;
  gboolean transposed;
  const float *packed; /* NULL, or op(B), in place of b */
  float *c;
  int ldc;
  gboolean add; /* to C, in place of setting it */
} LtLookup;

/* kernels-lookup.c */
typedef struct {
  /* Of the product's op(A), zeros and ones: groups first … last − 1 of four columns
   * → y [groups, LT_PATTERNS (m)] */
  void (*patterns) (const LtProduct *p, int first, int last, guint8 *y);
  void (*product) (const LtLookup *lookup);
} LtLookupKernels;

/* Random numbers are made in groups of sixteen blocks, that is of 64 words. Number
 * 16·j + l of a group comes from word j of block l, so that lanes need no shuffling. */
#define LT_RANDOM_BLOCKS 16
#define LT_RANDOM_GROUP  64

/* kernels-random.c: n_groups · LT_RANDOM_GROUP numbers; rng is not advanced. */
typedef struct {
  void (*words) (const LtRng *rng, gsize n_groups, guint32 *y);
  void (*uniform) (const LtRng *rng, gsize n_groups, float *y);
  void (*normal) (const LtRng *rng, gsize n_groups, float *y);
  void (*bernoulli) (const LtRng *rng, const float *p, gsize n_groups, float *y);
  void (*mask) (const LtRng *rng, float p, gsize n_groups, float *y);
} LtRandomKernels;

typedef struct {
  const char *name;
  gboolean (*supported) (void);
  const LtElementwiseKernels *elementwise;
  const LtActivationKernels *activation;
  const LtReductionKernels *reductions;
  const LtUpdateKernels *updates;
  const LtProductKernels *product;
  const LtLookupKernels *lookup;
  const LtRandomKernels *random;
} LtKernels;

/* Best first; NULL-terminated. The last one runs everywhere. */
extern const LtKernels *const lt_kernels_tables[];

/* The first table that this processor supports. */
const LtKernels *lt_kernels (void);

/* Defines a symbol of the instruction set that is being compiled: lt_x → lt_x_avx2. */
#define LT_ISA_PASTE(name, isa)  name##_##isa
#define LT_ISA_EXPAND(name, isa) LT_ISA_PASTE (name, isa)
#define LT_ISA_NAME(name)        LT_ISA_EXPAND (name, LT_ISA)

#define LT_DECLARE_KERNELS(isa)                                   \
  extern const LtElementwiseKernels lt_elementwise_kernels_##isa; \
  extern const LtActivationKernels lt_activation_kernels_##isa;   \
  extern const LtReductionKernels lt_reduction_kernels_##isa;     \
  extern const LtUpdateKernels lt_update_kernels_##isa;           \
  extern const LtProductKernels lt_product_kernels_##isa;         \
  extern const LtLookupKernels lt_lookup_kernels_##isa;           \
  extern const LtRandomKernels lt_random_kernels_##isa

LT_DECLARE_KERNELS (baseline);
#ifdef __x86_64__
LT_DECLARE_KERNELS (avx2);
LT_DECLARE_KERNELS (avx512);
#endif

G_END_DECLS
