/* What the data dialog and `lantern data info` say of a table. */
#include <string.h>

#include "core/error.h"
#include "data/info.h"
#include "data/source.h"

static LtTable *
load (const char *name)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (name, NULL);
  LtTable *table = lt_data_spec_load_table (spec, 1, NULL);

  g_assert_nonnull (table);
  return table;
}

static LtDataInfo *
inspect (const LtTable *table, LtPreparation preparation, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  LtDataInfo *info = lt_data_info_new (table, &preparation, seed, &error);

  g_assert_no_error (error);
  return info;
}

/* Rows, shape, range, labels and split of the irises, which are known. */
static void
test_facts (void)
{
  g_autoptr (LtTable) table = load ("iris");
  g_autoptr (LtDataInfo) info = inspect (
      table, (LtPreparation){ .scaling = LT_SCALING_AUTO, .valid = 0.1, .test = 0.2 },
      1);

  g_assert_cmpuint (info->n, ==, 150);
  g_assert_cmpstr (info->shape, ==, "4 features");
  g_assert_cmpfloat_with_epsilon (info->lowest, 0.1F, 1e-6F);
  g_assert_cmpfloat_with_epsilon (info->highest, 7.9F, 1e-6F);
  g_assert_false (info->whole);
  g_assert_cmpint (info->n_classes, ==, 3);
  g_assert_cmpstr (info->class_names[0], ==, "setosa");
  g_assert_cmpuint (info->class_counts[2], ==, 50);
  g_assert_cmpuint (info->n_split[LT_TEST], ==, 30);
  g_assert_cmpuint (info->n_split[LT_VALID], ==, 12);
  g_assert_cmpuint (info->n_split[LT_TRAIN], ==, 108);
  g_assert_false (info->own_test);
}

/* Sixteen different training rows, as the data set will hand them out. */
static void
test_examples (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_AUTO, .valid = 0.1, .test = 0.2 };
  g_autoptr (LtTable) table = load ("digits");
  g_autoptr (LtDataInfo) info = inspect (table, preparation, 1);

  g_assert_cmpint (info->n_examples, ==, 16);
  g_assert_cmpfloat (info->scaled_lowest, ==, 0.0F);
  g_assert_cmpfloat (info->scaled_highest, ==, 1.0F);
  for (int i = 0; i < 16; i++) {
    guint32 row = info->example_rows[i];

    g_assert_cmpuint (row, <, table->n);
    g_assert_true (i == 0 || info->example_rows[i - 1] < row);
    g_assert_cmpint (info->example_labels[i], ==, table->labels[row]);
    for (int j = 0; j < 64; j++)
      g_assert_cmpfloat_with_epsilon (info->examples[64 * i + j],
                                      table->bytes[64 * row + j] / 16.0F, 1e-6F);
    for (int j = 0; j < 64; j++)
      g_assert_cmpfloat (info->found[64 * i + j], ==, table->bytes[64 * row + j]);
  }
}

/* The seed chooses the examples. */
static void
test_examples_follow_the_seed (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_AUTO, .valid = 0.1, .test = 0.2 };
  g_autoptr (LtTable) table = load ("digits");
  g_autoptr (LtDataInfo) a = inspect (table, preparation, 1);
  g_autoptr (LtDataInfo) b = inspect (table, preparation, 1);
  g_autoptr (LtDataInfo) c = inspect (table, preparation, 2);

  g_assert_cmpmem (a->example_rows, sizeof a->example_rows, b->example_rows,
                   sizeof b->example_rows);
  g_assert_cmpint (memcmp (a->example_rows, c->example_rows, sizeof a->example_rows),
                   !=, 0);
}

/* Fewer rows than sixteen are all shown. */
static void
test_few_rows (void)
{
  g_autoptr (LtTable) table = load ("iris");
  g_autoptr (LtDataInfo) info =
      inspect (table, (LtPreparation){ .scaling = LT_SCALING_NONE, .limit = 5 }, 1);

  g_assert_cmpint (info->n_examples, ==, 5);
}

/* The text has a line for each fact. */
static void
test_description (void)
{
  g_autoptr (LtTable) table = load ("wine");
  g_autoptr (LtDataInfo) info = inspect (
      table, (LtPreparation){ .scaling = LT_SCALING_AUTO, .valid = 0.1, .test = 0.2 },
      1);
  g_autofree char *text = lt_data_info_describe (info);

  g_assert_cmpstr (text, ==,
                   "title       Wine\n"
                   "rows        178\n"
                   "shape       13 features\n"
                   "values      0.13 to 1680\n"
                   "scaling     each feature to mean 0 and variance 1\n"
                   "split       128 train, 14 validation, 36 test\n"
                   "labels      cultivar 1: 59, cultivar 2: 71, cultivar 3: 48\n");
}

/* A split that leaves nothing is an error here too, before the data are used. */
static void
test_impossible_split (void)
{
  LtPreparation preparation = { .scaling = LT_SCALING_AUTO, .valid = 0.9, .test = 0.9 };
  g_autoptr (LtTable) table = load ("iris");
  g_autoptr (GError) error = NULL;

  table->n = 3;
  g_assert_null (lt_data_info_new (table, &preparation, 1, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-info/facts", test_facts);
  g_test_add_func ("/data-info/examples", test_examples);
  g_test_add_func ("/data-info/seed", test_examples_follow_the_seed);
  g_test_add_func ("/data-info/few", test_few_rows);
  g_test_add_func ("/data-info/description", test_description);
  g_test_add_func ("/data-info/impossible", test_impossible_split);
  return g_test_run ();
}
