/* Fantasy particles, and their nearest neighbours among the training rows by
 * ‖x − t‖² = ‖x‖² − 2 x·t + ‖t‖². */
#include "probes/particles.h"

#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "core/matrix.h"
#include "probes/rows.h"

#define STREAM 0xd2ea
#define LOOKS  10

const char *const lt_particle_start_names[] = { "auto", "chains",   "noise",
                                                "data", "held-out", NULL };

/* ---- Neighbours ---------------------------------------------------------------------- */

typedef struct {
  int n, nv;
  float *rows;     /* [n, nv] */
  float *products; /* [n particles, n] */
  float *squares;  /* [n]: ½‖t‖² */
  int *labels;     /* [n] */
} Neighbours;

static void
neighbours_init (Neighbours *self, const LtDataset *data, int n, LtWorkspace *ws)
{
  gsize n_all = lt_dataset_n (data, LT_TRAIN);
  guint32 at[LT_NEIGHBOURS];

  self->n = (int) MIN (n_all, LT_NEIGHBOURS);
  self->nv = lt_dataset_shape (data)->nv;
  self->rows = lt_workspace_floats (ws, (gsize) self->n * self->nv);
  self->products = lt_workspace_floats (ws, (gsize) self->n * n);
  self->squares = lt_workspace_floats (ws, self->n);
  self->labels = g_new (int, self->n);
  for (int i = 0; i < self->n; i++)
    at[i] = (guint32) ((gsize) i * n_all / self->n);
  lt_dataset_gather (data, LT_TRAIN, at, 0, self->n, self->rows);
  lt_dataset_gather_labels (data, LT_TRAIN, at, 0, self->n, self->labels);
  for (int i = 0; i < self->n; i++)
    self->squares[i] =
        (float) (0.5 * lt_sum_squares (self->rows + (gsize) i * self->nv, self->nv));
}

/* nearest: [n], indices among the neighbours. */
static void
neighbours_find (Neighbours *self, const float *x, int n, LtTeam *team, int *nearest)
{
  LtProduct product = { .trans_b = LT_TRANSPOSED,
                        .m = n,
                        .n = self->n,
                        .k = self->nv,
                        .alpha = 1,
                        .a = x,
                        .lda = self->nv,
                        .b = self->rows,
                        .ldb = self->nv,
                        .c = self->products,
                        .ldc = self->n };

  lt_product (team, &product, NULL, NULL);
  for (int i = 0; i < n; i++) {
    const float *closeness = self->products + (gsize) i * self->n;

    nearest[i] = 0;
    for (int j = 1; j < self->n; j++)
      if (closeness[j] - self->squares[j] >
          closeness[nearest[i]] - self->squares[nearest[i]])
        nearest[i] = j;
  }
}

/* ---- Where chains start ---------------------------------------------------------------- */

static int
count_chains (const LtSnapshot *snapshot)
{
  const LtModelKind *kind = snapshot->model->kind;

  return kind->n_particles != NULL && snapshot->state != NULL
             ? kind->n_particles (snapshot->model)
             : 0;
}

static gboolean
choose_start (LtParticles *self,
              const LtSnapshot *snapshot,
              const LtDataset *data,
              const LtParticlesOptions *options,
              GError **error)
{
  int chains = count_chains (snapshot);

  self->start = options->start;
  if (self->start == LT_START_AUTO)
    self->start = chains > 0 ? LT_START_CHAINS : LT_START_DATA;
  self->n = self->n_total = options->n;
  if (self->start == LT_START_CHAINS) {
    self->n_total = chains;
    self->n = MIN (self->n, chains);
  }
  if (self->n > 0 && (self->start != LT_START_HELD_OUT ||
                      lt_dataset_n (data, lt_dataset_judge (data)) > 0))
    return TRUE;
  g_set_error_literal (
      error, LT_ERROR, LT_ERROR_UNSUPPORTED,
      snapshot->model->state == NULL
          ? "This model keeps no persistent chains while it learns; start chains from "
            "noise, data or held-out, or train it with method=pcd."
          : "The history of a run may leave chains out; look at another epoch, or "
            "start "
            "chains from noise, data or held-out.");
  return FALSE;
}

static void
start_noise (const LtShape *shape, LtRng *rng, gsize n, float *x)
{
  if (lt_shape_has_cross_entropy (shape))
    lt_rng_fill_mask (rng, 0.5f, n * (gsize) shape->nv, x);
  else
    lt_rng_fill_normal (rng, n * (gsize) shape->nv, x);
}

static void
start_rows (const LtDataset *data, LtSplit split, LtRng *rng, int n, float *x)
{
  g_autofree guint32 *rows = g_new (guint32, n);

  for (int i = 0; i < n; i++)
    rows[i] = lt_rng_below (rng, (guint32) lt_dataset_n (data, split));
  lt_dataset_gather (data, split, rows, 0, (gsize) n, x);
}

static void
start_chains (LtParticles *self, const LtCall *call, float *x)
{
  gsize mark = lt_workspace_mark (call->ws), nv = (gsize) call->model->shape.nv;
  float *all = lt_workspace_floats (call->ws, self->n_total * nv);

  call->model->kind->particles (call, all);
  memcpy (x, all, self->n * nv * sizeof *x);
  lt_workspace_release (call->ws, mark);
}

/* ---- Steps --------------------------------------------------------------------------- */

/* In LOOKS legs, with a look at the neighbours after each; the last leg's last step gives
 * means where those are wanted. */
static void
let_go (LtParticles *self,
        const LtCall *call,
        const LtParticlesOptions *options,
        Neighbours *neighbours,
        int *nearest)
{
  const LtModelKind *kind = call->model->kind;
  g_autofree int *before = g_new (int, self->n);
  int drawn = options->samples ? options->steps : MAX (0, options->steps - 1);
  gsize size = (gsize) self->n * call->model->shape.nv;

  for (int leg = 0; leg < LOOKS; leg++) {
    int steps = drawn * (leg + 1) / LOOKS - drawn * leg / LOOKS;

    if (steps == 0)
      continue;
    kind->sample (call, self->n, steps, self->x);
    if (neighbours == NULL)
      continue;
    memcpy (before, nearest, self->n * sizeof *before);
    neighbours_find (neighbours, self->x, self->n, lt_workspace_team (call->ws),
                     nearest);
    for (int i = 0; self->n_looks > 0 && i < self->n; i++)
      self->n_changes +=
          neighbours->labels[before[i]] != neighbours->labels[nearest[i]];
    self->n_looks++;
  }
  self->steps = options->steps;
  if (options->samples || options->steps == 0 || kind->reconstruct == NULL)
    return;
  g_autofree float *last = g_memdup2 (self->x, size * sizeof *last);
  kind->reconstruct (call, last, self->n, self->x);
}

static void
start (LtParticles *self, const LtCall *call, const LtDataset *data)
{
  LtSplit judge = lt_dataset_judge (data);

  if (self->start == LT_START_CHAINS)
    start_chains (self, call, self->x);
  else if (self->start == LT_START_NOISE)
    start_noise (&call->model->shape, call->rng, (gsize) self->n, self->x);
  else
    start_rows (data, self->start == LT_START_DATA ? LT_TRAIN : judge, call->rng,
                self->n, self->x);
}

static void
keep_nearest (LtParticles *self, const Neighbours *neighbours, const int *nearest)
{
  gsize nv = (gsize) neighbours->nv;

  self->n_neighbours = neighbours->n;
  self->nearest = g_new (float, self->n *nv);
  self->labels = g_new (int, self->n);
  for (int i = 0; i < self->n; i++) {
    memcpy (self->nearest + i * nv, neighbours->rows + nearest[i] * nv,
            nv * sizeof (float));
    self->labels[i] = neighbours->labels[nearest[i]];
  }
}

static void
run (LtParticles *self,
     const LtCall *call,
     const LtDataset *data,
     const LtParticlesOptions *options)
{
  g_autofree int *nearest = g_new0 (int, self->n);
  Neighbours neighbours = { 0 };

  if (options->nearest)
    neighbours_init (&neighbours, data, self->n, call->ws);
  start (self, call, data);
  if (self->start != LT_START_CHAINS)
    let_go (self, call, options, options->nearest ? &neighbours : NULL, nearest);
  else if (options->samples)
    call->model->kind->sample (call, self->n, 1, self->x);
  if (self->n_looks < 2 || lt_dataset_n_classes (data) == 0)
    self->n_changes = -1;
  if (options->nearest) {
    neighbours_find (&neighbours, self->x, self->n, lt_workspace_team (call->ws),
                     nearest);
    keep_nearest (self, &neighbours, nearest);
  }
  g_free (neighbours.labels);
}

LtParticles *
lt_probe_particles (const LtSnapshot *snapshot,
                    const LtDataset *data,
                    const LtParticlesOptions *options,
                    LtWorkspace *ws,
                    GError **error)
{
  g_autoptr (LtParticles) self = g_new0 (LtParticles, 1);
  gsize mark = lt_workspace_mark (ws);
  LtRng rng;
  LtCall call = lt_snapshot_call (snapshot, ws, &rng);

  if (!choose_start (self, snapshot, data, options, error))
    return NULL;
  lt_rng_init (&rng, options->seed, STREAM);
  self->x = g_new (float, (gsize) self->n * snapshot->model->shape.nv);
  run (self, &call, data, options);
  lt_workspace_release (ws, mark);
  if (lt_all_finite (self->x, (gsize) self->n * snapshot->model->shape.nv))
    return g_steal_pointer (&self);
  g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED,
                       "The particles are not numbers, because the model's parameters "
                       "have become too large; look at an earlier epoch.");
  return NULL;
}

void
lt_particles_free (LtParticles *self)
{
  g_free (self->x);
  g_free (self->nearest);
  g_free (self->labels);
  g_free (self);
}
