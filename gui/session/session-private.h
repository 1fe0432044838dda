/* What the three files of the session share. */
#pragma once

#include "session/session.h"
#include "session/undo.h"

#include <pthread.h>

G_BEGIN_DECLS

/* Something that a worker does for the session; the first member of its task's data. */
typedef struct {
  LtRun *run;    /* what it works on or has made; NULL */
  gboolean done; /* the worker has nothing more to do with it */
} LtErrand;

struct _LtSession {
  GObject parent_instance;

  LtRun *run;
  LtSession *twin; /* trains the lesson's variation; NULL */
  char *variation; /* what the twin differs in; NULL */
  LtUndo *undo;
  GThreadPool *closer; /* stops and frees runs, one at a time */
  int n_threads;
  GPtrArray *errands;           /* LtErrand, not owned; the UI thread's */
  pthread_mutex_t errand_mutex; /* guards their `done` */
  pthread_cond_t errand_done;

  guint64 opening; /* the newest opening's number */
  char *coming;    /* the lesson that the newest opening brings; NULL */
  int n_loading;
  gboolean want_play; /* the next run begins at once */

  LtExperiment *staged; /* with knobs turned that need a restart; NULL */
  guint restart_source;
  LtExperiment *remedy; /* for the one that was refused last; NULL */
  const char *remedy_title;
  gboolean remedy_plays;

  LtTrainerStatus status;
  gint64 told_at; /* monotonic; 0: tell at the next poll */
  gboolean log_news, status_news;
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
  LT_TWIN_CHANGED,
  LT_MESSAGE,
  LT_N_SESSION_SIGNALS
} LtSessionSignal;

void lt_session_tell (LtSession *self, LtSessionSignal which);
void lt_session_say (LtSession *self, LtMessageKind kind, const char *text);

/* The UI thread begins an errand and ends it when the task's callback comes; a worker's last deed
 * is to say that it is done. */
void lt_session_begin_errand (LtSession *self, LtErrand *errand);
void lt_session_errand_done (LtSession *self, LtErrand *errand);
void lt_session_end_errand (LtSession *self, LtErrand *errand);

/* For those whose callbacks will not come any more: waits, and drops their runs. */
void lt_session_wait_for_errands (LtSession *self);

/* Hands a reference to the closer, since the last one stops a thread and waits for it.
 * session: an LtSession; run may be NULL. */
void lt_session_drop_run (LtRun *run, gpointer session);

/* What is being opened will not be installed. */
void lt_session_abandon_opening (LtSession *self);

/* Takes experiment. dataset: what it trains on, or NULL to load what it says. */
void lt_session_open_on (LtSession *self,
                         LtExperiment *experiment,
                         LtDataset *dataset,
                         gboolean play);

/* Begins the twin anew beside the run that is being installed, when its lesson has one and the
 * run stands at its beginning; drops it otherwise. To be called before the run trains. */
void lt_session_pair (LtSession *self);
void lt_session_unpair (LtSession *self);

/* How many threads a run of the experiment gets: half of them when it has a twin. */
int lt_session_share (LtSession *self, const LtExperiment *experiment);

/* Whether the key is one of those that the twin keeps its own value of. */
gboolean lt_session_twin_differs_in (LtSession *self, const char *key);

/* Whatever belongs to the run that is shown, but for the run. */
void lt_session_forget (LtSession *self);

/* Takes run, and begins its twin; returns the one before, paused. */
LtRun *lt_session_install (LtSession *self, LtRun *run) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
