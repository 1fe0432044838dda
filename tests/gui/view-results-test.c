/* What each view says of a model, in words, figures and under the pointer. */
#include "boltzmann/rbm.h"
#include "support/view-run.h"
#include "views/learning-curves.h"

#include <math.h>
#include <string.h>

/* ---- What each view says ---------------------------------------------------------- */

static char *
csv_of (const LtView *view, gconstpointer result)
{
  return view->to_csv (result);
}

/* Filters are never sampled silently; order and paging choose which. */
static void
test_filters (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  g_autofree char *all = NULL, *some = NULL;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "filters", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "all 24 filters");
  all = csv_of (&lt_filters_view, result);
  g_assert_cmpint (lt_test_count_lines (all), ==, 1 + 24);
  lt_filters_view.free (result);

  result = lt_view_run_show (&run, "filters first=5 count=4", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "filters 5–8 of 24");
  some = csv_of (&lt_filters_view, result);
  g_assert_cmpint (lt_test_count_lines (some), ==, 1 + 4);
  g_assert_nonnull (strstr (some, "\n4,"));
  g_assert_null (strstr (some, "\n8,"));
  lt_filters_view.free (result);

  result = lt_view_run_show (&run, "filters count=10 order=norm", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result,
                              "10 of 24 filters, largest norm first");
  lt_filters_view.free (result);

  result = lt_view_run_show (&run, "filters layer=3", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_filters_view, result, "there is no hidden layer 3");
  lt_filters_view.free (result);
}

/* The largest norm comes first. */
static void
test_filters_order (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  g_autofree char *csv = NULL;
  g_autofree double *norms = NULL;
  int n;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "filters order=norm", 480.0, 300.0, NULL);
  csv = csv_of (&lt_filters_view, result);
  norms = lt_test_csv_column (csv, 1, &n);
  for (int i = 1; i < n; i++)
    g_assert_cmpfloat (norms[i - 1], >=, norms[i]);
  g_assert_cmpfloat (norms[0], >, norms[n - 1]);
  lt_filters_view.free (result);
}

/* One example of each class in order; the corrupted row stands only where there is noise, and
 * one noise seed gives one corruption. */
static void
test_reconstructions (void)
{
  g_auto (LtViewRun) plain, noisy;
  gpointer result;
  g_autofree char *first = NULL, *again = NULL, *other = NULL;
  g_autofree double *classes = NULL;
  int n;

  lt_view_run_init_digits (&plain);
  result = lt_view_run_show (&plain, "reconstructions count=10", 480.0, 300.0, NULL);
  first = csv_of (&lt_reconstructions_view, result);
  classes = lt_test_csv_column (first, 1, &n);
  g_assert_cmpint (n, ==, 20);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat (classes[i], ==, i / 2);
  g_assert_null (strstr (first, "corrupted"));
  lt_reconstructions_view.free (result);

  lt_view_run_init (&noisy, lt_test_data ("mnist"), "denoising", lt_test_noisy_digits);
  g_clear_pointer (&first, g_free);
  result = lt_view_run_show (&noisy, "reconstructions count=10", 480.0, 300.0, NULL);
  first = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpint (lt_test_count_lines (first), ==, 31);
  lt_reconstructions_view.free (result);
  result = lt_view_run_show (&noisy, "reconstructions count=10", 900.0, 700.0, NULL);
  again = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpstr (first, ==, again);
  lt_reconstructions_view.free (result);
  result = lt_view_run_show (&noisy, "reconstructions count=10 noise-seed=2", 480.0,
                             300.0, NULL);
  other = csv_of (&lt_reconstructions_view, result);
  g_assert_cmpstr (first, !=, other);
  lt_reconstructions_view.free (result);
}

/* The whole test set is on the map, and a map that is laid on itself stays where it is. */
static void
test_latent_map (void)
{
  g_auto (LtViewRun) run;
  gpointer result, again;
  g_autofree char *first = NULL, *second = NULL;
  g_autofree double *x = NULL, *y = NULL;
  int n;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "latent-map", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_latent_map_view, result, "all 10,000 test examples");
  first = csv_of (&lt_latent_map_view, result);
  again = lt_view_run_show (&run, "latent-map", 480.0, 300.0, result);
  lt_latent_map_view.free (result);
  second = csv_of (&lt_latent_map_view, again);
  lt_latent_map_view.free (again);
  x = lt_test_csv_column (first, 2, &n);
  y = lt_test_csv_column (second, 2, &n);
  g_assert_cmpint (n, ==, 10000);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 1e-4);

  result =
      lt_view_run_show (&run, "latent-map limit=500 split=train", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_latent_map_view, result, "500 of ");
  lt_latent_map_view.free (result);
  lt_view_run_refuse (&run, "latent-map plane=units unit-x=0 unit-y=2", "from 0 to 1");
}

/* The manifold paints pictures where there were none. */
static void
test_manifold (void)
{
  g_auto (LtViewRun) run;
  gpointer points, both;

  lt_view_run_init_digits (&run);
  points = lt_view_run_show (&run, "latent-map", 480.0, 300.0, NULL);
  both = lt_view_run_show (&run, "latent-map show=both", 480.0, 300.0, NULL);
  g_assert_cmpfloat (
      lt_test_painted_share (&lt_latent_map_view, both, FALSE, 480, 300), >,
      lt_test_painted_share (&lt_latent_map_view, points, FALSE, 480, 300) + 0.2);
  lt_latent_map_view.free (points);
  lt_latent_map_view.free (both);
}

/* σ is the noise that the model trains with unless it is set, and the cosine is stated. */
static void
test_vector_field (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  g_autofree char *csv = NULL;

  lt_view_run_init_spiral (&run);
  result = lt_view_run_show (&run, "vector-field side=12", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_vector_field_view, result, "σ = 0.05");
  lt_test_assert_description (&lt_vector_field_view, result,
                              "cosine to the true score");
  csv = csv_of (&lt_vector_field_view, result);
  g_assert_cmpint (lt_test_count_lines (csv), ==, 1 + 144);
  g_assert_true (g_str_has_prefix (csv, "x,y,dx,dy,score_x,score_y\n"));
  lt_vector_field_view.free (result);
  result = lt_view_run_show (&run, "vector-field sigma=0.2", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_vector_field_view, result, "σ = 0.2");
  lt_vector_field_view.free (result);
}

/* The curves are on the scale that was asked for. */
static void
test_learning_curves (void)
{
  static const struct {
    const char *view;
    double last; /* validation after epoch 2 */
  } cases[] = {
    { "learning-curves", 0.211 },
    { "learning-curves scale=example", 0.211 * 784 },
    { "learning-curves measure=squared-error", 41.0 },
    { "learning-curves measure=squared-error scale=entry", 41.0 / 784 },
  };
  g_auto (LtViewRun) run;

  lt_view_run_init_digits (&run);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gpointer result = lt_view_run_show (&run, cases[i].view, 480.0, 300.0, NULL);
    g_autofree char *csv = csv_of (&lt_learning_curves_view, result);
    g_autofree double *values = NULL;
    int n;

    values = lt_test_csv_column (csv, 2, &n);
    g_assert_cmpfloat_with_epsilon (values[n - 1], cases[i].last, 1e-6);
    lt_learning_curves_view.free (result);
  }
}

/* The minibatches' curve is drawn where it is on the same scale, the penalty's on request,
 * and neither where it would mislead. */
static void
test_learning_curves_terms (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  g_autofree char *own = NULL, *terms = NULL, *other = NULL;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "learning-curves", 480.0, 300.0, NULL);
  own = csv_of (&lt_learning_curves_view, result);
  g_assert_nonnull (strstr (own, "minibatches,"));
  g_assert_null (strstr (own, "weight decay,"));
  lt_learning_curves_view.free (result);
  result = lt_view_run_show (&run, "learning-curves terms=true", 480.0, 300.0, NULL);
  terms = csv_of (&lt_learning_curves_view, result);
  g_assert_nonnull (strstr (terms, run.snapshot->model->kind->terms[1].name));
  lt_learning_curves_view.free (result);
  result = lt_view_run_show (&run, "learning-curves measure=squared-error", 480.0,
                             300.0, NULL);
  other = csv_of (&lt_learning_curves_view, result);
  g_assert_null (strstr (other, "minibatches,"));
  lt_learning_curves_view.free (result);
}

/* Terms have panels of their own beside each other, where a term far smaller than the
 * loss is not pressed flat; a tile too small for them shows the measure alone. */
static void
test_learning_curves_panels (void)
{
  g_auto (LtViewRun) run;
  const LtCurvesResult *result;
  cairo_rectangle_t measure, term;
  const LtAxis *axis;
  LtViewHit found;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "learning-curves terms=true", 480.0, 300.0, NULL);
  g_assert_cmpint (result->n_terms, ==, 1);
  axis = &result->terms[0].axes.y;
  g_assert_cmpfloat (axis->highest, <, 0.1 * result->axes.y.highest);
  g_assert_true (result->panels->place (result, &run.style, 480.0, 300.0, 0, &measure));
  g_assert_true (result->panels->place (result, &run.style, 480.0, 300.0, 1, &term));
  g_assert_cmpfloat (measure.x + measure.width, <, term.x);
  g_assert_false (result->panels->place (result, &run.style, 480.0, 300.0, 2, &term));
  g_assert_true (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, 400.0,
                                              150.0, &found));
  g_assert_nonnull (strstr (found.text, "weight decay"));
  g_assert_true (result->panels->place (result, &run.style, 120.0, 100.0, 0, &measure));
  g_assert_cmpfloat (measure.width, >, 110.0);
  g_assert_false (result->panels->place (result, &run.style, 120.0, 100.0, 1, &term));
  lt_learning_curves_view.free ((gpointer) result);
}

/* A rate's axis goes from 0 to 1, whatever the rate: how low it is has to be seen. */
static void
test_learning_curves_rates (void)
{
  static const char *const settings[] = { "hidden", "8", "method", "tempering", NULL };
  g_auto (LtViewRun) run;
  const LtCurvesResult *result;
  gboolean found = FALSE;

  lt_view_run_init (&run, lt_test_data ("digits"), "rbm", settings);
  for (guint i = 0; i < run.log.rows->len; i++)
    g_array_index (run.log.rows, LtLogRow, i).terms[LT_RBM_SWAPS] = 1e-9;
  result = lt_view_run_show (&run, "learning-curves terms=true", 480.0, 300.0, NULL);
  for (int i = 0; i < result->n_terms; i++) {
    const LtAxis *axis = &result->terms[i].axes.y;

    if (result->terms[i].term != LT_RBM_SWAPS)
      continue;
    found = TRUE;
    g_assert_cmpfloat (axis->lowest, ==, 0);
    g_assert_cmpfloat (axis->highest, ==, 1);
  }
  g_assert_true (found);
  lt_learning_curves_view.free ((gpointer) result);
}

/* The yardstick is handed on: curves drawn after others of the run say the same, with the
 * principal components and their angle when they are asked for in between. */
static void
test_learning_curves_pca (void)
{
  static const char *const linear[] = { "hidden", "3", NULL, NULL };
  g_auto (LtViewRun) run;
  gpointer plain, first, second;
  const LtCurvesResult *one, *two;

  lt_view_run_init (&run, lt_test_data ("digits"), "linear", linear);
  plain = lt_view_run_show (&run, "learning-curves", 480.0, 300.0, NULL);
  first = lt_view_run_show (&run, "learning-curves pca=true", 480.0, 300.0, plain);
  second = lt_view_run_show (&run, "learning-curves pca=true", 480.0, 300.0, first);
  one = first;
  two = second;
  g_assert_true (isnan (((const LtCurvesResult *) plain)->levels[LT_LEVEL_PCA]));
  g_assert_cmpfloat (one->levels[LT_LEVEL_PCA], >, 0.0);
  g_assert_cmpfloat (one->levels[LT_LEVEL_PCA], <, one->levels[LT_LEVEL_MEAN]);
  g_assert_nonnull (strstr (one->level_titles[LT_LEVEL_PCA], "PCA, 3 components"));
  g_assert_nonnull (strstr (one->note, "mean angle to PCA's subspace"));
  g_assert_true (two->yardstick == one->yardstick);
  g_assert_cmpstr (one->note, ==, two->note);
  lt_learning_curves_view.free (plain);
  lt_learning_curves_view.free (first);
  lt_learning_curves_view.free (second);
}

/* Before the first minibatch there is a sentence in place of the curves. */
static void
test_learning_curves_empty (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  LtViewHit found;

  lt_view_run_init_digits (&run);
  g_array_set_size (run.log.rows, 0);
  g_array_set_size (run.log.epochs, 0);
  result = lt_view_run_show (&run, "learning-curves", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_learning_curves_view, result, "no epoch yet");
  g_assert_cmpfloat (
      lt_test_painted_share (&lt_learning_curves_view, result, FALSE, 480, 300), >,
      0.001);
  g_assert_false (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, 200.0,
                                               150.0, &found));
  lt_learning_curves_view.free (result);
}

/* ---- Under the pointer ------------------------------------------------------------ */

/* On a point of the map the lens shows that example; where the button is down it shows what
 * the model decodes there. */
static void
test_latent_lens (void)
{
  g_auto (LtViewRun) run;
  g_autofree float *expected = NULL;
  gpointer result;
  LtViewHit found = { 0 };
  LtLens *lens;

  lt_view_run_init_digits (&run);
  expected = g_new (float, 784);
  result = lt_view_run_show (&run, "latent-map", 480.0, 300.0, NULL);
  g_assert_true (lt_test_find_item (&lt_latent_map_view, result, &run.style, &found));
  g_assert_true (g_str_has_prefix (found.text, "test "));
  lens = lt_view_run_look (&run, &lt_latent_map_view, result, &found, FALSE);
  g_assert_cmpint (lens->n, ==, 2);
  lt_dataset_gather (run.data, LT_TEST, NULL, found.item, 1, expected);
  g_assert_cmpmem (lens->pixels, 784 * 4, expected, 784 * 4);
  lt_lens_free (lens);

  lens = lt_view_run_look (&run, &lt_latent_map_view, result, &found, TRUE);
  g_assert_cmpint (lens->n, ==, 1);
  g_assert_cmpint (memcmp (lens->pixels, expected, 784 * 4), !=, 0);
  lt_lens_free (lens);
  lt_latent_map_view.free (result);
}

/* The picture decoded at an example's own place is its reconstruction: the map's inverse and the
 * decoder are those of the map's own snapshot. */
static void
test_latent_inverse (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  g_autofree double *x = NULL, *y = NULL;
  g_autofree float *rows = g_new (float, 2 * 784);
  LtViewHit found = { .item = -1 };
  gpointer result;
  LtLens *lens;
  LtCall call;
  int n;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "latent-map", 480.0, 300.0, NULL);
  csv = csv_of (&lt_latent_map_view, result);
  x = lt_test_csv_column (csv, 2, &n);
  y = lt_test_csv_column (csv, 3, &n);
  found.x = x[77];
  found.y = y[77];
  lens = lt_view_run_look (&run, &lt_latent_map_view, result, &found, TRUE);
  call = lt_snapshot_call (run.snapshot, run.ws, NULL);
  lt_dataset_gather (run.data, LT_TEST, NULL, 77, 1, rows);
  run.snapshot->model->kind->reconstruct (&call, rows, 1, rows + 784);
  for (int i = 0; i < 784; i++)
    g_assert_cmpfloat_with_epsilon (lens->pixels[i], rows[784 + i], 1e-4f);
  lt_lens_free (lens);
  lt_latent_map_view.free (result);
}

/* Tiles are found under the pointer, and their text names them. */
static void
test_tiles_hit (void)
{
  static const char *const views[] = { "filters", "reconstructions" };
  g_auto (LtViewRun) run;

  lt_view_run_init_digits (&run);
  for (int i = 0; i < 2; i++) {
    const LtView *view = lt_view_find (views[i], NULL);
    gpointer result = lt_view_run_show (&run, views[i], 480.0, 300.0, NULL);
    LtViewHit found = { 0 };
    LtLens *lens;

    g_assert_true (lt_test_find_item (view, result, &run.style, &found));
    g_assert_cmpint (found.item, >=, 0);
    g_assert_cmpfloat (found.rect.width, >, 5.0);
    g_assert_nonnull (strstr (found.text, i == 0 ? "unit" : "squared error"));
    g_assert_false (view->hit (result, &run.style, 480.0, 300.0, 1.0, 299.0, &found));
    found.rect.width = 20.0;
    found.item = 1;
    lens = lt_view_run_look (&run, view, result, &found, FALSE);
    g_assert_nonnull (lens->pixels);
    lt_lens_free (lens);
    view->free (result);
  }
}

/* The curves' values, and the flag of a knob's turn, are told. */
static void
test_curves_hit (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  LtViewHit found;
  gboolean flag = FALSE;

  lt_view_run_init_digits (&run);
  result = lt_view_run_show (&run, "learning-curves", 480.0, 300.0, NULL);
  g_assert_true (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, 200.0,
                                              150.0, &found));
  g_assert_nonnull (strstr (found.text, "training 0.2"));
  for (int x = 0; x < 480; x++)
    flag = flag || (lt_learning_curves_view.hit (result, &run.style, 480.0, 300.0, x,
                                                 150.0, &found) &&
                    strstr (found.text, "learning-rate 0.1 → 0.01") != NULL);
  g_assert_true (flag);
  lt_learning_curves_view.free (result);
}

/* ---- Machines -------------------------------------------------------------------------- */

static void
init_machine (LtViewRun *run)
{
  static const char *const settings[] = { "hidden", "12", "weight-scale",
                                          "0.1",    NULL, NULL };

  lt_view_run_init (run, lt_test_data ("digits"), "rbm", settings);
}

/* The value of the figure that a line "what,name,value" gives. */
static double
figure (const char *csv, const char *key)
{
  g_autofree char *start = g_strdup_printf ("\n%s,", key);
  const char *line = strstr (csv, start);

  return line != NULL ? g_ascii_strtod (line + strlen (start), NULL) : (double) NAN;
}

/* log Z is estimated near what it is, with ±3σ around it; with no runs only the exact one is
 * left. */
static void
test_energy (void)
{
  g_auto (LtViewRun) run;
  g_autofree char *with = NULL, *without = NULL;
  gpointer result;
  double exact;

  init_machine (&run);
  result = lt_view_run_show (&run, "energy runs=100", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_energy_view, result, "by AIS, log Z exact");
  lt_test_assert_description (&lt_energy_view, result, "− training");
  with = csv_of (&lt_energy_view, result);
  exact = figure (with, "log_z,exact");
  g_assert_cmpfloat_with_epsilon (figure (with, "log_z,ais"), exact, 0.2);
  g_assert_cmpfloat (figure (with, "log_z,ais_low"), <, figure (with, "log_z,ais"));
  g_assert_cmpfloat (figure (with, "log_z,ais_high"), >, figure (with, "log_z,ais"));
  g_assert_false (isnan (figure (with, "free_energy,noise")));
  g_assert_false (isnan (figure (with, "free_energy,particles")));
  lt_energy_view.free (result);

  result = lt_view_run_show (&run, "energy runs=0", 480.0, 300.0, NULL);
  without = csv_of (&lt_energy_view, result);
  g_assert_cmpfloat (figure (without, "log_z,exact"), ==, exact);
  g_assert_true (isnan (figure (without, "log_z,ais")));
  lt_energy_view.free (result);
}

/* A row a particle and its neighbour; the same seed gives the same, another seed others, and
 * a machine that keeps no chains says so. */
static void
test_particles (void)
{
  const char *const texts[] = { "particles count=7", "particles count=7",
                                "particles count=7 view-seed=2" };
  g_auto (LtViewRun) run;
  char *csv[3];

  init_machine (&run);
  for (int i = 0; i < 3; i++) {
    gpointer result = lt_view_run_show (&run, texts[i], 480.0, 300.0, NULL);

    lt_test_assert_description (&lt_particles_view, result,
                                "100 Gibbs steps from train examples");
    lt_test_assert_description (&lt_particles_view, result, "7 chains");
    lt_test_assert_description (&lt_particles_view, result, "class changes");
    csv[i] = csv_of (&lt_particles_view, result);
    g_assert_cmpint (lt_test_count_lines (csv[i]), ==, 1 + 14);
    lt_particles_view.free (result);
  }
  g_assert_cmpstr (csv[0], ==, csv[1]);
  g_assert_cmpstr (csv[0], !=, csv[2]);
  for (int i = 0; i < 3; i++)
    g_free (csv[i]);
  lt_view_run_refuse (&run, "particles start=chains", "persistent chains");
}

/* The pointer finds each of the particles. */
static void
test_particles_hit (void)
{
  g_auto (LtViewRun) run;
  gpointer result;
  LtViewHit found;
  LtLens *lens;

  init_machine (&run);
  result = lt_view_run_show (&run, "particles count=7", 480.0, 300.0, NULL);
  g_assert_true (lt_test_find_item (&lt_particles_view, result, &run.style, &found));
  g_assert_nonnull (strstr (found.text, ": looks like "));
  lens = lt_view_run_look (&run, &lt_particles_view, result, &found, FALSE);
  g_assert_nonnull (lens);
  g_assert_cmpint (lens->n, ==, 2);
  lt_lens_free (lens);
  lt_particles_view.free (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/views/filters", test_filters);
  g_test_add_func ("/views/filters/order", test_filters_order);
  g_test_add_func ("/views/reconstructions", test_reconstructions);
  g_test_add_func ("/views/latent-map", test_latent_map);
  g_test_add_func ("/views/latent-map/manifold", test_manifold);
  g_test_add_func ("/views/latent-map/lens", test_latent_lens);
  g_test_add_func ("/views/latent-map/inverse", test_latent_inverse);
  g_test_add_func ("/views/vector-field", test_vector_field);
  g_test_add_func ("/views/learning-curves", test_learning_curves);
  g_test_add_func ("/views/learning-curves/terms", test_learning_curves_terms);
  g_test_add_func ("/views/learning-curves/panels", test_learning_curves_panels);
  g_test_add_func ("/views/learning-curves/rates", test_learning_curves_rates);
  g_test_add_func ("/views/learning-curves/pca", test_learning_curves_pca);
  g_test_add_func ("/views/learning-curves/empty", test_learning_curves_empty);
  g_test_add_func ("/views/hit/tiles", test_tiles_hit);
  g_test_add_func ("/views/hit/curves", test_curves_hit);
  g_test_add_func ("/views/energy", test_energy);
  g_test_add_func ("/views/particles", test_particles);
  g_test_add_func ("/views/particles/hit", test_particles_hit);
  return g_test_run ();
}
