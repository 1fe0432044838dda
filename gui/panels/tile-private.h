/* What the files of a tile share. */
#pragma once

#include "panels/tile.h"

G_BEGIN_DECLS

struct _LtTile {
  GtkWidget parent_instance;

  LtSession *source; /* the session, or its twin */
  LtLook *look;
  LtProbeLane *lane, *lens_lane;

  const LtView *view;
  gpointer settings; /* the view's; NULL when it has no knobs */
  LtViewResult *result;
  gboolean current; /* result belongs to this view, these settings and this run */
  char *message;    /* why there is nothing to show */

  cairo_surface_t *lens;
  double lens_w, lens_h;
  gboolean pressed;

  GtkWidget *header, *chooser, *caption, *twin_switch, *settings_button, *menu_button;
  GtkWidget *maximise_button, *canvas, *settings_box, *context_menu;
  GPtrArray *knob_rows;
  gboolean quiet;
};

/* ---- tile.c ---- */

void lt_tile_fill_style (LtTile *self, LtStyle *style);

/* FALSE when the canvas has no size yet. */
gboolean lt_tile_fill_size (LtTile *self, LtProbeJob *job);

void lt_tile_ask (LtTile *self, LtProbeKind kind, gboolean urgent);

/* The figures no longer belong to what is wanted. */
void lt_tile_renew (LtTile *self);

/* ---- tile-settings.c ---- */

/* Fills the button's popover: made each time it is opened, since most of them never are. */
void lt_tile_build_settings (GtkMenuButton *button, gpointer tile);

/* The rows belong to the popover. */
void lt_tile_drop_settings (LtTile *self);

G_END_DECLS
