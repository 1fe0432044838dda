/* Data sets: immutable, reference-counted rows with labels and splits.
 *
 * Rows are kept as bytes or floats, whichever they came as, and handed out as
 * scaled float32. Safe to read from any thread. */
#pragma once

#include "core/rng.h"
#include "core/shape.h"

G_BEGIN_DECLS

typedef enum {
  LT_TRAIN,
  LT_VALID,
  LT_TEST,
  LT_N_SPLITS
} LtSplit;

typedef struct _LtDataset LtDataset;

typedef enum {
  LT_SCALING_AUTO, /* bytes / 255; floats in [0, 1] as they are; others standardised */
  LT_SCALING_NONE,
  LT_SCALING_RANGE, /* the smallest value to 0, the largest to 1, over the training rows */
  LT_SCALING_STANDARD, /* each feature to mean 0 and variance 1 over the training rows */
  LT_SCALING_COUNTS,   /* as they are, which must be whole numbers from 0 */
} LtScaling;

typedef enum {
  LT_WHITENING_AUTO, /* what suits the table */
  LT_WHITENING_NONE,
  LT_WHITENING_PCA, /* uncorrelated values: one for each principal direction */
  LT_WHITENING_ZCA, /* uncorrelated values that are turned back to look like the data */
} LtWhitening;

/* What a loader or generator found, before scaling and splitting. Either bytes or floats. */
typedef struct {
  char *name, *title, *source, *licence;
  LtShape shape;
  gsize n;
  guint8 *bytes;        /* [n, nv] */
  float *floats;        /* [n, nv] */
  int *labels;          /* [n]; NULL when there are none */
  char **label_names;   /* NULL-terminated; NULL when there are none */
  char **feature_names; /* [nv], NULL-terminated; NULL when they have none */
  gsize n_test;         /* the last n_test rows are the source's own test set */
  char *note; /* what a person should know, e.g. how an odd value was read; or NULL */
  LtScaling natural; /* what LT_SCALING_AUTO means; itself: decided from the values */
  LtWhitening whitening; /* what LT_WHITENING_AUTO means; itself: none */
} LtTable;

void lt_table_free (LtTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtTable, lt_table_free)

/* How a table becomes a data set; knobs: lt_preparation_knobs. */
typedef struct {
  int scaling;  /* LtScaling */
  double valid; /* fraction of the training rows */
  double test;  /* fraction of all rows, where the source has no test set of its own */
  int limit;    /* use only that many training rows; 0: all */

  /* In this order: contrast, scaling, whitening; data/contrast.h and data/whitener.h. */
  gboolean contrast;               /* each row to mean 0 and variance 1 */
  int whitening;                   /* LtWhitening */
  int drop_leading, drop_trailing; /* principal directions that are left out */
  double epsilon; /* added to each direction's variance, in values' mean variances */
} LtPreparation;

/* Takes the table, also on failure. Rows are split with a generator seeded by `seed`. */
LtDataset *lt_dataset_new (LtTable *table,
                           const LtPreparation *preparation,
                           guint64 seed,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtDataset *lt_dataset_ref (LtDataset *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_dataset_unref (LtDataset *self);

const char *lt_dataset_name (const LtDataset *self);
const char *lt_dataset_title (const LtDataset *self);
const char *lt_dataset_source (const LtDataset *self);
const char *lt_dataset_licence (const LtDataset *self);
const LtShape *lt_dataset_shape (const LtDataset *self);

/* How its values were scaled, for people: "bytes / 255". */
const char *lt_dataset_scaling (const LtDataset *self);

/* Whether lt_dataset_unscale has a whitening to undo. */
gboolean lt_dataset_is_whitened (const LtDataset *self);

gsize lt_dataset_n (const LtDataset *self, LtSplit split);

/* The split to judge on: test where there is one, else validation, else training. */
LtSplit lt_dataset_judge (const LtDataset *self);

/* Rows `rows[0 … n−1]` (numbers within the split; NULL: `first` onwards) → x [n, nv]. */
void lt_dataset_gather (const LtDataset *self,
                        LtSplit split,
                        const guint32 *rows,
                        gsize first,
                        gsize n,
                        float *x);

/* The same for labels; −1 where there are none. */
void lt_dataset_gather_labels (const LtDataset *self,
                               LtSplit split,
                               const guint32 *rows,
                               gsize first,
                               gsize n,
                               int *labels);

int lt_dataset_n_classes (const LtDataset *self);
const char *lt_dataset_class_name (const LtDataset *self, int label);

/* The training rows' mean: [nv], borrowed. */
const float *lt_dataset_mean (const LtDataset *self);

/* Undoes whitening and scaling of n rows, in place: for pictures and exports. What was left out
 * is the training rows' mean again, and rows of equalised contrast get their mean
 * brightness and contrast. Principal components stay what they are, unscaled. */
void lt_dataset_unscale (const LtDataset *self, gsize n, float *x);

/* The gradient of the log-density of the clean distribution convolved with Gaussian
 * noise of standard deviation sigma, at n points x [n, nv] → score [n, nv]. FALSE where
 * the data set has no known density. */
gboolean lt_dataset_score (const LtDataset *self,
                           double sigma,
                           const float *x,
                           gsize n,
                           float *score);

/* The smallest and largest value over the training rows. */
void lt_dataset_range (const LtDataset *self, float *lowest, float *highest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDataset, lt_dataset_unref)

const char *lt_split_name (LtSplit split); /* "train", "valid", "test" */

G_END_DECLS
