/* What centring subtracts from the layers, and what the sparsity target adds to their
 * gradient.
 *
 * Offsets (Montavon & Müller 2012; Melchior, Fischer & Wiskott 2016): running means of the
 * data's mean-field means, or what the biases alone come to. Sparsity draws ρ̂_j, the
 * minibatch's mean of unit j, to ρ by λ (ρ − ρ̂_j)² (Lee, Ekanadham & Ng 2008) or
 * λ KL (ρ‖ρ̂_j); its gradient goes to the weights from the layer below and the bias, other
 * inputs of the unit being taken as given. */
#include "boltzmann/dbm-machine.h"

#include <math.h>

#include "core/kernels.h"

/* Keeps mean activations away from 0 and 1, where the divergence is infinite. */
#define MEAN_MARGIN 1e-6

static void
bias_offset (const LtDbm *self, int l, float *offset)
{
  const LtDbmMachine *m = &self->machine;

  lt_axpby (1, self->bias[l], 0, m->n[l], offset);
  if (l > m->n_hidden)
    lt_softmax (offset, 1, m->n[l], offset);
  else if (l > 0 || !m->gaussian)
    lt_activate (LT_SIGMOID, offset, m->n[l], offset);
  else
    lt_scale ((float) (1 / m->variance), m->n[l], offset);
}

static void
running_offset (const LtDbm *self,
                const LtDbmRows *data,
                int l,
                float *state,
                float *offset)
{
  float rate = (float) self->settings->centring_rate;
  float *mean = state + self->machine.mean[l];
  int n = self->machine.n[l];

  lt_column_sums (self->team, data->x[l], data->n, n, offset);
  lt_axpby (rate / (float) data->n, offset, 1 - rate, n, mean);
  lt_axpby (1, mean, 0, n, offset);
}

void
lt_dbm_offsets (const LtDbm *self, const LtDbmRows *data, float *state, float **offset)
{
  const LtDbmSettings *built = self->call->model->settings;

  for (int l = 0; l <= self->machine.top; l++) {
    if (built->centring == LT_DBM_CENTRED)
      running_offset (self, data, l, state, offset[l]);
    else
      bias_offset (self, l, offset[l]);
  }
}

double
lt_dbm_sparsity (const LtDbm *self, int layer, int n, float *right)
{
  const LtDbmSettings *s = self->settings;
  int width = self->machine.n[layer];
  gsize mark = lt_workspace_mark (self->ws);
  float *g = lt_workspace_floats (self->ws, width);
  double rho = s->sparsity_target.value[MIN (layer, s->sparsity_target.n) - 1], sum = 0;

  lt_column_sums (self->team, right, n, width, g);
  for (int j = 0; j < width; j++) {
    double q = CLAMP ((double) g[j] / n, MEAN_MARGIN, 1 - MEAN_MARGIN);

    if (s->sparsity == LT_DBM_SPARSITY_SQUARE) {
      sum += (rho - q) * (rho - q);
      g[j] = (float) (s->sparsity_weight * 2 * (q - rho));
    } else {
      sum += rho * log (rho / q) + (1 - rho) * log ((1 - rho) / (1 - q));
      g[j] = (float) (s->sparsity_weight * ((1 - rho) / (1 - q) - rho / q));
    }
  }
  for (int i = 0; i < n; i++) {
    float *h = right + (gsize) i * width;
    for (int j = 0; j < width; j++)
      h[j] -= g[j] * h[j] * (1 - h[j]);
  }
  lt_workspace_release (self->ws, mark);
  return s->sparsity_weight * sum;
}
