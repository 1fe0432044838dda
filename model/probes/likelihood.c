/* The measures of models with an energy: what their probabilities of the data come to.
 *
 *   mean log p (x) = −mean F (x) − log Z
 *                  ≥ mean (−E (x, μ) + H (μ)) − log Z  where F cannot be had
 *
 * The free energies' gap needs no Z: it grows when the training rows become more probable
 * than rows that were held out (Hinton 2010, section 6). */
#include "probes/likelihood.h"

#include <math.h>

#include "core/kernels.h"

#define PSEUDO_ROWS 100 /* nv + 1 energies each */

static void
add (GArray *measures, const char *name, double value)
{
  LtMeasure measure = { .value = value };

  if (isnan (value))
    return;
  g_strlcpy (measure.name, name, sizeof measure.name);
  g_array_append_val (measures, measure);
}

/* NAN of no rows. */
static double
mean_energy (const LtSnapshot *snapshot,
             const LtDataset *data,
             LtSplit split,
             gboolean drawn,
             LtWorkspace *ws)
{
  const LtEnergyRows rows = { .split = split, .drawn = drawn };
  gsize n;
  g_autofree float *energies = lt_probe_free_energies (snapshot, data, &rows, ws, &n);

  return n > 0 ? lt_sum (energies, n) / (double) n : (double) NAN;
}

static void
add_energies (GArray *measures,
              const LtSnapshot *snapshot,
              const LtDataset *data,
              LtWorkspace *ws)
{
  LtSplit judge = lt_dataset_judge (data);
  double mean[LT_N_SPLITS];

  for (int split = 0; split < LT_N_SPLITS; split++) {
    g_autofree char *name =
        g_strdup_printf ("free_energy_%s", lt_split_name ((LtSplit) split));

    mean[split] = mean_energy (snapshot, data, (LtSplit) split, FALSE, ws);
    add (measures, name, mean[split]);
  }
  if (judge != LT_TRAIN)
    add (measures, "free_energy_gap", mean[judge] - mean[LT_TRAIN]);
}

/* The variational lower bound's part without log Z. NAN of no rows. */
static double
mean_bound (const LtSnapshot *snapshot,
            const LtDataset *data,
            LtSplit split,
            LtWorkspace *ws)
{
  const LtEnergyRows rows = { .split = split, .drawn = TRUE };
  gsize n;
  g_autofree float *bounds = lt_probe_bounds (snapshot, data, &rows, ws, &n);

  return n > 0 ? lt_sum (bounds, n) / (double) n : (double) NAN;
}

/* The exact log Z or else the estimate; NAN where there is neither. */
static double
add_log_z (GArray *measures, const LtCall *call, const LtAis *estimate)
{
  const LtModelKind *kind = call->model->kind;
  double log_z =
      kind->log_partition != NULL ? kind->log_partition (call) : (double) NAN;

  add (measures, "log_z_exact", log_z);
  if (estimate == NULL)
    return log_z;
  add (measures, "log_z_ais", estimate->log_z);
  add (measures, "log_z_ais_low", estimate->low);
  add (measures, "log_z_ais_high", estimate->high);
  add (measures, "log_weight_deviation", estimate->deviation);
  return isnan (log_z) ? estimate->log_z : log_z;
}

/* The estimate the other way; TRUE where none is wanted. */
static gboolean
add_downwards (GArray *measures,
               const LtSnapshot *snapshot,
               const LtDataset *data,
               const LtAisOptions *ais,
               LtWorkspace *ws,
               GError **error)
{
  LtAisOptions options;
  g_autoptr (LtAis) estimate = NULL;

  if (ais == NULL || !ais->both_ways)
    return TRUE;
  options = *ais;
  options.downwards = TRUE;
  estimate = lt_probe_ais (snapshot, data, &options, ws, error);
  if (estimate == NULL)
    return FALSE;
  add (measures, "log_z_ais_downwards", estimate->log_z);
  return TRUE;
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
  gboolean has_energy = lt_model_can (snapshot->model, LT_CAN_ENERGY);
  gboolean has_bound = snapshot->model->kind->bound != NULL;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  g_autoptr (LtAis) estimate = NULL;
  double log_z;

  if (ais != NULL && (estimate = lt_probe_ais (snapshot, data, ais, ws, error)) == NULL)
    return FALSE;
  if (!has_energy && !has_bound)
    return TRUE;
  if (has_energy) {
    add_energies (measures, snapshot, data, ws);
    add (measures, "pseudo_log_likelihood",
         lt_probe_pseudo_likelihood (snapshot, data, split, PSEUDO_ROWS, ws));
  }
  log_z = add_log_z (measures, &call, estimate);
  if (!add_downwards (measures, snapshot, data, ais, ws, error))
    return FALSE;
  if (isnan (log_z))
    return TRUE;
  if (has_energy)
    add (measures, "log_likelihood_per_example",
         -mean_energy (snapshot, data, split, TRUE, ws) - log_z);
  if (has_bound)
    add (measures, "log_likelihood_lower_bound_per_example",
         mean_bound (snapshot, data, split, ws) - log_z);
  return TRUE;
}
