/* The persistent chains of a restricted Boltzmann machine, which are kept as hidden units,
 * as their visible units' means E[v | h]. Of a tempered ladder those at β = 1, which come
 * first. Dropout has left units out of the chains already, so nothing makes up for it here. */
#include "boltzmann/rbm-machine.h"

int
lt_rbm_n_particles (const LtModel *model)
{
  const LtRbmSettings *s = model->settings;

  return lt_rbm_n_chains (s) > 0 ? s->chains : 0;
}

void
lt_rbm_particles (const LtCall *call, float *x)
{
  const LtTensor *chains = lt_layout_find (call->model->state, "chain h1");
  LtRbmSettings settings = *(const LtRbmSettings *) call->settings;
  LtCall own = *call;

  settings.dropout = 0;
  own.settings = &settings;
  lt_rbm_decode (&own, call->state + chains->offset, lt_rbm_n_particles (call->model),
                 x);
}
