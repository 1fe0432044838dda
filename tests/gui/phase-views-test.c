/* Views of models that have something only in a later phase, or not at all. */
#include "support/view-run.h"
#include "views/learning-curves.h"

#include "train/experiment.h"

#include <math.h>
#include <string.h>

static const char *const small_rbm[] = { "hidden", "12", NULL, NULL };
static const char *const exact_rbm[] = {
  "hidden", "12", "method", "exact", NULL, NULL
};
static const char *const small_dbn[] = { "hidden", "14 6 5", "layer", "2", NULL, NULL };

static void
run_init (LtViewRun *run, const char *family, const char *const *settings)
{
  lt_view_run_init (run, lt_test_data ("digits"), family, settings);
}

/* A stack that has not got a layer yet shows the last one that it has, and says so. */
static void
test_layer_to_come (void)
{
  static const struct {
    const char *text, *expected, *missing;
  } cases[] = {
    { "filters layer=2", "hidden 2, W₁W₂: ", NULL },
    { "filters layer=3", "hidden 2, W₁W₂: ", "there is no hidden layer 3" },
    { "filters layer=3 what=bias-hidden", "biases ", "there is no hidden layer 3" },
    { "filters layer=3 what=bias-visible", "biases ", NULL },
  };
  g_auto (LtViewRun) run;

  run_init (&run, "dbn", small_dbn);
  g_assert_cmpint (run.snapshot->model->n_layers, ==, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gpointer result = lt_view_run_show (&run, cases[i].text, 460, 240, NULL);
    g_autofree char *said = lt_filters_view.describe (result);

    g_assert_nonnull (strstr (said, cases[i].expected));
    g_assert_true ((strstr (said, "there is no") != NULL) ==
                   (cases[i].missing != NULL));
    if (cases[i].missing != NULL)
      g_assert_nonnull (strstr (said, cases[i].missing));
    lt_filters_view.free (result);
  }
}

static char *
curves_say (const LtViewRun *run, const char *text)
{
  gpointer result = lt_view_run_show (run, text, 480, 300, NULL);
  char *said = lt_learning_curves_view.describe (result);

  lt_learning_curves_view.free (result);
  return said;
}

/* What stands below the curves, or the empty text. */
static char *
curves_note (const LtViewRun *run, const char *text)
{
  LtCurvesResult *result = lt_view_run_show (run, text, 480, 300, NULL);
  char *note = g_strdup (result->note != NULL ? result->note : "");

  lt_learning_curves_view.free (result);
  return note;
}

/* A measure that was asked for and is not there is named in words; a model's own is never
 * missed. */
static void
test_measure_missed (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *own = NULL, *asked = NULL;

  run_init (&run, "rbm", small_rbm);
  for (guint i = 0; i < run.log.epochs->len; i++) {
    LtLogEpoch *epoch = &g_array_index (run.log.epochs, LtLogEpoch, i);

    epoch->train_error = epoch->valid_error = (double) NAN;
  }
  asked = curves_note (&run, "learning-curves measure=classification-error");
  g_assert_nonnull (strstr (asked, "no classification error so far"));
  g_array_set_size (run.log.epochs, 0);
  own = curves_note (&run, "learning-curves");
  g_assert_null (strstr (own, "so far"));
}

/* Where the gradient is sampled the objective is not computed, and what stands for it goes by
 * its own name. */
static void
test_stand_in (void)
{
  g_auto (LtViewRun) sampled, exact;
  g_autofree char *stand_in = NULL, *objective = NULL;

  run_init (&sampled, "rbm", small_rbm);
  run_init (&exact, "rbm", exact_rbm);
  stand_in = curves_say (&sampled, "learning-curves");
  objective = curves_say (&exact, "learning-curves");
  g_assert_nonnull (strstr (stand_in, "; reconstruction + penalties / image"));
  g_assert_nonnull (strstr (objective, "; objective / image"));
}

/* A share of wrong labels that comes in a later phase: until then the model's own measure. */
static void
test_measure_to_come (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *before = NULL, *after = NULL;

  run_init (&run, "rbm", small_rbm);
  for (guint i = 0; i < run.log.epochs->len; i++) {
    LtLogEpoch *epoch = &g_array_index (run.log.epochs, LtLogEpoch, i);

    epoch->train_error = epoch->valid_error = (double) NAN;
  }
  before = curves_say (&run, "learning-curves measure=classification-error");
  g_array_index (run.log.epochs, LtLogEpoch, 2).valid_error = 0.25;
  after = curves_say (&run, "learning-curves measure=classification-error");
  g_assert_nonnull (strstr (before, "epoch means 160; reconstruction"));
  g_assert_cmpstr (after, ==, "validation 0.25; share in a wrong class");
}

/* A belief network has a probability, but none that can be computed; an autoencoder none. */
static void
test_energy_suits (void)
{
  g_auto (LtViewRun) dbn, net;
  const char *why = NULL;

  run_init (&dbn, "dbn", small_dbn);
  lt_view_run_init_spiral (&net);
  g_assert_false (lt_energy_view.suits (dbn.snapshot->model, dbn.data, &why));
  g_assert_nonnull (strstr (why, "gives pictures a probability"));
  g_assert_false (lt_energy_view.suits (net.snapshot->model, net.data, &why));
  g_assert_nonnull (strstr (why, "gives its data no probability"));
}

/* The views that a lesson opens with are there, with the settings that it gives them; a view of
 * the twin is of one that the lesson has, and the twin differs in knobs that there are. */
static void
test_lessons (void)
{
  g_auto (GStrv) names = lt_lesson_names ();

  g_assert_cmpuint (g_strv_length (names), >, 10);
  for (int i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (LtExperiment) lesson = lt_experiment_load (names[i], &error);
    g_auto (GStrv) parts = NULL;

    g_assert_no_error (error);
    for (int j = 0; lesson->lesson.views[j] != NULL; j++) {
      const char *text = lesson->lesson.views[j];
      gboolean twin = g_str_has_prefix (text, "twin ");
      g_autofree gpointer settings = NULL;

      g_assert_true (!twin || lesson->lesson.twin != NULL);
      g_assert_nonnull (lt_view_parse (twin ? text + 5 : text, &settings, &error));
      g_assert_no_error (error);
    }
    parts =
        g_strsplit (lesson->lesson.twin != NULL ? lesson->lesson.twin : "", ";", -1);
    for (int j = 0; parts[j] != NULL; j++) {
      lt_experiment_set (lesson, g_strstrip (parts[j]), &error);
      g_assert_no_error (error);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phase-views/layer-to-come", test_layer_to_come);
  g_test_add_func ("/phase-views/measure-to-come", test_measure_to_come);
  g_test_add_func ("/phase-views/stand-in", test_stand_in);
  g_test_add_func ("/phase-views/measure-missed", test_measure_missed);
  g_test_add_func ("/phase-views/energy-suits", test_energy_suits);
  g_test_add_func ("/phase-views/lessons", test_lessons);
  return g_test_run ();
}
