/* lantern: a command when argv names one, else the window. */
#include "config.h"

#include "core/matrix.h"
#include "shell/entry.h"

#include <stdio.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define CORE_VARIABLE "OPENBLAS_CORETYPE"

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

/* OpenBLAS chooses its kernels when it is loaded, and can be told otherwise only by the
 * environment that it finds then: so where it has chosen badly, the program begins again. */
static void
use_fitting_core (char **argv)
{
#ifdef __linux__
  const char *core = lt_blas_fitting_core ();

  if (core != NULL && g_getenv (CORE_VARIABLE) == NULL &&
      g_setenv (CORE_VARIABLE, core, FALSE))
    execv ("/proc/self/exe", argv); /* or it goes on, slowly */
#endif
}

int
main (int argc, char **argv)
{
  int status;

  use_fitting_core (argv);
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
