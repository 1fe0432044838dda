/* What can be asked of a deep Boltzmann machine.
 *
 * Upwards everything goes by mean field, with labels free; downwards from the code by one
 * pass, in which each hidden layer lacks its input from below and takes that from above
 * twice, as the first pass upwards does. */
#include "boltzmann/dbm-machine.h"

#include <string.h>

#include "core/kernels.h"

/* The means of one layer, given x. */
static void
layer_means (const LtCall *call, int layer, const float *x, int n, float *h)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_infer (&dbm, x, n, FALSE, &rows);
  memcpy (h, rows.x[layer], (gsize) n * dbm.machine.n[layer] * sizeof *h);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbm_encode (const LtCall *call, const float *x, int n, float *z)
{
  layer_means (call, call->model->n_layers, x, n, z);
}

void
lt_dbm_activations (const LtCall *call, int layer, const float *x, int n, float *h)
{
  g_return_if_fail (layer >= 0 && layer < call->model->n_layers);
  layer_means (call, layer + 1, x, n, h);
}

void
lt_dbm_classify (const LtCall *call, const float *x, int n, float *p)
{
  layer_means (call, call->model->n_layers + 1, x, n, p);
}

/* Means of layers below the top, from n rows of `from`'s. */
static void
descend (const LtDbm *dbm, const float *from, int layer, int n, float *x)
{
  float *u = NULL;

  for (int l = layer - 1; l >= 0; l--) {
    LtDbmPass down = {
      .layer = l,
      .n = n,
      .above = from,
      .factor = l > 0 ? 2 : 1,
      .mean = lt_workspace_floats (dbm->ws, (gsize) n * dbm->machine.n[l]),
    };

    lt_dbm_layer (dbm, &down);
    from = u = down.mean;
  }
  lt_dbm_unload (dbm, u, n, x);
}

void
lt_dbm_decode (const LtCall *call, const float *z, int n, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  descend (&dbm, z, dbm.machine.n_hidden, n, x);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbm_reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_infer (&dbm, x, n, FALSE, &rows);
  descend (&dbm, rows.x[1], 1, n, r);
  lt_workspace_release (call->ws, mark);
}

/* W_1 W_2 … W_l, a row for each unit. */
void
lt_dbm_filters (const LtCall *call, int layer, float *filters)
{
  gsize mark = lt_workspace_mark (call->ws);
  const float *below = NULL;
  LtDbm dbm;

  g_return_if_fail (layer >= 0 && layer < call->model->n_layers);
  lt_dbm_init (&dbm, call);
  const int *n = dbm.machine.n;
  for (int l = 1; l <= layer + 1; l++) {
    float *to =
        l == layer + 1 ? filters : lt_workspace_floats (call->ws, (gsize) n[l] * n[0]);
    LtProduct product = {
      .trans_a = LT_TRANSPOSED,
      .m = n[l],
      .n = n[0],
      .k = n[l - 1],
      .alpha = 1,
      .a = dbm.w[l],
      .lda = n[l],
      .b = below,
      .ldb = n[0],
      .c = to,
      .ldc = n[0],
    };

    if (l > 1)
      lt_product (dbm.team, &product, NULL, NULL);
    for (int j = 0; l == 1 && j < n[1]; j++)
      for (int i = 0; i < n[0]; i++)
        to[(gsize) j * n[0] + i] = dbm.w[1][(gsize) i * n[1] + j];
    below = to;
  }
  lt_workspace_release (call->ws, mark);
}

/* ---- Mean field, watched --------------------------------------------------------- */

typedef struct {
  const LtDbm *dbm;
  const LtSettling *settling;
  const LtDbmRows *rows;
  double *bound; /* [n] */
} Watch;

static void
watch (gpointer data, int sweep, double change)
{
  const Watch *job = data;
  const float *layers[LT_DBM_LAYERS];
  double sum = 0;

  for (int l = 1; l <= job->dbm->machine.n_hidden; l++)
    layers[l - 1] = job->rows->x[l];
  lt_dbm_bounds (job->dbm, job->rows, job->bound);
  for (int row = 0; row < job->rows->n; row++)
    sum += job->bound[row];
  job->settling->swept (job->settling->data, sweep, layers, change, sum / job->rows->n);
}

int
lt_dbm_settle_watched (const LtCall *call, const LtSettling *settling)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmField field = {
    .most = settling->most,
    .tolerance = settling->tolerance,
  };
  Watch job = { .settling = settling, .rows = &field.rows };
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  job.dbm = &dbm;
  lt_dbm_rows_take (&dbm, settling->n, &field.rows);
  lt_dbm_load (&dbm, settling->x, settling->n, NULL, field.rows.x[0]);
  job.bound = (gpointer) lt_workspace_floats (call->ws, 2 * (gsize) settling->n);
  if (settling->swept != NULL) {
    field.swept = watch;
    field.data = &job;
  }
  lt_dbm_settle (&dbm, &field);
  lt_workspace_release (call->ws, mark);
  return field.n_sweeps;
}

void
lt_dbm_bound (const LtCall *call, const float *x, int n, float *bound)
{
  gsize mark = lt_workspace_mark (call->ws);
  double *exact = (gpointer) lt_workspace_floats (call->ws, 2 * (gsize) n);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_infer (&dbm, x, n, TRUE, &rows);
  lt_dbm_bounds (&dbm, &rows, exact);
  for (int row = 0; row < n; row++)
    bound[row] = (float) exact[row];
  lt_workspace_release (call->ws, mark);
}

/* ---- Chains ---------------------------------------------------------------------- */

void
lt_dbm_sample (const LtCall *call, int n, int steps, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmHalf odd = { .parity = 1, .held = -1 }, even = { .held = -1 };
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, n, &rows);
  lt_dbm_load (&dbm, x, n, NULL, rows.x[0]);
  lt_dbm_rise (&dbm, &rows, TRUE);
  for (int i = 0; i < steps; i++) {
    lt_dbm_draw_half (&dbm, &odd, &rows);
    lt_dbm_draw_half (&dbm, &even, &rows);
  }
  lt_dbm_unload (&dbm, rows.x[0], n, x);
  lt_workspace_release (call->ws, mark);
}

int
lt_dbm_n_particles (const LtModel *model)
{
  const LtDbmSettings *s = model->settings;

  return s->chains;
}

void
lt_dbm_particles (const LtCall *call, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  descend (&dbm, call->state + dbm.machine.chain[1], 1,
           lt_dbm_n_particles (call->model), x);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbm_layer_info (const LtModel *model, int layer, LtLayerInfo *info)
{
  LtDbmMachine m;

  g_return_if_fail (layer >= 0 && layer < model->n_layers);
  lt_dbm_machine_init (&m, model);
  *info = (LtLayerInfo){ .n_units = m.n[layer + 1],
                         .activation = lt_activation_names[LT_SIGMOID],
                         .lowest = 0,
                         .highest = 1 };
  g_snprintf (info->name, sizeof info->name, "hidden %d", layer + 1);
}
