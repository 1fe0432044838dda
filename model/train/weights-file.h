/* A snapshot's tensors as files that other programs read. Both functions write the file
 * whole or not at all, and equal snapshots give equal bytes. */
#pragma once

#include "train/snapshot.h"

G_BEGIN_DECLS

/* NumPy's archive: one float32 array a tensor, under its name, not compressed. */
gboolean lt_weights_write_npz (const LtSnapshot *snapshot,
                               const char *path,
                               GError **error);

/* safetensors (huggingface/safetensors, README.md, "Format"): the header's length in eight
 * bytes, a JSON header, the tensors one after another. */
gboolean lt_weights_write_safetensors (const LtSnapshot *snapshot,
                                       const char *path,
                                       GError **error);

G_END_DECLS
