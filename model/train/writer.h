/* The writer: a thread that puts finished epochs into the run file, so that training does
 * not wait for the disk. One epoch may wait while another is being written. */
#pragma once

#include "train/run-file.h"

G_BEGIN_DECLS

typedef struct _LtWriter LtWriter;

typedef struct {
  LtRunFile *file; /* taken; NULL: it is created at path */
  const char *path;
  const LtExperiment *experiment; /* copied */
  LtLog *log;                     /* referenced */
} LtWriterOptions;

/* When the file cannot be created, later epochs try again, as long as nothing has that
 * name: see lt_writer_trouble. */
LtWriter *lt_writer_new (const LtWriterOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* Writes what was handed over and the rest of the log, and closes the file. */
void lt_writer_free (LtWriter *self);

/* Hands an epoch over: snapshot is referenced, *resume is taken. Waits only while an epoch
 * handed over before waits too. */
void lt_writer_put (LtWriter *self, LtSnapshot *snapshot, LtResumePoint *resume);

/* Hands over the log alone, for what will not be followed by an epoch. */
void lt_writer_put_log (LtWriter *self);

/* An epoch that is not yet in the file, or NULL. Any thread. */
LtSnapshot *lt_writer_find (LtWriter *self, int epoch) G_GNUC_WARN_UNUSED_RESULT;

/* Why nothing is recorded at present, in whole sentences, or NULL. Any thread. */
char *lt_writer_trouble (LtWriter *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtWriter, lt_writer_free)

G_END_DECLS
