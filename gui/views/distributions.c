/* Distributions: weights, their last changes, what units answer on average and example by
 * example, as small multiples or one at a time. */
#include "views/distributions.h"

#include <math.h>
#include <string.h>

#include "paint/histogram.h"

static const char *const panel_names[] = { "all",   "weights",  "update",
                                           "means", "examples", NULL };
static const char *const row_names[] = { "judge", "train", "valid",
                                         "test",  "model", NULL };
static const char *const order_names[] = { "mean", "index", NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (LtDistributionSettings, field)

static const LtKnob knobs[] = {
  { "show", "Show", "", "Distributions",
    "All four panels where the tile is large enough (a smaller one shows units × "
    "examples), or one of them.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "all", .choices = panel_names,
    AT (panels) },
  { "layer", "Layer", "", "Distributions",
    "The hidden layer whose units are shown, and the weights that lead up to it, from "
    "1.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = LT_LIST_MAX,
    .fallback = "1", AT (layer) },
  { "order", "Units", "", "Distributions",
    "In the image by mean activation, so that dead units gather at the left, or by "
    "number.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "mean", .choices = order_names,
    AT (order) },
  { "examples", "Examples", "", "Distributions",
    "How many examples the image has, evenly spaced; means, dead and saturated units "
    "are always of the whole split.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 10, .maximum = 2000, .fallback = "200",
    AT (n_examples) },
  { "split", "Rows of", "", "Distributions",
    "The split that units answer to; judge is the test set where there is one, model "
    "what "
    "the model itself draws: its persistent chains, or chains from training rows.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "judge", .choices = row_names,
    AT (rows) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (model->n_layers > 0 && model->kind->activations != NULL)
    return TRUE;
  *why = "This model has no layer of units whose activations could be counted.";
  return FALSE;
}

/* ---- Where panels lie ------------------------------------------------------------------- */

/* FALSE when the panel is not shown. */
static gboolean
place_panel (gconstpointer result,
             const LtStyle *style,
             double w,
             double h,
             int panel,
             cairo_rectangle_t *rect)
{
  const LtDistributionResult *self = result;
  double text = style->text_size;
  int only = self->show - 1, columns, rows;

  if (self->show == 0 && (w * h < 500 * text * text || MIN (w, h) < 11 * text))
    only = LT_PANEL_EXAMPLES;
  if (only >= 0) {
    *rect = (cairo_rectangle_t){ 0.0, 0.0, w, h };
    return panel == only;
  }
  columns = w > 3.2 * h ? 4 : h > 1.7 * w ? 1 : 2;
  rows = LT_N_PANELS / columns;
  rect->width = floor (w / columns);
  rect->height = floor (h / rows);
  rect->x = panel % columns * rect->width;
  rect->y = panel / columns * rect->height;
  return TRUE;
}

/* ---- What stands in them ---------------------------------------------------------------- */

static LtHistogramData
histogram (const LtDistributionResult *self, int panel, const LtStyle *style)
{
  const LtHistogram *const shown[] = { self->weights, self->update, self->means };
  const char *const counted[] = { "weights", "weights", "units" };
  const char *const values[] = { "weight", "change by the last minibatch",
                                 "mean activation" };
  const LtColour colours[] = { style->accent, style->second,
                               lt_style_class_colour (style, 2) };
  const LtHistogram *h = shown[panel];
  LtHistogramData data = { .title = self->titles[panel],
                           .note = self->notes[panel],
                           .x_title = values[panel],
                           .y_title = counted[panel],
                           .colour = colours[panel],
                           .message = self->update_message };

  if (h == NULL)
    return data;
  data.n_bins = h->n_bins;
  data.lowest = h->lowest;
  data.width = h->width;
  data.counts = h->counts;
  return data;
}

static LtHeatData
heat (const LtDistributionResult *self)
{
  const LtActivity *a = self->activity;

  return (LtHeatData){ .title = self->titles[LT_PANEL_EXAMPLES],
                       .width = a->layer.n_units,
                       .height = a->n_picture,
                       .cells = a->picture,
                       .colour = self->colour,
                       .lowest = self->lowest,
                       .highest = self->highest,
                       .clipped = self->clipped,
                       .x_title = "units",
                       .y_title = "examples",
                       .footer = self->footer,
                       .marks = self->marks,
                       .warning_title = self->dead,
                       .second_title = self->saturated,
                       .groups = self->classes != NULL ? a->labels : NULL,
                       .group_names = (const char *const *) self->classes };
}

static void
paint_panel (gconstpointer result,
             int panel,
             cairo_t *cr,
             const LtStyle *style,
             double w,
             double h)
{
  if (panel == LT_PANEL_EXAMPLES) {
    LtHeatData data = heat (result);

    lt_heat_paint (cr, &data, style, w, h);
  } else {
    LtHistogramData data = histogram (result, panel, style);

    lt_histogram_paint (cr, &data, style, w, h);
  }
}

static char *
describe (gconstpointer result)
{
  const LtDistributionResult *self = result;

  return g_strdup_printf ("%s, %s", self->moment, self->caption);
}

/* ---- Under the pointer ------------------------------------------------------------------ */

static gboolean
hit_bin (const LtDistributionResult *self,
         int panel,
         const LtStyle *style,
         double w,
         double h,
         LtViewHit *found)
{
  LtHistogramData data = histogram (self, panel, style);
  int bin = lt_histogram_hit (&data, style, w, h, found->x, found->y);
  g_autofree char *count = NULL;

  if (bin < 0)
    return FALSE;
  count = lt_view_count (data.counts[bin]);
  found->item = bin;
  g_snprintf (found->text, sizeof found->text, "%s %s from %.4g to %.4g", count,
              data.y_title, data.lowest + bin * data.width,
              data.lowest + (bin + 1) * data.width);
  return TRUE;
}

static gboolean
hit_cell (const LtDistributionResult *self,
          const LtStyle *style,
          double w,
          double h,
          LtViewHit *found)
{
  static const char *const states[] = { "", ", dead", ", saturated" };
  const LtActivity *a = self->activity;
  LtHeatData data = heat (self);
  g_autofree char *class = NULL;
  int column, row, unit;

  if (!lt_heat_hit (&data, style, w, h, found->x, found->y, &column, &row))
    return FALSE;
  unit = a->order[column];
  if (self->classes != NULL && a->labels[row] >= 0)
    class = g_strdup_printf (" (%s)", self->classes[a->labels[row]]);
  found->item = unit;
  g_snprintf (found->text, sizeof found->text,
              "unit %d, %s %u%s: %.3g; mean %.3g, from %.3g to %.3g%s", unit,
              self->rows, a->rows[row], class != NULL ? class : "",
              (double) a->picture[(gsize) row * a->layer.n_units + column],
              (double) a->mean[unit], (double) a->lowest[unit],
              (double) a->highest[unit], states[a->states[unit]]);
  return TRUE;
}

static gboolean
hit_panel (gconstpointer result,
           int panel,
           const LtStyle *style,
           double w,
           double h,
           LtViewHit *found)
{
  return panel == LT_PANEL_EXAMPLES ? hit_cell (result, style, w, h, found)
                                    : hit_bin (result, panel, style, w, h, found);
}

const LtPanels lt_distribution_panels = { LT_N_PANELS, place_panel, paint_panel,
                                          hit_panel };

/* ---- The figures -------------------------------------------------------------------------- */

static void
append_bins (GString *csv, const char *name, const LtHistogram *h)
{
  for (int i = 0; h != NULL && i < h->n_bins; i++) {
    g_string_append_printf (csv, "%s,", name);
    lt_csv_number (csv, h->lowest + i * h->width);
    g_string_append_c (csv, ',');
    lt_csv_number (csv, h->lowest + (i + 1) * h->width);
    g_string_append_printf (csv, ",%" G_GSIZE_FORMAT ",,\n", h->counts[i]);
  }
}

/* A row a bin, and then a row a unit: its lowest, highest and mean activation. */
static char *
to_csv (gconstpointer result)
{
  static const char *const states[] = { "", "dead", "saturated" };
  const LtDistributionResult *self = result;
  const LtActivity *a = self->activity;
  GString *csv = g_string_new ("quantity,from,to,count,mean,state\n");

  append_bins (csv, "weights", self->weights);
  append_bins (csv, "last update", self->update);
  append_bins (csv, "mean activations", self->means);
  for (int j = 0; j < a->layer.n_units; j++) {
    g_string_append_printf (csv, "unit %d,", j);
    lt_csv_number (csv, (double) a->lowest[j]);
    g_string_append_c (csv, ',');
    lt_csv_number (csv, (double) a->highest[j]);
    g_string_append_printf (csv, ",%" G_GSIZE_FORMAT ",", a->n);
    lt_csv_number (csv, (double) a->mean[j]);
    g_string_append_printf (csv, ",%s\n", states[a->states[j]]);
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_distributions_view = {
  .name = "distributions",
  .title = "Distributions",
  .summary =
      "How weights, their last changes and activations are distributed; a unit that "
      "gives the same answer to every example is a stripe, dead or saturated.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtDistributionSettings) },
  .suits = suits,
  .compute = lt_distribution_compute,
  .free = lt_distribution_free,
  .paint = lt_panels_paint,
  .describe = describe,
  .hit = lt_panels_hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
