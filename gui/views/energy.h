/* What the energy view computes: not for the other views. */
#pragma once

#include "probes/likelihood.h"
#include "probes/states.h"
#include "views/common.h"
#include "views/panels.h"

G_BEGIN_DECLS

#define LT_ENERGY_BINS        60
#define LT_ENERGY_WEIGHT_BINS 24

typedef enum {
  LT_ENERGY_TRAIN,
  LT_ENERGY_JUDGE,
  LT_ENERGY_PARTICLES,
  LT_ENERGY_NOISE,
  LT_ENERGY_N_GROUPS
} LtEnergyGroupId;

typedef struct {
  int show; /* 0: all, else a panel, from 1 */
  int runs, temperatures, ladder, base, seed;
  int history; /* past epochs, at most */
} LtEnergySettings;

/* log Z of a moment. */
typedef struct {
  double progress;
  int epoch, phase;
  double estimate, low, high; /* by AIS, ±3σ; NAN: none */
  double exact;               /* NAN: not known */
} LtEnergyPoint;

/* log Z over a run, with what it was estimated by, which makes it good for another time. */
typedef struct {
  LtAisOptions options;
  gboolean exact;
  GArray *kept;   /* LtEnergyPoint: past epochs, rising */
  GArray *points; /* the same with the moment shown, and points of NAN between phases */
  double *x, *estimate, *low, *high, *exacts; /* [points] */
  int stride, n_epochs;
  double shown; /* progress of the moment */
  char *note, *message;
} LtEnergyHistory;

typedef struct {
  int n; /* 0: there is no such group */
  float *energies;
  double mean;
  gsize counts[LT_ENERGY_BINS], below, above;
  char *name;
} LtEnergyGroup;

typedef struct {
  const LtPanels *panels;
  int show;
  gboolean bounded; /* energies are upper bounds, as the machine gives no others */
  LtEnergyGroup group[LT_ENERGY_N_GROUPS];
  double lowest, width;
  LtAis *ais; /* NULL: not asked for, or not to be had */
  char *ais_message;
  double exact;   /* NAN: not known */
  float *lengths; /* of the documents whose log Z it is; NULL: one serves all rows */
  int n_words;    /* in them */
  gsize weight_counts[LT_ENERGY_WEIGHT_BINS];
  double weight_lowest, weight_width;
  LtStates *states; /* NULL: too many */
  int n_states;     /* shown, by how often they occur and then how probable they are */
  int *order;
  double *p, *frequency; /* [n_states] */
  char **names;
  LtEnergyHistory *history;
  char *moment, *note, *log_z_title, *states_note, *states_message, *ais_name,
      *exact_name;
} LtEnergyResult;

/* Estimates log Z and tells how far it has got: it is number i of n that are told of
 * together. */
typedef struct {
  const LtViewRequest *request;
  LtAisOptions options;
  const char *what;
  int i, n;
} LtEnergyEstimate;

LtAis *lt_energy_estimate (LtEnergyEstimate *self,
                           const LtSnapshot *snapshot,
                           GError **error);

/* Exact as far as somebody waits for it while looking. lengths: as LtEnergyResult's. */
double lt_energy_exact (const LtSnapshot *snapshot,
                        const float *lengths,
                        LtWorkspace *ws);

/* Past epochs that are asked for: where they alone are shown, without a setting too. */
int lt_energy_n_past (const LtEnergySettings *settings);
LtAisOptions lt_energy_options (const LtEnergySettings *settings, const float *lengths);

/* lengths: as LtEnergyResult's, which must outlive it. now: of the moment shown. before: NULL,
 * or of the same run. */
LtEnergyHistory *lt_energy_history_new (const LtViewRequest *request,
                                        const float *lengths,
                                        const LtEnergyPoint *now,
                                        const LtEnergyHistory *before);
void lt_energy_history_free (LtEnergyHistory *self);

extern const LtPanels lt_energy_panels;

gpointer lt_energy_compute (const LtViewRequest *request, GError **error);
void lt_energy_free (gpointer result);

/* "0110": unit 0 comes first, as in a row of the data. */
char *lt_energy_name_state (int state, int nv) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
