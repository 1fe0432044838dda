/* Experiments in phases: reading and setting them, going from one to the next, resuming at any
 * place, beginning with another run's weights. */
#include "boltzmann/rbm.h"
#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define NV 6

/* Two families that can take each other's layer: in the second V is frozen, and what it makes
 * of a row is given with each batch. */
static LtModelKind whole, top;

const LtModelKind *const lt_model_kinds[] = {
  &whole, &top, &lt_toy_kind, &lt_rbm, &lt_rbm_gaussian, &lt_dense_deep, NULL
};

static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* ---- The families -------------------------------------------------------------------------------- */

static void
stack (const LtCall *call, LtStack *result)
{
  const LtLayout *layout = call->model->params;
  static const float zero[NV];

  result->n_layers = 1;
  result->layer[0] = (LtStackLayer){
    .n_in = NV,
    .n_out = call->model->n_code,
    .up = call->params + lt_layout_find (layout, "V")->offset,
    .up_bias = zero,
    .down = call->params + lt_layout_find (layout, "W")->offset,
    .down_bias = zero,
    .up_factor = 1,
    .down_factor = 1,
  };
}

static void
adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  const LtLayout *layout = call->model->params;
  const LtTensor *v = lt_layout_find (layout, "V"), *w = lt_layout_find (layout, "W");

  memcpy (params + v->offset, from->layer[0].up, v->size * sizeof *params);
  memcpy (params + w->offset, from->layer[0].down, w->size * sizeof *params);
}

static int
n_features (const LtModel *model)
{
  return model->n_code;
}

/* The toy's own gradient, but V stays as it is. */
static void
top_gradient (const LtCall *call,
              const LtBatch *batch,
              float *d_params,
              float *state,
              LtTerms *terms)
{
  const LtTensor *v = lt_layout_find (call->model->params, "V");
  int width = call->model->n_code;
  float *z = lt_workspace_floats (call->ws, (gsize) batch->n * width);

  lt_toy_kind.encode (call, batch->x, batch->n, z);
  g_assert_nonnull (batch->features);
  for (int i = 0; i < batch->n * width; i++)
    g_assert_cmpfloat_with_epsilon (batch->features[i], z[i], 2e-3);
  lt_toy_kind.gradient (call, batch, d_params, state, terms);
  memset (d_params + v->offset, 0, v->size * sizeof *d_params);
}

static void
make_families (void)
{
  whole = lt_toy_kind;
  whole.name = "whole";
  whole.stack = stack;
  whole.adopt = adopt;
  top = whole;
  top.name = "top";
  top.gradient = top_gradient;
  top.n_features = n_features;
  top.features = lt_toy_kind.encode;
}

/* ---- Reading and setting ------------------------------------------------------------------------- */

#define TWO                                                               \
  "{ \"format\": 1, \"model\": { \"kind\": \"whole\", \"toy-code\": 3 }," \
  "  \"training\": { \"optimiser\": \"adam\", \"learning-rate\": 0.01, "  \
  "\"batch-size\": 20 },"                                                 \
  "  \"phases\": ["                                                       \
  "    { \"title\": \"All\", \"training\": { \"epochs\": 2 } },"          \
  "    { \"model\": { \"kind\": \"top\", \"toy-code\": 3 },"              \
  "      \"training\": { \"epochs\": 3, \"optimiser\": \"momentum\" } } ] }"

static LtExperiment *
read_json (const char *json)
{
  g_autoptr (GError) error = NULL;
  LtExperiment *experiment = lt_experiment_from_json (json, -1, "two", &error);

  g_assert_no_error (error);
  return experiment;
}

static void
test_read (void)
{
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (LtExperiment) again = NULL;
  g_autofree char *json = lt_experiment_to_json (experiment);
  g_autofree char *first = lt_experiment_dup_phase_title (experiment, 0);
  g_autofree char *second = lt_experiment_dup_phase_title (experiment, 1);
  g_autofree char *json_again = NULL;

  g_assert_cmpint (experiment->n_phases, ==, 2);
  g_assert_cmpint (experiment->phase, ==, 0);
  g_assert_true (experiment->kind == &whole);
  g_assert_cmpint (experiment->training.epochs, ==, 2);
  g_assert_cmpfloat (experiment->training.learning_rate, ==, 0.01);
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 0), ==, 5);
  g_assert_cmpstr (first, ==, "All");
  g_assert_cmpstr (second, ==, "Phase 2");
  lt_experiment_enter (experiment, 1);
  g_assert_true (experiment->kind == &top);
  g_assert_cmpint (experiment->training.epochs, ==, 3);
  g_assert_cmpint (experiment->training.batch_size, ==, 20);
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 2), ==, 5);
  again = read_json (json);
  json_again = lt_experiment_to_json (again);
  g_assert_cmpstr (json, ==, json_again);
}

static void
assert_bad (const char *json, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_experiment_from_json (json, -1, "bad", &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_bad (void)
{
  assert_bad ("{ \"format\": 1, \"phases\": 3 }", "a list of 1 to");
  assert_bad ("{ \"format\": 1, \"phases\": [] }", "a list of 1 to");
  assert_bad ("{ \"format\": 1, \"phases\": [4] }", "objects in braces");
  assert_bad ("{ \"format\": 1, \"phases\": [{}, { \"epochs\": 4 }] }", "phase 2");
  assert_bad ("{ \"format\": 1, \"phases\": [{ \"training\": { \"epoch\": 4 } }] }",
              "did you mean “epochs”");
}

/* A knob is set in every phase that has it, or in one by number; and nothing when it does not
 * go everywhere. */
static void
test_set (void)
{
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (GError) refused = NULL, absent = NULL;

  g_assert_true (lt_experiment_set (experiment, "epochs=7", NULL));
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 0), ==, 14);
  g_assert_true (lt_experiment_set (experiment, "2:epochs=1", NULL));
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 0), ==, 8);
  g_assert_true (lt_experiment_turn (experiment, "epochs=2", NULL));
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 0), ==, 3);
  g_assert_false (lt_experiment_set (experiment, "epochs=none", &refused));
  g_assert_cmpint (lt_experiment_total_epochs (experiment, 0), ==, 3);
  g_assert_false (lt_experiment_set (experiment, "3:epochs=1", &absent));
  g_assert_nonnull (strstr (absent->message, "from 1 to 2"));
  g_assert_cmpint (experiment->phase, ==, 0);
  g_assert_true (lt_experiment_set (experiment, "model=toy", NULL));
  g_assert_cmpint (experiment->n_phases, ==, 0);
}

/* ---- Running ------------------------------------------------------------------------------------- */

static LtTrainer *
start (const LtExperiment *experiment, const char *path, GError **error)
{
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (LT_TEST_ROWS, 0.2);
  LtTrainerOptions options = {
    .experiment = experiment, .dataset = dataset, .n_threads = 2, .path = path
  };

  return lt_trainer_new (&options, error);
}

static LtTrainer *
start_two (const char *path)
{
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer = start (experiment, path, &error);

  g_assert_no_error (error);
  return trainer;
}

static const float *
tensor (const LtSnapshot *snapshot, const char *name, gsize *size)
{
  const LtTensor *found = lt_layout_find (snapshot->model->params, name);

  *size = found->size * sizeof (float);
  return snapshot->params + found->offset;
}

/* The second phase begins where the first one ended, with its own family and optimiser; every
 * epoch's model is the one of its phase; the log says where phases begin. */
static void
test_run (void)
{
  g_autofree char *path = path_of ("run.lantern");
  g_autoptr (LtTrainer) trainer = start_two (path);
  g_autoptr (LtSnapshot) second = NULL, fifth = NULL;
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  const LtLogEvent *event;
  gsize size;

  g_assert_cmpint (lt_test_status (trainer).n_epochs, ==, 5);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (lt_test_status (trainer).phase, ==, 0);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (lt_test_status (trainer).phase, ==, 1);
  g_assert_cmpint (lt_test_status (trainer).phase_epoch, ==, 2);
  g_assert_true (lt_trainer_model (trainer)->kind == &top);
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 5);
  second = lt_test_epoch (trainer, 2);
  fifth = lt_test_epoch (trainer, 5);
  g_assert_cmpint (second->phase, ==, 0);
  g_assert_true (second->model->kind == &whole);
  g_assert_cmpint (fifth->phase, ==, 1);
  g_assert_true (fifth->model->kind == &top);
  g_assert_cmpmem (tensor (second, "V", &size), size, tensor (fifth, "V", &size), size);
  g_assert_cmpint (
      memcmp (tensor (second, "W", &size), tensor (fifth, "W", &size), size), !=, 0);
  lt_log_read (lt_trainer_log (trainer), NULL, NULL, events);
  g_assert_cmpuint (events->len, ==, 2);
  event = &g_array_index (events, LtLogEvent, 1);
  g_assert_cmpstr (event->key, ==, "phase");
  g_assert_cmpstr (event->before, ==, "2");
  g_assert_cmpfloat (event->progress, ==, 2);
}

/* Closed in the first phase, at the boundary, or in the second one: the same bytes. */
static void
test_resume (void)
{
  g_autofree char *path = path_of ("resume.lantern");
  g_autoptr (LtTrainer) undisturbed = start_two (NULL);
  g_autoptr (LtSnapshot) expected = NULL;

  lt_test_advance (undisturbed, LT_RUN);
  expected = lt_test_epoch (undisturbed, 5);
  for (int stop = 1; stop < 5; stop++) {
    LtTrainer *trainer = start_two (path);
    g_autoptr (LtSnapshot) got = NULL;
    g_autoptr (GError) error = NULL;

    for (int i = 0; i < stop; i++)
      lt_test_advance (trainer, LT_STEP_EPOCH);
    lt_test_advance (trainer, LT_STEP_BATCH);
    lt_trainer_free (trainer);
    trainer = lt_test_resume (path, &error);
    g_assert_no_error (error);
    lt_test_advance (trainer, LT_RUN);
    got = lt_test_epoch (trainer, 5);
    lt_test_assert_same_bytes (expected, got);
    lt_trainer_free (trainer);
  }
}

/* Knobs are those of the present phase, and what was turned in one stays there. */
static void
test_turn (void)
{
  g_autofree char *path = path_of ("turn.lantern");
  LtTrainer *trainer = start_two (path);
  g_autoptr (LtExperiment) second = NULL;
  g_autoptr (GError) error = NULL;

  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "epochs", "1", NULL));
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.02", NULL));
  lt_test_advance (trainer, LT_STEP_EPOCH);
  lt_trainer_free (trainer);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  lt_test_advance (trainer, LT_STEP_BATCH);
  second = lt_trainer_dup_experiment (trainer);
  g_assert_cmpint (second->phase, ==, 1);
  g_assert_cmpfloat (second->training.learning_rate, ==, 0.01);
  lt_experiment_enter (second, 0);
  g_assert_cmpfloat (second->training.learning_rate, ==, 0.02);
  lt_trainer_free (trainer);
}

/* A phase to come can be turned while another one trains; one that is over cannot. */
static void
test_turn_later (void)
{
  g_autoptr (LtTrainer) trainer = start_two (NULL);
  g_autoptr (LtExperiment) turned = NULL;
  g_autoptr (GError) error = NULL, over = NULL, absent = NULL;

  lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_true (lt_trainer_set_knob (trainer, "2:epochs", "1", &error));
  g_assert_no_error (error);
  g_assert_false (lt_trainer_set_knob (trainer, "3:epochs", "1", &absent));
  lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_cmpint (lt_test_status (trainer).n_epochs, ==, 3);
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 3);
  g_assert_false (lt_trainer_set_knob (trainer, "1:epochs", "5", &over));
  g_assert_nonnull (strstr (over->message, "is over"));
  turned = lt_trainer_dup_experiment (trainer);
  g_assert_cmpint (turned->training.epochs, ==, 1);
}

/* A phase ends early when it makes no progress, and the run goes on with the next one. */
static void
test_patience (void)
{
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (LtTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_experiment_set (experiment, "1:epochs=1000", &error));
  g_assert_true (lt_experiment_set (experiment, "1:patience=2", &error));
  g_assert_true (lt_experiment_set (experiment, "1:learning-rate=0.000001", &error));
  g_assert_true (lt_experiment_set (experiment, "1:toy-noise=1", &error));
  trainer = start (experiment, NULL, &error);
  g_assert_no_error (error);
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).phase, ==, 1);
  g_assert_cmpint (lt_test_status (trainer).phase_epoch, <, 900);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==,
                   lt_test_status (trainer).phase_epoch + 3);
}

/* ---- Beginnings ---------------------------------------------------------------------------------- */

/* The run at path has epochs 0 and 1. */
static void
begin_at_epoch (const LtExperiment *experiment, const char *path)
{
  g_autoptr (LtExperiment) first = lt_experiment_dup (experiment);
  g_autoptr (LtTrainer) plain = start_two (NULL), trainer = NULL, absent = NULL;
  g_autoptr (LtSnapshot) expected = lt_trainer_take_snapshot (plain), got = NULL;
  g_autoptr (GError) error = NULL, refused = NULL;
  gsize size;

  g_free (first->from);
  first->from = g_strconcat (path, "@0", NULL);
  trainer = start (first, NULL, &error);
  g_assert_no_error (error);
  got = lt_trainer_take_snapshot (trainer);
  g_assert_cmpmem (tensor (expected, "V", &size), size, tensor (got, "V", &size), size);
  g_free (first->from);
  first->from = g_strconcat (path, "@7", NULL);
  absent = start (first, NULL, &refused);
  g_assert_null (absent);
  g_assert_nonnull (strstr (refused->message, "no epoch 7"));
}

static void
test_from (void)
{
  g_autofree char *path = path_of ("from.lantern");
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (LtTrainer) before = start_two (path), trainer = NULL, bad = NULL;
  g_autoptr (LtSnapshot) expected = NULL, got = NULL;
  g_autoptr (GError) error = NULL, refused = NULL, absent = NULL;
  gsize size;

  lt_test_advance (before, LT_STEP_EPOCH);
  expected = lt_test_epoch (before, 1);
  lt_trainer_free (g_steal_pointer (&before));
  experiment->from = g_strdup (path);
  trainer = start (experiment, NULL, &error);
  g_assert_no_error (error);
  got = lt_trainer_take_snapshot (trainer);
  g_assert_cmpint (got->epoch, ==, 0);
  g_assert_cmpmem (tensor (expected, "V", &size), size, tensor (got, "V", &size), size);
  begin_at_epoch (experiment, path);
  g_assert_true (lt_experiment_set (experiment, "toy-code=2", NULL));
  bad = start (experiment, NULL, &refused);
  g_assert_null (bad);
  g_test_message ("%s", refused->message);
  g_assert_nonnull (strstr (refused->message, "6 to 2 units here and from 6 to 3"));
  g_free (experiment->from);
  experiment->from = path_of ("absent.lantern");
  bad = start (experiment, NULL, &absent);
  g_assert_null (bad);
  g_assert_error (absent, LT_ERROR, LT_ERROR_FILE);
}

/* 40 rows of nv values: 0 and 1, or standardised. */
static LtDataset *
rows_new (int nv, LtScaling scaling)
{
  LtPreparation preparation = { .scaling = scaling };
  LtTable *table = g_new0 (LtTable, 1);
  g_autoptr (GError) error = NULL;
  LtDataset *dataset;

  table->name = g_strdup ("rows");
  table->title = g_strdup ("Rows");
  table->source = g_strdup ("a test");
  table->licence = g_strdup ("none");
  lt_shape_init (&table->shape, "features", LT_UNIT, 1, nv, 1);
  table->n = 40;
  table->floats = g_new (float, table->n *nv);
  for (gsize i = 0; i < table->n * nv; i++)
    table->floats[i] = (float) (i * 7 % 11 % 2);
  dataset = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return dataset;
}

/* A run on these rows, recorded for an epoch where it has a path and is not refused. */
static void
run_rows (const char *assignments,
          LtDataset *dataset, /* taken */
          const char *path,
          const char *from,
          GError **error)
{
  g_autoptr (LtExperiment) experiment = lt_test_experiment (assignments);
  LtTrainerOptions options = {
    .experiment = experiment, .dataset = dataset, .n_threads = 1, .path = path
  };
  g_autoptr (LtTrainer) trainer = NULL;

  experiment->from = g_strdup (from);
  trainer = lt_trainer_new (&options, error);
  if (trainer != NULL && path != NULL)
    lt_test_advance (trainer, LT_STEP_EPOCH);
  lt_dataset_unref (dataset);
}

/* A run on other data is not damaged: the sentence says what differs. */
static void
test_from_other_data (void)
{
  g_autofree char *binary = path_of ("binary.lantern");
  g_autofree char *gaussian = path_of ("gaussian.lantern");
  g_autoptr (GError) error = NULL, length = NULL, on_unit = NULL, on_real = NULL;

  run_rows ("model=rbm;hidden=3;visible=binary", rows_new (5, LT_SCALING_AUTO), binary,
            NULL, &error);
  g_assert_no_error (error);
  run_rows ("model=gaussian-rbm;hidden=3", rows_new (5, LT_SCALING_STANDARD), gaussian,
            NULL, &error);
  g_assert_no_error (error);
  run_rows ("model=rbm;hidden=3", rows_new (4, LT_SCALING_AUTO), NULL, binary, &length);
  g_assert_error (length, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_test_message ("%s", length->message);
  g_assert_nonnull (strstr (length->message, "rows of 5 values"));
  g_assert_nonnull (strstr (length->message, "“Rows” have 4"));
  run_rows ("model=rbm;hidden=3", rows_new (5, LT_SCALING_AUTO), NULL, gaussian,
            &on_unit);
  g_assert_error (on_unit, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_test_message ("%s", on_unit->message);
  g_assert_nonnull (strstr (on_unit->message, "“Gaussian RBM” with visible=gaussian"));
  g_assert_nonnull (strstr (on_unit->message, "machine” with visible=auto"));
  run_rows ("model=gaussian-rbm;hidden=3", rows_new (5, LT_SCALING_STANDARD), NULL,
            binary, &on_real);
  g_assert_error (on_real, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_test_message ("%s", on_real->message);
  g_assert_nonnull (strstr (on_real->message, "machine” with visible=binary"));
  g_assert_nonnull (strstr (on_real->message, "“real”"));
}

static LtTrainer *
start_rows (const char *json, LtScaling scaling, const char *from)
{
  g_autoptr (LtExperiment) experiment = read_json (json);
  g_autoptr (LtDataset) dataset = rows_new (5, scaling);
  LtTrainerOptions options = { .experiment = experiment,
                               .dataset = dataset,
                               .n_threads = 1 };
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer;

  experiment->data->preparation.scaling = (int) scaling;
  experiment->from = g_strdup (from);
  trainer = lt_trainer_new (&options, &error);
  g_assert_no_error (error);
  return trainer;
}

/* Layers that go on as other units are told of, with the knob that keeps them as they were;
 * where all stay what they were nothing is said. */
static void
test_notice (void)
{
  static const char *const codes[] = { "relu", "sigmoid" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autofree char *json =
        g_strdup_printf ("{ \"format\": 1, \"phases\": ["
                         "  { \"model\": { \"kind\": \"rbm\", \"hidden\": [3] } },"
                         "  { \"model\": { \"kind\": \"deep\", \"hidden\": [3],"
                         "    \"code-activation\": \"%s\" } } ] }",
                         codes[i]);
    g_autoptr (LtTrainer) trainer = start_rows (json, LT_SCALING_AUTO, NULL);
    const char *notice = lt_trainer_notice (trainer);

    if (i == 1) {
      g_assert_null (notice);
      continue;
    }
    g_assert_nonnull (notice);
    g_test_message ("%s", notice);
    g_assert_nonnull (strstr (notice, "sigmoid there and relu here"));
    g_assert_nonnull (strstr (notice, "set 2:code-activation=sigmoid"));
  }
}

/* The same for layers between, one sentence for each knob; and when a run begins with another
 * one's weights, for values that were prepared otherwise. */
static void
test_notice_from (void)
{
  g_autofree char *path = path_of ("relu.lantern");
  g_autofree char *binary = path_of ("binary.lantern");
  g_autoptr (GError) error = NULL;
  g_autoptr (LtTrainer) changed = NULL, scaled = NULL;
  const char *notice;

  run_rows ("model=deep;hidden=4,3,2;hidden-activation=relu;code-activation=linear",
            rows_new (5, LT_SCALING_AUTO), path, NULL, &error);
  g_assert_no_error (error);
  changed = start_rows (
      "{ \"format\": 1, \"model\": { \"kind\": \"deep\", \"hidden\": [4, 3, 2],"
      "  \"hidden-activation\": \"tanh\", \"code-activation\": \"sigmoid\" } }",
      LT_SCALING_AUTO, path);
  notice = lt_trainer_notice (changed);
  g_assert_nonnull (notice);
  g_test_message ("%s", notice);
  g_assert_nonnull (strstr (notice, "layer 1 of"));
  g_assert_null (strstr (notice, "layer 2 of"));
  g_assert_nonnull (strstr (notice, "set hidden-activation=relu"));
  g_assert_nonnull (strstr (notice, "set code-activation=linear"));
  g_assert_null (strstr (notice, "scaling"));
  run_rows ("model=rbm;hidden=3", rows_new (5, LT_SCALING_AUTO), binary, NULL, &error);
  g_assert_no_error (error);
  scaled = start_rows (
      "{ \"format\": 1, \"model\": { \"kind\": \"gaussian-rbm\", \"hidden\": [3] } }",
      LT_SCALING_STANDARD, binary);
  notice = lt_trainer_notice (scaled);
  g_assert_nonnull (notice);
  g_test_message ("%s", notice);
  g_assert_nonnull (strstr (notice, "learnt with scaling=auto"));
  g_assert_null (strstr (notice, "takes over layer"));
}

/* Phases that do not fit each other are refused before anything is trained. */
static void
test_unfit (void)
{
  g_autoptr (LtExperiment) experiment = read_json (TWO);
  g_autoptr (LtTrainer) sized = NULL, strange = NULL;
  g_autoptr (GError) refused = NULL;

  g_assert_true (lt_experiment_set (experiment, "2:toy-code=4", NULL));
  sized = start (experiment, NULL, &refused);
  g_assert_null (sized);
  g_test_message ("%s", refused->message);
  g_assert_nonnull (strstr (refused->message, "Phase 2"));
  g_assert_nonnull (strstr (refused->message, "6 to 4 units"));
}

static void
remove_folder (void)
{
  static const char *const names[] = { "run",    "resume",   "turn", "from",
                                       "binary", "gaussian", "relu" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = g_strconcat (names[i], ".lantern", NULL);
    g_autofree char *path = path_of (name);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_families ();
  folder = g_dir_make_tmp ("phases-XXXXXX", NULL);
  g_test_add_func ("/phases/read", test_read);
  g_test_add_func ("/phases/bad", test_bad);
  g_test_add_func ("/phases/set", test_set);
  g_test_add_func ("/phases/run", test_run);
  g_test_add_func ("/phases/resume", test_resume);
  g_test_add_func ("/phases/turn", test_turn);
  g_test_add_func ("/phases/turn-later", test_turn_later);
  g_test_add_func ("/phases/patience", test_patience);
  g_test_add_func ("/phases/from/run", test_from);
  g_test_add_func ("/phases/from/other-data", test_from_other_data);
  g_test_add_func ("/phases/notice/phases", test_notice);
  g_test_add_func ("/phases/notice/from", test_notice_from);
  g_test_add_func ("/phases/unfit", test_unfit);
  result = g_test_run ();
  remove_folder ();
  return result;
}
