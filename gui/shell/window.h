/* The window: one session, its panel, four tiles and the timeline. */
#pragma once

#include "panels/look.h"
#include "panels/tile.h"
#include "session/session.h"
#include "shell/preferences.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_WINDOW (lt_window_get_type ())
G_DECLARE_FINAL_TYPE (LtWindow, lt_window, LT, WINDOW, GtkApplicationWindow)

#define LT_N_TILES      4
#define LT_FIRST_LESSON "digits-2d"

/* preferences must outlive the window. */
LtWindow *lt_window_new (GtkApplication *application,
                         LtLook *look,
                         LtPreferences *preferences);

LtSession *lt_window_session (LtWindow *self); /* borrowed */
LtLook *lt_window_look (LtWindow *self);       /* borrowed */
LtTile *lt_window_tile (LtWindow *self, int index);

/* A run, a lesson's name, an experiment, or a file or folder of data, which is shown in a dialog
 * before it is used. */
void lt_window_open (LtWindow *self, const char *argument, gboolean play);

/* The message that is shown; NULL when there is none. Borrowed. */
const char *lt_window_message (LtWindow *self);

/* Fills the window with one tile; −1: all of them. */
void lt_window_maximise_tile (LtWindow *self, int index);

/* The dashboard in the first tile, which then fills the window; and what the tile showed
 * before. */
void lt_window_toggle_dashboard (LtWindow *self);

void lt_window_show_panel (LtWindow *self, gboolean show);
void lt_window_show_lesson (LtWindow *self);

/* Saves the run where it is kept, or asks for a place. */
void lt_window_save (LtWindow *self, gboolean ask);
void lt_window_ask_open (LtWindow *self, gboolean folder);

/* Asks for a run whose weights the present experiment is to begin with. */
void lt_window_ask_from (LtWindow *self);

G_END_DECLS
