/* A source that never fires: the main loop asks it before each wait (prepare) and after it
 * (check), and what lies between a check and the next prepare are callbacks. */
#include "shell/trace.h"

#include <stdio.h>
#include <time.h>

/* Bounds in milliseconds; 8 is what a callback may take. */
static const int bounds[] = { 1, 2, 4, 8, 16, 33, 100 };

#define N_CLASSES (G_N_ELEMENTS (bounds) + 1)

/* Turns longer than this are listed with their time, as many as these. */
#define LONG_US  8000
#define MAX_LONG 40

typedef struct {
  double at; /* seconds after the trace began */
  double ms;
} LongTurn;

typedef struct {
  GSource source;
  gint64 woke; /* 0: not yet */
  gint64 longest;
  gsize counts[N_CLASSES];
  gint64 began;
  LongTurn turns[MAX_LONG];
  int n_turns;
} Trace;

/* Microseconds of processor time: what others on the machine do is not the window's. */
static gint64
thread_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
prepare (GSource *source, int *timeout)
{
  Trace *trace = (Trace *) source;
  gint64 busy = trace->woke ? thread_time () - trace->woke : 0;
  gsize class = 0;

  *timeout = -1;
  if (!trace->woke)
    return FALSE;
  while (class < G_N_ELEMENTS (bounds) && busy >= bounds[class] * 1000)
    class ++;
  trace->counts[class]++;
  trace->longest = MAX (trace->longest, busy);
  if (busy > LONG_US && trace->n_turns < MAX_LONG)
    trace->turns[trace->n_turns++] =
        (LongTurn){ (g_get_monotonic_time () - trace->began) / (double) G_USEC_PER_SEC,
                    busy / 1e3 };
  trace->woke = 0;
  return FALSE;
}

static gboolean
check (GSource *source)
{
  ((Trace *) source)->woke = thread_time ();
  return FALSE;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs functions = { .prepare = prepare,
                                  .check = check,
                                  .dispatch = dispatch };

GSource *
lt_trace_start (void)
{
  GSource *source;

  if (g_strcmp0 (g_getenv ("LANTERN_TRACE_UI"), "1"))
    return NULL;
  source = g_source_new (&functions, sizeof (Trace));
  ((Trace *) source)->began = g_get_monotonic_time ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);
  return source;
}

void
lt_trace_end (GSource *source)
{
  Trace *trace = (Trace *) source;

  if (!trace)
    return;
  fprintf (stderr, "UI thread: longest processor time between two waits: %.1f ms\n",
           trace->longest / 1e3);
  for (gsize i = 0; i < N_CLASSES; i++)
    if (i < G_N_ELEMENTS (bounds))
      fprintf (stderr, "  under %3d ms  %zu\n", bounds[i], trace->counts[i]);
    else
      fprintf (stderr, "  longer        %zu\n", trace->counts[i]);
  for (int i = 0; i < trace->n_turns; i++)
    fprintf (stderr, "  %.1f ms, ended %.2f s after the start\n", trace->turns[i].ms,
             trace->turns[i].at);
  g_source_destroy (source);
  g_source_unref (source);
}
