/* One minibatch: gather, gradient, step, and what is kept of it. */
#include "train/trainer-private.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define ROWS_PER_EPOCH 50   /* of the log */
#define CHUNK          1000 /* rows at a time, when L-BFGS goes over all of them */
#define EXPLODED       1e3
#define SOUND          10
#define SMALL_PART     0.01
#define SHOW_PAUSE     20 /* times as long as making a display snapshot takes */

double
lt_trainer_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

double
lt_trainer_progress (const LtTrainer *self)
{
  return (double) self->at.epoch + (double) self->position / (double) self->n_rows;
}

double
lt_trainer_phase_progress (const LtTrainer *self)
{
  return lt_trainer_progress (self) - (double) self->at.phase_epoch;
}

double
lt_trainer_rate (const LtTrainer *self)
{
  const LtTraining *training = &self->experiment->training;
  double rate = lt_schedule_rate (training, lt_trainer_phase_progress (self));

  return training->schedule == LT_SCHEDULE_PLATEAU ? rate * self->at.plateau_factor
                                                   : rate;
}

/* ---- The order of the rows ----------------------------------------------------------------- */

/* From the same start each time, so that the order is a function of the generator alone. */
void
lt_trainer_begin_epoch (LtTrainer *self)
{
  self->position = 0;
  for (gsize i = 0; i < self->n_rows; i++)
    self->rows[i] = (guint32) i;
  if (self->experiment->training.optimiser != LT_LBFGS)
    lt_rng_shuffle (&self->at.order_rng, self->rows, self->n_rows);
}

typedef struct {
  LtTrainer *self;
  const guint32 *rows;
  gsize n;
} GatherJob;

static void
gather_share (gpointer data, int member, int n_members)
{
  const GatherJob *job = data;
  LtTrainer *self = job->self;
  gsize first, last;

  lt_team_share (job->n, 1, member, n_members, &first, &last);
  if (first < last)
    lt_dataset_gather (self->dataset, LT_TRAIN, job->rows + first, 0, last - first,
                       self->x + first * (gsize) self->model->shape.nv);
}

/* The rows `first` … of the epoch's order, as a batch. */
static LtBatch
gather (LtTrainer *self, gsize first, gsize n)
{
  GatherJob job = { .self = self, .rows = self->rows + first, .n = n };
  gboolean labelled = lt_dataset_n_classes (self->dataset) > 0;

  if (n > self->capacity) {
    if (self->x != NULL)
      lt_block_free (self->x);
    self->x = lt_floats_new (n * (gsize) self->model->shape.nv);
    self->labels = g_renew (int, self->labels, n);
    self->capacity = n;
  }
  lt_team_run (self->team, gather_share, &job);
  if (labelled)
    lt_dataset_gather_labels (self->dataset, LT_TRAIN, job.rows, 0, n, self->labels);
  return (LtBatch){ .x = self->x,
                    .labels = labelled ? self->labels : NULL,
                    .features = lt_trainer_gather_features (self, job.rows, n),
                    .n = (int) n,
                    .epoch = (int) (self->at.epoch - self->at.phase_epoch),
                    .step = self->at.step };
}

static LtCall
call_with (LtTrainer *self, const float *params, LtRng *rng)
{
  lt_workspace_reset (self->ws);
  return (LtCall){ .model = self->model,
                   .params = params,
                   .state = self->state,
                   .settings = self->experiment->settings,
                   .ws = self->ws,
                   .rng = rng };
}

/* ---- Is it sound? ------------------------------------------------------------------------ */

static gsize
block_size (const LtTrainer *self)
{
  return lt_layout_size (self->model->params);
}

/* How far above the lowest objective this one is, in units of a typical one. The unit is
 * no smaller than a hundredth of the first objective, so that the ups and downs around a
 * perfect fit are not taken for explosions. */
static double
rise (const LtTrainer *self, double objective)
{
  double unit =
      MAX (fabs (self->at.lowest), SMALL_PART * fabs (self->at.first)) + 1e-30;

  return (objective - self->at.lowest) / unit;
}

/* The objective just computed belongs to the parameters that the last log row ended with:
 * when it is of the usual size, they were sound. */
static void
judge_candidate (LtTrainer *self, double objective)
{
  float *spare = self->good;

  if (!self->has_candidate)
    return;
  self->has_candidate = FALSE;
  if (rise (self, objective) > SOUND)
    return;
  self->good = self->candidate;
  self->candidate = spare;
  self->good_step = self->candidate_step;
  self->good_progress = self->candidate_progress;
  spare = self->good_state;
  self->good_state = self->candidate_state;
  self->candidate_state = spare;
}

static void
nominate_candidate (LtTrainer *self)
{
  memcpy (self->candidate, self->params, block_size (self) * sizeof (float));
  if (self->state != NULL)
    memcpy (self->candidate_state, self->state,
            lt_layout_size (self->model->state) * sizeof (float));
  self->candidate_step = self->at.step;
  self->candidate_progress = lt_trainer_progress (self);
  self->has_candidate = TRUE;
}

/* ---- What is kept of it --------------------------------------------------------------------- */

static void
add_to_means (LtMeans *means, const LtModel *model, const LtTerms *terms, double n)
{
  means->objective += n * lt_model_objective (model, terms);
  for (int i = 0; i < LT_MAX_TERMS; i++)
    means->terms[i] += n * terms->value[i];
  means->n += n;
}

/* Whether one of the epoch's equal parts ends within the n rows just used. */
static gboolean
row_is_due (const LtTrainer *self, gsize n)
{
  gsize end = self->position + n;

  return end == self->n_rows || end * ROWS_PER_EPOCH / self->n_rows >
                                    self->position * ROWS_PER_EPOCH / self->n_rows;
}

/* FALSE when the row shows that the run diverged. */
static gboolean
end_row (LtTrainer *self, double rate, double gradient_norm, const char **what)
{
  LtLogRow row = { .step = self->at.step,
                   .progress = lt_trainer_progress (self),
                   .objective = self->row.objective / self->row.n,
                   .learning_rate = rate,
                   .gradient_norm = gradient_norm };

  for (int i = 0; i < LT_MAX_TERMS; i++)
    row.terms[i] = self->row.terms[i] / self->row.n;
  memset (&self->row, 0, sizeof self->row);
  lt_log_add_row (self->log, &row);
  self->at.n_rows++;
  pthread_mutex_lock (&self->lock);
  self->status.objective = row.objective;
  pthread_mutex_unlock (&self->lock);
  if (isinf (gradient_norm) || !lt_all_finite (self->params, block_size (self))) {
    *what = "a parameter is no finite number any more";
    return FALSE;
  }
  if (rise (self, row.objective) > EXPLODED) {
    *what = "the objective has grown a thousandfold";
    return FALSE;
  }
  self->at.lowest = MIN (self->at.lowest, row.objective);
  nominate_candidate (self);
  return TRUE;
}

static void
measure_speed (LtTrainer *self, double examples, double seconds)
{
  self->at.seconds += seconds;
  self->rate_examples += examples;
  self->rate_seconds += seconds;
}

/* ---- Display ------------------------------------------------------------------------------ */

/* A display snapshot is made when the last one was taken, and not so often that making them
 * takes more than a twentieth of the time. What a minibatch changes is kept for it, and at the
 * end of an epoch, where training may stand. */
static void
plan_display (LtTrainer *self, gboolean ends_epoch, double now)
{
  self->will_show = self->want_update ||
                    (atomic_load (&self->slot) == NULL && now >= self->next_show);
  self->has_update = self->will_show || ends_epoch;
  if (self->has_update)
    memcpy (self->before, self->params, block_size (self) * sizeof (float));
}

static void
display (LtTrainer *self)
{
  double begun = lt_trainer_now (), ended;

  self->shown = FALSE;
  if (self->has_update)
    lt_axpby (1, self->params, -1, block_size (self), self->before);
  if (!self->will_show)
    return;
  lt_trainer_show (self, self->before);
  ended = lt_trainer_now ();
  self->next_show = ended + SHOW_PAUSE * (ended - begun);
}

/* ---- A minibatch ---------------------------------------------------------------------------- */

/* FALSE when it is not finite. */
static gboolean
accept_objective (LtTrainer *self, double objective, const char **what)
{
  if (isnan (objective))
    *what = "the objective is not a number any more";
  else if (!isfinite (objective))
    *what = "the objective is infinite";
  if (!isfinite (objective))
    return FALSE;
  if (isnan (self->at.first))
    self->at.first = self->at.lowest = objective;
  judge_candidate (self, objective);
  return TRUE;
}

static void
take_part (gpointer data, gsize offset, const float *gradient, gsize n)
{
  lt_optimiser_step_part (data, offset, gradient, n);
}

static void
compute_gradient (LtTrainer *self, const LtBatch *batch, const LtGradientSink *sink)
{
  LtCall call = call_with (self, self->params, &self->at.noise_rng);

  call.sink = sink;
  memset (&self->terms, 0, sizeof self->terms);
  self->model->kind->gradient (&call, batch, self->gradient, self->state, &self->terms);
}

/* Where nobody needs the gradient as a whole, each part of the parameters makes its step as
 * soon as the part's gradient is there, while both are in a cache; the outcome is the
 * same. An objective that is not finite is found out after that step, but then the
 * trainer goes back to earlier parameters anyway. */
static gboolean
train_minibatch (LtTrainer *self, gsize n, const char **what)
{
  LtBatch batch = gather (self, self->position, n);
  const LtModelKind *kind = self->model->kind;
  LtTraining training = self->experiment->training;
  gboolean due = row_is_due (self, n);
  gboolean whole = due || training.clip > 0 || !kind->streams_gradient;
  double rate = lt_trainer_rate (self), norm = 0;
  LtOptimiserStep step;
  LtGradientSink sink = { take_part, &step };

  training.momentum =
      lt_schedule_momentum (&training, lt_trainer_phase_progress (self));
  if (!whole)
    lt_optimiser_begin_step (self->optimiser, &training, rate, self->params, &step);
  compute_gradient (self, &batch, whole ? NULL : &sink);
  if (!accept_objective (self, lt_model_objective (self->model, &self->terms), what))
    return FALSE;
  if (due)
    norm = lt_gradient_norm (self->team, self->gradient, block_size (self));
  if (whole)
    lt_optimiser_step (self->optimiser, self->team, &training, rate, self->gradient,
                       self->params);
  if (kind->constrain != NULL)
    kind->constrain (self->model, self->experiment->settings, self->params);
  add_to_means (&self->row, self->model, &self->terms, (double) n);
  add_to_means (&self->epoch, self->model, &self->terms, (double) n);
  self->position += n;
  self->at.step++;
  if (!due)
    return TRUE;
  return end_row (self, rate, norm, what);
}

/* ---- A full-batch iteration -------------------------------------------------------------------- */

/* The objective over all training rows, the noise being the same each time: else L-BFGS
 * would be misled. Penalties on a batch's statistics are those of CHUNK rows. */
static double
whole_objective (gpointer data, const float *params, float *gradient)
{
  LtTrainer *self = data;
  gsize size = block_size (self);
  LtRng rng = self->at.noise_rng;

  memset (gradient, 0, size * sizeof *gradient);
  memset (&self->terms, 0, sizeof self->terms);
  for (gsize first = 0; first < self->n_rows; first += CHUNK) {
    gsize n = MIN (CHUNK, self->n_rows - first);
    double part = (double) n / (double) self->n_rows;
    LtTerms terms = { 0 };
    LtBatch batch;
    LtCall call;

    if (atomic_load (&self->stop))
      return HUGE_VAL;
    batch = gather (self, first, n);
    call = call_with (self, params, &rng);
    self->model->kind->gradient (&call, &batch, self->chunk_gradient, NULL, &terms);
    lt_axpy ((float) part, self->chunk_gradient, size, gradient);
    for (int i = 0; i < LT_MAX_TERMS; i++)
      self->terms.value[i] += part * terms.value[i];
    self->rate_examples += (double) n;
  }
  return lt_model_objective (self->model, &self->terms);
}

static gboolean
train_whole (LtTrainer *self, const char **what)
{
  double objective = lt_optimiser_lbfgs_step (self->optimiser, self->team,
                                              whole_objective, self, self->params);

  if (!accept_objective (self, objective, what))
    return FALSE;
  /* When the line search failed, the terms are those of its last trial. */
  if (lt_model_objective (self->model, &self->terms) != objective)
    whole_objective (self, self->params, self->gradient);
  add_to_means (&self->row, self->model, &self->terms, (double) self->n_rows);
  add_to_means (&self->epoch, self->model, &self->terms, (double) self->n_rows);
  self->position = self->n_rows;
  self->at.step++;
  return end_row (self, (double) NAN, (double) NAN, what);
}

gboolean
lt_trainer_train_batch (LtTrainer *self, const char **what)
{
  const LtTraining *training = &self->experiment->training;
  gsize n = MIN ((gsize) training->batch_size, self->n_rows - self->position);
  double begun = lt_trainer_now ();
  gboolean sound;

  plan_display (self,
                training->optimiser == LT_LBFGS || self->position + n == self->n_rows,
                begun);
  if (training->optimiser == LT_LBFGS) {
    sound = train_whole (self, what);
    measure_speed (self, 0, lt_trainer_now () - begun);
    if (atomic_load (&self->stop))
      return TRUE;
  } else {
    sound = train_minibatch (self, n, what);
    measure_speed (self, (double) n, lt_trainer_now () - begun);
  }
  if (sound)
    display (self);
  return sound;
}
