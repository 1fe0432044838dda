/* How the numbers inside a model are distributed.
 *
 * The picture of units against examples is that of Yosinski & Lipson 2012, "Visually
 * debugging restricted Boltzmann machine training with a 3D example": a unit that is the same
 * for all examples is a stripe in it. */
#include "probes/distributions.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "probes/rows.h"

/* ---- Histograms ------------------------------------------------------------------- */

/* The smallest of 1, 2, 5 times a power of ten that is not below x > 0. */
static double
round_width (double x)
{
  double power = pow (10.0, floor (log10 (x) + 1e-9)), mantissa = x / power;

  if (mantissa <= 1.0 + 1e-9)
    return power;
  if (mantissa <= 2.0 + 1e-9)
    return 2.0 * power;
  return mantissa <= 5.0 + 1e-9 ? 5.0 * power : 10.0 * power;
}

static void
measure (LtHistogram *self, const float *values, gsize n)
{
  double sum = 0.0, squares = 0.0, about = 0.0;

  for (gsize i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      continue;
    self->n++;
    sum += (double) values[i];
    squares += (double) values[i] * (double) values[i];
  }
  self->n_infinite = n - self->n;
  self->mean = sum / (double) MAX (self->n, 1);
  self->norm = sqrt (squares);
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      about += ((double) values[i] - self->mean) * ((double) values[i] - self->mean);
  self->deviation = sqrt (about / (double) MAX (self->n, 1));
}

/* Where values do not differ by more than their own precision, one bin holds them all. */
static void
plan_bins (LtHistogram *self, double lowest, double highest, int n_bins)
{
  double range = highest - lowest, size = MAX (fabs (lowest), fabs (highest));

  if (self->n == 0) {
    self->width = 1.0;
    return;
  }
  range = MAX (range, MAX (1e-6 * size, 1e-30));
  self->width = round_width (range / n_bins);
  self->lowest = floor (lowest / self->width) * self->width;
  self->n_bins = (int) floor ((highest - self->lowest) / self->width) + 1;
}

LtHistogram *
lt_histogram_new (const float *values, gsize n, int n_bins)
{
  LtHistogram *self = g_new0 (LtHistogram, 1);
  double lowest = INFINITY, highest = -INFINITY;

  g_return_val_if_fail (n_bins >= 1, NULL);
  measure (self, values, n);
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i])) {
      lowest = MIN (lowest, (double) values[i]);
      highest = MAX (highest, (double) values[i]);
    }
  plan_bins (self, lowest, highest, n_bins);
  self->counts = g_new0 (gsize, MAX (self->n_bins, 1));
  for (gsize i = 0; i < n; i++) {
    int bin;

    if (!isfinite (values[i]))
      continue;
    bin = (int) floor (((double) values[i] - self->lowest) / self->width);
    self->counts[CLAMP (bin, 0, self->n_bins - 1)]++;
  }
  return self;
}

void
lt_histogram_free (LtHistogram *self)
{
  if (self == NULL)
    return;
  g_free (self->counts);
  g_free (self);
}

/* ---- The weights below a layer ------------------------------------------------------ */

const LtTensor *
lt_probe_weights_below (const LtModel *model, int layer)
{
  g_autofree LtGraph *graph = g_new (LtGraph, 1);
  int edge;

  lt_model_graph (model, graph);
  edge = lt_graph_edge_below (graph, layer);
  if (edge < 0 || graph->edges[edge].weights < 0)
    return NULL;
  return lt_layout_tensor (model->params, graph->edges[edge].weights);
}

/* ---- What units answer -------------------------------------------------------------- */

/* Rows i · total / n of the split, i = 0 … n − 1. */
static guint32 *
spread_rows (gsize n, gsize total)
{
  guint32 *rows = g_new (guint32, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32) (i * total / n);
  return rows;
}

static int
compare_labels (gconstpointer a, gconstpointer b, gpointer labels_)
{
  const int *labels = labels_;
  int i = *(const int *) a, j = *(const int *) b;

  return labels[i] != labels[j] ? (labels[i] < labels[j] ? -1 : 1) : i - j;
}

static int
compare_means (gconstpointer a, gconstpointer b, gpointer means_)
{
  const float *means = means_;
  int i = *(const int *) a, j = *(const int *) b;

  return means[i] != means[j] ? (means[i] < means[j] ? -1 : 1) : i - j;
}

static int *
count_up (int n)
{
  int *numbers = g_new (int, MAX (n, 1));

  for (int i = 0; i < n; i++)
    numbers[i] = i;
  return numbers;
}

/* Rows of the split, or of those given. */
static void
gather (const LtDataset *data,
        const LtActivityOptions *options,
        const guint32 *rows,
        int n,
        float *x)
{
  gsize nv = (gsize) lt_dataset_shape (data)->nv;

  if (options->given == NULL) {
    lt_dataset_gather (data, options->split, rows, 0, n, x);
    return;
  }
  for (int i = 0; i < n; i++)
    memcpy (x + i * nv, options->given + rows[i] * nv, nv * sizeof *x);
}

/* The picture's rows, class by class; −1 before all classes. */
static void
choose_picture (LtActivity *self,
                const LtDataset *data,
                const LtActivityOptions *options,
                const guint32 *looked_at)
{
  g_autofree guint32 *places = spread_rows (self->n_picture, self->n);
  g_autofree guint32 *rows = g_new (guint32, MAX (self->n_picture, 1));
  g_autofree int *labels = g_new (int, MAX (self->n_picture, 1));
  g_autofree int *sorted = count_up (self->n_picture);

  for (int i = 0; i < self->n_picture; i++)
    rows[i] = looked_at[places[i]];
  for (int i = 0; i < self->n_picture; i++)
    labels[i] = -1;
  if (options->given == NULL)
    lt_dataset_gather_labels (data, options->split, rows, 0, self->n_picture, labels);
  g_qsort_with_data (sorted, self->n_picture, sizeof *sorted, compare_labels, labels);
  self->rows = g_new (guint32, MAX (self->n_picture, 1));
  self->labels = g_new (int, MAX (self->n_picture, 1));
  for (int i = 0; i < self->n_picture; i++) {
    self->rows[i] = rows[sorted[i]];
    self->labels[i] = labels[sorted[i]];
  }
}

/* Adds rows h [n, n_units] to sums [n_units] and to the extremes. */
static void
take_rows (LtActivity *self, const float *h, int n, double *sums)
{
  int n_units = self->layer.n_units;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n_units; j++) {
      float value = h[(gsize) i * n_units + j];

      sums[j] += (double) value;
      self->lowest[j] = MIN (self->lowest[j], value);
      self->highest[j] = MAX (self->highest[j], value);
    }
}

/* FALSE when an activation is not finite. */
static gboolean
measure_units (LtActivity *self,
               const LtCall *call,
               const LtDataset *data,
               const LtActivityOptions *options,
               const guint32 *rows)
{
  gsize mark = lt_workspace_mark (call->ws);
  int nv = call->model->shape.nv, n_units = self->layer.n_units;
  float *x = lt_workspace_floats (call->ws, (gsize) LT_PROBE_ROWS * nv);
  float *h = lt_workspace_floats (call->ws, (gsize) LT_PROBE_ROWS * n_units);
  g_autofree double *sums = g_new0 (double, n_units);
  gboolean finite = TRUE;

  for (int j = 0; j < n_units; j++) {
    self->lowest[j] = INFINITY;
    self->highest[j] = -INFINITY;
  }
  for (gsize first = 0; first < self->n && finite; first += LT_PROBE_ROWS) {
    int n = (int) MIN (LT_PROBE_ROWS, self->n - first);

    gather (data, options, rows + first, n, x);
    call->model->kind->activations (call, options->layer, x, n, h);
    finite = lt_all_finite (h, (gsize) n * n_units);
    take_rows (self, h, n, sums);
  }
  for (int j = 0; j < n_units; j++)
    self->mean[j] = (float) (sums[j] / (double) MAX (self->n, 1));
  lt_workspace_release (call->ws, mark);
  return finite;
}

static LtUnitState
judge_unit (const LtActivity *self, int j)
{
  const LtLayerInfo *layer = &self->layer;
  double lowest = (double) self->lowest[j], highest = (double) self->highest[j];

  if (lowest > -LT_DEAD && highest < LT_DEAD)
    return LT_UNIT_DEAD;
  if (!(layer->highest > layer->lowest))
    return LT_UNIT_ALIVE;
  if (lowest > layer->highest - LT_SATURATED)
    return LT_UNIT_SATURATED;
  return layer->lowest < 0.0 && highest < layer->lowest + LT_SATURATED
             ? LT_UNIT_SATURATED
             : LT_UNIT_ALIVE;
}

static void
judge_units (LtActivity *self, gboolean sorted)
{
  for (int j = 0; j < self->layer.n_units && self->n > 0; j++) {
    self->states[j] = judge_unit (self, j);
    self->n_dead += self->states[j] == LT_UNIT_DEAD;
    self->n_saturated += self->states[j] == LT_UNIT_SATURATED;
  }
  self->order = count_up (self->layer.n_units);
  if (sorted)
    g_qsort_with_data (self->order, self->layer.n_units, sizeof *self->order,
                       compare_means, self->mean);
}

static void
take_picture (LtActivity *self,
              const LtCall *call,
              const LtDataset *data,
              const LtActivityOptions *options)
{
  gsize mark = lt_workspace_mark (call->ws);
  gsize n_units = self->layer.n_units, n = self->n_picture;
  float *x = lt_workspace_floats (call->ws, n * call->model->shape.nv);
  float *h = lt_workspace_floats (call->ws, n * n_units);

  self->picture = g_new (float, MAX (n * n_units, 1));
  gather (data, options, self->rows, (int) n, x);
  call->model->kind->activations (call, options->layer, x, (int) n, h);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n_units; j++)
      self->picture[i * n_units + j] = h[i * n_units + self->order[j]];
  lt_workspace_release (call->ws, mark);
}

LtActivity *
lt_probe_activity (const LtSnapshot *snapshot,
                   const LtDataset *data,
                   const LtActivityOptions *options,
                   LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  g_autofree guint32 *rows = NULL;
  LtActivity *self;

  g_return_val_if_fail (model->kind->activations != NULL, NULL);
  g_return_val_if_fail (options->layer >= 0 && options->layer < model->n_layers, NULL);
  self = g_new0 (LtActivity, 1);
  model->kind->layer (model, options->layer, &self->layer);
  self->n_total =
      options->given != NULL ? options->n_given : lt_dataset_n (data, options->split);
  self->n = options->limit > 0 ? MIN (options->limit, self->n_total) : self->n_total;
  self->n_picture = (int) MIN ((gsize) options->n_picture, self->n);
  self->mean = g_new (float, self->layer.n_units);
  self->lowest = g_new (float, self->layer.n_units);
  self->highest = g_new (float, self->layer.n_units);
  self->states = g_new0 (LtUnitState, self->layer.n_units);
  rows = spread_rows (self->n, self->n_total);
  if (!measure_units (self, &call, data, options, rows)) {
    lt_activity_free (self);
    return NULL;
  }
  judge_units (self, options->sorted);
  choose_picture (self, data, options, rows);
  take_picture (self, &call, data, options);
  return self;
}

void
lt_activity_free (LtActivity *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->lowest);
  g_free (self->highest);
  g_free (self->states);
  g_free (self->order);
  g_free (self->rows);
  g_free (self->labels);
  g_free (self->picture);
  g_free (self);
}
