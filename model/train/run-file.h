/* Run files (*.lantern): one SQLite database a run.
 *
 * Every epoch's parameters, metrics by step, knob turns, and full resume points. Opened
 * once for writing, by the trainer's writer, and any number of times for reading, also
 * while another process writes. A handle is used by one thread at a time.
 *
 * The journal is a write-ahead log and `synchronous` is NORMAL: a killed process loses
 * nothing that was written; a power cut may lose the last epochs, never the file. The
 * one who writes holds a lock on NAME-lock, beside the file. */
#pragma once

#include "train/experiment.h"
#include "train/log.h"
#include "train/snapshot.h"

G_BEGIN_DECLS

typedef struct _LtRunFile LtRunFile;

/* A resume point: everything that the next minibatch depends on. */
typedef struct {
  LtSnapshot *snapshot; /* exact */
  GBytes *optimiser;
  GBytes *trainer; /* random state, order of rows, schedule, early stopping, knobs */
} LtResumePoint;

void lt_resume_point_clear (LtResumePoint *self);

/* Creates (an existing run is replaced only once the new one is whole; a file that is no run
 * is never replaced) or opens. What is being written elsewhere is refused. */
LtRunFile *lt_run_file_create (const char *path,
                               const LtExperiment *experiment,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtRunFile *lt_run_file_open (const char *path,
                             gboolean writable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_run_file_close (LtRunFile *self);

const char *lt_run_file_path (const LtRunFile *self);

/* As the run began; knob turns are in the log. */
const LtExperiment *lt_run_file_experiment (const LtRunFile *self);

/* One transaction: log entries since the last call up to the snapshot's step, the epoch's
 * parameters, and the resume point (which replaces the one before). Either all is in the
 * file or nothing. resume may be NULL; so may snapshot, and then all log entries are written
 * and no parameters. Parameters of more than LT_EXACT_BYTES are kept in half precision,
 * where their range allows it; the resume point is always exact. */
#define LT_EXACT_BYTES (4 * 1024 * 1024)
gboolean lt_run_file_write_epoch (LtRunFile *self,
                                  LtLog *log,
                                  const LtSnapshot *snapshot,
                                  const LtResumePoint *resume,
                                  GError **error);

/* Fills an empty log with all that the file holds. */
gboolean lt_run_file_read_log (LtRunFile *self, LtLog *log, GError **error);

/* Forgets everything after the resume point, of which log entries are given by their
 * numbers: what a run that goes on will write anew. */
gboolean lt_run_file_rewind (LtRunFile *self,
                             const LtResumePoint *resume,
                             const guint n_entries[3],
                             GError **error);

/* The last epoch in the file, −1 when it has none. Epoch 0 is the model before training. */
int lt_run_file_last_epoch (LtRunFile *self);

/* The model as it was after `epoch`, one of models (of all phases, lt_experiment_build); a
 * sentence that gives the range when there is no such epoch. */
LtSnapshot *lt_run_file_load_epoch (LtRunFile *self,
                                    GPtrArray *models,
                                    int epoch,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean lt_run_file_load_resume (LtRunFile *self,
                                  GPtrArray *models,
                                  LtResumePoint *point,
                                  GError **error);

/* What the trainer has put into the resume point, without the models that it would take to
 * read all of it; NULL where there is none. */
GBytes *lt_run_file_load_trainer (LtRunFile *self) G_GNUC_WARN_UNUSED_RESULT;

/* A whole copy at path, consistent even while the run is being written; replaces path only
 * when complete. */
gboolean lt_run_file_copy (LtRunFile *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRunFile, lt_run_file_close)

G_END_DECLS
