/* The trainer as others see it: starting, commanding, asking, ending. */
#include "train/trainer-private.h"

#include "core/error.h"
#include "train/takeover.h"

#include <math.h>
#include <string.h>

/* ---- Starting ------------------------------------------------------------------------------ */

/* Runs are numbered in the order in which they begin. */
static guint64
next_run (void)
{
  static atomic_ullong n_runs;

  return atomic_fetch_add (&n_runs, 1) + 1;
}

/* The classes that a model tells apart are the data's. */
static gboolean
check_classes (const LtModel *model, const LtDataset *dataset, GError **error)
{
  const LtKnobTable *knobs = &model->kind->knobs;
  int n_classes = lt_dataset_n_classes (dataset);
  const LtKnob *knob = lt_knobs_find (knobs, "label-units");

  if (model->n_classes == 0 || model->n_classes == n_classes)
    return TRUE;
  if (knob == NULL)
    knob = lt_knobs_find (knobs, "classes");
  if (n_classes == 0)
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNSUPPORTED,
        "“%s” tells %d classes apart, but “%s” has no labels; choose data that "
        "have, or another model.",
        model->kind->title, model->n_classes, lt_dataset_title (dataset));
  else
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "“%s” tells %d classes apart, but “%s” has %d; set %s=%d.",
                 model->kind->title, model->n_classes, lt_dataset_title (dataset),
                 n_classes, knob != NULL ? knob->key : "their number", n_classes);
  return FALSE;
}

static gboolean
check_options (const LtExperiment *experiment,
               GPtrArray *models,
               const LtDataset *dataset,
               GError **error)
{
  if (lt_dataset_n (dataset, LT_TRAIN) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "“%s” has no training rows; lower the fractions for validation and "
                 "test.",
                 lt_dataset_title (dataset));
    return FALSE;
  }
  for (guint i = 0; i < models->len; i++) {
    gboolean present = (int) i == experiment->phase;
    const LtTraining *training =
        present ? &experiment->training : &experiment->phases[i].training;
    const LtModel *model = models->pdata[i];

    if (!check_classes (model, dataset, error))
      return FALSE;
    if (training->optimiser != LT_LBFGS || model->state == NULL)
      continue;
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "L-BFGS needs an objective that stays the same from one evaluation to "
                 "the next, and that of “%s” does not; choose another optimiser.",
                 model->kind->title);
    return FALSE;
  }
  return TRUE;
}

/* Takes models. */
static LtTrainer *
trainer_new (const LtExperiment *experiment,
             GPtrArray *models,
             const LtTrainerOptions *options)
{
  LtTrainer *self = g_new0 (LtTrainer, 1);

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->changed, NULL);
  g_queue_init (&self->turns);
  atomic_init (&self->slot, NULL);
  atomic_init (&self->stop, FALSE);
  self->models = models;
  self->model = models->pdata[experiment->phase];
  self->dataset = lt_dataset_ref (options->dataset);
  self->experiment = lt_experiment_dup (experiment);
  self->wanted = lt_experiment_dup (experiment);
  self->run = next_run ();
  self->log = lt_log_new ();
  self->status.objective = (double) NAN;
  self->status.seconds_left = (double) NAN;
  self->status.n_epochs = lt_experiment_total_epochs (experiment, 0);
  lt_trainer_init_state (self, MAX (1, options->n_threads));
  return self;
}

static void
start (LtTrainer *self)
{
  lt_trainer_show (self, NULL);
  self->newest = lt_trainer_snapshot (self, NULL);
  if (pthread_create (&self->thread, NULL, lt_trainer_main, self) != 0)
    g_error ("No thread can be created.");
}

/* Everything but the threads. */
static void
destroy (LtTrainer *self)
{
  LtSnapshot *shown = atomic_exchange (&self->slot, NULL);
  LtTurn *turn;

  g_clear_pointer (&self->writer, lt_writer_free);
  while ((turn = g_queue_pop_head (&self->turns)) != NULL) {
    g_free (turn->key);
    g_free (turn->value);
    g_free (turn);
  }
  g_clear_pointer (&shown, lt_snapshot_unref);
  g_clear_pointer (&self->newest, lt_snapshot_unref);
  lt_trainer_clear_state (self);
  lt_experiment_free (self->wanted);
  lt_log_unref (self->log);
  lt_dataset_unref (self->dataset);
  g_ptr_array_unref (self->models);
  g_free (self->path);
  g_free (self->notice);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Adds a sentence, which may be NULL, to those that are to be said. Takes it. */
static void
add_notice (LtTrainer *self, char *sentence)
{
  g_autofree char *added = sentence;
  g_autofree char *before = self->notice;

  if (before != NULL && added != NULL)
    self->notice = g_strconcat (before, " ", added, NULL);
  else
    self->notice =
        before != NULL ? g_steal_pointer (&before) : g_steal_pointer (&added);
}

static void
note_phases (LtTrainer *self)
{
  for (guint i = 1; i < self->models->len; i++)
    add_notice (self, lt_takeover_notice (self->models->pdata[i - 1],
                                          self->models->pdata[i], (int) i + 1));
}

/* Visible units learn the values that their data were prepared to. */
static void
note_preparation (LtTrainer *self, const LtExperiment *other)
{
  static const char *const keys[] = { "contrast", "scaling", "whitening", NULL };
  const LtPreparation *there = &other->data->preparation;
  const LtPreparation *here = &self->experiment->data->preparation;
  g_autofree const LtKnob **differences =
      lt_knobs_differences (&lt_preparation_knobs, there, here);

  for (int i = 0; differences[i] != NULL; i++) {
    const char *key = differences[i]->key;
    g_autofree char *before = lt_knob_format (differences[i], there);
    g_autofree char *now = lt_knob_format (differences[i], here);

    if (g_strv_contains (keys, key))
      add_notice (self, g_strdup_printf (
                            "The weights of “%s” were learnt with %s=%s, "
                            "but here it is %s: set %s=%s to keep what they "
                            "have learnt of the values.",
                            self->experiment->from, key, before, now, key, before));
  }
}

/* "RUN.lantern@110" as a path and an epoch, −1 where none is named: a file may be called so,
 * too. */
static char *
split_from (const char *from, int *epoch)
{
  const char *at = strrchr (from, '@');
  guint64 number;

  *epoch = -1;
  if (at == NULL || g_file_test (from, G_FILE_TEST_EXISTS) ||
      !g_ascii_string_to_unsigned (at + 1, 10, 0, G_MAXINT, &number, NULL))
    return g_strdup (from);
  *epoch = (int) number;
  return g_strndup (from, (gsize) (at - from));
}

/* Other rows have other lengths of weights. */
static gboolean
check_row (LtTrainer *self, LtRunFile *file, GError **error)
{
  g_autoptr (GBytes) bytes = lt_run_file_load_trainer (file);
  guint64 nv = lt_trainer_saved_nv (bytes);
  int own = self->model->shape.nv;

  if (nv == 0 || nv == (guint64) own)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "that run was trained on rows of %" G_GUINT64_FORMAT
               " values, while those of “%s” have %d; train on data of that length, "
               "prepared as there, or begin with a run on rows of %d.",
               nv, lt_dataset_title (self->dataset), own, own);
  return FALSE;
}

/* “Restricted Boltzmann machine” with visible=gaussian */
static char *
describe_machine (const LtModelKind *kind, gconstpointer settings)
{
  const LtKnob *visible = lt_knobs_find (&kind->knobs, "visible");
  g_autofree char *value = visible != NULL ? lt_knob_format (visible, settings) : NULL;

  return value != NULL ? g_strdup_printf ("“%s” with visible=%s", kind->title, value)
                       : g_strdup_printf ("“%s”", kind->title);
}

/* The models of the run in the file. They were built once, so that all that can be in the way
 * is what kind of values this run's data are. */
static GPtrArray *
build_models_of (LtTrainer *self, LtRunFile *file, GError **error)
{
  const LtExperiment *other = lt_run_file_experiment (file);
  const LtShape *shape = &self->model->shape;
  GPtrArray *models = lt_experiment_build (other, shape, NULL);
  g_autofree char *there = describe_machine (other->kind, other->settings);
  g_autofree char *here =
      describe_machine (self->model->kind, self->experiment->settings);

  if (models == NULL)
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNSUPPORTED,
        "that run trained %s, which does not go with the values of “%s”, of the "
        "kind “%s”, that %s takes here; prepare the data as there, or begin "
        "with a run on such values.",
        there, lt_dataset_title (self->dataset),
        lt_value_kind_name (shape->modality[0].kind), here);
  return models;
}

/* The weights of the run at experiment->from, in place of the first ones. */
static gboolean
begin_from (LtTrainer *self, GError **error)
{
  int epoch;
  g_autofree char *path = split_from (self->experiment->from, &epoch);
  g_autoptr (LtRunFile) file = lt_run_file_open (path, FALSE, error);
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtCall call = { .model = self->model, .settings = self->experiment->settings };
  LtCall from;

  if (file == NULL)
    return FALSE;
  if (epoch < 0)
    epoch = lt_run_file_last_epoch (file);
  if (check_row (self, file, error))
    models = build_models_of (self, file, error);
  if (models != NULL)
    snapshot = lt_run_file_load_epoch (file, models, epoch, error);
  if (snapshot == NULL) {
    g_prefix_error (error, "The weights of “%s” cannot be taken over: ", path);
    return FALSE;
  }
  call.ws = self->ws;
  from = lt_snapshot_call (snapshot, self->ws, NULL);
  if (lt_model_adopt (&call, &from, self->params, self->state, error)) {
    lt_trainer_remember_as_good (self);
    note_preparation (self, lt_run_file_experiment (file));
    add_notice (self, lt_takeover_notice (snapshot->model, self->model,
                                          self->experiment->n_phases > 0));
    return TRUE;
  }
  g_prefix_error (error, "“%s”: ", path);
  return FALSE;
}

static LtTrainer *
begin_run (const LtTrainerOptions *options, GError **error)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_dup (options->experiment);
  g_autoptr (GPtrArray) models = NULL;
  LtTrainer *self;

  lt_experiment_enter (experiment, 0);
  models = lt_experiment_build (experiment, lt_dataset_shape (options->dataset), error);
  if (models == NULL || !check_options (experiment, models, options->dataset, error))
    return NULL;
  self = trainer_new (experiment, g_steal_pointer (&models), options);
  if (experiment->from != NULL && !begin_from (self, error)) {
    destroy (self);
    return NULL;
  }
  note_phases (self);
  if (options->path != NULL) {
    LtWriterOptions writer = { .path = options->path,
                               .experiment = experiment,
                               .log = self->log };

    self->path = g_strdup (options->path);
    self->writer = lt_writer_new (&writer);
  }
  start (self);
  return self;
}

/* The run's log and state as they were at the resume point, in memory and in the file. */
static gboolean
rewind_run (LtTrainer *self,
            LtRunFile *file,
            const LtResumePoint *point,
            GError **error)
{
  guint n_entries[3];

  if (!lt_trainer_restore (self, point, error))
    return FALSE;
  n_entries[0] = (guint) self->at.n_rows;
  n_entries[1] = (guint) self->at.n_epochs;
  n_entries[2] = (guint) self->at.n_events;
  return lt_run_file_rewind (file, point, n_entries, error) &&
         lt_run_file_read_log (file, self->log, error);
}

/* Takes models where it succeeds. */
static LtTrainer *
resume_with (const LtTrainerOptions *options,
             LtRunFile *file,
             GPtrArray **models,
             const LtResumePoint *point,
             GError **error)
{
  g_autoptr (LtExperiment) experiment =
      lt_trainer_saved_experiment (point->trainer, lt_run_file_path (file), error);
  LtTrainer *self;

  if (experiment == NULL ||
      !check_options (experiment, *models, options->dataset, error))
    return NULL;
  if (experiment->phase != point->snapshot->phase) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” cannot be resumed: its resume point is damaged; it can still be "
                 "looked at.",
                 lt_run_file_path (file));
    return NULL;
  }
  self = trainer_new (experiment, g_steal_pointer (models), options);
  self->path = g_strdup (lt_run_file_path (file));
  if (rewind_run (self, file, point, error))
    return self;
  destroy (self);
  return NULL;
}

static LtTrainer *
resume_run (const LtTrainerOptions *options, GError **error)
{
  g_autoptr (LtRunFile) file = lt_run_file_open (options->resume, TRUE, error);
  g_autoptr (GPtrArray) models = NULL;
  LtResumePoint point = { .snapshot = NULL };
  const LtExperiment *experiment;
  LtTrainer *self = NULL;

  if (file == NULL)
    return NULL;
  experiment = lt_run_file_experiment (file);
  models = lt_experiment_build (experiment, lt_dataset_shape (options->dataset), error);
  if (models == NULL)
    return NULL;
  if (lt_run_file_load_resume (file, models, &point, error))
    self = resume_with (options, file, &models, &point, error);
  if (self != NULL) {
    LtWriterOptions writer = { .path = self->path,
                               .experiment = experiment,
                               .log = self->log };

    writer.file = g_steal_pointer (&file);
    self->writer = lt_writer_new (&writer);
    start (self);
  }
  lt_resume_point_clear (&point);
  return self;
}

LtTrainer *
lt_trainer_new (const LtTrainerOptions *options, GError **error)
{
  g_return_val_if_fail (options->dataset != NULL, NULL);
  g_return_val_if_fail (options->experiment != NULL || options->resume != NULL, NULL);
  return options->resume != NULL ? resume_run (options, error)
                                 : begin_run (options, error);
}

void
lt_trainer_free (LtTrainer *self)
{
  pthread_mutex_lock (&self->lock);
  atomic_store (&self->stop, TRUE);
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  pthread_join (self->thread, NULL);
  destroy (self);
}

/* ---- Commanding ---------------------------------------------------------------------------- */

void
lt_trainer_advance (LtTrainer *self, LtAdvance how)
{
  static const LtOrder orders[] = { [LT_STEP_BATCH] = LT_ORDER_BATCH,
                                    [LT_STEP_EPOCH] = LT_ORDER_EPOCH,
                                    [LT_RUN] = LT_ORDER_RUN };

  pthread_mutex_lock (&self->lock);
  if (self->status.epoch <
      lt_experiment_total_epochs (self->wanted, self->status.phase_epoch)) {
    self->order = orders[how];
    self->batch_done = self->epoch_done = FALSE;
    self->status.state = LT_TRAINER_RUNNING;
    self->status.message[0] = '\0';
    pthread_cond_broadcast (&self->changed);
  }
  pthread_mutex_unlock (&self->lock);
}

void
lt_trainer_pause (LtTrainer *self)
{
  pthread_mutex_lock (&self->lock);
  self->order = LT_ORDER_PAUSE;
  pthread_mutex_unlock (&self->lock);
}

void
lt_trainer_wait (LtTrainer *self)
{
  pthread_mutex_lock (&self->lock);
  while (self->status.state == LT_TRAINER_RUNNING)
    pthread_cond_wait (&self->changed, &self->lock);
  pthread_mutex_unlock (&self->lock);
}

/* With the lock held: sets it in the present phase of `wanted`, where the next turn is checked
 * too. */
static gboolean
check_knob (LtTrainer *self, const char *key, const char *value, GError **error)
{
  const LtModel *model = self->models->pdata[self->wanted->phase];
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (self->wanted, key, NULL, &settings);
  g_autofree char *before = NULL;
  gboolean fits;

  if (knob == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "There is no knob called “%s” here.", key);
    return FALSE;
  }
  if (!knob->live) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "%s (%s) cannot be changed while a run goes on; start a new run with "
                 "it.",
                 knob->title, key);
    return FALSE;
  }
  before = lt_knob_format (knob, settings);
  if (!lt_knob_parse (knob, value, settings, error))
    return FALSE;
  fits = model->kind->check (self->wanted->settings, &model->shape, error);
  if (!fits)
    lt_knob_parse (knob, before, settings, NULL);
  return fits;
}

/* With the lock held: the same for a phase that is still to come, "3:epochs". */
static gboolean
check_turn (LtTrainer *self, const char *key, const char *value, GError **error)
{
  const char *rest;
  int present = self->wanted->phase;
  int phase = lt_experiment_key_phase (self->wanted, key, &rest);
  gboolean good;

  if (phase < 0 || phase < present) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "“%s” means a phase that %s; start a new run with it.", key,
                 phase < 0 ? "is not there" : "is over");
    return FALSE;
  }
  if (phase == present)
    return check_knob (self, rest, value, error);
  lt_experiment_enter (self->wanted, phase);
  good = check_knob (self, rest, value, error);
  lt_experiment_enter (self->wanted, present);
  return good;
}

gboolean
lt_trainer_set_knob (LtTrainer *self,
                     const char *key,
                     const char *value,
                     GError **error)
{
  gboolean good;

  pthread_mutex_lock (&self->lock);
  good = check_turn (self, key, value, error);
  if (good) {
    LtTurn *turn = g_new (LtTurn, 1);

    turn->key = g_strdup (key);
    turn->value = g_strdup (value);
    g_queue_push_tail (&self->turns, turn);
    pthread_cond_broadcast (&self->changed);
  }
  pthread_mutex_unlock (&self->lock);
  return good;
}

/* ---- Asking --------------------------------------------------------------------------------- */

LtSnapshot *
lt_trainer_take_snapshot (LtTrainer *self)
{
  return atomic_exchange (&self->slot, NULL);
}

void
lt_trainer_get_status (LtTrainer *self, LtTrainerStatus *status)
{
  g_autofree char *trouble =
      self->writer != NULL ? lt_writer_trouble (self->writer) : NULL;

  pthread_mutex_lock (&self->lock);
  *status = self->status;
  pthread_mutex_unlock (&self->lock);
  status->recording = self->writer != NULL && trouble == NULL;
  if (trouble != NULL && status->message[0] == '\0')
    g_strlcpy (status->message, trouble, sizeof status->message);
}

LtLog *
lt_trainer_log (LtTrainer *self)
{
  return self->log;
}

LtModel *
lt_trainer_model (LtTrainer *self)
{
  LtModel *model;

  pthread_mutex_lock (&self->lock);
  model = self->model;
  pthread_mutex_unlock (&self->lock);
  return model;
}

guint64
lt_trainer_run (LtTrainer *self)
{
  return self->run;
}

const char *
lt_trainer_notice (LtTrainer *self)
{
  return self->notice;
}

LtExperiment *
lt_trainer_dup_experiment (LtTrainer *self)
{
  LtExperiment *experiment;

  pthread_mutex_lock (&self->lock);
  experiment = lt_experiment_dup (self->wanted);
  pthread_mutex_unlock (&self->lock);
  return experiment;
}

static LtSnapshot *
load_from_file (LtTrainer *self, int epoch, GError **error)
{
  g_autoptr (LtRunFile) file = lt_run_file_open (self->path, FALSE, error);
  LtSnapshot *snapshot;

  if (file == NULL)
    return NULL;
  snapshot = lt_run_file_load_epoch (file, self->models, epoch, error);
  if (snapshot != NULL)
    snapshot->run = self->run;
  return snapshot;
}

LtSnapshot *
lt_trainer_load_epoch (LtTrainer *self, int epoch, GError **error)
{
  LtSnapshot *snapshot = NULL;
  int newest;

  pthread_mutex_lock (&self->lock);
  newest = self->newest->epoch;
  if (newest == epoch)
    snapshot = lt_snapshot_ref (self->newest);
  pthread_mutex_unlock (&self->lock);
  if (snapshot != NULL)
    return snapshot;
  if (self->writer == NULL) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNSUPPORTED,
        "Epoch %d is not kept, because this run is not recorded; only epoch %d "
        "is there.",
        epoch, newest);
    return NULL;
  }
  snapshot = lt_writer_find (self->writer, epoch);
  return snapshot != NULL ? snapshot : load_from_file (self, epoch, error);
}
