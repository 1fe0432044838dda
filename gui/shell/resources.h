/* The window's templates, style and icons, which are part of the program. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Before the first window; any number of times. */
void lt_resources_register (void);

G_END_DECLS
