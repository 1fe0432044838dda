/* Scratch memory for one thread of computation, and the team that it computes with.
 *
 * lt_workspace_floats takes memory by moving a pointer; lt_workspace_reset (or leaving
 * a mark) gives it back. After the first minibatch of the largest size nothing is
 * allocated any more. */
#pragma once

#include "core/team.h"

G_BEGIN_DECLS

typedef struct _LtWorkspace LtWorkspace;

/* team: borrowed, may be NULL, must outlive the workspace. */
LtWorkspace *lt_workspace_new (LtTeam *team) G_GNUC_WARN_UNUSED_RESULT;
void lt_workspace_free (LtWorkspace *self);
LtTeam *lt_workspace_team (const LtWorkspace *self);

/* n floats, 64-byte aligned, not initialised; valid until the reset or the release of
 * an earlier mark. */
float *lt_workspace_floats (LtWorkspace *self, gsize n);

/* A mark remembers how much is taken; releasing it gives back what was taken since.
 * Marks nest. */
gsize lt_workspace_mark (const LtWorkspace *self);
void lt_workspace_release (LtWorkspace *self, gsize mark);
void lt_workspace_reset (LtWorkspace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtWorkspace, lt_workspace_free)

G_END_DECLS
