/* The data dialog over a whole window: what is found is shown before it is used, and nothing
 * happens to the experiment until then. */
#include "panels/data-dialog.h"

#include "shell/resources.h"
#include "shell/window.h"
#include "support/display.h"
#include "support/sample-files.h"
#include <string.h>

typedef struct {
  LtFolder folder;
  LtLook *look;
  LtPreferences *preferences;
  LtWindow *window;
  LtDataDialog *dialog; /* NULL once it is closed */
} Fixture;

#define TABLE "width,height,kind\n1,10,a\n2,20,b\n3,30,a\n4,40,b\n5,50,a\n6,60,a\n"

static LtSession *
session (Fixture *fixture)
{
  return lt_window_session (fixture->window);
}

/* A small run on a plane, with knobs turned away from their defaults. */
static void
open_small (Fixture *fixture, const char *loss, const char *output)
{
  LtExperiment *experiment = lt_experiment_new ();
  const char *const assignments[] = { "data=moons",    "hidden=7 2", "scaling=range",
                                      "epochs=100000", loss,         output };

  for (gsize i = 0; i < G_N_ELEMENTS (assignments); i++)
    g_assert_true (lt_experiment_set (experiment, assignments[i], NULL));
  experiment->lesson.title = g_strdup ("A lesson about moons");
  lt_session_open (session (fixture), experiment, FALSE);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  g_assert_nonnull (lt_session_run (session (fixture)));
}

static void
set_up (Fixture *fixture, gconstpointer application)
{
  lt_folder_init (&fixture->folder);
  fixture->look = lt_look_new ();
  fixture->preferences = lt_preferences_new (fixture->look);
  fixture->window = lt_window_new (GTK_APPLICATION (application), fixture->look,
                                   fixture->preferences);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  open_small (fixture, "loss=squared-error", "output-activation=linear");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (fixture->window));
  lt_test_wait_for (!fixture->window && !fixture->dialog);
  lt_preferences_free (fixture->preferences);
  g_assert_finalize_object (fixture->look);
  lt_folder_clear (&fixture->folder);
}

static LtDataDialog *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (LT_IS_DATA_DIALOG (window))
      return LT_DATA_DIALOG (window);
  }
  return NULL;
}

static void
open_path (Fixture *fixture, const char *path)
{
  lt_window_open (fixture->window, path, FALSE);
  fixture->dialog = find_dialog ();
  g_assert_nonnull (fixture->dialog);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  lt_test_wait_for (!lt_data_dialog_busy (fixture->dialog));
}

static void
open_text (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = lt_folder_write_text (&fixture->folder, name, text);

  open_path (fixture, path);
}

static void
act (Fixture *fixture, const char *action)
{
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), action, NULL));
}

static void
turn (Fixture *fixture, const char *key, const char *value)
{
  g_assert_true (lt_data_dialog_turn (fixture->dialog, key, value));
  lt_test_wait_for (!lt_data_dialog_busy (fixture->dialog));
}

static void
assert_knob (Fixture *fixture, const char *key, const char *value)
{
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (
      lt_session_experiment (session (fixture)), key, &table, &settings);
  g_autofree char *text = lt_knob_format (knob, settings);

  g_assert_cmpstr (text, ==, value);
}

/* A table of text: its rows, labels, names and examples are there before it is used. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  const LtDataInfo *info;

  open_text (fixture, "good.csv", TABLE);
  info = lt_data_dialog_info (fixture->dialog);
  g_assert_nonnull (info);
  g_assert_null (lt_data_dialog_trouble (fixture->dialog));
  g_assert_cmpuint (info->n, ==, 6);
  g_assert_cmpint (info->n_classes, ==, 2);
  g_assert_cmpuint (info->class_counts[0], ==, 4);
  g_assert_cmpstr (info->feature_names[1], ==, "height");
  g_assert_true (gtk_window_get_modal (GTK_WINDOW (fixture->dialog)));
  act (fixture, "window.close");
}

/* Every knob is answered, and of several in a row the last one. */
static void
test_knobs (Fixture *fixture, gconstpointer data)
{
  open_text (fixture, "good.csv", TABLE);
  turn (fixture, "label-column", "none");
  g_assert_null (lt_data_dialog_info (fixture->dialog));
  g_assert_nonnull (strstr (lt_data_dialog_trouble (fixture->dialog), "good.csv"));
  turn (fixture, "label-column", "kind");
  g_assert_cmpint (lt_data_dialog_info (fixture->dialog)->n_classes, ==, 2);
  turn (fixture, "scaling", "none");
  g_assert_cmpfloat (lt_data_dialog_info (fixture->dialog)->scaled_highest, >, 10.0f);
  g_assert_true (lt_data_dialog_turn (fixture->dialog, "test-fraction", "0.5"));
  g_assert_true (lt_data_dialog_turn (fixture->dialog, "test-fraction", "0.4"));
  turn (fixture, "test-fraction", "0");
  g_assert_cmpuint (lt_data_dialog_info (fixture->dialog)->n_split[LT_TEST], ==, 0);
  g_assert_false (lt_data_dialog_turn (fixture->dialog, "test-fraction", "2"));
  g_assert_false (lt_data_dialog_turn (fixture->dialog, "hidden", "3"));
  act (fixture, "window.close");
}

/* A folder of pictures, with its folders as labels. */
static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  const LtDataInfo *info;
  g_autofree char *path = g_build_filename (fixture->folder.path, "pictures", NULL);

  for (int i = 0; i < 20; i++) {
    g_autofree char *name =
        g_strdup_printf ("pictures/%s/%d.png", i % 4 ? "few" : "many", i);
    g_autofree char *written =
        lt_folder_write_picture (&fixture->folder, name, 6, 4, 3 * i, TRUE);

    g_assert_nonnull (written);
  }
  open_path (fixture, path);
  info = lt_data_dialog_info (fixture->dialog);
  g_assert_nonnull (info);
  g_assert_cmpuint (info->n, ==, 20);
  g_assert_cmpint (info->n_classes, ==, 2);
  g_assert_true (lt_shape_is_picture (&info->example_shape));
  g_assert_cmpfloat (info->scaled_highest, <=, 1.0f);
  act (fixture, "window.close");
}

/* A bad file: the sentence, nothing to use, and the run as it was. */
static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  LtRun *run = lt_session_run (session (fixture));

  open_text (fixture, "bad.csv", "1,2\n3,x\n");
  g_assert_null (lt_data_dialog_info (fixture->dialog));
  g_assert_nonnull (strstr (lt_data_dialog_trouble (fixture->dialog), "line 2"));
  act (fixture, "data.use"); /* disabled: does nothing */
  g_assert_false (lt_session_loading (session (fixture)));
  act (fixture, "window.close");
  lt_test_wait_for (!fixture->dialog);
  g_assert_true (lt_session_run (session (fixture)) == run);
  g_assert_null (lt_window_message (fixture->window));
}

/* Closing leaves the session untouched, also while the file is still being read. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = lt_folder_write_text (&fixture->folder, "good.csv", TABLE);
  LtRun *run = lt_session_run (session (fixture));

  open_path (fixture, path);
  act (fixture, "window.close");
  lt_test_wait_for (!fixture->dialog);
  lt_window_open (fixture->window, path, FALSE);
  gtk_window_close (GTK_WINDOW (find_dialog ()));
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_null (find_dialog ());
  g_assert_true (lt_session_run (session (fixture)) == run);
  g_assert_false (lt_session_can_undo (session (fixture)));
}

/* Using the data makes a run on them with the model's knobs kept; undo brings the other back. */
static void
test_use (Fixture *fixture, gconstpointer data)
{
  LtRun *before = lt_session_run (session (fixture));
  g_autofree char *title = NULL;

  open_text (fixture, "good.csv", TABLE);
  turn (fixture, "test-fraction", "0.5");
  act (fixture, "data.use");
  lt_test_wait_for (lt_session_run (session (fixture)) != before);
  lt_test_wait_for (!fixture->dialog);
  g_assert_cmpuint (lt_dataset_n (lt_session_run (session (fixture))->dataset, LT_TEST),
                    ==, 3);
  title = lt_run_dup_title (lt_session_run (session (fixture)));
  g_assert_nonnull (strstr (title, "good.csv"));
  assert_knob (fixture, "hidden", "7 2");
  assert_knob (fixture, "test-fraction", "0.5");
  lt_session_undo (session (fixture));
  g_assert_true (lt_session_run (session (fixture)) == before);
}

/* A model that cannot take the data says so before, and one button turns its knobs. */
static void
test_remedy (Fixture *fixture, gconstpointer data)
{
  LtRun *before;

  open_small (fixture, "loss=cross-entropy", "output-activation=sigmoid");
  before = lt_session_run (session (fixture));
  open_text (fixture, "good.csv", TABLE);
  turn (fixture, "scaling", "standard");
  g_assert_nonnull (strstr (lt_data_dialog_trouble (fixture->dialog), "Cross-entropy"));
  act (fixture, "data.use"); /* disabled: does nothing */
  g_assert_false (lt_session_loading (session (fixture)));
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), "data.remedy", "i", 0));
  lt_test_wait_for (!lt_data_dialog_busy (fixture->dialog));
  g_assert_nonnull (strstr (lt_data_dialog_trouble (fixture->dialog), "squared-error"));
  assert_knob (fixture, "loss", "cross-entropy");
  act (fixture, "data.use");
  lt_test_wait_for (lt_session_run (session (fixture)) != before);
  assert_knob (fixture, "loss", "squared-error");
  assert_knob (fixture, "output-activation", "linear");
  lt_test_wait_for (!fixture->dialog);
}

/* The other remedy changes the data instead of the model. */
static void
test_scale_remedy (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, "loss=cross-entropy", "output-activation=sigmoid");
  open_text (fixture, "good.csv", TABLE);
  turn (fixture, "scaling", "standard");
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), "data.remedy", "i", 1));
  lt_test_wait_for (!lt_data_dialog_busy (fixture->dialog));
  g_assert_null (lt_data_dialog_trouble (fixture->dialog));
  g_assert_cmpfloat (lt_data_dialog_info (fixture->dialog)->scaled_highest, <=, 1.0f);
  act (fixture, "window.close");
}

/* Another file takes the first one's place in the same dialog. */
static void
test_another (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other =
      lt_folder_write_text (&fixture->folder, "other.csv", "1,2,3\n4,5,6\n7,8,9\n");

  open_text (fixture, "bad.csv", "");
  g_assert_null (lt_data_dialog_info (fixture->dialog));
  lt_window_open (fixture->window, other, FALSE);
  lt_test_wait_for (!lt_data_dialog_busy (fixture->dialog));
  g_assert_cmpuint (lt_data_dialog_info (fixture->dialog)->n, ==, 3);
  g_assert_cmpstr (lt_data_dialog_path (fixture->dialog), ==, other);
  act (fixture, "window.close");
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("lantern-dialog-XXXXXX", NULL);
  g_autoptr (GtkApplication) application = NULL;
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  lt_resources_register ();
  application =
      gtk_application_new ("org.lantern_workbench.Test", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
#define add(path, func) g_test_add (path, Fixture, application, set_up, func, tear_down)
  add ("/data-dialog/table", test_table);
  add ("/data-dialog/knobs", test_knobs);
  add ("/data-dialog/pictures", test_pictures);
  add ("/data-dialog/bad-file", test_bad_file);
  add ("/data-dialog/cancel", test_cancel);
  add ("/data-dialog/use", test_use);
  add ("/data-dialog/remedy", test_remedy);
  add ("/data-dialog/scale-remedy", test_scale_remedy);
  add ("/data-dialog/another", test_another);
  return g_test_run ();
}
