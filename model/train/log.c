/* The log: three growing arrays under a mutex. */
#include "train/log.h"

#include <pthread.h>

struct _LtLog {
  int ref_count; /* atomic */
  pthread_mutex_t lock;
  GArray *rows, *epochs, *events;
};

LtLog *
lt_log_new (void)
{
  LtLog *self = g_new0 (LtLog, 1);

  self->ref_count = 1;
  pthread_mutex_init (&self->lock, NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  self->epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  self->events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  return self;
}

LtLog *
lt_log_ref (LtLog *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_log_unref (LtLog *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_array_unref (self->rows);
  g_array_unref (self->epochs);
  g_array_unref (self->events);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
add (LtLog *self, GArray *array, gconstpointer item)
{
  pthread_mutex_lock (&self->lock);
  g_array_append_vals (array, item, 1);
  pthread_mutex_unlock (&self->lock);
}

void
lt_log_add_row (LtLog *self, const LtLogRow *row)
{
  add (self, self->rows, row);
}

void
lt_log_add_epoch (LtLog *self, const LtLogEpoch *epoch)
{
  add (self, self->epochs, epoch);
}

void
lt_log_add_event (LtLog *self, const LtLogEvent *event)
{
  add (self, self->events, event);
}

/* Appends to `seen` what it has not yet of `all`. */
static void
catch_up (const GArray *all, GArray *seen)
{
  if (seen != NULL && seen->len < all->len) {
    guint size = g_array_get_element_size (seen);

    g_array_append_vals (seen, all->data + (gsize) seen->len * size,
                         all->len - seen->len);
  }
}

void
lt_log_read (LtLog *self, GArray *rows, GArray *epochs, GArray *events)
{
  pthread_mutex_lock (&self->lock);
  catch_up (self->rows, rows);
  catch_up (self->epochs, epochs);
  catch_up (self->events, events);
  pthread_mutex_unlock (&self->lock);
}
