/* Every view is found, computes, paints and is exported, without a display. */
#include "core/error.h"
#include "support/view-run.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- The table -------------------------------------------------------------------- */

/* Each view is found by its name and says in whole sentences what it is; the defaults of its
 * knobs are values that the knobs take. */
static void
test_table (void)
{
  for (int i = 0; lt_views[i] != NULL; i++) {
    const LtView *view = lt_views[i];
    g_autofree gpointer settings = NULL;

    g_assert_true (lt_view_find (view->name, NULL) == view);
    g_assert_true (lt_view_parse (view->name, &settings, NULL) == view);
    g_assert_true (g_str_has_suffix (view->summary, "."));
    for (int k = 0; k < view->knobs.n_knobs; k++) {
      const LtKnob *knob = &view->knobs.knobs[k];
      g_autofree char *text = lt_knob_format (knob, settings);

      g_assert_true (lt_knob_parse (knob, knob->fallback, settings, NULL));
      g_assert_true (lt_knob_parse (knob, text, settings, NULL));
      g_assert_true (g_str_has_suffix (knob->help, "."));
    }
  }
}

/* Settings after the name are applied; quotes hold values with spaces together. */
static void
test_parse (void)
{
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse ("filters layer=3 'order=norm'", &settings, NULL);
  g_autofree char *order = NULL;

  g_assert_true (view == &lt_filters_view);
  g_assert_cmpfloat (
      lt_knob_get_number (lt_knobs_find (&view->knobs, "layer"), settings), ==, 3.0);
  order = lt_knob_format (lt_knobs_find (&view->knobs, "order"), settings);
  g_assert_cmpstr (order, ==, "norm");
}

/* What cannot be read is answered with what could be. */
static void
test_parse_errors (void)
{
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { "fitlers", "filters, reconstructions, latent-map" },
    { "", "such as" },
    { "filters layer", "key=value" },
    { "filters layr=1", "layer, order" },
    { "filters layer=0", "1" },
    { "filters 'layer=1", "matching quotes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gpointer settings = NULL;

    g_assert_null (lt_view_parse (cases[i].text, &settings, &error));
    g_assert_null (settings);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, cases[i].expected));
  }
}

/* Which view suits which data; where one does not, it says why. */
static void
test_suits (void)
{
  static const struct {
    const char *name;
    gboolean digits, spiral;
  } cases[] = {
    { "filters", TRUE, FALSE },        { "reconstructions", TRUE, FALSE },
    { "latent-map", TRUE, TRUE },      { "vector-field", FALSE, TRUE },
    { "learning-curves", TRUE, TRUE }, { "energy", FALSE, FALSE },
    { "particles", FALSE, FALSE },
  };
  g_auto (LtViewRun) digits, spiral;

  lt_view_run_init_digits (&digits);
  lt_view_run_init_spiral (&spiral);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const LtView *view = lt_view_find (cases[i].name, NULL);
    const char *why = NULL;

    g_assert_true (view->suits (digits.snapshot->model, digits.data, &why) ==
                   cases[i].digits);
    g_assert_true (cases[i].digits || g_str_has_suffix (why, "."));
    g_assert_true (view->suits (spiral.snapshot->model, spiral.data, &why) ==
                   cases[i].spiral);
    g_assert_true (cases[i].spiral || g_str_has_suffix (why, "."));
  }
}

/* ---- Painting --------------------------------------------------------------------- */

/* Every view in every size, light and dark, leaves something to see, also after all that it
 * was computed from is gone; at a size that nothing fits into it does no harm. */
static void
paint_all (const char *source, const char *family, const char *const *settings)
{
  g_autoptr (LtDataset) data = lt_test_data (source);
  static const int sizes[][2] = {
    { 16, 12 }, { 160, 100 }, { 480, 300 }, { 1280, 720 }
  };

  for (int i = 0; lt_views[i] != NULL; i++)
    for (gsize size = 0; size < G_N_ELEMENTS (sizes); size++) {
      int w = sizes[size][0], h = sizes[size][1];
      const char *why;
      g_autofree char *text = NULL;
      gpointer result;
      LtViewRun run;

      lt_view_run_init (&run, lt_dataset_ref (data), family, settings);
      if (!lt_views[i]->suits (run.snapshot->model, run.data, &why)) {
        lt_view_run_clear (&run);
        continue;
      }
      result = lt_view_run_show (&run, lt_views[i]->name, w, h, NULL);
      lt_view_run_clear (&run);
      for (int dark = 0; dark < 2; dark++) {
        double share = lt_test_painted_share (lt_views[i], result, dark, w, h);

        g_assert_true (size == 0 || share > 0.005);
      }
      text = lt_views[i]->describe (result);
      g_assert_cmpuint (strlen (text), >, 10);
      lt_views[i]->free (result);
    }
}

static void
test_paint_digits (void)
{
  paint_all ("mnist", "autoencoder", lt_test_small_digits);
}

static void
test_paint_machines (void)
{
  static const char *const few[] = { "hidden", "12", NULL, NULL };
  static const char *const chains[] = { "hidden", "30", "method", "pcd", NULL, NULL };

  paint_all ("digits", "rbm", few);
  paint_all ("digits", "rbm", chains);
  paint_all ("iris", "gaussian-rbm", few);
}

static void
test_paint_spiral (void)
{
  paint_all ("spiral", "denoising", lt_test_noisy_points);
}

/* A result may be painted at another size than it was computed for: the window is resized
 * before the next result is there. */
static void
test_paint_resized (void)
{
  g_auto (LtViewRun) run;

  lt_view_run_init_digits (&run);
  for (int i = 0; lt_views[i] != NULL; i++) {
    const char *why;
    gpointer result;

    if (!lt_views[i]->suits (run.snapshot->model, run.data, &why))
      continue;
    result = lt_view_run_show (&run, lt_views[i]->name, 900.0, 500.0, NULL);
    g_assert_cmpfloat (lt_test_painted_share (lt_views[i], result, FALSE, 200, 140), >,
                       0.005);
    lt_views[i]->free (result);
  }
}

/* ---- Export ----------------------------------------------------------------------- */

typedef struct {
  char *folder;
  LtViewRun run;
  gpointer result;
} Export;

static void
export_init (Export *self)
{
  lt_view_run_init_digits (&self->run);
  self->folder = g_dir_make_tmp ("lantern-views-XXXXXX", NULL);
  self->result =
      lt_view_run_show (&self->run, "latent-map limit=200", 300.0, 200.0, NULL);
}

static void
export_clear (Export *self)
{
  lt_latent_map_view.free (self->result);
  lt_view_run_clear (&self->run);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

static gboolean
export_to (const Export *self, const char *path, GError **error)
{
  return lt_view_export (&lt_latent_map_view, self->result, "A title", &self->run.style,
                         300, 200, path, error);
}

/* PNG, SVG and PDF are whole files of their kinds, in any case of the extension. */
static void
test_export (void)
{
  static const struct {
    const char *name, *start, *end;
  } cases[] = {
    { "a.png", "\x89PNG", NULL },
    { "b.svg", "<?xml", "</svg>\n" },
    { "c.PDF", "%PDF", "%%EOF\n" },
  };
  g_auto (Export) self;

  export_init (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (self.folder, cases[i].name, NULL);
    g_autofree char *content = NULL;
    g_autoptr (GError) error = NULL;
    gsize length;

    export_to (&self, path, &error);
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
    g_assert_true (g_str_has_prefix (content, cases[i].start));
    if (cases[i].end != NULL)
      g_assert_cmpstr (content + length - strlen (cases[i].end), ==, cases[i].end);
    else {
      cairo_surface_t *surface = cairo_image_surface_create_from_png (path);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 300);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 200);
      cairo_surface_destroy (surface);
    }
    g_unlink (path);
  }
}

/* What cannot be written is refused in a sentence, and nothing is left behind: the folder
 * is empty when it is removed. */
static void
test_export_errors (void)
{
  static const struct {
    const char *name, *expected;
  } cases[] = {
    { "a.gif", ".png, .svg or .pdf" },
    { "picture", ".png, .svg or .pdf" },
    { "missing/a.png", "its folder does not exist" },
  };
  g_auto (Export) self;

  export_init (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (self.folder, cases[i].name, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_false (export_to (&self, path, &error));
    g_assert_nonnull (strstr (error->message, cases[i].expected));
    g_assert_nonnull (strstr (error->message, cases[i].name));
  }
}

/* A size that no picture can have is refused. */
static void
test_export_size (void)
{
  g_auto (Export) self;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  export_init (&self);
  path = g_build_filename (self.folder, "a.png", NULL);
  g_assert_false (lt_view_export (&lt_latent_map_view, self.result, "A title",
                                  &self.run.style, 100000, 200, path, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "100000 × 200"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/views/table", test_table);
  g_test_add_func ("/views/parse", test_parse);
  g_test_add_func ("/views/parse/errors", test_parse_errors);
  g_test_add_func ("/views/suits", test_suits);
  g_test_add_func ("/views/paint/digits", test_paint_digits);
  g_test_add_func ("/views/paint/machines", test_paint_machines);
  g_test_add_func ("/views/paint/spiral", test_paint_spiral);
  g_test_add_func ("/views/paint/resized", test_paint_resized);
  g_test_add_func ("/views/export", test_export);
  g_test_add_func ("/views/export/errors", test_export_errors);
  g_test_add_func ("/views/export/size", test_export_size);
  return g_test_run ();
}
