/* The restricted Boltzmann machines' knobs, and the families that are settings of them. */
#include "boltzmann/rbm-machine.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtRbmSettings, field)

static const char *const visible_names[] = { "auto", "binary", "gaussian", NULL };
static const char *const hidden_names[] = { "binary", "gaussian", "relu", NULL };
static const char *const method_names[] = { "cd",        "pcd",   "fast-pcd",
                                            "tempering", "exact", NULL };
static const char *const centring_names[] = { "none", "centred", "enhanced", NULL };
static const char *const sparsity_names[] = { "none", "square", "kl", NULL };

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
    LT_KNOB_CHOICE, .fallback = "binary", .choices = hidden_names,
    KNOB_AT (hidden_units) },
  { "visible", "Visible units", "", "Architecture",
    "Binary for values from 0 to 1, gaussian for standardised ones; auto takes what "
    "the "
    "data are.",
    LT_KNOB_CHOICE, .fallback = "auto", .choices = visible_names, KNOB_AT (visible) },
  { "visible-sigma", "Visible deviation σ", "", "Architecture",
    "The standard deviation of Gaussian visible units given the hidden ones, or where "
    "it "
    "starts when it is learnt.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0.01, .maximum = 10, .fallback = "1",
    .when = "visible!=binary", KNOB_AT (sigma) },
  { "learn-sigma", "Learn σ", "", "Architecture",
    "Each Gaussian visible unit learns its own deviation, through log σ².",
    LT_KNOB_BOOLEAN, .maximum = 1, .fallback = "false", .when = "visible!=binary",
    KNOB_AT (learn_sigma) },
  { "label-units", "Label units", "classes", "Architecture",
    "How many classes a softmax group of visible units stands for; with it the machine "
    "classifies. 0 leaves the labels aside.",
    LT_KNOB_INTEGER, .minimum = 0, .maximum = 1000, .fallback = "0",
    KNOB_AT (label_units) },
  { "weight-scale", "First weights", "", "Architecture",
    "The standard deviation of the normal distribution that first weights are drawn "
    "from.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.01",
    KNOB_AT (weight_scale) },
  { "visible-bias", "Visible biases from data", "", "Architecture",
    "First visible biases are the log-odds of the training data's mean, within ±4 (the "
    "mean itself for Gaussian units), rather than 0.",
    LT_KNOB_BOOLEAN, .maximum = 1, .fallback = "true", KNOB_AT (visible_bias) },
  { "hidden-bias", "First hidden bias", "", "Architecture",
    "Where hidden biases start: negative values make a sparse code.", LT_KNOB_REAL,
    .minimum = -20, .maximum = 20, .fallback = "0", KNOB_AT (hidden_bias) },

  /* ---- Negative phase ---- */
  { "method", "Method", "", "Negative phase",
    "Where the model's own statistics come from: chains that start at the data (cd), "
    "that go on from step to step (pcd), with extra weights that decay fast "
    "(fast-pcd), "
    "at several temperatures (tempering), or from every state (exact).",
    LT_KNOB_CHOICE, .fallback = "cd", .choices = method_names, KNOB_AT (method) },
  { "gibbs-steps", "Gibbs steps", "", "Negative phase",
    "How many times chains go down and up for each update.", LT_KNOB_INTEGER,
    .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000, .fallback = "1",
    .when = "method!=exact", KNOB_AT (steps) },
  { "chains", "Chains", "", "Negative phase",
    "How many persistent chains there are, whatever the batch size.", LT_KNOB_INTEGER,
    .log_scale = TRUE, .minimum = 1, .maximum = 10000, .fallback = "100",
    .when = "method=pcd|fast-pcd|tempering", KNOB_AT (chains) },
  { "fast-rate", "Fast learning rate", "", "Negative phase",
    "The learning rate of the fast weights, which drive only the chains.", LT_KNOB_REAL,
    .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.01",
    .when = "method=fast-pcd", KNOB_AT (fast_rate) },
  { "fast-decay", "Fast weights kept", "", "Negative phase",
    "The share of the fast weights that is left after each update.", LT_KNOB_REAL,
    .live = TRUE, .minimum = 0, .maximum = 0.999, .fallback = "0.95",
    .when = "method=fast-pcd", KNOB_AT (fast_decay) },
  { "temperatures", "Temperatures", "", "Negative phase",
    "How many rungs the ladder of inverse temperatures has.", LT_KNOB_INTEGER,
    .minimum = 2, .maximum = LT_RBM_MAX_TEMPERATURES, .fallback = "10",
    .when = "method=tempering", KNOB_AT (temperatures) },
  { "hottest", "Hottest rung β", "", "Negative phase",
    "The inverse temperature at the hot end of the ladder: at 0 all states are alike.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 1, .fallback = "0",
    .when = "method=tempering", KNOB_AT (hottest) },
  { "swap-interval", "Swap every", "steps", "Negative phase",
    "After how many Gibbs steps neighbouring rungs try to swap their states.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 1, .maximum = 1000, .fallback = "1",
    .when = "method=tempering", KNOB_AT (swap_interval) },

  /* ---- Objective ---- */
  { "binarise", "Binarise the data", "", "Objective",
    "Draw binary data anew for each minibatch, with the values from 0 to 1 as "
    "probabilities; otherwise these stand for the units themselves.",
    LT_KNOB_BOOLEAN, .live = TRUE, .maximum = 1, .fallback = "false",
    KNOB_AT (binarise) },
  { "centring", "Centring", "", "Objective",
    "Subtract means from both layers' values: the data's (centred), or those of data "
    "and "
    "model together (enhanced).",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = centring_names,
    KNOB_AT (centring) },
  { "weight-decay", "Weight decay", "", "Objective",
    "The weight λ of the penalty ½λΣW² on all weights; biases are left alone.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 10,
    .fallback = "0.0002", KNOB_AT (decay) },
  { "max-norm", "Largest weight norm", "", "Objective",
    "A hidden unit's weights are shortened to this norm after each step; 0 leaves "
    "them.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 1000, .fallback = "0",
    KNOB_AT (max_norm) },
  { "dropout", "Dropout of hidden units", "", "Objective",
    "The fraction of hidden units that are left out, anew for each example and chain.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.95, .fallback = "0",
    .when = "method!=exact", KNOB_AT (dropout) },

  /* ---- Sparsity ---- */
  { "sparsity", "Sparsity", "", "Sparsity",
    "How the mean activation of hidden units is drawn to the target: by its square "
    "distance or its KL divergence.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = sparsity_names,
    KNOB_AT (sparsity) },
  { "sparsity-weight", "Sparsity weight", "", "Sparsity",
    "The weight of the sparsity penalty.", LT_KNOB_REAL, .live = TRUE,
    .log_scale = TRUE, .minimum = 0, .maximum = 1000, .fallback = "1",
    .when = "sparsity!=none", KNOB_AT (sparsity_weight) },
  { "sparsity-target", "Target activation ρ", "", "Sparsity",
    "The mean activation that each hidden unit is drawn to.", LT_KNOB_REAL,
    .live = TRUE, .log_scale = TRUE, .minimum = 0.001, .maximum = 0.999,
    .fallback = "0.1", .when = "sparsity!=none", KNOB_AT (sparsity_target) },
};

/* ---- Families ---- */

static const LtTermInfo terms[LT_RBM_N_TERMS] = {
  [LT_RBM_RECONSTRUCTION] = { "reconstruction",
                              "−log p(v|E[h|v]), not what is minimised" },
  [LT_RBM_DECAY] = { "weight decay", "½λ ΣW²" },
  [LT_RBM_SPARSITY] = { "sparsity", "λ Σⱼ (ρ − ρ̂ⱼ)², or λ Σⱼ KL(ρ‖ρ̂ⱼ)" },
  [LT_RBM_PSEUDO_LIKELIHOOD] = { "pseudo-likelihood",
                                 "−Σᵢ log p(vᵢ|others), estimated" },
  [LT_RBM_LIKELIHOOD] = { "likelihood", "−log p(v), exact method only" },
  [LT_RBM_SWAPS] = { "swap rate", "accepted swaps, tempering only" },
};

#define RBM_FAMILY                                                                  \
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtRbmSettings) }, .terms = terms, \
  .n_terms = LT_RBM_N_TERMS, .objective = lt_rbm_objective, .check = lt_rbm_check,  \
  .build = lt_rbm_build, .init = lt_rbm_init_params, .gradient = lt_rbm_gradient,   \
  .constrain = lt_rbm_constrain, .encode = lt_rbm_encode, .decode = lt_rbm_decode,  \
  .reconstruct = lt_rbm_reconstruct, .activations = lt_rbm_activations,             \
  .filters = lt_rbm_filters, .energy = lt_rbm_energy,                               \
  .log_partition = lt_rbm_log_partition, .annealed = &lt_rbm_annealed,              \
  .n_particles = lt_rbm_n_particles, .particles = lt_rbm_particles,                 \
  .sample = lt_rbm_sample, .classify = lt_rbm_classify, .layer = lt_rbm_layer,      \
  .graph = lt_rbm_graph

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
