/* Making tables: what loaders and generators share. */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

typedef enum {
  LT_TABLE_BYTES,
  LT_TABLE_FLOATS,
} LtTableStorage;

/* A table of n rows, values not yet written. Fails when memory does not suffice; `name`
 * stands in the sentence and becomes the table's name. */
LtTable *lt_table_new (const char *name,
                       const LtShape *shape,
                       gsize n,
                       LtTableStorage storage,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets title, source and licence, each copied. */
void lt_table_describe (LtTable *self,
                        const char *title,
                        const char *source,
                        const char *licence);

/* Appends the rows of another table as the test set. Fails when the two are not alike. */
gboolean lt_table_append_test (LtTable *self, const LtTable *test, GError **error);

/* Labels from n whole numbers: each different one is a class, in ascending order, named by
 * its digits. Fails when they are too many to be classes; `what` is the sentence's subject. */
gboolean lt_table_label_numbers (LtTable *self,
                                 const gint64 *values,
                                 const char *what,
                                 GError **error);

/* The same from n strings: sorted by their bytes. */
gboolean lt_table_label_strings (LtTable *self,
                                 const char *const *values,
                                 const char *what,
                                 GError **error);

/* A vector of square length at least 64 with whole values from 0 to 255 is most likely a
 * picture: reshapes it, keeps it as bytes, and says so in the note. */
void lt_table_guess_picture (LtTable *self);

/* Turns floats into bytes where each is a whole number from 0 to 255; else nothing. */
void lt_table_pack_bytes (LtTable *self);

G_END_DECLS
