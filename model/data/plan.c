/* Splitting, scaling and whitening. Everything that is measured (range, mean, covariance) is measured on
 * the training rows only, so that nothing of the test set leaks into what a model sees. */
#include "data/plan.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "data/counts.h"
#include "data/memory.h"

/* The stream that splits rows: nothing else draws from it. */
#define SPLIT_STREAM G_GUINT64_CONSTANT (0x73706c6974)

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

/* Copies and sorts: ascending rows are read from memory in order. */
static void
take_rows (LtPlan *self, LtSplit split, const guint32 *rows, gsize n)
{
  self->n[split] = n;
  self->rows[split] = g_new (guint32, MAX (n, 1));
  if (n > 0)
    memcpy (self->rows[split], rows, n * sizeof (guint32));
  qsort (self->rows[split], n, sizeof (guint32), compare_rows);
}

/* The source's own test rows stay in the test set; the rest is shuffled and dealt. */
static gboolean
split_rows (LtPlan *self,
            const LtTable *table,
            const LtPreparation *preparation,
            guint64 seed,
            GError **error)
{
  gsize n_own = MIN (table->n_test, table->n);
  gsize n_dealt = table->n - n_own;
  g_autofree guint32 *rows = g_new (guint32, MAX (table->n, 1));
  gsize n_test = 0, n_valid, n_train;
  LtRng rng;

  for (gsize i = 0; i < table->n; i++)
    rows[i] = (guint32) i;
  lt_rng_init (&rng, seed, SPLIT_STREAM);
  lt_rng_shuffle (&rng, rows, n_dealt);

  if (n_own == 0)
    n_test = (gsize) round (preparation->test * (double) n_dealt);
  n_valid = (gsize) round (preparation->valid * (double) (n_dealt - n_test));
  n_train = n_dealt - n_test - n_valid;
  if (n_train == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "%s has %" G_GSIZE_FORMAT
                 " rows, and none is left to train on after %" G_GSIZE_FORMAT
                 " for the test and %" G_GSIZE_FORMAT
                 " for validation; lower the fractions or bring more rows.",
                 table->name, table->n, n_own + n_test, n_valid);
    return FALSE;
  }

  if (n_own > 0)
    take_rows (self, LT_TEST, rows + n_dealt, n_own);
  else
    take_rows (self, LT_TEST, rows, n_test);
  take_rows (self, LT_VALID, rows + n_test, n_valid);
  if (preparation->limit > 0)
    n_train = MIN (n_train, (gsize) preparation->limit);
  take_rows (self, LT_TRAIN, rows + n_test + n_valid, n_train);
  return TRUE;
}

/* A value before scaling. */
static float
raw_value (const LtPlan *self, const LtTable *table, gsize row, gsize j)
{
  gsize i = row * table->shape.nv + j;

  if (self->values != NULL)
    return self->values[i];
  return table->bytes != NULL ? table->bytes[i] : table->floats[i];
}

static void
bytes_range (const LtPlan *self, const LtTable *table, float *lowest, float *highest)
{
  gsize nv = table->shape.nv;
  guint8 low = 255, high = 0;

  for (gsize i = 0; i < self->n[LT_TRAIN]; i++) {
    const guint8 *row = table->bytes + self->rows[LT_TRAIN][i] * nv;

    for (gsize j = 0; j < nv; j++) {
      low = MIN (low, row[j]);
      high = MAX (high, row[j]);
    }
  }
  *lowest = low;
  *highest = high;
}

/* Over the training rows, unscaled. */
static void
raw_range (const LtPlan *self, const LtTable *table, float *lowest, float *highest)
{
  gsize nv = table->shape.nv;
  const float *values = self->values != NULL ? self->values : table->floats;

  if (values == NULL) {
    bytes_range (self, table, lowest, highest);
    return;
  }
  *lowest = INFINITY;
  *highest = -INFINITY;
  for (gsize i = 0; i < self->n[LT_TRAIN]; i++) {
    float low, high;

    lt_range (values + self->rows[LT_TRAIN][i] * nv, nv, &low, &high);
    *lowest = MIN (*lowest, low);
    *highest = MAX (*highest, high);
  }
}

static gboolean
is_counts (const LtShape *shape)
{
  for (int m = 0; m < shape->n_modalities; m++)
    if (shape->modality[m].kind != LT_COUNTS)
      return FALSE;
  return TRUE;
}

static void
set_kind (LtPlan *self, LtValueKind kind)
{
  for (int m = 0; m < self->shape.n_modalities; m++)
    self->shape.modality[m].kind = kind;
}

/* Values that all lie in [0, 1] are of that kind, whatever they were read from. FALSE where
 * they do not. */
static gboolean
judge_unit (LtPlan *self, const LtTable *table)
{
  float lowest, highest;

  raw_range (self, table, &lowest, &highest);
  if (lowest < 0.0F || highest > 1.0F)
    return FALSE;
  if (self->shape.modality[0].kind != LT_BINARY)
    set_kind (self, table->bytes != NULL ? LT_BINARY : LT_UNIT);
  return TRUE;
}

/* As they are, where they lie in [0, 1] already, or are counts; bytes as fractions of 255. */
static void
choose_scaling (LtPlan *self, const LtTable *table)
{
  /* Equalised rows have a mean of 0, whatever they were. */
  self->scaling = self->equalises ? LT_SCALING_STANDARD : table->natural;
  if (self->scaling != LT_SCALING_AUTO || is_counts (&table->shape))
    return;
  if (judge_unit (self, table)) {
    self->scaling = LT_SCALING_NONE;
    self->description = g_strdup ("as they are, from 0 to 1");
  } else if (table->bytes == NULL) {
    self->scaling = LT_SCALING_STANDARD;
  } else {
    self->gain = 1.0F / 255.0F;
    set_kind (self, LT_UNIT);
    self->description = g_strdup ("bytes / 255");
  }
}

static void
scale_range (LtPlan *self, const LtTable *table)
{
  float lowest, highest;

  raw_range (self, table, &lowest, &highest);
  if (highest > lowest) {
    self->gain = 1.0F / (highest - lowest);
    self->shift = -lowest * self->gain;
  } else {
    self->shift = -lowest;
  }
  set_kind (self, LT_UNIT);
  self->description =
      g_strdup_printf ("%g to %g mapped to 0 to 1", (double) lowest, (double) highest);
}

/* Mean and variance in two passes, in double: one pass cancels where the mean is large. */
static void
standardise (LtPlan *self, const LtTable *table, gsize first, gsize last)
{
  gsize n = self->n[LT_TRAIN];
  g_autofree double *mean = g_new0 (double, last);
  g_autofree double *variance = g_new0 (double, last);

  for (gsize i = 0; i < n; i++)
    for (gsize j = first; j < last; j++)
      mean[j] += (double) raw_value (self, table, self->rows[LT_TRAIN][i], j);
  for (gsize j = first; j < last; j++)
    mean[j] /= (double) n;
  for (gsize i = 0; i < n; i++)
    for (gsize j = first; j < last; j++) {
      double d = (double) raw_value (self, table, self->rows[LT_TRAIN][i], j) - mean[j];

      variance[j] += d * d;
    }

  for (gsize j = first; j < last; j++) {
    double deviation = sqrt (variance[j] / (double) n);

    /* A constant feature becomes 0, not noise of rounding errors blown up to 1. */
    if (!(deviation > 1e-6 * fabs (mean[j])) || deviation < 1e-30)
      deviation = 1.0;
    self->gains[j] = (float) (1.0 / deviation);
    self->shifts[j] = (float) (-mean[j] / deviation);
  }
}

static void
take_gains (LtPlan *self, gsize nv)
{
  self->gains = g_new (float, nv);
  self->shifts = g_new0 (float, nv);
  lt_fill (1, nv, self->gains);
}

static void
scale_standard (LtPlan *self, const LtTable *table)
{
  take_gains (self, table->shape.nv);
  standardise (self, table, 0, table->shape.nv);
  set_kind (self, LT_REAL);
  for (int m = 0; m < self->shape.n_modalities; m++)
    self->shape.modality[m].standardised = TRUE;
  self->description = g_strdup ("each feature to mean 0 and variance 1");
}

static void
plan_scaling (LtPlan *self, const LtTable *table, LtScaling scaling)
{
  self->gain = 1.0F;
  self->scaling = scaling;
  if (scaling == LT_SCALING_AUTO)
    choose_scaling (self, table);
  if (self->description != NULL)
    return;

  if (self->scaling == LT_SCALING_RANGE)
    scale_range (self, table);
  else if (self->scaling == LT_SCALING_STANDARD)
    scale_standard (self, table);
  else
    self->description =
        g_strdup (scaling == LT_SCALING_COUNTS ? "as they are, counts" : "as they are");
  if (scaling == LT_SCALING_COUNTS && !self->equalises)
    set_kind (self, LT_COUNTS);
  if (scaling == LT_SCALING_NONE && !is_counts (&table->shape) &&
      !judge_unit (self, table) && table->bytes != NULL)
    set_kind (self, LT_REAL);
}

/* ---- Groups of columns -------------------------------------------------------------- */

/* What is done to all columns alike makes no sense for some of them. */
static gboolean
check_groups (const LtTable *table,
              const LtPreparation *preparation,
              gboolean whitens,
              GError **error)
{
  const char *what = NULL, *remedy = NULL;

  if (preparation->scaling != LT_SCALING_AUTO) {
    what = "one scaling";
    remedy = "scaling=auto, which does for each kind what it needs";
  } else if (preparation->contrast) {
    what = "a row's contrast";
    remedy = "contrast=false";
  } else if (whitens) {
    what = "whitening, and leaving directions out,";
    remedy = "whitening=none with drop-leading=0 and drop-trailing=0";
  }
  if (what == NULL)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "The columns of %s are groups of different kinds, for which %s makes no "
               "sense; choose %s.",
               table->name, what, remedy);
  return FALSE;
}

/* From 0 to 1 and counts as they are, but bytes as fractions of 255; real values each to
 * mean 0 and variance 1. */
static void
scale_groups (LtPlan *self, const LtTable *table)
{
  self->scaling = LT_SCALING_AUTO;
  self->gain = 1.0F;
  take_gains (self, table->shape.nv);
  for (int m = 0; m < self->shape.n_modalities; m++) {
    LtModality *group = &self->shape.modality[m];

    if (group->kind == LT_REAL) {
      standardise (self, table, group->offset, group->offset + group->size);
      group->standardised = TRUE;
    } else if (group->kind == LT_UNIT && table->bytes != NULL) {
      lt_fill (1.0F / 255.0F, group->size, self->gains + group->offset);
    }
  }
  self->description =
      g_strdup (table->bytes != NULL
                    ? "each real value to mean 0 and variance 1, shades / 255, the "
                      "others as they are"
                    : "each real value to mean 0 and variance 1, the others as they "
                      "are");
}

/* Takes over the description. */
static void
describe (LtPlan *self, const char *before, char *scaling, const char *after)
{
  self->description = g_strconcat (before, scaling, after, NULL);
  g_free (scaling);
}

/* ---- Whole rows ------------------------------------------------------------------- */

static gboolean
check_values (const LtTable *table, int nv, GError **error)
{
  return lt_memory_check (table->name, table->n, nv, sizeof (float), error);
}

static gboolean
equalise (LtPlan *self, const LtTable *table, GError **error)
{
  gsize nv = table->shape.nv, size = table->n * nv;
  float lowest, highest;

  if (!check_values (table, table->shape.nv, error))
    return FALSE;
  if (table->bytes != NULL) {
    lowest = 0;
    highest = 255;
  } else {
    raw_range (self, table, &lowest, &highest);
  }
  self->values = g_new (float, MAX (size, 1));
  if (table->bytes != NULL)
    lt_from_bytes (table->bytes, 1, 0, size, self->values);
  else
    memcpy (self->values, table->floats, size * sizeof (float));
  lt_contrast_equalise (&self->contrast, (double) highest - (double) lowest,
                        self->rows[LT_TRAIN], self->n[LT_TRAIN], table->n,
                        table->shape.nv, self->values);
  self->equalises = TRUE;
  set_kind (self, LT_REAL);
  return TRUE;
}

/* Equalised rows lie there, so they are scaled there. */
static void
scale_equalised (LtPlan *self, const LtTable *table)
{
  for (gsize i = 0; i < table->n; i++) {
    float *x = self->values + i * table->shape.nv;

    for (int j = 0; j < table->shape.nv; j++)
      x[j] = self->gains != NULL ? x[j] * self->gains[j] + self->shifts[j]
                                 : x[j] * self->gain + self->shift;
  }
  describe (self, "each row to equal contrast, then ", self->description, "");
}

/* Rows that are scaled but not yet whitened. */
typedef struct {
  const LtPlan *plan;
  const LtTable *table;
  const guint32 *rows; /* NULL: all of the table's */
} ScaledRows;

static void
read_scaled (gconstpointer data, gsize first, gsize n, float *x)
{
  const ScaledRows *scaled = data;

  for (gsize i = 0; i < n; i++)
    lt_plan_scale (scaled->plan, scaled->table,
                   scaled->rows != NULL ? scaled->rows[first + i] : first + i,
                   x + i * scaled->table->shape.nv);
}

/* Whitened values have any sign; without whitening they keep what they were scaled to. */
static void
shape_whitened (LtPlan *self)
{
  const LtWhitener *whitener = self->whitener;

  if (whitener->how == LT_WHITENING_PCA)
    lt_shape_init (&self->shape, "components", LT_REAL, 1, whitener->n_out, 1);
  set_kind (self, LT_REAL);
  for (int m = 0; m < self->shape.n_modalities && whitener->how != LT_WHITENING_NONE;
       m++)
    self->shape.modality[m].standardised = TRUE;
}

static gboolean
whiten (LtPlan *self,
        const LtTable *table,
        const LtWhitenerOptions *options,
        GError **error)
{
  ScaledRows train = { self, table, self->rows[LT_TRAIN] }, all = { self, table, NULL };
  LtRowReader train_reader = { read_scaled, &train, self->n[LT_TRAIN],
                               table->shape.nv };
  LtRowReader all_reader = { read_scaled, &all, table->n, table->shape.nv };
  g_autoptr (LtWhitener) whitener =
      lt_whitener_new (&train_reader, options, table->name, error);
  g_autofree char *description = NULL;
  float *values;

  if (whitener == NULL || !check_values (table, whitener->n_out, error))
    return FALSE;
  values = g_new (float, MAX (table->n * whitener->n_out, 1));
  lt_whitener_apply (whitener, &all_reader, values);
  g_free (self->values);
  self->values = values;
  description = lt_whitener_describe (whitener, options->epsilon);
  describe (self, "", self->description, ", then ");
  describe (self, "", self->description, description);
  self->whitener = g_steal_pointer (&whitener);
  shape_whitened (self);
  return TRUE;
}

/* FALSE where there is nothing to do. */
static gboolean
choose_whitening (const LtTable *table,
                  const LtPreparation *preparation,
                  LtWhitenerOptions *options)
{
  *options =
      (LtWhitenerOptions){ preparation->whitening, preparation->epsilon,
                           preparation->drop_leading, preparation->drop_trailing };
  if (options->how == LT_WHITENING_AUTO)
    options->how = table->whitening;
  if (options->how == LT_WHITENING_AUTO)
    options->how = LT_WHITENING_NONE;
  return options->how != LT_WHITENING_NONE || options->drop_leading > 0 ||
         options->drop_trailing > 0;
}

LtPlan *
lt_plan_new (const LtTable *table,
             const LtPreparation *preparation,
             guint64 seed,
             GError **error)
{
  g_autoptr (LtPlan) self = g_new0 (LtPlan, 1);
  LtWhitenerOptions options;
  gboolean whitens = choose_whitening (table, preparation, &options);

  self->shape = table->shape;
  if (!split_rows (self, table, preparation, seed, error))
    return NULL;
  if (table->shape.n_modalities > 1) {
    if (!check_groups (table, preparation, whitens, error))
      return NULL;
    scale_groups (self, table);
    return g_steal_pointer (&self);
  }
  if (preparation->contrast && !equalise (self, table, error))
    return NULL;
  plan_scaling (self, table, preparation->scaling);
  if (is_counts (&self->shape) && !lt_counts_check (table, error))
    return NULL;
  if (self->equalises)
    scale_equalised (self, table);
  if (whitens && !whiten (self, table, &options, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
lt_plan_free (LtPlan *self)
{
  if (self == NULL)
    return;
  for (int split = 0; split < LT_N_SPLITS; split++)
    g_free (self->rows[split]);
  g_free (self->gains);
  g_free (self->shifts);
  lt_whitener_free (self->whitener);
  g_free (self->values);
  g_free (self->description);
  g_free (self);
}

void
lt_plan_scale (const LtPlan *self, const LtTable *table, gsize row, float *x)
{
  gsize nv = self->values != NULL ? self->shape.nv : table->shape.nv;

  if (self->values != NULL) {
    memcpy (x, self->values + row * nv, nv * sizeof (float));
  } else if (self->gains != NULL) {
    for (gsize j = 0; j < nv; j++)
      x[j] = raw_value (self, table, row, j) * self->gains[j] + self->shifts[j];
  } else if (table->bytes != NULL) {
    lt_from_bytes (table->bytes + row * nv, self->gain, self->shift, nv, x);
  } else if (self->gain == 1.0F && self->shift == 0.0F) {
    memcpy (x, table->floats + row * nv, nv * sizeof (float));
  } else {
    for (gsize j = 0; j < nv; j++)
      x[j] = table->floats[row * nv + j] * self->gain + self->shift;
  }
}

#define CACHE_LINE 64

void
lt_plan_prefetch (const LtPlan *self, const LtTable *table, gsize row)
{
  gsize nv = self->values != NULL ? self->shape.nv : table->shape.nv;
  gsize size = nv * (self->values == NULL && table->bytes != NULL ? 1 : sizeof (float));
  const char *first = self->values != NULL   ? (const char *) self->values
                      : table->bytes != NULL ? (const char *) table->bytes
                                             : (const char *) table->floats;

  for (gsize at = 0; at < size; at += CACHE_LINE)
    __builtin_prefetch (first + row * size + at);
}

void
lt_plan_unscale (const LtPlan *self, gsize n, float *x)
{
  gsize nv = self->shape.nv;

  if (self->whitener != NULL)
    lt_whitener_undo (self->whitener, n, x);
  if (self->whitener != NULL && self->whitener->how == LT_WHITENING_PCA)
    return;
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < nv; j++) {
      float gain = self->gains != NULL ? self->gains[j] : self->gain;
      float shift = self->gains != NULL ? self->shifts[j] : self->shift;
      float raw = (x[i * nv + j] - shift) / gain;

      x[i * nv + j] =
          self->equalises ? self->contrast.level + self->contrast.spread * raw : raw;
    }
}
