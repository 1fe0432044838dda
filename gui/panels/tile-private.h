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
  double result_w, result_h; /* the size that it was computed for */
  gboolean current; /* result belongs to this view, these settings and this run */
  char *message;    /* why there is nothing to show */

  /* Frames, of views that move. */
  gboolean paused;
  guint frame_source, frame_tick;
  gint64 frame_asked; /* monotonic: when the last one was asked for */

  /* The drawing, of views with a surface. */
  LtDrawing *drawing;    /* NULL: none */
  LtViewSurface surface; /* where the stroke under way is drawn */
  gboolean stroking, rubbing;
  double pen_x, pen_y; /* in the drawing's pixels */

  /* Computations that take long. */
  guint watch;           /* while something may be under way */
  const char *computing; /* what; NULL: nothing that takes long */
  double part;           /* of it that is done */
  gboolean stopped;      /* by the user: later ones too, until a setting is turned */

  cairo_surface_t *lens;
  double lens_w, lens_h;
  gboolean pressed;

  GtkWidget *header, *chooser, *caption, *twin_switch, *settings_button, *menu_button;
  GtkWidget *maximise_button, *motion_button, *stop_button, *canvas, *settings_box,
      *context_menu;
  GPtrArray *knob_rows;
  gboolean quiet;
};

/* ---- tile.c ---- */

void lt_tile_fill_style (LtTile *self, LtStyle *style);

/* FALSE when the canvas has no size yet. */
gboolean lt_tile_fill_size (LtTile *self, LtProbeJob *job);

void lt_tile_ask (LtTile *self, LtProbeKind kind, gboolean urgent);

/* The line in the header, of the result that is shown. */
void lt_tile_describe (LtTile *self);

/* The figures no longer belong to what is wanted. */
void lt_tile_renew (LtTile *self);

/* ---- tile-motion.c ---- */

void lt_tile_install_motion (GtkWidgetClass *class);

/* What the view is to be asked for. */
LtViewMotion lt_tile_motion (LtTile *self);

/* After an answer: sees to the next frame, if the view wants one. */
void lt_tile_await_frame (LtTile *self);
gboolean lt_tile_awaits_frame (LtTile *self);
void lt_tile_stop_frames (LtTile *self);

/* ---- tile-drawing.c ---- */

/* FALSE when there is no surface at (x, y). */
gboolean lt_tile_begin_stroke (LtTile *self, double x, double y, gboolean rubs);
void lt_tile_stroke_to (LtTile *self, double x, double y);
void lt_tile_clear_drawing (LtTile *self);
gboolean lt_tile_has_surface (LtTile *self, double x, double y);

/* The stroke under way, at once: the view's own picture of it comes a moment later. */
void lt_tile_paint_stroke (LtTile *self, cairo_t *cr);

/* ---- tile-progress.c ---- */

void lt_tile_install_progress (GtkWidgetClass *class);

/* Something has been asked for: shows how far it has got, if it takes long. */
void lt_tile_watch (LtTile *self);
void lt_tile_paint_progress (LtTile *self, cairo_t *cr, double w);

/* ---- tile-settings.c ---- */

/* Fills the button's popover: made each time it is opened, since most of them never are. */
void lt_tile_build_settings (GtkMenuButton *button, gpointer tile);

/* The rows belong to the popover. */
void lt_tile_drop_settings (LtTile *self);

G_END_DECLS
