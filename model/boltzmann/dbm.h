/* Deep Boltzmann machines: hidden layers over visible units, every layer joined to its
 * neighbours by undirected edges.
 *
 *   E (v, h) = −b'v − Σ_l c_l'h_l − v'W_1 h_1 − Σ_l h_l'W_{l+1} h_{l+1} − d'y − h_L'U y
 *
 *   log p (v) ≥ −E (v, μ) + H (μ) − log Z,   μ_l = σ (c_l + μ_{l−1}'W_l + W_{l+1} μ_{l+1})
 *   ∂(bound) / ∂W_l = ⟨μ_{l−1} μ_l'⟩_data − ⟨h_{l−1} h_l'⟩_model
 *
 * (Salakhutdinov & Hinton 2009, "Deep Boltzmann machines"). Labels y, if there are any, are
 * a softmax group over the top layer. Real-valued visible units have −b'v replaced by
 * ‖v − b‖²/2σ² and v'W_1 by (v/σ²)'W_1.
 *
 * Tensors: W1 … WL, b [visible], c1 … cL, U [top, classes], d [classes]. State: persistent
 * chains of all layers, and with centring the layers' running means. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

typedef enum {
  LT_DBM_AUTO,
  LT_DBM_BINARY,
  LT_DBM_GAUSSIAN,
} LtDbmVisible;

typedef enum {
  LT_DBM_PLAIN,
  LT_DBM_CENTRED,      /* offsets are running means */
  LT_DBM_BIAS_CENTRED, /* offsets are what the biases alone come to */
} LtDbmCentring;

typedef enum {
  LT_DBM_SPARSITY_NONE,
  LT_DBM_SPARSITY_SQUARE,
  LT_DBM_SPARSITY_KL,
} LtDbmSparsity;

#define LT_DBM_MAX_LOG_Z  22 /* binary units of the half that is enumerated */
#define LT_DBM_MAX_ENERGY 10 /* the same of the hidden units, for exact free energies */

/* What the knobs turn. Enumerations are kept as int. */
typedef struct {
  LtList hidden;
  int visible; /* LtDbmVisible */
  double sigma;
  int label_units;
  double weight_scale, hidden_bias;
  int visible_bias;

  int sweeps;
  double tolerance;
  int clamped_steps;
  int chains, steps;
  gboolean binarise;
  int centring; /* LtDbmCentring */
  double centring_rate;
  double decay, max_norm;
  int sparsity; /* LtDbmSparsity */
  double sparsity_weight;
  LtList sparsity_target;
} LtDbmSettings;

typedef enum {
  LT_DBM_RECONSTRUCTION,
  LT_DBM_DECAY,
  LT_DBM_SPARSITY,
  LT_DBM_LABELS,
  LT_DBM_FREE_ENERGY,
  LT_DBM_SWEEPS,
  LT_DBM_CHANGE,
  LT_DBM_N_TERMS,
} LtDbmTerm;

extern const LtModelKind lt_dbm;

G_END_DECLS
