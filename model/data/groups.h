/* Columns of several kinds in one table: a text such as
 *
 *   binary 1-9; gaussian 10-12; counts 13-60
 *
 * says which. Columns are those of the file, from 1; the labels' is in no group. */
#pragma once

#include "data/table.h"

G_BEGIN_DECLS

/* FALSE for "auto" and an empty text: one group of a kind that the values tell. */
gboolean lt_groups_are_given (const char *text);

/* Makes each group a modality of the table's shape, in the columns' order, once its values have
 * been looked at. label_column: the file's, from 1, which the table does not have any
 * more; 0: there was none. A sentence about what is wrong with the text, or the
 * first value that is not of its group's kind; the table is as it was then. */
gboolean lt_groups_apply (const char *text,
                          int label_column,
                          LtTable *table,
                          GError **error);

G_END_DECLS
