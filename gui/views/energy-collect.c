/* Energies, log Z and states, computed for the energy view. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "probes/particles.h"
#include "views/energy.h"

#define ROWS         1000 /* of each split */
#define PARTICLES    500
#define STEPS        100 /* of particles that are let go */
#define PIECES       10  /* in which they are, each of which tells */
#define MAX_EXACT    16 /* units on a side that go through their states while one looks */
#define NOISE_STREAM 0xe6

/* ---- Energies ------------------------------------------------------------------------ */

/* Particles take most of the time. */
#define PARTICLES_FROM 0.2
#define PARTICLES_TO   0.9

static gboolean
tell_energies (const LtViewRequest *request, double part)
{
  return lt_view_tell (request, "computing free energies", part);
}

static void
group_take (LtEnergyGroup *self, float *energies, gsize n, const char *title)
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
  self->name = lt_view_minus (g_strdup_printf ("%s, mean %.4g", title, self->mean));
}

static void
add_split (LtEnergyResult *self, int group, const LtViewRequest *request, LtSplit split)
{
  const LtEnergyRows rows = { .split = split, .limit = ROWS, .drawn = TRUE };
  gsize n;
  float *energies;

  if (self->bounded) {
    energies =
        lt_probe_bounds (request->snapshot, request->data, &rows, request->ws, &n);
    lt_scale (-1, n, energies);
  } else {
    energies = lt_probe_free_energies (request->snapshot, request->data, &rows,
                                       request->ws, &n);
  }
  group_take (&self->group[group], energies, n,
              split == LT_TRAIN ? "training" : lt_split_name (split));
}

static void
add_rows (LtEnergyResult *self,
          int group,
          const LtViewRequest *request,
          const float *x,
          int n,
          const char *title)
{
  LtCall call = lt_snapshot_call (request->snapshot, request->ws, NULL);
  float *energies = g_new (float, n);

  if (self->bounded) {
    call.model->kind->bound (&call, x, n, energies);
    lt_scale (-1, (gsize) n, energies);
  } else {
    call.model->kind->energy (&call, x, n, energies);
  }
  group_take (&self->group[group], energies, (gsize) n, title);
}

/* NULL where they are no numbers, or it was stopped. */
static LtParticles *
run_particles (const LtViewRequest *request, int seed)
{
  const LtParticlesOptions options = { .n = PARTICLES,
                                       .example = -1,
                                       .steps = STEPS / PIECES,
                                       .temperature = 1,
                                       .label = -1,
                                       .samples = TRUE,
                                       .seed = (guint64) seed };
  LtParticles *particles = lt_probe_particles (request->snapshot, request->data,
                                               &options, request->ws, NULL);

  for (int i = 1; i < PIECES && particles != NULL; i++) {
    g_autoptr (LtParticles) before = particles;
    double share = (double) i / PIECES;

    if (particles->start == LT_START_CHAINS)
      return g_steal_pointer (&before);
    particles = NULL;
    if (tell_energies (request,
                       PARTICLES_FROM + share * (PARTICLES_TO - PARTICLES_FROM)))
      particles = lt_probe_particles_on (request->snapshot, request->data, &options,
                                         before, request->ws, NULL);
  }
  return particles;
}

static void
add_particles (LtEnergyResult *self, const LtViewRequest *request, int seed)
{
  g_autoptr (LtParticles) particles = NULL;

  if (!lt_model_can (request->snapshot->model, LT_CAN_SAMPLE))
    return;
  particles = run_particles (request, seed);
  if (particles != NULL)
    add_rows (self, LT_ENERGY_PARTICLES, request, particles->x, particles->n,
              particles->start == LT_START_CHAINS ? "persistent chains" : "samples");
}

static void
add_noise (LtEnergyResult *self, const LtViewRequest *request, int seed)
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
  add_rows (self, LT_ENERGY_NOISE, request, x, PARTICLES, "noise");
  lt_workspace_release (request->ws, mark);
}

/* The range is that of all but noise, and of noise where that is not much wider: what lies
 * outside is counted at the edge. */
static void
choose_range (LtEnergyResult *self)
{
  float lowest = INFINITY, highest = -INFINITY, low, high;
  double spread;

  for (int g = 0; g < LT_ENERGY_N_GROUPS; g++) {
    const LtEnergyGroup *group = &self->group[g];

    if (g == LT_ENERGY_NOISE && highest > lowest) {
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
  self->width = 1.06 * spread / LT_ENERGY_BINS;
}

static void
count_energies (LtEnergyResult *self)
{
  for (int g = 0; g < LT_ENERGY_N_GROUPS; g++) {
    LtEnergyGroup *group = &self->group[g];

    for (int i = 0; i < group->n; i++) {
      double bin = floor (((double) group->energies[i] - self->lowest) / self->width);

      if (bin < 0)
        group->below++;
      else if (bin >= LT_ENERGY_BINS)
        group->above++;
      else
        group->counts[(int) bin]++;
    }
  }
}

/* ---- log Z --------------------------------------------------------------------------- */

static void
count_weights (LtEnergyResult *self)
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
  self->weight_width = 1.1 * (highest - lowest) / LT_ENERGY_WEIGHT_BINS;
  for (int i = 0; i < self->ais->n; i++) {
    int bin =
        (int) ((self->ais->log_weights[i] - self->weight_lowest) / self->weight_width);

    self->weight_counts[CLAMP (bin, 0, LT_ENERGY_WEIGHT_BINS - 1)]++;
  }
}

/* "AIS 31.72 +0.08 −0.09": ±3σ of the mean weight, which are not alike as logarithms. */
static char *
name_estimate (const LtAis *ais)
{
  g_autofree char *down = isfinite (ais->low)
                              ? g_strdup_printf ("%.2f", ais->log_z - ais->low)
                              : g_strdup ("∞");

  return lt_view_minus (g_strdup_printf ("AIS %.2f +%.2f −%s (3σ)", ais->log_z,
                                         ais->high - ais->log_z, down));
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer width)
{
  double x = lt_sum (a, (gsize) GPOINTER_TO_INT (width));
  double y = lt_sum (b, (gsize) GPOINTER_TO_INT (width));

  return (x > y) - (x < y);
}

/* Each length of a document has a log Z of its own: the median one's is shown. */
static void
choose_lengths (LtEnergyResult *self, const LtViewRequest *request, LtSplit split)
{
  const LtEnergyRows rows = { .split = split, .limit = ROWS };
  int width = lt_probe_n_lengths (request->snapshot->model);
  g_autofree float *all = NULL;
  gsize n, size = (gsize) width * sizeof *all;

  self->log_z_title = g_strdup ("log Z");
  if (width == 0)
    return;
  all = lt_probe_lengths (request->snapshot, request->data, &rows, request->ws, &n);
  if (n == 0)
    return;
  g_qsort_with_data (all, (int) n, size, compare_lengths, GINT_TO_POINTER (width));
  self->lengths = g_memdup2 (all + n / 2 * (gsize) width, size);
  self->n_words = (int) lt_sum (self->lengths, (gsize) width);
  g_free (self->log_z_title);
  self->log_z_title = g_strdup_printf ("log Z of %d words", self->n_words);
}

LtAisOptions
lt_energy_options (const LtEnergySettings *settings, const float *lengths)
{
  return (LtAisOptions){ .runs = settings->runs,
                         .temperatures = settings->temperatures,
                         .ladder = settings->ladder,
                         .base = settings->base,
                         .seed = (guint64) settings->seed,
                         .lengths = lengths };
}

double
lt_energy_exact (const LtSnapshot *snapshot, const float *lengths, LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  double log_z = (double) NAN;

  if (lengths != NULL && model->n_code <= MAX_EXACT)
    model->kind->documents->log_partitions (&call, lengths, 1, &log_z);
  else if (lengths == NULL && model->kind->log_partition != NULL &&
           MIN (model->shape.nv, model->n_code) <= MAX_EXACT)
    log_z = model->kind->log_partition (&call);
  return log_z;
}

static gboolean
tell (gpointer data, double part)
{
  const LtEnergyEstimate *self = data;

  return lt_view_tell (self->request, self->what, (self->i + part) / self->n);
}

LtAis *
lt_energy_estimate (LtEnergyEstimate *self, const LtSnapshot *snapshot, GError **error)
{
  self->options.progress = tell;
  self->options.data = self;
  return lt_probe_ais (snapshot, self->request->data, &self->options, self->request->ws,
                       error);
}

#define LOG_Z "estimating log Z"

static void
compute_log_z (LtEnergyResult *self, const LtViewRequest *request)
{
  const LtEnergySettings *settings = request->settings;
  LtEnergyEstimate estimate = { .request = request,
                                .options = lt_energy_options (settings, self->lengths),
                                .what = LOG_Z,
                                .n = 1 };
  g_autoptr (GError) error = NULL;

  (void) lt_view_tell (request, LOG_Z, 0);
  self->exact = lt_energy_exact (request->snapshot, self->lengths, request->ws);
  if (!isnan (self->exact))
    self->exact_name = lt_view_minus (g_strdup_printf ("exact %.2f", self->exact));
  if (settings->runs == 0) {
    self->ais_message =
        isnan (self->exact)
            ? g_strdup ("Set Runs above 0 to estimate log Z.")
            : lt_view_minus (g_strdup_printf ("log Z = %.2f, exactly", self->exact));
    return;
  }
  self->ais = lt_energy_estimate (&estimate, request->snapshot, &error);
  if (self->ais == NULL) {
    self->ais_message =
        g_strdup (g_error_matches (error, LT_ERROR, LT_ERROR_CANCELLED)
                      ? "The estimate of log Z was stopped; it begins again when a "
                        "setting is turned."
                      : error->message);
    return;
  }
  self->ais_name = name_estimate (self->ais);
  count_weights (self);
}

static void
compute_history (LtEnergyResult *self, const LtViewRequest *request)
{
  const LtEnergyResult *before = request->previous;
  const LtSnapshot *snapshot = request->snapshot;
  LtEnergyPoint now = { snapshot->progress, snapshot->epoch, snapshot->phase,
                        (double) NAN,       (double) NAN,    (double) NAN,
                        self->exact };

  if (self->ais != NULL) {
    now.estimate = self->ais->log_z;
    now.low = self->ais->low;
    now.high = self->ais->high;
  }
  self->history = lt_energy_history_new (request, self->lengths, &now,
                                         before != NULL ? before->history : NULL);
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

char *
lt_energy_name_state (int state, int nv)
{
  char *name = g_new0 (char, nv + 1);

  for (int i = 0; i < nv; i++)
    name[i] = (char) ('0' + (state >> i & 1));
  return name;
}

static void
compute_states (LtEnergyResult *self, const LtViewRequest *request)
{
  LtStates *states;
  double held = 0, given = 0;

  if (!lt_states_suit (request->snapshot->model)) {
    self->states_message =
        g_strdup_printf ("States can be listed where there are up to %d visible units, "
                         "all of them binary; "
                         "this machine has %d units.",
                         LT_STATES_MAX_UNITS, request->snapshot->model->shape.nv);
    return;
  }
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
    self->names[i] = lt_energy_name_state (self->order[i], states->nv);
    held += self->p[i];
    given += self->frequency[i];
  }
  self->states_note = g_strdup_printf (
      "%d of %d states, %.3g %% of the model and %.3g %% of the data; KL %.3g nats",
      self->n_states, states->n, 100 * held, 100 * given, states->divergence);
}

/* ---- Together ---------------------------------------------------------------------- */

static char *
make_note (const LtEnergyResult *self, const LtViewRequest *request)
{
  const LtEnergyGroup *train = &self->group[LT_ENERGY_TRAIN],
                      *judge = &self->group[LT_ENERGY_JUDGE];
  GString *note = g_string_new (NULL);

  if (train->n > 0 && judge->n > 0)
    g_string_append_printf (note, "%s − training: %.3g nats",
                            lt_split_name (lt_dataset_judge (request->data)),
                            judge->mean - train->mean);
  if (lt_model_can (request->snapshot->model, LT_HAS_BINARY_STATES) &&
      lt_dataset_shape (request->data)->modality[0].kind == LT_UNIT)
    g_string_append_printf (note, "%svalues between 0 and 1 drawn",
                            note->len > 0 ? "; " : "");
  if (self->lengths != NULL)
    g_string_append_printf (note,
                            "%slog Z is another for each length: that of %d words, the "
                            "median, is shown",
                            note->len > 0 ? "; " : "", self->n_words);
  return lt_view_minus (g_string_free (note, FALSE));
}

gpointer
lt_energy_compute (const LtViewRequest *request, GError **error)
{
  const LtEnergySettings *settings = request->settings;
  LtSplit judge = lt_dataset_judge (request->data);
  LtEnergyResult *self = g_new0 (LtEnergyResult, 1);

  self->panels = &lt_energy_panels;
  self->show = settings->show;
  self->bounded = !lt_model_can (request->snapshot->model, LT_CAN_ENERGY);
  self->exact = (double) NAN;
  (void) tell_energies (request, 0);
  add_split (self, LT_ENERGY_TRAIN, request, LT_TRAIN);
  (void) tell_energies (request, PARTICLES_FROM / 2);
  if (judge != LT_TRAIN)
    add_split (self, LT_ENERGY_JUDGE, request, judge);
  (void) tell_energies (request, PARTICLES_FROM);
  add_particles (self, request, settings->seed);
  (void) tell_energies (request, PARTICLES_TO);
  add_noise (self, request, settings->seed);
  choose_range (self);
  count_energies (self);
  choose_lengths (self, request, judge);
  compute_log_z (self, request);
  compute_history (self, request);
  compute_states (self, request);
  self->note = make_note (self, request);
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

void
lt_energy_free (gpointer result)
{
  LtEnergyResult *self = result;

  for (int g = 0; g < LT_ENERGY_N_GROUPS; g++) {
    g_free (self->group[g].energies);
    g_free (self->group[g].name);
  }
  g_clear_pointer (&self->ais, lt_ais_free);
  lt_states_free (self->states);
  lt_energy_history_free (self->history);
  g_free (self->ais_message);
  g_free (self->lengths);
  g_free (self->log_z_title);
  g_free (self->order);
  g_free (self->p);
  g_free (self->frequency);
  g_strfreev (self->names);
  g_free (self->moment);
  g_free (self->note);
  g_free (self->states_note);
  g_free (self->states_message);
  g_free (self->ais_name);
  g_free (self->exact_name);
  g_free (self);
}
