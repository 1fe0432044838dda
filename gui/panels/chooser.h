/* Drop-down lists of strings in the side panel. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shortens the text of the one chosen, which must not make the panel wider; the list that
 * drops down has room for all of it. */
void lt_chooser_make_narrow (GtkDropDown *chooser);

G_END_DECLS
