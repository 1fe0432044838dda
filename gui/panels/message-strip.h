/* A sentence for the user, under the header bar, until it is closed or has been read. */
#pragma once

#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_MESSAGE_STRIP (lt_message_strip_get_type ())
G_DECLARE_FINAL_TYPE (LtMessageStrip, lt_message_strip, LT, MESSAGE_STRIP, GtkWidget)

void lt_message_strip_show (LtMessageStrip *self, LtMessageKind kind, const char *text);

/* How long a note stays, in milliseconds: longer ones take longer to read. */
guint lt_message_strip_reading_time (const char *text);

/* A button beside what is shown, for the action win.take-remedy; NULL: none. */
void lt_message_strip_offer (LtMessageStrip *self, const char *remedy);
void lt_message_strip_hide (LtMessageStrip *self);

/* What is shown; NULL when nothing is. Borrowed. */
const char *lt_message_strip_text (LtMessageStrip *self);

G_END_DECLS
