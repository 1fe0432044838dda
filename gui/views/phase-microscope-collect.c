/* What the phase microscope shows: steps as pictures, statistics on one scale, figures. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "paint/mosaics.h"
#include "views/drawn.h"
#include "views/phase-microscope.h"

enum {
  FORM_AUTO,
  FORM_PICTURES,
  FORM_MATRIX,
};

/* ---- Steps ---------------------------------------------------------------------------- */

/* "h₂" of hidden layer 1, from 0, "h" where it is the only one. */
static void
name_side (const LtModel *model, int hidden, const char *otherwise, char *name)
{
  int number = hidden + 1, n = 1;

  g_strlcpy (name, hidden < 0 ? otherwise : "h", 8);
  if (hidden < 0 || model->n_layers == 1)
    return;
  if (number >= 10)
    n += g_unichar_to_utf8 (0x2080 + (gunichar) (number / 10), name + n);
  n += g_unichar_to_utf8 (0x2080 + (gunichar) (number % 10), name + n);
  name[n] = '\0';
}

/* Machines of one hidden layer by the step's number, deep ones in words. */
static void
name_steps (LtMicroscopeResult *self, const LtModel *model)
{
  static const char *const numbers[] = { "⁰", "⁰", "¹", "¹" };
  static const char *const drawn[] = { "", " drawn", " drawn", " mean" };
  const LtGibbsLayer *joins = &self->contrast->joins;
  const char *words[] = { ", data", ", drawn", ", a step on", ", a step on" };
  gboolean deep = model->n_layers > 1;

  if (self->contrast->mean_field)
    words[1] = ", mean field";
  if (self->contrast->mean_field && joins->hidden_below >= 0)
    words[0] = words[1];
  name_side (model, joins->hidden_below, "v", self->below);
  name_side (model, joins->hidden_above, "y", self->above);
  for (int i = 0; i < 4; i++) {
    const char *side = i % 2 == 0 ? self->below : self->above;

    g_snprintf (self->steps[i], sizeof self->steps[i], "%s%s", side,
                deep ? words[i] : numbers[i]);
    g_snprintf (self->titles[i], sizeof self->titles[i], "%s%s", self->steps[i],
                deep ? "" : drawn[i]);
  }
}

/* Labels have no picture among what lies below, and the range of probabilities. */
static LtLayerInfo
layer_of (const LtModel *model, int hidden)
{
  LtLayerInfo layer = { .lowest = 0, .highest = 1 };

  if (hidden >= 0)
    model->kind->layer (model, hidden, &layer);
  return layer;
}

static void
choose_pictures (LtMicroscopeResult *self, const LtModel *model)
{
  int below = self->contrast->joins.hidden_below;

  lt_hidden_picture_init (&self->hidden, self->contrast->nh);
  lt_view_picture_init (&self->picture, &model->shape);
  self->n_lower = model->shape.nv;
  if (below < 0)
    return;
  self->n_lower = layer_of (model, below).n_units;
  lt_hidden_picture_init (&self->lower, self->n_lower);
  self->picture = (LtViewPicture){
    .width = self->lower.width, .height = self->lower.height, .channels = 1, .stride = 1
  };
}

/* Rows of the units below without labels, data as they were before scaling. */
static float *
own_rows (const LtMicroscopeResult *self, const LtDataset *data, const float *visible)
{
  const LtContrast *contrast = self->contrast;
  int n = self->n_lower;
  float *rows = g_new (float, (gsize) contrast->n_shown *n);

  for (int i = 0; i < contrast->n_shown; i++)
    memcpy (rows + (gsize) i * n, visible + (gsize) i * contrast->n_visible,
            n * sizeof *rows);
  if (contrast->joins.hidden_below < 0)
    lt_view_unscale (data, contrast->n_shown, rows);
  return rows;
}

static float *
cut_rows (const LtMicroscopeResult *self, const float *rows)
{
  int n = self->contrast->n_shown;
  float *pixels;

  if (self->contrast->joins.hidden_below >= 0)
    return lt_hidden_picture_cut (&self->lower, rows, n, self->n_lower);
  pixels = g_new (float, n *lt_view_picture_size (&self->picture));
  lt_view_picture_cut (&self->picture, rows, self->n_lower, n, pixels);
  return pixels;
}

static void
collect_steps (LtMicroscopeResult *self, const LtViewRequest *request)
{
  const LtContrast *contrast = self->contrast;
  const LtModel *model = request->snapshot->model;
  const float *h0 = contrast->mean_field ? contrast->h0_mean : contrast->h0;
  LtLayerInfo above = layer_of (model, contrast->joins.hidden_above);
  LtLayerInfo below = layer_of (model, contrast->joins.hidden_below);
  int n = contrast->n_shown;
  g_autofree float *v0 = own_rows (self, request->data, contrast->v0);
  g_autofree float *v1 = own_rows (self, request->data, contrast->v1);

  if (contrast->joins.hidden_below < 0)
    lt_view_range (request->data, v0, n, &self->lowest, &self->highest);
  else
    lt_hidden_picture_scale (&self->lower, &below, v0, (gsize) n * self->n_lower);
  self->v0 = cut_rows (self, v0);
  self->v1 = cut_rows (self, v1);
  lt_hidden_picture_scale (&self->hidden, &above, h0, (gsize) n * contrast->nh);
  self->h0 = lt_hidden_picture_cut (&self->hidden, h0, n, contrast->nh);
  self->h1 = lt_hidden_picture_cut (&self->hidden, contrast->h1, n, contrast->nh);
}

/* ---- Statistics ----------------------------------------------------------------------- */

/* Places of a square that no unit fills are 0. */
static void
cut_column (const LtMicroscopeResult *self, const float *column, float *pixels)
{
  if (self->contrast->joins.hidden_below < 0) {
    lt_view_picture_cut (&self->picture, column, self->n_lower, 1, pixels);
    return;
  }
  memset (pixels, 0, lt_view_picture_size (&self->picture) * sizeof *pixels);
  memcpy (pixels, column, self->n_lower * sizeof *pixels);
}

/* ⟨v h'⟩ of the hidden units shown: a picture of v for each, or one table of all. */
static float *
cut_statistic (const LtMicroscopeResult *self, const float *vh)
{
  int nh = self->contrast->nh, nv = self->n_lower;
  float *pixels =
      g_new (float, (gsize) self->n * self->width * self->height * self->channels);
  g_autofree float *column = g_new (float, nv);

  if (self->matrix) {
    for (int i = 0; i < self->height; i++)
      memcpy (pixels + (gsize) i * self->width, vh + (gsize) i * nh + self->first,
              self->width * sizeof *pixels);
    return pixels;
  }
  for (int j = 0; j < self->n; j++) {
    for (int i = 0; i < nv; i++)
      column[i] = vh[(gsize) i * nh + self->first + j];
    cut_column (self, column, pixels + j * lt_view_picture_size (&self->picture));
  }
  return pixels;
}

static float
largest_of (const float *values, gsize n)
{
  float low, high;

  lt_range (values, n, &low, &high);
  return MAX (fabsf (low), fabsf (high));
}

/* The magnitude that one number in fifty exceeds: one unit that is always on must not wash
 * out all others. */
static float
common_limit (const float *values, gsize n)
{
  return MAX (fabsf (lt_view_quantile (values, n, 0.02)),
              fabsf (lt_view_quantile (values, n, 0.98)));
}

/* What hardly any of the numbers exceed, were they normal. */
static float
usual_limit (const float *values, gsize n)
{
  return 4 * (float) sqrt (lt_sum_squares (values, n) / (double) n);
}

/* 1, 2, 5, 10, … times a difference is still on the scale. */
static int
choose_amplification (double largest, double difference)
{
  int best = 1;

  for (int power = 1; power <= 1000; power *= 10)
    for (int digit = 1; digit <= 5; digit = 2 * digit + (digit == 2))
      if (power * digit * difference <= largest)
        best = power * digit;
  return difference > 0 ? best : 1;
}

static void
collect_statistics (LtMicroscopeResult *self)
{
  const LtContrast *contrast = self->contrast;
  gsize n = (gsize) self->n * self->width * self->height * self->channels;
  float difference = 0;

  self->data = cut_statistic (self, contrast->data);
  self->largest = common_limit (self->data, n);
  self->clipped = largest_of (self->data, n) > self->largest;
  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    if (contrast->model[m].vh == NULL)
      continue;
    self->model[m] = cut_statistic (self, contrast->model[m].vh);
    self->largest = MAX (self->largest, common_limit (self->model[m], n));
    self->gradient[m] = g_memdup2 (self->data, n * sizeof (float));
    lt_axpy (-1, self->model[m], n, self->gradient[m]);
    difference = MAX (difference, usual_limit (self->gradient[m], n));
  }
  if (!(self->largest > 0))
    self->largest = 1;
  self->amplification =
      self->settings.amplified
          ? choose_amplification ((double) self->largest, (double) difference)
          : 1;
  for (int m = 0; m < LT_N_MODEL_TERMS; m++)
    if (self->gradient[m] != NULL) {
      lt_scale ((float) self->amplification, n, self->gradient[m]);
      self->clipped = self->clipped || largest_of (self->model[m], n) > self->largest ||
                      largest_of (self->gradient[m], n) > self->largest;
    }
}

/* Which hidden units, and in which form. */
static void
choose_units (LtMicroscopeResult *self, const LtViewRequest *request)
{
  const LtMicroscopeSettings *settings = &self->settings;
  int nh = self->contrast->nh,
      n_columns = self->contrast->model[LT_MODEL_BY_STATES].vh ? 5 : 4;
  static const char *const titles[5] = { "", "", "", "", "" };
  LtMosaic cells[10] = { { .note = "" } };
  LtMosaicsData plan = { .n_rows = 2,
                         .n_columns = n_columns,
                         .cells = cells,
                         .column_titles = titles,
                         .row_titles = titles,
                         .note = "" };
  cairo_rectangle_t rect;
  LtMicroscopePanel panel = settings->show - 1 == LT_MICROSCOPE_SUBTRACTION
                                ? LT_MICROSCOPE_SUBTRACTION
                                : LT_MICROSCOPE_METHODS;

  self->matrix = settings->form == FORM_MATRIX ||
                 (settings->form == FORM_AUTO && self->picture.height == 1);
  self->first = MIN (settings->first, nh) - 1;
  self->n_units = settings->count > 0 ? settings->count : nh;
  if (panel == LT_MICROSCOPE_SUBTRACTION) {
    plan.n_rows = 1;
    plan.n_columns = 3;
  }
  if (!self->matrix && settings->count == 0 &&
      self->panels->place (self, request->style, request->w, request->h, panel, &rect))
    self->n_units = lt_mosaics_capacity (&plan, request->style, rect.width, rect.height,
                                         self->picture.width, self->picture.height);
  self->n_units = MIN (self->n_units, nh - self->first);
  self->n = self->matrix ? 1 : self->n_units;
  self->width = self->matrix ? self->n_units : self->picture.width;
  self->height = self->matrix ? self->contrast->n_visible : self->picture.height;
  self->channels = self->matrix ? 1 : self->picture.channels;
}

/* ---- Words ------------------------------------------------------------------------------ */

static void
name_methods (LtMicroscopeResult *self)
{
  const LtContrast *contrast = self->contrast;

  self->names[LT_MODEL_BY_CD_1] = g_strdup ("CD-1");
  self->names[LT_MODEL_BY_CD_K] = g_strdup_printf ("CD-%d", self->settings.k);
  self->names[LT_MODEL_BY_CHAINS] =
      g_strdup (contrast->model[LT_MODEL_BY_CHAINS].persistent ? "PCD" : "long chains");
  self->names[LT_MODEL_BY_STATES] = g_strdup ("exact");
  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    const LtModelTerm *term = &contrast->model[m];

    self->errors[m] = isnan (term->error)
                          ? g_strdup ("")
                          : g_strdup_printf ("error %.0f %%", 100 * term->error);
    self->cosines[m] =
        isnan (term->cosine)
            ? g_strdup (m == contrast->reference ? "reference" : "")
            : lt_view_minus (g_strdup_printf ("cosine %.2f", term->cosine));
  }
  self->amplified = self->amplification > 1
                        ? g_strdup_printf ("differences × %d", self->amplification)
                        : g_strdup ("differences");
}

static void
choose_method (LtMicroscopeResult *self)
{
  if (self->settings.emphasised > 0)
    self->emphasised = self->settings.emphasised - 1;
  else if (self->contrast->model[LT_MODEL_BY_CHAINS].persistent)
    self->emphasised = LT_MODEL_BY_CHAINS;
  else
    self->emphasised = LT_MODEL_BY_CD_1;
}

static void
describe_chains (const LtMicroscopeResult *self, GString *text)
{
  const LtModelTerm *chains = &self->contrast->model[LT_MODEL_BY_CHAINS];

  if (chains->persistent)
    g_string_append_printf (text, "; PCD: the %d persistent chains, one step on",
                            chains->n);
  else
    g_string_append_printf (text,
                            "; long chains: %d fresh ones, %d steps from training rows",
                            chains->n, chains->steps);
  if (self->settings.repeats > 1)
    g_string_append_printf (text, "; means over %d draws", self->settings.repeats);
}

static char *
make_note (const LtMicroscopeResult *self, const LtModel *model)
{
  const LtContrast *contrast = self->contrast;
  const char *units = contrast->joins.hidden_above < 0 ? "label units" : "hidden units";
  g_autofree char *total = lt_view_count (contrast->n_total);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "errors and cosines to the gradient %s; ",
                          contrast->reference == LT_MODEL_BY_STATES ? "over all states"
                                                                    : "by chains");
  if (model->n_layers > 1)
    g_string_append_printf (text, "weights between %s and %s; ", self->below,
                            self->above);
  if (self->settings.rows != LT_MICROSCOPE_DRAWN)
    g_string_append_printf (text, "minibatch %d: %d of %s rows; ",
                            self->settings.minibatch, contrast->n, total);
  else if (self->drawing != NULL)
    g_string_append_printf (text, "minibatch: the drawing, %d times; ", contrast->n);
  else
    g_string_append (text, "minibatch: nothing drawn yet; ");
  if (self->n_units == contrast->nh)
    g_string_append_printf (text, "all %d %s", contrast->nh, units);
  else
    g_string_append_printf (text, "%s %d–%d of %d", units, self->first,
                            self->first + self->n_units - 1, contrast->nh);
  describe_chains (self, text);
  return g_string_free (text, FALSE);
}

static char *
make_figures (const LtMicroscopeResult *self)
{
  const LtContrast *contrast = self->contrast;
  GString *text = g_string_new (NULL);

  for (int m = 0; m < LT_N_MODEL_TERMS; m++)
    if (!isnan (contrast->model[m].cosine))
      g_string_append_printf (text, "%s%s %.2f", text->len > 0 ? ", " : "",
                              self->names[m], contrast->model[m].cosine);
  g_string_prepend (text, contrast->reference == LT_MODEL_BY_STATES
                              ? "cosine to the exact gradient: "
                              : "too large to go through all states; cosine to the "
                                "gradient by chains: ");
  return lt_view_minus (g_string_free (text, FALSE));
}

/* ---- Together --------------------------------------------------------------------------- */

/* row: [nv], the drawing. */
static gboolean
draw_row (LtMicroscopeResult *self,
          const LtViewRequest *request,
          float *row,
          GError **error)
{
  if (!lt_shape_is_picture (&request->snapshot->model->shape)) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                         "These data are not pictures, so there is nothing to draw on; "
                         "take training rows.");
    return FALSE;
  }
  if (!lt_view_take_drawing (request, &self->visible, self->settings.drawing,
                             &self->drawing, error))
    return FALSE;
  lt_view_row_from_drawing (&self->visible, self->drawing, request->data, row);
  return TRUE;
}

static gboolean
look (LtMicroscopeResult *self, const LtViewRequest *request, GError **error)
{
  const LtMicroscopeSettings *settings = &self->settings;
  gboolean drawn = settings->rows == LT_MICROSCOPE_DRAWN;
  g_autofree float *row = g_new (float, request->snapshot->model->shape.nv);
  int n_shown = (int) (request->h / (5 * request->style->text_size));
  const LtContrastOptions options = {
    .layer = settings->layer - 1,
    .minibatch = settings->minibatch - 1,
    .n = settings->n,
    .given = drawn ? row : NULL,
    .n_shown = drawn ? 1 : CLAMP (n_shown, 1, LT_MICROSCOPE_MAX_SHOWN),
    .k = settings->k,
    .repeats = settings->repeats,
    .chain_steps = settings->chain_steps,
    .exact = settings->exact,
    .seed = (guint64) settings->seed,
  };

  if (drawn && !draw_row (self, request, row, error))
    return FALSE;
  self->contrast =
      lt_probe_contrast (request->snapshot, request->data, &options, request->ws);
  if (self->contrast == NULL)
    g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED,
                         "The statistics of this model are not finite numbers; go back "
                         "to an epoch before the run diverged.");
  return self->contrast != NULL;
}

gpointer
lt_microscope_compute (const LtViewRequest *request, GError **error)
{
  LtMicroscopeResult *self = g_new0 (LtMicroscopeResult, 1);

  self->panels = &lt_microscope_panels;
  self->settings = *(const LtMicroscopeSettings *) request->settings;
  lt_view_picture_init (&self->visible, &request->snapshot->model->shape);
  if (!look (self, request, error)) {
    lt_microscope_free (self);
    return NULL;
  }
  choose_method (self);
  name_steps (self, request->snapshot->model);
  choose_pictures (self, request->snapshot->model);
  collect_steps (self, request);
  choose_units (self, request);
  collect_statistics (self);
  name_methods (self);
  self->note = make_note (self, request->snapshot->model);
  self->figures = make_figures (self);
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

void
lt_microscope_free (gpointer result)
{
  LtMicroscopeResult *self = result;

  lt_contrast_free (self->contrast);
  g_clear_pointer (&self->drawing, lt_drawing_unref);
  for (int m = 0; m < LT_N_MODEL_TERMS; m++) {
    g_free (self->model[m]);
    g_free (self->gradient[m]);
    g_free (self->names[m]);
    g_free (self->errors[m]);
    g_free (self->cosines[m]);
  }
  g_free (self->data);
  g_free (self->v0);
  g_free (self->v1);
  g_free (self->h0);
  g_free (self->h1);
  g_free (self->amplified);
  g_free (self->note);
  g_free (self->figures);
  g_free (self->moment);
  g_free (self);
}
