/* The UI thread's side of an experiment that is running.
 *
 * Holds one run at a time, asks its trainer for news once a frame (lt_session_poll), and
 * decides which moment of the run is shown: the newest, or an epoch of the past. Nothing
 * here waits: data sets, run files and epochs are read on workers, and a run that is
 * replaced is stopped on one. Everything can be undone. UI thread only.
 *
 * Signals:
 *   "status-changed"       training went on, began, stopped; loading began or ended
 *   "snapshot-changed"     another snapshot is to be shown
 *   "log-changed"          the curves grew
 *   "knobs-changed"        a knob's value or the possibility of undo
 *   "experiment-replaced"  another run has taken the place of the one before
 *   "twin-changed"         a twin has come or gone
 *   "message" (int, str)   an LtMessageKind and a sentence for the user */
#pragma once

#include "session/run.h"
#include "views/view.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define LT_TYPE_SESSION (lt_session_get_type ())
G_DECLARE_FINAL_TYPE (LtSession, lt_session, LT, SESSION, GObject)

typedef enum {
  LT_MESSAGE_NOTE,    /* done as asked; goes away by itself */
  LT_MESSAGE_TROUBLE, /* it could not be done, nothing has changed */
  LT_MESSAGE_DIVERGED,
} LtMessageKind;

#define LT_SHOW_LIVE (-1)

/* n_threads: of training, for the runs to come. */
LtSession *lt_session_new (int n_threads) G_GNUC_WARN_UNUSED_RESULT;

/* Stops everything within a minibatch and removes what was not saved. Nothing else
 * may be called afterwards. */
void lt_session_close (LtSession *self);
void lt_session_set_threads (LtSession *self, int n_threads);

/* The news since the last call; emits the signals that apply. */
void lt_session_poll (LtSession *self);

/* ---- Opening and saving ----------------------------------------------------------- */

/* Takes the experiment. The run before stays until the new one stands; a failure leaves it
 * untouched and says why. play: begin at once. */
void lt_session_open (LtSession *self, LtExperiment *experiment, gboolean play);

/* A run file, to look at and to go on with. */
void lt_session_open_run (LtSession *self, const char *path);

/* A lesson's name, a JSON file, a run file, or a data set (used with the present model). */
void lt_session_open_argument (LtSession *self, const char *argument, gboolean play);

/* When the last opening failed because model and data do not go together, but would with other
 * knobs: what would have to change, for a button with a mnemonic; else NULL. */
const char *lt_session_remedy (LtSession *self);
void lt_session_take_remedy (LtSession *self);

/* The whole run, its history included; the copy is made on a worker. */
void lt_session_save (LtSession *self, const char *path);

/* ---- Training --------------------------------------------------------------------- */

void lt_session_play (LtSession *self);
void lt_session_pause (LtSession *self);
void lt_session_step (LtSession *self, LtAdvance how);

/* From epoch 0 with the same seed. */
void lt_session_reset (LtSession *self);

/* ---- Knobs ------------------------------------------------------------------------ */

/* A live knob takes effect at the next minibatch; any other restarts the run a moment later,
 * with what else was turned meanwhile. key may be "model", "data" and "seed" too, and
 * "3:epochs" for a knob of the third phase alone. */
gboolean lt_session_turn (LtSession *self, const char *key, const char *value);
gboolean lt_session_can_undo (LtSession *self);
gboolean lt_session_can_redo (LtSession *self);
void lt_session_undo (LtSession *self);
void lt_session_redo (LtSession *self);

/* ---- The time machine ------------------------------------------------------------- */

/* An epoch, or LT_SHOW_LIVE. */
void lt_session_show (LtSession *self, int epoch);
int lt_session_shown (LtSession *self);

/* ---- The twin ----------------------------------------------------------------------- */

/* A lesson may train a variation of itself beside it: a session that follows this one in
 * everything but the knobs that make the difference. Borrowed; NULL when there is none. */
LtSession *lt_session_twin (LtSession *self);

/* What makes the difference, as it is in this session or in its twin, the value first: "0.3
 * (Noise level)". Owned by the caller; NULL when there is no twin. */
char *lt_session_dup_difference (LtSession *self, gboolean of_twin);

/* The same of the first knob alone that tells them apart, for places with little room. */
char *lt_session_dup_first_difference (LtSession *self, gboolean of_twin);

/* ---- What there is; borrowed; NULL before the first run stands --------------------- */

/* With every knob as the user has set it, those included that are about to restart the run. */
LtExperiment *lt_session_experiment (LtSession *self);
LtRun *lt_session_run (LtSession *self);

/* The name of the lesson that is being opened, or of the one that is open. */
const char *lt_session_lesson (LtSession *self);
LtSnapshot *lt_session_snapshot (LtSession *self);

/* The curves up to now: immutable arrays, which workers may take references to. */
const LtLogCopy *lt_session_curves (LtSession *self);
const LtTrainerStatus *lt_session_status (LtSession *self);

/* A run is being made (data are read). */
gboolean lt_session_loading (LtSession *self);

G_END_DECLS
