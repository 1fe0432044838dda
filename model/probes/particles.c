/* Fantasy particles: samples of a Markov chain whose stationary distribution is the model's
 * own, so they show what it believes (Hinton & Sejnowski 1986; Tieleman 2008). How often a
 * chain goes from one class to another tells how well it mixes.
 *
 * Every stride of steps draws from one generator, which the result keeps: so 2k steps are
 * the same as k steps and k more. */
#include "probes/particles.h"

#include <string.h>

#include "core/error.h"
#include "core/kernels.h"

#define STREAM 0xd2ea

const char *const lt_particle_start_names[] = { "auto",     "chains", "noise", "data",
                                                "held-out", "drawn",  NULL };

/* ---- Where chains start ---------------------------------------------------------------- */

static int
count_chains (const LtSnapshot *snapshot)
{
  const LtModelKind *kind = snapshot->model->kind;

  return kind->n_particles != NULL && snapshot->state != NULL
             ? kind->n_particles (snapshot->model)
             : 0;
}

gboolean
lt_particles_suit (const LtModel *model, const char **why)
{
  const LtModelKind *kind = model->kind;

  if (kind->dreaming != NULL ||
      (kind->n_particles != NULL && kind->n_particles (model) > 0))
    return TRUE;
  *why = "This model has no chains that dream; Boltzmann machines have.";
  return FALSE;
}

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED, text);
  return FALSE;
}

static gboolean
check_chains (const LtSnapshot *snapshot, int n, GError **error)
{
  const LtModelKind *kind = snapshot->model->kind;

  if (n > 0)
    return TRUE;
  return refuse (
      error,
      kind->n_particles == NULL || kind->n_particles (snapshot->model) == 0
          ? "This model keeps no persistent chains while it learns; start chains from "
            "noise, data or held-out, or train it with method=pcd."
          : "The history of a run may leave chains out; look at another epoch, or "
            "start chains from noise, data or held-out.");
}

static LtSplit
split_of (const LtParticles *self, const LtDataset *data)
{
  return self->start == LT_START_DATA ? LT_TRAIN : lt_dataset_judge (data);
}

static gboolean
check_rows (const LtParticles *self,
            const LtDataset *data,
            const LtParticlesOptions *options,
            GError **error)
{
  LtSplit split = split_of (self, data);
  gsize n = lt_dataset_n (data, split);

  if (n == 0)
    return refuse (error, "There are no held-out examples to start chains from; start "
                          "them from data or noise.");
  if (options->example < 0 || (gsize) options->example < n)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "There is no %s example %d to start chains from; the last one is "
               "%" G_GSIZE_FORMAT ".",
               lt_split_name (split), options->example, n - 1);
  return FALSE;
}

static gboolean
choose_start (LtParticles *self,
              const LtSnapshot *snapshot,
              const LtDataset *data,
              const LtParticlesOptions *options,
              GError **error)
{
  int chains = count_chains (snapshot);

  self->kind = snapshot->model->kind;
  self->start = options->start;
  if (self->start == LT_START_AUTO)
    self->start = chains > 0 ? LT_START_CHAINS : LT_START_DATA;
  self->n = self->n_total = options->n;
  if (self->start == LT_START_CHAINS) {
    self->n_total = chains;
    self->n = MIN (self->n, chains);
    return check_chains (snapshot, self->n, error);
  }
  if (self->kind->dreaming == NULL)
    return refuse (error, "This model's chains cannot run free; show its persistent "
                          "ones with start=chains.");
  return self->start == LT_START_NOISE || self->start == LT_START_DRAWN ||
         check_rows (self, data, options, error);
}

/* Of words, as many as documents have on average. */
static void
start_noise (const LtDataset *data, LtRng *rng, int n, float *x)
{
  const LtShape *shape = lt_dataset_shape (data);

  for (int row = 0; row < n; row++)
    for (int i = 0; i < shape->n_modalities; i++) {
      const LtModality *m = &shape->modality[i];
      float *at = x + (gsize) row * shape->nv + m->offset;
      double words = lt_sum (lt_dataset_mean (data) + m->offset, m->size);

      if (m->kind == LT_REAL)
        lt_rng_fill_normal (rng, m->size, at);
      else
        lt_rng_fill_mask (
            rng, m->kind == LT_COUNTS ? (float) CLAMP (words / m->size, 0, 1) : 0.5f,
            m->size, at);
    }
}

static void
start_rows (const LtDataset *data,
            LtSplit split,
            LtRng *rng,
            int n,
            int example,
            float *x)
{
  g_autofree guint32 *rows = g_new (guint32, n);

  for (int i = 0; i < n; i++)
    rows[i] = example >= 0 ? (guint32) example
                           : lt_rng_below (rng, (guint32) lt_dataset_n (data, split));
  lt_dataset_gather (data, split, rows, 0, (gsize) n, x);
}

/* What a step does: chains, x and steps are the particles' own. */
static LtDream
dream_of (LtParticles *self, const LtParticlesOptions *options)
{
  return (LtDream){ .n = self->n,
                    .chains = self->chains,
                    .x = self->x,
                    .clamped = options->clamped,
                    .given = self->origin,
                    .label = options->label,
                    .temperature = options->temperature,
                    .samples = options->samples };
}

static void
start (LtParticles *self,
       const LtCall *call,
       const LtDataset *data,
       const LtParticlesOptions *options)
{
  gsize nv = (gsize) call->model->shape.nv, size = self->n * nv;
  LtDream dream;

  if (self->start == LT_START_NOISE)
    start_noise (data, call->rng, self->n, self->x);
  else if (self->start == LT_START_DRAWN)
    for (int i = 0; i < self->n; i++)
      memcpy (self->x + i * nv, options->drawn, nv * sizeof (float));
  else
    start_rows (data, split_of (self, data), call->rng, self->n, options->example,
                self->x);
  self->origin = g_memdup2 (self->x, size * sizeof (float));
  self->width = self->kind->dreaming->width (call->model);
  self->chains = g_new0 (float, (gsize) self->n * self->width);
  dream = dream_of (self, options);
  self->kind->dreaming->start (call, &dream);
}

/* ---- Steps --------------------------------------------------------------------------- */

/* Persistent chains as their visible means, or as samples a step away. */
static void
show_chains (LtParticles *self, const LtCall *call, gboolean samples)
{
  gsize mark = lt_workspace_mark (call->ws), nv = (gsize) call->model->shape.nv;
  float *all = lt_workspace_floats (call->ws, self->n_total * nv);

  self->kind->particles (call, all);
  memcpy (self->x, all, self->n * nv * sizeof *self->x);
  lt_workspace_release (call->ws, mark);
  if (samples && self->kind->sample != NULL)
    self->kind->sample (call, self->n, 1, self->x);
}

/* Looks at what the particles resemble, and counts whose class is another than it was. */
static void
look (LtParticles *self, LtWorkspace *ws, gboolean count)
{
  g_autofree int *before = g_memdup2 (self->classes, self->n * sizeof *before);

  lt_neighbours_find (self->neighbours, self->x, self->n, ws, self->nearest,
                      self->classes);
  if (!count)
    return;
  self->n_looks++;
  if (self->n_looks > 1)
    self->n_changes +=
        lt_count_class_changes (before, self->classes, self->n, self->changes);
}

/* The rows that each chain is held at: where it started, or the same for all. */
static float *
rows_given (const LtParticles *self, const LtParticlesOptions *options, gsize nv)
{
  float *rows = g_memdup2 (self->origin, self->n * nv * sizeof *rows);

  for (int i = 0; options->given != NULL && i < self->n; i++)
    memcpy (rows + i * nv, options->given, nv * sizeof *rows);
  return rows;
}

static void
run (LtParticles *self, const LtCall *call, const LtParticlesOptions *options)
{
  g_autofree float *given = rows_given (self, options, (gsize) call->model->shape.nv);
  int stride = options->stride > 0 ? options->stride : MAX (options->steps, 1);
  LtDream dream = dream_of (self, options);

  dream.given = given;
  for (int left = options->steps; left > 0; left -= dream.steps) {
    dream.steps = MIN (left, stride);
    self->kind->dreaming->run (call, &dream);
    self->steps += dream.steps;
    if (self->neighbours != NULL && options->stride > 0)
      look (self, call->ws, TRUE);
  }
}

/* Without a step: what is held is seen to be held at once. */
static void
show_held (LtParticles *self, const LtCall *call, const LtParticlesOptions *options)
{
  gsize nv = (gsize) call->model->shape.nv;

  if (options->clamped == NULL || options->given == NULL)
    return;
  for (gsize i = 0; i < self->n * nv; i++)
    if (options->clamped[i % nv] != 0)
      self->x[i] = options->given[i % nv];
}

/* ---- The probe ------------------------------------------------------------------------ */

static void
take_neighbours (LtParticles *self, LtNeighbours *neighbours)
{
  self->neighbours = neighbours;
  self->nearest = g_new0 (int, self->n);
  self->classes = g_new (int, self->n);
  self->changes = g_new0 (int, self->n);
  for (int i = 0; i < self->n; i++)
    self->classes[i] = -1;
}

static LtParticles *
check_finite (LtParticles *self, int nv, GError **error)
{
  if (lt_all_finite (self->x, (gsize) self->n * nv))
    return self;
  lt_particles_free (self);
  g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED,
                       "The particles are not numbers, because the model's parameters "
                       "have become too large; look at an earlier epoch.");
  return NULL;
}

LtParticles *
lt_probe_particles (const LtSnapshot *snapshot,
                    const LtDataset *data,
                    const LtParticlesOptions *options,
                    LtWorkspace *ws,
                    GError **error)
{
  g_autoptr (LtParticles) self = g_new0 (LtParticles, 1);
  int nv = snapshot->model->shape.nv;
  LtCall call = lt_snapshot_call (snapshot, ws, &self->rng);

  if (!choose_start (self, snapshot, data, options, error))
    return NULL;
  lt_rng_init (&self->rng, options->seed, STREAM);
  self->x = g_new (float, (gsize) self->n *nv);
  if (options->nearest)
    take_neighbours (self, lt_neighbours_new (data));
  if (self->start == LT_START_CHAINS) {
    self->steps = snapshot->step;
    show_chains (self, &call, options->samples);
  } else {
    start (self, &call, data, options);
    show_held (self, &call, options);
  }
  if (options->nearest)
    look (self, ws, options->stride > 0);
  if (self->start != LT_START_CHAINS)
    run (self, &call, options);
  return check_finite (g_steal_pointer (&self), nv, error);
}

gboolean
lt_particles_go_on (const LtParticles *before, const LtSnapshot *snapshot)
{
  const LtModelKind *kind = snapshot->model->kind;

  if (before->kind != kind)
    return FALSE;
  if (before->start == LT_START_CHAINS)
    return before->n_total == count_chains (snapshot) &&
           before->steps <= snapshot->step;
  return before->width == kind->dreaming->width (snapshot->model);
}

/* A copy that can change. */
static LtParticles *
particles_dup (const LtParticles *before, int nv)
{
  LtParticles *self = g_memdup2 (before, sizeof *self);
  gsize n = (gsize) self->n;

  self->x = g_memdup2 (before->x, n * nv * sizeof *self->x);
  self->origin = g_memdup2 (before->origin, n * nv * sizeof *self->origin);
  self->chains = g_memdup2 (before->chains, n * self->width * sizeof *self->chains);
  if (before->neighbours != NULL)
    self->neighbours = lt_neighbours_ref (before->neighbours);
  self->nearest = g_memdup2 (before->nearest, n * sizeof *self->nearest);
  self->classes = g_memdup2 (before->classes, n * sizeof *self->classes);
  self->changes = g_memdup2 (before->changes, n * sizeof *self->changes);
  return self;
}

LtParticles *
lt_probe_particles_on (const LtSnapshot *snapshot,
                       const LtDataset *data,
                       const LtParticlesOptions *options,
                       const LtParticles *before,
                       LtWorkspace *ws,
                       GError **error)
{
  int nv = snapshot->model->shape.nv;
  LtParticles *self = particles_dup (before, nv);
  LtCall call = lt_snapshot_call (snapshot, ws, &self->rng);

  if (self->start != LT_START_CHAINS) {
    if (options->steps == 0)
      show_held (self, &call, options);
    run (self, &call, options);
  } else {
    gboolean later = self->steps < snapshot->step;

    self->steps = snapshot->step;
    show_chains (self, &call, options->samples);
    if (self->neighbours != NULL)
      look (self, ws, later && options->stride > 0);
  }
  return check_finite (self, nv, error);
}

const float *
lt_particles_nearest (const LtParticles *self, int i)
{
  return self->neighbours->rows + (gsize) self->nearest[i] * self->neighbours->nv;
}

void
lt_particles_free (LtParticles *self)
{
  g_free (self->x);
  g_free (self->origin);
  g_clear_pointer (&self->neighbours, lt_neighbours_unref);
  g_free (self->nearest);
  g_free (self->classes);
  g_free (self->changes);
  g_free (self->chains);
  g_free (self);
}
