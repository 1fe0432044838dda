/* The session, without a window: what the user does to a run, and what becomes of it. */
#include "session/session.h"

#include "session/undo.h"
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  LtSession *session;
  char *folder; /* for the cache and for saved runs */
  char *message;
  LtMessageKind kind;
  guint poll;
} Fixture;

static gboolean
poll_cb (gpointer data)
{
  lt_session_poll (data);
  return G_SOURCE_CONTINUE;
}

static void
message_cb (LtSession *session, int kind, const char *text, Fixture *fixture)
{
  g_free (fixture->message);
  fixture->message = g_strdup (text);
  fixture->kind = (LtMessageKind) kind;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_build_filename (g_get_user_cache_dir (), "lantern", NULL);
  fixture->session = lt_session_new (1);
  g_signal_connect (fixture->session, "message", G_CALLBACK (message_cb), fixture);
  fixture->poll = g_timeout_add (2, poll_cb, fixture->session);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_source_remove (fixture->poll);
  lt_session_close (fixture->session);
  /* What workers have still to report holds references. */
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  g_object_unref (fixture->session);
  g_free (fixture->folder);
  g_free (fixture->message);
}

#define wait_until(condition) \
  while (!(condition))        \
  g_main_context_iteration (NULL, TRUE)

static LtExperiment *
small_experiment (int epochs)
{
  LtExperiment *experiment = lt_experiment_new ();
  g_autofree char *planned = g_strdup_printf ("epochs=%d", epochs);
  const char *const assignments[] = {
    "data=moons", "hidden=8 2", "loss=squared-error", "output-activation=linear",
    "seed=7",     planned
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (assignments); i++) {
    lt_experiment_set (experiment, assignments[i], &error);
    g_assert_no_error (error);
  }
  return experiment;
}

static const LtTrainerStatus *
status (Fixture *fixture)
{
  return lt_session_status (fixture->session);
}

static void
open_small (Fixture *fixture, int epochs, gboolean play)
{
  lt_session_open (fixture->session, small_experiment (epochs), play);
  wait_until (!lt_session_loading (fixture->session));
  g_assert_nonnull (lt_session_run (fixture->session));
}

static char *
knob_value (Fixture *fixture, const char *key)
{
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (
      lt_session_experiment (fixture->session), key, &table, &settings);

  g_assert_nonnull (knob);
  return lt_knob_format (knob, settings);
}

#define assert_knob(fixture, key, expected)             \
  G_STMT_START                                          \
  {                                                     \
    g_autofree char *found = knob_value (fixture, key); \
    g_assert_cmpstr (found, ==, expected);              \
  }                                                     \
  G_STMT_END

/* Opening with play trains to the end, and there is something to show and to plot. */
static void
test_trains (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 3, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  g_assert_cmpint (status (fixture)->epoch, ==, 3);
  g_assert_nonnull (lt_session_snapshot (fixture->session));
  g_assert_cmpint (lt_session_curves (fixture->session)->rows->len, >, 0);
  g_assert_cmpint (lt_session_curves (fixture->session)->epochs->len, ==, 4);
}

/* Without play it waits at epoch 0, with the model before training to look at. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 3, FALSE);
  wait_until (lt_session_snapshot (fixture->session));
  g_assert_cmpint (status (fixture)->state, ==, LT_TRAINER_PAUSED);
  g_assert_cmpint (lt_session_snapshot (fixture->session)->step, ==, 0);
}

/* A step trains one minibatch, or up to the next epoch, and no more. */
static void
test_steps (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 3, FALSE);
  lt_session_step (fixture->session, LT_STEP_BATCH);
  wait_until (status (fixture)->step == 1 &&
              status (fixture)->state == LT_TRAINER_PAUSED);
  lt_session_step (fixture->session, LT_STEP_EPOCH);
  wait_until (status (fixture)->epoch == 1 &&
              status (fixture)->state == LT_TRAINER_PAUSED);
  g_assert_cmpint (status (fixture)->step, ==, status (fixture)->steps_per_epoch);
}

/* A live knob changes the run that goes on, and can be turned back and forth. */
static void
test_live_knob (Fixture *fixture, gconstpointer data)
{
  LtRun *run;
  g_autofree char *before = NULL;

  open_small (fixture, 500, TRUE);
  run = lt_session_run (fixture->session);
  before = knob_value (fixture, "learning-rate");
  g_assert_true (lt_session_turn (fixture->session, "learning-rate", "0.0625"));
  assert_knob (fixture, "learning-rate", "0.0625");
  wait_until (lt_session_curves (fixture->session)->events->len == 1);
  g_assert_cmpstr (
      g_array_index (lt_session_curves (fixture->session)->events, LtLogEvent, 0).key,
      ==, "learning-rate");
  lt_session_undo (fixture->session);
  assert_knob (fixture, "learning-rate", before);
  g_assert_true (lt_session_can_redo (fixture->session));
  lt_session_redo (fixture->session);
  assert_knob (fixture, "learning-rate", "0.0625");
  g_assert_true (lt_session_run (fixture->session) == run);
}

/* A value that the knob does not take is refused with a sentence, and nothing changes. */
static void
test_refused_knob (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;

  open_small (fixture, 3, FALSE);
  before = knob_value (fixture, "learning-rate");
  g_assert_false (lt_session_turn (fixture->session, "learning-rate", "fast"));
  assert_knob (fixture, "learning-rate", before);
  g_assert_cmpint (fixture->kind, ==, LT_MESSAGE_TROUBLE);
  g_assert_nonnull (strstr (fixture->message, "fast"));
  g_assert_false (lt_session_can_undo (fixture->session));
}

/* Structural knobs turned one after the other restart the run once, with all of them; undo brings
 * the very run back, with its epochs. */
static void
test_structural_knob (Fixture *fixture, gconstpointer data)
{
  LtRun *first, *second;

  open_small (fixture, 2, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  first = lt_session_run (fixture->session);
  g_assert_true (lt_session_turn (fixture->session, "hidden", "6 2"));
  g_assert_true (lt_session_turn (fixture->session, "tied", "true"));
  assert_knob (fixture, "hidden", "6 2");
  g_assert_true (lt_session_run (fixture->session) == first);
  wait_until (lt_session_run (fixture->session) != first);
  second = lt_session_run (fixture->session);
  assert_knob (fixture, "hidden", "6 2");
  assert_knob (fixture, "tied", "true");
  g_assert_cmpint (status (fixture)->epoch, ==, 0);
  lt_session_undo (fixture->session);
  g_assert_true (lt_session_run (fixture->session) == first);
  g_assert_cmpint (status (fixture)->epoch, ==, 2);
  g_assert_cmpint (lt_session_snapshot (fixture->session)->epoch, ==, 2);
  assert_knob (fixture, "hidden", "8 2");
  lt_session_redo (fixture->session);
  g_assert_true (lt_session_run (fixture->session) == second);
}

/* Undo before the restart takes the knob back and the run goes on. */
static void
test_unstage (Fixture *fixture, gconstpointer data)
{
  LtRun *run;

  open_small (fixture, 2, FALSE);
  run = lt_session_run (fixture->session);
  lt_session_turn (fixture->session, "hidden", "6 2");
  g_assert_true (lt_session_can_undo (fixture->session));
  lt_session_undo (fixture->session);
  assert_knob (fixture, "hidden", "8 2");
  lt_session_step (fixture->session, LT_STEP_EPOCH);
  wait_until (status (fixture)->epoch == 1);
  g_assert_true (lt_session_run (fixture->session) == run);
}

/* An earlier epoch is shown with the weights of that epoch, and live is the newest again. */
static void
test_scrub (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 4, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  lt_session_show (fixture->session, 2);
  wait_until (lt_session_snapshot (fixture->session)->epoch == 2);
  g_assert_cmpint (lt_session_shown (fixture->session), ==, 2);
  lt_session_show (fixture->session, 0);
  wait_until (lt_session_snapshot (fixture->session)->epoch == 0);
  lt_session_show (fixture->session, LT_SHOW_LIVE);
  g_assert_cmpint (lt_session_snapshot (fixture->session)->epoch, ==, 4);
}

/* A file that cannot be read leaves the run as it is, still training. */
static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "bad.csv", NULL);
  LtRun *run;

  open_small (fixture, 100000, TRUE);
  run = lt_session_run (fixture->session);
  g_assert_true (g_file_set_contents (path, "a,b\n1,2\n3,four\n", -1, NULL));
  lt_session_open_argument (fixture->session, path, TRUE);
  wait_until (fixture->message);
  g_assert_cmpint (fixture->kind, ==, LT_MESSAGE_TROUBLE);
  g_assert_nonnull (strstr (fixture->message, "four"));
  g_assert_true (lt_session_run (fixture->session) == run);
  g_assert_cmpint (status (fixture)->state, ==, LT_TRAINER_RUNNING);
  g_assert_false (lt_session_can_undo (fixture->session));
}

/* A saved run opens again where it stood, and trains on. */
static void
test_save_and_open (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "kept.lantern", NULL);
  LtRun *first;

  open_small (fixture, 2, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  first = lt_session_run (fixture->session);
  g_clear_pointer (&fixture->message, g_free);
  lt_session_save (fixture->session, path);
  wait_until (fixture->message);
  g_assert_nonnull (strstr (fixture->message, path));
  g_assert_cmpint (fixture->kind, ==, LT_MESSAGE_NOTE);
  lt_session_open_run (fixture->session, path);
  wait_until (lt_session_run (fixture->session) != first);
  wait_until (status (fixture)->epoch == 2);
  g_assert_cmpint (lt_session_curves (fixture->session)->epochs->len, ==, 3);
  assert_knob (fixture, "hidden", "8 2");
  g_assert_true (lt_session_turn (fixture->session, "epochs", "3"));
  lt_session_play (fixture->session);
  wait_until (status (fixture)->epoch == 3);
}

/* Saving an opened run where it is recorded does not cut the recording off. */
static void
test_save_opened (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "again.lantern", NULL);
  g_autoptr (LtRunFile) file = NULL;
  LtRun *first;

  open_small (fixture, 1, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  first = lt_session_run (fixture->session);
  lt_session_save (fixture->session, path);
  wait_until (fixture->message && strstr (fixture->message, path));
  lt_session_open_run (fixture->session, path);
  wait_until (lt_session_run (fixture->session) != first);
  g_clear_pointer (&fixture->message, g_free);
  lt_session_save (fixture->session, path);
  wait_until (fixture->message && strstr (fixture->message, path));
  g_assert_cmpint (fixture->kind, ==, LT_MESSAGE_NOTE);
  g_assert_nonnull (strstr (fixture->message, "up to date"));
  g_assert_true (lt_session_turn (fixture->session, "epochs", "2"));
  lt_session_play (fixture->session);
  wait_until (status (fixture)->epoch == 2);
  lt_session_close (fixture->session);
  file = lt_run_file_open (path, FALSE, NULL);
  g_assert_nonnull (file);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 2);
}

/* Closing removes the file of a run that was not saved. */
static void
test_cache_is_clean (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  open_small (fixture, 1, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  path = g_strdup (lt_session_run (fixture->session)->path);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  lt_session_close (fixture->session);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static int
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (dir && g_dir_read_name (dir))
    n++;
  return n;
}

/* Closing waits for what is still being opened, and that goes too. */
static void
test_close_while_opening (Fixture *fixture, gconstpointer data)
{
  int before = n_files (fixture->folder);

  lt_session_open (fixture->session, small_experiment (1), TRUE);
  lt_session_close (fixture->session);
  g_assert_cmpint (n_files (fixture->folder), ==, before);
}

/* Closing right after saving still saves. */
static void
test_close_while_saving (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "late.lantern", NULL);

  open_small (fixture, 1, TRUE);
  wait_until (status (fixture)->state == LT_TRAINER_FINISHED);
  lt_session_save (fixture->session, path);
  lt_session_close (fixture->session);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* What a program that is no more has left goes; what this one writes stays. */
static void
test_stale_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stale =
      g_build_filename (fixture->folder, "run-999999999-x.lantern", NULL);

  open_small (fixture, 1, FALSE);
  g_assert_true (g_file_set_contents (stale, "", 0, NULL));
  lt_run_clean_cache ();
  g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
  g_assert_true (
      g_file_test (lt_session_run (fixture->session)->path, G_FILE_TEST_EXISTS));
}

static double
noise_of (LtSession *session)
{
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (lt_session_experiment (session),
                                                "noise-level", &table, &settings);

  return lt_knob_get_number (knob, settings);
}

/* A lesson's twin starts from the same weights, follows every step and turn but those of the
 * knob that makes the difference, and goes when another experiment comes. */
static void
test_twin (Fixture *fixture, gconstpointer data)
{
  LtExperiment *experiment = small_experiment (3);
  g_autofree char *difference = NULL, *first = NULL;
  LtSession *twin;

  lt_experiment_set (experiment, "noise=gaussian", NULL);
  lt_experiment_set (experiment, "noise-level=0.2", NULL);
  experiment->lesson.twin = g_strdup ("noise-level=0; weight-decay=0.5");
  lt_session_open (fixture->session, experiment, FALSE);
  wait_until ((twin = lt_session_twin (fixture->session)) != NULL &&
              lt_session_snapshot (twin) != NULL);
  difference = lt_session_dup_difference (fixture->session, TRUE);
  g_assert_cmpstr (difference, ==, "0 (Noise level), 0.5 (Weight decay)");
  first = lt_session_dup_first_difference (fixture->session, TRUE);
  g_assert_cmpstr (first, ==, "0 (Noise level)");
  g_assert_cmpmem (lt_session_snapshot (twin)->params, 64,
                   lt_session_snapshot (fixture->session)->params, 64);

  g_assert_true (lt_session_turn (fixture->session, "noise-level", "0.3"));
  g_assert_true (lt_session_turn (fixture->session, "learning-rate", "0.01"));
  g_assert_cmpfloat (noise_of (fixture->session), ==, 0.3);
  g_assert_cmpfloat (noise_of (twin), ==, 0);
  g_assert_cmpfloat (lt_session_experiment (twin)->training.learning_rate, ==, 0.01);
  lt_session_undo (fixture->session);
  g_assert_cmpfloat (lt_session_experiment (twin)->training.learning_rate, ==, 0.001);

  lt_session_play (fixture->session);
  wait_until (lt_session_status (twin)->state == LT_TRAINER_FINISHED &&
              status (fixture)->state == LT_TRAINER_FINISHED);
  lt_session_show (fixture->session, 1);
  wait_until (lt_session_snapshot (twin)->epoch == 1 &&
              lt_session_snapshot (fixture->session)->epoch == 1);

  lt_session_open (fixture->session, small_experiment (1), FALSE);
  wait_until (lt_session_twin (fixture->session) == NULL);
}

/* Holds the session up in the middle of installing a run, until that has trained to its end. */
static void
linger_cb (LtSession *session, gpointer data)
{
  LtTrainerStatus now = { 0 };

  while (now.state != LT_TRAINER_FINISHED) {
    lt_trainer_get_status (lt_session_run (session)->trainer, &now);
    g_thread_yield ();
  }
}

/* A run that is played at once has its twin however fast it trains, and the twin plays, too. */
static void
test_fast_twin (Fixture *fixture, gconstpointer data)
{
  LtExperiment *experiment = small_experiment (1);
  LtSession *twin;

  experiment->lesson.twin = g_strdup ("learning-rate=0.01");
  g_signal_connect (fixture->session, "experiment-replaced", G_CALLBACK (linger_cb),
                    NULL);
  lt_session_open (fixture->session, experiment, TRUE);
  wait_until (!lt_session_loading (fixture->session));
  twin = lt_session_twin (fixture->session);
  g_assert_nonnull (twin);
  wait_until (lt_session_status (twin)->state == LT_TRAINER_FINISHED);
  g_assert_cmpint (lt_session_status (twin)->epoch, ==, 1);
}

/* A run that is opened from a file in the middle of its training gets none. */
static void
test_no_twin_halfway (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "half.lantern", NULL);
  LtExperiment *experiment = small_experiment (1);
  LtRun *first;

  experiment->lesson.twin = g_strdup ("learning-rate=0.01");
  lt_session_open (fixture->session, experiment, TRUE);
  wait_until (lt_session_twin (fixture->session) != NULL &&
              status (fixture)->state == LT_TRAINER_FINISHED);
  first = lt_session_run (fixture->session);
  lt_session_save (fixture->session, path);
  wait_until (fixture->message && strstr (fixture->message, path));
  lt_session_open_run (fixture->session, path);
  wait_until (lt_session_run (fixture->session) != first);
  g_assert_null (lt_session_twin (fixture->session));
}

static void
count_run (LtRun *run, gpointer data)
{
  ++*(int *) data;
}

/* Turns of one knob in quick succession are taken back together; later ones are not. */
static void
test_undo_merges (void)
{
  int dropped = 0;
  g_autoptr (LtUndo) undo = lt_undo_new (count_run, &dropped);
  LtUndoEntry *entry;

  lt_undo_add_turn (undo, "rate", "1", "2", 0);
  lt_undo_add_turn (undo, "rate", "2", "3", 100 * G_TIME_SPAN_MILLISECOND);
  lt_undo_add_turn (undo, "rate", "3", "4", 10 * G_TIME_SPAN_SECOND);
  entry = lt_undo_back (undo);
  g_assert_cmpstr (entry->before, ==, "3");
  entry = lt_undo_back (undo);
  g_assert_cmpstr (entry->before, ==, "1");
  g_assert_cmpstr (entry->after, ==, "3");
  g_assert_null (lt_undo_back (undo));
  g_assert_true (lt_undo_can_go_forth (undo));
  g_assert_cmpint (dropped, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("lantern-session-XXXXXX", NULL);

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  add ("/session/trains", test_trains);
  add ("/session/waits", test_waits);
  add ("/session/steps", test_steps);
  add ("/session/live-knob", test_live_knob);
  add ("/session/refused-knob", test_refused_knob);
  add ("/session/structural-knob", test_structural_knob);
  add ("/session/unstage", test_unstage);
  add ("/session/scrub", test_scrub);
  add ("/session/bad-file", test_bad_file);
  add ("/session/save-and-open", test_save_and_open);
  add ("/session/save-opened", test_save_opened);
  add ("/session/cache-is-clean", test_cache_is_clean);
  add ("/session/close-while-opening", test_close_while_opening);
  add ("/session/close-while-saving", test_close_while_saving);
  add ("/session/stale-cache", test_stale_cache);
  add ("/session/twin", test_twin);
  add ("/session/fast-twin", test_fast_twin);
  add ("/session/no-twin-halfway", test_no_twin_halfway);
  g_test_add_func ("/undo/merges", test_undo_merges);
  return g_test_run ();
}
