/* Dashboard: the views that say how a training goes, side by side in one tile, each with its
 * caption. It asks and paints them as the window would, one after another. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "views/common.h"
#include "views/panels.h"

#define MAX_CELLS 8
#define SMALL     0.86 /* of the tile's text, at most */
#define SMALLEST  9.0
#define SIDE      21.0 /* letters' heights in a cell's side */
#define CAPTION   0.9

typedef struct {
  int layer;
} Settings;

/* The first ones that suit the model are shown. Of two in a group at most one is. */
static const struct {
  const char *text;  /* as a lesson writes it */
  const char *title; /* NULL: the view's */
  int group;         /* 0: none */
  gboolean draws;    /* needs examples of the model's own */
  gboolean headed;   /* its painting has a heading */
  gboolean noted;    /* its painting ends in what its caption says */
} candidates[] = {
  { "filters", NULL, 0, .noted = TRUE },
  { "filters what=update", "Last update", 0, .noted = TRUE },
  { "particles", "Particles beside data", 1, .noted = TRUE },
  { "reconstructions", NULL, 1, .noted = TRUE },
  { "learning-curves", NULL, 0, FALSE },
  { "distributions show=means", "Activations on data", 0, FALSE },
  { "distributions show=means split=model", "Activations on the model", 0, TRUE },
  { "distributions show=examples", "Units × examples", 0, FALSE, TRUE },
  { "energy show=energies runs=0", "Free energy", 0, FALSE, TRUE },
  { "latent-map", NULL, 0, FALSE },
  { "distributions show=weights", "Weights", 0, FALSE, TRUE },
  { "distributions show=update", "Weights' last update", 0, FALSE, TRUE },
};

typedef struct {
  const LtView *view;
  const char *title;
  gboolean headed, noted;
  gpointer result; /* NULL: the message says why */
  char *message;
  char *caption;
} Cell;

typedef struct {
  int n;
  Cell cells[MAX_CELLS];
  char *moment;
} Result;

/* What the pointer calls up over a cell. */
typedef struct {
  int cell;
  gpointer card;
  void (*free) (gpointer card);
} Lens;

static const LtKnob knobs[] = {
  { "layer", "Layer", "", "Dashboard",
    "The hidden layer that filters and activations are of, from 1.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 1, .maximum = LT_LIST_MAX, .fallback = "1",
    .offset = G_STRUCT_OFFSET (Settings, layer) },
};

/* ---- Which views ------------------------------------------------------------------------ */

static gboolean
candidate_suits (int i, const LtModel *model, const LtDataset *data)
{
  g_auto (GStrv) words = g_strsplit (candidates[i].text, " ", 2);
  const LtView *view = lt_view_find (words[0], NULL);
  const char *why;

  if (candidates[i].draws && !lt_model_can (model, LT_CAN_SAMPLE))
    return FALSE;
  return view->suits (model, data, &why);
}

/* Candidates' numbers; how many there are. */
static int
choose_candidates (const LtModel *model, const LtDataset *data, int chosen[MAX_CELLS])
{
  gboolean taken[2] = { FALSE };
  int n = 0;

  for (int i = 0; i < (int) G_N_ELEMENTS (candidates) && n < MAX_CELLS; i++) {
    int group = candidates[i].group;

    if ((group > 0 && taken[group]) || !candidate_suits (i, model, data))
      continue;
    taken[group] = TRUE;
    chosen[n++] = i;
  }
  return n;
}

/* Curves alone are no dashboard. */
static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  int chosen[MAX_CELLS];

  if (choose_candidates (model, data, chosen) > 2)
    return TRUE;
  *why = "There is too little to see of this model for a dashboard.";
  return FALSE;
}

/* ---- Where they lie --------------------------------------------------------------------- */

/* A cell's text, as large as in a tile of the cell's size. */
static LtStyle
small_style (const LtStyle *style, int n, double w, double h)
{
  LtStyle small = *style;
  double side = sqrt (w * h / MAX (n, 1));

  small.text_size = round (
      CLAMP (side / SIDE, MIN (SMALLEST, style->text_size), SMALL * style->text_size));
  return small;
}

static double
heading_of (const LtStyle *small)
{
  return ceil (1.15 * lt_text_height (small, 1));
}

/* Below the title where that costs the view little, else beside it. */
static gboolean
has_caption_row (const Cell *cell, const LtStyle *small, double h)
{
  return !cell->headed && !cell->noted && h > 20 * small->text_size;
}

/* What the heading leaves for the view itself. */
static cairo_rectangle_t
view_rect (const Result *self, const LtStyle *small, int i, double w, double h)
{
  const Cell *cell = &self->cells[i];
  double heading = cell->headed ? 0 : heading_of (small);
  cairo_rectangle_t rect;

  lt_panels_grid (self->n, i, w, h, &rect);
  if (has_caption_row (cell, small, rect.height))
    heading += lt_text_height (small, CAPTION);
  rect.y += heading;
  rect.height = MAX (rect.height - heading, 1);
  return rect;
}

/* ---- Asking ------------------------------------------------------------------------------ */

/* The result of the same view before, in whichever cell it was. */
static gconstpointer
previous_of (const Result *before, const Cell *cell)
{
  for (int i = 0; before != NULL && i < before->n; i++)
    if (before->cells[i].view == cell->view && before->cells[i].title == cell->title)
      return before->cells[i].result;
  return NULL;
}

static gpointer
parse_settings (const char *text, int layer, const LtView **view)
{
  gpointer settings = NULL;
  const LtKnob *knob;

  *view = lt_view_parse (text, &settings, NULL);
  knob = lt_knobs_find (&(*view)->knobs, "layer");
  if (knob != NULL)
    lt_knob_set_number (knob, layer, settings);
  return settings;
}

static void
ask_cell (Result *self, int i, const LtViewRequest *request, const LtStyle *small)
{
  Cell *cell = &self->cells[i];
  cairo_rectangle_t rect = view_rect (self, small, i, request->w, request->h);
  LtViewRequest own = *request;
  g_autoptr (GError) error = NULL;

  own.previous = previous_of (request->previous, cell);
  own.w = rect.width;
  own.h = rect.height;
  own.style = small;
  own.motion = LT_VIEW_STILL;
  own.drawing = NULL;
  cell->result = cell->view->compute (&own, &error);
  if (cell->result != NULL)
    cell->caption = cell->view->describe (cell->result);
  else
    cell->message = g_strdup (error->message);
}

static void
free_result (gpointer result)
{
  Result *self = result;

  for (int i = 0; i < self->n; i++) {
    if (self->cells[i].result != NULL)
      self->cells[i].view->free (self->cells[i].result);
    g_free (self->cells[i].message);
    g_free (self->cells[i].caption);
  }
  g_free (self->moment);
  g_free (self);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  const LtModel *model = request->snapshot->model;
  LtStyle small;
  int chosen[MAX_CELLS];
  Result *self;

  if (settings->layer > MAX (model->n_layers, 1)) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "This model has no hidden layer %d; layers are numbered from 1 to %d.",
                 settings->layer, model->n_layers);
    return NULL;
  }
  self = g_new0 (Result, 1);
  self->n = choose_candidates (model, request->data, chosen);
  self->moment = lt_view_moment (request->snapshot);
  small = small_style (request->style, self->n, request->w, request->h);
  for (int i = 0; i < self->n; i++) {
    Cell *cell = &self->cells[i];
    const char *title = candidates[chosen[i]].title;
    LtViewRequest own = *request;
    g_autofree gpointer values =
        parse_settings (candidates[chosen[i]].text, settings->layer, &cell->view);

    cell->title = title != NULL ? title : cell->view->title;
    cell->headed = candidates[chosen[i]].headed;
    cell->noted = candidates[chosen[i]].noted;
    own.settings = values;
    ask_cell (self, i, &own, &small);
  }
  return self;
}

/* ---- Painting ----------------------------------------------------------------------------- */

/* The moment is the same everywhere: a cell's caption is what follows it. */
static const char *
short_caption (const Result *self, const Cell *cell)
{
  const char *text = cell->caption;

  if (text == NULL)
    return "";
  if (g_str_has_prefix (text, self->moment)) {
    text += strlen (self->moment);
    text += strspn (text, ",;: ");
  }
  return text;
}

static void
heading_paint (const Result *self,
               const Cell *cell,
               cairo_t *cr,
               const LtStyle *small,
               double w,
               double h)
{
  double x = small->text_size / 2, y = heading_of (small) / 2, room = w - 2 * x;
  g_autofree char *caption = NULL;
  double width;

  lt_style_set (cr, small->foreground);
  width = lt_text_paint (cr, small, cell->title, x, y, LT_ALIGN_START, 1, TRUE, room) +
          0.7 * small->text_size;
  if (cell->noted)
    return;
  if (has_caption_row (cell, small, h)) {
    y = heading_of (small) + lt_text_height (small, CAPTION) / 2;
  } else {
    x += width;
    room -= width;
  }
  if (room < 4 * small->text_size)
    return;
  caption = lt_text_fit (small, short_caption (self, cell), CAPTION, 1, room);
  lt_style_set (cr, small->dim);
  lt_text_paint (cr, small, caption, x, y, LT_ALIGN_START, CAPTION, FALSE, room);
}

/* Hairs between neighbours. */
static void
borders_paint (cairo_t *cr,
               const LtStyle *style,
               const cairo_rectangle_t *rect,
               double w,
               double h)
{
  lt_style_set (cr, style->grid);
  cairo_set_line_width (cr, 1);
  if (rect->x + rect->width < w) {
    cairo_move_to (cr, rect->x + rect->width - 0.5, rect->y + 2);
    cairo_rel_line_to (cr, 0, rect->height - 4);
  }
  if (rect->y + rect->height < h) {
    cairo_move_to (cr, rect->x + 2, rect->y + rect->height - 0.5);
    cairo_rel_line_to (cr, rect->width - 4, 0);
  }
  cairo_stroke (cr);
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;
  LtStyle small = small_style (style, self->n, w, h);

  for (int i = 0; i < self->n; i++) {
    const Cell *cell = &self->cells[i];
    cairo_rectangle_t outer, inner = view_rect (self, &small, i, w, h);

    lt_panels_grid (self->n, i, w, h, &outer);
    borders_paint (cr, style, &outer, w, h);
    cairo_save (cr);
    cairo_rectangle (cr, outer.x, outer.y, outer.width, outer.height);
    cairo_clip (cr);
    cairo_translate (cr, outer.x, outer.y);
    if (!cell->headed)
      heading_paint (self, cell, cr, &small, outer.width, outer.height);
    cairo_translate (cr, 0, inner.y - outer.y);
    if (cell->result != NULL)
      cell->view->paint (cell->result, cr, &small, inner.width, inner.height);
    else
      lt_message_paint (cr, &small, cell->message, inner.width, inner.height);
    cairo_restore (cr);
  }
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;
  GString *text = g_string_new (self->moment);

  for (int i = 0; i < self->n; i++)
    g_string_append_printf (text, "%s %s", i == 0 ? ":" : ",", self->cells[i].title);
  return g_string_free (text, FALSE);
}

/* ---- Under the pointer --------------------------------------------------------------------- */

/* An item is a cell's number and the number of the item in it, from −1. What a click would
 * turn is a setting of the cell's view, which has no place to be kept here. */
static gboolean
hit (gconstpointer result,
     const LtStyle *style,
     double w,
     double h,
     double x,
     double y,
     LtViewHit *found)
{
  const Result *self = result;
  LtStyle small = small_style (style, self->n, w, h);

  for (int i = 0; i < self->n; i++) {
    const Cell *cell = &self->cells[i];
    cairo_rectangle_t rect = view_rect (self, &small, i, w, h);

    if (cell->result == NULL || cell->view->hit == NULL ||
        !lt_rect_contains (&rect, x, y))
      continue;
    if (!cell->view->hit (cell->result, &small, rect.width, rect.height, x - rect.x,
                          y - rect.y, found) ||
        (*found->turn && found->item < 0))
      return FALSE;
    found->item = (found->item + 1) * MAX_CELLS + i;
    found->rect.x += rect.x;
    found->rect.y += rect.y;
    found->turn[0] = '\0';
    found->everywhere = FALSE;
    return TRUE;
  }
  return FALSE;
}

static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  int i = found->item % MAX_CELLS;
  LtStyle small = small_style (request->style, self->n, request->w, request->h);
  cairo_rectangle_t rect = view_rect (self, &small, i, request->w, request->h);
  LtViewRequest own = *request;
  LtViewHit hit = *found;
  gpointer card;
  Lens *lens;

  if (self->cells[i].view->lens == NULL)
    return NULL;
  hit.item = found->item / MAX_CELLS - 1;
  hit.rect.x -= rect.x;
  hit.rect.y -= rect.y;
  own.w = rect.width;
  own.h = rect.height;
  own.style = &small;
  own.settings = NULL;
  own.previous = NULL;
  card = self->cells[i].view->lens (&own, self->cells[i].result, &hit, pressed);
  if (card == NULL)
    return NULL;
  lens = g_new0 (Lens, 1);
  lens->cell = i;
  lens->card = card;
  lens->free = self->cells[i].view->lens_free;
  return lens;
}

/* A card may stand on the neighbours too, where it would not fit into its cell. */
static void
lens_paint (gconstpointer lens_,
            gconstpointer result,
            cairo_t *cr,
            const LtStyle *style,
            double w,
            double h)
{
  const Result *self = result;
  const Lens *lens = lens_;
  const Cell *cell = &self->cells[lens->cell];
  LtStyle small = small_style (style, self->n, w, h);
  cairo_rectangle_t rect = view_rect (self, &small, lens->cell, w, h);

  if (cell->view->lens_paint == lt_lens_paint) {
    LtLens moved = *(const LtLens *) lens->card;

    moved.x += rect.x;
    moved.y += rect.y;
    lt_lens_paint (&moved, cell->result, cr, style, w, h);
    return;
  }
  cairo_save (cr);
  cairo_translate (cr, rect.x, rect.y);
  cell->view->lens_paint (lens->card, cell->result, cr, &small, rect.width,
                          rect.height);
  cairo_restore (cr);
}

static void
lens_free (gpointer lens_)
{
  Lens *lens = lens_;

  lens->free (lens->card);
  g_free (lens);
}

/* ---- Figures -------------------------------------------------------------------------------- */

/* One table after another, each below a line that says what it is. */
static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  GString *csv = g_string_new (NULL);

  for (int i = 0; i < self->n; i++) {
    const Cell *cell = &self->cells[i];
    g_autofree char *own = NULL;

    if (cell->result == NULL || cell->view->to_csv == NULL)
      continue;
    own = cell->view->to_csv (cell->result);
    g_string_append_printf (csv, "%s# %s\n%s", csv->len > 0 ? "\n" : "", cell->title,
                            own);
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_dashboard_view = {
  .name = "dashboard",
  .title = "Dashboard",
  .summary =
      "How a training goes, at a glance: what has been learnt and what the last step "
      "changed, the model's examples beside the data's, how units answer to both, and "
      "the curves. Meant for a tile that fills the window.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .lens = lens,
  .lens_paint = lens_paint,
  .lens_free = lens_free,
  .to_csv = to_csv,
};
