/* The measures of models with an energy: what their probabilities of the data come to.
 *
 *   mean log p (x) = −mean F (x) − log Z
 *                  ≥ mean (−E (x, μ) + H (μ)) − log Z  where F cannot be had
 *
 * The free energies' gap needs no Z: it grows when the training rows become more probable
 * than rows that were held out (Hinton 2010, section 6). The variational free energies
 * E (x, μ) − H (μ) are upper bounds of F, and have a gap as well. */
#include "probes/likelihood.h"

#include <math.h>

#include "core/kernels.h"

#define PSEUDO_ROWS 100 /* nv + 1 energies each */
#define BOUND_ROWS \
  10000 /* of splits that are there to compare to: mean field is slow */

/* What is judged, and where its measures go. */
typedef struct {
  const LtSnapshot *snapshot;
  const LtDataset *data;
  LtSplit split;
  LtWorkspace *ws;
  GArray *measures;
  double bound; /* mean −E (x, μ) + H (μ) of the split; NAN: the model has none */
} Judging;

static void
add (const Judging *self, const char *name, double value)
{
  LtMeasure measure = { .value = value };

  if (isnan (value))
    return;
  g_strlcpy (measure.name, name, sizeof measure.name);
  g_array_append_val (self->measures, measure);
}

/* ---- Free energies --------------------------------------------------------------- */

static double
mean_of (float *values, gsize n)
{
  double mean = n > 0 ? lt_sum (values, n) / (double) n : (double) NAN;

  g_free (values);
  return mean;
}

/* NAN of no rows. */
static double
mean_energy (const Judging *self, LtSplit split, gboolean drawn)
{
  const LtEnergyRows rows = { .split = split, .drawn = drawn };
  gsize n;
  float *energies =
      lt_probe_free_energies (self->snapshot, self->data, &rows, self->ws, &n);

  return mean_of (energies, n);
}

/* The variational lower bound's part without log Z. NAN of no rows. */
static double
mean_bound (const Judging *self, LtSplit split)
{
  const LtEnergyRows rows = { .split = split,
                              .limit = split == self->split ? 0 : BOUND_ROWS,
                              .drawn = TRUE };
  gsize n;
  float *bounds = lt_probe_bounds (self->snapshot, self->data, &rows, self->ws, &n);

  return mean_of (bounds, n);
}

/* what: "free_energy", whose means of each split these are. */
static void
add_splits (const Judging *self, const char *what, const double mean[LT_N_SPLITS])
{
  LtSplit judge = lt_dataset_judge (self->data);
  g_autofree char *gap = g_strconcat (what, "_gap", NULL);

  for (int split = 0; split < LT_N_SPLITS; split++) {
    g_autofree char *name =
        g_strconcat (what, "_", lt_split_name ((LtSplit) split), NULL);

    add (self, name, mean[split]);
  }
  if (judge != LT_TRAIN)
    add (self, gap, mean[judge] - mean[LT_TRAIN]);
}

static void
add_energies (const Judging *self)
{
  double mean[LT_N_SPLITS];

  for (int split = 0; split < LT_N_SPLITS; split++)
    mean[split] = mean_energy (self, (LtSplit) split, FALSE);
  add_splits (self, "free_energy", mean);
  add (self, "pseudo_log_likelihood",
       lt_probe_pseudo_likelihood (self->snapshot, self->data, self->split, PSEUDO_ROWS,
                                   self->ws));
}

static void
add_bounds (Judging *self)
{
  double mean[LT_N_SPLITS];

  for (int split = 0; split < LT_N_SPLITS; split++)
    mean[split] = -mean_bound (self, (LtSplit) split);
  add_splits (self, "variational_free_energy", mean);
  self->bound = -mean[self->split];
}

/* ---- Likelihoods ----------------------------------------------------------------- */

static void
add_estimate (const Judging *self,
              double log_z,
              double low,
              double high,
              double deviation)
{
  add (self, "log_z_ais", log_z);
  add (self, "log_z_ais_low", low);
  add (self, "log_z_ais_high", high);
  add (self, "log_weight_deviation", deviation);
}

/* The estimate the other way. */
static void
add_downwards (const Judging *self, const LtAisOptions *ais)
{
  LtAisOptions options = *ais;
  g_autoptr (LtAis) estimate = NULL;

  options.downwards = TRUE;
  estimate = lt_probe_ais (self->snapshot, self->data, &options, self->ws, NULL);
  if (estimate != NULL)
    add (self, "log_z_ais_downwards", estimate->log_z);
}

/* One log Z serves all rows: the exact one, or else the estimate. */
static gboolean
judge_rows (const Judging *self, const LtAisOptions *ais, GError **error)
{
  const LtModelKind *kind = self->snapshot->model->kind;
  LtCall call = lt_snapshot_call (self->snapshot, self->ws, NULL);
  g_autoptr (LtAis) estimate = NULL;
  double log_z =
      kind->log_partition != NULL ? kind->log_partition (&call) : (double) NAN;

  add (self, "log_z_exact", log_z);
  if (ais != NULL)
    estimate = lt_probe_ais (self->snapshot, self->data, ais, self->ws, error);
  if (estimate != NULL)
    add_estimate (self, estimate->log_z, estimate->low, estimate->high,
                  estimate->deviation);
  if (estimate != NULL && ais->both_ways)
    add_downwards (self, ais);
  if (isnan (log_z) && estimate != NULL)
    log_z = estimate->log_z;
  if (!isnan (log_z) && lt_model_can (self->snapshot->model, LT_CAN_ENERGY))
    add (self, "log_likelihood_per_example",
         -mean_energy (self, self->split, TRUE) - log_z);
  add (self, "log_likelihood_lower_bound_per_example", self->bound - log_z);
  return ais == NULL || estimate != NULL;
}

static gboolean
holds_words_only (const LtShape *shape)
{
  for (int i = 0; i < shape->n_modalities; i++)
    if (shape->modality[i].kind != LT_COUNTS)
      return FALSE;
  return TRUE;
}

/* Exact and estimated log Z are of the same documents, so that they can be compared; the
 * likelihood is of all of them where the exact log Z is known. */
static gboolean
judge_documents (const Judging *self, const LtAisOptions *ais, GError **error)
{
  const LtDataset *data = self->data;
  LtDocumentsJudged all, some;
  gboolean annealed = FALSE;
  double log_p, n_words;

  lt_probe_judge_documents (self->snapshot, data, self->split, NULL, self->ws, &all,
                            NULL);
  if (ais != NULL)
    annealed = lt_probe_judge_documents (self->snapshot, data, self->split, ais,
                                         self->ws, &some, error);
  add (self, "log_z_exact", annealed ? some.log_z : all.log_z);
  log_p = -all.energy - all.log_z;
  n_words = all.n_words;
  if (annealed) {
    add_estimate (self, some.estimate, some.low, some.high, some.deviation);
    if (ais->both_ways)
      add (self, "log_z_ais_downwards", some.downwards);
    add (self, "annealed_documents", (double) some.n);
    if (isnan (log_p)) {
      log_p = -some.energy - some.estimate;
      n_words = some.n_words;
    }
  }
  add (self, "log_likelihood_per_example", log_p);
  if (holds_words_only (lt_dataset_shape (data))) {
    add (self, "log_likelihood_per_word", log_p / n_words);
    add (self, "perplexity_per_word", exp (-log_p / n_words));
  }
  return ais == NULL || annealed;
}

gboolean
lt_probe_measure_likelihood (const LtSnapshot *snapshot,
                             const LtDataset *data,
                             LtSplit split,
                             const LtAisOptions *ais,
                             LtWorkspace *ws,
                             GArray *measures,
                             GError **error)
{
  const LtModel *model = snapshot->model;
  gboolean has_energy = lt_model_can (model, LT_CAN_ENERGY);
  gboolean has_bound = model->kind->bound != NULL;
  Judging self = { snapshot, data, split, ws, measures, (double) NAN };

  if (!has_energy && !has_bound && ais == NULL)
    return TRUE;
  if (has_energy)
    add_energies (&self);
  if (has_bound)
    add_bounds (&self);
  if (lt_probe_n_lengths (model) > 0)
    return judge_documents (&self, ais, error);
  return judge_rows (&self, ais, error);
}
