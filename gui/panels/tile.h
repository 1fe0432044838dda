/* A tile: any view of the table on the run that the session shows. */
#pragma once

#include "panels/look.h"
#include "session/probe-queue.h"
#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_TILE (lt_tile_get_type ())
G_DECLARE_FINAL_TYPE (LtTile, lt_tile, LT, TILE, GtkWidget)

/* queue must outlive the tile.
 *
 * Signals: "maximise" (the user wants it to fill the window, or back); "export" (format, str:
 * png, svg, pdf or csv); "turn-everywhere" (key, value: a click has turned this setting,
 * which other tiles' views may have too). */
GtkWidget *lt_tile_new (LtSession *session, LtLook *look, LtProbeQueue *queue);

/* "filters layer=1"; what lt_view_parse refuses is left alone. */
void lt_tile_set_view (LtTile *self, const char *text);

/* The same as a lesson writes it: "twin filters" shows the twin's. */
void lt_tile_set_lesson_view (LtTile *self, const char *text);
const LtView *lt_tile_view (LtTile *self);

/* What it shows with all settings, as lt_tile_set_view takes it; it has a view. */
char *lt_tile_dup_text (LtTile *self) G_GNUC_WARN_UNUSED_RESULT;

/* What it shows at the moment; borrowed, NULL when nothing. */
LtViewResult *lt_tile_result (LtTile *self);
GdkTexture *lt_tile_texture (LtTile *self);

/* A view that has nothing to show now, with the sentence why. */
const char *lt_tile_message (LtTile *self);

/* A click at (x, y) of the canvas: turns the setting that the view has there, if any. */
gboolean lt_tile_click (LtTile *self, double x, double y);

/* Turns a setting of the view, if it has such a one that takes the value. */
void lt_tile_turn (LtTile *self, const char *key, const char *value);

void lt_tile_set_maximised (LtTile *self, gboolean maximised);

G_END_DECLS
