/* Fantasy particles: where chains start, what is held, going on, neighbours and classes. */
#include "probes/particles.h"

#include "boltzmann/rbm.h"
#include "core/error.h"
#include "core/kernels.h"
#include "probes/states.h"

#include <math.h>
#include <string.h>

#define N_ROWS  60
#define SIDE    3
#define NV      (SIDE * SIDE)
#define CLASSES 3

typedef struct {
  LtDataset *data;
  LtSnapshot *snapshot;
  LtWorkspace *ws;
} Trial;

/* Pictures of 0 and 1, with a class by the brighter one of two pixels. */
static LtDataset *
data_new (gboolean labelled)
{
  const LtPreparation preparation = { .scaling = LT_SCALING_NONE, .test = 0.25 };
  const char *const names[] = { "a", "b", "c", NULL };
  g_autoptr (GError) error = NULL;
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;
  LtRng rng;

  lt_rng_init (&rng, 5, 0);
  table->name = g_strdup ("bits");
  table->title = g_strdup ("Bits");
  table->source = g_strdup ("a test");
  table->licence = g_strdup ("none");
  lt_shape_init (&table->shape, "pixels", LT_BINARY, SIDE, SIDE, 1);
  table->n = N_ROWS;
  table->floats = g_new (float, N_ROWS *NV);
  lt_rng_fill_mask (&rng, 0.5f, N_ROWS * NV, table->floats);
  if (labelled) {
    table->labels = g_new (int, N_ROWS);
    table->label_names = g_strdupv ((char **) names);
    for (int i = 0; i < N_ROWS; i++)
      table->labels[i] = (int) (table->floats[i * NV] + table->floats[i * NV + 1]);
  }
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

static LtSnapshot *
snapshot_new (const LtDataset *data, const char *knobs)
{
  g_auto (GStrv) pairs = g_strsplit (knobs, " ", -1);
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  LtSnapshot *snapshot;
  float *params;
  LtRng rng;

  lt_model_kind_init_settings (&lt_rbm, &settings);
  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    lt_knob_parse (lt_knobs_find (&lt_rbm.knobs, pair[0]), pair[1], &settings, &error);
    g_assert_no_error (error);
  }
  model = lt_model_new (&lt_rbm, &settings, lt_dataset_shape (data), &error);
  g_assert_no_error (error);
  params = lt_block_new (model->params);
  lt_rng_init (&rng, 11, 0);
  lt_rng_fill_normal (&rng, lt_layout_size (model->params), params);
  snapshot = lt_snapshot_new (model, params, NULL, NULL, &settings);
  lt_block_free (params);
  return snapshot;
}

static void
trial_init (Trial *self, const char *knobs, gboolean labelled)
{
  self->data = data_new (labelled);
  self->snapshot = snapshot_new (self->data, knobs);
  self->ws = lt_workspace_new (NULL);
}

static void
trial_clear (Trial *self)
{
  lt_snapshot_unref (self->snapshot);
  lt_dataset_unref (self->data);
  lt_workspace_free (self->ws);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trial, trial_clear)

static LtParticlesOptions
options_for (int start, int n, int steps)
{
  return (LtParticlesOptions){ .start = start,
                               .example = -1,
                               .n = n,
                               .steps = steps,
                               .stride = 1,
                               .temperature = 1,
                               .label = -1,
                               .samples = TRUE,
                               .nearest = TRUE,
                               .seed = 1 };
}

static LtParticles *
dream (const Trial *trial, const LtParticlesOptions *options)
{
  g_autoptr (GError) error = NULL;
  LtParticles *particles =
      lt_probe_particles (trial->snapshot, trial->data, options, trial->ws, &error);

  g_assert_no_error (error);
  return particles;
}

static LtParticles *
dream_on (const Trial *trial,
          const LtParticlesOptions *options,
          const LtParticles *before)
{
  g_autoptr (GError) error = NULL;
  LtParticles *particles = lt_probe_particles_on (trial->snapshot, trial->data, options,
                                                  before, trial->ws, &error);

  g_assert_no_error (error);
  return particles;
}

static void
assert_same (const LtParticles *a, const LtParticles *b)
{
  g_assert_cmpint (a->n, ==, b->n);
  g_assert_cmpint (a->steps, ==, b->steps);
  g_assert_cmpmem (a->x, a->n * NV * sizeof (float), b->x, b->n * NV * sizeof (float));
  g_assert_cmpmem (a->chains, (gsize) a->n * a->width * sizeof (float), b->chains,
                   (gsize) b->n * b->width * sizeof (float));
  g_assert_cmpmem (a->changes, a->n * sizeof (int), b->changes, b->n * sizeof (int));
  g_assert_cmpint (a->n_changes, ==, b->n_changes);
  g_assert_cmpint (a->n_looks, ==, b->n_looks);
}

/* Chains that run free come to the model's own distribution: the share of each unit's ones
 * within 5 standard deviations of the exact mean. */
static void
test_stationary (void)
{
  LtParticlesOptions options = options_for (LT_START_NOISE, 2000, 100);
  g_autoptr (LtParticles) particles = NULL;
  g_auto (Trial) trial;
  LtStates *states;

  trial_init (&trial, "hidden=4", FALSE);
  options.nearest = FALSE;
  particles = dream (&trial, &options);
  states = lt_probe_states (trial.snapshot, trial.data, trial.ws);
  for (int unit = 0; unit < NV; unit++) {
    double exact = 0, found = 0;

    for (int s = 0; s < states->n; s++)
      exact += (s >> unit & 1) * states->p[s];
    for (int i = 0; i < particles->n; i++)
      found += (double) particles->x[i * NV + unit] / particles->n;
    g_assert_cmpfloat_with_epsilon (found, exact,
                                    5 * sqrt (exact * (1 - exact) / particles->n));
  }
  lt_states_free (states);
  g_assert_null (particles->neighbours);
}

/* A held-out row each, or one for all, without steps; and what is said where there is none. */
static void
test_start (void)
{
  LtParticlesOptions options = options_for (LT_START_HELD_OUT, 3, 0);
  g_autoptr (LtParticles) various = NULL;
  g_autoptr (LtParticles) same = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Trial) trial;
  float row[NV];
  gsize n;

  trial_init (&trial, "hidden=5", TRUE);
  n = lt_dataset_n (trial.data, LT_TEST);
  various = dream (&trial, &options);
  for (int i = 0; i < various->n; i++) {
    gboolean found = FALSE;

    for (gsize j = 0; j < n && !found; j++) {
      lt_dataset_gather (trial.data, LT_TEST, NULL, j, 1, row);
      found = memcmp (row, various->x + i * NV, sizeof row) == 0;
    }
    g_assert_true (found);
  }
  options.example = 4;
  same = dream (&trial, &options);
  lt_dataset_gather (trial.data, LT_TEST, NULL, 4, 1, row);
  for (int i = 0; i < same->n; i++)
    g_assert_cmpmem (row, sizeof row, same->x + i * NV, sizeof row);
  options.example = (int) n;
  g_assert_null (
      lt_probe_particles (trial.snapshot, trial.data, &options, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_clear_error (&error);
  options.start = LT_START_CHAINS;
  g_assert_null (
      lt_probe_particles (trial.snapshot, trial.data, &options, trial.ws, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
}

/* The same seed gives the same, and another one something else. */
static void
test_seed (void)
{
  LtParticlesOptions options = options_for (LT_START_NOISE, 10, 5);
  g_autoptr (LtParticles) first = NULL;
  g_autoptr (LtParticles) again = NULL;
  g_autoptr (LtParticles) other = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", TRUE);
  first = dream (&trial, &options);
  again = dream (&trial, &options);
  assert_same (first, again);
  options.seed = 2;
  other = dream (&trial, &options);
  g_assert_true (memcmp (first->x, other->x, 10 * NV * sizeof (float)) != 0);
}

/* 2k steps are k steps and k more: units, classes and how often those have changed. */
static void
test_going_on (void)
{
  LtParticlesOptions options = options_for (LT_START_DATA, 10, 12);
  g_autoptr (LtParticles) whole = NULL;
  g_autoptr (LtParticles) half = NULL;
  g_autoptr (LtParticles) rest = NULL;
  g_autoptr (LtParticles) held = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", TRUE);
  options.stride = 3;
  whole = dream (&trial, &options);
  g_assert_cmpint (whole->n_looks, ==, 1 + 4);
  g_assert_cmpint (whole->n_changes, >, 0);
  options.steps = 6;
  half = dream (&trial, &options);
  g_assert_true (lt_particles_go_on (half, trial.snapshot));
  rest = dream_on (&trial, &options, half);
  assert_same (whole, rest);
  options.steps = 0;
  held = dream_on (&trial, &options, rest);
  assert_same (rest, held);
}

/* Units that are held stay as they are given, in means and in samples, while others move. */
static void
test_held (void)
{
  const float clamped[NV] = { 1, 0, 1, 0, 0, 0, 0, 0, 1 };
  const float given[NV] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
  LtParticlesOptions options = options_for (LT_START_NOISE, 20, 1);
  g_autoptr (LtParticles) particles = NULL;
  g_auto (Trial) trial;
  gboolean moved = FALSE;

  trial_init (&trial, "hidden=5", TRUE);
  options.clamped = clamped;
  for (int step = 0; step < 20; step++) {
    g_autoptr (LtParticles) before = g_steal_pointer (&particles);
    gboolean own = step < 10;

    options.samples = step % 2 == 0;
    options.given = own ? NULL : given;
    particles =
        before != NULL ? dream_on (&trial, &options, before) : dream (&trial, &options);
    for (int i = 0; i < particles->n * NV; i++) {
      if (clamped[i % NV] != 0)
        g_assert_cmpfloat (particles->x[i], ==,
                           own ? particles->origin[i] : given[i % NV]);
      else
        moved |= particles->x[i] != particles->origin[i];
    }
  }
  g_assert_true (moved);
}

/* Whoever holds a unit sees it held before the next step. */
static void
test_held_at_once (void)
{
  const float clamped[NV] = { 0, 1 }, on[NV] = { 0, 1 }, off[NV] = { 0, 0 };
  LtParticlesOptions options = options_for (LT_START_NOISE, 8, 0);
  g_autoptr (LtParticles) first = NULL;
  g_autoptr (LtParticles) second = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", TRUE);
  options.clamped = clamped;
  options.given = on;
  first = dream (&trial, &options);
  options.given = off;
  second = dream_on (&trial, &options, first);
  for (int i = 0; i < 8; i++) {
    g_assert_cmpfloat (first->x[i * NV + 1], ==, 1);
    g_assert_cmpfloat (second->x[i * NV + 1], ==, 0);
  }
}

/* A label that is held pulls the dreams to its class: the classifier finds it in more of them
 * than when another one is held. */
static void
test_label (void)
{
  LtParticlesOptions options = options_for (LT_START_NOISE, 400, 30);
  g_auto (Trial) trial;
  double mean[CLASSES];

  trial_init (&trial, "hidden=5 label-units=3", TRUE);
  for (int label = 0; label < CLASSES; label++) {
    g_autoptr (LtParticles) particles = NULL;
    g_autofree float *p = g_new (float, 400 * CLASSES);
    LtCall call = lt_snapshot_call (trial.snapshot, trial.ws, NULL);

    options.label = label;
    particles = dream (&trial, &options);
    trial.snapshot->model->kind->classify (&call, particles->x, 400, p);
    mean[label] = 0;
    for (int i = 0; i < 400; i++)
      mean[label] += (double) p[i * CLASSES] / 400;
  }
  g_assert_cmpfloat (mean[0], >, mean[1]);
  g_assert_cmpfloat (mean[0], >, mean[2]);
}

/* The persistent chains are their visible units' means, and a later moment of the training is
 * another look at the same chains. */
static void
test_persistent (void)
{
  LtParticlesOptions options = options_for (LT_START_AUTO, 100, 0);
  g_autoptr (LtParticles) before = NULL;
  g_autoptr (LtParticles) after = NULL;
  g_autofree float *state = NULL;
  g_auto (Trial) trial;
  const float *w, *b;
  LtModel *model;

  trial_init (&trial, "hidden=2 method=pcd chains=4", TRUE);
  options.samples = FALSE;
  model = trial.snapshot->model;
  w = trial.snapshot->params + lt_layout_find (model->params, "W1")->offset;
  b = trial.snapshot->params + lt_layout_find (model->params, "b")->offset;
  state = g_new0 (float, lt_layout_size (model->state));
  for (int i = 0; i < 8; i++)
    state[lt_layout_find (model->state, "chain h1")->offset + i] = (float) (i % 2);
  trial.snapshot->state = lt_block_dup (model->state, state);
  before = dream (&trial, &options);
  g_assert_cmpint (before->n, ==, 4);
  g_assert_cmpint (before->start, ==, LT_START_CHAINS);
  for (int i = 0; i < 4 * NV; i++) {
    double input = (double) b[i % NV] + (double) w[i % NV * 2 + 1];

    g_assert_cmpfloat_with_epsilon ((double) before->x[i], 1 / (1 + exp (-input)),
                                    1e-5);
  }
  g_assert_cmpint (before->n_looks, ==, 1);
  trial.snapshot->step = 10;
  g_assert_true (lt_particles_go_on (before, trial.snapshot));
  after = dream_on (&trial, &options, before);
  g_assert_cmpint (after->n_looks, ==, 2);
  g_assert_cmpint (after->n_changes, ==, 0);
  trial.snapshot->step = 5;
  g_assert_false (lt_particles_go_on (after, trial.snapshot));
}

static void
assert_nearest (const LtNeighbours *neighbours, const float *x, int nearest)
{
  double given = lt_squared_error (x, neighbours->rows + nearest * NV, NV);

  for (int j = 0; j < neighbours->n; j++)
    g_assert_cmpfloat (given, <=,
                       lt_squared_error (x, neighbours->rows + j * NV, NV) + 1e-6);
}

/* How many rows lie closer than d. */
static int
count_closer (const LtNeighbours *neighbours, const float *x, double d)
{
  int n = 0;

  for (int k = 0; k < neighbours->n; k++)
    n += lt_squared_error (x, neighbours->rows + k * NV, NV) < d;
  return n;
}

/* No row is nearer than the nearest, which the five nearest rows' most frequent class may
 * overrule: against counting who is closer, where it is clear who the five are. */
static void
test_neighbours (void)
{
  enum {
    N = 40
  };
  g_autoptr (LtNeighbours) neighbours = NULL;
  g_auto (Trial) trial;
  float x[N * NV];
  int nearest[N], classes[N], n_clear = 0;
  LtRng rng;

  trial_init (&trial, "hidden=5", TRUE);
  neighbours = lt_neighbours_new (trial.data);
  g_assert_cmpint (neighbours->n, ==, lt_dataset_n (trial.data, LT_TRAIN));
  lt_rng_init (&rng, 3, 0);
  lt_rng_fill_uniform (&rng, N * NV, x);
  lt_neighbours_find (neighbours, x, N, trial.ws, nearest, classes);
  for (int i = 0; i < N; i++) {
    int votes[CLASSES] = { 0 }, most = 0, n_voters = 0;

    assert_nearest (neighbours, x + i * NV, nearest[i]);
    for (int j = 0; j < neighbours->n; j++) {
      double d = lt_squared_error (x + i * NV, neighbours->rows + j * NV, NV);
      gboolean votes_too = count_closer (neighbours, x + i * NV, d - 1e-5) < LT_VOTERS;

      votes[neighbours->labels[j]] += votes_too;
      n_voters += votes_too;
    }
    if (n_voters > LT_VOTERS)
      continue;
    n_clear++;
    for (int k = 0; k < CLASSES; k++)
      most = MAX (most, votes[k]);
    g_assert_cmpint (votes[classes[i]], ==, most);
  }
  g_assert_cmpint (n_clear, >, N / 4);
}

/* Without classes there is none to vote for. */
static void
test_no_classes (void)
{
  LtParticlesOptions options = options_for (LT_START_DATA, 5, 10);
  g_autoptr (LtParticles) particles = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", FALSE);
  particles = dream (&trial, &options);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (particles->classes[i], ==, -1);
  g_assert_cmpint (particles->n_changes, ==, 0);
}

/* Three chains seen five times: a class that is not known is neither left nor entered. */
static void
test_changes (void)
{
  const int seen[5][3] = {
    { 0, 1, 2 }, { 0, 2, -1 }, { 1, 1, 2 }, { 1, 2, 0 }, { 1, -1, 0 }
  };
  int changes[3] = { 0 }, all = 0;

  for (int t = 1; t < 5; t++)
    all += lt_count_class_changes (seen[t - 1], seen[t], 3, changes);
  g_assert_cmpint (changes[0], ==, 1);
  g_assert_cmpint (changes[1], ==, 3);
  g_assert_cmpint (changes[2], ==, 1);
  g_assert_cmpint (all, ==, 5);
}

/* Only models with chains suit, and the others say why. */
static void
test_suits (void)
{
  const LtModelKind *kind = lt_model_kind_find ("autoencoder", NULL);
  g_autofree gpointer settings = g_malloc0 (kind->knobs.settings_size);
  g_autoptr (LtModel) model = NULL;
  const char *why = NULL;
  g_auto (Trial) trial;

  trial_init (&trial, "hidden=5", FALSE);
  g_assert_true (lt_particles_suit (trial.snapshot->model, &why));
  lt_model_kind_init_settings (kind, settings);
  model = lt_model_new (kind, settings, lt_dataset_shape (trial.data), NULL);
  g_assert_false (lt_particles_suit (model, &why));
  g_assert_nonnull (why);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/particles/stationary", test_stationary);
  g_test_add_func ("/particles/start", test_start);
  g_test_add_func ("/particles/seed", test_seed);
  g_test_add_func ("/particles/going-on", test_going_on);
  g_test_add_func ("/particles/held", test_held);
  g_test_add_func ("/particles/held/at-once", test_held_at_once);
  g_test_add_func ("/particles/label", test_label);
  g_test_add_func ("/particles/persistent", test_persistent);
  g_test_add_func ("/particles/neighbours", test_neighbours);
  g_test_add_func ("/particles/no-classes", test_no_classes);
  g_test_add_func ("/particles/changes", test_changes);
  g_test_add_func ("/particles/suits", test_suits);
  return g_test_run ();
}
