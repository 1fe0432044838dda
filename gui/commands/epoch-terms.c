/* The objective's terms, epoch by epoch, from the rows of a run's log. */
#include "commands/epoch-terms.h"

#include <math.h>
#include <string.h>

static const LtModelKind *
phase_kind (const LtExperiment *experiment, int phase)
{
  if (phase < 0 || phase >= experiment->n_phases || phase == experiment->phase)
    return experiment->kind;
  return experiment->phases[phase].kind;
}

/* The phase that the minibatches before this step were in, from 0: the next one may begin at
 * the step where an epoch ends. */
static int
phase_at (const GArray *events, gint64 step)
{
  int phase = 0;

  for (guint i = 0; i < events->len; i++) {
    const LtLogEvent *event = &g_array_index (events, LtLogEvent, i);

    if (strcmp (event->key, "phase") == 0 && event->step < step)
      phase = (int) g_ascii_strtoll (event->before, NULL, 10) - 1;
  }
  return phase;
}

LtEpochTerms
lt_epoch_terms (const LtExperiment *experiment, const LtEpochLog *log, guint i)
{
  const LtLogEpoch *epochs = (const LtLogEpoch *) log->epochs->data;
  gint64 first = i > 0 ? epochs[i - 1].step : 0, n = epochs[i].step - first;
  LtEpochTerms self = { phase_kind (experiment, phase_at (log->events, epochs[i].step)),
                        { 0 } };
  gint64 before = 0;

  for (guint r = 0; r < log->rows->len; r++) {
    const LtLogRow *row = &g_array_index (log->rows, LtLogRow, r);
    double part = (double) (row->step - before) / (double) MAX (n, 1);

    if (row->step > first && row->step <= epochs[i].step)
      for (int term = 0; term < self.kind->n_terms; term++)
        self.value[term] += part * row->terms[term];
    before = row->step;
  }
  for (int term = 0; term < LT_MAX_TERMS; term++)
    if (self.value[term] == 0)
      self.value[term] = (double) NAN;
  return self;
}

char *
lt_epoch_term_key (const LtTermInfo *info)
{
  char *key = g_ascii_strdown (info->name, -1);

  return g_strcanon (key, G_CSET_a_2_z G_CSET_DIGITS, '_');
}

char **
lt_epoch_term_keys (const LtExperiment *experiment)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (int phase = 0; phase < MAX (experiment->n_phases, 1); phase++) {
    const LtModelKind *kind = phase_kind (experiment, phase);

    for (int term = 0; term < kind->n_terms; term++) {
      char *key = lt_epoch_term_key (&kind->terms[term]);

      if (g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
        g_free (key);
      else
        g_ptr_array_add (keys, key);
    }
  }
  g_ptr_array_add (keys, NULL);
  return (char **) g_ptr_array_free (keys, FALSE);
}

double
lt_epoch_terms_find (const LtEpochTerms *self, const char *key)
{
  for (int term = 0; term < self->kind->n_terms; term++) {
    g_autofree char *own = lt_epoch_term_key (&self->kind->terms[term]);

    if (strcmp (own, key) == 0)
      return self->value[term];
  }
  return (double) NAN;
}
