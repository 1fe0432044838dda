/* A small family for tests of the trainer: a linear autoencoder on noisy input with a
 * persistent state that draws random numbers at each step and leaks into the gradient, so that
 * whatever is not saved shows. And a small data set. */
#pragma once

#include "core/model.h"
#include "data/dataset.h"

extern const LtModelKind lt_toy_kind;

/* n training rows of 6 values in [0, 1] on a plane, and n_valid for validation. */
LtDataset *lt_toy_dataset_new (int n, double valid) G_GNUC_WARN_UNUSED_RESULT;
