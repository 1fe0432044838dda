/* How mean field settles: every layer's means, sweep by sweep. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

#define LT_SETTLING_KEPT 64 /* sweeps whose means are kept, at most */

typedef struct {
  LtSplit split;
  int n;            /* rows that the figures are means over, evenly spaced */
  int n_shown;      /* of these, rows whose means are kept */
  int most;         /* sweeps */
  double tolerance; /* > 0 */
} LtSettlingOptions;

typedef struct {
  int n, n_shown;
  gsize n_total; /* rows of the split */
  guint32 *rows; /* [n_shown] */
  int *labels;   /* [n_shown] */
  float *x;      /* [n_shown, nv] */
  int n_layers;
  LtLayerInfo *layers; /* [n_layers] */
  int n_sweeps;        /* that it took; sweep 0 is the start */
  gboolean settled;    /* by the tolerance, before the most that was allowed */
  double *change;      /* [n_sweeps + 1]: the largest change of any mean; [0]: NAN */
  double *bound;       /* [n_sweeps + 1]: of log p (x) + log Z, a mean over the rows */
  int n_kept;          /* sweeps kept: 0 … n_kept − 2 and the last */
  int *kept;           /* [n_kept]: their numbers */
  float **means; /* [n_kept · n_layers]: of sweep s, layer l at s · n_layers + l:
                      * [n_shown, n_units] */
} LtSettlingTrace;

/* For models with `settle`. NULL when a number is not finite. */
LtSettlingTrace *lt_probe_settling (const LtSnapshot *snapshot,
                                    const LtDataset *data,
                                    const LtSettlingOptions *options,
                                    LtWorkspace *ws) G_GNUC_WARN_UNUSED_RESULT;
void lt_settling_trace_free (LtSettlingTrace *self);

G_END_DECLS
