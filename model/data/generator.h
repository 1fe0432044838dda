/* What the generated data sets share. */
#pragma once

#include <stddef.h>

#include "data/source.h"
#include "data/table.h"

G_BEGIN_DECLS

/* The two knobs that every generator has; `settings` is its struct with the members
 * `int count` and `double noise`. */
#define LT_COUNT_KNOB(settings, default_count)                                        \
  {                                                                                   \
    .key = "count", .title = "Points", .unit = "", .group = "Data",                   \
    .help = "How many points are drawn.", .type = LT_KNOB_INTEGER, .log_scale = TRUE, \
    .minimum = 10, .maximum = 1e6, .fallback = default_count,                         \
    .offset = offsetof (settings, count)                                              \
  }
#define LT_DATA_NOISE_KNOB(settings, default_noise)                               \
  {                                                                               \
    .key = "data-noise", .title = "Data noise", .unit = "", .group = "Data",      \
    .help = "Standard deviation of the Gaussian noise that is part of the data.", \
    .type = LT_KNOB_REAL, .minimum = 0, .maximum = 1, .fallback = default_noise,  \
    .offset = offsetof (settings, noise)                                          \
  }

/* A table of n points with nv coordinates, which are not to be rescaled. */
LtTable *lt_generator_table (const LtSource *source, gsize n, int nv, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Adds Gaussian noise to every value. */
void lt_generator_add_noise (LtTable *table, double noise, LtRng *rng);

/* Gives the table labels from 0 to n_classes − 1, called "noun 1" onwards. Returns them for
 * the caller to write: [n], borrowed. */
int *lt_generator_label (LtTable *table, int n_classes, const char *noun);

G_END_DECLS
