/* Orthogonal Procrustes analysis in the plane. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The orthogonal R (row-major; a rotation, maybe with a flip) for which Σ ‖R a_i − b_i‖² is
 * least, both centred on their means (Schönemann 1966). a, b: [n, 2]. The identity when
 * they do not determine one. */
void lt_procrustes (const float *a, const float *b, gsize n, float rotation[4]);

G_END_DECLS
