/* Lanes and workers: a mutex, a condition, and for every lane one job waiting and one
 * being carried out. */
#define _GNU_SOURCE
#include "session/probe-queue.h"

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

/* Training called for it: at most ten times a second, and then a tile rests nine times as
 * long as it worked: a tenth of a processor at most, however slow the view is. */
#define SHORTEST_REST 100000
#define REST_FACTOR   9

/* A computation of a moment that the user has left may go on for as long: a quick one is
 * shown, so that something is seen while one drags on. */
#define PATIENCE G_USEC_PER_SEC

/* Workers give way to training and to the window. */
#define WORKER_NICENESS 10

#define NOT_WANTED G_MAXUINT64 /* no lane's serial */

struct _LtProbeLane {
  int ref_count; /* the queue's mutex guards it, and all below */
  LtProbeQueue *queue;
  LtProbeFunc func; /* the UI thread's; NULL when the lane is freed */
  gpointer data;
  guint64 serial;
  LtProbeJob *next, *current; /* waiting; under way, up to its answer */
  gint64 began;               /* current; monotonic */
  gint64 rests_until;         /* monotonic */
};

struct _LtProbeQueue {
  int ref_count; /* atomic: answers under way hold one */
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  GPtrArray *lanes; /* owned by whoever made them */
  guint turn;       /* where the search for work begins: every lane has its turn */
  gboolean stop;
  int n_workers;
  pthread_t *workers;
};

/* ---- Jobs and results ------------------------------------------------------------- */

LtViewResult *
lt_view_result_ref (LtViewResult *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_view_result_unref (LtViewResult *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->value)
    self->view->free (self->value);
  lt_snapshot_unref (self->snapshot);
  g_free (self);
}

LtProbeJob *
lt_probe_job_new (LtProbeKind kind, const LtView *view)
{
  LtProbeJob *self = g_new0 (LtProbeJob, 1);

  self->kind = kind;
  self->view = view;
  return self;
}

void
lt_probe_job_free (LtProbeJob *self)
{
  if (!self)
    return;
  g_free (self->settings);
  g_free (self->run_file);
  g_clear_pointer (&self->snapshot, lt_snapshot_unref);
  g_clear_pointer (&self->data, lt_dataset_unref);
  g_clear_pointer (&self->log.rows, g_array_unref);
  g_clear_pointer (&self->log.epochs, g_array_unref);
  g_clear_pointer (&self->log.events, g_array_unref);
  g_clear_pointer (&self->result, lt_view_result_unref);
  g_clear_pointer (&self->drawing, lt_drawing_unref);
  g_free (self);
}

/* ---- Carrying a job out (any thread, nothing shared) ------------------------------ */

static LtViewRequest
request_for (LtProbeJob *job, LtWorkspace *ws)
{
  return (LtViewRequest){
    .snapshot = job->snapshot,
    .data = job->data,
    .settings = job->settings,
    .log = &job->log,
    .run_file = job->run_file,
    .previous = job->result ? job->result->value : NULL,
    .ws = ws,
    .seed = job->seed,
    .w = job->w,
    .h = job->h,
    .style = &job->style,
    .motion = job->motion,
    .drawing = job->drawing,
    .progress = &job->progress,
  };
}

static LtViewResult *
compute (LtProbeJob *job, LtWorkspace *ws, GError **error)
{
  LtViewRequest request = request_for (job, ws);
  LtViewResult *result;
  gpointer value = job->view->compute (&request, error);

  if (!value)
    return NULL;
  result = g_new0 (LtViewResult, 1);
  result->ref_count = 1;
  result->view = job->view;
  result->value = value;
  result->snapshot = lt_snapshot_ref (job->snapshot);
  return result;
}

typedef void (*PaintFunc) (const LtProbeJob *job, gconstpointer value, cairo_t *cr);

/* Exactly the device's size: nothing is scaled later, so nothing is blurred. */
static cairo_surface_t *
paint_surface (const LtProbeJob *job, gconstpointer value, PaintFunc func)
{
  int w = MAX (1, (int) (job->w * job->scale + 0.5));
  int h = MAX (1, (int) (job->h * job->scale + 0.5));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, job->scale, job->scale);
  cr = cairo_create (surface);
  func (job, value, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static void
paint_view (const LtProbeJob *job, gconstpointer value, cairo_t *cr)
{
  job->view->paint (value, cr, &job->style, job->w, job->h);
}

static void
paint_lens (const LtProbeJob *job, gconstpointer lens, cairo_t *cr)
{
  job->view->lens_paint (lens, job->result->value, cr, &job->style, job->w, job->h);
}

static cairo_surface_t *
carry_out_lens (LtProbeJob *job, LtWorkspace *ws)
{
  LtViewRequest request = request_for (job, ws);
  cairo_surface_t *surface;
  gpointer lens =
      job->view->lens (&request, job->result->value, &job->hit, job->pressed);

  if (!lens)
    return NULL;
  surface = paint_surface (job, lens, paint_lens);
  job->view->lens_free (lens);
  return surface;
}

/* Fills in result and surface, or error. */
static void
carry_out (LtProbeJob *job, LtWorkspace *ws, LtProbeAnswer *answer, GError **error)
{
  lt_workspace_reset (ws);
  if (job->kind == LT_PROBE_LENS) {
    answer->result = lt_view_result_ref (job->result);
    answer->surface = carry_out_lens (job, ws);
    return;
  }
  answer->result = job->kind == LT_PROBE_PAINT ? lt_view_result_ref (job->result)
                                               : compute (job, ws, error);
  if (answer->result)
    answer->surface = paint_surface (job, answer->result->value, paint_view);
}

/* ---- Lanes ------------------------------------------------------------------------ */

LtProbeLane *
lt_probe_lane_new (LtProbeQueue *queue, LtProbeFunc func, gpointer data)
{
  LtProbeLane *self = g_new0 (LtProbeLane, 1);

  self->ref_count = 1;
  self->queue = queue;
  self->func = func;
  self->data = data;
  pthread_mutex_lock (&queue->mutex);
  g_ptr_array_add (queue->lanes, self);
  pthread_mutex_unlock (&queue->mutex);
  return self;
}

/* With the mutex held. */
static void
lane_unref (LtProbeLane *self)
{
  if (--self->ref_count == 0)
    g_free (self);
}

/* With the mutex held. */
static void
stop_current (LtProbeLane *self)
{
  if (self->current)
    g_atomic_int_set (&self->current->progress.stop, TRUE);
}

/* Whether the user has left the moment that is being computed, some time ago. */
static gboolean
is_left (LtProbeLane *self, const LtProbeJob *job)
{
  return self->current && job->urgent && job->kind == LT_PROBE_VIEW &&
         self->current->kind == LT_PROBE_VIEW &&
         self->current->snapshot != job->snapshot &&
         g_get_monotonic_time () - self->began > PATIENCE;
}

void
lt_probe_lane_free (LtProbeLane *self)
{
  LtProbeQueue *queue = self->queue;
  LtProbeJob *dropped;

  pthread_mutex_lock (&queue->mutex);
  g_ptr_array_remove (queue->lanes, self);
  dropped = g_steal_pointer (&self->next);
  stop_current (self);
  self->func = NULL;
  self->serial++;
  lane_unref (self);
  pthread_mutex_unlock (&queue->mutex);
  lt_probe_job_free (dropped);
}

void
lt_probe_lane_submit (LtProbeLane *self, LtProbeJob *job)
{
  LtProbeQueue *queue = self->queue;
  LtProbeJob *replaced;

  pthread_mutex_lock (&queue->mutex);
  replaced = self->next;
  /* What the user asked for stays urgent when training overtakes it. */
  job->urgent |= replaced && replaced->urgent;
  job->serial = self->serial;
  self->next = job;
  if (is_left (self, job)) {
    stop_current (self);
    self->current->serial = NOT_WANTED;
  }
  pthread_cond_signal (&queue->changed);
  pthread_mutex_unlock (&queue->mutex);
  lt_probe_job_free (replaced);
}

void
lt_probe_lane_invalidate (LtProbeLane *self)
{
  LtProbeJob *dropped;

  pthread_mutex_lock (&self->queue->mutex);
  dropped = g_steal_pointer (&self->next);
  stop_current (self);
  self->serial++;
  pthread_mutex_unlock (&self->queue->mutex);
  lt_probe_job_free (dropped);
}

void
lt_probe_lane_stop (LtProbeLane *self)
{
  pthread_mutex_lock (&self->queue->mutex);
  stop_current (self);
  if (self->next)
    self->next->progress.stop = TRUE;
  pthread_mutex_unlock (&self->queue->mutex);
}

gboolean
lt_probe_lane_get_progress (LtProbeLane *self, LtProbeProgress *progress)
{
  gboolean any;

  *progress = (LtProbeProgress){ 0 };
  pthread_mutex_lock (&self->queue->mutex);
  any = self->next || self->current;
  if (self->current) {
    progress->what = g_atomic_pointer_get (&self->current->progress.what);
    progress->part = g_atomic_int_get (&self->current->progress.part) / 1000.0;
    progress->seconds =
        (double) (g_get_monotonic_time () - self->began) / G_USEC_PER_SEC;
  }
  pthread_mutex_unlock (&self->queue->mutex);
  return any;
}

/* ---- Answers ---------------------------------------------------------------------- */

static void
queue_unref (LtProbeQueue *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

typedef struct {
  LtProbeLane *lane;
  LtProbeJob *job;
  LtProbeAnswer answer;
  GError *error;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;
  LtProbeQueue *queue = delivery->lane->queue;

  pthread_mutex_lock (&queue->mutex);
  lane_unref (delivery->lane);
  pthread_mutex_unlock (&queue->mutex);
  queue_unref (queue);
  g_clear_pointer (&delivery->answer.result, lt_view_result_unref);
  g_clear_pointer (&delivery->answer.surface, cairo_surface_destroy);
  g_clear_pointer (&delivery->job, lt_probe_job_free);
  g_clear_error (&delivery->error);
  g_free (delivery);
}

/* On the UI thread, which alone changes func and serial. The lane takes up its next
 * job only now: an answer is shown before another is begun. */
static gboolean
deliver_cb (gpointer data)
{
  Delivery *delivery = data;
  LtProbeLane *lane = delivery->lane;
  LtProbeQueue *queue = lane->queue;
  gboolean wanted = lane->func && delivery->job->serial == lane->serial;

  delivery->answer.job = delivery->job;
  delivery->answer.error = delivery->error;
  if (wanted)
    lane->func (&delivery->answer, lane->data);
  pthread_mutex_lock (&queue->mutex);
  lane->current = NULL;
  pthread_cond_signal (&queue->changed);
  pthread_mutex_unlock (&queue->mutex);
  return G_SOURCE_REMOVE;
}

/* Never on this thread, even when nobody runs the main loop at the moment. */
static void
send (Delivery *delivery)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, delivery, delivery_free);
  g_source_attach (source, NULL);
}

/* ---- Workers ---------------------------------------------------------------------- */

/* The next lane with something to do, and how long to wait when all of them rest. */
static LtProbeLane *
find_work (LtProbeQueue *self, gint64 now, gint64 *wake)
{
  *wake = G_MAXINT64;
  for (guint i = 0; i < self->lanes->len; i++) {
    guint index = (self->turn + i) % self->lanes->len;
    LtProbeLane *lane = g_ptr_array_index (self->lanes, index);

    if (!lane->next || lane->current)
      continue;
    if (lane->next->urgent || lane->rests_until <= now) {
      self->turn = index + 1;
      return lane;
    }
    *wake = MIN (*wake, lane->rests_until);
  }
  return NULL;
}

static void
wait_until (LtProbeQueue *self, gint64 wake)
{
  struct timespec time = { .tv_sec = wake / G_USEC_PER_SEC,
                           .tv_nsec = wake % G_USEC_PER_SEC * 1000 };

  if (wake == G_MAXINT64)
    pthread_cond_wait (&self->changed, &self->mutex);
  else
    pthread_cond_timedwait (&self->changed, &self->mutex, &time);
}

/* Microseconds of processor time that this thread has used. */
static gint64
thread_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* With the mutex held; lets go of it while it works. */
static void
serve (LtProbeQueue *self, LtProbeLane *lane, LtWorkspace *ws)
{
  Delivery *delivery = g_new0 (Delivery, 1);
  gint64 used = thread_time ();

  lane->ref_count++;
  lane->began = g_get_monotonic_time ();
  lane->current = lane->next;
  g_atomic_int_inc (&self->ref_count);
  delivery->lane = lane;
  delivery->job = g_steal_pointer (&lane->next);
  pthread_mutex_unlock (&self->mutex);
  carry_out (delivery->job, ws, &delivery->answer, &delivery->error);
  used = thread_time () - used;
  pthread_mutex_lock (&self->mutex);
  lane->rests_until =
      MAX (lane->began + SHORTEST_REST, g_get_monotonic_time () + used * REST_FACTOR);
  pthread_mutex_unlock (&self->mutex);
  send (delivery);
  pthread_mutex_lock (&self->mutex);
}

static void *
work (void *data)
{
  LtProbeQueue *self = data;
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  gint64 wake;

  /* On Linux this is the thread's own niceness. Being refused it does no harm. */
  (void) setpriority (PRIO_PROCESS, 0, WORKER_NICENESS);
  pthread_mutex_lock (&self->mutex);
  while (!self->stop) {
    LtProbeLane *lane = find_work (self, g_get_monotonic_time (), &wake);

    if (lane)
      serve (self, lane, ws);
    else
      wait_until (self, wake);
  }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

/* ---- The queue -------------------------------------------------------------------- */

LtProbeQueue *
lt_probe_queue_new (int n_workers)
{
  LtProbeQueue *self = g_new0 (LtProbeQueue, 1);
  pthread_condattr_t attributes;

  self->ref_count = 1;
  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  self->lanes = g_ptr_array_new ();
  self->workers = g_new0 (pthread_t, n_workers);
  for (int i = 0; i < n_workers; i++)
    if (pthread_create (&self->workers[self->n_workers], NULL, work, self) == 0)
      self->n_workers++;
  return self;
}

void
lt_probe_queue_free (LtProbeQueue *self)
{
  pthread_mutex_lock (&self->mutex);
  self->stop = TRUE;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->mutex);
  for (int i = 0; i < self->n_workers; i++)
    pthread_join (self->workers[i], NULL);
  g_assert (self->lanes->len == 0);
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  g_clear_pointer (&self->workers, g_free);
  queue_unref (self);
}
