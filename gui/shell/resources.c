/* Naming the resource here also makes the linker take it out of its static library. */
#include "shell/resources.h"

#include "lantern-resources.h"

void
lt_resources_register (void)
{
  g_resources_register (lantern_get_resource ());
}
