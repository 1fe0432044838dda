/* A model as people draw it: layers, the edges between them, and the tensors on both.
 *
 * Levels count from the data upwards, and for an autoencoder on through the decoder; layers
 * of one level stand side by side: pixels beside labels, one modality beside another. */
#pragma once

#include "core/knob.h"

G_BEGIN_DECLS

#define LT_GRAPH_MAX (3 * LT_LIST_MAX)

typedef struct {
  char name[32]; /* "input", "hidden 1", "code" */
  int level;
  int n_units;
  const char *activation; /* NULL: given, not computed */
  int hidden; /* its number as a hidden layer, as for filters; −1: it is none */
  int bias;   /* an index into the parameters' layout; −1: none */
} LtGraphLayer;

typedef struct {
  int from, to;        /* layers; an edge with a direction points to `to` */
  gboolean undirected; /* both layers act on each other */
  int weights;         /* an index into the parameters' layout; −1: none */
  gboolean transposed; /* used the other way round than they are stored */
  gboolean frozen;     /* what is being trained leaves it as it is */
  const char *part;    /* "encoder", "decoder"; NULL: the model is one */
} LtGraphEdge;

typedef struct {
  int n_layers, n_edges;
  LtGraphLayer layers[LT_GRAPH_MAX];
  LtGraphEdge edges[LT_GRAPH_MAX];
} LtGraph;

/* Both return the index of what was added; no more than LT_GRAPH_MAX of each. */
int lt_graph_add_layer (LtGraph *self, const LtGraphLayer *layer);
int lt_graph_add_edge (LtGraph *self, const LtGraphEdge *edge);

/* The edge through which hidden layer `hidden` sees what is below it; −1: none. */
int lt_graph_edge_below (const LtGraph *self, int hidden);

/* The edge that uses this one's weights the other way round, being tied to it; −1: none. */
int lt_graph_twin (const LtGraph *self, int edge);

G_END_DECLS
