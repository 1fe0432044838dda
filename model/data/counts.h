/* Whether a table's values are counts. */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/* All whole numbers from 0; a sentence that names the first value that is not. */
gboolean lt_counts_check (const LtTable *table, GError **error);

G_END_DECLS
