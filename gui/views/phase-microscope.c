/* Phase microscope: one minibatch on its way through a machine, and the two terms of the
 * gradient, the model's by every method side by side. */
#include "views/phase-microscope.h"

#include <math.h>

static const char *const show_names[] = { "all", "steps", "methods", "subtraction",
                                          NULL };
static const char *const form_names[] = { "auto", "pictures", "matrix", NULL };
static const char *const rows_names[] = { "training", "drawn", NULL };
static const char *const method_names[] = {
  "own", "cd-1", "cd-k", "pcd", "exact", NULL
};

#define AT(field) .offset = G_STRUCT_OFFSET (LtMicroscopeSettings, field)

static const LtKnob knobs[] = {
  { "show", "Show", "", "Phase microscope",
    "All panels where the tile is large enough (a smaller one compares methods), or "
    "one: the steps of the chain, the methods, or one method's subtraction enlarged.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "all", .choices = show_names, AT (show) },
  { "layer", "Layer", "", "Phase microscope",
    "Which weights: those that lead up to this hidden layer, from 1, or after the last "
    "one "
    "to the labels; 0 for the layer that learns, the first one where all learn "
    "together.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = LT_LIST_MAX + 1,
    .fallback = "0", AT (layer) },
  { "rows", "Rows", "", "Phase microscope",
    "The minibatch is taken from the training rows, or is what you draw, over and "
    "over: "
    "draw on the data in the steps' panel.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "training", .choices = rows_names,
    AT (rows) },
  { "drawing", "Drawing", "file", "Phase microscope",
    "A PNG or JPEG picture that stands for what you draw, white on black and as large "
    "as the data's pictures; strokes of your own replace it.",
    LT_KNOB_TEXT, .live = TRUE, .fallback = "", .when = "rows=drawn", AT (drawing) },
  { "minibatch", "Minibatch", "", "Phase microscope",
    "Which training rows, from 1; they are taken in their order, again from the first "
    "after the last.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = 1e6, .fallback = "1",
    .when = "rows=training", AT (minibatch) },
  { "minibatch-size", "Minibatch size", "rows", "Phase microscope",
    "How many rows the data's statistics are taken over, and so many chains start "
    "there.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 2000,
    .fallback = "100", AT (n) },
  { "k", "k of CD-k", "steps", "Phase microscope",
    "How many Gibbs steps contrastive divergence goes away from the data.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "10", AT (k) },
  { "emphasise", "Method", "", "Phase microscope",
    "The method that stands out, and whose subtraction is shown enlarged; own is the "
    "run's: pcd where chains persist, else cd-1.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "own", .choices = method_names,
    AT (emphasised) },
  { "form", "Statistics as", "", "Phase microscope",
    "For each hidden unit a picture of the visible ones, or one table of all visible "
    "by "
    "all hidden units; auto takes pictures where the data are pictures.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "auto", .choices = form_names,
    AT (form) },
  { "first", "First hidden unit", "", "Phase microscope",
    "Where the hidden units shown begin, from 1.", LT_KNOB_INTEGER, .live = TRUE,
    .minimum = 1, .maximum = 65536, .fallback = "1", AT (first) },
  { "count", "Hidden units", "", "Phase microscope",
    "How many of them are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 65536, .fallback = "0",
    AT (count) },
  { "amplify", "Amplify differences", "", "Phase microscope",
    "Differences are shown so many times as strong as what they are differences of "
    "that "
    "they can be seen on the same scale.",
    LT_KNOB_BOOLEAN, .live = TRUE, .maximum = 1, .fallback = "true", AT (amplified) },
  { "chain-steps", "Steps of fresh chains", "steps", "Phase microscope",
    "How far chains go where the training keeps none.", LT_KNOB_INTEGER, .live = TRUE,
    .log_scale = TRUE, .minimum = 1, .maximum = 100000, .fallback = "200",
    AT (chain_steps) },
  { "repeats", "Repetitions", "", "Phase microscope",
    "How many times chains are let go anew: more show where a method leads on average, "
    "without the noise of one draw, which training has.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "10", AT (repeats) },
  { "exact", "Go through all states", "", "Phase microscope",
    "Compare to the exact term where the machine is small enough to list its states.",
    LT_KNOB_BOOLEAN, .live = TRUE, .maximum = 1, .fallback = "true", AT (exact) },
  { "view-seed", "Seed", "", "Phase microscope",
    "Of the random numbers that the chains draw.", LT_KNOB_INTEGER, .live = TRUE,
    .minimum = 0, .maximum = 1e6, .fallback = "1", AT (seed) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (model->kind->gibbs != NULL)
    return TRUE;
  *why =
      "This model does not learn by subtracting a negative phase from a positive one; "
      "Boltzmann machines do.";
  return FALSE;
}

/* ---- Where panels lie ------------------------------------------------------------------- */

static gboolean
place_panel (gconstpointer result,
             const LtStyle *style,
             double w,
             double h,
             int panel,
             cairo_rectangle_t *rect)
{
  const LtMicroscopeSettings *settings =
      &((const LtMicroscopeResult *) result)->settings;
  double text = style->text_size, first;
  int only = settings->show - 1;

  if (settings->show == 0 && w * h < 1400 * text * text)
    only = settings->rows == LT_MICROSCOPE_DRAWN ? LT_MICROSCOPE_STEPS
                                                 : LT_MICROSCOPE_METHODS;
  *rect = (cairo_rectangle_t){ 0, 0, w, h };
  if (only >= 0)
    return panel == only;
  if (panel == LT_MICROSCOPE_SUBTRACTION)
    return FALSE;
  if (w > 1.1 * h) {
    /* Room to draw in. */
    first = floor ((settings->rows == LT_MICROSCOPE_DRAWN ? 0.42 : 0.36) * w);
    rect->x = panel == LT_MICROSCOPE_STEPS ? 0 : first;
    rect->width = panel == LT_MICROSCOPE_STEPS ? first : w - first;
    return TRUE;
  }
  first = floor (0.4 * h);
  rect->y = panel == LT_MICROSCOPE_STEPS ? 0 : first;
  rect->height = panel == LT_MICROSCOPE_STEPS ? first : h - first;
  return TRUE;
}

/* ---- What stands in them ---------------------------------------------------------------- */

#define MAX_COLUMNS (LT_N_MODEL_TERMS + 1)

/* A panel with the memory that its table lies in. */
typedef struct {
  LtMosaicsData data;
  LtMosaic cells[LT_MICROSCOPE_MAX_SHOWN * MAX_COLUMNS];
  const char *columns[MAX_COLUMNS];
  const char *rows[2];
  int methods[MAX_COLUMNS];         /* LtModelTermId of a column; −1: none */
  char product[32], data_title[40]; /* "⟨v h⟩", "⟨v h⟩ data" */
} Table;

static const char *const arrows[] = { "→", "→", "→" };
static const char *const minus_equals[] = { "−", "=" };

static LtMosaic
visible_cell (const LtMicroscopeResult *self, const float *pixels, int i)
{
  if (self->contrast->joins.hidden_below >= 0)
    return lt_hidden_picture_cell (&self->lower, pixels, i);
  return lt_visible_picture_cell (&self->picture, pixels, i, self->lowest,
                                  self->highest);
}

static void
fill_steps (const LtMicroscopeResult *self, Table *table)
{
  for (int i = 0; i < self->contrast->n_shown; i++) {
    table->cells[4 * i] = visible_cell (self, self->v0, i);
    table->cells[4 * i + 1] = lt_hidden_picture_cell (&self->hidden, self->h0, i);
    table->cells[4 * i + 2] = visible_cell (self, self->v1, i);
    table->cells[4 * i + 3] = lt_hidden_picture_cell (&self->hidden, self->h1, i);
  }
  for (int i = 0; i < 4; i++)
    table->columns[i] = self->titles[i];
  table->data =
      (LtMosaicsData){ .n_rows = self->contrast->n_shown,
                       .n_columns = 4,
                       .cells = table->cells,
                       .column_titles = table->columns,
                       .signs = arrows,
                       .emphasised = -1,
                       .note = self->contrast->joins.hidden_above < 0 ? "label units"
                                                                      : "hidden units",
                       .scale = TRUE,
                       .scale_colour = self->hidden.colour,
                       .scale_lowest = self->hidden.lowest,
                       .scale_highest = self->hidden.highest };
}

/* Colour pictures are grey where they are 0. */
static LtMosaic
statistic_cell (const LtMicroscopeResult *self, const float *pixels, const char *note)
{
  return (LtMosaic){ .n = pixels != NULL ? self->n : 0,
                     .width = self->width,
                     .height = self->height,
                     .channels = self->channels,
                     .pixels = pixels,
                     .missing = self->matrix ? 0 : self->lower.missing,
                     .stretched = self->matrix,
                     .colour =
                         self->channels == 3 ? LT_TILES_COLOUR : LT_TILES_DIVERGING,
                     .lowest = -self->largest,
                     .highest = self->largest,
                     .note = note };
}

static void
set_scale (const LtMicroscopeResult *self, Table *table)
{
  table->data.cells = table->cells;
  table->data.column_titles = table->columns;
  table->data.note = self->note;
  table->data.scale = TRUE;
  table->data.scale_colour = self->channels == 3 ? LT_TILES_COLOUR : LT_TILES_DIVERGING;
  table->data.scale_lowest = -self->largest;
  table->data.scale_highest = self->largest;
  table->data.scale_clipped = self->clipped;
}

static void
fill_methods (const LtMicroscopeResult *self, Table *table)
{
  int n = 1, column = 0;

  for (int m = 0; m < LT_N_MODEL_TERMS; m++)
    n += self->model[m] != NULL;
  table->data = (LtMosaicsData){
    .n_rows = 2, .n_columns = n, .row_titles = table->rows, .emphasised = -1
  };
  table->rows[0] = table->product;
  table->rows[1] = "data − model";
  set_scale (self, table);
  table->columns[0] = "data";
  table->methods[0] = -1;
  table->cells[0] = statistic_cell (self, self->data, "");
  table->cells[n] = (LtMosaic){ .message = self->amplified };
  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    if (self->model[m] == NULL)
      continue;
    column++;
    if (m == self->emphasised)
      table->data.emphasised = column;
    table->columns[column] = self->names[m];
    table->methods[column] = m;
    table->cells[column] = statistic_cell (self, self->model[m], self->errors[m]);
    table->cells[n + column] =
        statistic_cell (self, self->gradient[m], self->cosines[m]);
  }
}

/* The method that is emphasised, or the reference where that is not to be had. */
static int
emphasised (const LtMicroscopeResult *self)
{
  int m = self->emphasised;

  return self->model[m] != NULL ? m : self->contrast->reference;
}

static void
fill_subtraction (const LtMicroscopeResult *self, Table *table)
{
  int m = emphasised (self);

  table->data = (LtMosaicsData){
    .n_rows = 1, .n_columns = 3, .signs = minus_equals, .emphasised = -1
  };
  set_scale (self, table);
  g_snprintf (table->data_title, sizeof table->data_title, "%s data", table->product);
  table->columns[0] = table->data_title;
  table->columns[1] = self->names[m];
  table->columns[2] = "difference";
  table->methods[0] = table->methods[2] = -1;
  table->methods[1] = m;
  table->cells[0] = statistic_cell (self, self->data, "the minibatch");
  table->cells[1] = statistic_cell (self, self->model[m],
                                    *self->errors[m] ? self->errors[m] : "the model");
  table->cells[2] = statistic_cell (self, self->gradient[m], self->amplified);
}

static void
fill_table (const LtMicroscopeResult *self, LtMicroscopePanel panel, Table *table)
{
  g_snprintf (table->product, sizeof table->product, "⟨%s %s⟩", self->below,
              self->above);
  if (panel == LT_MICROSCOPE_STEPS)
    fill_steps (self, table);
  else if (panel == LT_MICROSCOPE_METHODS)
    fill_methods (self, table);
  else
    fill_subtraction (self, table);
}

static void
paint_panel (gconstpointer result,
             int panel,
             cairo_t *cr,
             const LtStyle *style,
             double w,
             double h)
{
  Table table;

  fill_table (result, (LtMicroscopePanel) panel, &table);
  lt_mosaics_paint (cr, &table.data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const LtMicroscopeResult *self = result;

  return g_strdup_printf ("%s, %s; %s", self->moment, self->figures, self->note);
}

/* ---- Under the pointer ------------------------------------------------------------------ */

/* A pixel of the data, or a unit of a layer and what it is. */
static void
hit_step (const LtMicroscopeResult *self, const LtMosaicPlace *place, LtViewHit *found)
{
  const LtContrast *contrast = self->contrast;
  const float *sides[] = { contrast->v0, contrast->h0_mean, contrast->v1,
                           contrast->h1 };
  gboolean above = place->column % 2 == 1, drawn = place->column == 1;
  int width = above ? self->hidden.width : self->picture.width;
  int n = above ? contrast->nh : contrast->n_visible;
  int i = place->y * width + place->x;
  gsize row = (gsize) place->row, number = (contrast->first + row) % contrast->n_total;
  GString *text = g_string_new (self->steps[place->column]);

  if (self->settings.rows == LT_MICROSCOPE_DRAWN)
    g_string_append (text, " of the drawing, ");
  else
    g_string_append_printf (text, " of training row %" G_GSIZE_FORMAT ", ", number);
  if (!above && contrast->joins.hidden_below < 0)
    g_string_append_printf (text, "pixel (%d, %d)", place->x, place->y);
  else
    g_string_append_printf (text, "unit %d: %.3g", i,
                            (double) sides[place->column][row * n + i]);
  if (drawn && !contrast->mean_field)
    g_string_append_printf (text, ", drawn %g", (double) contrast->h0[row * n + i]);
  g_strlcpy (found->text, text->str, sizeof found->text);
  g_string_free (text, TRUE);
}

/* The visible unit at a pixel of picture or table, and the hidden one. */
static void
units_at (const LtMicroscopeResult *self,
          const LtMosaicPlace *place,
          int *visible,
          int *hidden)
{
  const LtViewPicture *picture = &self->picture;

  *hidden = self->first + (self->matrix ? place->x : place->picture);
  *visible = self->matrix ? place->y
                          : picture->offset + (place->y * picture->width + place->x) *
                                                  picture->stride;
}

static void
hit_statistic (const LtMicroscopeResult *self,
               const LtMosaicPlace *place,
               int method,
               LtViewHit *found)
{
  const LtContrast *contrast = self->contrast;
  int visible, hidden;
  double data, model;
  gsize at;

  units_at (self, place, &visible, &hidden);
  at = (gsize) visible * contrast->nh + hidden;
  data = (double) contrast->data[at];
  found->item = hidden;
  if (method < 0) {
    g_snprintf (found->text, sizeof found->text,
                "⟨%s %s⟩ of units %d and %d over the "
                "data: %.4g",
                self->below, self->above, visible, hidden, data);
    return;
  }
  model = (double) contrast->model[method].vh[at];
  g_snprintf (found->text, sizeof found->text,
              "⟨%s %s⟩ of units %d and %d: data %.4g − %s %.4g = %.3g", self->below,
              self->above, visible, hidden, data, self->names[method], model,
              data - model);
}

/* The method is turned by a click on its title. */
static gboolean
hit_panel (gconstpointer result,
           int panel,
           const LtStyle *style,
           double w,
           double h,
           LtViewHit *found)
{
  const LtMicroscopeResult *self = result;
  LtMosaicPlace place;
  Table table;
  int method;

  fill_table (self, (LtMicroscopePanel) panel, &table);
  if (!lt_mosaics_hit (&table.data, style, w, h, found->x, found->y, &place))
    return FALSE;
  method = panel == LT_MICROSCOPE_STEPS ? -1 : table.methods[place.column];
  if (panel == LT_MICROSCOPE_METHODS && place.row < 0 && method >= 0) {
    g_snprintf (found->turn, sizeof found->turn, "emphasise=%s",
                method_names[method + 1]);
    g_snprintf (found->text, sizeof found->text, "%s: gradient of norm %.3g, %s",
                self->names[method], self->contrast->model[method].norm,
                self->cosines[method]);
    return TRUE;
  }
  if (place.picture < 0)
    return FALSE;
  if (panel == LT_MICROSCOPE_STEPS)
    hit_step (self, &place, found);
  else
    hit_statistic (self, &place,
                   panel == LT_MICROSCOPE_SUBTRACTION ? emphasised (self) : method,
                   found);
  return TRUE;
}

const LtPanels lt_microscope_panels = { LT_MICROSCOPE_N_PANELS, place_panel,
                                        paint_panel, hit_panel };

/* ---- What can be drawn on ----------------------------------------------------------------- */

/* The data's picture among the steps. */
static gboolean
surface (gconstpointer result,
         const LtStyle *style,
         double w,
         double h,
         double x,
         double y,
         LtViewSurface *found)
{
  const LtMicroscopeResult *self = result;
  cairo_rectangle_t rect;
  LtMosaicPlace place;
  Table table;

  if (self->settings.rows != LT_MICROSCOPE_DRAWN ||
      self->contrast->joins.hidden_below >= 0 ||
      !place_panel (self, style, w, h, LT_MICROSCOPE_STEPS, &rect))
    return FALSE;
  fill_table (self, LT_MICROSCOPE_STEPS, &table);
  if (!lt_mosaics_hit (&table.data, style, rect.width, rect.height, x - rect.x,
                       y - rect.y, &place) ||
      place.column != 0 || place.picture < 0)
    return FALSE;
  found->width = self->visible.width;
  found->height = self->visible.height;
  found->rect = place.rect;
  found->rect.x += rect.x;
  found->rect.y += rect.y;
  return TRUE;
}

/* ---- Figures ------------------------------------------------------------------------------ */

static void
append_row (GString *csv, const char *name, const double values[LT_N_MODEL_TERMS])
{
  g_string_append_printf (csv, "%s,,,", name);
  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    g_string_append_c (csv, ',');
    if (!isnan (values[m]))
      lt_csv_number (csv, values[m]);
  }
  g_string_append_c (csv, '\n');
}

static void
append_figures (GString *csv, const LtContrast *contrast)
{
  double norms[LT_N_MODEL_TERMS], cosines[LT_N_MODEL_TERMS], errors[LT_N_MODEL_TERMS];

  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    norms[m] = contrast->model[m].vh != NULL ? contrast->model[m].norm : (double) NAN;
    cosines[m] = contrast->model[m].cosine;
    errors[m] = contrast->model[m].error;
  }
  append_row (csv, "gradient norm", norms);
  append_row (csv, "cosine", cosines);
  append_row (csv, "error", errors);
}

static char *
to_csv (gconstpointer result)
{
  const LtMicroscopeResult *self = result;
  const LtContrast *contrast = self->contrast;
  GString *csv = g_string_new ("what,visible,hidden,data,cd_1,cd_k,chains,exact\n");

  append_figures (csv, contrast);
  for (int i = 0; i < contrast->n_visible; i++)
    for (int j = self->first; j < self->first + self->n_units; j++) {
      gsize at = (gsize) i * contrast->nh + j;

      g_string_append_printf (csv, "vh,%d,%d,", i, j);
      lt_csv_number (csv, (double) contrast->data[at]);
      for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
        g_string_append_c (csv, ',');
        if (contrast->model[m].vh != NULL)
          lt_csv_number (csv, (double) contrast->model[m].vh[at]);
      }
      g_string_append_c (csv, '\n');
    }
  return g_string_free (csv, FALSE);
}

const LtView lt_phase_microscope_view = {
  .name = "phase-microscope",
  .title = "Phase microscope",
  .summary = "One minibatch on its way through the machine, and what the weights learn "
             "from it: "
             "what data hold together minus what the model does, by each method; the "
             "closer to "
             "the exact term, the better the method.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtMicroscopeSettings) },
  .suits = suits,
  .compute = lt_microscope_compute,
  .free = lt_microscope_free,
  .paint = lt_panels_paint,
  .describe = describe,
  .hit = lt_panels_hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .surface = surface,
  .to_csv = to_csv,
};
