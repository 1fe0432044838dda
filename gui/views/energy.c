/* Energy: how low the free energy of data, held-out data, the machine's own particles and
 * noise lies; log Z, exactly and estimated; and of tiny machines every state. */
#include "views/energy.h"

#include <math.h>
#include <string.h>

#include "paint/curves.h"
#include "paint/pairs.h"
#include "paint/ridges.h"

typedef enum {
  PANEL_ENERGIES,
  PANEL_LOG_Z,
  PANEL_STATES,
  PANEL_HISTORY,
  N_PANELS,
} Panel;

static const char *const show_names[] = { "all",    "energies", "log-z",
                                          "states", "history",  NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (LtEnergySettings, field)

static const LtKnob knobs[] = {
  { "show", "Show", "", "Energy",
    "All panels that there are where the tile is large enough (a smaller one shows the "
    "energies), or one of them.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "all", .choices = show_names, AT (show) },
  { "runs", "Runs", "", "log Z",
    "How many runs of annealed importance sampling estimate log Z; 0 leaves it out.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 10000, .fallback = "50",
    AT (runs) },
  { "temperatures", "Temperatures", "", "log Z",
    "How many steps each run takes from the base to the model: more make the estimate "
    "better, and slower.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 100000,
    .fallback = "200", AT (temperatures) },
  { "ladder", "Ladder", "", "log Z",
    "Where these steps lie: dense near the model (most above 0.9), or uniform.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "uniform", .choices = lt_ladder_names,
    AT (ladder) },
  { "base", "Start", "", "log Z",
    "Where runs begin: at units by themselves with the training data's means, or "
    "without biases, all states alike.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "data", .choices = lt_ais_base_names,
    AT (base) },
  { "history", "Past epochs", "", "log Z",
    "For how many past epochs, evenly spaced, log Z is estimated too, in the same way; "
    "they are read from the run's file, and each is estimated once; 0 for none, or for "
    "a "
    "dozen where they alone are shown.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 200, .fallback = "0",
    AT (history) },
  { "view-seed", "Seed", "", "log Z",
    "Of the random numbers for runs, particles and noise.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 0, .maximum = 1e6, .fallback = "1", AT (seed) },
};

int
lt_energy_n_past (const LtEnergySettings *settings)
{
  gboolean alone = settings->show == PANEL_HISTORY + 1;

  return settings->history > 0 || !alone ? settings->history : 12;
}

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (lt_model_can (model, LT_CAN_ENERGY) || model->kind->bound != NULL)
    return TRUE;
  *why = lt_model_can (model, LT_CAN_SAMPLE)
             ? "This model gives pictures a probability, but one that nobody can "
               "compute: its free energy is a sum over all states of all hidden "
               "layers. Restricted Boltzmann machines have one, and deep Boltzmann "
               "machines a bound."
             : "This model has no energy, and so gives its data no probability; "
               "Boltzmann machines do.";
  return FALSE;
}

/* ---- Where panels lie, and what stands in them ---------------------------------------- */

static gboolean
has_panel (const LtEnergyResult *self, Panel panel)
{
  if (panel == PANEL_STATES)
    return self->states != NULL;
  return panel != PANEL_HISTORY || self->history->kept->len > 0;
}

/* FALSE when the panel is not shown. Energies take the left, or the upper half; the others
 * lie below each other. */
static gboolean
place_panel (gconstpointer result,
             const LtStyle *style,
             double w,
             double h,
             int panel,
             cairo_rectangle_t *rect)
{
  const LtEnergyResult *self = result;
  double text = style->text_size, first;
  int only = self->show - 1, others = 0, place = 0;
  gboolean wide = w > 1.3 * h;

  if (self->show == 0 && w * h < 500 * text * text)
    only = PANEL_ENERGIES;
  *rect = (cairo_rectangle_t){ 0, 0, w, h };
  if (only >= 0)
    return panel == only;
  if (!has_panel (self, panel))
    return FALSE;
  for (int other = PANEL_LOG_Z; other < N_PANELS; other++) {
    place += other < panel && has_panel (self, (Panel) other);
    others += has_panel (self, (Panel) other);
  }
  first = floor ((wide ? w : h) * (others >= 2 && !wide ? 0.4 : 0.55));
  if (wide) {
    rect->x = panel == PANEL_ENERGIES ? 0 : first;
    rect->width = panel == PANEL_ENERGIES ? first : w - first;
    if (panel != PANEL_ENERGIES) {
      rect->height = floor (h / others);
      rect->y = place * rect->height;
    }
    return TRUE;
  }
  rect->height = panel == PANEL_ENERGIES ? first : floor ((h - first) / others);
  rect->y = panel == PANEL_ENERGIES ? 0 : first + place * rect->height;
  return TRUE;
}

static LtRidgesData
energies_data (const LtEnergyResult *self,
               const LtStyle *style,
               LtRidge ridges[LT_ENERGY_N_GROUPS])
{
  const LtColour colours[LT_ENERGY_N_GROUPS] = { style->accent,
                                                 lt_style_class_colour (style, 2),
                                                 style->second, style->dim };
  LtRidgesData data = { .title = self->bounded ? "Free energy, at most" : "Free energy",
                        .note = self->note,
                        .x_title = self->bounded ? "−bound ≥ F (nats): low is probable"
                                                 : "F (nats): low is probable",
                        .ridges = ridges,
                        .n_bins = LT_ENERGY_BINS,
                        .lowest = self->lowest,
                        .width = self->width,
                        .message = "There is no free energy that is a number: the "
                                   "parameters have become too large." };

  for (int g = 0; g < LT_ENERGY_N_GROUPS; g++) {
    const LtEnergyGroup *group = &self->group[g];

    if (group->n > 0)
      ridges[data.n++] = (LtRidge){ group->name,  group->counts, group->below,
                                    group->above, group->mean,   colours[g] };
  }
  return data;
}

static LtRidgesData
log_z_data (const LtEnergyResult *self,
            const LtStyle *style,
            LtRidge *ridge,
            LtRidgeMark marks[2])
{
  LtRidgesData data = { .title = self->log_z_title, .message = self->ais_message };

  if (self->ais == NULL)
    return data;
  *ridge = (LtRidge){
    "log weight of each run", self->weight_counts, 0, 0, (double) NAN, style->dim
  };
  marks[0] = (LtRidgeMark){ self->exact_name, self->exact, (double) NAN, (double) NAN,
                            style->second };
  marks[1] = (LtRidgeMark){ self->ais_name, self->ais->log_z, self->ais->low,
                            self->ais->high, style->accent };
  data.x_title = "log Z by each run (nats)";
  data.n = 1;
  data.ridges = ridge;
  data.n_bins = LT_ENERGY_WEIGHT_BINS;
  data.lowest = self->weight_lowest;
  data.width = self->weight_width;
  data.n_marks = 2;
  data.marks = marks;
  return data;
}

static LtPairsData
states_data (const LtEnergyResult *self, const LtStyle *style)
{
  return (LtPairsData){ .title = "States",
                        .note = self->states_note,
                        .x_title = "states, most frequent first",
                        .y_title = "probability",
                        .n = self->n_states,
                        .first = self->frequency,
                        .second = self->p,
                        .first_title = "data",
                        .second_title = "model",
                        .names = (const char *const *) self->names,
                        .first_colour = style->accent,
                        .second_colour = style->second };
}

/* A round range around all points and the bars that have an end. */
static void
choose_range (const LtEnergyHistory *history, LtAxis *axis)
{
  axis->lowest = HUGE_VAL;
  axis->highest = -HUGE_VAL;
  for (guint i = 0; i < history->points->len; i++) {
    const double values[] = { history->estimate[i], history->low[i], history->high[i],
                              history->exacts[i] };

    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      if (isfinite (values[j])) {
        axis->lowest = MIN (axis->lowest, values[j]);
        axis->highest = MAX (axis->highest, values[j]);
      }
  }
  if (axis->lowest > axis->highest)
    axis->lowest = axis->highest = 0;
  lt_axis_round (axis);
}

static LtCurvesData
history_data (const LtEnergyResult *self, const LtStyle *style, LtSeries series[2])
{
  const LtEnergyHistory *history = self->history;
  int n = (int) history->points->len, n_series = 0;
  LtCurvesData data = { .axes = { .x = { .title = "epochs" },
                                  .y = { .title = "log Z (nats)" } },
                        .series = series,
                        .cursor = history->shown,
                        .note = history->note };

  data.axes.x.highest = MAX (n > 0 ? history->x[n - 1] : 1, 1);
  choose_range (history, &data.axes.y);
  if (history->exact)
    series[n_series++] = (LtSeries){ .title = "exact",
                                     .n = n,
                                     .x = history->x,
                                     .y = history->exacts,
                                     .colour = style->second };
  if (history->options.runs > 0)
    series[n_series++] = (LtSeries){ .title = "AIS",
                                     .n = n,
                                     .x = history->x,
                                     .y = history->estimate,
                                     .dots = TRUE,
                                     .colour = style->accent,
                                     .unjoined = history->exact,
                                     .low = history->low,
                                     .high = history->high };
  data.n_series = n_series;
  return data;
}

static void
paint_history (const LtEnergyResult *self,
               cairo_t *cr,
               const LtStyle *style,
               double w,
               double h)
{
  LtSeries series[2];
  LtCurvesData data;

  if (self->history->message != NULL) {
    lt_message_paint (cr, style, self->history->message, w, h);
    return;
  }
  data = history_data (self, style, series);
  lt_curves_paint (cr, &data, style, w, h);
}

static void
paint_panel (gconstpointer result,
             int panel,
             cairo_t *cr,
             const LtStyle *style,
             double w,
             double h)
{
  const LtEnergyResult *self = result;
  LtRidge ridges[LT_ENERGY_N_GROUPS];
  LtRidgeMark marks[2];
  LtRidgesData data;

  if (panel == PANEL_HISTORY) {
    paint_history (self, cr, style, w, h);
    return;
  }
  if (panel == PANEL_STATES && self->states == NULL) {
    lt_message_paint (cr, style, self->states_message, w, h);
    return;
  }
  if (panel == PANEL_STATES) {
    LtPairsData pairs = states_data (self, style);

    lt_pairs_paint (cr, &pairs, style, w, h);
    return;
  }
  data = panel == PANEL_LOG_Z ? log_z_data (self, style, ridges, marks)
                              : energies_data (self, style, ridges);
  lt_ridges_paint (cr, &data, style, w, h);
}

/* What the tile shows alone comes first: its header is short. */
static char *
describe (gconstpointer result)
{
  const LtEnergyResult *self = result;
  GString *text = g_string_new (self->moment);

  if (self->show == PANEL_HISTORY + 1 && self->history->note != NULL)
    g_string_append_printf (text, ", %s", self->history->note);
  if (self->show == PANEL_STATES + 1 && self->states_note != NULL)
    g_string_append_printf (text, ", %s", self->states_note);
  if (self->note[0] != '\0' && self->show != PANEL_LOG_Z + 1)
    g_string_append_printf (text, ", %s", self->note);
  if (self->ais != NULL)
    g_string_append_printf (text, ", log Z %.2f by AIS", self->ais->log_z);
  if (self->exact_name != NULL)
    g_string_append_printf (text, ", log Z %s", self->exact_name);
  return lt_view_minus (g_string_free (text, FALSE));
}

/* ---- Under the pointer ------------------------------------------------------------------ */

static gboolean
hit_ridges (const LtEnergyResult *self,
            int panel,
            const LtStyle *style,
            double w,
            double h,
            LtViewHit *found)
{
  LtRidge ridges[LT_ENERGY_N_GROUPS];
  LtRidgeMark marks[2];
  LtRidgesData data = panel == PANEL_LOG_Z ? log_z_data (self, style, ridges, marks)
                                           : energies_data (self, style, ridges);
  int ridge, bin;

  if (!lt_ridges_hit (&data, style, w, h, found->x, found->y, &ridge, &bin))
    return FALSE;
  found->item = bin;
  g_snprintf (found->text, sizeof found->text,
              "%s: %" G_GSIZE_FORMAT " from %.4g to %.4g", ridges[ridge].name,
              ridges[ridge].counts[bin], data.lowest + bin * data.width,
              data.lowest + (bin + 1) * data.width);
  return TRUE;
}

static gboolean
hit_states (const LtEnergyResult *self,
            const LtStyle *style,
            double w,
            double h,
            LtViewHit *found)
{
  LtPairsData data = states_data (self, style);
  int i =
      self->states == NULL ? -1 : lt_pairs_hit (&data, style, w, h, found->x, found->y);

  if (i < 0)
    return FALSE;
  found->item = i;
  g_snprintf (found->text, sizeof found->text, "state %s: model %.4g, data %.4g",
              self->names[i], self->p[i], self->frequency[i]);
  return TRUE;
}

/* The nearest point within a letter's width. */
static gboolean
hit_history (const LtEnergyResult *self,
             const LtStyle *style,
             double w,
             double h,
             LtViewHit *found)
{
  const LtEnergyHistory *history = self->history;
  LtSeries series[2];
  LtCurvesData data = history_data (self, style, series);
  double nearest = style->text_size;
  cairo_rectangle_t plot;

  if (history->message != NULL)
    return FALSE;
  lt_curves_plot (&data, style, w, h, &plot);
  found->item = -1;
  for (guint i = 0; i < history->points->len; i++) {
    double far = fabs (found->x - lt_axes_x (&data.axes, &plot, history->x[i]));

    if (far < nearest &&
        (!isnan (history->estimate[i]) || !isnan (history->exacts[i]))) {
      nearest = far;
      found->item = (int) i;
    }
  }
  if (found->item < 0)
    return FALSE;
  g_snprintf (found->text, sizeof found->text,
              "epoch %.4g: AIS %.2f, from %.2f to %.2f; exact %.2f",
              history->x[found->item], history->estimate[found->item],
              history->low[found->item], history->high[found->item],
              history->exacts[found->item]);
  if (isnan (history->exacts[found->item]))
    *strstr (found->text, "; exact") = '\0';
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
  if (panel == PANEL_HISTORY)
    return hit_history (result, style, w, h, found);
  if (panel == PANEL_STATES)
    return hit_states (result, style, w, h, found);
  return hit_ridges (result, panel, style, w, h, found);
}

const LtPanels lt_energy_panels = { N_PANELS, place_panel, paint_panel, hit_panel };

/* ---- Figures --------------------------------------------------------------------------- */

static void
append (GString *csv, const char *what, const char *name, double value)
{
  g_string_append_printf (csv, "%s,", what);
  lt_csv_text (csv, name);
  g_string_append_c (csv, ',');
  lt_csv_number (csv, value);
  g_string_append_c (csv, '\n');
}

static void
append_point (GString *csv, const LtEnergyPoint *point)
{
  g_autofree char *name = g_strdup_printf ("epoch %d", point->epoch);

  if (!isnan (point->exact))
    append (csv, "log_z_exact", name, point->exact);
  if (isnan (point->estimate))
    return;
  append (csv, "log_z_ais", name, point->estimate);
  append (csv, "log_z_ais_low", name, point->low);
  append (csv, "log_z_ais_high", name, point->high);
}

static char *
to_csv (gconstpointer result)
{
  static const char *const groups[LT_ENERGY_N_GROUPS] = { "train", "judged",
                                                          "particles", "noise" };
  const LtEnergyResult *self = result;
  GString *csv = g_string_new ("what,name,value\n");

  for (int g = 0; g < LT_ENERGY_N_GROUPS; g++)
    for (int i = 0; i < self->group[g].n; i++)
      append (csv, self->bounded ? "minus_bound" : "free_energy", groups[g],
              (double) self->group[g].energies[i]);
  if (!isnan (self->exact))
    append (csv, "log_z", "exact", self->exact);
  if (self->ais != NULL) {
    append (csv, "log_z", "ais", self->ais->log_z);
    append (csv, "log_z", "ais_low", self->ais->low);
    append (csv, "log_z", "ais_high", self->ais->high);
    for (int i = 0; i < self->ais->n; i++)
      append (csv, "log_weight", "run", self->ais->log_weights[i]);
  }
  for (guint i = 0; i < self->history->kept->len; i++)
    append_point (csv, &g_array_index (self->history->kept, LtEnergyPoint, i));
  for (int s = 0; self->states != NULL && s < self->states->n; s++) {
    g_autofree char *name = lt_energy_name_state (s, self->states->nv);

    append (csv, "p_model", name, self->states->p[s]);
    append (csv, "p_data", name, self->states->frequency[s]);
  }
  return g_string_free (csv, FALSE);
}

const LtView lt_energy_view = {
  .name = "energy",
  .title = "Energy",
  .summary = "How low the model puts data, held-out data, its own particles and noise: "
             "held-out data should lie with the training data and particles with both; "
             "and log Z, which turns energies into probabilities.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtEnergySettings) },
  .costly = TRUE,
  .suits = suits,
  .compute = lt_energy_compute,
  .free = lt_energy_free,
  .paint = lt_panels_paint,
  .describe = describe,
  .hit = lt_panels_hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
