/* How well a model reconstructs and classifies: the figures of the learning curves, of early stopping and
 * of `lantern eval`. */
#pragma once

#include "core/model.h"
#include "data/dataset.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct {
  const LtCall *call;
  const LtDataset *data;
  LtSplit split;
  gsize limit; /* at most so many rows, evenly spaced over the split; 0: all */
  const atomic_bool *stop; /* gives up as soon as it is TRUE; NULL: never */
} LtEvaluation;

/* Means over the rows, in the order of the split; NAN where the split is empty, the model
 * cannot do it, or the data are not in [0, 1] (cross-entropy) or have no labels. */
typedef struct {
  double squared_error; /* per example, summed over its entries */
  double cross_entropy; /* per entry */
  double
      classification; /* the share of labelled rows whose most probable class is another */
} LtErrors;

/* FALSE when it gave up. */
gboolean lt_evaluate (const LtEvaluation *evaluation, LtErrors *errors);

/* Over the whole split, never giving up. */
void lt_evaluate_split (const LtCall *call,
                        const LtDataset *data,
                        LtSplit split,
                        LtErrors *errors);

G_END_DECLS
