/* What was found in a table, and what is going to be made of it: for people to judge before
 * the data are used. */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

#define LT_DATA_INFO_EXAMPLES 16

typedef struct {
  char *title;
  char *shape;   /* "28 × 28 grey" */
  char *scaling; /* "bytes / 255" */
  char *note;    /* the table's; NULL when it has none */
  gsize n;
  gsize n_split[LT_N_SPLITS];
  gboolean own_test;                   /* the test set is the source's own */
  float lowest, highest;               /* over all rows, as found */
  float scaled_lowest, scaled_highest; /* over the training rows, scaled */
  gboolean whole;                      /* every value is a whole number */
  int n_classes;                       /* 0: no labels */
  char **class_names;                  /* [n_classes], NULL-terminated */
  gsize *class_counts;                 /* [n_classes], over all rows */

  char **feature_names; /* [nv], NULL-terminated; NULL when they have none */

  /* Some training rows; chosen by the seed, ascending. Fewer where rows are very long. */
  LtShape example_shape, found_shape; /* of scaled rows, and of rows as found */
  int n_examples;
  guint32 example_rows[LT_DATA_INFO_EXAMPLES]; /* of the table, from 0 */
  int example_labels[LT_DATA_INFO_EXAMPLES];   /* −1: none */
  float *examples;                             /* [n_examples, nv], scaled */
  float *found;                                /* the same rows as they were found */
} LtDataInfo;

/* Keeps nothing of the table. Fails where lt_dataset_new would. Any thread. */
LtDataInfo *lt_data_info_new (const LtTable *table,
                              const LtPreparation *preparation,
                              guint64 seed,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_data_info_free (LtDataInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDataInfo, lt_data_info_free)

/* All but the examples, one fact a line: "rows     70000", "shape    28 × 28 grey", … */
char *lt_data_info_describe (const LtDataInfo *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
