/* Networks: golden pictures of every kind that there is in the literature, and hits. */
#include "paint/network.h"

#include "support/golden.h"

static void
paint_network (cairo_t *cr,
               gconstpointer data,
               const LtStyle *style,
               double w,
               double h)
{
  lt_network_paint (cr, data, style, w, h);
}

static const char *const coder[] = { "encoder", "decoder" };

static const LtNetworkLayer hourglass_layers[] = {
  { "input", "784", 784, 0, LT_NETWORK_DATA },
  { "hidden 1", "256 relu", 256, 1, LT_NETWORK_HIDDEN },
  { "code", "2 linear", 2, 2, LT_NETWORK_CODE },
  { "decoder 1", "256 relu", 256, 3, LT_NETWORK_HIDDEN },
  { "output", "784 sigmoid", 784, 4, LT_NETWORK_DATA },
};
static const LtNetworkEdge hourglass_edges[] = {
  { 0, 1, FALSE, FALSE, 3, 0, "W1  784 × 256" },
  { 1, 2, FALSE, FALSE, 2, 0, "W2  256 × 2" },
  { 2, 3, FALSE, FALSE, 1, 1, "W2ᵀ  256 × 2, tied" },
  { 3, 4, FALSE, FALSE, 0, 1, "W1ᵀ  784 × 256, tied" },
};
static const LtNetworkData hourglass = { G_N_ELEMENTS (hourglass_layers),
                                         G_N_ELEMENTS (hourglass_edges),
                                         hourglass_layers,
                                         hourglass_edges,
                                         coder,
                                         2,
                                         LT_NETWORK_SQUARE_ROOT,
                                         "202,514 parameters" };

/* The top two layers without direction, with labels; the lower ones are generated from
 * above, and no longer learn. */
static const LtNetworkLayer belief_layers[] = {
  { "visible", "784 binary", 784, 0, LT_NETWORK_DATA },
  { "hidden 1", "500 sigmoid", 500, 1, LT_NETWORK_HIDDEN, .frozen = TRUE },
  { "hidden 2", "500 sigmoid", 500, 2, LT_NETWORK_HIDDEN, TRUE, .selected = TRUE },
  { "labels", "10 softmax", 10, 2, LT_NETWORK_DATA },
  { "hidden 3", "2,000 sigmoid", 2000, 3, LT_NETWORK_CODE },
};
static const LtNetworkEdge belief_edges[] = {
  { 1, 0, FALSE, TRUE, -1, -1, "W1  784 × 500, frozen" },
  { 2, 1, FALSE, TRUE, -1, -1, "W2  500 × 500, frozen" },
  { 2, 4, TRUE, FALSE, -1, -1, "W3  500 × 2,000" },
  { 3, 4, TRUE, FALSE, -1, -1, "L3  10 × 2,000" },
};
static const LtNetworkData belief = {
  G_N_ELEMENTS (belief_layers),
  G_N_ELEMENTS (belief_edges),
  belief_layers,
  belief_edges,
  NULL,
  0,
  LT_NETWORK_SQUARE_ROOT,
  NULL,
};

/* The hourglass with its words, its parts and its ties. */
static void
test_hourglass (void)
{
  lt_golden_check ("network-hourglass", paint_network, &hourglass, 480, 300);
  lt_golden_check ("network-hourglass", paint_network, &hourglass, 760, 520);
}

/* Without room for words the shape stays. */
static void
test_small (void)
{
  lt_golden_check ("network-hourglass", paint_network, &hourglass, 160, 110);
}

/* Edges with and without direction, layers side by side, frozen ones, a selected one. */
static void
test_belief (void)
{
  lt_golden_check ("network-belief", paint_network, &belief, 480, 300);
}

/* A note that has no room beside the legend stands below it. */
static void
test_note (void)
{
  LtNetworkData data = belief;

  data.note = "1,666,794 parameters; widths are square roots of units";
  lt_golden_check ("network-note", paint_network, &data, 480, 300);
}

/* The other scales. */
static void
test_scales (void)
{
  LtNetworkData data = hourglass;

  data.scale = LT_NETWORK_LOGARITHM;
  lt_golden_check ("network-logarithm", paint_network, &data, 400, 250);
  data.scale = LT_NETWORK_LINEAR;
  lt_golden_check ("network-linear", paint_network, &data, 400, 250);
}

/* Every layer is hit in its middle, every edge somewhere, and nothing in the corner. Layers
 * that stand side by side do not overlap. */
static void
test_hit (void)
{
  const LtNetworkData *all[] = { &hourglass, &belief };
  LtStyle style = lt_golden_style (FALSE);
  int layer, edge;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    gboolean edges[8] = { FALSE };
    cairo_rectangle_t rect, other;

    for (int j = 0; j < all[i]->n_layers; j++) {
      lt_network_place (all[i], &style, 480, 300, j, &rect);
      g_assert_true (lt_network_hit (all[i], &style, 480, 300, rect.x + rect.width / 2,
                                     rect.y + rect.height / 2, &layer, &edge));
      g_assert_cmpint (layer, ==, j);
      g_assert_cmpint (edge, ==, -1);
      g_assert_cmpfloat (rect.x, >=, 0);
      g_assert_cmpfloat (rect.y, >=, 0);
      g_assert_cmpfloat (rect.x + rect.width, <=, 480);
      g_assert_cmpfloat (rect.y + rect.height, <=, 300);
    }
    for (double y = 0; y < 300; y += 7)
      for (double x = 0; x < 480; x += 11)
        if (lt_network_hit (all[i], &style, 480, 300, x, y, &layer, &edge) && edge >= 0)
          edges[edge] = TRUE;
    for (int j = 0; j < all[i]->n_edges; j++)
      g_assert_true (edges[j]);
    g_assert_false (lt_network_hit (all[i], &style, 480, 300, 1, 1, &layer, &edge));
    lt_network_place (&belief, &style, 480, 300, 2, &rect);
    lt_network_place (&belief, &style, 480, 300, 3, &other);
    g_assert_cmpfloat (rect.x + rect.width, <, other.x);
  }
}

/* More units are never drawn narrower. */
static void
test_widths (void)
{
  LtStyle style = lt_golden_style (FALSE);

  for (int scale = LT_NETWORK_SQUARE_ROOT; scale <= LT_NETWORK_LINEAR; scale++) {
    LtNetworkData data = hourglass;
    double last = 0;

    data.scale = scale;
    for (int layer = 2; layer >= 0; layer--) {
      cairo_rectangle_t rect;

      lt_network_place (&data, &style, 640, 400, layer, &rect);
      g_assert_cmpfloat (rect.width, >, last);
      last = rect.width;
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/hourglass", test_hourglass);
  g_test_add_func ("/network/small", test_small);
  g_test_add_func ("/network/belief", test_belief);
  g_test_add_func ("/network/note", test_note);
  g_test_add_func ("/network/scales", test_scales);
  g_test_add_func ("/network/hit", test_hit);
  g_test_add_func ("/network/widths", test_widths);
  return g_test_run ();
}
