/* What the energy view computes: not for the other views. */
#pragma once

#include "probes/likelihood.h"
#include "probes/states.h"
#include "views/common.h"

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
} LtEnergySettings;

typedef struct {
  int n; /* 0: there is no such group */
  float *energies;
  double mean;
  gsize counts[LT_ENERGY_BINS], below, above;
  char *name;
} LtEnergyGroup;

typedef struct {
  int show;
  LtEnergyGroup group[LT_ENERGY_N_GROUPS];
  double lowest, width;
  LtAis *ais; /* NULL: not asked for, or not to be had */
  char *ais_message;
  double exact; /* NAN: not known */
  gsize weight_counts[LT_ENERGY_WEIGHT_BINS];
  double weight_lowest, weight_width;
  LtStates *states; /* NULL: too many */
  int n_states;     /* shown, by how often they occur and then how probable they are */
  int *order;
  double *p, *frequency; /* [n_states] */
  char **names;
  char *moment, *note, *states_note, *ais_name, *exact_name;
} LtEnergyResult;

gpointer lt_energy_compute (const LtViewRequest *request, GError **error);
void lt_energy_free (gpointer result);

/* "0110": unit 0 comes first, as in a row of the data. */
char *lt_energy_name_state (int state, int nv) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
