#include "data/counts.h"

#include "core/error.h"

#include <math.h>

static gboolean
refuse (const LtTable *table, gsize at, GError **error)
{
  gsize nv = table->shape.nv, column = at % nv;
  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, column + 1);
  const char *name =
      table->feature_names != NULL ? table->feature_names[column] : number;

  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "Counts are whole numbers from 0, but row %" G_GSIZE_FORMAT
               ", column “%s” of “%s” is %g; correct it, or choose another scaling.",
               at / nv + 1, name, table->name, (double) table->floats[at]);
  return FALSE;
}

gboolean
lt_counts_check (const LtTable *table, GError **error)
{
  gsize size = table->n * table->shape.nv;

  for (gsize i = 0; table->floats != NULL && i < size; i++)
    if (!(table->floats[i] >= 0 && table->floats[i] == floorf (table->floats[i])))
      return refuse (table, i, error);
  return TRUE;
}
