/* The named sources, one a file. */
#pragma once

#include "data/source.h"

G_BEGIN_DECLS

extern const LtSource lt_mnist_source;
extern const LtSource lt_fashion_mnist_source;
extern const LtSource lt_digits_source;
extern const LtSource lt_iris_source;
extern const LtSource lt_wine_source;
extern const LtSource lt_patches_source;
extern const LtSource lt_spiral_source;
extern const LtSource lt_moons_source;
extern const LtSource lt_circle_source;
extern const LtSource lt_swiss_roll_source;
extern const LtSource lt_mixture_source;
extern const LtSource lt_line_source;
extern const LtSource lt_topics_source;
extern const LtSource lt_uniform_noise_source;

G_END_DECLS
