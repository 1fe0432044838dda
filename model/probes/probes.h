/* Probes: pure functions of a snapshot and data that return plain arrays.
 *
 * Each runs on a worker thread. All take what they need as arguments and keep nothing. */
#pragma once

#include "data/dataset.h"
#include "train/snapshot.h"

G_BEGIN_DECLS

/* ---- How good is it? ------------------------------------------------------------ */

typedef struct {
  char name[48]; /* "squared_error_per_image" */
  double value;
} LtMeasure;

/* Every measure that the model and data allow, over the whole split, in a fixed order:
 * squared_error_per_image, squared_error_per_pixel, cross_entropy_per_image,
 * cross_entropy_per_pixel, baseline_*, explained_variance, and when compared to PCA (models
 * with n_code < nv, at most LT_PCA_MAX_FEATURES features) pca_squared_error_per_image,
 * pca_explained_variance, and for models that decode mean_principal_angle_degrees and
 * max_principal_angle_degrees. Those that do not exist for the model or the data are left out.
 * Array of LtMeasure. A sentence when there is nothing to measure. */
GArray *lt_probe_measure (const LtSnapshot *snapshot,
                          const LtDataset *data,
                          LtSplit split,
                          gboolean compare_to_pca,
                          LtWorkspace *ws,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- What does a unit look for? -------------------------------------------------- */

typedef struct {
  int n;          /* units */
  LtShape shape;  /* of each filter */
  float *filters; /* [n, nv] */
  float *norms;   /* [n] */
  LtLayerInfo layer;
} LtFilters;

LtFilters *lt_probe_filters (const LtSnapshot *snapshot, int layer, LtWorkspace *ws);

/* How the last minibatch changed them. NULL when the snapshot has no update. */
LtFilters *lt_probe_filter_updates (const LtSnapshot *snapshot,
                                    int layer,
                                    LtWorkspace *ws);
void lt_filters_free (LtFilters *self);

/* One number for each unit of a layer. */
typedef struct {
  int n;
  float *values;     /* [n] */
  const char *name;  /* the tensor's: "b1"; the model's */
  LtLayerInfo layer; /* of hidden units */
} LtBiases;

/* Of hidden layer `layer` (from 0), or −1 for the units that are compared to the data: [nv].
 * NULL when these have none. */
LtBiases *lt_probe_biases (const LtSnapshot *snapshot,
                           int layer) G_GNUC_WARN_UNUSED_RESULT;
void lt_biases_free (LtBiases *self);

/* ---- What does it make of these examples? ----------------------------------------- */

typedef struct {
  int n;
  LtShape shape;
  float *original;       /* [n, nv] */
  float *corrupted;      /* [n, nv]; NULL where nothing is corrupted */
  float *reconstruction; /* [n, nv], of the corrupted input when there is one */
  int *labels;           /* [n] */
  float *errors;         /* [n]: Σ (original − reconstruction)² */
} LtReconstructions;

/* rows: [n] of the split. seed fixes the corruption, so epochs can be compared. */
LtReconstructions *lt_probe_reconstructions (const LtSnapshot *snapshot,
                                             const LtDataset *data,
                                             LtSplit split,
                                             const guint32 *rows,
                                             int n,
                                             guint64 seed,
                                             LtWorkspace *ws);
void lt_reconstructions_free (LtReconstructions *self);

/* ---- Where does it put them? ------------------------------------------------------ */

typedef struct {
  int n; /* points shown, and n_total in the split */
  gsize n_total;
  int n_code;
  float *codes;  /* [n, n_code] */
  float *map;    /* [n, 2]: aligned plane coordinates */
  guint32 *rows; /* [n]: rows of the split */
  int *labels;   /* [n] */
  LtSplit split;
  float mean[2];     /* map = rotation · (plane(code) − mean) … */
  float rotation[4]; /* row-major, orthogonal: a rotation, maybe with a flip */
  float *
      plane; /* [2, n_code]: from code to plane, orthonormal rows; NULL: the code is 2-D */
  float *centre; /* [n_code]: the codes' mean, where the plane passes */
  double
      held; /* the share of the codes' variance that the plane holds; NAN: two units */
} LtLatentMap;

typedef struct {
  LtSplit split;
  gsize limit;        /* rows at most, evenly spaced; 0: all */
  int unit_x, unit_y; /* a plane of two units; −1: the codes' principal plane */
} LtLatentMapOptions;

/* limit 0: all rows. previous, when not NULL, is the map to align to (orthogonal
 * Procrustes over rows both have; Schönemann 1966), so that the map does not turn or flip. */
LtLatentMap *lt_probe_latent_map (const LtSnapshot *snapshot,
                                  const LtDataset *data,
                                  LtSplit split,
                                  gsize limit,
                                  const LtLatentMap *previous,
                                  LtWorkspace *ws);

/* The same in a plane of the caller's choice. Both are NULL when a code is not finite. */
LtLatentMap *lt_probe_latent_map_units (const LtSnapshot *snapshot,
                                        const LtDataset *data,
                                        const LtLatentMapOptions *options,
                                        const LtLatentMap *previous,
                                        LtWorkspace *ws);
void lt_latent_map_free (LtLatentMap *self);

/* The code at a point of the map, and what the model decodes there: x [nv]. */
void lt_latent_map_code (const LtLatentMap *self, double x, double y, float *code);
void lt_probe_decode (const LtSnapshot *snapshot,
                      const float *codes,
                      int n,
                      LtWorkspace *ws,
                      float *x);

/* ---- Which way does it pull? ------------------------------------------------------ */

typedef struct {
  int side; /* the grid is side × side */
  double x0, x1, y0, y1;
  float *field; /* [side·side, 2]: r (x) − x; row-major from (x0, y0) */
  float *score; /* [side·side, 2]: σ² ∇log p_σ; NULL where not known */
  double sigma;
  int n_points;
  float *points; /* [n_points, 2]: data under the arrows */
  int *labels;
  double
      cosine; /* mean cosine between field and score over data + noise within ±3σ; NAN */
} LtVectorField;

/* For 2-D data. */
LtVectorField *lt_probe_vector_field (const LtSnapshot *snapshot,
                                      const LtDataset *data,
                                      int side,
                                      const double bounds[4],
                                      double sigma,
                                      LtWorkspace *ws);
void lt_vector_field_free (LtVectorField *self);

/* ---- The plots' baselines --------------------------------------------------------- */

/* What predicting the training mean costs on the split, and what a perfect reconstruction
 * costs: per example (squared error) and per entry (cross-entropy). */
typedef struct {
  double mean_squared_error, mean_cross_entropy;
  double
      perfect_cross_entropy; /* the targets' own entropy; perfect squared error is 0 */
} LtBaselines;

void lt_probe_baselines (const LtDataset *data, LtSplit split, LtBaselines *baselines);

G_END_DECLS
