/* Energy: how low the free energy of data, held-out data, the machine's own particles and
 * noise lies; log Z, exactly and estimated; and of tiny machines every state. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "paint/pairs.h"
#include "paint/ridges.h"
#include "probes/likelihood.h"
#include "probes/particles.h"
#include "probes/states.h"
#include "views/common.h"

#define ROWS         1000 /* of each split */
#define PARTICLES    500
#define STEPS        100 /* of particles that are let go */
#define BINS         60
#define WEIGHT_BINS  24
#define MAX_EXACT    16 /* units on a side that go through their states while one looks */
#define NOISE_STREAM 0xe6

enum {
  GROUP_TRAIN,
  GROUP_JUDGE,
  GROUP_PARTICLES,
  GROUP_NOISE,
  N_GROUPS
};

typedef enum {
  PANEL_ENERGIES,
  PANEL_LOG_Z,
  PANEL_STATES,
  N_PANELS,
} Panel;

typedef struct {
  int show; /* 0: all, else a panel, from 1 */
  int runs, temperatures, ladder, base, seed;
} Settings;

typedef struct {
  int n; /* 0: there is no such group */
  float *energies;
  double mean;
  gsize counts[BINS], below, above;
  char *name;
} Group;

typedef struct {
  int show;
  Group group[N_GROUPS];
  double lowest, width;
  LtAis *ais; /* NULL: not asked for, or not to be had */
  char *ais_message;
  double exact; /* NAN: not known */
  gsize weight_counts[WEIGHT_BINS];
  double weight_lowest, weight_width;
  LtStates *states; /* NULL: too many */
  int n_states;     /* shown, by how often they occur and then how probable they are */
  int *order;
  double *p, *frequency; /* [n_states] */
  char **names;
  char *moment, *note, *states_note, *ais_name, *exact_name;
} Result;

static const char *const show_names[] = { "all", "energies", "log-z", "states", NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (Settings, field)

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
  { "view-seed", "Seed", "", "log Z",
    "Of the random numbers for runs, particles and noise.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 0, .maximum = 1e6, .fallback = "1", AT (seed) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (lt_model_can (model, LT_CAN_ENERGY))
    return TRUE;
  *why = "This model has no energy, and so gives its data no probability; Boltzmann "
         "machines do.";
  return FALSE;
}

/* ---- Energies ------------------------------------------------------------------------ */

static void
group_take (Group *self, float *energies, gsize n, const char *title)
{
  gsize finite = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (energies[i]))
      energies[finite++] = energies[i];
  self->energies = energies;
  self->n = (int) finite;
  if (finite == 0)
    return;
  self->mean = lt_sum (energies, finite) / (double) finite;
  self->name = g_strdup_printf ("%s, mean %s%.4g", title, self->mean < 0 ? "−" : "",
                                fabs (self->mean));
}

static void
add_split (Result *self, int group, const LtViewRequest *request, LtSplit split)
{
  const LtEnergyRows rows = { .split = split, .limit = ROWS, .drawn = TRUE };
  gsize n;
  float *energies =
      lt_probe_free_energies (request->snapshot, request->data, &rows, request->ws, &n);

  group_take (&self->group[group], energies, n,
              split == LT_TRAIN ? "training" : lt_split_name (split));
}

static void
add_rows (Result *self,
          int group,
          const LtViewRequest *request,
          const float *x,
          int n,
          const char *title)
{
  LtCall call = lt_snapshot_call (request->snapshot, request->ws, NULL);
  float *energies = g_new (float, n);

  call.model->kind->energy (&call, x, n, energies);
  group_take (&self->group[group], energies, (gsize) n, title);
}

static void
add_particles (Result *self, const LtViewRequest *request, int seed)
{
  const LtParticlesOptions options = {
    .n = PARTICLES, .steps = STEPS, .samples = TRUE, .seed = (guint64) seed
  };
  g_autoptr (LtParticles) particles = NULL;

  if (!lt_model_can (request->snapshot->model, LT_CAN_SAMPLE))
    return;
  particles = lt_probe_particles (request->snapshot, request->data, &options,
                                  request->ws, NULL);
  if (particles != NULL)
    add_rows (self, GROUP_PARTICLES, request, particles->x, particles->n,
              particles->start == LT_START_CHAINS ? "persistent chains" : "samples");
}

static void
add_noise (Result *self, const LtViewRequest *request, int seed)
{
  const LtModel *model = request->snapshot->model;
  gsize mark = lt_workspace_mark (request->ws), n = (gsize) PARTICLES * model->shape.nv;
  float *x = lt_workspace_floats (request->ws, n);
  LtRng rng;

  lt_rng_init (&rng, (guint64) seed, NOISE_STREAM);
  if (lt_model_can (model, LT_HAS_BINARY_STATES))
    lt_rng_fill_mask (&rng, 0.5f, n, x);
  else
    lt_rng_fill_normal (&rng, n, x);
  add_rows (self, GROUP_NOISE, request, x, PARTICLES, "noise");
  lt_workspace_release (request->ws, mark);
}

/* The range is that of all but noise, and of noise where that is not much wider: what lies
 * outside is counted at the edge. */
static void
choose_range (Result *self)
{
  float lowest = INFINITY, highest = -INFINITY, low, high;
  double spread;

  for (int g = 0; g < N_GROUPS; g++) {
    const Group *group = &self->group[g];

    if (g == GROUP_NOISE && highest > lowest) {
      spread = (double) (highest - lowest);
      lt_range (group->energies, group->n, &low, &high);
      if ((double) (MAX (high, highest) - MIN (low, lowest)) > 4 * spread)
        continue;
    }
    lt_range (group->energies, group->n, &low, &high);
    lowest = MIN (lowest, low);
    highest = MAX (highest, high);
  }
  spread = highest > lowest ? (double) (highest - lowest) : 1;
  self->lowest = isfinite (lowest) ? (double) lowest - 0.03 * spread : 0;
  self->width = 1.06 * spread / BINS;
}

static void
count_energies (Result *self)
{
  for (int g = 0; g < N_GROUPS; g++) {
    Group *group = &self->group[g];

    for (int i = 0; i < group->n; i++) {
      double bin = floor (((double) group->energies[i] - self->lowest) / self->width);

      if (bin < 0)
        group->below++;
      else if (bin >= BINS)
        group->above++;
      else
        group->counts[(int) bin]++;
    }
  }
}

/* ---- log Z --------------------------------------------------------------------------- */

static void
count_weights (Result *self)
{
  double lowest =
      isnan (self->exact) ? self->ais->log_z : MIN (self->exact, self->ais->log_z);
  double highest = MAX (self->ais->log_z, self->exact); /* a NAN exact is passed over */

  if (isnan (highest))
    highest = self->ais->log_z;
  highest = MAX (highest, self->ais->high);
  if (isfinite (self->ais->low))
    lowest = MIN (lowest, self->ais->low);
  for (int i = 0; i < self->ais->n; i++) {
    lowest = MIN (lowest, self->ais->log_weights[i]);
    highest = MAX (highest, self->ais->log_weights[i]);
  }
  highest = MAX (highest, lowest + 1e-3);
  self->weight_lowest = lowest - 0.05 * (highest - lowest);
  self->weight_width = 1.1 * (highest - lowest) / WEIGHT_BINS;
  for (int i = 0; i < self->ais->n; i++) {
    int bin =
        (int) ((self->ais->log_weights[i] - self->weight_lowest) / self->weight_width);

    self->weight_counts[CLAMP (bin, 0, WEIGHT_BINS - 1)]++;
  }
}

/* "AIS 31.72 +0.08 −0.09": ±3σ of the mean weight, which are not alike as logarithms. */
static char *
name_estimate (const LtAis *ais)
{
  g_autofree char *down = isfinite (ais->low)
                              ? g_strdup_printf ("%.2f", ais->log_z - ais->low)
                              : g_strdup ("∞");

  return g_strdup_printf ("AIS %.2f +%.2f −%s (3σ)", ais->log_z, ais->high - ais->log_z,
                          down);
}

static void
compute_log_z (Result *self, const LtViewRequest *request)
{
  const Settings *settings = request->settings;
  const LtModel *model = request->snapshot->model;
  const LtAisOptions options = { .runs = settings->runs,
                                 .temperatures = settings->temperatures,
                                 .ladder = settings->ladder,
                                 .base = settings->base,
                                 .seed = (guint64) settings->seed };
  LtCall call = lt_snapshot_call (request->snapshot, request->ws, NULL);
  g_autoptr (GError) error = NULL;

  if (model->kind->log_partition != NULL &&
      MIN (model->shape.nv, model->n_code) <= MAX_EXACT)
    self->exact = model->kind->log_partition (&call);
  if (!isnan (self->exact))
    self->exact_name = g_strdup_printf ("exact %.2f", self->exact);
  if (settings->runs == 0) {
    self->ais_message = isnan (self->exact)
                            ? g_strdup ("Set Runs above 0 to estimate log Z.")
                            : g_strdup_printf ("log Z = %.2f, exactly", self->exact);
    return;
  }
  self->ais =
      lt_probe_ais (request->snapshot, request->data, &options, request->ws, &error);
  if (self->ais == NULL) {
    self->ais_message = g_strdup (error->message);
    return;
  }
  self->ais_name = name_estimate (self->ais);
  count_weights (self);
}

/* ---- States -------------------------------------------------------------------------- */

static int
compare_states (gconstpointer a, gconstpointer b, gpointer states_)
{
  const LtStates *states = states_;
  int i = *(const int *) a, j = *(const int *) b;

  if (states->frequency[i] != states->frequency[j])
    return states->frequency[i] > states->frequency[j] ? -1 : 1;
  if (states->p[i] != states->p[j])
    return states->p[i] > states->p[j] ? -1 : 1;
  return i - j;
}

/* Unit 0 comes first, as in a row of the data. */
static char *
name_state (int state, int nv)
{
  char *name = g_new0 (char, nv + 1);

  for (int i = 0; i < nv; i++)
    name[i] = (char) ('0' + (state >> i & 1));
  return name;
}

static void
compute_states (Result *self, const LtViewRequest *request)
{
  LtStates *states;
  double held = 0, given = 0;

  if (!lt_states_suit (request->snapshot->model))
    return;
  states = self->states =
      lt_probe_states (request->snapshot, request->data, request->ws);
  self->order = g_new (int, states->n);
  for (int s = 0; s < states->n; s++)
    self->order[s] = s;
  g_qsort_with_data (self->order, states->n, sizeof *self->order, compare_states,
                     states);
  self->n_states = MIN (states->n, MAX (16, (int) (request->w / 8)));
  self->p = g_new (double, self->n_states);
  self->frequency = g_new (double, self->n_states);
  self->names = g_new0 (char *, self->n_states + 1);
  for (int i = 0; i < self->n_states; i++) {
    self->p[i] = states->p[self->order[i]];
    self->frequency[i] = states->frequency[self->order[i]];
    self->names[i] = name_state (self->order[i], states->nv);
    held += self->p[i];
    given += self->frequency[i];
  }
  self->states_note = g_strdup_printf (
      "%d of %d states, %.3g %% of the model and %.3g %% of the data; KL %.3g nats",
      self->n_states, states->n, 100 * held, 100 * given, states->divergence);
}

/* ---- The view ------------------------------------------------------------------------- */

static char *
make_note (const Result *self, const LtViewRequest *request)
{
  const Group *train = &self->group[GROUP_TRAIN], *judge = &self->group[GROUP_JUDGE];
  GString *note = g_string_new (NULL);

  if (train->n > 0 && judge->n > 0)
    g_string_append_printf (note, "%s − training: %s%.3g nats",
                            lt_split_name (lt_dataset_judge (request->data)),
                            judge->mean < train->mean ? "−" : "",
                            fabs (judge->mean - train->mean));
  if (lt_model_can (request->snapshot->model, LT_HAS_BINARY_STATES) &&
      lt_dataset_shape (request->data)->modality[0].kind == LT_UNIT)
    g_string_append_printf (note, "%svalues between 0 and 1 drawn",
                            note->len > 0 ? "; " : "");
  return g_string_free (note, FALSE);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  LtSplit judge = lt_dataset_judge (request->data);
  Result *self = g_new0 (Result, 1);

  self->show = settings->show;
  self->exact = (double) NAN;
  add_split (self, GROUP_TRAIN, request, LT_TRAIN);
  if (judge != LT_TRAIN)
    add_split (self, GROUP_JUDGE, request, judge);
  add_particles (self, request, settings->seed);
  add_noise (self, request, settings->seed);
  choose_range (self);
  count_energies (self);
  compute_log_z (self, request);
  compute_states (self, request);
  self->note = make_note (self, request);
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  for (int g = 0; g < N_GROUPS; g++) {
    g_free (self->group[g].energies);
    g_free (self->group[g].name);
  }
  g_clear_pointer (&self->ais, lt_ais_free);
  lt_states_free (self->states);
  g_free (self->ais_message);
  g_free (self->order);
  g_free (self->p);
  g_free (self->frequency);
  g_strfreev (self->names);
  g_free (self->moment);
  g_free (self->note);
  g_free (self->states_note);
  g_free (self->ais_name);
  g_free (self->exact_name);
  g_free (self);
}

/* FALSE when the panel is not shown. Energies take the left, or the upper half. */
static gboolean
place_panel (const Result *self,
             const LtStyle *style,
             double w,
             double h,
             Panel panel,
             cairo_rectangle_t *rect)
{
  double text = style->text_size, first;
  int only = self->show - 1, others = self->states != NULL ? 2 : 1;
  gboolean wide = w > 1.3 * h;

  if (panel == PANEL_STATES && self->states == NULL)
    return FALSE;
  if (self->show == 0 && w * h < 500 * text * text)
    only = PANEL_ENERGIES;
  if (only == PANEL_STATES && self->states == NULL)
    only = PANEL_ENERGIES;
  *rect = (cairo_rectangle_t){ 0, 0, w, h };
  if (only >= 0)
    return (int) panel == only;
  first = floor ((wide ? w : h) * (others == 2 && !wide ? 0.4 : 0.55));
  if (wide) {
    rect->x = panel == PANEL_ENERGIES ? 0 : first;
    rect->width = panel == PANEL_ENERGIES ? first : w - first;
    if (panel != PANEL_ENERGIES) {
      rect->height = floor (h / others);
      rect->y = panel == PANEL_STATES ? rect->height : 0;
    }
    return TRUE;
  }
  rect->height = panel == PANEL_ENERGIES ? first : floor ((h - first) / others);
  rect->y = panel == PANEL_ENERGIES ? 0 : first + (panel - 1) * rect->height;
  return TRUE;
}

static LtRidgesData
energies_data (const Result *self, const LtStyle *style, LtRidge ridges[N_GROUPS])
{
  const LtColour colours[N_GROUPS] = { style->accent, lt_style_class_colour (style, 2),
                                       style->second, style->dim };
  LtRidgesData data = { .title = "Free energy",
                        .note = self->note,
                        .x_title = "F (nats): low is probable",
                        .ridges = ridges,
                        .n_bins = BINS,
                        .lowest = self->lowest,
                        .width = self->width,
                        .message = "There is no free energy that is a number: the "
                                   "parameters have become too large." };

  for (int g = 0; g < N_GROUPS; g++) {
    const Group *group = &self->group[g];

    if (group->n > 0)
      ridges[data.n++] = (LtRidge){ group->name,  group->counts, group->below,
                                    group->above, group->mean,   colours[g] };
  }
  return data;
}

static LtRidgesData
log_z_data (const Result *self,
            const LtStyle *style,
            LtRidge *ridge,
            LtRidgeMark marks[2])
{
  LtRidgesData data = { .title = "log Z", .message = self->ais_message };

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
  data.n_bins = WEIGHT_BINS;
  data.lowest = self->weight_lowest;
  data.width = self->weight_width;
  data.n_marks = 2;
  data.marks = marks;
  return data;
}

static LtPairsData
states_data (const Result *self, const LtStyle *style)
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

static void
paint_panel (const Result *self,
             Panel panel,
             cairo_t *cr,
             const LtStyle *style,
             const cairo_rectangle_t *rect)
{
  LtRidge ridges[N_GROUPS];
  LtRidgeMark marks[2];
  LtRidgesData data;

  if (panel == PANEL_STATES) {
    LtPairsData pairs = states_data (self, style);

    lt_pairs_paint (cr, &pairs, style, rect->width, rect->height);
    return;
  }
  data = panel == PANEL_LOG_Z ? log_z_data (self, style, ridges, marks)
                              : energies_data (self, style, ridges);
  lt_ridges_paint (cr, &data, style, rect->width, rect->height);
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;

  for (int panel = 0; panel < N_PANELS; panel++) {
    cairo_rectangle_t rect;

    if (!place_panel (self, style, w, h, (Panel) panel, &rect))
      continue;
    cairo_save (cr);
    cairo_translate (cr, rect.x, rect.y);
    paint_panel (self, (Panel) panel, cr, style, &rect);
    cairo_restore (cr);
  }
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;
  GString *text = g_string_new (self->moment);

  if (self->note[0] != '\0')
    g_string_append_printf (text, ", %s", self->note);
  if (self->ais != NULL)
    g_string_append_printf (text, ", log Z %.2f by AIS", self->ais->log_z);
  if (self->exact_name != NULL)
    g_string_append_printf (text, ", log Z %s", self->exact_name);
  return g_string_free (text, FALSE);
}

/* ---- Under the pointer ------------------------------------------------------------------ */

static gboolean
hit_ridges (const Result *self,
            const LtStyle *style,
            Panel panel,
            const cairo_rectangle_t *rect,
            LtViewHit *found)
{
  LtRidge ridges[N_GROUPS];
  LtRidgeMark marks[2];
  LtRidgesData data = panel == PANEL_LOG_Z ? log_z_data (self, style, ridges, marks)
                                           : energies_data (self, style, ridges);
  int ridge, bin;

  if (!lt_ridges_hit (&data, style, rect->width, rect->height, found->x - rect->x,
                      found->y - rect->y, &ridge, &bin))
    return FALSE;
  found->item = bin;
  g_snprintf (found->text, sizeof found->text,
              "%s: %" G_GSIZE_FORMAT " from %.4g to %.4g", ridges[ridge].name,
              ridges[ridge].counts[bin], data.lowest + bin * data.width,
              data.lowest + (bin + 1) * data.width);
  return TRUE;
}

static gboolean
hit_states (const Result *self,
            const LtStyle *style,
            const cairo_rectangle_t *rect,
            LtViewHit *found)
{
  LtPairsData data = states_data (self, style);
  int i = lt_pairs_hit (&data, style, rect->width, rect->height, found->x - rect->x,
                        found->y - rect->y);

  if (i < 0)
    return FALSE;
  found->item = i;
  g_snprintf (found->text, sizeof found->text, "state %s: model %.4g, data %.4g",
              self->names[i], self->p[i], self->frequency[i]);
  return TRUE;
}

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

  for (int panel = 0; panel < N_PANELS; panel++) {
    cairo_rectangle_t rect;

    if (!place_panel (self, style, w, h, (Panel) panel, &rect) || x < rect.x ||
        y < rect.y || x >= rect.x + rect.width || y >= rect.y + rect.height)
      continue;
    *found = (LtViewHit){ .x = x, .y = y };
    return panel == PANEL_STATES
               ? hit_states (self, style, &rect, found)
               : hit_ridges (self, style, (Panel) panel, &rect, found);
  }
  return FALSE;
}

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

static char *
to_csv (gconstpointer result)
{
  static const char *const groups[N_GROUPS] = { "train", "judged", "particles",
                                                "noise" };
  const Result *self = result;
  GString *csv = g_string_new ("what,name,value\n");

  for (int g = 0; g < N_GROUPS; g++)
    for (int i = 0; i < self->group[g].n; i++)
      append (csv, "free_energy", groups[g], (double) self->group[g].energies[i]);
  if (!isnan (self->exact))
    append (csv, "log_z", "exact", self->exact);
  if (self->ais != NULL) {
    append (csv, "log_z", "ais", self->ais->log_z);
    append (csv, "log_z", "ais_low", self->ais->low);
    append (csv, "log_z", "ais_high", self->ais->high);
    for (int i = 0; i < self->ais->n; i++)
      append (csv, "log_weight", "run", self->ais->log_weights[i]);
  }
  for (int s = 0; self->states != NULL && s < self->states->n; s++) {
    g_autofree char *name = name_state (s, self->states->nv);

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
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .to_csv = to_csv,
};
