/* How the numbers inside a model are distributed: weights, their last changes, and what the
 * units of a layer answer. */
#pragma once

#include "data/dataset.h"
#include "train/snapshot.h"

G_BEGIN_DECLS

/* ---- Histograms ------------------------------------------------------------------- */

/* Bins of equal width, 1, 2 or 5 times a power of ten, whose edges are multiples of it:
 * so 0 is an edge, and the bins of two epochs can be compared. A bin's lower edge belongs to
 * it. */
typedef struct {
  gsize n;          /* finite values */
  gsize n_infinite; /* left out: NaN too */
  double lowest, width;
  int n_bins;
  gsize *counts;          /* [n_bins] */
  double mean, deviation; /* of the finite values */
  double norm;            /* √Σx² of them */
} LtHistogram;

/* At most n_bins + 1 bins. */
LtHistogram *lt_histogram_new (const float *values,
                               gsize n,
                               int n_bins) G_GNUC_WARN_UNUSED_RESULT;
void lt_histogram_free (LtHistogram *self);

/* ---- The weights below a layer ------------------------------------------------------ */

/* The tensor that leads up to hidden layer `layer` (from 0), borrowed from the model's layout;
 * NULL when it has none. */
const LtTensor *lt_probe_weights_below (const LtModel *model, int layer);

/* ---- What units answer -------------------------------------------------------------- */

#define LT_DEAD      0.01 /* a unit that stays within this of 0 on every example */
#define LT_SATURATED 0.01 /* one that stays within this of its range's other end */

typedef enum {
  LT_UNIT_ALIVE,
  LT_UNIT_DEAD,
  LT_UNIT_SATURATED,
} LtUnitState;

typedef struct {
  int layer;
  LtSplit split;
  gsize limit;        /* rows that are looked at at most, evenly spaced; 0: all */
  int n_picture;      /* rows that are kept, evenly spaced among them */
  const float *given; /* [n_given, nv] in place of the split's rows, which have classes;
                       * NULL */
  gsize n_given;
  gboolean
      sorted; /* units by mean activation, the lowest first, in place of by number */
} LtActivityOptions;

typedef struct {
  LtLayerInfo layer;
  gsize n, n_total;        /* rows looked at, and rows that there are */
  float *mean;             /* [n_units] */
  float *lowest, *highest; /* [n_units] */
  LtUnitState *states;     /* [n_units] */
  int n_dead, n_saturated;
  int *order;     /* [n_units]: the picture's columns */
  int n_picture;  /* the picture's rows, class by class where there are classes */
  guint32 *rows;  /* [n_picture]: rows of the split */
  int *labels;    /* [n_picture] */
  float *picture; /* [n_picture, n_units], columns in that order */
} LtActivity;

/* For models with `activations`. NULL when an activation is not finite. */
LtActivity *lt_probe_activity (const LtSnapshot *snapshot,
                               const LtDataset *data,
                               const LtActivityOptions *options,
                               LtWorkspace *ws) G_GNUC_WARN_UNUSED_RESULT;
void lt_activity_free (LtActivity *self);

G_END_DECLS
