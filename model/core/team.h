/* A fixed team of threads that carries out one job at a time, together.
 *
 * The thread that calls lt_team_run is member 0 and takes part; the others wait between
 * jobs (briefly awake, then asleep). How work is divided depends only on the number
 * of members, so results do too. One caller at a time: each trainer has its own
 * team, and a probe has a team of one (NULL is a team of one everywhere). */
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
