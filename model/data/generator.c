/* What the generated data sets share. */
#include "data/generator.h"

#include <math.h>

LtTable *
lt_generator_table (const LtSource *source, gsize n, int nv, GError **error)
{
  LtShape shape;
  LtTable *table;

  lt_shape_init (&shape, "coordinates", LT_REAL, 1, nv, 1);
  table = lt_table_new (source->name, &shape, n, LT_TABLE_FLOATS, error);
  if (table == NULL)
    return NULL;
  lt_table_describe (table, source->title, "generated", "");
  table->natural = LT_SCALING_NONE;
  return table;
}

void
lt_generator_add_noise (LtTable *table, double noise, LtRng *rng)
{
  gsize size = table->n * table->shape.nv;

  if (noise == 0.0)
    return;
  for (gsize i = 0; i < size; i++)
    table->floats[i] += (float) noise * lt_rng_normal (rng);
}

int *
lt_generator_label (LtTable *table, int n_classes, const char *noun)
{
  table->labels = g_new (int, MAX (table->n, 1));
  table->label_names = g_new0 (char *, n_classes + 1);
  for (int k = 0; k < n_classes; k++)
    table->label_names[k] = g_strdup_printf ("%s %d", noun, k + 1);
  return table->labels;
}
