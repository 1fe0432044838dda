/* Patches of the shipped photographs, and documents of bars. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#include "data/source.h"

static LtDataSpec *
specify (const char *name, const char *settings)
{
  g_autoptr (GError) error = NULL;
  LtDataSpec *spec = lt_data_spec_new (name, &error);
  g_auto (GStrv) pairs = g_strsplit (settings, " ", -1);

  g_assert_no_error (error);
  for (int i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    g_assert_true (lt_knob_parse (lt_knobs_find (&spec->source->knobs, pair[0]),
                                  pair[1], spec->settings, &error));
  }
  return spec;
}

static LtTable *
load (const char *name, const char *settings, guint64 seed)
{
  g_autoptr (LtDataSpec) spec = specify (name, settings);
  g_autoptr (GError) error = NULL;
  LtTable *table = lt_data_spec_load_table (spec, seed, &error);

  g_assert_no_error (error);
  return table;
}

/* ---- Photographs ------------------------------------------------------------------ */

/* The files are those of the packages that they came with. */
static void
test_photographs_are_unmodified (void)
{
  static const char *const sums[][2] = {
    { "astronaut.png", "97066e0a8baf4cd0be9859f9825aa3a2" },
    { "chelsea.png", "0f1b4a59504988622035d850dc0555ac" },
    { "china.jpg", "1c6116212e35016fa7c3b67c81ec1335" },
    { "coffee.png", "f24210802e8d0690e0c1c2302f907cc4" },
    { "flower.jpg", "5896f0d20066ea484089d086cd8e5a8d" },
    { "rocket.jpg", "511130d2072cc744a1fa5015bc23557a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++) {
    g_autofree char *path =
        g_build_filename (lt_data_dir (), "photographs", sums[i][0], NULL);
    g_autofree char *data = NULL, *sum = NULL;
    gsize n;

    g_assert_true (g_file_get_contents (path, &data, &n, NULL));
    sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) data, n);
    g_assert_cmpstr (sum, ==, sums[i][1]);
  }
}

/* ---- Patches ---------------------------------------------------------------------- */

typedef struct {
  GdkPixbuf *picture;
  int width, height;
} Photograph;

static gboolean
lies_at (const Photograph *photograph, int x, int y, int size, const guint8 *patch)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (photograph->picture);
  int n = gdk_pixbuf_get_n_channels (photograph->picture);
  int stride = gdk_pixbuf_get_rowstride (photograph->picture);

  for (int i = 0; i < size; i++)
    for (int j = 0; j < size; j++)
      if (memcmp (pixels + (gsize) (y + i) * stride + (gsize) (x + j) * n,
                  patch + 3 * (i * size + j), 3) != 0)
        return FALSE;
  return TRUE;
}

/* The first column at which the patch is found in any photograph, as a share of the width that
 * it may begin at; fails when it is nowhere. */
static double
find_patch (const Photograph *photographs, int n, int size, const guint8 *patch)
{
  for (int k = 0; k < n; k++)
    for (int y = 0; y + size <= photographs[k].height; y++)
      for (int x = 0; x + size <= photographs[k].width; x++)
        if (lies_at (&photographs[k], x, y, size, patch))
          return (double) (x + size / 2) / photographs[k].width;
  g_assert_not_reached ();
}

/* Every colour patch is a square of a photograph, red before green before blue; those for
 * testing come from the right-hand fifth, the others do not. */
static void
test_patches_are_cut_from_photographs (void)
{
  static const char *const files[] = { "astronaut.png", "chelsea.png", "china.jpg",
                                       "coffee.png",    "flower.jpg",  "rocket.jpg" };
  enum {
    SIZE = 16,
    N = 60
  };
  g_autoptr (LtTable) table = load ("patches", "colour=true patch-size=16 count=60", 3);
  Photograph photographs[G_N_ELEMENTS (files)];

  g_assert_cmpuint (table->n, ==, N);
  g_assert_cmpuint (table->n_test, ==, N / 5);
  g_assert_cmpint (table->shape.nv, ==, 3 * SIZE * SIZE);
  for (gsize k = 0; k < G_N_ELEMENTS (files); k++) {
    g_autofree char *path =
        g_build_filename (lt_data_dir (), "photographs", files[k], NULL);

    photographs[k].picture = gdk_pixbuf_new_from_file (path, NULL);
    g_assert_nonnull (photographs[k].picture);
    photographs[k].width = gdk_pixbuf_get_width (photographs[k].picture);
    photographs[k].height = gdk_pixbuf_get_height (photographs[k].picture);
  }
  for (gsize i = 0; i < table->n; i++) {
    double at = find_patch (photographs, G_N_ELEMENTS (files), SIZE,
                            table->bytes + i * table->shape.nv);

    if (i >= table->n - table->n_test)
      g_assert_cmpfloat (at, >, 0.8);
    else
      g_assert_cmpfloat (at, <, 0.8);
  }
  for (gsize k = 0; k < G_N_ELEMENTS (files); k++)
    g_object_unref (photographs[k].picture);
}

/* Grey patches are the same places, with the eye's weights for the colours. */
static void
test_grey_patches (void)
{
  g_autoptr (LtTable) grey = load ("patches", "count=100 patch-size=9", 3);
  g_autoptr (LtTable) colour =
      load ("patches", "count=100 patch-size=9 colour=true", 3);

  g_assert_cmpint (grey->shape.nv, ==, 81);
  for (gsize i = 0; i < grey->n * 81; i++) {
    const guint8 *p = colour->bytes + 3 * i;
    double luma = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];

    g_assert_cmpfloat (fabs (grey->bytes[i] - luma), <=, 0.5);
  }
}

/* Left alone, patches are whitened, and handed out as what Gaussian units take; so are the
 * test patches, which were not measured. The same seed makes the same values. */
static void
test_patches_are_whitened (void)
{
  g_autoptr (LtDataSpec) spec = specify ("patches", "count=4000 patch-size=6");
  g_autoptr (LtDataset) a = lt_data_spec_load (spec, 2, NULL);
  g_autoptr (LtDataset) b = lt_data_spec_load (spec, 2, NULL);
  gsize n = lt_dataset_n (a, LT_TRAIN);
  g_autofree float *x = g_new (float, n * 36), *y = g_new (float, n * 36);
  double square = 0;

  g_assert_true (lt_shape_is_picture (lt_dataset_shape (a)));
  g_assert_cmpint (lt_dataset_shape (a)->modality[0].kind, ==, LT_REAL);
  g_assert_true (lt_dataset_shape (a)->modality[0].standardised);
  g_assert_cmpuint (lt_dataset_n (a, LT_TEST), ==, 800);
  lt_dataset_gather (a, LT_TRAIN, NULL, 0, n, x);
  lt_dataset_gather (b, LT_TRAIN, NULL, 0, n, y);
  g_assert_cmpmem (x, n * 36 * sizeof *x, y, n * 36 * sizeof *y);
  for (gsize i = 0; i < n * 36; i++) {
    g_assert_true (isfinite (x[i]));
    square += (double) x[i] * (double) x[i] / (double) (n * 36);
  }
  g_assert_cmpfloat (fabs (square - 1), <, 1e-3);

  spec->preparation.whitening = LT_WHITENING_NONE;
  g_clear_pointer (&b, lt_dataset_unref);
  b = lt_data_spec_load (spec, 2, NULL);
  g_assert_cmpint (lt_dataset_shape (b)->modality[0].kind, ==, LT_UNIT);
}

/* ---- Topics ----------------------------------------------------------------------- */

static double
document_length (const LtTable *table, gsize i)
{
  double length = 0;

  for (int j = 0; j < table->shape.nv; j++) {
    float count = table->floats[i * table->shape.nv + j];

    g_assert_true (count >= 0 && count == floorf (count));
    length += (double) count;
  }
  return length;
}

/* Documents are counts, whose sums are the lengths that were asked for; as counts they come
 * out of the preparation. */
static void
test_topics_are_counts (void)
{
  g_autoptr (LtDataSpec) spec = specify ("topics", "count=500 words=40");
  g_autoptr (LtTable) table = lt_data_spec_load_table (spec, 1, NULL);
  g_autoptr (LtDataset) dataset = lt_data_spec_load (spec, 1, NULL);
  double total = 0, shortest = INFINITY, longest = 0;

  g_assert_cmpint (lt_dataset_shape (dataset)->modality[0].kind, ==, LT_COUNTS);
  g_assert_cmpint (table->shape.modality[0].height, ==, 5);
  for (gsize i = 0; i < table->n; i++) {
    double length = document_length (table, i);

    shortest = fmin (shortest, length);
    longest = fmax (longest, length);
    total += length;
  }
  g_assert_cmpfloat (shortest, >=, 20);
  g_assert_cmpfloat (longest, <=, 60);
  /* Uniform: the mean's standard error is 40/√12/√500 = .52. */
  g_assert_cmpfloat (fabs (total / 500 - 40), <, 2.1);
}

/* With hardly any mixing a document is a bar: the row or column that its label names. */
static void
test_topics_are_bars (void)
{
  g_autoptr (LtTable) table =
      load ("topics", "count=400 grid=4 concentration=0.05 length-spread=0", 1);
  int n_classes = (int) g_strv_length (table->label_names), seen[8] = { 0 };
  double inside = 0;

  g_assert_cmpint (n_classes, ==, 8);
  g_assert_cmpstr (table->label_names[4], ==, "column 1");
  for (gsize i = 0; i < table->n; i++) {
    int topic = table->labels[i];

    g_assert_cmpfloat (document_length (table, i), ==, 100);
    seen[topic]++;
    for (int k = 0; k < 4; k++) {
      int word = topic < 4 ? topic * 4 + k : k * 4 + topic - 4;

      inside += (double) table->floats[i * 16 + word] / 40000;
    }
  }
  /* The largest of eight shares and a quarter of those that cross its bar: .846 on average by
   * simulation, with a deviation of .154 and so a standard error of .0077. */
  g_assert_cmpfloat (fabs (inside - 0.846), <, 0.031);
  for (int k = 0; k < 8; k++)
    g_assert_cmpint (seen[k], >, 20);
}

/* Shares of a Dirichlet distribution: a word's mean count is even, and the variance of a row's
 * share of the words is what α says. */
static void
test_topics_have_their_moments (void)
{
  enum {
    N = 4000,
    WORDS = 1000
  };
  g_autoptr (LtTable) table = load (
      "topics", "count=4000 grid=2 words=1000 length-spread=0 concentration=0.5", 1);
  double mean[4] = { 0 }, square = 0;

  for (gsize i = 0; i < N; i++) {
    const float *x = table->floats + 4 * i;
    double row = ((double) x[0] + (double) x[1]) / WORDS - 0.5;

    for (int j = 0; j < 4; j++)
      mean[j] += (double) x[j] / N / WORDS;
    square += row * row / N;
  }
  /* θ has 4 parts of α = .5, so Var θ = (1/4)(3/4)/3 and Cov = −(1/4)(1/4)/3. The first row's share is
   * θ₁ + (θ₃ + θ₄)/2 = ½ + (θ₁ − θ₂)/2, of variance (2 Var − 2 Cov)/4 = 1/24, and counting
   * 1000 words adds at most .00025. Four standard errors are about .003. */
  for (int j = 0; j < 4; j++)
    g_assert_cmpfloat (fabs (mean[j] - 0.25), <, 0.02);
  g_assert_cmpfloat (fabs (square - 1 / 24.0), <, 0.0035);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/photographs/unmodified", test_photographs_are_unmodified);
  g_test_add_func ("/patches/cut", test_patches_are_cut_from_photographs);
  g_test_add_func ("/patches/grey", test_grey_patches);
  g_test_add_func ("/patches/whitened", test_patches_are_whitened);
  g_test_add_func ("/topics/counts", test_topics_are_counts);
  g_test_add_func ("/topics/bars", test_topics_are_bars);
  g_test_add_func ("/topics/moments", test_topics_have_their_moments);
  return g_test_run ();
}
