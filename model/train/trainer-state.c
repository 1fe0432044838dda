/* The thread's state: made from an experiment, saved as bytes, restored from them.
 *
 * The bytes of a resume point are an LtProgress as it lies in memory, then the experiment
 * as JSON with its knobs as they are turned. Everything else that the next minibatch
 * depends on (parameters, chains, moments) has a column of its own in the run file. */
#include "train/trainer-private.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/* FNV-1a (Fowler, Noll & Vo) over the training rows' mean: two data sets that
 * agree in it and in their sizes are taken for the same. */
static guint64
fingerprint (const LtDataset *dataset)
{
  const guint8 *bytes = (const guint8 *) lt_dataset_mean (dataset);
  gsize n = (gsize) lt_dataset_shape (dataset)->nv * sizeof (float);
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (gsize i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

static void
init_progress (LtTrainer *self)
{
  guint64 seed = self->experiment->seed;

  lt_rng_init (&self->at.order_rng, seed, LT_STREAM_ORDER);
  lt_rng_init (&self->at.noise_rng, seed, LT_STREAM_NOISE);
  self->at.size = sizeof self->at;
  self->at.plateau_factor = 1;
  self->at.best_loss = HUGE_VAL;
  self->at.lowest = self->at.first = (double) NAN;
  self->at.n_train = self->n_rows;
  self->at.nv = (guint64) self->model->shape.nv;
  self->at.fingerprint = fingerprint (self->dataset);
}

static void
init_blocks (LtTrainer *self)
{
  const LtLayout *layout = self->model->params;

  self->params = lt_block_new (layout);
  self->gradient = lt_block_new (layout);
  self->before = lt_block_new (layout);
  self->good = lt_block_new (layout);
  self->candidate = lt_block_new (layout);
  if (self->experiment->training.optimiser == LT_LBFGS)
    self->chunk_gradient = lt_block_new (layout);
  if (self->model->state != NULL) {
    self->state = lt_block_new (self->model->state);
    self->good_state = lt_block_new (self->model->state);
    self->candidate_state = lt_block_new (self->model->state);
  }
}

void
lt_trainer_remember_as_good (LtTrainer *self)
{
  memcpy (self->good, self->params,
          lt_layout_size (self->model->params) * sizeof (float));
  if (self->state != NULL)
    memcpy (self->good_state, self->state,
            lt_layout_size (self->model->state) * sizeof (float));
  self->good_step = self->at.step;
  self->good_progress = (double) self->at.epoch;
}

void
lt_trainer_init_model (LtTrainer *self)
{
  LtRng rng, phase;

  init_blocks (self);
  lt_rng_init (&rng, self->experiment->seed, LT_STREAM_INIT);
  for (gint64 i = 0; i < self->at.phase; i++) {
    lt_rng_split (&rng, &phase);
    rng = phase;
  }
  self->model->kind->init (self->model, self->experiment->settings,
                           lt_dataset_mean (self->dataset), &rng, self->params,
                           self->state);
  self->optimiser = lt_optimiser_new (self->model->params, &self->experiment->training);
  lt_trainer_remember_as_good (self);
}

void
lt_trainer_init_state (LtTrainer *self, int n_threads)
{
  self->n_rows = lt_dataset_n (self->dataset, LT_TRAIN);
  self->rows = g_new (guint32, self->n_rows);
  self->team = lt_team_new (n_threads);
  self->ws = lt_workspace_new (self->team);
  init_progress (self);
  self->at.phase = self->experiment->phase;
  lt_trainer_init_model (self);
}

static void
clear_block (float **block)
{
  g_clear_pointer (block, lt_block_free);
}

void
lt_trainer_clear_model (LtTrainer *self)
{
  clear_block (&self->params);
  clear_block (&self->state);
  clear_block (&self->gradient);
  clear_block (&self->before);
  clear_block (&self->chunk_gradient);
  clear_block (&self->good);
  clear_block (&self->good_state);
  clear_block (&self->candidate);
  clear_block (&self->candidate_state);
  clear_block (&self->batch_features);
  self->feature_capacity = 0;
  g_clear_pointer (&self->features, g_free);
  g_clear_pointer (&self->optimiser, lt_optimiser_free);
}

void
lt_trainer_clear_state (LtTrainer *self)
{
  lt_trainer_clear_model (self);
  clear_block (&self->x);
  g_clear_pointer (&self->labels, g_free);
  g_clear_pointer (&self->rows, g_free);
  g_clear_pointer (&self->ws, lt_workspace_free);
  g_clear_pointer (&self->team, lt_team_free);
  g_clear_pointer (&self->experiment, lt_experiment_free);
}

/* ---- Bytes ------------------------------------------------------------------------------- */

GBytes *
lt_trainer_save (const LtTrainer *self)
{
  g_autofree char *json = lt_experiment_to_json (self->experiment);
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) &self->at, sizeof self->at);
  g_byte_array_append (bytes, (const guint8 *) json, (guint) strlen (json));
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
read_progress (GBytes *bytes, LtProgress *at)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (size <= sizeof *at)
    return FALSE;
  memcpy (at, data, sizeof *at);
  return at->size == sizeof *at && at->phase >= 0 && at->epoch >= 0 &&
         at->epoch <= G_MAXINT && at->n_rows <= G_MAXUINT &&
         at->n_epochs <= G_MAXUINT && at->n_events <= G_MAXUINT;
}

guint64
lt_trainer_saved_nv (GBytes *bytes)
{
  LtProgress at;

  return bytes != NULL && read_progress (bytes, &at) ? at.nv : 0;
}

LtExperiment *
lt_trainer_saved_experiment (GBytes *bytes, const char *origin, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  LtExperiment *experiment;
  LtProgress at;

  if (!read_progress (bytes, &at)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” cannot be resumed: its resume point is damaged, or of another "
                 "version of Lantern; it can still be looked at.",
                 origin);
    return NULL;
  }
  experiment = lt_experiment_from_json (data + sizeof at, (gssize) (size - sizeof at),
                                        origin, error);
  if (experiment != NULL && at.phase < MAX (1, experiment->n_phases))
    lt_experiment_enter (experiment, (int) at.phase);
  return experiment;
}

gboolean
lt_trainer_restore (LtTrainer *self, const LtResumePoint *point, GError **error)
{
  LtProgress at;

  if (!read_progress (point->trainer, &at))
    g_return_val_if_reached (FALSE);
  if (at.n_train != self->at.n_train || at.nv != self->at.nv ||
      at.fingerprint != self->at.fingerprint) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The run was trained on %" G_GUINT64_FORMAT
                 " rows of %" G_GUINT64_FORMAT
                 " values, and the data given now (%" G_GSIZE_FORMAT " rows of %d) are "
                 "others; resume it with the same data.",
                 at.n_train, at.nv, self->n_rows, self->model->shape.nv);
    return FALSE;
  }
  if (!lt_optimiser_restore (self->optimiser, point->optimiser, error))
    return FALSE;
  self->at = at;
  self->resumed = TRUE;
  self->terms = point->snapshot->terms;
  memcpy (self->params, point->snapshot->params,
          lt_layout_size (self->model->params) * sizeof (float));
  if (self->state != NULL)
    memcpy (self->state, point->snapshot->state,
            lt_layout_size (self->model->state) * sizeof (float));
  lt_trainer_remember_as_good (self);
  return TRUE;
}
