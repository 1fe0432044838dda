/* A tile's picture or figures as a file. */
#pragma once

#include "shell/window.h"

G_BEGIN_DECLS

/* format: png, svg, pdf or csv. Asks where to. */
void lt_window_export (LtWindow *self, LtTile *tile, const char *format);

G_END_DECLS
