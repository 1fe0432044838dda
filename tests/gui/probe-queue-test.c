/* The scheduler of views, with a view that counts and waits when it is told to. */
#include "session/probe-queue.h"

#include "views/common.h"

#include <pthread.h>

/* The number of a job that goes on until it is stopped. */
#define ENDLESS 1000

typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  gboolean held; /* compute waits */
  int n_begun;   /* computations */
  int n_freed;   /* results */
} Gate;

/* What the settings of the view point at. */
typedef struct {
  Gate *gate;
  int number;
} Settings;

typedef struct {
  LtProbeQueue *queue;
  LtProbeLane *lane;
  Gate gate;
  LtSnapshot *snapshot;
  int n_answers, last;
} Fixture;

typedef struct {
  Gate *gate;
  int number;
} Result;

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  return TRUE;
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  Result *result = g_new0 (Result, 1);
  Gate *gate = settings->gate;

  pthread_mutex_lock (&gate->mutex);
  gate->n_begun++;
  pthread_cond_broadcast (&gate->changed);
  while (gate->held)
    pthread_cond_wait (&gate->changed, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);
  while (settings->number == ENDLESS && lt_view_tell (request, "counting", 0.25))
    g_usleep (1000);
  *result = (Result){ gate, settings->number };
  return result;
}

static void
free_result (gpointer data)
{
  Result *result = data;

  pthread_mutex_lock (&result->gate->mutex);
  result->gate->n_freed++;
  pthread_mutex_unlock (&result->gate->mutex);
  g_free (result);
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  cairo_set_source_rgb (cr, 1, 0, 0);
  cairo_paint (cr);
}

static char *
describe (gconstpointer result)
{
  return g_strdup ("counted");
}

static const LtView counting_view = {
  .name = "counting",
  .title = "Counting",
  .summary = "Counts.",
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
};

static void
answer_cb (const LtProbeAnswer *answer, gpointer data)
{
  Fixture *fixture = data;
  const Result *result = answer->result->value;

  g_assert_no_error (answer->error);
  g_assert_cmpint (cairo_image_surface_get_width (answer->surface), ==, 20);
  g_assert_cmpint (cairo_image_surface_get_height (answer->surface), ==, 12);
  fixture->n_answers++;
  fixture->last = result->number;
}

static LtSnapshot *
any_snapshot (void)
{
  const LtModelKind *kind = lt_model_kinds[0];
  g_autofree gpointer settings = g_malloc0 (kind->knobs.settings_size);
  g_autoptr (LtModel) model = NULL;
  LtSnapshot *snapshot;
  LtShape shape;
  float *params;

  lt_shape_init (&shape, "pixels", LT_UNIT, 2, 2, 1);
  lt_model_kind_init_settings (kind, settings);
  model = lt_model_new (kind, settings, &shape, NULL);
  g_assert_nonnull (model);
  params = lt_block_new (model->params);
  snapshot = lt_snapshot_new (model, params, NULL, NULL, settings);
  lt_block_free (params);
  return snapshot;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  pthread_mutex_init (&fixture->gate.mutex, NULL);
  pthread_cond_init (&fixture->gate.changed, NULL);
  fixture->snapshot = any_snapshot ();
  fixture->queue = lt_probe_queue_new (2);
  fixture->lane = lt_probe_lane_new (fixture->queue, answer_cb, fixture);
}

static void
hold (Fixture *fixture, gboolean held)
{
  pthread_mutex_lock (&fixture->gate.mutex);
  fixture->gate.held = held;
  pthread_cond_broadcast (&fixture->gate.changed);
  pthread_mutex_unlock (&fixture->gate.mutex);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  hold (fixture, FALSE);
  if (fixture->lane)
    lt_probe_lane_free (fixture->lane);
  lt_probe_queue_free (fixture->queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (fixture->gate.n_freed, ==, fixture->gate.n_begun);
  lt_snapshot_unref (fixture->snapshot);
}

static void
submit (Fixture *fixture, int number, gboolean urgent)
{
  LtProbeJob *job = lt_probe_job_new (LT_PROBE_VIEW, &counting_view);
  Settings settings = { &fixture->gate, number };

  job->settings = g_memdup2 (&settings, sizeof settings);
  job->snapshot = lt_snapshot_ref (fixture->snapshot);
  job->w = 10;
  job->h = 6;
  job->scale = 2;
  job->urgent = urgent;
  lt_probe_lane_submit (fixture->lane, job);
}

static LtProbeProgress
wait_for_progress (Fixture *fixture)
{
  LtProbeProgress progress = { 0 };

  while (progress.what == NULL) {
    g_assert_true (lt_probe_lane_get_progress (fixture->lane, &progress));
    g_main_context_iteration (NULL, FALSE);
  }
  return progress;
}

static void
wait_for_begun (Fixture *fixture, int n)
{
  pthread_mutex_lock (&fixture->gate.mutex);
  while (fixture->gate.n_begun < n)
    pthread_cond_wait (&fixture->gate.changed, &fixture->gate.mutex);
  pthread_mutex_unlock (&fixture->gate.mutex);
}

static void
wait_for_answers (Fixture *fixture, int n)
{
  while (fixture->n_answers < n)
    g_main_context_iteration (NULL, TRUE);
}

/* A job is computed, and painted in device pixels. */
static void
test_answers (Fixture *fixture, gconstpointer data)
{
  submit (fixture, 7, TRUE);
  wait_for_answers (fixture, 1);
  g_assert_cmpint (fixture->last, ==, 7);
}

/* Of what is asked for while a job is being carried out only the latest is. */
static void
test_latest_wins (Fixture *fixture, gconstpointer data)
{
  hold (fixture, TRUE);
  submit (fixture, 1, TRUE);
  wait_for_begun (fixture, 1);
  for (int i = 2; i <= 9; i++)
    submit (fixture, i, TRUE);
  hold (fixture, FALSE);
  wait_for_answers (fixture, 2);
  g_assert_cmpint (fixture->last, ==, 9);
  g_assert_cmpint (fixture->gate.n_begun, ==, 2);
}

/* An answer that is of no interest any more when it comes is not given. */
static void
test_invalidate (Fixture *fixture, gconstpointer data)
{
  hold (fixture, TRUE);
  submit (fixture, 1, TRUE);
  wait_for_begun (fixture, 1);
  lt_probe_lane_invalidate (fixture->lane);
  submit (fixture, 2, TRUE);
  hold (fixture, FALSE);
  wait_for_answers (fixture, 1);
  g_assert_cmpint (fixture->last, ==, 2);
  g_assert_cmpint (fixture->n_answers, ==, 1);
}

/* A lane may go while its job is being carried out. */
static void
test_free_lane (Fixture *fixture, gconstpointer data)
{
  hold (fixture, TRUE);
  submit (fixture, 1, TRUE);
  wait_for_begun (fixture, 1);
  lt_probe_lane_free (g_steal_pointer (&fixture->lane));
  hold (fixture, FALSE);
  lt_probe_queue_free (fixture->queue);
  fixture->queue = lt_probe_queue_new (1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (fixture->n_answers, ==, 0);
}

/* An urgent job does not rest, and passes its urgency on to the one that replaces it. */
static void
test_urgent (Fixture *fixture, gconstpointer data)
{
  for (int i = 1; i <= 20; i++) {
    submit (fixture, i, TRUE);
    submit (fixture, 100 + i, FALSE);
    wait_for_answers (fixture, i);
    while (fixture->last != 100 + i)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpint (fixture->last, ==, 120);
}

/* A long computation is seen to go on, and answers when it is stopped. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  LtProbeProgress progress;

  g_assert_false (lt_probe_lane_get_progress (fixture->lane, &progress));
  submit (fixture, ENDLESS, TRUE);
  progress = wait_for_progress (fixture);
  g_assert_cmpstr (progress.what, ==, "counting");
  g_assert_cmpfloat (progress.part, ==, 0.25);
  lt_probe_lane_stop (fixture->lane);
  wait_for_answers (fixture, 1);
  g_assert_cmpint (fixture->last, ==, ENDLESS);
  g_assert_false (lt_probe_lane_get_progress (fixture->lane, &progress));
  submit (fixture, 2, TRUE);
  wait_for_answers (fixture, 2);
  g_assert_cmpint (fixture->last, ==, 2);
}

/* What nobody waits for is stopped: of other settings, of a moment that was left, of a tile
 * that is gone. */
static void
test_stopped_unasked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtSnapshot) first = fixture->snapshot;

  submit (fixture, ENDLESS, TRUE);
  (void) wait_for_progress (fixture);
  lt_probe_lane_invalidate (fixture->lane);
  submit (fixture, 2, TRUE);
  wait_for_answers (fixture, 1);
  g_assert_cmpint (fixture->last, ==, 2);

  submit (fixture, ENDLESS, TRUE);
  (void) wait_for_progress (fixture);
  fixture->snapshot = any_snapshot ();
  while (fixture->n_answers == 1) {
    submit (fixture, 3, TRUE);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (10000);
  }
  g_assert_cmpint (fixture->last, ==, 3);

  submit (fixture, ENDLESS, TRUE);
  (void) wait_for_progress (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  add ("/probe-queue/answers", test_answers);
  add ("/probe-queue/latest-wins", test_latest_wins);
  add ("/probe-queue/invalidate", test_invalidate);
  add ("/probe-queue/free-lane", test_free_lane);
  add ("/probe-queue/urgent", test_urgent);
  add ("/probe-queue/stop", test_stop);
  add ("/probe-queue/stopped-unasked", test_stopped_unasked);
  return g_test_run ();
}
