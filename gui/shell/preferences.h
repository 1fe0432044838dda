/* What the program remembers of the user's wishes. Works without an installed schema; then
 * nothing is remembered. */
#pragma once

#include "panels/look.h"

G_BEGIN_DECLS

typedef struct _LtPreferences LtPreferences;

/* Keeps look and settings in step, in both directions. */
LtPreferences *lt_preferences_new (LtLook *look) G_GNUC_WARN_UNUSED_RESULT;
void lt_preferences_free (LtPreferences *self);

/* A scheme for this time only, until another is chosen: not written to the settings. */
void lt_preferences_override_scheme (LtPreferences *self, const char *scheme);

/* Training threads, at least 1: what the user chose, else all processors but one. */
int lt_preferences_threads (LtPreferences *self);

/* func is called with data when the user has chosen another number; NULL: no more. */
typedef void (*LtThreadsFunc) (gpointer data);
void lt_preferences_watch_threads (LtPreferences *self,
                                   LtThreadsFunc func,
                                   gpointer data);

gboolean lt_preferences_show_panel (LtPreferences *self);
void lt_preferences_set_show_panel (LtPreferences *self, gboolean show);

/* The size that the window had when it was last closed. */
void lt_preferences_restore_size (LtPreferences *self, GtkWindow *window);
void lt_preferences_remember_size (LtPreferences *self, GtkWindow *window);

/* The window in which they are changed. self must outlive it. */
void lt_preferences_present (LtPreferences *self, GtkWindow *parent);

G_END_DECLS
