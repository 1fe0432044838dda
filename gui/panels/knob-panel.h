/* The experiment as rows of knobs: data set, model, and every knob of the tables that
 * belong to them, in groups. */
#pragma once

#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_KNOB_PANEL (lt_knob_panel_get_type ())
G_DECLARE_FINAL_TYPE (LtKnobPanel, lt_knob_panel, LT, KNOB_PANEL, GtkWidget)

void lt_knob_panel_set_session (LtKnobPanel *self, LtSession *session);

/* Opens the knob's group and gives its row the focus. FALSE when it is not there or does
 * not matter at present. */
gboolean lt_knob_panel_focus (LtKnobPanel *self, const char *key);

G_END_DECLS
