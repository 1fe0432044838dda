/* How much processor time the UI thread took between two waits: with LANTERN_TRACE_UI=1 in the
 * environment, printed on standard error when the program ends. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NULL unless the environment asks for it. */
GSource *lt_trace_start (void);
void lt_trace_end (GSource *trace);

G_END_DECLS
