/* The latent map, what keeps it from turning, and the vector field, against known
 * geometry. */
#include "data/source.h"
#include "probes/pca.h"
#include "probes/procrustes.h"
#include "support/affine-kind.h"

#include <math.h>
#include <string.h>

/* ---- The latent map --------------------------------------------------------------- */

static void
turn (const float *points, gsize n, double angle, gboolean flip, float *turned)
{
  float c = (float) cos (angle), s = (float) sin (angle);

  for (gsize i = 0; i < n; i++) {
    float x = points[2 * i], y = flip ? -points[2 * i + 1] : points[2 * i + 1];

    turned[2 * i] = c * x - s * y + 5.0f;
    turned[2 * i + 1] = s * x + c * y - 3.0f;
  }
}

/* Procrustes finds the turn that was made, with a flip and without, whatever the shift. */
static void
test_procrustes (void)
{
  enum {
    N = 200
  };
  g_autofree float *points = lt_test_random_rows (N, 2, 9);
  g_autofree float *turned = g_new (float, 2 * N);

  for (int flip = 0; flip < 2; flip++) {
    double angle = 2.1;
    float rotation[4];
    float expected[4] = { (float) cos (angle), (float) -sin (angle),
                          (float) sin (angle), (float) cos (angle) };

    turn (points, N, angle, flip, turned);
    lt_procrustes (points, turned, N, rotation);
    if (flip) {
      expected[1] = -expected[1];
      expected[3] = -expected[3];
    }
    for (int i = 0; i < 4; i++)
      g_assert_cmpfloat_with_epsilon (rotation[i], expected[i], 1e-5f);
  }
}

/* Points that determine no turn are left as they are. */
static void
test_procrustes_degenerate (void)
{
  const float a[] = { 1, 1, 1, 1, 1, 1 }, b[] = { 3, 0, 0, 2, 1, 1 };
  float rotation[4];

  lt_procrustes (a, b, 3, rotation);
  g_assert_cmpfloat (rotation[0], ==, 1.0f);
  g_assert_cmpfloat (rotation[1], ==, 0.0f);
  g_assert_cmpfloat (rotation[3], ==, 1.0f);
}

/* Two snapshots that differ by a turn and a flip of the code have the same map, and the
 * second one's coordinates lead back to its own codes. */
static void
test_map_alignment (void)
{
  enum {
    N = 1500
  };
  g_autofree float *rows = lt_test_random_rows (N, 2, 4);
  const float plain[] = { 1, 0, 0, 1 };
  const float turned[] = { 0.6f, 0.8f, 0.8f, -0.6f }; /* a flip about a slanted line */
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) first = NULL, second = NULL;
  LtLatentMap *a, *b;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, 0);
  first = lt_affine_new (&shape, 2, plain, plain, NULL);
  second = lt_affine_new (&shape, 2, turned, turned, NULL);
  a = lt_probe_latent_map (first, data, LT_TRAIN, 0, NULL, ws);
  b = lt_probe_latent_map (second, data, LT_TRAIN, 500, a, ws);
  g_assert_cmpint (a->n, ==, N);
  g_assert_cmpint (b->n, ==, 500);
  g_assert_cmpuint (b->n_total, ==, N);
  for (int i = 0; i < b->n; i++) {
    float code[2];

    for (int k = 0; k < 2; k++)
      g_assert_cmpfloat_with_epsilon (b->map[2 * i + k] - b->map[k],
                                      a->map[2 * b->rows[i] + k] - a->map[k], 1e-4f);
    lt_latent_map_code (b, (double) b->map[2 * i], (double) b->map[2 * i + 1], code);
    g_assert_cmpfloat_with_epsilon (code[0], b->codes[2 * i], 1e-5f);
    g_assert_cmpfloat_with_epsilon (code[1], b->codes[2 * i + 1], 1e-5f);
  }
  lt_latent_map_free (a);
  lt_latent_map_free (b);
}

/* Codes of more units are seen in their principal plane: its share of the variance is
 * PCA's, and a point of the plane leads to a code that projects back onto it. */
static void
test_map_plane (void)
{
  enum {
    NV = 5,
    N = 800
  };
  g_autofree float *rows = lt_test_random_rows (N, NV, 21);
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (LtPca) pca = NULL;
  LtLatentMap *map;
  float code[NV];
  double total = 0.0, u = 0.0, v = 0.0;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, NV, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, 0);
  snapshot = lt_affine_identity_new (&shape, 1.0f);
  pca = lt_pca_new (data, ws, NULL);
  map = lt_probe_latent_map (snapshot, data, LT_TRAIN, 0, NULL, ws);
  for (int i = 0; i < NV; i++)
    total += pca->values[i];
  g_assert_cmpfloat_with_epsilon (map->held, (pca->values[0] + pca->values[1]) / total,
                                  1e-5);
  lt_latent_map_code (map, 0.4, -0.2, code);
  for (int j = 0; j < NV; j++) {
    u += (double) (map->plane[j] * (code[j] - map->centre[j]));
    v += (double) (map->plane[NV + j] * (code[j] - map->centre[j]));
  }
  g_assert_cmpfloat_with_epsilon (u - (double) map->mean[0], 0.4, 1e-5);
  g_assert_cmpfloat_with_epsilon (v - (double) map->mean[1], -0.2, 1e-5);
  lt_latent_map_free (map);
}

/* Two chosen units are the axes, up to the middle of the map. */
static void
test_map_units (void)
{
  enum {
    NV = 4,
    N = 60
  };
  g_autofree float *rows = lt_test_random_rows (N, NV, 8);
  LtLatentMapOptions options = { LT_TRAIN, 0, 3, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtLatentMap *map;
  LtShape shape;

  lt_shape_init (&shape, "features", LT_REAL, 1, NV, 1);
  data = lt_test_rows_dataset_new (&shape, rows, N, 0);
  snapshot = lt_affine_identity_new (&shape, 1.0f);
  map = lt_probe_latent_map_units (snapshot, data, &options, NULL, ws);
  for (int i = 1; i < N; i++) {
    g_assert_cmpfloat_with_epsilon (map->map[2 * i] - map->map[0],
                                    rows[i * NV + 3] - rows[3], 1e-5f);
    g_assert_cmpfloat_with_epsilon (map->map[2 * i + 1] - map->map[1],
                                    rows[i * NV + 1] - rows[1], 1e-5f);
  }
  lt_latent_map_free (map);
}

/* Codes that are not numbers give no map. */
static void
test_map_not_finite (void)
{
  g_autofree float *rows = lt_test_random_rows (10, 2, 8);
  const float e[] = { NAN, 0, 0, 1 }, d[] = { 1, 0, 0, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 10, 0);
  snapshot = lt_affine_new (&shape, 2, e, d, NULL);
  g_assert_null (lt_probe_latent_map (snapshot, data, LT_TRAIN, 0, NULL, ws));
}

/* ---- The vector field ------------------------------------------------------------- */

/* A model that halves its input pulls each place of the grid halfway to the origin. */
static void
test_vector_field (void)
{
  g_autofree float *rows = lt_test_random_rows (40, 2, 8);
  const double bounds[4] = { -1, 1, -2, 2 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtVectorField *field;
  LtShape shape;

  lt_shape_init (&shape, "point", LT_REAL, 1, 2, 1);
  data = lt_test_rows_dataset_new (&shape, rows, 40, 0);
  snapshot = lt_affine_identity_new (&shape, 0.5f);
  field = lt_probe_vector_field (snapshot, data, 5, bounds, 0.1, ws);
  g_assert_cmpint (field->n_points, ==, 40);
  g_assert_null (field->score);
  g_assert_true (isnan (field->cosine));
  for (int row = 0; row < 5; row++)
    for (int column = 0; column < 5; column++) {
      const float *pull = field->field + 2 * (row * 5 + column);

      g_assert_cmpfloat_with_epsilon (pull[0], -0.5f * (-1.0f + 0.5f * column), 1e-6f);
      g_assert_cmpfloat_with_epsilon (pull[1], -0.5f * (-2.0f + 1.0f * row), 1e-6f);
    }
  lt_vector_field_free (field);
}

/* Where the score is known it is drawn as σ²∇log p, and the cosine is that between the two
 * fields: at σ = 0.02 the noisy spiral pulls across the curve, about as often inwards as
 * outwards, so a model that pulls to the origin agrees with it about as often as not, and one that
 * pushes outwards exactly as much the other way. */
static void
test_vector_field_score (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtDataSpec) spec = lt_data_spec_new ("spiral", &error);
  const double bounds[4] = { -1, 1, -1, 1 };
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtSnapshot) inwards = NULL, outwards = NULL;
  LtVectorField *in, *out;
  float x[2] = { -1.0f, -1.0f }, score[2];

  g_assert_no_error (error);
  data = lt_data_spec_load (spec, 1, &error);
  g_assert_no_error (error);
  inwards = lt_affine_identity_new (lt_dataset_shape (data), 0.5f);
  outwards = lt_affine_identity_new (lt_dataset_shape (data), 1.5f);
  in = lt_probe_vector_field (inwards, data, 4, bounds, 0.02, ws);
  out = lt_probe_vector_field (outwards, data, 4, bounds, 0.02, ws);
  g_assert_true (lt_dataset_score (data, 0.02, x, 1, score));
  g_assert_cmpfloat_with_epsilon (in->score[0], 0.0004f * score[0], 1e-5f);
  g_assert_cmpfloat_with_epsilon (in->score[1], 0.0004f * score[1], 1e-5f);
  g_assert_cmpfloat (fabs (in->cosine), <, 0.25);
  g_assert_cmpfloat_with_epsilon (in->cosine, -out->cosine, 1e-4);
  lt_vector_field_free (in);
  lt_vector_field_free (out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent-map/procrustes/turns", test_procrustes);
  g_test_add_func ("/latent-map/procrustes/degenerate", test_procrustes_degenerate);
  g_test_add_func ("/latent-map/alignment", test_map_alignment);
  g_test_add_func ("/latent-map/plane", test_map_plane);
  g_test_add_func ("/latent-map/units", test_map_units);
  g_test_add_func ("/latent-map/not-finite", test_map_not_finite);
  g_test_add_func ("/latent-map/field/halving", test_vector_field);
  g_test_add_func ("/latent-map/field/score", test_vector_field_score);
  return g_test_run ();
}
