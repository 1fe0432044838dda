/* What the fantasy particles' computing leaves for their painting. Not for the folders
 * outside. */
#pragma once

#include "paint/dreams.h"
#include "probes/particles.h"
#include "views/common.h"

G_BEGIN_DECLS

#define LT_PARTICLES_MAX 500

typedef struct {
  int start, example;
  double temperature;
  int show;
  int beside;
  int clamp, label;
  char drawing[LT_TEXT_MAX]; /* a file's path; "": none */
  gboolean animate;
  double speed;
  int stride;
  int steps;
  int count; /* 0: as many as fit */
  int seed;
} LtParticlesSettings;

typedef enum {
  LT_SHOW_PROBABILITIES,
  LT_SHOW_SAMPLES,
} LtParticlesShow;

typedef enum {
  LT_BESIDE_NEAREST,
  LT_BESIDE_START,
  LT_BESIDE_NOTHING,
} LtParticlesBeside;

typedef enum {
  LT_CLAMP_NONE,
  LT_CLAMP_TOP,
  LT_CLAMP_BOTTOM,
  LT_CLAMP_LEFT,
  LT_CLAMP_RIGHT,
  LT_CLAMP_DRAWN,
} LtParticlesClamp;

typedef struct {
  LtParticles *particles;
  LtParticlesSettings settings;
  guint64 run;
  gboolean moving;    /* another frame is wanted after this one */
  gboolean labelled;  /* the machine has label units */
  gboolean unheld;    /* it has none to hold at the label asked for */
  LtDrawing *drawing; /* NULL: none, or nothing on it */
  gboolean from_file; /* and not from the pointer */

  LtViewPicture picture;
  LtSplit judge;
  int n_rows;    /* particles, and what stands beside them: 1 or 2 */
  float *pixels; /* [n_rows, n, picture] */
  float *drawn;  /* [picture], the surface; NULL: there is none */
  float *held;   /* [height, width]; NULL: nothing */
  float lowest, highest;
  char **captions; /* [n_rows · n]; NULL without classes */
  int *classes;    /* the same */
  int *labels;     /* [n], the machine's own; NULL without label units */
  char **names;    /* of the classes; NULL */
  char *note, *moment, *judged;
} LtParticlesResult;

/* The view's functions. */
gpointer lt_particles_compute (const LtViewRequest *request, GError **error);
void lt_particles_result_free (gpointer result);

/* As it is painted; borrows from the result. */
LtDreamsData lt_particles_picture (const LtParticlesResult *self);

extern const char *const lt_particles_row_titles[];

G_END_DECLS
