/* What the run file's parts share. */
#pragma once

#include "train/run-file.h"

#include <sqlite3.h>
#include <sys/types.h>

G_BEGIN_DECLS

#define LT_RUN_APPLICATION 0x4c616e74 /* "Lant" */
/* 2: phases, and classification errors. */
#define LT_RUN_VERSION 2

struct _LtRunFile {
  char *path;
  char *shown; /* the path, for messages */
  sqlite3 *db;
  LtExperiment *experiment;
  gint64 version; /* of the file */
  int lock;       /* a file descriptor; −1 for readers */
  dev_t device;
  ino_t inode;
  /* The log as far as it has been seen, and how much of it is in the file. */
  GArray *rows, *epochs, *events;
  guint n_rows, n_epochs, n_events;
};

/* Says in a sentence what SQLite's last failure means. doing: "written", "read". */
gboolean lt_run_file_fail (LtRunFile *self, const char *doing, GError **error);

/* NULL and an error when the statement does not compile. */
sqlite3_stmt *lt_run_file_prepare (LtRunFile *self, const char *sql, GError **error);

/* Runs statements that return nothing. */
gboolean lt_run_file_run (LtRunFile *self, const char *sql, GError **error);

/* ---- run-lock.c ---- */

/* The lock of whoever writes the run at path: a descriptor, or −1 and an error. */
int lt_run_lock_take (const char *path, GError **error);
void lt_run_lock_release (const char *path, int lock);

/* Gives the finished database `whole` the name `path`, and removes what belonged to an older
 * one of that name. */
gboolean lt_run_replace (const char *whole, const char *path, GError **error);

void lt_run_remove (const char *path);

G_END_DECLS
