/* A switch in a tile's header: which of the two runs the tile shows, where a lesson trains two.
 *
 * Not to be seen when there is no twin. */
#pragma once

#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_TWIN_SWITCH (lt_twin_switch_get_type ())
G_DECLARE_FINAL_TYPE (LtTwinSwitch, lt_twin_switch, LT, TWIN_SWITCH, GtkWidget)

/* Before anything else; session is referenced.
 * Signal: "switched": lt_twin_switch_source is another one. */
void lt_twin_switch_set_session (LtTwinSwitch *self, LtSession *session);

/* The session to show: the twin when it is wanted and there is one. Borrowed. */
LtSession *lt_twin_switch_source (LtTwinSwitch *self);

/* A wish is remembered while there is no twin yet. */
void lt_twin_switch_set_twin (LtTwinSwitch *self, gboolean twin);

G_END_DECLS
