/* How a table is to be scaled and split: worked out once, used by the data set and shown
 * beforehand by the data dialog. */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/* value = raw · gain + shift. */
typedef struct {
  guint32 *rows[LT_N_SPLITS]; /* table rows of each split, ascending */
  gsize n[LT_N_SPLITS];
  LtScaling scaling;     /* what AUTO came to */
  float gain, shift;     /* of every feature, where gains is NULL */
  float *gains, *shifts; /* [nv] each, or NULL */
  char *description;     /* "bytes / 255" */
  LtShape shape;         /* the table's, with the scaled values' kinds */
} LtPlan;

LtPlan *lt_plan_new (const LtTable *table,
                     const LtPreparation *preparation,
                     guint64 seed,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_plan_free (LtPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtPlan, lt_plan_free)

/* Scaled values of one row of the table → x [nv]. */
void lt_plan_scale (const LtPlan *self, const LtTable *table, gsize row, float *x);

G_END_DECLS
