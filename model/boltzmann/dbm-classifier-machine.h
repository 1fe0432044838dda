/* Inside the classifier made of a deep Boltzmann machine. Included by
 * boltzmann/dbm-classifier*.c and their tests only. */
#pragma once

#include "boltzmann/dbm-classifier.h"
#include "core/matrix.h"

G_BEGIN_DECLS

/* Tensors in the order of the layout; the last four are frozen. */
typedef enum {
  LT_DBM_W1,
  LT_DBM_A,
  LT_DBM_C1,
  LT_DBM_W2,
  LT_DBM_C2,
  LT_DBM_U,
  LT_DBM_D,
  LT_DBM_M1,
  LT_DBM_M2,
  LT_DBM_BIAS1,
  LT_DBM_BIAS2,
  LT_DBM_N_TENSORS,
} LtDbmTensor;

/* A block's tensor. */
float *lt_dbm_classifier_tensor (const LtModel *model,
                                 float *block,
                                 LtDbmTensor tensor);
const float *lt_dbm_classifier_param (const LtCall *call, LtDbmTensor tensor);

/* q (h_2 | x): [n, h2]. */
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
