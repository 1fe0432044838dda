/* lantern: a command when argv names one, else the window. */
#include "config.h"

#include "shell/entry.h"
#include <stdio.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Large blocks come and go with each epoch, from one thread to another. glibc would soon take them
 * from its arenas, where what is left between them adds up; each as a mapping of its own goes back at
 * once. */
static void
return_large_blocks (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int
main (int argc, char **argv)
{
  int status;

  return_large_blocks ();
  status = lt_commands_run (argc, argv);
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
