/* How much memory there is, from the kernel's MemAvailable and the process's own limit. */
#include "data/memory.h"

#include <sys/resource.h>

#include "core/error.h"

guint64
lt_memory_available (void)
{
  g_autofree char *text = NULL;
  guint64 available = G_MAXUINT64;
  struct rlimit limit;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL)) {
    const char *line = strstr (text, "MemAvailable:");

    if (line != NULL)
      available = 1024 * g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10);
  }
  if (getrlimit (RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    available = MIN (available, (guint64) limit.rlim_cur);
  return available;
}

gboolean
lt_memory_check (const char *what,
                 guint64 n,
                 guint64 width,
                 guint64 size,
                 GError **error)
{
  guint64 available = lt_memory_available ();
  guint64 bytes;

  if (!g_uint64_checked_mul (&bytes, n, width) ||
      !g_uint64_checked_mul (&bytes, bytes, size) || bytes > G_MAXSSIZE) {
    g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
                 "%s would hold %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                 " values, more than any memory can; its sizes are wrong.",
                 what, n, width);
    return FALSE;
  }
  if (bytes > available) {
    g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
                 "%s needs %.1f GB of memory, and %.1f GB are free; use fewer rows or "
                 "smaller ones.",
                 what, (double) bytes / 1e9, (double) available / 1e9);
    return FALSE;
  }
  return TRUE;
}
