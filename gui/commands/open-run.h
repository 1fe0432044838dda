/* A run file opened at one epoch, with its data: what show, eval and export start from. */
#pragma once

#include "commands/command.h"
#include "data/dataset.h"
#include "train/run-file.h"

G_BEGIN_DECLS

typedef struct {
  LtRunFile *file;
  const LtExperiment *experiment; /* the file's */
  LtDataset *data;
  GPtrArray *models; /* of all phases */
  LtModel *model;    /* the snapshot's; borrowed */
  LtSnapshot *snapshot;
  LtTeam *team;
  LtWorkspace *ws;
} LtOpenRun;

/* Opens the run named by the first operand, at --epoch, or at its last one. */
LtOpenRun *lt_open_run_new (const LtArguments *arguments,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_open_run_free (LtOpenRun *self);

/* --split train|valid|test; the one to judge on when it is not given. */
gboolean lt_open_run_split (const LtOpenRun *self,
                            const LtArguments *arguments,
                            LtSplit *split,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtOpenRun, lt_open_run_free)

G_END_DECLS
