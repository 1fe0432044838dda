/* The restricted Boltzmann machines' knobs, and the families that are settings of them. */
#include "boltzmann/rbm-machine.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtRbmSettings, field)

const char *const lt_rbm_visible_names[] = { "auto", "binary", "gaussian", "counts",
                                             NULL };
const char *const lt_rbm_hidden_names[] = { "binary", "gaussian", "relu", NULL };
const char *const lt_rbm_method_names[] = { "cd",        "pcd",   "fast-pcd",
                                            "tempering", "exact", NULL };
const char *const lt_rbm_centring_names[] = { "none", "centred", "enhanced", NULL };
const char *const lt_rbm_sparsity_names[] = { "none", "square", "kl", NULL };

static const LtKnob knobs[] = {
  /* ---- Architecture ---- */
  { "hidden", "Hidden units", "units", "Architecture",
    "How many hidden units there are: one number, since there is one layer.",
    LT_KNOB_SIZES, .minimum = 1, .maximum = 65536, .fallback = "500",
    KNOB_AT (hidden) },
  { "hidden-units", "Kind of hidden units", "", "Architecture",
    "Binary; gaussian for a linear code with unit variance; relu for sums of many "
    "binary "
    "copies.",
    LT_KNOB_CHOICE, .fallback = "binary", .choices = lt_rbm_hidden_names,
    KNOB_AT (hidden_units) },
#include "boltzmann/rbm-knobs.inc"
};

/* ---- Families ---- */

static const LtTermInfo terms[LT_RBM_N_TERMS] = { LT_RBM_TERMS };

#define RBM_FAMILY                                                                  \
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtRbmSettings) }, .terms = terms, \
  .n_terms = LT_RBM_N_TERMS, .objective = lt_rbm_objective, .check = lt_rbm_check,  \
  .build = lt_rbm_build, .init = lt_rbm_init_params, .gradient = lt_rbm_gradient,   \
  .streams_gradient = TRUE, .constrain = lt_rbm_constrain, .encode = lt_rbm_encode, \
  .decode = lt_rbm_decode, .reconstruct = lt_rbm_reconstruct,                       \
  .activations = lt_rbm_activations, .filters = lt_rbm_filters,                     \
  .energy = lt_rbm_energy, .log_partition = lt_rbm_log_partition,                   \
  .documents = &lt_rbm_documents, .annealed = &lt_rbm_annealed,                     \
  .n_particles = lt_rbm_n_particles, .particles = lt_rbm_particles,                 \
  .sample = lt_rbm_sample, .classify = lt_rbm_classify, .layer = lt_rbm_layer,      \
  .stack = lt_rbm_stack, .adopt = lt_rbm_adopt, .gibbs = &lt_rbm_gibbs,             \
  .dreaming = &lt_rbm_dreaming, .graph = lt_rbm_graph

const LtModelKind lt_rbm = {
  .name = "rbm",
  .title = "Restricted Boltzmann machine",
  .summary = "Visible and hidden binary units joined by weights: learns the data's "
             "distribution, and dreams from it.",
  .formula = "min −E log p(v),  p(v) = Σₕ exp(b'v + c'h + v'Wh) / Z",
  .references =
      "Smolensky 1986, Information processing in dynamical systems: foundations of "
      "harmony theory\n"
      "Hinton 2002, Training products of experts by minimizing contrastive divergence\n"
      "Tieleman 2008, Training restricted Boltzmann machines using approximations to "
      "the likelihood gradient\n"
      "Tieleman & Hinton 2009, Using fast weights to improve persistent contrastive "
      "divergence\n"
      "Desjardins et al. 2010, Tempered Markov chain Monte Carlo for training of "
      "restricted Boltzmann machines\n"
      "Hinton 2010, A practical guide to training restricted Boltzmann machines\n"
      "Melchior, Fischer & Wiskott 2016, How to center deep Boltzmann machines",
  RBM_FAMILY,
};

const LtModelKind lt_rbm_gaussian = {
  .name = "gaussian-rbm",
  .title = "Gaussian RBM",
  .summary = "Real-valued visible units with noise σ around what binary hidden units "
             "add up to.",
  .formula = "min −E log p(v),  E(v,h) = Σ(vᵢ−bᵢ)²/2σᵢ² − Σ vᵢ/σᵢ² Wᵢⱼ hⱼ − c'h",
  .references =
      "Krizhevsky 2009, Learning multiple layers of features from tiny images\n"
      "Cho, Ilin & Raiko 2011, Improved learning of Gaussian-Bernoulli restricted "
      "Boltzmann machines",
  .defaults = (const char *const[]){ "visible=gaussian", "hidden=100", NULL },
  RBM_FAMILY,
};

const LtModelKind lt_rbm_counts = {
  .name = "replicated-softmax",
  .title = "Replicated softmax",
  .summary = "Hidden topics of documents: visible units count words, and share their "
             "weights wherever a word stands.",
  .formula = "min −E log p(v),  E(v,h) = −b'v − D c'h − v'Wh,  D = Σₖ vₖ",
  .references = "Salakhutdinov & Hinton 2009, Replicated softmax: an undirected topic "
                "model",
  .defaults = (const char *const[]){ "visible=counts", "hidden=50", NULL },
  RBM_FAMILY,
};

const LtModelKind lt_rbm_labelled = {
  .name = "classification-rbm",
  .title = "RBM with labels",
  .summary = "Labels are visible units too, so that the machine classifies by its free "
             "energy.",
  .formula = "p(y|v) ∝ exp(d_y + Σⱼ softplus(cⱼ + v'Wⱼ + U_yⱼ))",
  .references = "Hinton 2006, To recognize shapes, first learn to generate images\n"
                "Larochelle & Bengio 2008, Classification using discriminative "
                "restricted Boltzmann machines",
  .defaults = (const char *const[]){ "label-units=10", NULL },
  RBM_FAMILY,
};
