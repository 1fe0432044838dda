/* A network as a drawing: layers as wide as they have units, from the data at the bottom
 * upwards, and the edges between them. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

typedef enum {
  LT_NETWORK_SQUARE_ROOT,
  LT_NETWORK_LOGARITHM,
  LT_NETWORK_LINEAR,
} LtNetworkScale;

typedef struct {
  const char *name;   /* "hidden 1" */
  const char *detail; /* beside it: "1,000 sigmoid" */
  int n_units;
  int level; /* from 0, the lowest; layers of one level stand side by side */
  enum {
    LT_NETWORK_DATA, /* given, or to be compared to what is given */
    LT_NETWORK_HIDDEN,
    LT_NETWORK_CODE,
  } role;
  gboolean frozen;   /* nothing that leads to it learns */
  gboolean selected; /* outlined */
} LtNetworkLayer;

typedef struct {
  int from, to;        /* layers; an arrow points to `to` */
  gboolean undirected; /* a line without a head */
  gboolean frozen;     /* drawn in grey, and said */
  int twin;            /* an edge that it shares weights with; −1: none */
  int part;            /* an index into part_titles; −1: none */
  const char *label;   /* "W1  784 × 1,000" */
} LtNetworkEdge;

typedef struct {
  int n_layers, n_edges;
  const LtNetworkLayer *layers;
  const LtNetworkEdge *edges;
  const char *const *part_titles; /* two at most: "encoder", "decoder" */
  int n_parts;
  LtNetworkScale scale;
  const char *note; /* NULL */
} LtNetworkData;

void lt_network_paint (cairo_t *cr,
                       const LtNetworkData *data,
                       const LtStyle *style,
                       double w,
                       double h);

/* What is under (x, y): a layer, else an edge, the other being −1. FALSE for neither. */
gboolean lt_network_hit (const LtNetworkData *data,
                         const LtStyle *style,
                         double w,
                         double h,
                         double x,
                         double y,
                         int *layer,
                         int *edge);

/* Where layer i is drawn. */
void lt_network_place (const LtNetworkData *data,
                       const LtStyle *style,
                       double w,
                       double h,
                       int layer,
                       cairo_rectangle_t *rect);

G_END_DECLS
