/* Columns of several kinds in one table. */
#include "data/groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

static const struct {
  const char *name, *modality;
  LtValueKind kind;
} kinds[] = {
  { "binary", "binary value", LT_UNIT },
  { "gaussian", "real value", LT_REAL },
  { "counts", "count", LT_COUNTS },
};

typedef struct {
  char *text;      /* "binary 1-9" */
  int kind;        /* of kinds */
  int first, last; /* columns of the file, from 1 */
  int at, n;       /* columns of the table, from 0 */
} Group;

typedef struct {
  const LtTable *table;
  int label_column;
  int n;
  Group group[LT_MAX_MODALITIES];
} Groups;

static void
groups_clear (Groups *self)
{
  for (int g = 0; g < self->n; g++)
    g_free (self->group[g].text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Groups, groups_clear)

gboolean
lt_groups_are_given (const char *text)
{
  return *text != '\0' && strcmp (text, "auto") != 0;
}

/* The file's column behind a table's. */
static int
file_column (const Groups *self, int column)
{
  return column + 1 + (self->label_column > 0 && column + 1 >= self->label_column);
}

/* ---- Reading --------------------------------------------------------------------- */

static gboolean
find_kind (const char *name, int *kind, GError **error)
{
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    if (strcmp (kinds[k].name, name) == 0) {
      *kind = (int) k;
      return TRUE;
    }
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "There is no group of the kind “%s”; groups are binary (from 0 to 1), "
               "gaussian (any numbers) or counts (whole numbers from 0).",
               name);
  return FALSE;
}

/* "binary 1-9", or "binary 1". */
static gboolean
read_group (Group *group, GError **error)
{
  char name[32];
  int end = 0;

  if (sscanf (group->text, "%31[a-zA-Z] %9d %n- %9d %n", name, &group->first, &end,
              &group->last, &end) == 2)
    group->last = group->first;
  if (end > 0 && group->text[end] == '\0')
    return find_kind (name, &group->kind, error);
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "The group “%s” is not understood; write a kind and its columns, such "
               "as “binary 1-9” or “gaussian 10”, with semicolons between groups.",
               group->text);
  return FALSE;
}

static gboolean
place_group (const Groups *self, Group *group, GError **error)
{
  int label = self->label_column > 0 ? self->label_column : G_MAXINT;
  int n_columns = self->table->shape.nv + (self->label_column > 0);

  if (group->first < 1 || group->last > n_columns || group->first > group->last) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "The group “%s” has columns from %d to %d, but those of %s go from 1 to "
        "%d.",
        group->text, group->first, group->last, self->table->name, n_columns);
    return FALSE;
  }
  group->at = group->first - 1 - (group->first > label);
  group->n = group->last - (group->last >= label) - group->at;
  if (group->n > 0)
    return TRUE;
  g_set_error (
      error, LT_ERROR, LT_ERROR_VALUE,
      "The group “%s” has only the column of the labels, which is in no group; "
      "leave the group out, or choose another label column.",
      group->text);
  return FALSE;
}

static gboolean
read_groups (Groups *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (int i = 0; parts[i] != NULL; i++) {
    Group *group = &self->group[self->n];

    if (*g_strstrip (parts[i]) == '\0')
      continue;
    if (self->n == LT_MAX_MODALITIES) {
      g_set_error (
          error, LT_ERROR, LT_ERROR_VALUE,
          "“%s” has more than %d groups, which is the most there can be; bring "
          "the columns of each kind together.",
          text, LT_MAX_MODALITIES);
      return FALSE;
    }
    group->text = g_strdup (parts[i]);
    self->n++;
    if (!read_group (group, error) || !place_group (self, group, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- Together they are all columns ---------------------------------------------------- */

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const Group *p = a, *q = b;

  return (p->first > q->first) - (p->first < q->first);
}

static gboolean
refuse_gap (const Groups *self, int column, GError **error)
{
  g_set_error (
      error, LT_ERROR, LT_ERROR_VALUE,
      "Column %d of %s is in no group; add it to one of them, or take it out of "
      "the file.",
      file_column (self, column), self->table->name);
  return FALSE;
}

static gboolean
sort_groups (Groups *self, GError **error)
{
  int at = 0;

  qsort (self->group, self->n, sizeof *self->group, compare_groups);
  for (int g = 0; g < self->n; g++) {
    const Group *group = &self->group[g];

    if (group->at > at)
      return refuse_gap (self, at, error);
    if (group->at < at) {
      g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                   "Column %d of %s is in two groups, “%s” and “%s”; each column "
                   "belongs to one.",
                   file_column (self, group->at), self->table->name, group[-1].text,
                   group->text);
      return FALSE;
    }
    at += group->n;
  }
  return at == self->table->shape.nv || refuse_gap (self, at, error);
}

/* ---- Values ---------------------------------------------------------------------- */

static gboolean
refuse_value (const Groups *self,
              const Group *group,
              gsize row,
              int column,
              GError **error)
{
  const LtTable *table = self->table;
  g_autofree char *name = table->feature_names != NULL
                              ? g_strdup_printf (" (%s)", table->feature_names[column])
                              : g_strdup ("");

  g_set_error (
      error, LT_ERROR, LT_ERROR_VALUE,
      "%s has the value %g in row %" G_GSIZE_FORMAT ", column %d%s, but the group “%s” "
      "takes %s; correct the value, or choose another kind for the column.",
      table->name, (double) table->floats[row * table->shape.nv + column], row + 1,
      file_column (self, column), name, group->text,
      kinds[group->kind].kind == LT_COUNTS ? "whole numbers from 0" : "0 to 1");
  return FALSE;
}

/* Bytes are whole numbers, or shades. */
static gboolean
check_values (const Groups *self, const Group *group, GError **error)
{
  const LtTable *table = self->table;
  LtValueKind kind = kinds[group->kind].kind;

  if (table->floats == NULL || kind == LT_REAL)
    return TRUE;
  for (gsize row = 0; row < table->n; row++)
    for (int j = group->at; j < group->at + group->n; j++) {
      float value = table->floats[row * table->shape.nv + j];

      if (value < 0 || (kind == LT_COUNTS ? value != floorf (value) : value > 1))
        return refuse_value (self, group, row, j, error);
    }
  return TRUE;
}

/* Only zeros and ones? */
static gboolean
is_bits (const LtTable *table, const Group *group)
{
  for (gsize row = 0; row < table->n; row++)
    for (int j = group->at; j < group->at + group->n; j++) {
      gsize i = row * table->shape.nv + j;
      float value = table->bytes != NULL ? table->bytes[i] : table->floats[i];

      if (value != 0 && value != 1)
        return FALSE;
    }
  return TRUE;
}

gboolean
lt_groups_apply (const char *text, int label_column, LtTable *table, GError **error)
{
  g_auto (Groups) self = { .table = table, .label_column = label_column };
  LtShape shape = { 0 };

  if (!read_groups (&self, text, error) || !sort_groups (&self, error))
    return FALSE;
  for (int g = 0; g < self.n; g++) {
    const Group *group = &self.group[g];
    LtValueKind kind = kinds[group->kind].kind;

    if (!check_values (&self, group, error))
      return FALSE;
    if (kind == LT_UNIT && is_bits (table, group))
      kind = LT_BINARY;
    lt_shape_add (&shape, kinds[group->kind].modality, kind, 1, group->n, 1);
  }
  table->shape = shape;

  /* A single group is scaled like any other table, and so must say what it wants. */
  if (self.n == 1 && shape.modality[0].kind == LT_REAL)
    table->natural = LT_SCALING_STANDARD;
  return TRUE;
}
