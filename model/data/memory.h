/* How much memory there is: asked before anything large is allocated for a file. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that can be allocated without swapping; G_MAXUINT64 when the system does not say. */
guint64 lt_memory_available (void);

/* FALSE, with a sentence about `what` ("digits.csv"), when n · size · width bytes do not
 * fit: the product overflows, or it is more than is available. */
gboolean lt_memory_check (const char *what,
                          guint64 n,
                          guint64 width,
                          guint64 size,
                          GError **error);

G_END_DECLS
