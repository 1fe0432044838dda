/* The knob panel: its rows come a few each frame, and all that are needed do. */
#include "panels/knob-panel.h"

#include "panels/chooser.h"
#include "panels/knob-row.h"
#include "shell/resources.h"
#include "support/display.h"

typedef struct {
  LtSession *session;
  GtkWidget *panel, *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  LtExperiment *experiment = lt_experiment_new ();

  g_assert_true (lt_experiment_set (experiment, "data=moons", NULL));
  g_assert_true (lt_experiment_set (experiment, "loss=squared-error", NULL));
  fixture->session = lt_session_new (1);
  lt_session_open (fixture->session, experiment, FALSE);
  lt_test_wait_for (!lt_session_loading (fixture->session));
  fixture->panel = g_object_new (LT_TYPE_KNOB_PANEL, NULL);
  lt_knob_panel_set_session (LT_KNOB_PANEL (fixture->panel), fixture->session);
  fixture->window = lt_test_window_new (fixture->panel, 300, 600);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lt_session_close (fixture->session);
  lt_test_window_free (fixture->window, fixture->panel);
  g_assert_finalize_object (fixture->session);
}

/* The row of a knob, or with NULL the expander of the group; NULL when there is none. */
static GtkWidget *
find (GtkWidget *root, const char *key, const char *group)
{
  GtkWidget *found = NULL;

  if (key && LT_IS_KNOB_ROW (root))
    return g_str_equal (lt_knob_row_knob (LT_KNOB_ROW (root))->key, key) ? root : NULL;
  if (group && GTK_IS_EXPANDER (root) &&
      g_str_equal (gtk_widget_get_name (root), group))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, key, group);
  return found;
}

/* Open groups fill by themselves, in the table's order; a closed one when it is opened. */
static void
test_rows (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = find (fixture->panel, NULL, "Schedule");

  lt_test_wait_for (find (fixture->panel, "output-activation", NULL));
  g_assert_nonnull (find (fixture->panel, "epochs", NULL));
  g_assert_true (gtk_widget_get_next_sibling (find (fixture->panel, "epochs", NULL)) ==
                 find (fixture->panel, "batch-size", NULL));
  g_assert_null (find (fixture->panel, "schedule", NULL));
  gtk_expander_set_expanded (GTK_EXPANDER (group), TRUE);
  lt_test_wait_for (find (fixture->panel, "schedule", NULL));
}

/* A knob of a closed group can be asked for at once; one that does not matter cannot. */
static void
test_focus (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  g_assert_true (lt_knob_panel_focus (LT_KNOB_PANEL (fixture->panel), "seed"));
  row = find (fixture->panel, "seed", NULL);
  g_assert_nonnull (row);
  g_assert_true (gtk_widget_is_ancestor (
      gtk_window_get_focus (GTK_WINDOW (fixture->window)), row));
  g_assert_false (lt_knob_panel_focus (LT_KNOB_PANEL (fixture->panel), "noise-level"));
  g_assert_false (lt_knob_panel_focus (LT_KNOB_PANEL (fixture->panel), "no-such-knob"));
}

/* A turn that makes other knobs matter shows their group. */
static void
test_matters (Fixture *fixture, gconstpointer data)
{
  g_assert_true (lt_session_turn (fixture->session, "noise", "gaussian"));
  g_assert_true (lt_knob_panel_focus (LT_KNOB_PANEL (fixture->panel), "noise-level"));
}

/* Closed before its rows are made, it leaves nothing behind that would make them. */
static void
test_close_early (void)
{
  Fixture fixture;

  set_up (&fixture, NULL);
  tear_down (&fixture, NULL);
}

/* A long title is shortened rather than widen the panel. */
static void
test_narrow_chooser (void)
{
  const char *const titles[] = { "A title",
                                 "A title that is so long that no panel has room",
                                 NULL };
  GtkWidget *window = gtk_window_new ();
  GtkWidget *chooser = gtk_drop_down_new_from_strings (titles);
  int wide, narrow;

  gtk_window_set_child (GTK_WINDOW (window), chooser);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (chooser), 1);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_measure (chooser, GTK_ORIENTATION_HORIZONTAL, -1, &wide, NULL, NULL, NULL);
  lt_chooser_make_narrow (GTK_DROP_DOWN (chooser));
  gtk_widget_measure (chooser, GTK_ORIENTATION_HORIZONTAL, -1, &narrow, NULL, NULL,
                      NULL);
  g_assert_cmpint (narrow, <, 100);
  g_assert_cmpint (wide, >, 200);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("lantern-panel-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  lt_resources_register ();
#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  add ("/knob-panel/rows", test_rows);
  add ("/knob-panel/focus", test_focus);
  add ("/knob-panel/matters", test_matters);
  g_test_add_func ("/knob-panel/narrow-chooser", test_narrow_chooser);
  g_test_add_func ("/knob-panel/close-early", test_close_early);
  return g_test_run ();
}
