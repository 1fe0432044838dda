/* What the three files of the session share. */
#pragma once

#include "session/session.h"
#include "session/undo.h"

G_BEGIN_DECLS

struct _LtSession {
  GObject parent_instance;

  LtRun *run;
  LtUndo *undo;
  GThreadPool *closer; /* stops and frees runs, one at a time */
  int n_threads;

  guint64 opening; /* the newest opening's number */
  int n_loading;
  gboolean want_play; /* the next run begins at once */

  LtExperiment *staged; /* with knobs turned that need a restart; NULL */
  guint restart_source;

  LtTrainerStatus status;
  LtSnapshot *live, *past;
  int shown;         /* LT_SHOW_LIVE or the epoch asked for */
  gboolean fetching; /* an epoch is being read */
  GArray *rows, *epochs, *events;
  LtLogCopy curves; /* copies of the three, made when asked for */
};

typedef enum {
  LT_STATUS_CHANGED,
  LT_SNAPSHOT_CHANGED,
  LT_LOG_CHANGED,
  LT_KNOBS_CHANGED,
  LT_EXPERIMENT_REPLACED,
  LT_MESSAGE,
  LT_N_SESSION_SIGNALS
} LtSessionSignal;

void lt_session_tell (LtSession *self, LtSessionSignal which);
void lt_session_say (LtSession *self, LtMessageKind kind, const char *text);

/* Hands a reference to the closer, since the last one stops a thread and waits for it.
 * session: an LtSession; run may be NULL. */
void lt_session_drop_run (LtRun *run, gpointer session);

/* Whatever belongs to the run that is shown, but for the run. */
void lt_session_forget (LtSession *self);

/* Takes run; returns the one before, paused. */
LtRun *lt_session_install (LtSession *self, LtRun *run) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
