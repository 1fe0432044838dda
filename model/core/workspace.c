/* Scratch memory: one main chunk, and further chunks only until the next reset, when they
 * are merged into a main chunk that is large enough. */
#include "core/workspace.h"

#include "core/layout.h"

#define GRAIN 16 /* floats: 64 bytes */

typedef struct {
  float *floats;
  gsize start; /* where the chunk begins, counted in floats taken */
  gsize size;
} Chunk;

struct _LtWorkspace {
  LtTeam *team;   /* borrowed */
  GArray *chunks; /* Chunk, the main one first */
  gsize taken;
  gsize most; /* the largest number ever taken at once */
};

LtWorkspace *
lt_workspace_new (LtTeam *team)
{
  LtWorkspace *self = g_new0 (LtWorkspace, 1);

  self->team = team;
  self->chunks = g_array_new (FALSE, TRUE, sizeof (Chunk));
  return self;
}

static void
drop_chunks (LtWorkspace *self)
{
  for (guint i = 0; i < self->chunks->len; i++)
    lt_block_free (g_array_index (self->chunks, Chunk, i).floats);
  g_array_set_size (self->chunks, 0);
}

void
lt_workspace_free (LtWorkspace *self)
{
  drop_chunks (self);
  g_array_unref (self->chunks);
  g_free (self);
}

LtTeam *
lt_workspace_team (const LtWorkspace *self)
{
  return self->team;
}

static Chunk *
last_chunk (LtWorkspace *self)
{
  if (self->chunks->len == 0)
    return NULL;
  return &g_array_index (self->chunks, Chunk, self->chunks->len - 1);
}

/* Each new chunk is at least as large as all before it together. */
static Chunk *
add_chunk (LtWorkspace *self, gsize n)
{
  Chunk chunk = { .start = self->taken, .size = MAX (n, MAX (self->taken, 4096)) };

  chunk.floats = lt_floats_new (chunk.size);
  g_array_append_val (self->chunks, chunk);
  return last_chunk (self);
}

float *
lt_workspace_floats (LtWorkspace *self, gsize n)
{
  gsize rounded = (MAX (n, 1) + GRAIN - 1) / GRAIN * GRAIN;
  Chunk *chunk;
  float *floats;

  if (self->taken == 0 && self->chunks->len > 1)
    lt_workspace_reset (self);
  chunk = last_chunk (self);
  if (chunk == NULL || self->taken - chunk->start + rounded > chunk->size)
    chunk = add_chunk (self, rounded);
  floats = chunk->floats + (self->taken - chunk->start);
  self->taken += rounded;
  self->most = MAX (self->most, self->taken);
  return floats;
}

gsize
lt_workspace_mark (const LtWorkspace *self)
{
  return self->taken;
}

/* Chunks that begin after the mark stay, empty, when they are the last; the reset merges. */
void
lt_workspace_release (LtWorkspace *self, gsize mark)
{
  g_return_if_fail (mark <= self->taken);

  if (mark == 0) {
    lt_workspace_reset (self);
    return;
  }
  while (self->chunks->len > 1 && last_chunk (self)->start >= mark) {
    lt_block_free (last_chunk (self)->floats);
    g_array_set_size (self->chunks, self->chunks->len - 1);
  }
  self->taken = mark;
}

void
lt_workspace_reset (LtWorkspace *self)
{
  self->taken = 0;
  if (self->chunks->len > 1) {
    drop_chunks (self);
    add_chunk (self, self->most);
  }
}
