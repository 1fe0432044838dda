/* Parameter blocks and scratch memory. */
#include "core/layout.h"
#include "core/workspace.h"

#include <string.h>

/* Tensors are aligned, do not overlap, and are found by name. */
static void
test_tensors (void)
{
  g_autoptr (LtLayout) layout = lt_layout_new ();
  g_autoptr (LtLayout) other = lt_layout_new ();
  const LtTensor *w, *b;

  lt_layout_add (layout, "W1", LT_ROLE_WEIGHT, 2, 7, 3);
  lt_layout_add (layout, "b1", LT_ROLE_BIAS, 1, 3);
  lt_layout_seal (layout);
  w = lt_layout_find (layout, "W1");
  b = lt_layout_find (layout, "b1");
  g_assert_cmpuint (w->size, ==, 21);
  g_assert_cmpuint (b->offset, ==, 32);
  g_assert_cmpuint (lt_layout_size (layout), ==, 48);
  g_assert_null (lt_layout_find (layout, "W2"));

  lt_layout_add (other, "W1", LT_ROLE_WEIGHT, 2, 7, 3);
  g_assert_false (lt_layout_equal (layout, other));
  lt_layout_add (other, "b1", LT_ROLE_BIAS, 1, 3);
  g_assert_true (lt_layout_equal (layout, other));
}

/* Blocks are zeroed and aligned, and a copy is the same. */
static void
test_blocks (void)
{
  g_autoptr (LtLayout) layout = lt_layout_new ();
  float *block, *copy;

  lt_layout_add (layout, "W1", LT_ROLE_WEIGHT, 2, 5, 5);
  lt_layout_seal (layout);
  block = lt_block_new (layout);
  g_assert_cmpuint ((guintptr) block % 64, ==, 0);
  for (int i = 0; i < 32; i++)
    g_assert_cmpfloat (block[i], ==, 0);
  block[24] = 3;
  copy = lt_block_dup (layout, block);
  g_assert_cmpmem (block, 128, copy, 128);
  lt_block_free (block);
  lt_block_free (copy);
}

/* Memory taken stays in place until it is given back, whatever is taken after it. */
static void
test_workspace (void)
{
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  float *first = lt_workspace_floats (ws, 10);
  gsize mark;
  float *again;

  memset (first, 0x3f, 10 * sizeof (float));
  mark = lt_workspace_mark (ws);
  memset (lt_workspace_floats (ws, 100000), 0, 100000 * sizeof (float));
  memset (lt_workspace_floats (ws, 300000), 0, 300000 * sizeof (float));
  for (int i = 0; i < 40; i++)
    g_assert_cmpint (((guint8 *) first)[i], ==, 0x3f);
  lt_workspace_release (ws, mark);
  g_assert_cmpuint (lt_workspace_mark (ws), ==, mark);

  lt_workspace_floats (ws, 400000);
  lt_workspace_reset (ws);
  again = lt_workspace_floats (ws, 400016);
  for (int round = 0; round < 3; round++) {
    lt_workspace_reset (ws);
    g_assert_true (lt_workspace_floats (ws, 400016) == again);
  }
}

/* Every piece is aligned for vector registers, and pieces do not overlap. */
static void
test_workspace_pieces (void)
{
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  float *pieces[64];

  for (int i = 0; i < 64; i++) {
    pieces[i] = lt_workspace_floats (ws, (gsize) i * 37);
    g_assert_cmpuint ((guintptr) pieces[i] % 64, ==, 0);
    for (int j = 0; j < i * 37; j++)
      pieces[i][j] = (float) i;
  }
  for (int i = 0; i < 64; i++) {
    for (int j = 0; j < i * 37; j++)
      g_assert_cmpfloat (pieces[i][j], ==, (float) i);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/tensors", test_tensors);
  g_test_add_func ("/layout/blocks", test_blocks);
  g_test_add_func ("/workspace/stays", test_workspace);
  g_test_add_func ("/workspace/pieces", test_workspace_pieces);
  return g_test_run ();
}
