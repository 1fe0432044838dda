/* lantern: a command when argv names one, else the window. */
#include "config.h"

#include "shell/entry.h"
#include <stdio.h>

int
main (int argc, char **argv)
{
  int status = lt_commands_run (argc, argv);

  if (status >= 0)
    return status;
#ifdef LT_HAVE_WINDOW
  return lt_window_run (argc, argv);
#else
  fprintf (stderr, "lantern: This build has no window; “lantern --help” lists its "
                   "commands.\n");
  return 1;
#endif
}
