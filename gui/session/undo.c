/* Two stacks of entries. */
#include "session/undo.h"

/* Sliding a knob makes many turns: those closer than this belong together. */
#define MERGE_TIME (800 * G_TIME_SPAN_MILLISECOND)

/* A kept run costs its model, its optimiser and a sleeping thread. */
#define MAX_RUNS    4
#define MAX_ENTRIES 500

struct _LtUndo {
  GQueue back, forth; /* LtUndoEntry; the newest at the head */
  LtUndoDropFunc dropped;
  gpointer data;
};

LtUndo *
lt_undo_new (LtUndoDropFunc dropped, gpointer data)
{
  LtUndo *self = g_new0 (LtUndo, 1);

  g_queue_init (&self->back);
  g_queue_init (&self->forth);
  self->dropped = dropped;
  self->data = data;
  return self;
}

static void
entry_free (LtUndo *self, LtUndoEntry *entry)
{
  if (entry->other)
    self->dropped (entry->other, self->data);
  g_free (entry);
}

static void
clear (LtUndo *self, GQueue *queue)
{
  LtUndoEntry *entry;

  while ((entry = g_queue_pop_head (queue)))
    entry_free (self, entry);
}

void
lt_undo_free (LtUndo *self)
{
  clear (self, &self->back);
  clear (self, &self->forth);
  g_free (self);
}

/* Oldest entries go first; nothing may lie beneath a run that is gone. */
static void
trim (LtUndo *self)
{
  int n_runs = 0, n = 0;

  for (GList *l = self->back.head; l; l = l->next, n++) {
    LtUndoEntry *entry = l->data;

    n_runs += entry->other != NULL;
    if (n_runs > MAX_RUNS || n >= MAX_ENTRIES)
      break;
  }
  while ((int) g_queue_get_length (&self->back) > n)
    entry_free (self, g_queue_pop_tail (&self->back));
}

static void
push (LtUndo *self, LtUndoEntry *entry)
{
  clear (self, &self->forth);
  g_queue_push_head (&self->back, entry);
  trim (self);
}

void
lt_undo_add_turn (LtUndo *self,
                  const char *key,
                  const char *before,
                  const char *after,
                  gint64 now)
{
  LtUndoEntry *last = g_queue_peek_head (&self->back);

  if (last && g_queue_is_empty (&self->forth) && g_str_equal (last->key, key) &&
      now - last->time < MERGE_TIME) {
    g_strlcpy (last->after, after, sizeof last->after);
    last->time = now;
    return;
  }
  last = g_new0 (LtUndoEntry, 1);
  g_strlcpy (last->key, key, sizeof last->key);
  g_strlcpy (last->before, before, sizeof last->before);
  g_strlcpy (last->after, after, sizeof last->after);
  last->time = now;
  push (self, last);
}

void
lt_undo_add_run (LtUndo *self, LtRun *replaced)
{
  LtUndoEntry *entry = g_new0 (LtUndoEntry, 1);

  entry->other = replaced;
  push (self, entry);
}

static LtUndoEntry *
move (GQueue *from, GQueue *to)
{
  LtUndoEntry *entry = g_queue_pop_head (from);

  if (entry)
    g_queue_push_head (to, entry);
  return entry;
}

LtUndoEntry *
lt_undo_back (LtUndo *self)
{
  return move (&self->back, &self->forth);
}

LtUndoEntry *
lt_undo_forth (LtUndo *self)
{
  return move (&self->forth, &self->back);
}

gboolean
lt_undo_can_go_back (const LtUndo *self)
{
  return self->back.length > 0;
}

gboolean
lt_undo_can_go_forth (const LtUndo *self)
{
  return self->forth.length > 0;
}
