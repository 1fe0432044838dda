/* r = (x + level·ε + s) V W,  objective ½‖x − r‖²;  s ← 0.9 s + 0.01 ε', the state. */
#include "support/toy-kind.h"

#include "core/error.h"

#include <string.h>

#define NV      6
#define N_STATE 16

typedef struct {
  int code;
  double level;
  double scale;
} Settings;

static const LtKnob knobs[] = {
  { .key = "toy-code",
    .title = "Code",
    .unit = "units",
    .group = "Toy",
    .help = "Units in the code.",
    .type = LT_KNOB_INTEGER,
    .minimum = 1,
    .maximum = 6,
    .fallback = "2",
    .offset = G_STRUCT_OFFSET (Settings, code) },
  { .key = "toy-noise",
    .title = "Noise",
    .unit = "",
    .group = "Toy",
    .help = "Noise on the input.",
    .type = LT_KNOB_REAL,
    .live = TRUE,
    .minimum = 0,
    .maximum = 1,
    .fallback = "0.1",
    .offset = G_STRUCT_OFFSET (Settings, level) },
  { .key = "toy-scale",
    .title = "Scale",
    .unit = "",
    .group = "Toy",
    .help = "What the objective is multiplied with.",
    .type = LT_KNOB_REAL,
    .live = TRUE,
    .minimum = 0,
    .maximum = 1e30,
    .fallback = "1",
    .offset = G_STRUCT_OFFSET (Settings, scale) },
};

static const LtTermInfo terms[] = { { "reconstruction", "½‖x − r‖²" } };

static gboolean
check (gconstpointer settings, const LtShape *shape, GError **error)
{
  if (shape->nv == NV)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "The toy takes rows of %d values, not %d.", NV, shape->nv);
  return FALSE;
}

static void
build (LtModel *model)
{
  const Settings *settings = model->settings;

  model->params = lt_layout_new ();
  lt_layout_add (model->params, "V", LT_ROLE_WEIGHT, 2, NV, settings->code);
  lt_layout_add (model->params, "W", LT_ROLE_WEIGHT, 2, settings->code, NV);
  model->state = lt_layout_new ();
  lt_layout_add (model->state, "s", LT_ROLE_STATE, 1, N_STATE);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_DECODE | LT_CAN_RECONSTRUCT;
  model->n_code = settings->code;
  model->n_layers = 1;
}

static void
init (const LtModel *model,
      gconstpointer settings,
      const float *mean,
      LtRng *rng,
      float *params,
      float *state)
{
  for (int i = 0; i < lt_layout_n_tensors (model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (model->params, i);

    for (gsize k = 0; k < tensor->size; k++)
      params[tensor->offset + k] = 0.3f * lt_rng_normal (rng);
  }
}

static void
encode (const LtCall *call, const float *x, int n, float *z)
{
  const float *v = call->params + lt_layout_find (call->model->params, "V")->offset;
  int nz = call->model->n_code;

  for (int i = 0; i < n; i++) {
    for (int k = 0; k < nz; k++) {
      float sum = 0;

      for (int j = 0; j < NV; j++)
        sum += x[i * NV + j] * v[j * nz + k];
      z[i * nz + k] = sum;
    }
  }
}

static void
decode (const LtCall *call, const float *z, int n, float *x)
{
  const float *w = call->params + lt_layout_find (call->model->params, "W")->offset;
  int nz = call->model->n_code;

  for (int i = 0; i < n; i++) {
    for (int j = 0; j < NV; j++) {
      float sum = 0;

      for (int k = 0; k < nz; k++)
        sum += z[i * nz + k] * w[k * NV + j];
      x[i * NV + j] = sum;
    }
  }
}

static void
reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  float z[NV];

  for (int i = 0; i < n; i++) {
    encode (call, x + i * NV, 1, z);
    decode (call, z, 1, r + i * NV);
  }
}

static void
advance_state (LtRng *rng, float *state)
{
  for (int i = 0; i < N_STATE; i++)
    state[i] = 0.9f * state[i] + 0.01f * lt_rng_normal (rng);
}

/* One example's part of the gradient. */
static double
add_example (const LtCall *call, const float *x, const float *noisy, float *d_params)
{
  const Settings *settings = call->settings;
  gsize v = lt_layout_find (call->model->params, "V")->offset;
  gsize w = lt_layout_find (call->model->params, "W")->offset;
  int nz = call->model->n_code;
  float z[NV], r[NV], d_z[NV] = { 0 };
  double loss = 0;

  encode (call, noisy, 1, z);
  decode (call, z, 1, r);
  for (int j = 0; j < NV; j++) {
    float d_r = (float) settings->scale * (r[j] - x[j]);

    loss += 0.5 * settings->scale * (double) ((r[j] - x[j]) * (r[j] - x[j]));
    for (int k = 0; k < nz; k++) {
      d_z[k] += d_r * call->params[w + (gsize) (k * NV + j)];
      d_params[w + (gsize) (k * NV + j)] += z[k] * d_r;
    }
  }
  for (int j = 0; j < NV; j++) {
    for (int k = 0; k < nz; k++)
      d_params[v + (gsize) (j * nz + k)] += noisy[j] * d_z[k];
  }
  return loss;
}

static void
gradient (const LtCall *call,
          const LtBatch *batch,
          float *d_params,
          float *state,
          LtTerms *result)
{
  const Settings *settings = call->settings;
  gsize size = lt_layout_size (call->model->params);
  double loss = 0;

  memset (d_params, 0, size * sizeof *d_params);
  if (state != NULL)
    advance_state (call->rng, state);
  for (int i = 0; i < batch->n; i++) {
    float noisy[NV];

    for (int j = 0; j < NV; j++) {
      noisy[j] = batch->x[i * NV + j] +
                 (float) settings->level * lt_rng_normal (call->rng) +
                 (state != NULL ? state[j] : 0);
    }
    loss += add_example (call, batch->x + i * NV, noisy, d_params);
  }
  for (gsize k = 0; k < size; k++)
    d_params[k] /= (float) batch->n;
  result->value[0] = loss / batch->n;
}

const LtModelKind lt_toy_kind = {
  .name = "toy",
  .title = "Toy",
  .summary = "A linear autoencoder with a state.",
  .formula = "½‖x − r‖²",
  .references = "",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .terms = terms,
  .n_terms = G_N_ELEMENTS (terms),
  .check = check,
  .build = build,
  .init = init,
  .gradient = gradient,
  .encode = encode,
  .decode = decode,
  .reconstruct = reconstruct,
};

LtDataset *
lt_toy_dataset_new (int n, double valid)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE, .valid = valid };
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *dataset;
  LtRng rng;

  lt_rng_init (&rng, 7, 70);
  table->name = g_strdup ("toy");
  table->title = g_strdup ("Toy");
  table->source = g_strdup ("a test");
  table->licence = g_strdup ("none");
  lt_shape_init (&table->shape, "features", LT_UNIT, 1, NV, 1);
  table->n = (gsize) n;
  table->floats = g_new (float, n *NV);
  for (int i = 0; i < n; i++) {
    float a = lt_rng_uniform (&rng), b = lt_rng_uniform (&rng);

    for (int j = 0; j < NV; j++)
      table->floats[i * NV + j] = (a * (float) (j + 1) + b * (float) (NV - j)) / 13;
  }
  dataset = lt_dataset_new (table, &preparation, 1, NULL);
  g_assert_nonnull (dataset);
  return dataset;
}
