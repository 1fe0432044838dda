/* The shape of one row of data: one or more modalities, laid one after another. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_MAX_MODALITIES 4

typedef enum {
  LT_BINARY, /* 0 or 1 */
  LT_UNIT,   /* [0, 1] */
  LT_REAL,
  LT_COUNTS, /* whole numbers from 0 */
} LtValueKind;

typedef struct {
  char name[32]; /* "pixels", "point", "features" */
  LtValueKind kind;
  int height, width, channels; /* a picture; height 1 and channels 1 for a vector */
  int offset;                  /* where it begins in the row */
  int size;                    /* height · width · channels; channels vary fastest */
  gboolean standardised;       /* each value was scaled to mean 0 and variance 1 */
} LtModality;

typedef struct {
  int n_modalities;
  LtModality modality[LT_MAX_MODALITIES];
  int nv; /* the row's length */
} LtShape;

/* A row of one modality. */
void lt_shape_init (LtShape *self,
                    const char *name,
                    LtValueKind kind,
                    int height,
                    int width,
                    int channels);

/* Appends another. */
void lt_shape_add (LtShape *self,
                   const char *name,
                   LtValueKind kind,
                   int height,
                   int width,
                   int channels);

gboolean lt_shape_equal (const LtShape *a, const LtShape *b);

/* TRUE when the first modality is a picture (height > 1 and width > 1). */
gboolean lt_shape_is_picture (const LtShape *self);

/* "28 × 28 grey", "13 features": for people. */
char *lt_shape_describe (const LtShape *self) G_GNUC_WARN_UNUSED_RESULT;

const char *lt_value_kind_name (LtValueKind kind);

G_END_DECLS
