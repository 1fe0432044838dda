/* How a table is to be scaled and split: worked out once, used by the data set and shown
 * beforehand by the data dialog. */
#pragma once

#include "data/contrast.h"
#include "data/whitener.h"

G_BEGIN_DECLS

/* value = raw · gain + shift, and before and after it what concerns whole rows. */
typedef struct {
  guint32 *rows[LT_N_SPLITS]; /* table rows of each split, ascending */
  gsize n[LT_N_SPLITS];
  LtScaling scaling;     /* what AUTO came to */
  float gain, shift;     /* of every feature, where gains is NULL */
  float *gains, *shifts; /* [nv] each, or NULL */
  LtContrast contrast;   /* where rows are equalised: their level and spread */
  gboolean equalises;
  LtWhitener *whitener; /* NULL: none */
  float *values; /* [table's n, shape.nv]: all rows, ready; NULL: each is scaled when it
                  * is asked for */
  char *description; /* "bytes / 255" */
  LtShape shape;     /* of scaled rows */
} LtPlan;

LtPlan *lt_plan_new (const LtTable *table,
                     const LtPreparation *preparation,
                     guint64 seed,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_plan_free (LtPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtPlan, lt_plan_free)

/* Scaled values of one row of the table → x [shape.nv]. Where values are ready, the table's are
 * not needed any more. */
void lt_plan_scale (const LtPlan *self, const LtTable *table, gsize row, float *x);

/* Asks for the row's memory ahead of lt_plan_scale: rows in random order are not in a cache. */
void lt_plan_prefetch (const LtPlan *self, const LtTable *table, gsize row);

/* Undoes it for n rows, in place; see lt_dataset_unscale. */
void lt_plan_unscale (const LtPlan *self, gsize n, float *x);

G_END_DECLS
