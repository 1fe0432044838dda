/* Opens the window. */
#include "shell/application.h"
#include "shell/entry.h"
#include "shell/resources.h"
#include "shell/trace.h"

#include <locale.h>
#include <stdio.h>

int
lt_window_run (int argc, char **argv)
{
  g_autoptr (LtApplication) application = NULL;
  GSource *trace;
  int status;

  /* Numbers are written one way everywhere: in entries, in files and on the command line. */
  gtk_disable_setlocale ();
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  if (!gtk_init_check ()) {
    fprintf (
        stderr,
        "lantern: There is no display to open a window on; “lantern train digits-2d” "
        "trains without one, and “lantern --help” lists what else does.\n");
    return 1;
  }
  lt_resources_register ();
  application = lt_application_new ();
  trace = lt_trace_start ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  lt_trace_end (trace);
  return status;
}
