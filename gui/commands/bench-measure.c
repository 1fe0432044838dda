/* How a workload is measured: the trainer trains it, as it would for anybody else. */
#include "commands/bench.h"
#include "core/error.h"
#include "core/matrix.h"
#include "train/trainer.h"

#include <cblas.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SGEMM_SIDE 2048
#define WINDOWS    2
#define WINDOW     1.0 /* seconds, about an epoch's: a machine is faster for a moment */

/* ---- The machine ---------------------------------------------------------------- */

/* Operations a second over a window; abc [3, side, side]. */
static double
sgemm_window (float *abc)
{
  const gsize n = (gsize) SGEMM_SIDE * SGEMM_SIDE;
  gint64 start = g_get_monotonic_time ();
  double done = 0, seconds;

  do {
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, SGEMM_SIDE, SGEMM_SIDE,
                 SGEMM_SIDE, 1, abc, SGEMM_SIDE, abc + n, SGEMM_SIDE, 0, abc + 2 * n,
                 SGEMM_SIDE);
    done += 2.0 * SGEMM_SIDE * (double) n;
    seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  } while (seconds < WINDOW);
  return done / seconds;
}

double
lt_bench_sgemm (int n_threads)
{
  const gsize n = 3 * (gsize) SGEMM_SIDE * SGEMM_SIDE;
  float *abc = lt_floats_new (n);
  double best = 0;
  LtRng rng;

  lt_rng_init (&rng, 1, 0);
  lt_rng_fill_uniform (&rng, n, abc);

  openblas_set_num_threads (n_threads);
  for (int i = 0; i < WINDOWS; i++)
    best = MAX (best, sgemm_window (abc));
  openblas_set_num_threads (1); /* as lt_svd and its like need it */

  lt_block_free (abc);
  return best;
}

/* Begins a new measurement of the peak where the kernel lets us (Linux, own process). */
static void
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file == NULL)
    return;
  fputs ("5", file);
  fclose (file);
}

/* VmHWM, in bytes; 0 where there is no such thing. */
static double
read_peak (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmHWM:");
  return 1024.0 * (line != NULL ? g_ascii_strtod (line + strlen ("VmHWM:"), NULL) : 0);
}

/* ---- The workload --------------------------------------------------------------- */

static LtExperiment *
compose (const LtWorkload *workload, GError **error)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();

  for (int i = 0; workload->settings[i] != NULL; i++) {
    if (!lt_experiment_set (experiment, workload->settings[i], error))
      return NULL;
  }
  return g_steal_pointer (&experiment);
}

/* Operations of the products in one gradient, counted while it is computed once. */
static gboolean
count_flops (const LtExperiment *experiment,
             const LtDataset *data,
             double *flops,
             GError **error)
{
  const int n = experiment->training.batch_size;
  g_autoptr (LtModel) model = lt_model_new (experiment->kind, experiment->settings,
                                            lt_dataset_shape (data), error);
  g_autoptr (LtWorkspace) ws = NULL;
  g_autofree float *x = NULL;
  float *params, *gradient, *state = NULL;
  LtTerms terms;
  LtRng rng;

  if (model == NULL)
    return FALSE;
  ws = lt_workspace_new (NULL);
  params = lt_block_new (model->params);
  gradient = lt_block_new (model->params);
  if (model->state != NULL)
    state = lt_block_new (model->state);
  x = g_new (float, (gsize) n * model->shape.nv);
  lt_rng_init (&rng, experiment->seed, 0);
  model->kind->init (model, experiment->settings, lt_dataset_mean (data), &rng, params,
                     state);
  lt_dataset_gather (data, LT_TRAIN, NULL, 0, (gsize) n, x);

  *flops = -lt_product_flops ();
  model->kind->gradient (
      &(LtCall){ model, params, state, experiment->settings, ws, &rng },
      &(LtBatch){ .x = x, .n = n }, gradient, state, &terms);
  *flops = (*flops + lt_product_flops ()) / n;

  lt_block_free (params);
  lt_block_free (gradient);
  g_clear_pointer (&state, lt_block_free);
  return TRUE;
}

/* The fastest epoch's examples a second, from the trainer's own clock, which leaves
 * evaluation out. */
static double
best_rate (LtTrainer *trainer, gsize n_rows)
{
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  double shortest = INFINITY;

  lt_log_read (lt_trainer_log (trainer), NULL, epochs, NULL);
  for (guint i = 1; i < epochs->len; i++) {
    const LtLogEpoch *epoch = &g_array_index (epochs, LtLogEpoch, i);

    shortest = MIN (shortest, epoch->seconds - epoch[-1].seconds);
  }
  return (double) n_rows / shortest;
}

static gboolean
train (const LtTrainerOptions *options, LtBenchResult *result, GError **error)
{
  g_autoptr (LtTrainer) trainer = lt_trainer_new (options, error);
  LtTrainerStatus status;

  if (trainer == NULL)
    return FALSE;
  lt_trainer_advance (trainer, LT_RUN);
  lt_trainer_wait (trainer);
  lt_trainer_get_status (trainer, &status);
  if (status.state != LT_TRAINER_FINISHED ||
      (options->path != NULL && !status.recording)) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED, status.message);
    return FALSE;
  }
  result->examples_per_second =
      best_rate (trainer, lt_dataset_n (options->dataset, LT_TRAIN));
  result->peak_bytes = read_peak ();
  return TRUE;
}

static gboolean
train_recorded (LtTrainerOptions *options, LtBenchResult *result, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-bench-XXXXXX", error);
  g_autofree char *path = NULL;
  GStatBuf info;
  gboolean trained;

  if (folder == NULL)
    return FALSE;
  path = g_build_filename (folder, "bench.lantern", NULL);
  options->path = path;
  trained = train (options, result, error);
  if (trained && g_stat (path, &info) == 0)
    result->run_file_bytes = (double) info.st_size;
  g_unlink (path);
  g_rmdir (folder);
  return trained;
}

static LtSnapshot *
snapshot_untrained (const LtExperiment *experiment,
                    const LtDataset *data,
                    GError **error)
{
  g_autoptr (LtModel) model = lt_model_new (experiment->kind, experiment->settings,
                                            lt_dataset_shape (data), error);
  LtSnapshot *snapshot;
  float *params;
  LtRng rng;

  if (model == NULL)
    return NULL;
  params = lt_block_new (model->params);
  lt_rng_init (&rng, experiment->seed, 0);
  model->kind->init (model, experiment->settings, lt_dataset_mean (data), &rng, params,
                     NULL);
  snapshot = lt_snapshot_new (model, params, NULL, NULL, experiment->settings);
  lt_block_free (params);
  return snapshot;
}

/* Steps a second, a run's step being an example. */
static gboolean
measure_ais (const LtExperiment *experiment,
             const LtDataset *data,
             const LtAisOptions *options,
             int n_threads,
             LtBenchResult *result,
             GError **error)
{
  const double steps = (double) options->runs * options->temperatures;
  g_autoptr (LtSnapshot) snapshot = snapshot_untrained (experiment, data, error);
  g_autoptr (LtTeam) team = lt_team_new (n_threads);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (team);
  g_autoptr (LtAis) ais = NULL;
  double flops = lt_product_flops ();
  gint64 start = g_get_monotonic_time ();

  if (snapshot == NULL)
    return FALSE;
  ais = lt_probe_ais (snapshot, data, options, ws, error);
  if (ais == NULL)
    return FALSE;
  result->examples_per_second =
      steps * 1e6 / (double) (g_get_monotonic_time () - start);
  result->flops_per_example = (lt_product_flops () - flops) / steps;
  result->peak_bytes = read_peak ();
  return TRUE;
}

gboolean
lt_bench_measure (const LtWorkload *workload,
                  int n_threads,
                  LtBenchResult *result,
                  GError **error)
{
  g_autoptr (LtExperiment) experiment = compose (workload, error);
  g_autoptr (LtDataset) data = NULL;
  LtTrainerOptions options;

  *result = (LtBenchResult){ 0 };
  if (experiment == NULL)
    return FALSE;
  reset_peak ();
  data = lt_data_spec_load (experiment->data, experiment->seed, error);
  if (data == NULL)
    return FALSE;
  if (workload->ais != NULL)
    return measure_ais (experiment, data, workload->ais, n_threads, result, error);
  if (!count_flops (experiment, data, &result->flops_per_example, error))
    return FALSE;

  options = (LtTrainerOptions){ .experiment = experiment,
                                .dataset = data,
                                .n_threads = n_threads };
  return workload->records ? train_recorded (&options, result, error)
                           : train (&options, result, error);
}
