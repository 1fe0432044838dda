/* The name that somebody probably meant. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one of `names` (NULL-terminated) that differs from `word` by the fewest letters, when
 * that is few enough to be a slip; else NULL. */
const char *lt_nearest_name (const char *word, const char *const *names);

G_END_DECLS
