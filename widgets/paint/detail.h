/* What the paint functions share among themselves; not for the folders above. */
#pragma once

#include "paint/axes.h"

G_BEGIN_DECLS

LtColour lt_colour_mix (LtColour from, LtColour to, double t);

typedef struct {
  const char *text;
  double x, y; /* as lt_text_paint's */
  LtAlign align;
  double scale;
  double max_width; /* 0: any */
} LtTextPlace;

/* Text in the source colour over a soft edge of background, readable on top of curves. */
void lt_text_halo_paint (cairo_t *cr, const LtStyle *style, const LtTextPlace *place);

/* Text in as many lines as it takes, n_lines at most, from place->x on; place->y is the
 * middle of the first. */
void lt_text_block_paint (cairo_t *cr,
                          const LtStyle *style,
                          const LtTextPlace *place,
                          int n_lines);

/* Lines that fill whole device pixels: one `width` of user pixels, at least one of the
 * device. Use the source colour. */
void lt_rule_horizontal (cairo_t *cr, double x0, double x1, double y, double width);
void lt_rule_vertical (cairo_t *cr, double x, double y0, double y1, double width);

/* A flag: a thin pole from y0 down to y1 at x, a small pennant at its top. */
void lt_pennant_paint (cairo_t *cr,
                       const LtStyle *style,
                       double x,
                       double y0,
                       double y1);

void lt_round_rectangle (cairo_t *cr, const cairo_rectangle_t *rect, double radius);

/* The axes as a tile of height h shows them: without titles when it is small, and with a row
 * for the note, which shares that of the x title. */
LtAxes lt_axes_fitted (const LtAxes *axes,
                       const LtStyle *style,
                       const char *note,
                       double h);

/* The note: dim, at the left of the lowest row of w × h, short of the x title; clauses that
 * do not fit are left out. */
void lt_note_paint (cairo_t *cr,
                    const LtStyle *style,
                    const char *note,
                    const char *x_title,
                    double w,
                    double h);

/* Whether at least its first clause has room there. */
gboolean lt_note_fits (const LtStyle *style,
                       const char *note,
                       const char *x_title,
                       double w);

/* A note along the foot of w × h, in two rows where one is too short and there is height
 * enough: their height, and the note. */
double lt_foot_height (const LtStyle *style, const char *note, double w, double h);
void lt_foot_paint (cairo_t *cr,
                    const LtStyle *style,
                    const char *note,
                    double w,
                    double h);

/* A panel's heading, one row: its title in bold, a note beside it as far as there is room. */
double lt_heading_height (const LtStyle *style);
void lt_heading_paint (cairo_t *cr,
                       const LtStyle *style,
                       const char *title,
                       const char *note,
                       double w);

/* Device pixels to one of the user's. */
double lt_device_scale (cairo_t *cr);

/* Whether drawing ends in pixels: FALSE for SVG and PDF, whose output stays vectors. */
gboolean lt_is_raster (cairo_t *cr);

/* The margin that every plot keeps free around itself, whole pixels. */
double lt_inset (const LtStyle *style);

/* Moves (x, y) to the nearest corner of device pixels. */
void lt_snap (cairo_t *cr, double *x, double *y);

G_END_DECLS
