/* Data sets: a table and the plan that scales and splits it. Values are scaled as they are
 * handed out, so that a data set takes about the memory of its table: 55 MB for MNIST's
 * bytes, where floats would be 220. Whitened values lie ready, and then the table's are let go. */
#include "data/dataset.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/dataset-private.h"
#include "data/plan.h"

struct _LtDataset {
  gatomicrefcount ref_count;
  LtTable *table;
  LtPlan *plan;
  float *mean; /* [nv] */
  float lowest, highest;
  int n_classes;
  const LtSource *score_source;
  gpointer score_settings;
};

#define AHEAD 4 /* rows that are asked for before their turn */

/* Mean and range over the scaled training rows. */
static void
measure (LtDataset *self)
{
  gsize nv = self->plan->shape.nv, n = self->plan->n[LT_TRAIN];
  g_autofree double *sum = g_new0 (double, nv);
  g_autofree float *x = g_new (float, nv);

  self->lowest = INFINITY;
  self->highest = -INFINITY;
  for (gsize i = 0; i < n; i++) {
    lt_plan_scale (self->plan, self->table, self->plan->rows[LT_TRAIN][i], x);
    for (gsize j = 0; j < nv; j++) {
      sum[j] += (double) x[j];
      self->lowest = x[j] < self->lowest ? x[j] : self->lowest;
      self->highest = x[j] > self->highest ? x[j] : self->highest;
    }
  }
  self->mean = g_new (float, nv);
  for (gsize j = 0; j < nv; j++)
    self->mean[j] = (float) (sum[j] / (double) n);
}

LtDataset *
lt_dataset_new (LtTable *table,
                const LtPreparation *preparation,
                guint64 seed,
                GError **error)
{
  g_autoptr (LtTable) owned = table;
  g_autoptr (LtPlan) plan = lt_plan_new (table, preparation, seed, error);
  LtDataset *self;

  if (plan == NULL)
    return NULL;
  self = g_new0 (LtDataset, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->table = g_steal_pointer (&owned);
  self->plan = g_steal_pointer (&plan);
  if (self->plan->values != NULL) {
    g_clear_pointer (&table->bytes, g_free);
    g_clear_pointer (&table->floats, g_free);
  }
  if (table->labels != NULL && table->label_names != NULL)
    self->n_classes = (int) g_strv_length (table->label_names);
  measure (self);
  return self;
}

LtDataset *
lt_dataset_ref (LtDataset *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
lt_dataset_unref (LtDataset *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  lt_table_free (self->table);
  lt_plan_free (self->plan);
  g_free (self->mean);
  g_free (self->score_settings);
  g_free (self);
}

const char *
lt_dataset_name (const LtDataset *self)
{
  return self->table->name;
}

const char *
lt_dataset_title (const LtDataset *self)
{
  return self->table->title != NULL ? self->table->title : self->table->name;
}

const char *
lt_dataset_source (const LtDataset *self)
{
  return self->table->source != NULL ? self->table->source : "";
}

const char *
lt_dataset_licence (const LtDataset *self)
{
  return self->table->licence != NULL ? self->table->licence : "";
}

const LtShape *
lt_dataset_shape (const LtDataset *self)
{
  return &self->plan->shape;
}

const char *
lt_dataset_scaling (const LtDataset *self)
{
  return self->plan->description;
}

gboolean
lt_dataset_is_whitened (const LtDataset *self)
{
  return self->plan->whitener != NULL && self->plan->whitener->how != LT_WHITENING_NONE;
}

gsize
lt_dataset_n (const LtDataset *self, LtSplit split)
{
  g_return_val_if_fail (split < LT_N_SPLITS, 0);
  return self->plan->n[split];
}

LtSplit
lt_dataset_judge (const LtDataset *self)
{
  if (self->plan->n[LT_TEST] > 0)
    return LT_TEST;
  return self->plan->n[LT_VALID] > 0 ? LT_VALID : LT_TRAIN;
}

/* The table's row behind the i-th of those asked for. */
static gsize
table_row (const LtDataset *self,
           LtSplit split,
           const guint32 *rows,
           gsize first,
           gsize i)
{
  gsize row = rows != NULL ? rows[i] : first + i;

  g_assert (row < self->plan->n[split]);
  return self->plan->rows[split][row];
}

void
lt_dataset_gather (const LtDataset *self,
                   LtSplit split,
                   const guint32 *rows,
                   gsize first,
                   gsize n,
                   float *x)
{
  gsize nv = self->plan->shape.nv;

  g_return_if_fail (split < LT_N_SPLITS);
  for (gsize i = 0; i < n; i++) {
    if (i + AHEAD < n)
      lt_plan_prefetch (self->plan, self->table,
                        table_row (self, split, rows, first, i + AHEAD));
    lt_plan_scale (self->plan, self->table, table_row (self, split, rows, first, i),
                   x + i * nv);
  }
}

void
lt_dataset_gather_labels (const LtDataset *self,
                          LtSplit split,
                          const guint32 *rows,
                          gsize first,
                          gsize n,
                          int *labels)
{
  g_return_if_fail (split < LT_N_SPLITS);
  for (gsize i = 0; i < n; i++)
    labels[i] = self->table->labels != NULL
                    ? self->table->labels[table_row (self, split, rows, first, i)]
                    : -1;
}

int
lt_dataset_n_classes (const LtDataset *self)
{
  return self->n_classes;
}

const char *
lt_dataset_class_name (const LtDataset *self, int label)
{
  return label >= 0 && label < self->n_classes ? self->table->label_names[label] : "";
}

const float *
lt_dataset_mean (const LtDataset *self)
{
  return self->mean;
}

void
lt_dataset_unscale (const LtDataset *self, gsize n, float *x)
{
  lt_plan_unscale (self->plan, n, x);
}

void
lt_dataset_set_score (LtDataset *self, const LtSource *source, gconstpointer settings)
{
  g_return_if_fail (self->score_source == NULL);
  self->score_source = source;
  self->score_settings = g_memdup2 (settings, source->knobs.settings_size);
}

/* With y = gain·x + shift, noise of deviation sigma on y is sigma/gain on x, and
 * ∇_y log p(y) = ∇_x log p(x) / gain. Features scaled each by its own factor would make the
 * noise on x anisotropic, for which sources have no formula. */
gboolean
lt_dataset_score (const LtDataset *self,
                  double sigma,
                  const float *x,
                  gsize n,
                  float *score)
{
  gsize size = n * self->table->shape.nv;
  float gain = self->plan->gain, shift = self->plan->shift;
  g_autofree float *raw = NULL;

  if (self->score_source == NULL || self->plan->gains != NULL ||
      self->plan->values != NULL)
    return FALSE;
  raw = g_new (float, MAX (size, 1));
  for (gsize i = 0; i < size; i++)
    raw[i] = (x[i] - shift) / gain;
  self->score_source->score (self->score_settings, sigma / (double) gain, raw, n,
                             score);
  for (gsize i = 0; i < size; i++)
    score[i] /= gain;
  return TRUE;
}

void
lt_dataset_range (const LtDataset *self, float *lowest, float *highest)
{
  *lowest = self->lowest;
  *highest = self->highest;
}

const char *
lt_split_name (LtSplit split)
{
  static const char *const names[] = { "train", "valid", "test" };

  g_return_val_if_fail (split < LT_N_SPLITS, "");
  return names[split];
}
