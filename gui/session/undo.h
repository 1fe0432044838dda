/* What the user has done to an experiment, so that it can be turned back.
 *
 * Two things are remembered: a live knob's turn, and the replacing of one run by another
 * (a structural knob, another lesson, a reset). For the second the replaced run
 * itself is kept, paused, with its weights and its whole history. */
#pragma once

#include "session/run.h"

G_BEGIN_DECLS

typedef struct {
  char key[48]; /* "" for a replaced run */
  char before[LT_TEXT_MAX], after[LT_TEXT_MAX];
  LtRun *other; /* the run that is not there now; owned */
  gint64 time;  /* monotonic, of the turn */
} LtUndoEntry;

typedef struct _LtUndo LtUndo;

/* dropped: takes a run that nobody can come back to any more. */
typedef void (*LtUndoDropFunc) (LtRun *run, gpointer data);

LtUndo *lt_undo_new (LtUndoDropFunc dropped, gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void lt_undo_free (LtUndo *self);

/* Forgets what could be redone. Turns of one knob in quick succession are one entry. */
void lt_undo_add_turn (LtUndo *self,
                       const char *key,
                       const char *before,
                       const char *after,
                       gint64 now);

/* Takes the run that has been replaced. */
void lt_undo_add_run (LtUndo *self, LtRun *replaced);

/* The entry to turn back (or to do again), moved to the other stack; borrowed, and the
 * caller exchanges `other` for the run that it replaces. NULL when there is none. */
LtUndoEntry *lt_undo_back (LtUndo *self);
LtUndoEntry *lt_undo_forth (LtUndo *self);

gboolean lt_undo_can_go_back (const LtUndo *self);
gboolean lt_undo_can_go_forth (const LtUndo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtUndo, lt_undo_free)

G_END_DECLS
