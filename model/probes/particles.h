/* What a model dreams of: its persistent chains, or chains that are let go from somewhere,
 * and what each resembles. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

typedef enum {
  LT_START_AUTO,   /* the persistent chains where there are any, else training rows */
  LT_START_CHAINS, /* as they are */
  LT_START_NOISE,  /* fair coins; normal numbers where values are not in [0, 1] */
  LT_START_DATA,   /* training rows */
  LT_START_HELD_OUT,
} LtParticleStart;
extern const char *const lt_particle_start_names[];

typedef struct {
  int start;        /* LtParticleStart */
  int n, steps;     /* chains, and Gibbs steps of those that are let go */
  gboolean samples; /* as the units are drawn, else their means */
  gboolean nearest; /* whether to look for neighbours */
  guint64 seed;
} LtParticlesOptions;

#define LT_NEIGHBOURS 2000 /* training rows that particles are compared to, at most */

typedef struct {
  int n, n_total; /* of so many persistent chains; n where they were let go */
  int start;      /* never AUTO */
  int steps;      /* taken */
  float *x;       /* [n, nv] */

  /* The nearest training row among n_neighbours, evenly spaced; NULL: not looked for. */
  int n_neighbours;
  float *nearest; /* [n, nv] */
  int *labels;    /* [n], its class; −1 where it has none */

  /* How often that class was another than the time before, over all chains that were let
   * go, looked at n_looks times at equal distances; −1 where that is not known. */
  int n_changes, n_looks;
} LtParticles;

/* A sentence when there are no chains to show, or no rows to start from. */
LtParticles *lt_probe_particles (const LtSnapshot *snapshot,
                                 const LtDataset *data,
                                 const LtParticlesOptions *options,
                                 LtWorkspace *ws,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_particles_free (LtParticles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtParticles, lt_particles_free)

G_END_DECLS
