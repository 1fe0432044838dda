/* What can be asked of a restricted Boltzmann machine.
 *
 *   F (v)    = −log Σ_h exp (−E (v, h)) = bias energy − Σ_j softplus (c_j + u'W_j)
 *   p (y|x)  ∝ exp (b_y + Σ_j softplus (c_j + u'W_j + U_yj))    (Larochelle & Bengio 2008)
 *
 * Where there are label units and no labels, F has them summed out, and hidden means take
 * the labels' posterior in their place. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* ---- Rows of data ---------------------------------------------------------------- */

static void
load_row (const LtRbm *self, const LtRbmData *data, int row, float *u)
{
  const LtRbmMachine *m = &self->machine;

  memcpy (u, data->x + (gsize) row * m->nv, m->nv * sizeof *u);
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    LtRngPanel panel = { (gsize) row, m->n, group->first, group->n };

    if (group->units == LT_UNITS_BINARY && data->rng != NULL)
      lt_rng_panel_bernoulli (data->rng, &panel, u + group->first, u + group->first);
    for (int i = group->first;
         group->units == LT_UNITS_GAUSSIAN && i < group->first + group->n; i++)
      u[i] /= self->variance[i];
  }
}

typedef struct {
  const LtRbm *rbm;
  const LtRbmData *data;
  float *u;
} Load;

static void
load_rows (gpointer data, gsize first, gsize last)
{
  const Load *job = data;

  for (gsize row = first; row < last; row++)
    load_row (job->rbm, job->data, (int) row, job->u + row * job->rbm->machine.n);
}

static gboolean
is_known (const LtRbm *self, const LtRbmData *data, int row)
{
  return data->labels != NULL && data->labels[row] >= 0 &&
         data->labels[row] < self->machine.nl;
}

static void
load_labels (const LtRbm *self, const LtRbmData *data, float *u)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  float *p = NULL;

  for (int row = 0; row < data->n; row++) {
    float *label = u + (gsize) row * m->n + m->nv;

    if (is_known (self, data, row)) {
      memset (label, 0, m->nl * sizeof *label);
      label[data->labels[row]] = 1;
      continue;
    }
    if (p == NULL) {
      p = lt_workspace_floats (self->ws, (gsize) data->n * m->nl);
      lt_rbm_label_energies (self, data->x, data->n, p);
      lt_softmax (p, data->n, m->nl, p);
    }
    memcpy (label, p + (gsize) row * m->nl, m->nl * sizeof *label);
  }
  lt_workspace_release (self->ws, mark);
}

void
lt_rbm_load (const LtRbm *self, const LtRbmData *data, float *u)
{
  Load job = { self, data, u };

  lt_rbm_each_row (self, data->n, load_rows, &job);
  if (self->machine.nl > 0)
    load_labels (self, data, u);
}

void
lt_rbm_unload (const LtRbm *self, const float *u, int n, float *x)
{
  const LtRbmMachine *m = &self->machine;

  for (int row = 0; row < n; row++) {
    float *to = x + (gsize) row * m->nv;

    memcpy (to, u + (gsize) row * m->n, m->nv * sizeof *to);
    if (self->variance != NULL)
      lt_multiply (self->variance, m->nv, to);
  }
}

/* ---- Energies -------------------------------------------------------------------- */

double
lt_rbm_bias_energy (const LtRbm *self, const float *u, int first, int last)
{
  const LtRbmMachine *m = &self->machine;
  double sum = 0;

  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    int from = MAX (first, group->first), to = MIN (last, group->first + group->n);

    if (to > from && group->units != LT_UNITS_GAUSSIAN)
      sum -= lt_dot (self->b + from, u + from, to - from);
    if (to > from && group->units == LT_UNITS_RELU)
      sum += 0.5 * lt_sum_squares (u + from, to - from);
    for (int i = from; group->units == LT_UNITS_GAUSSIAN && i < to; i++) {
      double variance = (double) self->variance[i];
      double d = (double) u[i] * variance - (double) self->b[i];
      sum += d * d / (2 * variance);
    }
  }
  return sum;
}

typedef struct {
  const LtRbm *rbm;
  const float *u, *input;
  float *scratch; /* [n, nh] */
  float *energy;
} Energies;

static void
energy_rows (gpointer data, gsize first, gsize last)
{
  const Energies *job = data;
  const LtRbmMachine *m = &job->rbm->machine;

  double up = (double) m->up_factor, down = (double) m->down_factor;

  for (gsize row = first; row < last; row++) {
    float *scratch = job->scratch + row * m->nh;
    double bias = lt_rbm_bias_energy (job->rbm, job->u + row * m->n, 0, m->n);

    lt_rbm_hidden_parts (job->rbm, job->input + row * m->nh, m->nh, scratch);
    job->energy[row] = (float) (down * (up * bias - lt_sum (scratch, m->nh)));
  }
}

void
lt_rbm_free_energies (const LtRbm *self,
                      const float *u,
                      const float *input,
                      int n,
                      float *energy)
{
  gsize mark = lt_workspace_mark (self->ws);
  float *scratch = lt_workspace_floats (self->ws, (gsize) n * self->machine.nh);
  Energies job = { self, u, input, scratch, energy };

  lt_rbm_each_row (self, n, energy_rows, &job);
  lt_workspace_release (self->ws, mark);
}

/* ---- Labels ---------------------------------------------------------------------- */

typedef struct {
  const LtRbm *rbm;
  const float *u;     /* [n, n_visible], labels 0 */
  const float *input; /* [n, nh], without labels */
  float *scratch;     /* [n, nh] */
  float *log_p;
} Labels;

static void
label_rows (gpointer data, gsize first, gsize last)
{
  const Labels *job = data;
  const LtRbm *rbm = job->rbm;
  const LtRbmMachine *m = &rbm->machine;

  for (gsize row = first; row < last; row++) {
    const float *input = job->input + row * m->nh;
    float *scratch = job->scratch + row * m->nh;
    double rest = lt_rbm_bias_energy (rbm, job->u + row * m->n, 0, m->nv);

    for (int k = 0; k < m->nl; k++) {
      memcpy (scratch, input, m->nh * sizeof *scratch);
      lt_axpy (m->up_factor, rbm->w + ((gsize) m->nv + k) * m->nh, m->nh, scratch);
      lt_rbm_hidden_parts (rbm, scratch, m->nh, scratch);
      job->log_p[row * m->nl + k] =
          (float) ((double) rbm->b[m->nv + k] + lt_sum (scratch, m->nh) - rest);
    }
  }
}

/* Going up with all labels at 0 finds the inputs that are common to them. */
void
lt_rbm_label_energies (const LtRbm *self, const float *x, int n, float *log_p)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  float *u = lt_workspace_floats (self->ws, (gsize) n * m->n);
  float *input = lt_workspace_floats (self->ws, (gsize) n * m->nh);
  float *scratch = lt_workspace_floats (self->ws, (gsize) n * m->nh);
  Labels job = { self, u, input, scratch, log_p };
  LtRbmData data = { x, NULL, n, NULL };
  LtRbmPass up = { .n = n, .from = u, .mean = scratch, .input = input, .n_input = n };

  for (int row = 0; row < n; row++) {
    float *to = u + (gsize) row * m->n;

    load_row (self, &data, row, to);
    lt_fill (0, m->nl, to + m->nv);
  }
  lt_rbm_up (self, &up);
  lt_rbm_each_row (self, n, label_rows, &job);
  lt_workspace_release (self->ws, mark);
}

void
lt_rbm_classify (const LtCall *call, const float *x, int n, float *p)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  lt_rbm_label_energies (&rbm, x, n, p);
  lt_softmax (p, n, rbm.machine.nl, p);
  lt_workspace_release (call->ws, mark);
}

static double
log_sum (const float *a, int n)
{
  double highest = (double) a[0], sum = 0;

  for (int i = 1; i < n; i++)
    highest = MAX (highest, (double) a[i]);
  for (int i = 0; i < n; i++)
    sum += exp ((double) a[i] - highest);
  return highest + log (sum);
}

static void
energies_without_labels (const LtRbm *rbm, const float *x, int n, float *e)
{
  int nl = rbm->machine.nl;
  float *log_p = lt_workspace_floats (rbm->ws, (gsize) n * nl);

  lt_rbm_label_energies (rbm, x, n, log_p);
  for (int row = 0; row < n; row++)
    e[row] = (float) -log_sum (log_p + (gsize) row * nl, nl);
}

/* ---- Layers ---------------------------------------------------------------------- */

/* Hidden means of x, and their inputs where wanted. */
static void
infer (const LtRbm *rbm, const float *x, int n, float *u, float *input, float *h)
{
  LtRbmData data = { x, NULL, n, NULL };
  LtRbmPass up = { .n = n, .from = u, .mean = h, .input = input, .n_input = n };

  lt_rbm_load (rbm, &data, u);
  lt_rbm_up (rbm, &up);
}

void
lt_rbm_energy (const LtCall *call, const float *x, int n, float *e)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  if (rbm.machine.nl > 0) {
    energies_without_labels (&rbm, x, n, e);
  } else {
    gsize nh = rbm.machine.nh;
    float *u = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n);
    float *input = lt_workspace_floats (call->ws, n * nh);
    float *h = lt_workspace_floats (call->ws, n * nh);

    infer (&rbm, x, n, u, input, h);
    lt_rbm_free_energies (&rbm, u, input, n, e);
  }
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_encode (const LtCall *call, const float *x, int n, float *z)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  infer (&rbm, x, n, lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n), NULL,
         z);
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_activations (const LtCall *call, int layer, const float *x, int n, float *h)
{
  g_return_if_fail (layer == 0);
  lt_rbm_encode (call, x, n, h);
}

/* h → x, documents being as long as u's; NULL: as usual. */
static void
fall (const LtRbm *rbm, const float *h, const float *u, int n, float *x)
{
  const LtRbmMachine *m = &rbm->machine;
  float *lengths = NULL;
  LtRbmPass down = { .n = n, .from = h };

  if (u != NULL && m->n_counts > 0) {
    lengths = lt_workspace_floats (rbm->ws, (gsize) n * m->n_counts);
    lt_rbm_count (rbm, u, n, lengths);
  }
  down.lengths = lengths;
  down.mean = lt_workspace_floats (rbm->ws, (gsize) n * m->n);
  lt_rbm_down (rbm, &down);
  lt_rbm_unload (rbm, down.mean, n, x);
}

void
lt_rbm_decode (const LtCall *call, const float *z, int n, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  fall (&rbm, z, NULL, n, x);
  lt_workspace_release (call->ws, mark);
}

/* One step up and one down, of means. */
void
lt_rbm_reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  gsize mark = lt_workspace_mark (call->ws);
  gsize size = (gsize) n * call->model->n_code;
  float *h = lt_workspace_floats (call->ws, size), *u;
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  u = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n);
  infer (&rbm, x, n, u, NULL, h);
  fall (&rbm, h, u, n, r);
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_filters (const LtCall *call, int layer, float *filters)
{
  const LtModel *model = call->model;
  int nh = model->n_code, nv = model->shape.nv;
  const float *w = call->params + lt_layout_find (model->params, "W1")->offset;

  g_return_if_fail (layer == 0);
  for (int j = 0; j < nh; j++)
    for (int i = 0; i < nv; i++)
      filters[(gsize) j * nv + i] = w[(gsize) i * nh + j];
}

/* Gibbs sampling from x, labels at their posterior to begin with. */
void
lt_rbm_sample (const LtCall *call, int n, int steps, float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmData data = { x, NULL, n, NULL };
  LtRbm rbm;
  float *u, *h, *lengths;

  lt_rbm_init (&rbm, call, NULL);
  u = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.n);
  h = lt_workspace_floats (call->ws, (gsize) n * rbm.machine.nh);
  lengths = lt_workspace_floats (call->ws, (gsize) n * MAX (rbm.machine.n_counts, 1));
  lt_rbm_load (&rbm, &data, u);
  lt_rbm_count (&rbm, u, n, lengths);
  for (int i = 0; i < steps; i++) {
    LtRbmPass up = { .n = n, .from = u, .mean = h, .sample = h };
    LtRbmPass down = { .n = n,
                       .from = h,
                       .mean = u,
                       .sample = u,
                       .lengths = lengths,
                       .bits = lt_rbm_hidden_is_bits (&rbm.machine) };

    lt_rng_split (call->rng, &up.rng);
    lt_rng_split (call->rng, &down.rng);
    lt_rbm_up (&rbm, &up);
    lt_rbm_down (&rbm, &down);
  }
  lt_rbm_unload (&rbm, u, n, x);
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_layer (const LtModel *model, int layer, LtLayerInfo *info)
{
  static const LtActivation functions[] = { LT_SIGMOID, LT_LINEAR, LT_SOFTPLUS };
  const LtRbmSettings *s = model->settings;
  LtActivation f = functions[s->hidden_units];

  g_return_if_fail (layer == 0);
  *info = (LtLayerInfo){
    .name = "hidden 1",
    .n_units = model->n_code,
    .activation = lt_activation_names[f],
  };
  lt_activation_range (f, &info->lowest, &info->highest);
}
