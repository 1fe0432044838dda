/* Network: the model itself, its layers, edges and tensors, drawn to scale. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "paint/network.h"
#include "views/common.h"

typedef struct {
  int scale; /* LtNetworkScale */
  int layer; /* selected, from 1; 0: none */
} Settings;

typedef struct {
  LtGraph *graph;
  LtNetworkData data;
  LtNetworkLayer *layers;
  LtNetworkEdge *edges;
  const char *parts[2];
  char *
      *layer_texts; /* what the pointer calls up; a layer's place in the array is its */
  char **edge_texts;
  GPtrArray *strings; /* what else the drawing borrows */
  GString *csv;
  char *shape, *moment;
} Result;

static const char *const scale_names[] = { "sqrt", "log", "linear", NULL };
static const char *const scale_notes[] = { "widths by the square root of units",
                                           "widths by the logarithm of units",
                                           "widths by units" };

static const LtKnob knobs[] = {
  { "scale", "Widths", "", "Network",
    "How a layer's width grows with its units: sqrt and log keep narrow layers "
    "visible, "
    "linear is true to scale.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "sqrt", .choices = scale_names,
    .offset = G_STRUCT_OFFSET (Settings, scale) },
  { "layer", "Selected layer", "", "Network",
    "The hidden layer that stands out, from 1; 0 for none. A click on a layer selects "
    "it "
    "in all views that show one layer.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = LT_LIST_MAX,
    .fallback = "0", .offset = G_STRUCT_OFFSET (Settings, layer) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (model->n_layers > 0 || model->kind->graph != NULL)
    return TRUE;
  *why = "This model has no layers to draw.";
  return FALSE;
}

/* Keeps a string as long as the result. */
static const char *
keep (Result *self, char *text)
{
  g_ptr_array_add (self->strings, text);
  return text;
}

/* "784 × 1,000" */
static char *
dims_text (const LtTensor *tensor)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < tensor->n_dims; i++) {
    g_autofree char *dim = lt_view_count (tensor->dims[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? " × " : "", dim);
  }
  return g_string_free (text, FALSE);
}

static double
norm_of (const LtSnapshot *snapshot, const LtTensor *tensor)
{
  return sqrt (lt_sum_squares (snapshot->params + tensor->offset, tensor->size));
}

/* ---- From the graph to the drawing --------------------------------------------------- */

/* Data come in at the lowest level, and out again at the highest of a chain that leads back
 * to them. */
static int
role_of (const LtModel *model, const LtGraph *graph, const LtGraphLayer *layer)
{
  int highest = 0;

  for (int i = 0; i < graph->n_layers; i++)
    highest = MAX (highest, graph->layers[i].level);
  if (layer->hidden >= 0)
    return layer->hidden == model->n_layers - 1 ? LT_NETWORK_CODE : LT_NETWORK_HIDDEN;
  return layer->level == 0 || layer->level == highest ? LT_NETWORK_DATA
                                                      : LT_NETWORK_HIDDEN;
}

static void
draw_layer (Result *self, const LtSnapshot *snapshot, int i, int selected)
{
  const LtGraphLayer *layer = &self->graph->layers[i];
  int below =
      layer->hidden >= 0 ? lt_graph_edge_below (self->graph, layer->hidden) : -1;
  g_autofree char *units = lt_view_count (layer->n_units);
  const char *activation = layer->activation != NULL ? layer->activation : "";
  const char *space = layer->activation != NULL ? " " : "";

  self->layers[i] = (LtNetworkLayer){
    .name = layer->name,
    .detail = keep (self, g_strdup_printf ("%s%s%s", units, space, activation)),
    .n_units = layer->n_units,
    .level = layer->level,
    .role = role_of (snapshot->model, self->graph, layer),
    .frozen = below >= 0 && self->graph->edges[below].frozen,
    .selected = layer->hidden >= 0 && layer->hidden == selected - 1,
  };
  g_string_append (self->csv, "layer,");
  lt_csv_text (self->csv, layer->name);
  g_string_append_printf (self->csv, ",%d,%s,", layer->n_units, activation);
  if (layer->bias >= 0) {
    const LtTensor *bias = lt_layout_tensor (snapshot->model->params, layer->bias);
    double norm = norm_of (snapshot, bias);

    self->layer_texts[i] =
        g_strdup_printf ("%s: %s%s%s units, bias %s, ‖%s‖ = %.3g", layer->name, units,
                         space, activation, bias->name, bias->name, norm);
    g_string_append_printf (self->csv, "%s,", bias->name);
    lt_csv_number (self->csv, norm);
  } else {
    self->layer_texts[i] = g_strdup_printf ("%s: %s units", layer->name, units);
    g_string_append_c (self->csv, ',');
  }
  g_string_append_c (self->csv, '\n');
}

/* The place of a part's title among the drawing's. */
static int
find_part (Result *self, const char *part)
{
  if (part == NULL)
    return -1;
  for (int i = 0; i < self->data.n_parts; i++)
    if (strcmp (self->parts[i], part) == 0)
      return i;
  if (self->data.n_parts == G_N_ELEMENTS (self->parts))
    return -1;
  self->parts[self->data.n_parts] = part;
  return self->data.n_parts++;
}

/* Whether an edge before it uses the same weights in the same way: one tensor from pixels
 * and labels together. */
static gboolean
is_continued (const LtGraph *graph, int i)
{
  for (int j = 0; j < i; j++)
    if (graph->edges[j].weights == graph->edges[i].weights &&
        graph->edges[j].transposed == graph->edges[i].transposed)
      return TRUE;
  return FALSE;
}

static void
draw_edge (Result *self, const LtSnapshot *snapshot, int i)
{
  const LtGraphEdge *edge = &self->graph->edges[i];
  int twin = lt_graph_twin (self->graph, i);
  const char *from = self->graph->layers[edge->from].name;
  const char *to = self->graph->layers[edge->to].name;
  const char *arrow = edge->undirected ? "—" : "→";
  const char *extra = edge->frozen ? ", frozen" : edge->transposed ? ", tied" : "";

  self->edges[i] = (LtNetworkEdge){ .from = edge->from,
                                    .to = edge->to,
                                    .undirected = edge->undirected,
                                    .frozen = edge->frozen,
                                    .twin = twin,
                                    .part = find_part (self, edge->part) };
  g_string_append_printf (self->csv, "%s,%s %s %s,",
                          edge->undirected ? "undirected edge" : "edge", from, arrow,
                          to);
  if (edge->weights >= 0) {
    const LtTensor *weights = lt_layout_tensor (snapshot->model->params, edge->weights);
    const char *turned = edge->transposed ? "ᵀ" : "";
    g_autofree char *dims = dims_text (weights), *size = lt_view_count (weights->size);
    double norm = norm_of (snapshot, weights);

    self->edges[i].label =
        is_continued (self->graph, i)
            ? ""
            : keep (self,
                    g_strdup_printf ("%s%s  %s%s", weights->name, turned, dims, extra));
    self->edge_texts[i] =
        g_strdup_printf ("%s %s %s: %s%s, %s weights%s, ‖%s‖ = %.3g", from, arrow, to,
                         weights->name, turned, size, extra, weights->name, norm);
    g_string_append_printf (self->csv, "%" G_GSIZE_FORMAT ",%s,%s,", weights->size,
                            edge->transposed ? "transposed" : "", weights->name);
    lt_csv_number (self->csv, norm);
  } else {
    self->edges[i].label = "";
    self->edge_texts[i] = g_strdup_printf ("%s %s %s", from, arrow, to);
    g_string_append (self->csv, "0,,,");
  }
  g_string_append_c (self->csv, '\n');
}

static gboolean
is_drawn (const LtGraph *graph, int tensor)
{
  for (int i = 0; i < graph->n_edges; i++)
    if (graph->edges[i].weights == tensor)
      return TRUE;
  for (int i = 0; i < graph->n_layers; i++)
    if (graph->layers[i].bias == tensor)
      return TRUE;
  return FALSE;
}

/* "1,798 parameters"; "393,284 of 1,666,794 parameters drawn" where weights are left out, as
 * those of a stack's layers that have not begun to learn. */
static char *
count_parameters (const LtModel *model, const LtGraph *graph)
{
  gsize n = 0, n_drawn = 0;
  gboolean all_weights = TRUE;
  g_autofree char *drawn = NULL, *all = NULL;

  for (int i = 0; i < lt_layout_n_tensors (model->params); i++) {
    const LtTensor *tensor = lt_layout_tensor (model->params, i);

    n += tensor->size;
    if (is_drawn (graph, i))
      n_drawn += tensor->size;
    else
      all_weights = all_weights && tensor->n_dims < 2;
  }
  drawn = lt_view_count (n_drawn);
  all = lt_view_count (n);
  return all_weights ? g_strdup_printf ("%s parameters", all)
                     : g_strdup_printf ("%s of %s parameters drawn", drawn, all);
}

/* "784+10–500": the units of each level in turn. */
static char *
shape_text (const LtGraph *graph)
{
  GString *text = g_string_new (NULL);

  for (int level = 0, found = 1; found > 0; level++) {
    found = 0;
    for (int i = 0; i < graph->n_layers; i++)
      if (graph->layers[i].level == level)
        g_string_append_printf (text, "%s%d",
                                found++ > 0 ? "+"
                                : level > 0 ? "–"
                                            : "",
                                graph->layers[i].n_units);
  }
  return g_string_free (text, FALSE);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  const LtModel *model = request->snapshot->model;
  g_autofree char *size = NULL;
  Result *self = g_new0 (Result, 1);
  int n_layers, n_edges;

  self->graph = g_new (LtGraph, 1);
  lt_model_graph (model, self->graph);
  size = count_parameters (model, self->graph);
  n_layers = self->graph->n_layers;
  n_edges = self->graph->n_edges;
  self->layers = g_new0 (LtNetworkLayer, MAX (n_layers, 1));
  self->edges = g_new0 (LtNetworkEdge, MAX (n_edges, 1));
  self->layer_texts = g_new0 (char *, n_layers + 1);
  self->edge_texts = g_new0 (char *, n_edges + 1);
  self->strings = g_ptr_array_new_with_free_func (g_free);
  self->csv = g_string_new ("kind,name,size,activation,tensor,norm\n");
  for (int i = 0; i < n_layers; i++)
    draw_layer (self, request->snapshot, i, settings->layer);
  for (int i = 0; i < n_edges; i++)
    draw_edge (self, request->snapshot, i);
  self->shape = shape_text (self->graph);
  self->moment = lt_view_moment (request->snapshot);
  self->data.n_layers = n_layers;
  self->data.n_edges = n_edges;
  self->data.layers = self->layers;
  self->data.edges = self->edges;
  self->data.part_titles = self->parts;
  self->data.scale = settings->scale;
  self->data.note =
      keep (self, g_strdup_printf ("%s; %s", size, scale_notes[settings->scale]));
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  g_free (self->graph);
  g_free (self->layers);
  g_free (self->edges);
  g_strfreev (self->layer_texts);
  g_strfreev (self->edge_texts);
  g_ptr_array_unref (self->strings);
  g_string_free (self->csv, TRUE);
  g_free (self->shape);
  g_free (self->moment);
  g_free (self);
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  const Result *self = result;

  lt_network_paint (cr, &self->data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s, %s", self->moment, self->shape, self->data.note);
}

static gboolean
hit (gconstpointer result,
     const LtStyle *style,
     double w,
     double h,
     double x,
     double y,
     LtViewHit *found)
{
  const Result *self = result;
  int layer, edge;

  if (!lt_network_hit (&self->data, style, w, h, x, y, &layer, &edge))
    return FALSE;
  found->item = layer >= 0 ? layer : self->graph->n_layers + edge;
  found->x = x;
  found->y = y;
  found->rect = (cairo_rectangle_t){ x, y, 0.0, 0.0 };
  if (layer >= 0)
    lt_network_place (&self->data, style, w, h, layer, &found->rect);
  if (layer >= 0 && self->graph->layers[layer].hidden >= 0) {
    g_snprintf (found->turn, sizeof found->turn, "layer=%d",
                self->graph->layers[layer].hidden + 1);
    found->everywhere = TRUE;
  }
  g_strlcpy (found->text,
             layer >= 0 ? self->layer_texts[layer] : self->edge_texts[edge],
             sizeof found->text);
  return TRUE;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;

  return g_strndup (self->csv->str, self->csv->len);
}

const LtView lt_network_view = {
  .name = "network",
  .title = "Network",
  .summary = "The model itself, from the data at the bottom upwards: layers as wide as "
             "they have units, the weights between them, and which of them are shared.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .lens = lt_lens_text,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};
