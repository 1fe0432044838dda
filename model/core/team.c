/* A team of threads with one job slot.
 *
 * A generation counter announces a job. A waiting thread first polls it for longer than the
 * usual gap between two products of a minibatch, because waking a sleeper costs more than
 * the gap, and then sleeps on a condition variable. A sleeper registers before its last look at what it waits
 * for, and the announcer writes that before it looks for sleepers; both are sequentially
 * consistent, so one of them sees the other and no wake-up is lost. */
#define _GNU_SOURCE
#include "core/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

/* Each round is a pause of 40 to 140 cycles, so 80 to 200 µs altogether. */
#define SPIN_ROUNDS 5000

typedef struct {
  LtTeam *team;
  int member;
  pthread_t thread;
} Worker;

/* Pieces first … last − 1 are left, as first · 2³² + last; alone in its cache line. */
typedef struct {
  _Atomic guint64 left;
  char rest[64 - sizeof (guint64)];
} Pieces;

struct _LtTeam {
  int n_members;
  int n_workers; /* n_members − 1, fewer when threads are not to be had */
  Worker *workers;

  LtTeamFunc func;
  gpointer job;
  Pieces *pieces; /* of each member, of the job that is being done */
  _Atomic guint generation;
  _Atomic int n_busy;
  _Atomic gboolean closing;

  pthread_mutex_t lock;
  pthread_cond_t announced;
  pthread_cond_t finished;
  _Atomic int n_sleeping;
  _Atomic gboolean caller_sleeps;
};

static inline void
spin_pause (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void
await_job (LtTeam *self, guint seen)
{
  for (int i = 0; i < SPIN_ROUNDS; i++) {
    if (atomic_load (&self->generation) != seen)
      return;
    spin_pause ();
  }
  pthread_mutex_lock (&self->lock);
  atomic_fetch_add (&self->n_sleeping, 1);
  while (atomic_load (&self->generation) == seen)
    pthread_cond_wait (&self->announced, &self->lock);
  atomic_fetch_sub (&self->n_sleeping, 1);
  pthread_mutex_unlock (&self->lock);
}

static void
announce (LtTeam *self)
{
  atomic_fetch_add (&self->generation, 1);
  if (atomic_load (&self->n_sleeping) == 0)
    return;
  pthread_mutex_lock (&self->lock);
  pthread_cond_broadcast (&self->announced);
  pthread_mutex_unlock (&self->lock);
}

static void
report_finished (LtTeam *self)
{
  if (atomic_fetch_sub (&self->n_busy, 1) > 1 || !atomic_load (&self->caller_sleeps))
    return;
  pthread_mutex_lock (&self->lock);
  pthread_cond_signal (&self->finished);
  pthread_mutex_unlock (&self->lock);
}

static void
await_finished (LtTeam *self)
{
  for (int i = 0; i < SPIN_ROUNDS; i++) {
    if (atomic_load (&self->n_busy) == 0)
      return;
    spin_pause ();
  }
  pthread_mutex_lock (&self->lock);
  atomic_store (&self->caller_sleeps, TRUE);
  while (atomic_load (&self->n_busy) > 0)
    pthread_cond_wait (&self->finished, &self->lock);
  atomic_store (&self->caller_sleeps, FALSE);
  pthread_mutex_unlock (&self->lock);
}

static void *
work (void *data)
{
  Worker *worker = data;
  LtTeam *self = worker->team;
  for (guint seen = 0;; seen++) {
    await_job (self, seen);
    if (atomic_load (&self->closing))
      return NULL;
    self->func (self->job, worker->member, self->n_members);
    report_finished (self);
  }
}

LtTeam *
lt_team_new (int n_members)
{
  g_return_val_if_fail (n_members >= 1, NULL);
  LtTeam *self = g_new0 (LtTeam, 1);
  self->n_members = n_members;
  self->workers = g_new0 (Worker, n_members);
  self->pieces = g_aligned_alloc0 (n_members, sizeof (Pieces), sizeof (Pieces));
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->announced, NULL);
  pthread_cond_init (&self->finished, NULL);
  for (int i = 1; i < n_members; i++) {
    Worker *worker = &self->workers[self->n_workers];
    *worker = (Worker){ .team = self, .member = i };
    if (pthread_create (&worker->thread, NULL, work, worker) != 0)
      break;
    self->n_workers++;
  }
  return self;
}

void
lt_team_free (LtTeam *self)
{
  if (!self)
    return;
  atomic_store (&self->closing, TRUE);
  announce (self);
  for (int i = 0; i < self->n_workers; i++)
    pthread_join (self->workers[i].thread, NULL);
  pthread_cond_destroy (&self->finished);
  pthread_cond_destroy (&self->announced);
  pthread_mutex_destroy (&self->lock);
  g_aligned_free (self->pieces);
  g_free (self->workers);
  g_free (self);
}

int
lt_team_size (const LtTeam *self)
{
  return self ? self->n_members : 1;
}

void
lt_team_run (LtTeam *self, LtTeamFunc func, gpointer job)
{
  if (!self || self->n_members == 1) {
    func (job, 0, 1);
    return;
  }
  self->func = func;
  self->job = job;
  atomic_store (&self->n_busy, self->n_workers);
  if (self->n_workers > 0)
    announce (self);
  func (job, 0, self->n_members);
  /* The system refused these threads: their share is done here, with the same result. */
  for (int i = self->n_workers + 1; i < self->n_members; i++)
    func (job, i, self->n_members);
  if (self->n_workers > 0)
    await_finished (self);
}

void
lt_team_run_pieces (LtTeam *self, gsize n, LtTeamFunc func, gpointer job)
{
  gsize first, last;

  for (int member = 0; self && member < self->n_members; member++) {
    lt_team_share (n, 1, member, self->n_members, &first, &last);
    atomic_store (&self->pieces[member].left, (guint64) first << 32 | (guint64) last);
  }
  lt_team_run (self, func, job);
}

gboolean
lt_team_take (LtTeam *self, int owner, int member, gsize *piece)
{
  _Atomic guint64 *left = &self->pieces[owner].left;
  guint64 before = atomic_load (left), after;

  do {
    guint64 first = before >> 32, last = before & G_MAXUINT32;

    if (first == last)
      return FALSE;
    *piece = (gsize) (owner == member ? first : last - 1);
    after = owner == member ? (first + 1) << 32 | last : first << 32 | (last - 1);
  } while (!atomic_compare_exchange_weak (left, &before, after));
  return TRUE;
}

void
lt_team_share (gsize n,
               gsize grain,
               int member,
               int n_members,
               gsize *first,
               gsize *last)
{
  gsize n_grains = n / grain + (n % grain > 0);
  gsize each = n_grains / n_members;
  gsize rest = n_grains % n_members; /* the first `rest` members take one more */
  gsize begin = each * member + MIN ((gsize) member, rest);
  gsize end = begin + each + ((gsize) member < rest);
  *first = MIN (begin * grain, n);
  *last = MIN (end * grain, n);
}

int
lt_team_processors (void)
{
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity (0, sizeof set, &set) == 0)
    return MAX (CPU_COUNT (&set), 1);
#endif
  return (int) MAX (sysconf (_SC_NPROCESSORS_ONLN), 1);
}
