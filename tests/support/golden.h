/* Golden pictures: a paint function's result against a PNG in tests/golden, with no display.
 * LT_GOLDEN_UPDATE=1 writes the pictures anew; look at them before committing. */
#pragma once

#include "paint/style.h"

typedef void (*LtGoldenPaint) (cairo_t *cr,
                               gconstpointer data,
                               const LtStyle *style,
                               double w,
                               double h);

/* Paints at w × h on the style's background, in light and in dark, and compares each with
 * NAME-WxH-light.png and NAME-WxH-dark.png by mean difference over the picture and over each
 * of its parts, since letters differ a little from machine to machine. */
void lt_golden_check (const char *name,
                      LtGoldenPaint paint,
                      gconstpointer data,
                      int w,
                      int h);

/* The light style of the golden pictures: text of 13 pixels in a font that Debian has. */
LtStyle lt_golden_style (gboolean dark);
