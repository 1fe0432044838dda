/* Errands: what workers do for a session. They are waited for before it closes, since a program that
 * ends under a thread that computes does not end well. */
#include "session/session-private.h"

void
lt_session_begin_errand (LtSession *self, LtErrand *errand)
{
  g_ptr_array_add (self->errands, errand);
}

void
lt_session_errand_done (LtSession *self, LtErrand *errand)
{
  pthread_mutex_lock (&self->errand_mutex);
  errand->done = TRUE;
  pthread_cond_broadcast (&self->errand_done);
  pthread_mutex_unlock (&self->errand_mutex);
}

void
lt_session_end_errand (LtSession *self, LtErrand *errand)
{
  g_ptr_array_remove_fast (self->errands, errand);
}

void
lt_session_wait_for_errands (LtSession *self)
{
  pthread_mutex_lock (&self->errand_mutex);
  for (guint i = 0; i < self->errands->len; i++) {
    LtErrand *errand = self->errands->pdata[i];

    while (!errand->done)
      pthread_cond_wait (&self->errand_done, &self->errand_mutex);
  }
  pthread_mutex_unlock (&self->errand_mutex);
  for (guint i = 0; i < self->errands->len; i++) {
    LtErrand *errand = self->errands->pdata[i];

    lt_session_drop_run (g_steal_pointer (&errand->run), self);
  }
  g_ptr_array_set_size (self->errands, 0);
}
