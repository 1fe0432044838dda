/* Play, step, reset, and the timeline. */
#pragma once

#include "panels/look.h"
#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_TRANSPORT (lt_transport_get_type ())
G_DECLARE_FINAL_TYPE (LtTransport, lt_transport, LT, TRANSPORT, GtkBox)

void lt_transport_set_session (LtTransport *self, LtSession *session, LtLook *look);

G_END_DECLS
