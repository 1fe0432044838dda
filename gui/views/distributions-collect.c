/* Distributions: what the panels show and say. */
#include "views/distributions.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "probes/particles.h"

#define N_BINS    64
#define N_SAMPLES 500 /* of the model's own examples */
#define STEPS     100 /* from training rows, where there are no persistent chains */

/* "μ −0.028, σ 0.18" */
static char *
note_of (const LtHistogram *h)
{
  return lt_view_minus (g_strdup_printf ("μ %.2g, σ %.2g", h->mean, h->deviation));
}

/* ---- Weights and their changes -------------------------------------------------------- */

static void
collect_weights (LtDistributionResult *self,
                 const LtSnapshot *snapshot,
                 const LtTensor *tensor)
{
  self->tensor = g_strdup (tensor->name);
  self->weights =
      lt_histogram_new (snapshot->params + tensor->offset, tensor->size, N_BINS);
  self->notes[LT_PANEL_WEIGHTS] = note_of (self->weights);
  if (snapshot->update == NULL) {
    self->update_message = "Only the live model knows its last update; a run's history "
                           "keeps weights alone.";
    return;
  }
  self->update =
      lt_histogram_new (snapshot->update + tensor->offset, tensor->size, N_BINS);
  if (self->update->norm == 0.0) {
    g_clear_pointer (&self->update, lt_histogram_free);
    self->update_message = "The last minibatch changed none of these weights.";
    return;
  }
  self->notes[LT_PANEL_UPDATE] =
      g_strdup_printf ("‖Δ‖ / ‖%s‖ %.2g", tensor->name,
                       self->update->norm / MAX (self->weights->norm, 1e-30));
}

/* ---- Units ---------------------------------------------------------------------------- */

static int
compare_magnitudes (gconstpointer a, gconstpointer b)
{
  float x = fabsf (*(const float *) a), y = fabsf (*(const float *) b);

  return (x > y) - (x < y);
}

/* The magnitude that one cell in a hundred exceeds: the scale of units without a bound, so
 * that a few large answers do not make all the others pale. */
static float
usual_highest (const LtActivity *a)
{
  gsize n = (gsize) a->n_picture * a->layer.n_units;
  g_autofree float *sorted = g_memdup2 (a->picture, n * sizeof *sorted);

  qsort (sorted, n, sizeof *sorted, compare_magnitudes);
  return n > 0 ? fabsf (sorted[(n - 1) * 99 / 100]) : 0.0f;
}

/* From one end to the other of what a unit can do, or of what these usually do. */
static void
choose_scale (LtDistributionResult *self)
{
  const LtActivity *a = self->activity;
  gsize size = (gsize) a->n_picture * a->layer.n_units;
  gboolean bounded = a->layer.highest > a->layer.lowest && isfinite (a->layer.highest);
  float lowest, highest;

  lt_range (a->picture, size, &lowest, &highest);
  self->highest = bounded ? (float) a->layer.highest : usual_highest (a);
  if (!(self->highest > 0.0f))
    self->highest = highest > 0.0f ? highest : 1.0f;
  self->clipped = MAX (highest, -lowest) > self->highest;
  self->colour = lowest < 0.0f ? LT_TILES_DIVERGING : LT_TILES_SEQUENTIAL;
  self->lowest = lowest < 0.0f ? -self->highest : 0.0f;
}

static void
collect_units (LtDistributionResult *self, const LtDistributionSettings *settings)
{
  static const LtMark marks[] = { LT_MARK_NONE, LT_MARK_WARNING, LT_MARK_SECOND };
  const LtActivity *a = self->activity;
  int n_units = a->layer.n_units;
  g_autofree char *units = lt_view_count (n_units);

  self->means = lt_histogram_new (a->mean, n_units, N_BINS / 2);
  self->notes[LT_PANEL_MEANS] = note_of (self->means);
  self->marks = g_new (LtMark, n_units);
  for (int i = 0; i < n_units; i++)
    self->marks[i] = marks[a->states[a->order[i]]];
  if (a->n_dead > 0)
    self->dead = g_strdup_printf ("%d dead", a->n_dead);
  if (a->n_saturated > 0)
    self->saturated = g_strdup_printf ("%d saturated", a->n_saturated);
  self->footer = g_strdup_printf (
      "→ %s units, %s  ↓ %d %s examples%s", units,
      settings->order == 0 ? "least active first" : "by number", a->n_picture,
      self->rows, self->classes != NULL ? ", by class" : "");
  choose_scale (self);
}

/* "12 dead (within 0.01 of 0), 3 saturated (within 0.01 of 1) of 500 units on all 10,000
 * test examples"; what cannot be is left out. */
static char *
make_caption (const LtDistributionResult *self)
{
  const LtActivity *a = self->activity;
  g_autofree char *n = lt_view_count (a->n), *units = lt_view_count (a->layer.n_units);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s: %d dead (within %g of 0)", a->layer.name,
                          a->n_dead, LT_DEAD);
  if (a->layer.highest > a->layer.lowest && isfinite (a->layer.highest))
    g_string_append_printf (text, ", %d saturated (within %g of %s%g)", a->n_saturated,
                            LT_SATURATED, a->layer.lowest < 0.0 ? "±" : "",
                            a->layer.highest);
  g_string_append_printf (text, " of %s units on all %s %s examples", units, n,
                          self->rows);
  return g_string_free (text, FALSE);
}

static void
make_titles (LtDistributionResult *self)
{
  const char *name = self->tensor != NULL ? self->tensor : "";

  self->titles[LT_PANEL_WEIGHTS] = g_strdup_printf ("Weights %s", name);
  self->titles[LT_PANEL_UPDATE] = g_strdup_printf ("Last update Δ%s", name);
  self->titles[LT_PANEL_MEANS] = g_strdup ("Mean activations");
  self->titles[LT_PANEL_EXAMPLES] = g_strdup ("Units × examples");
}

static gboolean
check (const LtViewRequest *request, GError **error)
{
  const LtDistributionSettings *settings = request->settings;
  int n_layers = request->snapshot->model->n_layers;
  LtSplit split;

  if (settings->layer > n_layers) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "This model has no hidden layer %d; layers are numbered from 1 to %d.",
                 settings->layer, n_layers);
    return FALSE;
  }
  if (settings->rows == LT_ROWS_MODEL)
    return TRUE;
  split = lt_view_split (settings->rows, request->data);
  if (lt_dataset_n (request->data, split) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The data set “%s” has no %s rows; choose examples of another split.",
                 lt_dataset_title (request->data), lt_split_name (split));
    return FALSE;
  }
  return TRUE;
}

/* NULL and a sentence for models that draw none. */
static LtParticles *
draw_rows (const LtViewRequest *request, GError **error)
{
  const LtParticlesOptions options = { .n = N_SAMPLES,
                                       .example = -1,
                                       .steps = STEPS,
                                       .temperature = 1,
                                       .label = -1,
                                       .samples = TRUE,
                                       .seed = request->seed };
  const char *why = NULL;

  if (lt_particles_suit (request->snapshot->model, &why))
    return lt_probe_particles (request->snapshot, request->data, &options, request->ws,
                               error);
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED, why);
  return NULL;
}

gpointer
lt_distribution_compute (const LtViewRequest *request, GError **error)
{
  const LtDistributionSettings *settings = request->settings;
  LtActivityOptions options = { .layer = settings->layer - 1,
                                .n_picture = settings->n_examples,
                                .sorted = settings->order == 0 };
  g_autoptr (LtParticles) drawn = NULL;
  const LtTensor *tensor;
  LtDistributionResult *self;

  if (!check (request, error))
    return NULL;
  if (settings->rows == LT_ROWS_MODEL) {
    drawn = draw_rows (request, error);
    if (drawn == NULL)
      return NULL;
    options.given = drawn->x;
    options.n_given = (gsize) drawn->n;
  } else {
    options.split = lt_view_split (settings->rows, request->data);
  }
  self = g_new0 (LtDistributionResult, 1);
  self->panels = &lt_distribution_panels;
  self->show = settings->panels;
  self->rows = drawn != NULL ? "sampled" : lt_split_name (options.split);
  self->activity =
      lt_probe_activity (request->snapshot, request->data, &options, request->ws);
  if (self->activity == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_DIVERGED,
                 "Activations of hidden layer %d are not finite numbers; go back to an "
                 "epoch before the run diverged.",
                 settings->layer);
    lt_distribution_free (self);
    return NULL;
  }
  if (drawn == NULL)
    self->classes = lt_view_class_names (request->data);
  self->moment = lt_view_moment (request->snapshot);
  tensor = lt_probe_weights_below (request->snapshot->model, options.layer);
  if (tensor != NULL)
    collect_weights (self, request->snapshot, tensor);
  else
    self->update_message = "This layer has no weights of its own.";
  collect_units (self, settings);
  make_titles (self);
  self->caption = make_caption (self);
  return self;
}

void
lt_distribution_free (gpointer result)
{
  LtDistributionResult *self = result;

  lt_histogram_free (self->weights);
  lt_histogram_free (self->update);
  lt_histogram_free (self->means);
  lt_activity_free (self->activity);
  g_free (self->tensor);
  g_strfreev (self->classes);
  g_free (self->marks);
  for (int i = 0; i < LT_N_PANELS; i++) {
    g_free (self->notes[i]);
    g_free (self->titles[i]);
  }
  g_free (self->dead);
  g_free (self->saturated);
  g_free (self->footer);
  g_free (self->caption);
  g_free (self->moment);
  g_free (self);
}
