/* The side panel: which lesson, its knobs, and its text. */
#pragma once

#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_PANEL (lt_panel_get_type ())
G_DECLARE_FINAL_TYPE (LtPanel, lt_panel, LT, PANEL, GtkWidget)

void lt_panel_set_session (LtPanel *self, LtSession *session);

/* Turns to the lesson's text, and back to the knobs. */
void lt_panel_show_lesson (LtPanel *self, gboolean show);
gboolean lt_panel_shows_lesson (LtPanel *self);

G_END_DECLS
