/* A run that the window holds: a trainer with its data set and the file it records to.
 *
 * Made on a worker thread (data sets are large), then used by the UI thread; reference
 * counted atomically, because epochs of it are loaded on workers. Dropping the last
 * reference stops the trainer and waits for it: see lt_session for where that happens. */
#pragma once

#include "train/trainer.h"

G_BEGIN_DECLS

typedef struct {
  int ref_count; /* atomic */
  LtTrainer *trainer;
  LtDataset *dataset;
  LtExperiment *experiment; /* with its knobs as they are turned now; the UI thread's */
  char *path;               /* the file it records to; NULL when nothing is recorded */
  gboolean temporary;       /* the file goes when the run goes */
  gboolean resumed;         /* it goes on with what a file held */
  char *saved_as;           /* where the user keeps it; NULL: nowhere yet */
  LtSnapshot *newest;       /* what it showed last, while another run is shown */
  char *warning;            /* what went wrong without spoiling the run; NULL */
} LtRun;

/* What to make a run from. Either an experiment or a run file to go on with. */
typedef struct {
  LtExperiment *experiment;
  LtDataset *dataset; /* NULL: loaded as the experiment says */
  char *resume;
  int n_threads;

  /* Set when model and data do not go together, but would with other knobs. */
  LtExperiment *remedy;
  const char *remedy_title; /* for a button */
} LtRunPlan;

void lt_run_plan_free (LtRunPlan *self);

/* Any thread. Records to a file in the cache folder; when that is not possible the
 * run is made all the same and carries a warning. */
LtRun *lt_run_new (LtRunPlan *plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtRun *lt_run_ref (LtRun *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_run_unref (LtRun *self);

/* The lesson's title, or the name of the file that the user keeps it in. Owned by the caller. */
char *lt_run_dup_title (const LtRun *self) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what runs of processes that are no more have left in the cache folder. */
void lt_run_clean_cache (void);

/* Whether two experiments would load the very same rows. */
gboolean lt_run_same_data (const LtExperiment *a, const LtExperiment *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRun, lt_run_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRunPlan, lt_run_plan_free)

G_END_DECLS
