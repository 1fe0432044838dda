/* Colours, fonts and sizes for everything that is painted: the same for screen and file. */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <pango/pango.h>

G_BEGIN_DECLS

typedef struct {
  double r, g, b, a;
} LtColour;

typedef struct {
  gboolean dark;
  gboolean high_contrast;
  LtColour background, foreground, dim, grid, accent, second, warning;
  double
      text_size; /* pixels of ordinary text; captions and titles are multiples of it */
  const char *font; /* a Pango family list */
} LtStyle;

#define LT_N_CLASS_COLOURS 10

/* Fills in the light or dark style. Text is readable from the last row: text_size is the
 * caller's (12 to 16 for a window tile). */
void lt_style_init (LtStyle *self, gboolean dark, double text_size);

/* For those who asked their desktop for it: text black or white, lines strong. */
void lt_style_raise_contrast (LtStyle *self);

void lt_style_set (cairo_t *cr, LtColour colour);
LtColour lt_colour_with_alpha (LtColour colour, double alpha);

/* Colour-blind safe class colours (Okabe-Ito and Tol), tuned for the style's
 * background; class n+10 repeats the colour with another marker. */
LtColour lt_style_class_colour (const LtStyle *self, int label);

/* A diverging colour map for weights: negative, zero, positive; value in [−1, 1]. Zero is the
 * background's grey. And a sequential one for intensities, value in [0, 1]. */
LtColour lt_style_diverging (const LtStyle *self, double value);
LtColour lt_style_sequential (const LtStyle *self, double value);

typedef enum {
  LT_ALIGN_START,
  LT_ALIGN_MIDDLE,
  LT_ALIGN_END
} LtAlign;

/* Text at (x, y): x is the start, middle or end, y the middle of the line. scale multiplies
 * text_size. max_width > 0 ellipsises. Returns the width in pixels. In the source colour;
 * paint functions set the colours themselves, and none fills the background. */
double lt_text_paint (cairo_t *cr,
                      const LtStyle *style,
                      const char *text,
                      double x,
                      double y,
                      LtAlign align,
                      double scale,
                      gboolean bold,
                      double max_width);
/* Without painting; cr may be NULL. */
double lt_text_width (cairo_t *cr,
                      const LtStyle *style,
                      const char *text,
                      double scale,
                      gboolean bold);
double lt_text_height (const LtStyle *style, double scale);

/* What of a text fits into as many lines of `width`: without its last clauses, which begin
 * after "; " or ", " outside brackets, rather than cut within one. All of it where not even
 * the first clause fits. */
char *lt_text_fit (const LtStyle *style,
                   const char *text,
                   double scale,
                   int n_lines,
                   double width) G_GNUC_WARN_UNUSED_RESULT;

/* "No data yet"-like message in the middle of the area, wrapped. */
void lt_message_paint (cairo_t *cr,
                       const LtStyle *style,
                       const char *text,
                       double w,
                       double h);

/* A marker for a class: circle, square, triangle, diamond, cross, … in that order. */
void lt_marker_paint (cairo_t *cr, int label, double x, double y, double radius);

G_END_DECLS
