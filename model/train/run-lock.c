/* Run files as files: who may write one, and how one replaces another. */
#include "train/run-file-private.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (const char *path, const char *what, GError **error)
{
  int reason = errno;
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, LT_ERROR, LT_ERROR_FILE,
               "“%s” cannot be %s: %s; choose another place for it.", shown, what,
               g_strerror (reason));
  return FALSE;
}

/* ---- The lock --------------------------------------------------------------------------- */

static gboolean
is_still_there (const char *name, int lock)
{
  struct stat by_name, by_lock;

  return stat (name, &by_name) == 0 && fstat (lock, &by_lock) == 0 &&
         by_name.st_ino == by_lock.st_ino && by_name.st_dev == by_lock.st_dev;
}

/* flock rather than fcntl: SQLite holds fcntl locks of its own, which end when anybody in
 * the process closes the file. On another file, so that a new run can take the old one's name
 * under the lock. File systems that know no locks get none. */
int
lt_run_lock_take (const char *path, GError **error)
{
  g_autofree char *name = g_strconcat (path, "-lock", NULL);

  for (;;) {
    int lock = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (lock < 0) {
      fail (path, "written", error);
      return -1;
    }
    if (flock (lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      g_autofree char *shown = g_filename_display_name (path);

      close (lock);
      g_set_error (
          error, LT_ERROR, LT_ERROR_FILE,
          "“%s” is being written by a run that is still going on; end that one "
          "first, or choose another name.",
          shown);
      return -1;
    }
    /* The one before may have removed it between our opening and locking. */
    if (is_still_there (name, lock))
      return lock;
    close (lock);
  }
}

void
lt_run_lock_release (const char *path, int lock)
{
  g_autofree char *name = g_strconcat (path, "-lock", NULL);

  if (lock < 0)
    return;
  if (is_still_there (name, lock))
    unlink (name);
  close (lock);
}

/* ---- Replacing ------------------------------------------------------------------------- */

static void
remove_journals (const char *path)
{
  static const char *const endings[] = { "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    unlink (name);
  }
}

void
lt_run_remove (const char *path)
{
  unlink (path);
  remove_journals (path);
}

/* A journal that the old file's killed writer left would be played into the new file: it goes
 * first. */
gboolean
lt_run_replace (const char *whole, const char *path, GError **error)
{
  remove_journals (path);
  if (rename (whole, path) == 0)
    return TRUE;
  fail (path, "written", error);
  lt_run_remove (whole);
  return FALSE;
}
