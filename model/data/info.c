/* What was found in a table, and what is going to be made of it. */
#include "data/info.h"

#include <math.h>
#include <stdlib.h>

#include "core/kernels.h"
#include "data/plan.h"

/* The stream that chooses examples. */
#define EXAMPLE_STREAM G_GUINT64_CONSTANT (0x6578616d706c65)

/* Of all examples together: enough for sixteen pictures of a million pixels. */
#define MAX_EXAMPLE_VALUES (16 << 20)

static void
measure_bytes (LtDataInfo *self, const LtTable *table)
{
  gsize size = table->n * table->shape.nv;
  guint8 lowest = 255, highest = 0;

  for (gsize i = 0; i < size; i++) {
    lowest = MIN (lowest, table->bytes[i]);
    highest = MAX (highest, table->bytes[i]);
  }
  self->lowest = lowest;
  self->highest = highest;
  self->whole = TRUE;
}

static void
measure_floats (LtDataInfo *self, const LtTable *table)
{
  gsize size = table->n * table->shape.nv;

  lt_range (table->floats, size, &self->lowest, &self->highest);
  self->whole = TRUE;
  for (gsize i = 0; i < size && self->whole; i++)
    self->whole = table->floats[i] == floorf (table->floats[i]);
}

static void
measure_scaled (LtDataInfo *self, const LtTable *table, const LtPlan *plan)
{
  gsize nv = plan->shape.nv;
  g_autofree float *row = g_new (float, nv);

  self->scaled_lowest = INFINITY;
  self->scaled_highest = -INFINITY;
  for (gsize i = 0; i < plan->n[LT_TRAIN]; i++) {
    float low, high;

    lt_plan_scale (plan, table, plan->rows[LT_TRAIN][i], row);
    lt_range (row, nv, &low, &high);
    self->scaled_lowest = MIN (self->scaled_lowest, low);
    self->scaled_highest = MAX (self->scaled_highest, high);
  }
}

static void
count_classes (LtDataInfo *self, const LtTable *table)
{
  if (table->labels == NULL || table->label_names == NULL)
    return;
  self->n_classes = (int) g_strv_length (table->label_names);
  self->class_names = g_strdupv (table->label_names);
  self->class_counts = g_new0 (gsize, MAX (self->n_classes, 1));
  for (gsize i = 0; i < table->n; i++)
    if (table->labels[i] >= 0 && table->labels[i] < self->n_classes)
      self->class_counts[table->labels[i]]++;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

/* Floyd's algorithm (Bentley & Floyd 1987): k different numbers below n, each set as likely. */
static void
choose_rows (guint32 n, int k, guint64 seed, guint32 *rows)
{
  LtRng rng;

  lt_rng_init (&rng, seed, EXAMPLE_STREAM);
  for (int i = 0; i < k; i++) {
    guint32 top = n - (guint32) (k - i);
    guint32 row = lt_rng_below (&rng, top + 1);

    for (int j = 0; j < i; j++)
      if (rows[j] == row)
        row = top;
    rows[i] = row;
  }
  qsort (rows, k, sizeof *rows, compare_rows);
}

static void
copy_row (const LtTable *table, gsize row, float *x)
{
  gsize nv = table->shape.nv;

  for (gsize j = 0; j < nv; j++)
    x[j] =
        table->bytes != NULL ? table->bytes[row * nv + j] : table->floats[row * nv + j];
}

static void
take_examples (LtDataInfo *self, const LtTable *table, const LtPlan *plan, guint64 seed)
{
  gsize nv = table->shape.nv, nv_scaled = plan->shape.nv;

  self->found_shape = table->shape;
  self->example_shape = plan->shape;
  self->n_examples = (int) CLAMP (MAX_EXAMPLE_VALUES / nv, 1, LT_DATA_INFO_EXAMPLES);
  self->n_examples = (int) MIN (plan->n[LT_TRAIN], (gsize) self->n_examples);
  self->examples = g_new (float, self->n_examples *nv_scaled);
  self->found = g_new (float, self->n_examples *nv);
  choose_rows ((guint32) plan->n[LT_TRAIN], self->n_examples, seed, self->example_rows);
  for (int i = 0; i < self->n_examples; i++) {
    guint32 row = plan->rows[LT_TRAIN][self->example_rows[i]];

    self->example_rows[i] = row;
    self->example_labels[i] = table->labels != NULL ? table->labels[row] : -1;
    lt_plan_scale (plan, table, row, self->examples + i * nv_scaled);
    copy_row (table, row, self->found + i * nv);
  }
}

LtDataInfo *
lt_data_info_new (const LtTable *table,
                  const LtPreparation *preparation,
                  guint64 seed,
                  GError **error)
{
  g_autoptr (LtPlan) plan = lt_plan_new (table, preparation, seed, error);
  LtDataInfo *self;

  if (plan == NULL)
    return NULL;
  self = g_new0 (LtDataInfo, 1);
  self->title = g_strdup (table->title != NULL ? table->title : table->name);
  self->shape = lt_shape_describe (&table->shape);
  self->scaling = g_strdup (plan->description);
  self->note = g_strdup (table->note);
  self->n = table->n;
  self->own_test = table->n_test > 0;
  for (int split = 0; split < LT_N_SPLITS; split++)
    self->n_split[split] = plan->n[split];
  if (table->bytes != NULL)
    measure_bytes (self, table);
  else
    measure_floats (self, table);
  measure_scaled (self, table, plan);
  count_classes (self, table);
  self->feature_names = g_strdupv (table->feature_names);
  take_examples (self, table, plan, seed);
  return self;
}

void
lt_data_info_free (LtDataInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->shape);
  g_free (self->scaling);
  g_free (self->note);
  g_strfreev (self->class_names);
  g_free (self->class_counts);
  g_strfreev (self->feature_names);
  g_free (self->examples);
  g_free (self->found);
  g_free (self);
}

char *
lt_data_info_describe (const LtDataInfo *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "title       %s\n", self->title);
  g_string_append_printf (text, "rows        %" G_GSIZE_FORMAT "\n", self->n);
  g_string_append_printf (text, "shape       %s\n", self->shape);
  g_string_append_printf (text, "values      %g to %g%s\n", (double) self->lowest,
                          (double) self->highest, self->whole ? ", whole numbers" : "");
  g_string_append_printf (text, "scaling     %s\n", self->scaling);
  g_string_append_printf (text,
                          "split       %" G_GSIZE_FORMAT " train, %" G_GSIZE_FORMAT
                          " validation, %" G_GSIZE_FORMAT " test%s\n",
                          self->n_split[LT_TRAIN], self->n_split[LT_VALID],
                          self->n_split[LT_TEST],
                          self->own_test ? " (the source's own)" : "");
  if (self->n_classes == 0)
    g_string_append (text, "labels      none\n");
  for (int k = 0; k < self->n_classes; k++)
    g_string_append_printf (text, "%s%s: %" G_GSIZE_FORMAT "%s",
                            k == 0 ? "labels      " : ", ", self->class_names[k],
                            self->class_counts[k],
                            k == self->n_classes - 1 ? "\n" : "");
  if (self->note != NULL)
    g_string_append_printf (text, "note        %s\n", self->note);
  return g_string_free (text, FALSE);
}
