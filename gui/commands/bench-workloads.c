/* The benchmark's workloads: each is an experiment, written as its assignments. The rows are
 * uniform noise, so that every machine has the same work and no data set is needed. */
#include "commands/bench.h"

#define NOISE                                                           \
  "data=uniform-noise", "count=60000", "width=784", "valid-fraction=0", \
      "test-fraction=0"

static const char *const da_784_500[] = {
  NOISE,
  "model=denoising",
  "hidden=500",
  "tied=true",
  "code-activation=sigmoid",
  "model.noise=masking",
  "noise-level=0.3",
  "batch-size=20",
  "optimiser=sgd",
  "learning-rate=0.1",
  "epochs=2",
  NULL,
};

static const char *const ae_784_128[] = {
  NOISE,
  "model=autoencoder",
  "hidden=128",
  "code-activation=relu",
  "batch-size=256",
  "optimiser=adam",
  "learning-rate=0.001",
  "epochs=4",
  NULL,
};

#define DEEP_AE                                                               \
  "model=autoencoder", "hidden=1000 500 250 30", "hidden-activation=sigmoid", \
      "code-activation=sigmoid", "batch-size=100", "optimiser=adam",          \
      "learning-rate=0.001"

static const char *const deep_ae[] = { NOISE, DEEP_AE, "epochs=2", NULL };

static const char *const cae_784_1000[] = {
  NOISE,
  "model=contractive",
  "hidden=1000",
  "tied=true",
  "code-activation=sigmoid",
  "batch-size=100",
  "optimiser=sgd",
  "learning-rate=0.1",
  "epochs=2",
  NULL,
};

#define RBM                                                                          \
  "model=rbm", "hidden=500", "batch-size=100", "optimiser=momentum", "momentum=0.9", \
      "learning-rate=0.05", "weight-decay=0.0002"

static const char *const rbm_cd1[] = { NOISE, RBM, "method=cd", "epochs=4", NULL };

static const char *const rbm_pcd1[] = { NOISE,        RBM,        "method=pcd",
                                        "chains=100", "epochs=4", NULL };

/* Mean field as many sweeps as it may, so that every minibatch has the same work. */
static const char *const dbm[] = {
  NOISE,
  "model=dbm",
  "hidden=500 1000",
  "mean-field-sweeps=10",
  "mean-field-tolerance=0",
  "chains=100",
  "gibbs-steps=5",
  "batch-size=100",
  "optimiser=momentum",
  "momentum=0.9",
  "learning-rate=0.001",
  "train-limit=10000",
  "epochs=3",
  NULL,
};

static const char *const rbm[] = { NOISE, RBM, "train-limit=1000", "weight-scale=0.1",
                                   NULL };

static const LtAisOptions ais = { .runs = 100, .temperatures = 14500, .seed = 1 };

/* History grows with epochs, whatever their length, so these are short. */
static const char *const deep_ae_memory[] = { NOISE, DEEP_AE, "train-limit=1000",
                                              "epochs=200", NULL };

const LtWorkload lt_workloads[] = {
  { "dA-784-500", "tied denoising autoencoder, 30 % masking, batch 20, SGD", da_784_500,
    FALSE, NULL },
  { "ae-784-128", "one relu layer, batch 256, Adam", ae_784_128, FALSE, NULL },
  { "deep-ae", "784-1000-500-250-30 and back, sigmoid, batch 100, Adam", deep_ae, FALSE,
    NULL },
  { "cae-784-1000", "tied contractive autoencoder, sigmoid, batch 100, SGD",
    cae_784_1000, FALSE, NULL },
  { "rbm-784-500-cd1", "binary RBM, CD-1, batch 100, momentum", rbm_cd1, FALSE, NULL },
  { "rbm-784-500-pcd1", "the same, 100 persistent chains", rbm_pcd1, FALSE, NULL },
  { "dbm-784-500-1000",
    "DBM, 10 mean-field sweeps, 100 chains, 5 Gibbs sweeps, batch 100", dbm, FALSE,
    NULL },
  { "ais-784-500", "AIS of a binary RBM, 100 runs, 14,500 temperatures", rbm, FALSE,
    &ais },
  { "deep-ae-memory", "200 short epochs of deep-ae, recorded: the memory it takes",
    deep_ae_memory, TRUE, NULL },
  { NULL, NULL, NULL, FALSE, NULL },
};
