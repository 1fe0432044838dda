/* The two ways into the program: a command, or the window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Carries out `lantern COMMAND …` and returns its exit status; −1 when argv names no
 * command, so that the window should open. No display needed. */
int lt_commands_run (int argc, char **argv);

/* Opens the window (absent when built with -Dgui=disabled). Returns the exit status. */
int lt_window_run (int argc, char **argv);

G_END_DECLS
