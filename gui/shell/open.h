/* Opening and saving from the window: dialogs, and files dropped onto it. */
#pragma once

#include "shell/window.h"

G_BEGIN_DECLS

void lt_window_accept_drops (LtWindow *self);

G_END_DECLS
