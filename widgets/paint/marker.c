/* Markers: a shape for each class, so that colour is never the only mark. */
#include "paint/style.h"

#include <math.h>
#include <stdlib.h>

typedef enum {
  MARKER_CIRCLE,
  MARKER_SQUARE,
  MARKER_TRIANGLE,
  MARKER_DIAMOND,
  MARKER_CROSS,
  MARKER_TRIANGLE_DOWN,
  MARKER_SALTIRE,
  MARKER_RING,
  MARKER_STAR,
  MARKER_FRAME,
  N_MARKERS
} Marker;

/* A closed polygon of n corners at `radius`, every other one at `inner`. */
static void
polygon (cairo_t *cr, int n, double radius, double inner, double first_angle)
{
  for (int i = 0; i < n; i++) {
    double angle = first_angle + 2 * G_PI * i / n;
    double r = i % 2 == 0 ? radius : inner;

    cairo_line_to (cr, r * cos (angle), r * sin (angle));
  }
  cairo_close_path (cr);
}

static void
cross (cairo_t *cr, double arm, double half)
{
  static const signed char corners[12][2] = {
    { 1, 2 },   { 1, 1 },   { 2, 1 },   { 2, -1 }, { 1, -1 }, { 1, -2 },
    { -1, -2 }, { -1, -1 }, { -2, -1 }, { -2, 1 }, { -1, 1 }, { -1, 2 },
  };

  for (int i = 0; i < 12; i++) {
    double x = abs (corners[i][0]) == 2 ? arm : half;
    double y = abs (corners[i][1]) == 2 ? arm : half;

    cairo_line_to (cr, corners[i][0] < 0 ? -x : x, corners[i][1] < 0 ? -y : y);
  }
  cairo_close_path (cr);
}

static void
square (cairo_t *cr, double half)
{
  cairo_rectangle (cr, -half, -half, 2 * half, 2 * half);
}

/* The shapes about the origin, all of roughly the area of the circle of radius 1. */
static void
shape (cairo_t *cr, Marker marker)
{
  switch (marker) {
  case MARKER_CIRCLE:
    cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
    break;
  case MARKER_SQUARE:
    square (cr, 0.89);
    break;
  case MARKER_TRIANGLE:
    cairo_translate (cr, 0, 0.18);
    polygon (cr, 3, 1.42, 1.42, -G_PI / 2);
    break;
  case MARKER_DIAMOND:
    polygon (cr, 4, 1.3, 1.3, 0);
    break;
  case MARKER_CROSS:
    cross (cr, 1.25, 0.42);
    break;
  case MARKER_TRIANGLE_DOWN:
    cairo_translate (cr, 0, -0.18);
    polygon (cr, 3, 1.42, 1.42, G_PI / 2);
    break;
  case MARKER_SALTIRE:
    cairo_rotate (cr, G_PI / 4);
    cross (cr, 1.25, 0.42);
    break;
  case MARKER_RING:
    cairo_arc (cr, 0, 0, 1.15, 0, 2 * G_PI);
    cairo_new_sub_path (cr);
    cairo_arc_negative (cr, 0, 0, 0.55, 2 * G_PI, 0);
    break;
  case MARKER_STAR:
    polygon (cr, 10, 1.5, 0.68, -G_PI / 2);
    break;
  case MARKER_FRAME:
  case N_MARKERS:
  default:
    square (cr, 1.05);
    cairo_rectangle (cr, -0.5, 0.5, 1, -1);
    break;
  }
}

void
lt_marker_paint (cairo_t *cr, int label, double x, double y, double radius)
{
  /* Class n + 10 has the colour of n: another marker keeps them apart. */
  int marker =
      label < 0 ? MARKER_CIRCLE : (label + label / LT_N_CLASS_COLOURS) % N_MARKERS;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, radius, radius);
  cairo_new_path (cr);
  shape (cr, (Marker) marker);
  cairo_restore (cr);
  cairo_fill (cr);
}
