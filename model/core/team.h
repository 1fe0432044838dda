/* A fixed team of threads that carries out one job at a time, together.
 *
 * The thread that calls lt_team_run is member 0 and takes part; the others wait between
 * jobs (briefly awake, then asleep). Work is divided into shares that depend on the number
 * of members only, or into pieces of which a member that is done with its own takes over
 * others', because processors are not equally fast: their results must not depend on who
 * computes them. One caller at a time: each trainer has its own team, and a probe has a
 * team of one (NULL is a team of one everywhere). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LtTeam LtTeam;

/* member: 0 … n_members − 1. */
typedef void (*LtTeamFunc) (gpointer job, int member, int n_members);

LtTeam *lt_team_new (int n_members) G_GNUC_WARN_UNUSED_RESULT;
void lt_team_free (LtTeam *self);

/* 1 for NULL. */
int lt_team_size (const LtTeam *self);

/* Calls func once for each member, each on its own thread; returns when all are done. */
void lt_team_run (LtTeam *self, LtTeamFunc func, gpointer job);

/* The same for a job in n pieces, fewer than 2³², which func takes. */
void lt_team_run_pieces (LtTeam *self, gsize n, LtTeamFunc func, gpointer job);

/* Of the pieces that lie in owner's share, the first one left, or for another member the last
 * one, so that what each has taken lies side by side as far as can be. FALSE when none is
 * left. Not for a team of one, which has no need to. */
gboolean lt_team_take (LtTeam *self, int owner, int member, gsize *piece);

/* The share [*first, *last) of n items that falls to a member, in steps of `grain`. */
void lt_team_share (gsize n,
                    gsize grain,
                    int member,
                    int n_members,
                    gsize *first,
                    gsize *last);

/* Processors that this process may run on. */
int lt_team_processors (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtTeam, lt_team_free)

G_END_DECLS
