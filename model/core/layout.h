/* Where each tensor lies in a block of float32.
 *
 * All parameters of a model are one block (64-byte aligned, float32), and the layout
 * names the tensors in it. Gradients, optimiser moments and snapshots are blocks of the same layout.
 * Immutable once it is sealed, reference-counted atomically. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_MAX_DIMS 4

typedef enum {
  LT_ROLE_WEIGHT, /* weight decay applies */
  LT_ROLE_BIAS,
  LT_ROLE_SCALE, /* log-variances and the like */
  LT_ROLE_STATE, /* persistent chains, running means */
} LtRole;

typedef struct {
  char name[32]; /* the field's letter and the layer: "W1", "b1", "c2" */
  LtRole role;
  int n_dims;
  int dims[LT_MAX_DIMS];
  gsize offset;    /* in floats; a multiple of 16 */
  gsize size;      /* in floats */
  gboolean frozen; /* training leaves it as it is, weight decay included */
} LtTensor;

typedef struct _LtLayout LtLayout;

LtLayout *lt_layout_new (void) G_GNUC_WARN_UNUSED_RESULT;
LtLayout *lt_layout_ref (LtLayout *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_layout_unref (LtLayout *self);

/* Adds a tensor; dims are ints, each > 0. Returns its index. Not after sealing. */
int lt_layout_add (LtLayout *self, const char *name, LtRole role, int n_dims, ...);

/* Not after sealing. Layouts that differ only in what is frozen are equal. */
void lt_layout_freeze (LtLayout *self, int index);
void lt_layout_seal (LtLayout *self);

int lt_layout_n_tensors (const LtLayout *self);
const LtTensor *lt_layout_tensor (const LtLayout *self, int index);

/* NULL when there is none of that name. */
const LtTensor *lt_layout_find (const LtLayout *self, const char *name);

/* Floats in a block, padding included (the padding is always 0). */
gsize lt_layout_size (const LtLayout *self);
gboolean lt_layout_equal (const LtLayout *self, const LtLayout *other);

/* A zeroed block; free with lt_block_free. */
float *lt_block_new (const LtLayout *layout) G_GNUC_WARN_UNUSED_RESULT;
float *lt_block_dup (const LtLayout *layout,
                     const float *block) G_GNUC_WARN_UNUSED_RESULT;
void lt_block_free (float *block);

/* n floats, 64-byte aligned and zeroed; free with lt_block_free. */
float *lt_floats_new (gsize n) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLayout, lt_layout_unref)

G_END_DECLS
