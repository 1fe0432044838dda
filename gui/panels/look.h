/* How the window looks: light or dark, and how large its text is. Follows the desktop
 * (through the settings portal) unless the user has chosen. Signal: "changed". */
#pragma once

#include "paint/style.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_LOOK (lt_look_get_type ())
G_DECLARE_FINAL_TYPE (LtLook, lt_look, LT, LOOK, GObject)

#define LT_TEXT_SMALLEST 9.0
#define LT_TEXT_NORMAL   13.0
#define LT_TEXT_LARGEST  28.0

/* Needs a display. */
LtLook *lt_look_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* "default" (like the desktop), "force-light" or "force-dark". */
void lt_look_set_scheme (LtLook *self, const char *scheme);
const char *lt_look_scheme (LtLook *self);

/* Pixels of ordinary text. */
void lt_look_set_text_size (LtLook *self, double size);
double lt_look_text_size (LtLook *self);

/* For paintings; borrowed, and another one after "changed". */
const LtStyle *lt_look_style (LtLook *self);

G_END_DECLS
