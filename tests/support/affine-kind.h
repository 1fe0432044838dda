/* An affine model whose every number a test sets, and rows to show it. */
#pragma once

#include "data/dataset.h"
#include "train/snapshot.h"

/* z = x E, r = z D + b, corruption x plus noise from 0 to 1. e [nv, n_code], d [n_code, nv],
 * b [nv], or NULL for 0; all are copied. */
LtSnapshot *lt_affine_new (const LtShape *shape,
                           int n_code,
                           const float *e,
                           const float *d,
                           const float *b) G_GNUC_WARN_UNUSED_RESULT;

/* The model that gives every row back, or a fraction of it. */
LtSnapshot *lt_affine_identity_new (const LtShape *shape,
                                    float scale) G_GNUC_WARN_UNUSED_RESULT;

/* A data set of rows [n, nv] as they are, all of them for training but the last n_test. */
LtDataset *lt_test_rows_dataset_new (const LtShape *shape,
                                     const float *rows,
                                     gsize n,
                                     gsize n_test) G_GNUC_WARN_UNUSED_RESULT;

/* Correlated rows [n, nv] in [0, 1] that no symmetry favours; freed with g_free(). */
float *lt_test_random_rows (gsize n, int nv, guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
