/* The application: command line, look, preferences, and the actions that belong to no
 * window. */
#pragma once

#include "shell/window.h"

G_BEGIN_DECLS

#define LT_TYPE_APPLICATION (lt_application_get_type ())
G_DECLARE_FINAL_TYPE (LtApplication, lt_application, LT, APPLICATION, GtkApplication)

LtApplication *lt_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
