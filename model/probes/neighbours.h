/* The training rows that others are compared to, and what they say of a row: the nearest one,
 * and the class that most of the LT_VOTERS nearest belong to. */
#pragma once

#include "core/team.h"
#include "core/workspace.h"
#include "data/dataset.h"

G_BEGIN_DECLS

#define LT_NEIGHBOURS 2000 /* rows, at most, evenly spaced over the training rows */
#define LT_VOTERS     5

/* Immutable, reference-counted atomically. */
typedef struct {
  int ref_count;
  int n, nv;
  float *rows;    /* [n, nv] */
  float *squares; /* [n]: ½‖t‖² */
  int *labels;    /* [n]; −1 where unknown */
} LtNeighbours;

LtNeighbours *lt_neighbours_new (const LtDataset *data) G_GNUC_WARN_UNUSED_RESULT;
LtNeighbours *lt_neighbours_ref (LtNeighbours *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_neighbours_unref (LtNeighbours *self);

/* For n rows x [n, nv]: the nearest row, and the class that has most of the LT_VOTERS
 * nearest, of equals the one with the nearest row; −1 where none has a class. [n] each. */
void lt_neighbours_find (const LtNeighbours *self,
                         const float *x,
                         int n,
                         LtWorkspace *ws,
                         int *nearest,
                         int *classes);

/* Adds 1 to each chain's changes whose class is another than before. A class that is not
 * known is none, and no change. Returns how many. */
int lt_count_class_changes (const int *before, const int *after, int n, int *changes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtNeighbours, lt_neighbours_unref)

G_END_DECLS
