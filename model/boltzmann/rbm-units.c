/* One layer of a restricted Boltzmann machine given the other.
 *
 *   p (h_j = 1 | v) = σ (c_j + Σ_i u_i W_ij),  u_i = v_i/σ_i² (v_i where not Gaussian)
 *   p (v_i = 1 | h) = σ (b_i + Σ_j W_ij h_j)
 *   p (v_i | h)     = N (b_i + Σ_j W_ij h_j, σ_i²)          relu: as hidden ones (rbm-hidden.c)
 *   p (label k | h) = softmax_k (b_k + Σ_j W_kj h_j)       counts: rbm-counts.c
 *
 * where all but the labels' inputs are multiplied with up_factor or down_factor first.
 * Biases, functions and samples are applied to each panel as its product finishes. The
 * numbers of a sample depend on the place in the matrix only.
 *
 * Dropout trains as many machines as there are choices of the hidden units that take part.
 * What stands for all of them wherever a machine is judged, shown or sampled has all units,
 * with W and c multiplied by the share p that was kept: a unit adds p times as much to its
 * neighbours' inputs, and softplus (p a) to −F (v) (Srivastava et al. 2014, section 8). */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* ---- Machines -------------------------------------------------------------------- */

void
lt_rbm_use (LtRbm *self, const float *params)
{
  self->params = params;
  self->w = params + self->machine.w;
  self->w_up = NULL;
  self->b = params + self->machine.b;
  self->c = params + self->machine.c;
}

void
lt_rbm_pack (LtRbm *self)
{
  int n = self->machine.n, nh = self->machine.nh;

  self->w_up = lt_product_pack (
      self->ws, &(LtProduct){ .n = nh, .k = n, .b = self->w, .ldb = nh });
}

static const float *
variances (const LtRbm *self)
{
  const LtRbmMachine *m = &self->machine;
  const LtRbmSettings *built = self->call->model->settings;
  float *variance = lt_workspace_floats (self->ws, m->n);

  lt_fill (1, m->n, variance);
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    float *here = variance + group->first;

    if (group->units != LT_UNITS_GAUSSIAN)
      continue;
    if (m->learns_sigma)
      lt_exp (self->params + m->z + group->first, group->n, here);
    else
      lt_fill ((float) (built->sigma * built->sigma), group->n, here);
  }
  return variance;
}

/* The exact method leaves no unit out. */
static const float *
mean_network (const LtRbm *self, const float *params)
{
  const LtRbmMachine *m = &self->machine;
  const LtRbmSettings *built = self->call->model->settings;
  float share = (float) (1 - self->settings->dropout);
  float *judged;

  if (share == 1 || built->method == LT_RBM_EXACT)
    return params;
  judged = lt_workspace_floats (self->ws, m->size);
  memcpy (judged, params, m->size * sizeof *judged);
  lt_scale (share, (gsize) m->n * m->nh, judged + m->w);
  lt_scale (share, m->nh, judged + m->c);
  return judged;
}

void
lt_rbm_init (LtRbm *self, const LtCall *call, const float *params)
{
  *self = (LtRbm){
    .call = call,
    .settings = call->settings,
    .team = lt_workspace_team (call->ws),
    .ws = call->ws,
  };
  lt_rbm_machine_init (&self->machine, call->model);
  lt_rbm_use (self, params != NULL ? params : mean_network (self, call->params));
  if (self->machine.gaussian)
    self->variance = variances (self);
}

typedef struct {
  int n;
  LtRbmRowsFunc func;
  gpointer job;
} Rows;

static void
run_rows (gpointer data, int member, int n_members)
{
  const Rows *rows = data;
  gsize first, last;

  lt_team_share (rows->n, 1, member, n_members, &first, &last);
  if (last > first)
    rows->func (rows->job, first, last);
}

void
lt_rbm_each_row (const LtRbm *self, int n, LtRbmRowsFunc func, gpointer job)
{
  Rows rows = { n, func, job };

  lt_team_run (self->team, run_rows, &rows);
}

gboolean
lt_rbm_visible_is_bits (const LtRbmMachine *m)
{
  return m->n_binary == m->nv;
}

gboolean
lt_rbm_hidden_is_bits (const LtRbmMachine *m)
{
  return m->hidden == LT_HIDDEN_BINARY;
}

/* ---- Up -------------------------------------------------------------------------- */

typedef struct {
  const LtRbm *rbm;
  const LtRbmPass *pass;
  const float *totals; /* [n], of words; NULL without counts */
} Job;

static void
draw_binary (const LtRbmPass *pass,
             int row,
             int width,
             int first,
             int n,
             const float *p)
{
  LtRngPanel panel = { (gsize) row, width, first, n };

  lt_rng_panel_bernoulli (&pass->rng, &panel, p,
                          pass->sample + (gsize) row * width + first);
}

static void
up_row (const Job *job, int row, int first, int n, float *h)
{
  const LtRbmPass *pass = job->pass;
  int nh = job->rbm->machine.nh;
  gsize at = (gsize) row * nh + first;

  if (pass->input != NULL && row < pass->n_input)
    memcpy (pass->input + at, h, n * sizeof *h);
  if (pass->beta != NULL)
    lt_scale (pass->beta[row], n, h);
  if (pass->sample != NULL) {
    LtRngPanel panel = { (gsize) row, nh, first, n };
    lt_rbm_hidden_draw (job->rbm, &pass->rng, &panel, h, pass->sample + at);
  } else {
    lt_rbm_hidden_means (job->rbm, h, n, h);
  }
  if (pass->mask != NULL) {
    lt_multiply (pass->mask + at, n, h);
    if (pass->sample != NULL && pass->sample + at != h)
      lt_multiply (pass->mask + at, n, pass->sample + at);
  }
  if (pass->scale != 0)
    lt_scale (pass->scale, n, h);
}

static void
up_panel (gpointer data,
          float *c,
          int ldc,
          int first_row,
          int n_rows,
          int first_column,
          int n_columns)
{
  const Job *job = data;
  float factor = job->rbm->machine.up_factor;

  for (int i = 0; i < n_rows; i++) {
    float *h = c + (gsize) i * ldc;

    lt_axpy (job->totals != NULL ? factor * job->totals[first_row + i] : factor,
             job->rbm->c + first_column, n_columns, h);
    up_row (job, first_row + i, first_column, n_columns, h);
  }
}

void
lt_rbm_up (const LtRbm *self, LtRbmPass *pass)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  Job job = { self, pass, lt_rbm_totals (self, pass->from, pass->n) };
  LtProduct product = {
    .m = pass->n,
    .n = m->nh,
    .k = m->n,
    .alpha = m->up_factor,
    .a = pass->from,
    .lda = m->n,
    .b = self->w,
    .ldb = m->nh,
    .c = pass->mean,
    .ldc = m->nh,
    .bits = pass->bits ? lt_product_bits (self->ws, pass->n, m->n) : NULL,
    .packed = self->w_up,
  };

  lt_product (self->team, &product, up_panel, &job);
  lt_workspace_release (self->ws, mark);
}

/* ---- Down ------------------------------------------------------------------------ */

#define NOISE 256 /* normals at a time */

/* N (b + Wh, σ²/β), divided by σ². */
static void
down_gaussian (const Job *job, int row, int first, int n, float *u)
{
  const LtRbmPass *pass = job->pass;
  const float *variance = job->rbm->variance + first;
  float beta = pass->beta != NULL ? pass->beta[row] : 1;
  int width = job->rbm->machine.n;
  float noise[NOISE];

  for (int i = 0; i < n; i++)
    u[i] /= variance[i];
  if (pass->sample == NULL)
    return;
  for (int at = 0; at < n; at += NOISE) {
    LtRngPanel panel = { (gsize) row, width, first + at, MIN (NOISE, n - at) };
    float *sample = pass->sample + (gsize) row * width + first + at;

    lt_rng_panel_normal (&pass->rng, &panel, noise);
    for (int i = 0; i < panel.n; i++)
      sample[i] = u[at + i] + noise[i] / sqrtf (beta * variance[at + i]);
  }
}

static void
down_binary (const Job *job, int row, int first, int n, float *v)
{
  const LtRbmPass *pass = job->pass;

  if (pass->logits)
    return;
  if (pass->beta != NULL)
    lt_scale (pass->beta[row], n, v);
  lt_activate (LT_SIGMOID, v, n, v);
  if (pass->sample != NULL)
    draw_binary (pass, row, job->rbm->machine.n, first, n, v);
}

static void
down_relu (const Job *job, int row, int first, int n, float *v)
{
  const LtRbmPass *pass = job->pass;
  int width = job->rbm->machine.n;
  LtRngPanel panel = { (gsize) row, width, first, n };

  if (pass->logits)
    return;
  if (pass->beta != NULL)
    lt_scale (pass->beta[row], n, v);
  if (pass->sample != NULL)
    lt_rbm_relu_draw (&pass->rng, &panel, v,
                      pass->sample + (gsize) row * width + first);
  else
    lt_softplus (v, n, v);
}

static void
down_panel (gpointer data,
            float *c,
            int ldc,
            int first_row,
            int n_rows,
            int first_column,
            int n_columns)
{
  const Job *job = data;
  const LtRbmMachine *m = &job->rbm->machine;

  for (int i = 0; i < n_rows; i++) {
    float *v = c + (gsize) i * ldc;

    lt_axpy (1, job->rbm->b + first_column, n_columns, v);
    if (m->down_factor != 1 && first_column < m->nv)
      lt_scale (m->down_factor, MIN (n_columns, m->nv - first_column), v);
    for (int g = 0; g < m->n_groups; g++) {
      const LtRbmGroup *group = &m->group[g];
      int first = MAX (first_column, group->first);
      int n = MIN (first_column + n_columns, group->first + group->n) - first;

      if (n > 0 && group->units == LT_UNITS_BINARY)
        down_binary (job, first_row + i, first, n, v + first - first_column);
      else if (n > 0 && group->units == LT_UNITS_GAUSSIAN)
        down_gaussian (job, first_row + i, first, n, v + first - first_column);
      else if (n > 0 && group->units == LT_UNITS_RELU)
        down_relu (job, first_row + i, first, n, v + first - first_column);
    }
  }
}

/* One unit of the group is 1, the k-th with probability p_k. sample may be p. */
static void
draw_one (float uniform, const float *p, int n, float *sample)
{
  double sum = 0;
  int k = 0;

  for (; k < n - 1; k++) {
    sum += (double) p[k];
    if ((double) uniform < sum)
      break;
  }
  memset (sample, 0, n * sizeof *sample);
  sample[k] = 1;
}

/* The labels' softmax needs all of a row's units, which panels do not have. */
static void
down_labels (const Job *job)
{
  const LtRbmMachine *m = &job->rbm->machine;
  const LtRbmPass *pass = job->pass;
  LtRng rng = pass->rng, labels;

  lt_rng_split (&rng, &labels);
  for (int row = 0; row < pass->n; row++) {
    gsize at = (gsize) row * m->n + m->nv;

    if (pass->beta != NULL)
      lt_scale (pass->beta[row], m->nl, pass->mean + at);
    lt_softmax (pass->mean + at, 1, m->nl, pass->mean + at);
    if (pass->sample != NULL)
      draw_one (lt_rng_uniform (&labels), pass->mean + at, m->nl, pass->sample + at);
  }
}

void
lt_rbm_down (const LtRbm *self, LtRbmPass *pass)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  Job job = { self, pass, NULL };
  LtProduct product = {
    .trans_b = LT_TRANSPOSED,
    .m = pass->n,
    .n = m->n,
    .k = m->nh,
    .alpha = pass->factor != 0 ? pass->factor : 1,
    .a = pass->from,
    .lda = m->nh,
    .b = self->w,
    .ldb = m->nh,
    .c = pass->mean,
    .ldc = m->n,
    .bits = pass->bits ? lt_product_bits (self->ws, pass->n, m->nh) : NULL,
  };

  lt_product (self->team, &product, down_panel, &job);
  if (m->nl > 0 && !pass->logits)
    down_labels (&job);
  if (m->n_counts > 0 && !pass->logits)
    lt_rbm_down_counts (self, pass);
  lt_workspace_release (self->ws, mark);
}
