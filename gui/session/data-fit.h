/* Whether the model of an experiment can take data that have been looked into, and which knobs
 * would make it so. */
#pragma once

#include "data/info.h"
#include "train/experiment.h"

G_BEGIN_DECLS

typedef enum {
  LT_FIT_WELL,
  LT_FIT_POORLY, /* it can be trained, but will not get far */
  LT_FIT_NOT_AT_ALL,
} LtDataFit;

/* sentence: why not well; owned by the caller, NULL when well. */
LtDataFit lt_data_fit (const LtExperiment *experiment,
                       const LtDataInfo *info,
                       char **sentence);

#define LT_N_REMEDIES 2

/* The first remedy that makes the experiment go with data of the shape at all; NULL: none. */
LtExperiment *lt_data_fit_first_remedy (const LtExperiment *experiment,
                                        const LtShape *shape,
                                        const char **title) G_GNUC_WARN_UNUSED_RESULT;

/* The experiment with the remedy's knobs turned; NULL when that would not help. title: what the
 * remedy does, for a button. */
LtExperiment *lt_data_fit_remedy (const LtExperiment *experiment,
                                  const LtDataInfo *info,
                                  int remedy,
                                  const char **title) G_GNUC_WARN_UNUSED_RESULT;

/* The knobs of the model that differ, in a sentence; NULL when none does. */
char *lt_data_fit_changes (const LtExperiment *before,
                           const LtExperiment *after) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
