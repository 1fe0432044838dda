/* The name that somebody probably meant. */
#include "core/nearest.h"

static const char *const names[] = {
  "learning-rate", "batch-size", "latent-map", "noise", "noise-level", "seed", NULL
};

/* One slip of each kind still finds the name. */
static void
test_slips (void)
{
  g_assert_cmpstr (lt_nearest_name ("learning-rat", names), ==, "learning-rate");
  g_assert_cmpstr (lt_nearest_name ("learnign-rate", names), ==, "learning-rate");
  g_assert_cmpstr (lt_nearest_name ("leaning_rate", names), ==, "learning-rate");
  g_assert_cmpstr (lt_nearest_name ("sead", names), ==, "seed");
}

/* The exact name wins over one that merely begins with it. */
static void
test_exact (void)
{
  g_assert_cmpstr (lt_nearest_name ("noise", names), ==, "noise");
  g_assert_cmpstr (lt_nearest_name ("noise-level", names), ==, "noise-level");
}

/* The beginning of a name stands for it. */
static void
test_beginning (void)
{
  g_assert_cmpstr (lt_nearest_name ("latent", names), ==, "latent-map");
}

/* Another word altogether is nobody's slip. */
static void
test_stranger (void)
{
  g_assert_null (lt_nearest_name ("temperature", names));
  g_assert_null (lt_nearest_name ("", names));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearest/slips", test_slips);
  g_test_add_func ("/nearest/exact", test_exact);
  g_test_add_func ("/nearest/beginning", test_beginning);
  g_test_add_func ("/nearest/stranger", test_stranger);
  return g_test_run ();
}
