/* Deep belief networks: restricted Boltzmann machines on top of each other, each trained on
 * the hidden units' means of the one below. The top machine is undirected, the rest is
 * directed downwards:
 *
 *   p (v, h¹ … h^L) = p (v|h¹) … p (h^{L−2}|h^{L−1}) p (h^{L−1}, h^L)
 *   p (h^{l−1} | h^l) = σ (b_l + W_l h^l),  upwards, approximately, σ (c_l + W_l' h^{l−1})
 *
 * or with Gaussian units of variance 1 or rectified ones in any hidden layer, whose kind both
 * machines that share it agree on.
 *
 * (Hinton, Osindero & Teh 2006). Which machine learns is a setting. Up-down fine-tuning lets
 * the whole learn, with weights R_l of its own for the way up (the same paper's appendix B).
 *
 * With `doubling` the machines are those that a deep Boltzmann machine begins with: each
 * takes in twice what comes from a side where another layer will be (Salakhutdinov & Hinton
 * 2009, section 3.1).
 *
 * The parameter block is the machines' blocks one after another, so that all of their code
 * serves. Tensors: W1, b, c1 (and z), W2, b2, c2, …; R1 … R_{L−1} where the whole learns. */
#pragma once

#include "boltzmann/rbm.h"

G_BEGIN_DECLS

/* What the knobs turn. */
typedef struct {
  LtRbmSettings
      rbm;   /* of each machine; hidden: a size a layer, hidden_units: the top's */
  int layer; /* that learns, from 1; 0: the whole */
  gboolean doubling;
  char kinds[LT_TEXT_MAX]; /* of the hidden layers below the top, from the data upwards:
                            * a word for all of them, or one for each */
} LtDbnSettings;

/* After the machines' own terms. */
typedef enum {
  LT_DBN_GENERATIVE = LT_RBM_N_TERMS,
  LT_DBN_RECOGNITION,
  LT_DBN_N_TERMS,
} LtDbnTerm;

G_STATIC_ASSERT (LT_DBN_N_TERMS <= LT_MAX_TERMS);

extern const LtModelKind lt_dbn;

G_END_DECLS
