/* What a model dreams of: its persistent chains, or chains that run free from somewhere,
 * maybe with some of their units held, and what each resembles. */
#pragma once

#include "probes/neighbours.h"
#include "probes/probes.h"

G_BEGIN_DECLS

typedef enum {
  LT_START_AUTO,   /* the persistent chains where there are any, else training rows */
  LT_START_CHAINS, /* as they are */
  LT_START_NOISE, /* fair coins; normal numbers; words by lot, for each kind of value */
  LT_START_DATA,  /* training rows */
  LT_START_HELD_OUT,
  LT_START_DRAWN, /* a row that the caller has */
} LtParticleStart;
extern const char *const lt_particle_start_names[];

typedef struct {
  int start;          /* LtParticleStart */
  int example;        /* the row that all chains start from; −1: each from its own */
  const float *drawn; /* [nv]; START_DRAWN only */
  int n;              /* chains */
  guint64 seed;

  int steps;  /* of Gibbs sampling, for chains that run free */
  int stride; /* steps from one look at their classes to the next; 0: no looks */
  double temperature;   /* 1: the model's own */
  int label;            /* that label units are held at; −1: free */
  const float *clamped; /* [nv], 1 where a visible unit is held; NULL: all are free */
  const float
      *given;       /* [nv], what it is held at; NULL: at what the chain started with */
  gboolean samples; /* units as they are drawn, else their means */
  gboolean nearest; /* whether to look for neighbours */
} LtParticlesOptions;

/* Immutable. Where chains run free it holds all that is needed to run on. */
typedef struct {
  int n, n_total; /* of so many persistent chains; n where they run free */
  int start;      /* never AUTO */
  gint64 steps;   /* taken; persistent chains: the training's minibatches */
  float *x;       /* [n, nv] */
  float *origin;  /* [n, nv], where they started; NULL for persistent chains */

  /* What they resemble; NULL: not looked for. */
  LtNeighbours *neighbours;
  int *nearest; /* [n], among the neighbours */
  int *classes; /* [n]; −1 where there are none */

  /* How often a chain's class was another than the time before, in n_looks looks. */
  int *changes; /* [n] */
  int n_changes, n_looks;

  const LtModelKind *kind;
  int width;
  float *chains; /* [n, width], as the family keeps them; NULL for persistent chains */
  LtRng rng;
} LtParticles;

/* Whether a model has chains of either sort, with a sentence when not. */
gboolean lt_particles_suit (const LtModel *model, const char **why);

/* From the start. A sentence when there are no chains to show, or no rows to start from. */
LtParticles *lt_probe_particles (const LtSnapshot *snapshot,
                                 const LtDataset *data,
                                 const LtParticlesOptions *options,
                                 LtWorkspace *ws,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* options->steps on from where `before` is: the same as if it had gone that much farther. The
 * start and the number of chains stay. Persistent chains are looked at again. */
LtParticles *lt_probe_particles_on (const LtSnapshot *snapshot,
                                    const LtDataset *data,
                                    const LtParticlesOptions *options,
                                    const LtParticles *before,
                                    LtWorkspace *ws,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether that can be: a model of the same make. */
gboolean lt_particles_go_on (const LtParticles *before, const LtSnapshot *snapshot);

/* The nearest training row of particle i: [nv], borrowed. */
const float *lt_particles_nearest (const LtParticles *self, int i);
void lt_particles_free (LtParticles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtParticles, lt_particles_free)

G_END_DECLS
