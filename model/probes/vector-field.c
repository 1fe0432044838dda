/* Which way a model pulls: r(x) − x on a grid, beside the true score.
 *
 * Alain & Bengio 2014, "What regularized auto-encoders learn from the data-generating
 * distribution", theorem 1: for a denoising autoencoder trained to the optimum with
 * Gaussian noise of standard deviation σ,
 *
 *   (r(x) − x) / σ² → ∂ log p(x) / ∂x   as σ → 0;
 *
 * for any σ the optimum is r(x) − x = σ² ∂ log p_σ(x) / ∂x exactly, where p_σ is the density
 * of the noisy data (Vincent 2011; Miyasawa 1961). It is that σ² ∂ log p_σ that is drawn. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "probes/probes.h"
#include "probes/rows.h"

/* Noise further out than this many σ is drawn again: the band that is judged. */
#define BAND        3.0f
#define BAND_STREAM 0x62616e64u

/* field [n, 2] = r (x) − x. */
static void
pull (const LtCall *call, const float *x, gsize n, float *field)
{
  for (gsize first = 0; first < n; first += LT_PROBE_ROWS) {
    int rows = MIN (LT_PROBE_ROWS, n - first);
    const float *from = x + 2 * first;
    float *to = field + 2 * first;

    call->model->kind->reconstruct (call, from, rows, to);
    lt_axpy (-1.0f, from, 2 * (gsize) rows, to);
  }
}

static float *
grid_points (const LtVectorField *self)
{
  float *grid = g_new (float, 2 * (gsize) self->side * self->side);
  double last = MAX (1, self->side - 1);

  for (int row = 0; row < self->side; row++)
    for (int column = 0; column < self->side; column++) {
      float *point = grid + 2 * ((gsize) row * self->side + column);

      point[0] = (float) (self->x0 + (self->x1 - self->x0) * column / last);
      point[1] = (float) (self->y0 + (self->y1 - self->y0) * row / last);
    }
  return grid;
}

/* σ² ∇ log p_σ at x [n, 2]; NULL where it is not known. */
static float *
scaled_score (const LtDataset *data, double sigma, const float *x, gsize n)
{
  float *score;

  if (!(sigma > 0.0))
    return NULL;
  score = g_new (float, 2 * n);
  if (!lt_dataset_score (data, sigma, x, n, score)) {
    g_free (score);
    return NULL;
  }
  lt_scale ((float) (sigma * sigma), 2 * n, score);
  return score;
}

/* The mean cosine over those of the n pairs in which neither vector is 0. */
static double
mean_cosine (const float *a, const float *b, gsize n)
{
  double sum = 0.0;
  gsize count = 0;

  for (gsize i = 0; i < n; i++) {
    double ax = (double) a[2 * i], ay = (double) a[2 * i + 1];
    double bx = (double) b[2 * i], by = (double) b[2 * i + 1];
    double lengths = sqrt ((ax * ax + ay * ay) * (bx * bx + by * by));

    if (!(lengths > 0.0))
      continue;
    sum += (ax * bx + ay * by) / lengths;
    count++;
  }
  return count > 0 ? sum / (double) count : (double) NAN;
}

/* A standard normal point of the plane, given that it lies within the band. */
static void
draw_within_band (LtRng *rng, float noise[2])
{
  do {
    noise[0] = lt_rng_normal (rng);
    noise[1] = lt_rng_normal (rng);
  } while (noise[0] * noise[0] + noise[1] * noise[1] > BAND * BAND);
}

static double
cosine_in_band (const LtVectorField *self, const LtCall *call, const LtDataset *data)
{
  gsize n = self->n_points;
  g_autofree float *x = g_memdup2 (self->points, 2 * n * sizeof *x);
  g_autofree float *field = g_new (float, 2 * n);
  g_autofree float *score = NULL;
  LtRng rng;

  /* The same points for each epoch, so that the figure changes with the model alone. */
  lt_rng_init (&rng, 1, BAND_STREAM);
  for (gsize i = 0; i < n; i++) {
    float noise[2];

    draw_within_band (&rng, noise);
    x[2 * i] += (float) self->sigma * noise[0];
    x[2 * i + 1] += (float) self->sigma * noise[1];
  }
  score = scaled_score (data, self->sigma, x, n);
  if (score == NULL)
    return (double) NAN;
  pull (call, x, n, field);
  return mean_cosine (field, score, n);
}

LtVectorField *
lt_probe_vector_field (const LtSnapshot *snapshot,
                       const LtDataset *data,
                       int side,
                       const double bounds[4],
                       double sigma,
                       LtWorkspace *ws)
{
  gsize n_grid = (gsize) side * side, n_points = lt_dataset_n (data, LT_TRAIN);
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  g_autofree float *grid = NULL;
  LtVectorField *self;

  g_return_val_if_fail (lt_model_can (snapshot->model, LT_CAN_RECONSTRUCT), NULL);
  g_return_val_if_fail (snapshot->model->shape.nv == 2 && side > 0, NULL);

  self = g_new0 (LtVectorField, 1);
  self->side = side;
  self->x0 = bounds[0];
  self->x1 = bounds[1];
  self->y0 = bounds[2];
  self->y1 = bounds[3];
  self->sigma = sigma;
  self->n_points = n_points;
  self->points = g_new (float, 2 * n_points);
  self->labels = g_new (int, n_points);
  lt_dataset_gather (data, LT_TRAIN, NULL, 0, n_points, self->points);
  lt_dataset_gather_labels (data, LT_TRAIN, NULL, 0, n_points, self->labels);

  grid = grid_points (self);
  self->field = g_new (float, 2 * n_grid);
  pull (&call, grid, n_grid, self->field);
  self->score = scaled_score (data, sigma, grid, n_grid);
  self->cosine = cosine_in_band (self, &call, data);
  return self;
}

void
lt_vector_field_free (LtVectorField *self)
{
  if (self == NULL)
    return;
  g_free (self->field);
  g_free (self->score);
  g_free (self->points);
  g_free (self->labels);
  g_free (self);
}
