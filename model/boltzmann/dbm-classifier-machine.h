/* Inside the classifier made of a deep Boltzmann machine. Included by
 * boltzmann/dbm-classifier*.c and their tests only. */
#pragma once

#include "boltzmann/dbm-classifier.h"
#include "core/matrix.h"

G_BEGIN_DECLS

#define LT_DBM_NET_NODES (LT_LIST_MAX + 1)

/* Nodes are the data, 0, and the hidden layers, 1 … depth. Tensors by their index in the
 * layout; those from machine_w[1] on are frozen. */
typedef struct {
  int depth, classes;
  int n[LT_DBM_NET_NODES];                         /* units */
  int w[LT_DBM_NET_NODES], bias[LT_DBM_NET_NODES]; /* from 1 */
  int inferred_w[LT_DBM_NET_NODES];                /* A_l, from 1 to depth − 1 */
  int class_w, class_bias;
  int machine_w[LT_DBM_NET_NODES], machine_bias[LT_DBM_NET_NODES]; /* from 1 */
  int n_tensors;

  /* A row of what was inferred: q_2 … q_depth side by side. */
  int q[LT_DBM_NET_NODES]; /* the column where q_l begins, from 2 */
  int n_q;                 /* columns */
} LtDbmNet;

void lt_dbm_net_init (LtDbmNet *self, const LtModel *model);

/* A block's tensor. */
float *lt_dbm_classifier_tensor (const LtModel *model, float *block, int tensor);
const float *lt_dbm_classifier_param (const LtCall *call, int tensor);

/* The dropout rate of a node. */
double lt_dbm_classifier_dropout (const LtDbmClassifierSettings *settings, int node);

/* q_2 … q_depth given x: [n, n_q]. */
void lt_dbm_classifier_infer (const LtCall *call, const float *x, int n, float *q);

int lt_dbm_classifier_n_features (const LtModel *model);
void lt_dbm_classifier_features (const LtCall *call,
                                 const float *x,
                                 int n,
                                 float *features);
void lt_dbm_classifier_gradient (const LtCall *call,
                                 const LtBatch *batch,
                                 float *d_params,
                                 float *state,
                                 LtTerms *terms);
void lt_dbm_classifier_encode (const LtCall *call, const float *x, int n, float *z);
void lt_dbm_classifier_activations (const LtCall *call,
                                    int layer,
                                    const float *x,
                                    int n,
                                    float *h);
void lt_dbm_classifier_classify (const LtCall *call, const float *x, int n, float *p);

G_END_DECLS
