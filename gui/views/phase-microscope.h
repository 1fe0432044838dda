/* The phase microscope in two halves: what it shows, and how that lies in the tile. Not for
 * the folders outside. */
#pragma once

#include "probes/contrast.h"
#include "views/common.h"
#include "views/hidden-picture.h"
#include "views/panels.h"

G_BEGIN_DECLS

#define LT_MICROSCOPE_MAX_SHOWN 8 /* examples whose steps are shown */

typedef enum {
  LT_MICROSCOPE_TRAINING, /* of the training rows */
  LT_MICROSCOPE_DRAWN,    /* what the user draws, over and over */
} LtMicroscopeRows;

typedef struct {
  int show;                  /* 0: all, else a panel, from 1 */
  int layer;                 /* whose weights, from 1; 0: the model's usual one */
  int rows;                  /* LtMicroscopeRows */
  char drawing[LT_TEXT_MAX]; /* a file's path; "": none */
  int minibatch, n;          /* the minibatch's number, from 1, and size */
  int k, chain_steps, repeats;
  gboolean exact;
  int emphasised;     /* 0: the run's own method; else LtModelTermId + 1 */
  int form;           /* of the statistics: auto, pictures, matrix */
  int first, count;   /* hidden units, from 1; 0: as many as can be recognised */
  gboolean amplified; /* differences, to the scale of what they are differences of */
  int seed;
} LtMicroscopeSettings;

typedef struct {
  const LtPanels *panels;
  LtContrast *contrast;
  LtMicroscopeSettings settings;
  int emphasised;        /* LtModelTermId */
  LtViewPicture visible; /* of the data, which can be drawn on */
  LtViewPicture picture; /* of the units below the weights */
  LtHiddenPicture lower; /* the same, where they are hidden ones themselves */
  LtHiddenPicture hidden;
  int n_lower;              /* units below that are drawn: all but labels */
  LtDrawing *drawing;       /* NULL: none, or nothing on it */
  char below[8], above[8];  /* what both sides are called: "v", "h₁" */
  char titles[4][32];       /* of the steps: "h⁰ drawn" */
  char steps[4][32];        /* the same in a sentence: "h⁰" */
  float *v0, *v1, *h0, *h1; /* pictures, [n_shown, …] */
  float lowest, highest;    /* of the units below */

  /* Statistics of the hidden units shown, as pictures or as one matrix. */
  gboolean matrix;
  int first, n_units;   /* from 0 */
  int n, width, height; /* pictures of each statistic */
  int channels;
  float *data; /* [n, height, width, channels] */
  float *model[LT_N_MODEL_TERMS];
  float *gradient[LT_N_MODEL_TERMS]; /* amplified */
  float largest;                     /* magnitude among data and model */
  int amplification;
  gboolean clipped;               /* some differences lie outside the scale */
  char *names[LT_N_MODEL_TERMS];  /* "CD-10" */
  char *errors[LT_N_MODEL_TERMS]; /* "error 21 %" */
  char *cosines[LT_N_MODEL_TERMS];
  char *amplified; /* "differences × 5" */
  char *note, *moment, *figures;
} LtMicroscopeResult;

gpointer lt_microscope_compute (const LtViewRequest *request, GError **error);
void lt_microscope_free (gpointer result);

typedef enum {
  LT_MICROSCOPE_STEPS,
  LT_MICROSCOPE_METHODS,
  LT_MICROSCOPE_SUBTRACTION,
  LT_MICROSCOPE_N_PANELS,
} LtMicroscopePanel;

extern const LtPanels lt_microscope_panels;

G_END_DECLS
