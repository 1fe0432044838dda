/* The card that shows what is under the pointer: a few pictures with captions. */
#include <math.h>
#include <string.h>

#include "views/common.h"

#define GAP 8.0

/* Pictures of this many pixels need no enlarging. */
#define LENS_ENOUGH 96.0

typedef struct {
  double picture_w, picture_h; /* of each picture */
  double column;               /* of each picture with its caption */
  double line, title;          /* heights */
  cairo_rectangle_t card;
} Plan;

/* To the right of what it belongs to and above it, as long as there is room. */
static void
place_card (const LtLens *lens, double w, double h, cairo_rectangle_t *card)
{
  card->x = lens->x + 2.0 * GAP;
  if (card->x + card->width > w - GAP)
    card->x = lens->x - 2.0 * GAP - card->width;
  card->y = lens->y - 2.0 * GAP - card->height;
  if (card->y < GAP)
    card->y = lens->y + 2.0 * GAP;
  card->x = CLAMP (card->x, 0.0, MAX (0.0, w - card->width));
  card->y = CLAMP (card->y, 0.0, MAX (0.0, h - card->height));
}

static void
plan_card (const LtLens *lens, const LtStyle *style, double w, double h, Plan *plan)
{
  double longest = MAX (lens->picture.width, lens->picture.height);
  double side = CLAMP (MIN (w, h) * 0.28, 56.0, 132.0);

  plan->line = lt_text_height (style, 0.85);
  plan->title = lens->title != NULL ? lt_text_height (style, 0.9) + 2.0 : 0.0;
  plan->picture_w = lens->pixels != NULL ? side * lens->picture.width / longest : 0.0;
  plan->picture_h = lens->pixels != NULL ? side * lens->picture.height / longest : 0.0;
  plan->picture_h = lens->pixels != NULL ? MAX (plan->picture_h, 12.0) : 0.0;
  plan->column = plan->picture_w;
  for (int i = 0; i < lens->n; i++)
    if (lens->captions[i] != NULL)
      plan->column = MAX (plan->column,
                          lt_text_width (NULL, style, lens->captions[i], 0.85, FALSE));
  plan->card.width = lens->n * (plan->column + GAP) + GAP;
  if (lens->title != NULL)
    plan->card.width =
        MAX (plan->card.width,
             lt_text_width (NULL, style, lens->title, 0.9, TRUE) + 2.0 * GAP);
  plan->card.width = MIN (plan->card.width, w);
  plan->card.height = plan->title + plan->picture_h + plan->line + 2.5 * GAP;
  place_card (lens, w, h, &plan->card);
}

static void
trace_card (cairo_t *cr, const cairo_rectangle_t *r, double radius)
{
  double right = r->x + r->width, bottom = r->y + r->height;

  cairo_new_sub_path (cr);
  cairo_arc (cr, right - radius, r->y + radius, radius, -G_PI / 2.0, 0.0);
  cairo_arc (cr, right - radius, bottom - radius, radius, 0.0, G_PI / 2.0);
  cairo_arc (cr, r->x + radius, bottom - radius, radius, G_PI / 2.0, G_PI);
  cairo_arc (cr, r->x + radius, r->y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
paint_card (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *card)
{
  cairo_rectangle_t shadow = { card->x, card->y + 2.0, card->width, card->height };

  trace_card (cr, &shadow, 6.0);
  cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, style->dark ? 0.5 : 0.18);
  cairo_set_line_width (cr, 3.0);
  cairo_stroke (cr);
  trace_card (cr, card, 6.0);
  lt_style_set (cr, lt_colour_with_alpha (style->background, 0.97));
  cairo_fill_preserve (cr);
  lt_style_set (cr, style->grid);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
}

/* A ring with an edge, so that it is seen on points and pictures alike. */
static void
paint_mark (const LtLens *lens, cairo_t *cr, const LtStyle *style)
{
  cairo_new_path (cr);
  cairo_arc (cr, lens->x, lens->y, 6.0, 0.0, 2.0 * G_PI);
  lt_style_set (cr, style->background);
  cairo_set_line_width (cr, 4.5);
  cairo_stroke_preserve (cr);
  lt_style_set (cr, style->foreground);
  cairo_set_line_width (cr, 2.0);
  cairo_stroke (cr);
}

static void
paint_column (const LtLens *lens,
              const Plan *plan,
              int i,
              cairo_t *cr,
              const LtStyle *style)
{
  double x = plan->card.x + GAP + i * (plan->column + GAP);
  double y = plan->card.y + GAP + plan->title;

  if (lens->pixels != NULL) {
    cairo_rectangle_t rect = { x + (plan->column - plan->picture_w) / 2.0, y,
                               plan->picture_w, plan->picture_h };

    LtTilesData tiles = lt_view_picture_tiles (&lens->picture, lens->pixels, lens->n,
                                               lens->lowest, lens->highest);

    tiles.colour = lens->colour;
    lt_tile_paint (cr, &tiles, style, i, &rect);
  }
  if (lens->captions[i] != NULL) {
    lt_style_set (cr, style->foreground);
    lt_text_paint (cr, style, lens->captions[i], x + plan->column / 2.0,
                   y + plan->picture_h + GAP / 2.0 + plan->line / 2.0, LT_ALIGN_MIDDLE,
                   0.85, FALSE, plan->card.width - 2.0 * GAP);
  }
}

void
lt_lens_paint (gconstpointer lens_,
               gconstpointer result,
               cairo_t *cr,
               const LtStyle *style,
               double w,
               double h)
{
  const LtLens *lens = lens_;
  Plan plan;

  plan_card (lens, style, w, h, &plan);
  cairo_save (cr);
  if (lens->mark)
    paint_mark (lens, cr, style);
  paint_card (cr, style, &plan.card);
  if (lens->title != NULL) {
    lt_style_set (cr, style->foreground);
    lt_text_paint (cr, style, lens->title, plan.card.x + GAP,
                   plan.card.y + GAP / 2.0 + plan.title / 2.0, LT_ALIGN_START, 0.9,
                   TRUE, plan.card.width - 2.0 * GAP);
  }
  for (int i = 0; i < lens->n; i++)
    paint_column (lens, &plan, i, cr, style);
  cairo_restore (cr);
}

void
lt_lens_free (gpointer lens_)
{
  LtLens *lens = lens_;

  if (lens == NULL)
    return;
  for (int i = 0; i < LT_LENS_MAX; i++)
    g_free (lens->captions[i]);
  g_free (lens->title);
  g_free (lens->pixels);
  g_free (lens);
}

gpointer
lt_lens_text (const LtViewRequest *request,
              gconstpointer result,
              const LtViewHit *found,
              gboolean pressed)
{
  LtLens *self = g_new0 (LtLens, 1);

  self->x = found->x;
  self->y = found->y;
  self->n = 1;
  self->captions[0] = lt_view_minus (g_strdup (found->text));
  return self;
}

gpointer
lt_lens_of_tiles (const LtTilesData *tiles,
                  const LtViewPicture *picture,
                  const LtViewHit *found)
{
  gsize size = lt_view_picture_size (picture);
  int kinds = MAX (tiles->n_rows, 1), n = tiles->n / kinds;
  LtLens *self;

  if (found->item < 0 || found->item >= n || found->rect.width >= LENS_ENOUGH)
    return NULL;
  self = g_new0 (LtLens, 1);
  self->x = found->rect.x + found->rect.width / 2.0;
  self->y = found->rect.y + found->rect.height / 2.0;
  self->n = kinds;
  self->picture = *picture;
  self->colour = tiles->colour;
  self->lowest = tiles->lowest;
  self->highest = tiles->highest;
  self->pixels = g_new (float, kinds *size);
  for (int kind = 0; kind < kinds; kind++) {
    memcpy (self->pixels + kind * size,
            tiles->pixels + ((gsize) kind * n + found->item) * size,
            size * sizeof (float));
    if (tiles->row_titles != NULL)
      self->captions[kind] = g_strdup (tiles->row_titles[kind]);
  }
  return self;
}
