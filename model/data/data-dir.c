/* Where shipped data are. */
#include <unistd.h>

#include "config.h"
#include "data/source.h"

/* The program runs from the folder it was built in. */
static gboolean
runs_uninstalled (void)
{
  char program[4096];
  gssize n = readlink ("/proc/self/exe", program, sizeof program - 1);

  if (n < 0)
    return FALSE;
  program[n] = '\0';
  return g_str_has_prefix (program, LT_BUILD_ROOT "/");
}

const char *
lt_data_dir (void)
{
  const char *chosen = g_getenv ("LANTERN_DATA_DIR");

  if (chosen != NULL && *chosen != '\0')
    return chosen;
  if (runs_uninstalled () && g_file_test (LT_SOURCE_DATA_DIR, G_FILE_TEST_IS_DIR))
    return LT_SOURCE_DATA_DIR;
  return LT_DATA_DIR;
}
