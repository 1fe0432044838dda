/* The benchmark's workloads and how one is measured. */
#pragma once

#include "probes/likelihood.h"

G_BEGIN_DECLS

typedef struct {
  const char *name;
  const char *summary;
  const char *const *settings; /* assignments to a new experiment; NULL-terminated */
  gboolean records; /* writes a run file (and removes it), as a long run does */
  const LtAisOptions
      *ais; /* log Z of the untrained model is estimated: an example is one
                            * step of one run. NULL: it is trained */
} LtWorkload;

/* The table; NULL-terminated. Those that record are run only when they are named. */
extern const LtWorkload lt_workloads[];

typedef struct {
  double examples_per_second; /* of the fastest epoch */
  double flops_per_example;   /* of the matrix products */
  double sgemm;          /* operations a second, of this machine, in the same minutes */
  double peak_bytes;     /* resident, since this workload began */
  double run_file_bytes; /* 0 when it does not record */
} LtBenchResult;

/* Trains the workload with n_threads. */
gboolean lt_bench_measure (const LtWorkload *workload,
                           int n_threads,
                           LtBenchResult *result,
                           GError **error);

/* Operations a second of large square sgemms by OpenBLAS's own n_threads: the best of a few
 * seconds. */
double lt_bench_sgemm (int n_threads);

G_END_DECLS
