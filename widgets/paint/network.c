/* A network: layers as bars (or as circles where there are few units) centred over each
 * other, edges as the surfaces between them, so that an autoencoder is one hourglass. Words
 * stand in a column at the right, parts and shared weights in a gutter at the left. */
#include "paint/network.h"

#include "paint/arrow.h"
#include "paint/detail.h"

#include <math.h>
#include <stdlib.h>

#define DETAIL  0.88 /* scales of text */
#define LABEL   0.82
#define STRANDS 17 /* lines in the surface between two layers */

typedef enum {
  KEY_LEARNING,
  KEY_FROZEN,
  KEY_UNDIRECTED,
  KEY_DIRECTED,
  N_KEYS,
} Key;

static const char *const key_words[] = { "learning", "frozen", "undirected",
                                         "directed" };

/* What stands below the picture: the legend at the right, and the note at its left, or, where
 * it is too long for that, in a row of its own. */
typedef struct {
  Key keys[N_KEYS]; /* from the right */
  int n_keys, n_rows;
  double room; /* what the legend leaves of its row */
} Foot;

typedef struct {
  const LtNetworkData *data;
  const LtStyle *style;
  double gutter;             /* of the parts, at the left */
  double ties;               /* width of one bracket of shared weights */
  cairo_rectangle_t picture; /* of layers and edges */
  double words_x, words_w;   /* the column at the right; 0: none */
  double bar, pitch;         /* a layer's height; from one to the next */
  double unit;               /* pixels of one unit of the scale */
  int n_levels, n_ties;
  Foot foot;
} Layout;

static double
scaled (const LtNetworkData *data, int n_units)
{
  switch (data->scale) {
  case LT_NETWORK_LINEAR:
    return n_units;
  case LT_NETWORK_LOGARITHM:
    return log2 (1.0 + n_units);
  case LT_NETWORK_SQUARE_ROOT:
  default:
    return sqrt (n_units);
  }
}

/* The widest level: pixels of one unit are what makes it fill the picture. */
static void
plan_scale (Layout *self)
{
  const LtNetworkData *data = self->data;
  double gap = 2 * self->style->text_size;

  self->unit = INFINITY;
  for (int level = 0; level < self->n_levels; level++) {
    double sum = 0, room = self->picture.width + gap;

    for (int i = 0; i < data->n_layers; i++)
      if (data->layers[i].level == level) {
        sum += scaled (data, data->layers[i].n_units);
        room -= gap;
      }
    if (sum > 0)
      self->unit = MIN (self->unit, MAX (room, gap) / sum);
  }
}

static double
words_width (const LtNetworkData *data, const LtStyle *style)
{
  double widest = 0;

  for (int i = 0; i < data->n_layers; i++)
    widest = MAX (
        widest, lt_text_width (NULL, style, data->layers[i].name, 1, TRUE) +
                    0.6 * style->text_size +
                    lt_text_width (NULL, style, data->layers[i].detail, DETAIL, FALSE));
  for (int i = 0; i < data->n_edges; i++)
    widest =
        MAX (widest, lt_text_width (NULL, style, data->edges[i].label, LABEL, FALSE));
  return ceil (widest) + 1;
}

static void
count_levels (Layout *self)
{
  for (int i = 0; i < self->data->n_layers; i++)
    self->n_levels = MAX (self->n_levels, self->data->layers[i].level + 1);
  for (int i = 0; i < self->data->n_edges; i++)
    self->n_ties += self->data->edges[i].twin > i;
}

static gboolean
has_frozen (const LtNetworkData *data)
{
  for (int i = 0; i < data->n_edges; i++)
    if (data->edges[i].frozen)
      return TRUE;
  return FALSE;
}

static gboolean
has_edges (const LtNetworkData *data, gboolean undirected)
{
  for (int i = 0; i < data->n_edges; i++)
    if (data->edges[i].undirected == undirected)
      return TRUE;
  return FALSE;
}

static void
foot_add (Foot *self, Key key, const LtStyle *style)
{
  self->keys[self->n_keys++] = key;
  self->room -= lt_text_width (NULL, style, key_words[key], DETAIL, FALSE) +
                3.15 * style->text_size;
}

/* w, h: without the margin. */
static void
foot_plan (Foot *self,
           const LtNetworkData *data,
           const LtStyle *style,
           double w,
           double h)
{
  double text = style->text_size;

  *self = (Foot){ .room = w };
  if (w >= 12 * text && has_frozen (data)) {
    foot_add (self, KEY_FROZEN, style);
    foot_add (self, KEY_LEARNING, style);
  }
  if (w >= 12 * text && has_edges (data, TRUE)) {
    if (has_edges (data, FALSE) && self->room > 16 * text)
      foot_add (self, KEY_DIRECTED, style);
    if (self->room > 8 * text)
      foot_add (self, KEY_UNDIRECTED, style);
  }
  self->n_rows = data->note != NULL || has_frozen (data) || has_edges (data, TRUE);
  if (self->n_keys > 0 && h >= 12 * text &&
      lt_text_width (NULL, style, data->note, DETAIL, FALSE) > self->room)
    self->n_rows = 2;
}

/* The whole is as wide as high pictures look well, and stands in the middle. */
static void
layout_plan (const LtNetworkData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *self)
{
  double inset = lt_inset (style), text = style->text_size, left, right, spare;
  Foot *foot = &self->foot;

  *self = (Layout){ .data = data, .style = style };
  count_levels (self);
  w -= 2 * inset;
  h -= 2 * inset;
  foot_plan (foot, data, style, w, h);
  if (foot->n_rows > 0)
    h -= foot->n_rows * lt_text_height (style, DETAIL) + 0.4 * text;
  self->gutter = data->n_parts > 0 ? 1.6 * text : 0;
  self->ties = self->n_ties > 0 ? CLAMP (0.12 * w / self->n_ties, 2, 0.9 * text) : 0;
  self->words_w = MIN (words_width (data, style), 0.55 * w);
  left = self->gutter + self->n_ties * self->ties + text / 2;
  right = self->words_w + 1.2 * text;
  if (w < 16 * text)
    left = right = self->gutter = self->ties = self->words_w = 0;
  self->picture =
      (cairo_rectangle_t){ inset + left, inset, MAX (w - left - right, 1), MAX (h, 1) };
  spare = self->picture.width - 1.35 * h;
  if (spare > 0) {
    self->picture.width -= spare;
    self->picture.x += spare / 2;
  }
  self->words_x = self->picture.x + self->picture.width + 1.2 * text;
  self->bar = CLAMP (0.3 * h / MAX (self->n_levels, 1), 3, 1.5 * text);
  self->pitch = self->n_levels > 1
                    ? (self->picture.height - self->bar) / (self->n_levels - 1)
                    : 0;
  self->pitch = MIN (self->pitch, 0.6 * self->picture.width + self->bar);
  plan_scale (self);
}

static double
level_y (const Layout *self, int level)
{
  double height = self->bar + (self->n_levels - 1) * self->pitch;
  double top = self->picture.y + (self->picture.height - height) / 2;

  return top + (self->n_levels - 1 - level) * self->pitch;
}

/* A circle for each of few units. */
static gboolean
has_circles (const Layout *self, const LtNetworkLayer *layer)
{
  return layer->n_units <= 3 ||
         self->unit * scaled (self->data, layer->n_units) / layer->n_units >=
             self->bar * 0.6;
}

static double
layer_width (const Layout *self, const LtNetworkLayer *layer)
{
  double width = self->unit * scaled (self->data, layer->n_units);
  double circles = MIN (1.15 * self->bar * layer->n_units, self->picture.width);

  if (has_circles (self, layer))
    return layer->n_units <= 3 ? circles : MAX (MIN (width, circles), self->bar);
  return MAX (width, self->bar);
}

static void
layer_rect (const Layout *self, int index, cairo_rectangle_t *rect)
{
  const LtNetworkData *data = self->data;
  const LtNetworkLayer *layer = &data->layers[index];
  double gap = 2 * self->style->text_size, total = -gap, before = 0;

  for (int i = 0; i < data->n_layers; i++) {
    if (data->layers[i].level != layer->level)
      continue;
    if (i < index)
      before += layer_width (self, &data->layers[i]) + gap;
    total += layer_width (self, &data->layers[i]) + gap;
  }
  rect->x = self->picture.x + (self->picture.width - total) / 2 + before;
  rect->y = level_y (self, layer->level);
  rect->width = layer_width (self, layer);
  rect->height = self->bar;
}

/* ---- Edges ------------------------------------------------------------------------ */

static LtColour
edge_colour (const Layout *self, const LtNetworkEdge *edge)
{
  if (edge->frozen)
    return self->style->dim;
  return edge->part == 1 ? self->style->second : self->style->accent;
}

/* The side of an edge that faces the other layer: from (x0, y) to (x1, y). */
typedef struct {
  double x0, x1, y;
} Side;

static void
edge_sides (const Layout *self, const LtNetworkEdge *edge, Side *from, Side *to)
{
  cairo_rectangle_t a, b;
  gboolean up;

  layer_rect (self, edge->from, &a);
  layer_rect (self, edge->to, &b);
  up = a.y > b.y;
  *from = (Side){ a.x, a.x + a.width, up ? a.y : a.y + a.height };
  *to = (Side){ b.x, b.x + b.width, up ? b.y + b.height : b.y };
}

static void
surface_paint (const Layout *self,
               cairo_t *cr,
               const LtNetworkEdge *edge,
               const Side *from,
               const Side *to)
{
  LtColour colour = edge_colour (self, edge);
  double dash[2] = { self->style->text_size / 4, self->style->text_size / 4 };

  cairo_move_to (cr, from->x0, from->y);
  cairo_line_to (cr, from->x1, from->y);
  cairo_line_to (cr, to->x1, to->y);
  cairo_line_to (cr, to->x0, to->y);
  cairo_close_path (cr);
  lt_style_set (cr, lt_colour_with_alpha (colour, 0.13));
  cairo_fill (cr);
  cairo_save (cr);
  if (edge->frozen)
    cairo_set_dash (cr, dash, 2, 0);
  lt_style_set (cr, lt_colour_with_alpha (colour, 0.4));
  cairo_set_line_width (cr, self->style->text_size / 18);
  for (int i = 0; i < STRANDS; i++) {
    double t = (double) i / (STRANDS - 1);

    cairo_move_to (cr, from->x0 + t * (from->x1 - from->x0), from->y);
    cairo_line_to (cr, to->x0 + t * (to->x1 - to->x0), to->y);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* An arrow along the direction in which it computes, a plain line where it goes both ways. */
static void
direction_paint (const Layout *self,
                 cairo_t *cr,
                 const LtNetworkEdge *edge,
                 const Side *from,
                 const Side *to)
{
  double text = self->style->text_size;
  double x0 = (from->x0 + from->x1) / 2, x1 = (to->x0 + to->x1) / 2;
  double dx = x1 - x0, dy = to->y - from->y;
  double share = MIN (0.62, 2.4 * text / MAX (hypot (dx, dy), 1));
  LtArrow arrow = { x0 + dx * (1 - share) / 2, from->y + dy * (1 - share) / 2,
                    dx * share, dy * share, 0.16 * text };

  if (fabs (dy) < 0.6 * text)
    return;
  lt_style_set (cr, edge_colour (self, edge));
  if (!edge->undirected) {
    lt_arrow_fill (cr, &arrow);
    return;
  }
  cairo_set_line_width (cr, arrow.width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, arrow.x, arrow.y);
  cairo_rel_line_to (cr, arrow.dx, arrow.dy);
  cairo_stroke (cr);
}

/* ---- Layers ----------------------------------------------------------------------- */

static LtColour
layer_colour (const Layout *self, const LtNetworkLayer *layer)
{
  const LtStyle *style = self->style;

  if (layer->frozen)
    return lt_colour_mix (style->dim, style->background, 0.35);
  if (layer->role == LT_NETWORK_CODE)
    return style->accent;
  return lt_colour_mix (style->foreground, style->background,
                        layer->role == LT_NETWORK_DATA ? 0.5 : 0.22);
}

static void
outline_paint (const Layout *self, cairo_t *cr, const cairo_rectangle_t *rect)
{
  double far = self->style->text_size / 4;
  cairo_rectangle_t around = { rect->x - far, rect->y - far, rect->width + 2 * far,
                               rect->height + 2 * far };

  lt_style_set (cr, self->style->second);
  cairo_set_line_width (cr, self->style->text_size / 7);
  lt_round_rectangle (cr, &around, self->style->text_size / 2);
  cairo_stroke (cr);
}

static void
layer_paint (const Layout *self, cairo_t *cr, int index)
{
  const LtNetworkLayer *layer = &self->data->layers[index];
  cairo_rectangle_t rect;

  layer_rect (self, index, &rect);
  if (layer->selected)
    outline_paint (self, cr, &rect);
  lt_style_set (cr, layer_colour (self, layer));
  if (!has_circles (self, layer)) {
    lt_round_rectangle (cr, &rect, MIN (rect.height / 2, self->style->text_size / 3));
    cairo_fill (cr);
    return;
  }
  for (int i = 0; i < layer->n_units; i++) {
    double step = rect.width / layer->n_units;

    cairo_new_sub_path (cr);
    cairo_arc (cr, rect.x + (i + 0.5) * step, rect.y + rect.height / 2,
               MIN (rect.height, step * 0.88) / 2, 0, 2 * G_PI);
  }
  cairo_fill (cr);
}

/* ---- Words ------------------------------------------------------------------------ */

/* A hair from what is drawn to the words about it. */
static void
leader_paint (const Layout *self, cairo_t *cr, double x, double y)
{
  double text = self->style->text_size, end = self->words_x - text / 2;

  if (end - x < text)
    return;
  lt_style_set (cr, self->style->grid);
  lt_rule_horizontal (cr, x + text / 2, end, y, text / 16);
}

static void
layer_words_paint (const Layout *self, cairo_t *cr, int index)
{
  const LtNetworkData *data = self->data;
  const LtNetworkLayer *layer = &data->layers[index];
  int place = 0, n = 0;
  cairo_rectangle_t rect;
  double y, x = self->words_x, room = self->words_w;

  for (int i = 0; i < data->n_layers; i++)
    if (data->layers[i].level == layer->level) {
      place += i < index;
      n++;
    }
  layer_rect (self, index, &rect);
  y = rect.y + rect.height / 2 +
      (place - (n - 1) / 2.0) * lt_text_height (self->style, 1);
  if (place == n - 1)
    leader_paint (self, cr, rect.x + rect.width, rect.y + rect.height / 2);
  lt_style_set (cr, layer->role == LT_NETWORK_CODE ? self->style->accent
                                                   : self->style->foreground);
  n = (int) ceil (lt_text_paint (cr, self->style, layer->name, x, y, LT_ALIGN_START, 1,
                                 TRUE, room));
  x += n + 0.6 * self->style->text_size;
  room -= n + 0.6 * self->style->text_size;
  lt_style_set (cr, self->style->dim);
  if (room > 2 * self->style->text_size)
    lt_text_paint (cr, self->style, layer->detail, x, y, LT_ALIGN_START, DETAIL, FALSE,
                   room);
}

static gboolean
same_levels (const LtNetworkData *data, const LtNetworkEdge *a, const LtNetworkEdge *b)
{
  const LtNetworkLayer *layers = data->layers;

  return layers[a->from].level + layers[a->to].level ==
         layers[b->from].level + layers[b->to].level;
}

/* Edges between the same levels have their words below each other. */
static void
edge_words_paint (const Layout *self, cairo_t *cr, int index)
{
  const LtNetworkData *data = self->data;
  const LtNetworkEdge *edge = &data->edges[index];
  double line = lt_text_height (self->style, LABEL);
  int from = data->layers[edge->from].level, to = data->layers[edge->to].level;
  double y = (level_y (self, from) + level_y (self, to)) / 2 + self->bar / 2;
  int place = 0, n = 0;

  for (int i = 0; i < data->n_edges; i++)
    if (same_levels (data, &data->edges[i], edge) && data->edges[i].label[0] != '\0') {
      place += i < index;
      n++;
    }
  if (abs (from - to) * self->pitch <
      0.93 * (lt_text_height (self->style, 1) + n * line))
    return;
  lt_style_set (cr, edge_colour (self, edge));
  lt_text_paint (cr, self->style, edge->label, self->words_x,
                 y + (place - (n - 1) / 2.0) * line, LT_ALIGN_START, LABEL, FALSE,
                 self->words_w);
}

/* ---- The gutter ------------------------------------------------------------------- */

/* Shared weights: brackets inside each other, the first edge's outermost. */
static void
tie_paint (const Layout *self, cairo_t *cr, int index, int place)
{
  const LtNetworkEdge *edge = &self->data->edges[index];
  double text = self->style->text_size;
  double x = self->picture.x - text / 2 - (self->n_ties - 1 - place + 0.5) * self->ties;
  Side a, b, c, d;
  double ya, yb, xa, xb;

  edge_sides (self, edge, &a, &b);
  edge_sides (self, &self->data->edges[edge->twin], &c, &d);
  ya = (a.y + b.y) / 2;
  yb = (c.y + d.y) / 2;
  xa = (a.x0 + b.x0) / 2;
  xb = (c.x0 + d.x0) / 2;
  lt_style_set (cr, lt_colour_with_alpha (self->style->dim, 0.75));
  cairo_set_line_width (cr, text / 11);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, xa - text / 4, ya);
  cairo_line_to (cr, x, ya);
  cairo_line_to (cr, x, yb);
  cairo_line_to (cr, xb - text / 4, yb);
  cairo_stroke (cr);
  cairo_arc (cr, xa - text / 4, ya, text / 7, 0, 2 * G_PI);
  cairo_new_sub_path (cr);
  cairo_arc (cr, xb - text / 4, yb, text / 7, 0, 2 * G_PI);
  cairo_fill (cr);
}

/* The part's title, read upwards, and a line along what belongs to it. */
static void
part_paint (const Layout *self, cairo_t *cr, int part)
{
  const LtNetworkData *data = self->data;
  double top = INFINITY, bottom = -INFINITY, text = self->style->text_size;
  double x = self->picture.x - text / 2 - self->n_ties * self->ties - 0.4 * text;
  LtNetworkEdge any = { .part = part };

  for (int i = 0; i < data->n_edges; i++) {
    Side from, to;

    if (data->edges[i].part != part)
      continue;
    edge_sides (self, &data->edges[i], &from, &to);
    top = MIN (top, MIN (from.y, to.y));
    bottom = MAX (bottom, MAX (from.y, to.y));
  }
  if (!(bottom > top))
    return;
  lt_style_set (cr, edge_colour (self, &any));
  lt_rule_vertical (cr, x, top + 1, bottom - 1, text / 7);
  if (lt_text_width (cr, self->style, data->part_titles[part], DETAIL, FALSE) >
      bottom - top)
    return;
  cairo_save (cr);
  cairo_translate (cr, x - 0.75 * text, (top + bottom) / 2);
  cairo_rotate (cr, -G_PI / 2);
  lt_text_paint (cr, self->style, data->part_titles[part], 0, 0, LT_ALIGN_MIDDLE,
                 DETAIL, FALSE, 0);
  cairo_restore (cr);
}

/* ---- The legend ------------------------------------------------------------------- */

/* A piece of line as edges have it, or the mark in their middle, and what it means, ending at
 * `right`; where it begins. */
static double
key_paint (cairo_t *cr, const LtStyle *style, Key key, double right, double y)
{
  double text = style->text_size, dash[2] = { text / 4, text / 4 };
  double width = key <= KEY_FROZEN ? text / 7 : 0.16 * text;
  LtArrow arrow = { 0, y, 1.75 * text, 0, width };

  lt_style_set (cr, key == KEY_LEARNING ? style->accent
                    : key == KEY_FROZEN ? style->dim
                                        : style->foreground);
  right -= lt_text_paint (cr, style, key_words[key], right, y, LT_ALIGN_END, DETAIL,
                          FALSE, 0) +
           0.4 * text;
  arrow.x = right - arrow.dx;
  cairo_save (cr);
  if (key == KEY_DIRECTED) {
    lt_arrow_fill (cr, &arrow);
  } else {
    if (key == KEY_FROZEN)
      cairo_set_dash (cr, dash, 2, 0);
    if (key == KEY_UNDIRECTED)
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width (cr, width);
    cairo_move_to (cr, arrow.x, y);
    cairo_line_to (cr, right, y);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
  return right - 2.75 * text;
}

/* At the foot of w × h. */
static void
foot_paint (const Layout *self, cairo_t *cr, double w, double h)
{
  const Foot *foot = &self->foot;
  double right = w, line = lt_text_height (self->style, DETAIL);
  gboolean beside = foot->n_rows < 2;

  for (int i = 0; i < foot->n_keys; i++)
    right = key_paint (cr, self->style, foot->keys[i], right,
                       h - (beside ? 0.5 : 1.5) * line);
  lt_note_paint (cr, self->style, self->data->note, NULL, beside ? right : w, h);
}

/* ---- The whole -------------------------------------------------------------------- */

static void
words_paint (const Layout *self, cairo_t *cr)
{
  const LtNetworkData *data = self->data;

  if (self->words_w == 0)
    return;
  for (int i = 0; i < data->n_edges; i++)
    edge_words_paint (self, cr, i);
  for (int i = 0; i < data->n_layers; i++)
    layer_words_paint (self, cr, i);
}

static void
gutter_paint (const Layout *self, cairo_t *cr)
{
  const LtNetworkData *data = self->data;

  if (self->gutter > 0)
    for (int part = 0; part < data->n_parts; part++)
      part_paint (self, cr, part);
  for (int i = 0, place = 0; self->ties > 0 && i < data->n_edges; i++)
    if (data->edges[i].twin > i)
      tie_paint (self, cr, i, place++);
}

void
lt_network_paint (cairo_t *cr,
                  const LtNetworkData *data,
                  const LtStyle *style,
                  double w,
                  double h)
{
  double inset = lt_inset (style);
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  cairo_save (cr);
  for (int i = 0; i < data->n_edges; i++) {
    Side from, to;

    edge_sides (&layout, &data->edges[i], &from, &to);
    surface_paint (&layout, cr, &data->edges[i], &from, &to);
    direction_paint (&layout, cr, &data->edges[i], &from, &to);
  }
  for (int i = 0; i < data->n_layers; i++)
    layer_paint (&layout, cr, i);
  words_paint (&layout, cr);
  gutter_paint (&layout, cr);
  cairo_translate (cr, inset, inset);
  foot_paint (&layout, cr, w - 2 * inset, h - 2 * inset);
  cairo_restore (cr);
}

/* Whether x lies between the two sides' lines at height y. */
static gboolean
surface_holds (const Side *from, const Side *to, double x, double y)
{
  double t = (y - from->y) / (to->y - from->y);

  return t >= 0 && t <= 1 && x >= from->x0 + t * (to->x0 - from->x0) &&
         x <= from->x1 + t * (to->x1 - from->x1);
}

gboolean
lt_network_hit (const LtNetworkData *data,
                const LtStyle *style,
                double w,
                double h,
                double x,
                double y,
                int *layer,
                int *edge)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  *layer = *edge = -1;
  for (int i = 0; i < data->n_layers; i++) {
    cairo_rectangle_t rect;

    layer_rect (&layout, i, &rect);
    if (x >= rect.x && x <= rect.x + rect.width && y >= rect.y &&
        y <= rect.y + rect.height) {
      *layer = i;
      return TRUE;
    }
  }
  for (int i = 0; i < data->n_edges; i++) {
    Side from, to;

    edge_sides (&layout, &data->edges[i], &from, &to);
    if (!surface_holds (&from, &to, x, y))
      continue;
    *edge = i;
    return TRUE;
  }
  return FALSE;
}

void
lt_network_place (const LtNetworkData *data,
                  const LtStyle *style,
                  double w,
                  double h,
                  int layer,
                  cairo_rectangle_t *rect)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  layer_rect (&layout, layer, rect);
}
