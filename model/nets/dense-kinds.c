/* The dense networks' knobs, and the families that are settings of them. */
#include "nets/dense-pass.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtDenseSettings, field)

static const char *const loss_names[] = { "squared-error", "cross-entropy", NULL };
static const char *const reading_names[] = { "error", "likelihood", NULL };
static const char *const sparsity_names[] = { "none",     "l1",    "kl",
                                              "lifetime", "top-k", NULL };
static const char *const jacobian_names[] = { "exact", "projections", NULL };
static const char *const init_names[] = { "auto", "sigmoid-glorot", "glorot",
                                          "he",   "gaussian",       NULL };
static const char *const output_bias_names[] = { "mean", "zero", NULL };
static const char *const task_names[] = { "reconstruct", "classify", NULL };
static const char *const learning_names[] = { "all", "top", NULL };

static const LtKnob knobs[] = {
  /* ---- Architecture ---- */
  { "hidden", "Hidden layers", "units", "Architecture",
    "The encoder's layer sizes, the last of which is the code; the decoder mirrors "
    "them.",
    LT_KNOB_SIZES, .minimum = 1, .maximum = 65536, .fallback = "500 250 2",
    KNOB_AT (hidden) },
  { "tied", "Tied weights", "", "Architecture",
    "The decoder uses the encoder's weights, transposed, and only biases of its own.",
    LT_KNOB_BOOLEAN, .maximum = 1, .fallback = "false", .when = "task=reconstruct",
    KNOB_AT (tied) },
  { "hidden-activation", "Hidden activation", "", "Architecture",
    "The function that hidden layers other than the code apply.", LT_KNOB_CHOICE,
    .fallback = "relu", .choices = lt_activation_names, KNOB_AT (hidden_activation) },
  { "code-activation", "Code activation", "", "Architecture",
    "The function that the code layer applies.", LT_KNOB_CHOICE, .fallback = "linear",
    .choices = lt_activation_names, KNOB_AT (code_activation) },
  { "output-activation", "Output activation", "", "Architecture",
    "The function that the output layer applies; it must be able to reach the data's "
    "values.",
    LT_KNOB_CHOICE, .fallback = "sigmoid", .choices = lt_activation_names,
    .when = "task=reconstruct", KNOB_AT (output_activation) },
  { "output-scale", "Output scale", "", "Architecture",
    "A factor on the output activation: with tanh, 2 lets the output reach from −2 to "
    "2.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0.01, .maximum = 1000, .fallback = "1",
    .when = "loss=squared-error&task=reconstruct", KNOB_AT (output_scale) },
  { "init", "First weights", "", "Architecture",
    "How weights are drawn: auto takes sigmoid-glorot, U(±4√(6/(in+out))), for sigmoid "
    "layers, he for the relu family and glorot for the rest; gaussian is 0.1·N(0, 1).",
    LT_KNOB_CHOICE, .fallback = "auto", .choices = init_names, KNOB_AT (init) },
  { "output-bias", "First output bias", "", "Architecture",
    "Mean starts the output at the training data's mean, zero starts all biases at 0.",
    LT_KNOB_CHOICE, .fallback = "mean", .choices = output_bias_names,
    .when = "task=reconstruct", KNOB_AT (output_bias) },

  /* ---- Task ---- */
  { "task", "Task", "", "Task",
    "Reconstruct unfolds the code into the input again; classify has a softmax over "
    "classes on the code and no decoder, and needs labels.",
    LT_KNOB_CHOICE, .fallback = "reconstruct", .choices = task_names, KNOB_AT (task) },
  { "classes", "Classes", "", "Task",
    "How many classes a softmax on the code tells apart, as many as the data have; 0 "
    "for none; beside a decoder, both losses are added.",
    LT_KNOB_INTEGER, .minimum = 0, .maximum = 65536, .fallback = "0",
    KNOB_AT (classes) },
  { "layer", "Learning layer", "", "Task",
    "Greedy training: the hidden layer, from 1, that learns as an autoencoder of one "
    "layer on what the frozen layers below it make of the data; 0 lets all learn.",
    LT_KNOB_INTEGER, .minimum = 0, .maximum = LT_LIST_MAX, .fallback = "0",
    .when = "task=reconstruct", KNOB_AT (layer) },
  { "learning", "Learning part", "", "Task",
    "All of the network, or only the top of it, which tells the classes apart.",
    LT_KNOB_CHOICE, .fallback = "all", .choices = learning_names, .when = "classes!=0",
    KNOB_AT (learning) },

  /* ---- Objective ---- */
  { "loss", "Loss", "", "Objective",
    "How a reconstruction is compared to the input: summed over its entries, averaged "
    "over examples; cross-entropy needs a sigmoid output and data from 0 to 1.",
    LT_KNOB_CHOICE, .fallback = "cross-entropy", .choices = loss_names,
    .when = "task=reconstruct", KNOB_AT (loss) },
  { "reading", "Reading", "", "Objective",
    "Likelihood states the loss as −log p(x|h), Gaussian for the squared error and "
    "Bernoulli for the cross-entropy, and L1 as −log p(h) under a Laplace prior.",
    LT_KNOB_CHOICE, .fallback = "error", .choices = reading_names,
    .when = "task=reconstruct", KNOB_AT (reading) },
  { "sigma", "Output deviation σ", "", "Objective",
    "The standard deviation of the Gaussian p(x|h) around the reconstruction.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0.001, .maximum = 100,
    .fallback = "1", .when = "loss=squared-error&reading=likelihood&task=reconstruct",
    KNOB_AT (sigma) },
  { "weight-decay", "Weight decay", "", "Objective",
    "The weight λ of the penalty ½λΣW² on all weights; biases are left alone.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 10,
    .fallback = "0", KNOB_AT (decay) },

  /* ---- Sparsity ---- */
  { "sparsity", "Sparsity", "", "Sparsity",
    "What keeps the code sparse: an L1 penalty, a target for each unit's mean "
    "activation, or a winner-take-all rule over the minibatch or within each example.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = sparsity_names,
    KNOB_AT (sparsity) },
  { "sparsity-weight", "Sparsity weight", "", "Sparsity",
    "The weight of the sparsity penalty, against a loss that is summed over the input.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 1000,
    .fallback = "1", .when = "sparsity=l1|kl", KNOB_AT (sparsity_weight) },
  { "sparsity-target", "Target activation ρ", "", "Sparsity",
    "The mean activation that each code unit is drawn to.", LT_KNOB_REAL, .live = TRUE,
    .log_scale = TRUE, .minimum = 0.001, .maximum = 0.999, .fallback = "0.05",
    .when = "sparsity=kl", KNOB_AT (sparsity_target) },
  { "sparsity-fraction", "Winners per unit", "", "Sparsity",
    "The fraction of a minibatch for which each code unit stays on, in training only.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0.001, .maximum = 1,
    .fallback = "0.05", .when = "sparsity=lifetime", KNOB_AT (sparsity_fraction) },
  { "sparsity-k", "Winners per example", "units", "Sparsity",
    "The number of code units that stay on for each example, the largest ones.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 65536,
    .fallback = "25", .when = "sparsity=top-k", KNOB_AT (sparsity_k) },

  /* ---- Noise ---- */
  { "noise", "Noise", "", "Noise",
    "How the input of what learns is corrupted, anew for each minibatch; the clean one "
    "is still to be reconstructed.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = lt_noise_names,
    KNOB_AT (noise) },
  { "noise-level", "Noise level", "", "Noise",
    "The standard deviation of Gaussian noise, or the fraction of entries that the "
    "other kinds change.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.3",
    .when = "noise!=none", KNOB_AT (noise_level) },
  { "emphasis-corrupted", "Emphasis, corrupted", "", "Noise",
    "The weight α of the loss on entries that were corrupted.", LT_KNOB_REAL,
    .live = TRUE, .minimum = 0, .maximum = 10, .fallback = "1",
    .when = "noise!=none&task=reconstruct", KNOB_AT (emphasis_corrupted) },
  { "emphasis-rest", "Emphasis, the rest", "", "Noise",
    "The weight β of the loss on entries that were left as they are.", LT_KNOB_REAL,
    .live = TRUE, .minimum = 0, .maximum = 10, .fallback = "1",
    .when = "noise!=none&task=reconstruct", KNOB_AT (emphasis_rest) },
  { "dropout", "Dropout", "", "Noise",
    "The rate at which units are left out: input, then each layer up to the one before "
    "the output; kept ones are scaled up by 1/(1 − rate), and missing rates are 0.",
    LT_KNOB_REALS, .live = TRUE, .minimum = 0, .maximum = 0.95, .fallback = "",
    KNOB_AT (dropout) },

  /* ---- Contraction ---- */
  { "contraction", "Contraction", "", "Contraction",
    "The weight λ of ‖∂h/∂x‖², the squared Frobenius norm of the encoder's Jacobian.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 1000,
    .fallback = "0", KNOB_AT (contraction) },
  { "higher-order", "Higher-order contraction", "", "Contraction",
    "The weight γ of E‖J(x) − J(x+ε)‖², which keeps the Jacobian from changing nearby.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 1000,
    .fallback = "0", KNOB_AT (higher_order) },
  { "higher-order-sigma", "Perturbation σ", "", "Contraction",
    "The standard deviation of ε in the higher-order term.", LT_KNOB_REAL, .live = TRUE,
    .log_scale = TRUE, .minimum = 0.0001, .maximum = 10, .fallback = "0.1",
    .when = "higher-order!=0", KNOB_AT (higher_order_sigma) },
  { "higher-order-samples", "Perturbations", "", "Contraction",
    "How many ε are drawn for each example in the higher-order term.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 1, .maximum = LT_DENSE_MAX_SAMPLES, .fallback = "4",
    .when = "higher-order!=0", KNOB_AT (higher_order_samples) },
  { "jacobian", "Jacobian of deep encoders", "", "Contraction",
    "Exact takes one backward pass for each code unit; projections estimate ‖uᵀJ‖² "
    "from "
    "random signs u, without bias; an encoder of one layer is always exact, at no "
    "cost.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "projections", .choices = jacobian_names,
    KNOB_AT (jacobian) },
  { "jacobian-projections", "Projections", "", "Contraction",
    "How many random vectors u are drawn for each example.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 1, .maximum = 64, .fallback = "1",
    .when = "jacobian=projections", KNOB_AT (jacobian_projections) },
};

/* ---- Families ---- */

static const LtTermInfo terms[LT_DENSE_N_TERMS] = {
  [LT_DENSE_RECONSTRUCTION] = { "reconstruction", "L(x, r), or −log p(x|h)" },
  [LT_DENSE_DECAY] = { "weight decay", "½λ ΣW²" },
  [LT_DENSE_L1] = { "L1 on the code", "λ‖h‖₁, or −log p(h)" },
  [LT_DENSE_KL] = { "KL to the target", "β Σⱼ KL(ρ‖ρ̂ⱼ)" },
  [LT_DENSE_CONTRACTION] = { "contraction", "λ‖∂h/∂x‖²" },
  [LT_DENSE_HIGHER_ORDER] = { "higher-order contraction", "γ E‖J(x) − J(x+ε)‖²" },
  [LT_DENSE_CLASSIFICATION] = { "classification", "−log p(y|x)" },
};

/* What all of them share. */
#define DENSE_FAMILY                                                                  \
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtDenseSettings) }, .terms = terms, \
  .n_terms = LT_DENSE_N_TERMS, .check = lt_dense_check, .build = lt_dense_build,      \
  .init = lt_dense_init, .gradient = lt_dense_gradient, .streams_gradient = TRUE,     \
  .encode = lt_dense_encode, .decode = lt_dense_decode,                               \
  .reconstruct = lt_dense_reconstruct, .activations = lt_dense_activations,           \
  .filters = lt_dense_filters, .corrupt = lt_dense_corrupt, .layer = lt_dense_layer,  \
  .graph = lt_dense_graph, .classify = lt_dense_classify, .stack = lt_dense_stack,    \
  .adopt = lt_dense_adopt, .n_features = lt_dense_n_features,                         \
  .features = lt_dense_features

const LtModelKind lt_dense_autoencoder = {
  .name = "autoencoder",
  .title = "Autoencoder",
  .summary = "Squeezes each example through a narrow code, here of two units, and "
             "learns to undo it.",
  .formula = "min E L(x, g(f(x)))",
  .references = "Rumelhart, Hinton & Williams 1986, Learning internal representations "
                "by error propagation\n"
                "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with "
                "neural networks",
  DENSE_FAMILY,
};

const LtModelKind lt_dense_linear = {
  .name = "linear",
  .title = "Linear autoencoder",
  .summary =
      "Without activation functions the best code spans the same subspace as the "
      "leading principal components.",
  .formula = "min E ‖x − (x W + b) V − c‖²",
  .references = "Bourlard & Kamp 1988, Auto-association by multilayer perceptrons and "
                "singular value decomposition\n"
                "Baldi & Hornik 1989, Neural networks and principal component analysis",
  .defaults =
      (const char *const[]){ "hidden=30", "hidden-activation=linear",
                             "output-activation=linear", "loss=squared-error", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_sparse = {
  .name = "sparse",
  .title = "Sparse autoencoder",
  .summary = "A wide code of which only a few units may be active for each example.",
  .formula = "min E L(x, r) + β Σⱼ KL(ρ‖ρ̂ⱼ)   (or λ‖h‖₁, or winner-take-all)",
  .references =
      "Lee, Ekanadham & Ng 2008, Sparse deep belief net model for visual area V2\n"
      "Makhzani & Frey 2014, k-Sparse autoencoders\n"
      "Makhzani & Frey 2015, Winner-take-all autoencoders",
  .defaults =
      (const char *const[]){ "hidden=400", "code-activation=sigmoid", "sparsity=kl",
                             "sparsity-weight=3", "sparsity-target=0.05", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_denoising = {
  .name = "denoising",
  .title = "Denoising autoencoder",
  .summary =
      "Learns to restore clean examples from corrupted ones, and so which way the "
      "data lie.",
  .formula = "min E L(x, g(f(x̃))),  x̃ ~ q(x̃|x)",
  .references =
      "Vincent, Larochelle, Bengio & Manzagol 2008, Extracting and composing "
      "robust features with denoising autoencoders\n"
      "Vincent et al. 2010, Stacked denoising autoencoders\n"
      "Alain & Bengio 2014, What regularized auto-encoders learn from the data-"
      "generating distribution",
  .defaults = (const char *const[]){ "hidden=500", "tied=true",
                                     "code-activation=sigmoid", "output-bias=zero",
                                     "noise=masking", "noise-level=0.3", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_contractive = {
  .name = "contractive",
  .title = "Contractive autoencoder",
  .summary = "Penalises how strongly the code reacts to small changes of the input, so "
             "that it follows only those that the data need.",
  .formula = "min E L(x, r) + λ‖∂h/∂x‖² (+ γ E‖J(x) − J(x+ε)‖²)",
  .references = "Rifai, Vincent, Muller, Glorot & Bengio 2011a, Contractive "
                "auto-encoders\n"
                "Rifai et al. 2011b, Higher order contractive auto-encoder",
  .defaults =
      (const char *const[]){ "hidden=500", "tied=true", "code-activation=sigmoid",
                             "output-bias=zero", "contraction=0.1", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_deep = {
  .name = "deep",
  .title = "Deep autoencoder",
  .summary = "Four layers down to a code of thirty units and four layers back.",
  .formula = "min E L(x, g₁(…g₄(f₄(…f₁(x)))))",
  .references = "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with "
                "neural networks",
  .defaults = (const char *const[]){ "hidden=1000 500 250 30", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_stacked = {
  .name = "stacked-denoising",
  .title = "Stacked denoising autoencoder",
  .summary = "Learns one layer at a time, each as a denoising autoencoder of what the "
             "layers below it make of the data.",
  .formula = "min E L(hₗ₋₁, g(fₗ(h̃ₗ₋₁))),  one layer l after another",
  .references =
      "Bengio, Lamblin, Popovici & Larochelle 2007, Greedy layer-wise training of deep "
      "networks\n"
      "Vincent, Larochelle, Lajoie, Bengio & Manzagol 2010, Stacked denoising "
      "autoencoders",
  .defaults = (const char *const[]){ "hidden=1000 1000 1000", "layer=1", "tied=true",
                                     "hidden-activation=sigmoid",
                                     "code-activation=sigmoid", "output-bias=zero",
                                     "noise=masking", "noise-level=0.1", NULL },
  DENSE_FAMILY,
};

const LtModelKind lt_dense_classifier = {
  .name = "classifier",
  .title = "Deep classifier",
  .summary =
      "Tells classes apart, from new weights or from the layers of another model "
      "that learnt without labels.",
  .formula = "min E −log p(y|x),  p(y|x) = softmax(hU + d)",
  .references =
      "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating "
      "errors\n"
      "Erhan et al. 2010, Why does unsupervised pre-training help deep learning?",
  .defaults = (const char *const[]){ "hidden=1000 1000 1000", "task=classify",
                                     "classes=10", "hidden-activation=sigmoid",
                                     "code-activation=sigmoid", NULL },
  DENSE_FAMILY,
};
