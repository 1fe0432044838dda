/* Where each tensor lies in a block: offsets are rounded up to 64 bytes, so that every
 * tensor is aligned for the widest vector registers and members of a team do not share
 * cache lines. */
#include "core/layout.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT  64
#define LARGE_PAGE ((gsize) 2 << 20)
#define GRAIN      (ALIGNMENT / sizeof (float))

struct _LtLayout {
  int ref_count; /* atomic */
  gboolean sealed;
  gsize size;
  GArray *tensors; /* LtTensor */
};

LtLayout *
lt_layout_new (void)
{
  LtLayout *self = g_new0 (LtLayout, 1);

  self->ref_count = 1;
  self->tensors = g_array_new (FALSE, TRUE, sizeof (LtTensor));
  return self;
}

LtLayout *
lt_layout_ref (LtLayout *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_layout_unref (LtLayout *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_array_unref (self->tensors);
  g_free (self);
}

int
lt_layout_add (LtLayout *self, const char *name, LtRole role, int n_dims, ...)
{
  LtTensor tensor = { .role = role, .n_dims = n_dims, .offset = self->size, .size = 1 };
  va_list dims;

  g_return_val_if_fail (!self->sealed, -1);
  g_return_val_if_fail (n_dims > 0 && n_dims <= LT_MAX_DIMS, -1);

  g_strlcpy (tensor.name, name, sizeof tensor.name);
  va_start (dims, n_dims);
  for (int i = 0; i < n_dims; i++) {
    tensor.dims[i] = va_arg (dims, int);
    g_assert (tensor.dims[i] > 0);
    tensor.size *= (gsize) tensor.dims[i];
  }
  va_end (dims);
  self->size += (tensor.size + GRAIN - 1) / GRAIN * GRAIN;
  g_array_append_val (self->tensors, tensor);
  return (int) self->tensors->len - 1;
}

void
lt_layout_freeze (LtLayout *self, int index)
{
  g_return_if_fail (!self->sealed);
  g_return_if_fail (index >= 0 && index < (int) self->tensors->len);
  g_array_index (self->tensors, LtTensor, index).frozen = TRUE;
}

void
lt_layout_seal (LtLayout *self)
{
  self->sealed = TRUE;
}

int
lt_layout_n_tensors (const LtLayout *self)
{
  return (int) self->tensors->len;
}

const LtTensor *
lt_layout_tensor (const LtLayout *self, int index)
{
  g_return_val_if_fail (index >= 0 && index < (int) self->tensors->len, NULL);
  return &g_array_index (self->tensors, LtTensor, index);
}

const LtTensor *
lt_layout_find (const LtLayout *self, const char *name)
{
  for (guint i = 0; i < self->tensors->len; i++) {
    const LtTensor *tensor = &g_array_index (self->tensors, LtTensor, i);

    if (strcmp (tensor->name, name) == 0)
      return tensor;
  }
  return NULL;
}

gsize
lt_layout_size (const LtLayout *self)
{
  return self->size;
}

static gboolean
tensor_equal (const LtTensor *a, const LtTensor *b)
{
  return strcmp (a->name, b->name) == 0 && a->role == b->role &&
         a->n_dims == b->n_dims && a->offset == b->offset &&
         memcmp (a->dims, b->dims, sizeof a->dims) == 0;
}

gboolean
lt_layout_equal (const LtLayout *self, const LtLayout *other)
{
  if (self == other)
    return TRUE;
  if (self->tensors->len != other->tensors->len)
    return FALSE;
  for (guint i = 0; i < self->tensors->len; i++) {
    if (!tensor_equal (&g_array_index (self->tensors, LtTensor, i),
                       &g_array_index (other->tensors, LtTensor, i)))
      return FALSE;
  }
  return TRUE;
}

/* Large blocks lie on large pages where the system has them: products walk down columns of
 * weights, and with small pages nearly every step would miss the address cache. */
static float *
allocate (gsize bytes)
{
  gboolean large = bytes >= LARGE_PAGE;
  gsize alignment = large ? LARGE_PAGE : ALIGNMENT;
  gsize rounded = (bytes + alignment - 1) / alignment * alignment;
  void *block = aligned_alloc (alignment, MAX (rounded, alignment));

  if (block == NULL)
    g_error ("out of memory: %zu bytes were asked for", rounded);
#ifdef MADV_HUGEPAGE
  if (large)
    (void) madvise (block, rounded, MADV_HUGEPAGE);
#endif
  return block;
}

float *
lt_floats_new (gsize n)
{
  gsize bytes = n * sizeof (float);
  float *block = allocate (bytes);

  memset (block, 0, MAX (bytes, ALIGNMENT));
  return block;
}

float *
lt_block_new (const LtLayout *layout)
{
  return lt_floats_new (layout->size);
}

float *
lt_block_dup (const LtLayout *layout, const float *block)
{
  float *copy = lt_floats_new (layout->size);

  memcpy (copy, block, layout->size * sizeof (float));
  return copy;
}

void
lt_block_free (float *block)
{
  free (block);
}
