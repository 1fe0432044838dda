/* The energy view: log Z over a run, estimates that are stopped, and machines whose energies
 * are bounds or go by the length of documents. */
#include "support/view-run.h"
#include "views/energy.h"

#include "train/run-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const small_rbm[] = { "hidden", "12", NULL, NULL };
static const char *const large_dbm[] = { "hidden", "30 25", NULL, NULL };

static void
run_init (LtViewRun *run, const char *family, const char *const *settings)
{
  lt_view_run_init (run, lt_test_data ("digits"), family, settings);
}

static void
record (const char *path, const LtViewRun *run, int n_epochs)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LtRunFile) file = NULL;

  lt_experiment_set (experiment, "data=digits", &error);
  lt_experiment_set (experiment, "model=rbm", &error);
  lt_experiment_set (experiment, "hidden=12", &error);
  g_assert_no_error (error);
  file = lt_run_file_create (path, experiment, &error);
  g_assert_no_error (error);
  for (int i = 0; i < n_epochs; i++) {
    LtLogEpoch epoch = { .epoch = i };
    g_autoptr (LtSnapshot) snapshot =
        lt_snapshot_new (run->snapshot->model, run->snapshot->params, NULL, NULL,
                         run->snapshot->settings);

    snapshot->epoch = i;
    snapshot->progress = i;
    snapshot->params[0] = 0.1f * (float) i;
    lt_log_add_epoch (log, &epoch);
    lt_run_file_write_epoch (file, log, snapshot, NULL, &error);
    g_assert_no_error (error);
  }
}

static gpointer
show_with_progress (const LtViewRun *run,
                    const char *text,
                    const char *path,
                    gconstpointer before,
                    LtViewProgress *progress)
{
  g_autofree gpointer settings = NULL;
  g_autoptr (GError) error = NULL;
  const LtView *view = lt_view_parse (text, &settings, &error);
  LtViewRequest request = { .snapshot = run->snapshot,
                            .data = run->data,
                            .settings = settings,
                            .log = &run->log,
                            .previous = before,
                            .ws = run->ws,
                            .seed = 1,
                            .w = 480,
                            .h = 300,
                            .style = &run->style,
                            .run_file = path,
                            .progress = progress };
  gpointer result;

  g_assert_no_error (error);
  result = view->compute (&request, &error);
  g_assert_no_error (error);
  return result;
}

static gpointer
show_history (const LtViewRun *run,
              const char *text,
              const char *path,
              gconstpointer before)
{
  return show_with_progress (run, text, path, before, NULL);
}

/* A run file of three epochs, in a folder of its own. */
static char *
recorded (const LtViewRun *run)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-XXXXXX", NULL);
  char *path = g_build_filename (folder, "run.lantern", NULL);

  record (path, run, 3);
  return path;
}

static void
remove_recorded (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
}

static int
count_history (gpointer result)
{
  g_autofree char *csv = lt_energy_view.to_csv (result);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  int n = 0;

  for (int i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], "log_z_ais,epoch ");
  return n;
}

/* Past epochs come from the run's file, when they are asked for; another time, from the
 * result before, as long as they are estimated in the same way. */
static void
test_history (void)
{
  g_autofree char *path = NULL;
  g_auto (LtViewRun) run;
  gpointer none, alone, first, again, other;

  run_init (&run, "rbm", small_rbm);
  path = recorded (&run);
  none = show_history (&run, "energy show=log-z runs=5", path, NULL);
  g_assert_cmpint (count_history (none), ==, 0);
  alone = show_history (&run, "energy show=history runs=5", path, NULL);
  g_assert_cmpint (count_history (alone), ==, 3);
  first = show_history (&run, "energy show=history runs=5 history=10", path, none);
  g_assert_cmpint (count_history (first), ==, 3);
  g_assert_cmpfloat (lt_test_painted_share (&lt_energy_view, first, TRUE, 480, 300), >,
                     0.02);
  again = show_history (&run, "energy show=history runs=5 history=10", NULL, first);
  g_assert_cmpint (count_history (again), ==, 3);
  other = show_history (&run, "energy show=history runs=6 history=10", NULL, first);
  g_assert_cmpint (count_history (other), ==, 0);
  lt_energy_view.free (none);
  lt_energy_view.free (alone);
  lt_energy_view.free (first);
  lt_energy_view.free (again);
  lt_energy_view.free (other);
  remove_recorded (path);
}

/* Estimates tell how far they have got. When they are stopped the rest is shown, and what
 * is not complete is not kept. */
static void
test_stopped_estimates (void)
{
  g_autofree char *path = NULL;
  const char *text = "energy runs=5 temperatures=20 history=10";
  LtViewProgress done = { 0 }, stopped = { .stop = TRUE };
  g_auto (LtViewRun) run;
  gpointer first, second;
  const LtEnergyResult *result;

  run_init (&run, "rbm", small_rbm);
  path = recorded (&run);
  first = show_with_progress (&run, text, path, NULL, &done);
  g_assert_cmpstr (done.what, ==, "log Z of past epochs");
  g_assert_cmpint (done.part, ==, 1000);
  g_assert_cmpint (count_history (first), ==, 3);
  result = second = show_with_progress (&run, text, path, NULL, &stopped);
  g_assert_cmpint (count_history (second), ==, 0);
  g_assert_cmpint (result->group[LT_ENERGY_TRAIN].n, >, 0);
  g_assert_cmpint (result->group[LT_ENERGY_PARTICLES].n, ==, 0);
  g_assert_null (result->ais);
  g_assert_nonnull (strstr (result->ais_message, "was stopped"));
  g_assert_nonnull (strstr (result->history->message, "were stopped"));
  lt_energy_view.free (first);
  lt_energy_view.free (second);
  remove_recorded (path);
}

/* What is read there is log Z of those weights: exactly what the machine has. */
static void
test_history_values (void)
{
  g_autofree char *path = NULL;
  g_autofree char *csv = NULL, *expected = NULL;
  g_auto (LtViewRun) run;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  gpointer result;
  LtCall call;

  run_init (&run, "rbm", small_rbm);
  path = recorded (&run);
  result = show_history (&run, "energy runs=0 history=2", path, NULL);
  csv = lt_energy_view.to_csv (result);
  run.snapshot->params[0] = 0.2f;
  call = lt_snapshot_call (run.snapshot, run.ws, NULL);
  expected = g_strdup_printf (
      "log_z_exact,epoch 2,%s\n",
      g_ascii_formatd (number, sizeof number, "%.9g",
                       run.snapshot->model->kind->log_partition (&call)));
  g_assert_nonnull (strstr (csv, expected));
  g_assert_null (strstr (csv, "epoch 1"));
  lt_energy_view.free (result);
  remove_recorded (path);
}

/* Where states are asked for and cannot be listed that is said, and not something else
 * shown: nothing there answers to the pointer. */
static void
test_states_refused (void)
{
  LtViewHit found = { .item = -1 };
  g_auto (LtViewRun) run;
  gpointer result;

  run_init (&run, "rbm", small_rbm);
  result = lt_view_run_show (&run, "energy show=states runs=0", 480, 300, NULL);
  g_assert_false (lt_test_find_item (&lt_energy_view, result, &run.style, &found));
  g_assert_cmpfloat (lt_test_painted_share (&lt_energy_view, result, FALSE, 480, 300),
                     >, 0.005);
  lt_energy_view.free (result);
}

/* Twelve documents of 2, 3 and 4 words out of 4. */
static LtDataset *
documents_new (void)
{
  const LtPreparation preparation = { .scaling = LT_SCALING_NONE, .test = 0.25 };
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;

  table->name = g_strdup ("documents");
  table->title = g_strdup ("Documents");
  table->n = 12;
  lt_shape_init (&table->shape, "words", LT_COUNTS, 1, 4, 1);
  table->floats = g_new0 (float, 12 * 4);
  for (int row = 0; row < 12; row++)
    for (int word = 0; word < 2 + row % 3; word++)
      table->floats[4 * row + (row + word * word) % 4]++;
  data = lt_dataset_new (table, &preparation, 1, NULL);
  g_assert_nonnull (data);
  return data;
}

/* Documents have a log Z for each length: the median one's is shown, exactly and by AIS, and
 * said to be that. */
static void
test_documents_energy (void)
{
  static const char *const small[] = { "hidden", "5", NULL, NULL };
  LtEnergyResult *result;
  g_auto (LtViewRun) run;
  LtCall call;
  double log_z;
  float length;

  lt_view_run_init (&run, documents_new (), "rbm", small);
  result = lt_view_run_show (&run, "energy runs=100 temperatures=100", 480, 300, NULL);
  length = (float) result->n_words;
  g_assert_cmpint (result->n_words, >=, 2);
  g_assert_cmpint (result->n_words, <=, 4);
  call = lt_snapshot_call (run.snapshot, run.ws, NULL);
  call.model->kind->documents->log_partitions (&call, &length, 1, &log_z);
  g_assert_cmpfloat (result->exact, ==, log_z);
  g_assert_nonnull (result->ais);
  g_assert_cmpfloat_with_epsilon (result->ais->log_z, log_z, 0.05);
  lt_test_assert_description (&lt_energy_view, result, "another for each length");
  lt_test_assert_description (&lt_energy_view, result, " by AIS");
  g_assert_true (g_str_has_suffix (result->log_z_title, " words"));
  lt_energy_view.free (result);
}

/* Machines without a free energy are seen by their bound, which is said, and by AIS. */
static void
test_bounded_energy (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  const char *why;
  gpointer result;

  run_init (&run, "dbm", large_dbm);
  g_assert_true (lt_energy_view.suits (run.snapshot->model, run.data, &why));
  lt_view_run_assert_painted (&run, "energy runs=5 temperatures=20");
  result = lt_view_run_show (&run, "energy runs=5 temperatures=20", 480, 300, NULL);
  lt_test_assert_description (&lt_energy_view, result, " by AIS");
  csv = lt_energy_view.to_csv (result);
  g_assert_nonnull (strstr (csv, "minus_bound,train,"));
  g_assert_null (strstr (csv, "free_energy"));
  lt_energy_view.free (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/energy/states-refused", test_states_refused);
  g_test_add_func ("/energy/history", test_history);
  g_test_add_func ("/energy/stopped-estimates", test_stopped_estimates);
  g_test_add_func ("/energy/history-values", test_history_values);
  g_test_add_func ("/energy/documents-energy", test_documents_energy);
  g_test_add_func ("/energy/bounded-energy", test_bounded_energy);
  return g_test_run ();
}
