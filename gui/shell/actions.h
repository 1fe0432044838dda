/* The window's actions, their keys, and what of the window only they need. */
#pragma once

#include "shell/window.h"

G_BEGIN_DECLS

void lt_window_add_actions (LtWindow *self);

/* Enables and disables them, as the session stands. */
void lt_window_update_actions (LtWindow *self);

/* Keys of all actions but those that entries need for typing. */
void lt_application_set_keys (GtkApplication *application);

gboolean lt_window_shows_panel (LtWindow *self);
void lt_window_say (LtWindow *self, LtMessageKind kind, const char *text);
void lt_window_hide_message (LtWindow *self);

G_END_DECLS
