/* The views of what Boltzmann machines do: both phases, mean field, biases. */
#include "support/view-run.h"
#include "views/energy.h"
#include "views/phase-microscope.h"

#include "train/run-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const small_rbm[] = { "hidden", "12", NULL, NULL };
static const char *const pcd_rbm[] = { "hidden", "12", "method", "pcd",
                                       "chains", "25", NULL,     NULL };
static const char *const large_rbm[] = { "hidden", "60", NULL, NULL };
static const char *const label_dbm[] = { "hidden", "14 6", "label-units",
                                         "10",     NULL,   NULL };
static const char *const small_dbn[] = { "hidden", "14 6 5", "layer", "2", NULL, NULL };
static const char *const small_dbm[] = { "hidden", "14 6", NULL, NULL };

static void
run_init (LtViewRun *run, const char *family, const char *const *settings)
{
  lt_view_run_init (run, lt_test_data ("digits"), family, settings);
}

static const LtView *
view_of (const char *name)
{
  const LtView *view = lt_view_find (name, NULL);

  g_assert_nonnull (view);
  return view;
}

/* Each suits the machines that it is about, and says why not where it does not. */
static void
test_suits (void)
{
  const LtView *microscope = view_of ("phase-microscope"),
               *mean_field = view_of ("mean-field");
  g_auto (LtViewRun) rbm, dbm, net;
  const char *why = NULL;

  run_init (&rbm, "rbm", small_rbm);
  run_init (&dbm, "dbm", small_dbm);
  lt_view_run_init_spiral (&net);
  g_assert_true (microscope->suits (rbm.snapshot->model, rbm.data, &why));
  g_assert_true (microscope->suits (dbm.snapshot->model, dbm.data, &why));
  g_assert_true (mean_field->suits (dbm.snapshot->model, dbm.data, &why));
  g_assert_false (microscope->suits (net.snapshot->model, net.data, &why));
  g_assert_true (g_str_has_suffix (why, "."));
  g_assert_false (mean_field->suits (rbm.snapshot->model, rbm.data, &why));
  g_assert_true (g_str_has_suffix (why, "."));
}

/* ---- The phase microscope ------------------------------------------------------------- */

/* Whatever it shows, and for strips of features too. */
static void
test_microscope_paint (void)
{
  static const char *const texts[] = {
    "phase-microscope",
    "phase-microscope show=steps",
    "phase-microscope show=subtraction emphasise=exact",
    "phase-microscope form=matrix",
    "phase-microscope amplify=false first=5 count=3",
  };
  static const char *const features[] = { "hidden", "7", NULL, NULL };
  g_auto (LtViewRun) digits, wine;

  run_init (&digits, "rbm", small_rbm);
  lt_view_run_init (&wine, lt_test_data ("wine"), "gaussian-rbm", features);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    lt_view_run_assert_painted (&digits, texts[i]);
  lt_view_run_assert_painted (&wine, "phase-microscope");
}

/* Which chains, how many, and what they are compared to: nothing goes without saying. */
static void
test_microscope_words (void)
{
  const LtView *view = view_of ("phase-microscope");
  g_auto (LtViewRun) fresh, kept, large;
  gpointer result;

  run_init (&fresh, "rbm", small_rbm);
  run_init (&kept, "rbm", pcd_rbm);
  run_init (&large, "rbm", large_rbm);
  result = lt_view_run_show (&fresh, "phase-microscope minibatch=2 minibatch-size=30",
                             1200, 640, NULL);
  lt_test_assert_description (view, result, "cosine to the exact gradient: CD-1 ");
  lt_test_assert_description (view, result, "minibatch 2: 30 of ");
  lt_test_assert_description (view, result, "100 fresh ones, 200 steps");
  g_assert_cmpint (((LtMicroscopeResult *) result)->emphasised, ==, LT_MODEL_BY_CD_1);
  view->free (result);
  result = lt_view_run_show (&kept, "phase-microscope k=5", 1200, 640, NULL);
  lt_test_assert_description (view, result, "CD-5 ");
  lt_test_assert_description (view, result, "the 25 persistent chains");
  g_assert_cmpint (((LtMicroscopeResult *) result)->emphasised, ==, LT_MODEL_BY_CHAINS);
  view->free (result);
  result = lt_view_run_show (&large, "phase-microscope", 1200, 640, NULL);
  lt_test_assert_description (view, result, "too large to go through all states");
  view->free (result);
}

/* The result of a view of 1200 × 640 with something drawn. */
static gpointer
show_drawn (const LtViewRun *run, const char *text, const LtDrawing *drawing)
{
  g_autoptr (GError) error = NULL;
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse (text, &settings, &error);
  const LtViewRequest request = { .snapshot = run->snapshot,
                                  .data = run->data,
                                  .settings = settings,
                                  .log = &run->log,
                                  .ws = run->ws,
                                  .seed = 1,
                                  .w = 1200,
                                  .h = 640,
                                  .style = &run->style,
                                  .drawing = drawing };
  gpointer result;

  g_assert_no_error (error);
  result = view->compute (&request, &error);
  g_assert_no_error (error);
  return result;
}

/* The first place of the microscope that can be drawn on. */
static gboolean
find_surface (const LtView *view,
              gconstpointer result,
              const LtStyle *style,
              LtViewSurface *surface)
{
  for (int y = 0; y < 640; y += 8)
    for (int x = 0; x < 1200; x += 8)
      if (view->surface (result, style, 1200, 640, x, y, surface))
        return TRUE;
  return FALSE;
}

/* What is drawn is the minibatch, and v⁰ is where it is drawn; nothing is drawn on training
 * rows, on hidden units and on what is no picture. */
static void
test_microscope_drawn (void)
{
  const LtView *view = view_of ("phase-microscope");
  const LtStroke stroke = { 1, 4, 7, 4 };
  g_autoptr (LtDrawing) blank = lt_drawing_new (8, 8);
  g_autoptr (LtDrawing) bar = lt_drawing_add (blank, &stroke);
  g_auto (LtViewRun) run, deep, wine;
  LtMicroscopeResult *result;
  LtViewSurface surface;

  run_init (&run, "rbm", small_rbm);
  run_init (&deep, "dbm", small_dbm);
  lt_view_run_init (&wine, lt_test_data ("wine"), "gaussian-rbm", small_rbm);
  result = show_drawn (&run, "phase-microscope rows=drawn minibatch-size=30", bar);
  g_assert_cmpint (result->contrast->n, ==, 30);
  g_assert_cmpint (result->contrast->n_shown, ==, 1);
  g_assert_cmpmem (result->contrast->v0, 64 * sizeof (float), bar->ink,
                   64 * sizeof (float));
  lt_test_assert_description (view, result, "minibatch: the drawing, 30 times");
  g_assert_true (find_surface (view, result, &run.style, &surface));
  g_assert_cmpint (surface.width, ==, 8);
  g_assert_cmpfloat (surface.rect.width, >, 40);
  view->free (result);
  result = show_drawn (&run, "phase-microscope", bar);
  g_assert_cmpint (result->contrast->n_shown, >, 1);
  g_assert_false (find_surface (view, result, &run.style, &surface));
  view->free (result);
  result = show_drawn (&deep, "phase-microscope rows=drawn layer=2", NULL);
  lt_test_assert_description (view, result, "nothing drawn yet");
  g_assert_false (find_surface (view, result, &deep.style, &surface));
  view->free (result);
  lt_view_run_refuse (&run, "phase-microscope rows=drawn drawing=/nowhere.png",
                      "no file");
  lt_view_run_refuse (&wine, "phase-microscope rows=drawn", "not pictures");
}

/* Deep machines: every weight layer, from the data's to the labels', one that is not there
 * being the usual one; and what the steps are. */
static void
test_microscope_deep (void)
{
  static const char *const dbm_layers[] = {
    "weights between v and h₁;", /* the usual one */
    "weights between v and h₁;", "weights between h₁ and h₂;",
    "weights between h₂ and y;", "weights between v and h₁;",
  };
  static const char *const dbn_layers[] = {
    "weights between h₁ and h₂;", "weights between v and h₁;",
    "weights between h₁ and h₂;",
    "weights between h₁ and h₂;", /* which has not learnt yet */
  };
  const LtView *view = view_of ("phase-microscope");
  g_auto (LtViewRun) dbm, dbn;

  run_init (&dbm, "dbm", label_dbm);
  run_init (&dbn, "dbn", small_dbn);
  for (gsize i = 0; i < G_N_ELEMENTS (dbm_layers) + G_N_ELEMENTS (dbn_layers); i++) {
    gboolean first = i < G_N_ELEMENTS (dbm_layers);
    int layer = (int) (first ? i : i - G_N_ELEMENTS (dbm_layers));
    g_autofree char *text = g_strdup_printf ("phase-microscope layer=%d", layer);
    const LtViewRun *run = first ? &dbm : &dbn;
    gpointer result = lt_view_run_show (run, text, 1200, 640, NULL);

    lt_test_assert_description (view, result,
                                first ? dbm_layers[layer] : dbn_layers[layer]);
    lt_test_assert_description (view, result, "cosine to the exact gradient");
    lt_test_assert_description (view, result,
                                first ? "persistent chains" : "fresh ones");
    view->free (result);
    lt_view_run_assert_painted (run, text);
  }
  lt_view_run_assert_painted (&dbm, "phase-microscope layer=2 form=matrix");
  lt_view_run_assert_painted (&dbm, "phase-microscope layer=3 show=steps");
  lt_view_run_assert_painted (&dbn, "phase-microscope layer=2 show=subtraction");
}

/* Under the pointer: what is seen of each layer, and no unit where a square has none. */
static void
test_microscope_deep_hit (void)
{
  const LtView *view = view_of ("phase-microscope");
  gboolean below = FALSE, above = FALSE, product = FALSE;
  g_auto (LtViewRun) run;
  gpointer result;

  run_init (&run, "dbm", small_dbm);
  result = lt_view_run_show (&run, "phase-microscope layer=2", 1200, 640, NULL);
  for (int y = 0; y < 640; y += 6)
    for (int x = 0; x < 1200; x += 6) {
      LtViewHit found = { .item = -1 };
      const char *unit;

      if (!view->hit (result, &run.style, 1200, 640, x, y, &found))
        continue;
      below = below || g_str_has_prefix (found.text, "h₁, mean field of training row ");
      above = above || g_str_has_prefix (found.text, "h₂, mean field of training row ");
      product = product || g_str_has_prefix (found.text, "⟨h₁ h₂⟩ of units ");
      unit = strstr (found.text, ", unit ");
      if (unit != NULL)
        g_assert_cmpint (atoi (unit + strlen (", unit ")), <,
                         g_str_has_prefix (found.text, "h₁") ? 14 : 6);
    }
  g_assert_true (below);
  g_assert_true (above);
  g_assert_true (product);
  view->free (result);
}

/* The table holds every pair of units shown, and the pointer reads the same numbers. */
static void
test_microscope_csv (void)
{
  const LtView *view = view_of ("phase-microscope");
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL, fields = NULL;
  gpointer result;

  run_init (&run, "rbm", small_rbm);
  result = lt_view_run_show (&run, "phase-microscope first=4 count=2", 1200, 640, NULL);
  csv = view->to_csv (result);
  g_assert_cmpint (lt_test_count_lines (csv), ==, 1 + 3 + 64 * 2);
  lines = g_strsplit (csv, "\n", -1);
  fields = g_strsplit (lines[4], ",", -1);
  g_assert_cmpstr (fields[0], ==, "vh");
  g_assert_cmpstr (fields[2], ==, "3");
  g_assert_cmpint ((int) g_strv_length (fields), ==, 8);
  view->free (result);
}

/* A click on a method's title makes it the one that stands out; numbers below subtract. */
static void
test_microscope_hit (void)
{
  const LtView *view = view_of ("phase-microscope");
  g_auto (LtViewRun) run;
  gboolean title = FALSE, subtraction = FALSE, step = FALSE;
  gpointer result;

  run_init (&run, "rbm", small_rbm);
  result = lt_view_run_show (&run, "phase-microscope", 1200, 640, NULL);
  for (int y = 0; y < 640; y += 6)
    for (int x = 0; x < 1200; x += 6) {
      LtViewHit found = { .item = -1 };
      double data, model, difference;
      const char *minus;

      if (!view->hit (result, &run.style, 1200, 640, x, y, &found))
        continue;
      title = title || strcmp (found.turn, "emphasise=exact") == 0;
      step = step || strstr (found.text, "h¹ of training row ") != NULL;
      minus = strstr (found.text, " − CD-1 ");
      if (minus == NULL)
        continue;
      subtraction = TRUE;
      data = g_ascii_strtod (strstr (found.text, "data ") + strlen ("data "), NULL);
      model = g_ascii_strtod (minus + strlen (" − CD-1 "), NULL);
      difference = g_ascii_strtod (strstr (found.text, " = ") + 3, NULL);
      g_assert_cmpfloat_with_epsilon (difference, data - model, 2e-3);
    }
  g_assert_true (title);
  g_assert_true (subtraction);
  g_assert_true (step);
  view->free (result);
}

/* Parameters that are no numbers are said, not shown. */
static void
test_diverged (void)
{
  g_auto (LtViewRun) rbm, dbm;

  run_init (&rbm, "rbm", small_rbm);
  run_init (&dbm, "dbm", small_dbm);
  rbm.snapshot->params[0] = NAN;
  dbm.snapshot->params[0] = NAN;
  lt_view_run_refuse (&rbm, "phase-microscope", "not finite");
  lt_view_run_refuse (&dbm, "mean-field", "not finite");
}

/* ---- Mean field ------------------------------------------------------------------------- */

static void
test_mean_field (void)
{
  const LtView *view = view_of ("mean-field");
  g_auto (LtViewRun) run;
  g_autofree char *csv = NULL;
  g_autofree double *bounds = NULL;
  gpointer result;
  LtRng rng;
  int n;

  run_init (&run, "dbm", small_dbm);
  lt_rng_init (&rng, 1, 1);
  lt_rng_fill_normal (&rng, lt_layout_size (run.snapshot->model->params),
                      run.snapshot->params);
  lt_view_run_assert_painted (&run, "mean-field");
  lt_view_run_assert_painted (&run, "mean-field values=distance examples=6");
  lt_view_run_assert_painted (&run, "mean-field show=change");
  lt_view_run_assert_painted (&run, "mean-field show=bound");
  result = lt_view_run_show (&run, "mean-field tolerance=1e-9 sweeps=3 split=train",
                             1200, 640, NULL);
  lt_test_assert_description (view, result, "distance from where means settle");
  lt_test_assert_description (view, result, "not settled after 3 sweeps, within 1e-09");
  csv = view->to_csv (result);
  bounds = lt_test_csv_column (csv, 2, &n);
  g_assert_cmpint (n, ==, 4);
  for (int i = 2; i < n; i++)
    g_assert_cmpfloat (bounds[i], >=, bounds[i - 1] - 1e-3);
  view->free (result);
}

/* Layers, sweeps and curves are told of under the pointer. */
static void
test_mean_field_hit (void)
{
  const LtView *view = view_of ("mean-field");
  g_auto (LtViewRun) run;
  gboolean unit = FALSE, curve = FALSE, data = FALSE;
  gpointer result;

  run_init (&run, "dbm", small_dbm);
  result = lt_view_run_show (&run, "mean-field", 1200, 640, NULL);
  for (int y = 0; y < 640; y += 6)
    for (int x = 0; x < 1200; x += 6) {
      LtViewHit found = { .item = -1 };

      if (!view->hit (result, &run.style, 1200, 640, x, y, &found))
        continue;
      unit = unit || strstr (found.text, ", hidden 2, unit 3, sweep 1: ") != NULL;
      curve = curve || g_str_has_prefix (found.text, "sweep 1: bound ");
      data = data || strcmp (found.text, "test 0") == 0;
    }
  g_assert_true (unit);
  g_assert_true (curve);
  g_assert_true (data);
  view->free (result);
}

/* ---- Biases ------------------------------------------------------------------------------- */

/* All units of a layer with their own tensor's values; visible ones beside their labels. */
static void
test_biases (void)
{
  static const char *const deep[] = { "hidden", "14 6", NULL, NULL };
  g_auto (LtViewRun) machine, net;
  g_autofree double *values = NULL;
  g_autofree char *csv = NULL;
  const LtTensor *tensor;
  gpointer result;
  int n;

  run_init (&machine, "classification-rbm", small_rbm);
  run_init (&net, "autoencoder", deep);
  tensor = lt_layout_find (machine.snapshot->model->params, "b");
  machine.snapshot->params[tensor->offset + 9] = 2.5f;
  lt_view_run_assert_painted (&machine, "filters what=bias-visible");
  lt_view_run_assert_painted (&machine, "filters what=bias-hidden");
  result = lt_view_run_show (&machine, "filters what=bias-visible", 460, 240, NULL);
  csv = lt_filters_view.to_csv (result);
  values = lt_test_csv_column (csv, 1, &n);
  g_assert_cmpint (n, ==, 64);
  g_assert_cmpfloat (values[9], ==, 2.5);
  lt_filters_view.free (result);
  result = lt_view_run_show (&net, "filters what=bias-hidden layer=2", 460, 240, NULL);
  lt_test_assert_description (&lt_filters_view, result, "biases b2 of ");
  lt_filters_view.free (result);
}

/* ---- What the model itself draws ------------------------------------------------------------ */

/* Units answer to what the model draws as to a split, without classes; a model that draws
 * nothing says so. */
static void
test_answers_to_model (void)
{
  g_auto (LtViewRun) machine, net;
  gpointer result;

  run_init (&machine, "rbm", pcd_rbm);
  run_init (&net, "autoencoder", small_dbm);
  result = lt_view_run_show (&machine, "distributions split=model", 480.0, 300.0, NULL);
  lt_test_assert_description (&lt_distributions_view, result,
                              "of 12 units on all 25 sampled examples");
  lt_distributions_view.free (result);
  lt_view_run_refuse (&net, "distributions split=model", "Boltzmann");
}

/* ---- The dashboard -------------------------------------------------------------------------- */

/* Eight views of a machine, of a layer that is chosen once for all; fewer where there is less
 * to see. */
static void
test_dashboard (void)
{
  const LtView *view = view_of ("dashboard");
  g_auto (LtViewRun) machine, spiral;
  g_autofree char *csv = NULL;
  gpointer result, again;

  run_init (&machine, "rbm", small_rbm);
  lt_view_run_init_spiral (&spiral);
  lt_view_run_assert_painted (&machine, "dashboard");
  lt_view_run_assert_painted (&spiral, "dashboard");
  result = lt_view_run_show (&machine, "dashboard", 1200, 640, NULL);
  lt_test_assert_description (
      view, result,
      "epoch 2: Filters, Last update, Particles beside data, Learning curves, "
      "Activations on data, Activations on the model, Units × examples, Free energy");
  again = lt_view_run_show (&machine, "dashboard", 1200, 640, result);
  csv = view->to_csv (again);
  g_assert_true (g_str_has_prefix (csv, "# Filters\nunit,norm,"));
  g_assert_nonnull (strstr (csv, "\n\n# Free energy\nwhat,name,value\n"));
  view->free (again);
  view->free (result);
  lt_view_run_refuse (&machine, "dashboard layer=2", "no hidden layer 2");
}

/* Every cell is told of under the pointer, and its card is that of its view. */
static void
test_dashboard_hit (void)
{
  const LtView *view = view_of ("dashboard");
  g_auto (LtViewRun) run;
  gboolean filter = FALSE, energy = FALSE, unit = FALSE;
  gpointer result;

  run_init (&run, "rbm", small_rbm);
  result = lt_view_run_show (&run, "dashboard", 1200, 640, NULL);
  for (int y = 0; y < 640; y += 8)
    for (int x = 0; x < 1200; x += 8) {
      LtViewRequest request = { .snapshot = run.snapshot,
                                .data = run.data,
                                .log = &run.log,
                                .ws = run.ws,
                                .seed = 1,
                                .w = 1200,
                                .h = 640,
                                .style = &run.style };
      LtViewHit found = { .item = -1 };
      gpointer card;

      if (!view->hit (result, &run.style, 1200, 640, x, y, &found))
        continue;
      filter = filter || g_str_has_prefix (found.text, "hidden 1, unit 7: ‖w‖ = ");
      energy = energy || g_str_has_prefix (found.text, "noise, mean ");
      unit = unit || g_str_has_prefix (found.text, "unit 3, test ");
      g_assert_cmpstr (found.turn, ==, "");
      card = view->lens (&request, result, &found, FALSE);
      if (card != NULL)
        view->lens_free (card);
    }
  g_assert_true (filter);
  g_assert_true (energy);
  g_assert_true (unit);
  view->free (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine-views/suits", test_suits);
  g_test_add_func ("/machine-views/microscope-paint", test_microscope_paint);
  g_test_add_func ("/machine-views/microscope-words", test_microscope_words);
  g_test_add_func ("/machine-views/microscope-drawn", test_microscope_drawn);
  g_test_add_func ("/machine-views/microscope-deep", test_microscope_deep);
  g_test_add_func ("/machine-views/microscope-deep-hit", test_microscope_deep_hit);
  g_test_add_func ("/machine-views/microscope-csv", test_microscope_csv);
  g_test_add_func ("/machine-views/microscope-hit", test_microscope_hit);
  g_test_add_func ("/machine-views/diverged", test_diverged);
  g_test_add_func ("/machine-views/mean-field", test_mean_field);
  g_test_add_func ("/machine-views/mean-field-hit", test_mean_field_hit);
  g_test_add_func ("/machine-views/biases", test_biases);
  g_test_add_func ("/machine-views/answers-to-model", test_answers_to_model);
  g_test_add_func ("/machine-views/dashboard", test_dashboard);
  g_test_add_func ("/machine-views/dashboard-hit", test_dashboard_hit);
  return g_test_run ();
}
