/* Teams: every member takes part once a job, whatever the pause between jobs. */
#include "core/team.h"

#include <stdatomic.h>
#include <unistd.h>

#define MOST 4

typedef struct {
  int calls[MOST]; /* each written by its member alone */
  int size;
} Count;

static void
count (gpointer job, int member, int n_members)
{
  Count *self = job;
  self->calls[member]++;
  g_assert_cmpint (n_members, ==, self->size);
}

/* Each member is called once a job; the caller sees what the members wrote. */
static void
test_every_member_once (void)
{
  for (int size = 1; size <= MOST; size++) {
    g_autoptr (LtTeam) team = lt_team_new (size);
    Count job = { .size = size };
    g_assert_cmpint (lt_team_size (team), ==, size);
    for (int i = 1; i <= 2000; i++) {
      lt_team_run (team, count, &job);
      for (int member = 0; member < size; member++)
        g_assert_cmpint (job.calls[member], ==, i);
    }
  }
}

/* No team is a team of one, on the caller's thread. */
static void
test_no_team (void)
{
  Count job = { .size = 1 };
  g_assert_cmpint (lt_team_size (NULL), ==, 1);
  lt_team_run (NULL, count, &job);
  g_assert_cmpint (job.calls[0], ==, 1);
  lt_team_free (NULL);
}

/* Members that have gone to sleep between two jobs are woken. */
static void
test_sleeping_members (void)
{
  g_autoptr (LtTeam) team = lt_team_new (MOST);
  Count job = { .size = MOST };
  for (int i = 1; i <= 20; i++) {
    g_usleep (2000);
    lt_team_run (team, count, &job);
    for (int member = 0; member < MOST; member++)
      g_assert_cmpint (job.calls[member], ==, i);
  }
}

static void
work_long (gpointer job, int member, int n_members)
{
  if (member > 0)
    g_usleep (2000);
  count (job, member, n_members);
}

/* A caller that finishes first waits, asleep, for the others. */
static void
test_sleeping_caller (void)
{
  g_autoptr (LtTeam) team = lt_team_new (3);
  Count job = { .size = 3 };
  for (int i = 1; i <= 20; i++) {
    lt_team_run (team, work_long, &job);
    for (int member = 0; member < 3; member++)
      g_assert_cmpint (job.calls[member], ==, i);
  }
}

static void
meet (gpointer job, int member, int n_members)
{
  atomic_int *n_present = job;
  atomic_fetch_add (n_present, 1);
  while (atomic_load (n_present) < n_members)
    sched_yield ();
}

/* Members run at the same time, not one after another: they wait for each other. */
static void
test_members_meet (void)
{
  g_autoptr (LtTeam) team = lt_team_new (MOST);
  for (int i = 0; i < 20; i++) {
    atomic_int n_present = 0;
    lt_team_run (team, meet, &n_present);
    g_assert_cmpint (atomic_load (&n_present), ==, MOST);
  }
}

/* A team that never had a job, awake or asleep, can be freed. */
static void
test_unused_team (void)
{
  for (int i = 0; i < 20; i++) {
    LtTeam *team = lt_team_new (3);
    if (i % 2)
      g_usleep (1000);
    lt_team_free (team);
  }
}

/* Shares follow each other without a gap, begin at multiples of the grain, and differ by a
 * grain at most. */
static void
test_shares (void)
{
  for (gsize n = 0; n < 200; n += 7) {
    for (gsize grain = 1; grain <= 16; grain += 5) {
      for (int size = 1; size <= 5; size++) {
        gsize end = 0, least = G_MAXSIZE, most = 0;
        for (int member = 0; member < size; member++) {
          gsize first, last;
          lt_team_share (n, grain, member, size, &first, &last);
          g_assert_cmpuint (first, ==, end);
          g_assert_cmpuint (last, >=, first);
          g_assert_true (first % grain == 0 || first == n);
          least = MIN (least, last - first);
          most = MAX (most, last - first);
          end = last;
        }
        g_assert_cmpuint (end, ==, n);
        g_assert_cmpuint (most - least, <=, 2 * grain - 1);
      }
    }
  }
}

#define N_PIECES 101

typedef struct {
  LtTeam *team;
  int slow; /* a member that does nothing before all is done */
  atomic_int taken[N_PIECES], n_taken;
  int n_own[MOST]; /* each written by its member alone */
} Dealt;

static void
take_all (gpointer job, int member, int n_members)
{
  Dealt *self = job;
  gsize piece, before = 0;

  while (member == self->slow && atomic_load (&self->n_taken) < N_PIECES)
    sched_yield ();
  for (int i = 0; i < n_members; i++) {
    int owner = (member + i) % n_members;

    while (lt_team_take (self->team, owner, member, &piece)) {
      atomic_fetch_add (&self->taken[piece], 1);
      if (i == 0 && self->n_own[member]++ > 0)
        g_assert_cmpuint (piece, ==, before + 1);
      before = piece;
      atomic_fetch_add (&self->n_taken, 1);
    }
  }
}

/* Each piece is taken once, its own by a member in their order, and those of one that is late
 * by the others. */
static void
test_pieces (void)
{
  for (int size = 2; size <= MOST; size++) {
    g_autoptr (LtTeam) team = lt_team_new (size);

    for (int slow = 0; slow <= size; slow++) {
      Dealt job = { .team = team, .slow = slow };

      lt_team_run_pieces (team, N_PIECES, take_all, &job);
      for (int i = 0; i < N_PIECES; i++)
        g_assert_cmpint (atomic_load (&job.taken[i]), ==, 1);
      if (slow < size)
        g_assert_cmpint (job.n_own[slow], ==, 0);
    }
    lt_team_run_pieces (team, 0, take_all, &(Dealt){ .team = team, .slow = -1 });
  }
}

static void
test_processors (void)
{
  g_assert_cmpint (lt_team_processors (), >=, 1);
  g_assert_cmpint (lt_team_processors (), <=, (int) sysconf (_SC_NPROCESSORS_CONF));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/team/every-member-once", test_every_member_once);
  g_test_add_func ("/team/no-team", test_no_team);
  g_test_add_func ("/team/sleeping-members", test_sleeping_members);
  g_test_add_func ("/team/sleeping-caller", test_sleeping_caller);
  g_test_add_func ("/team/members-meet", test_members_meet);
  g_test_add_func ("/team/unused", test_unused_team);
  g_test_add_func ("/team/shares", test_shares);
  g_test_add_func ("/team/pieces", test_pieces);
  g_test_add_func ("/team/processors", test_processors);
  return g_test_run ();
}
