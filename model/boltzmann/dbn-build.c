/* Deep belief networks: their machines, the layout that joins these, and first parameters. */
#include <string.h>

#include "boltzmann/dbn-machine.h"
#include "core/error.h"

/* ---- Kinds of units --------------------------------------------------------------- */

#define SEPARATORS " ,"

/* The words of a text: how many there are, and the index-th of them, from 0, or the last one
 * where there are fewer. NULL when there is none. */
static const char *
find_word (const char *text, int index, int *n_words, int *length)
{
  const char *word = NULL;

  *n_words = *length = 0;
  for (;;) {
    text += strspn (text, SEPARATORS);
    if (*text == '\0')
      return word;
    if ((*n_words)++ <= index) {
      word = text;
      *length = (int) strcspn (text, SEPARATORS);
    }
    text += strcspn (text, SEPARATORS);
  }
}

/* −1 where it is no kind of units. */
static int
parse_kind (const char *word, int length)
{
  for (int kind = 0; lt_rbm_hidden_names[kind] != NULL; kind++)
    if (strlen (lt_rbm_hidden_names[kind]) == (gsize) length &&
        strncmp (lt_rbm_hidden_names[kind], word, length) == 0)
      return kind;
  return -1;
}

LtRbmHidden
lt_dbn_kind_of (const LtDbnSettings *s, int l)
{
  int n_words, length, kind;
  const char *word;

  if (l == s->rbm.hidden.n - 1)
    return s->rbm.hidden_units;
  word = find_word (s->kinds, l, &n_words, &length);
  kind = word != NULL ? parse_kind (word, length) : -1;
  return kind >= 0 ? (LtRbmHidden) kind : LT_HIDDEN_BINARY;
}

static gboolean
check_words (const LtDbnSettings *s, GError **error)
{
  int n_below = s->rbm.hidden.n - 1, n_words, length;

  find_word (s->kinds, 0, &n_words, &length);
  if (n_words != 1 && n_words != n_below) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "hidden-units lists %d kinds, but %d hidden layers lie below the top; "
                 "give one kind for all of them, or one for each. The top's is "
                 "code-units.",
                 n_words, n_below);
    return FALSE;
  }
  for (int i = 0; i < n_words; i++) {
    const char *word = find_word (s->kinds, i, &n_words, &length);

    if (parse_kind (word, length) >= 0)
      continue;
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "hidden-units lists “%.*s”, which is no kind of units; choose among "
                 "binary, gaussian and relu.",
                 length, word);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_kinds (const LtDbnSettings *s, GError **error)
{
  if (!check_words (s, error))
    return FALSE;
  for (int l = 0; s->doubling && l < s->rbm.hidden.n - 1; l++)
    if (lt_dbn_kind_of (s, l) != LT_HIDDEN_BINARY) {
      g_set_error_literal (
          error, LT_ERROR, LT_ERROR_UNSUPPORTED,
          "Doubling prepares the layers of a deep Boltzmann machine, whose hidden "
          "units are binary; choose hidden-units=binary, or doubling=false.");
      return FALSE;
    }
  return TRUE;
}

/* ---- One machine's settings ------------------------------------------------------- */

/* What a machine on a layer of that kind sees: Gaussian units have variance 1 in both. */
static void
set_visible (LtRbmHidden below, LtRbmSettings *own)
{
  static const LtRbmVisible visible[] = {
    [LT_HIDDEN_BINARY] = LT_RBM_BINARY,
    [LT_HIDDEN_GAUSSIAN] = LT_RBM_GAUSSIAN,
    [LT_HIDDEN_RELU] = LT_RBM_RECTIFIED,
  };

  own->visible = visible[below];
  own->sigma = 1;
  own->learn_sigma = FALSE;
}

/* Only a machine that learns keeps chains and leaves units out. */
void
lt_dbn_rbm_settings (const LtDbnSettings *s, int l, LtRbmSettings *own)
{
  int n = s->rbm.hidden.n, top = n - 1;
  gboolean learns = s->layer == 0 ? l == top : l == s->layer - 1;

  *own = s->rbm;
  own->hidden = (LtList){ .n = 1, .value = { s->rbm.hidden.value[l] } };
  own->hidden_units = lt_dbn_kind_of (s, l);
  if (l < top)
    own->label_units = 0;
  if (l > 0)
    set_visible (lt_dbn_kind_of (s, l - 1), own);
  own->up_factor = s->doubling && l < top ? 2 : 1;
  own->down_factor = s->doubling && l > 0 ? 2 : 1;
  if (learns)
    return;
  own->method = LT_RBM_CD;
  own->sparsity = LT_RBM_SPARSITY_NONE;
  own->dropout = 0;
}

/* The data's, or that of a hidden layer; means of binary units lie between 0 and 1. Those of
 * others are taken as they are, with variance 1 around what the layer above makes of them. */
static void
seen_shape (const LtDbnSettings *s, int l, const LtShape *shape, LtShape *seen)
{
  char name[32];
  gboolean binary;

  if (l == 0) {
    *seen = *shape;
    return;
  }
  binary = lt_dbn_kind_of (s, l - 1) == LT_HIDDEN_BINARY;
  g_snprintf (name, sizeof name, "hidden %d", l);
  lt_shape_init (seen, name, binary ? LT_UNIT : LT_REAL, 1,
                 (int) s->rbm.hidden.value[l - 1], 1);
  seen->modality[0].standardised = !binary;
}

gboolean
lt_dbn_check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtDbnSettings *s = settings;

  if (s->layer > s->rbm.hidden.n) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "layer is %d, but the last hidden layer is %d; choose one up to that, or 0 "
        "for the whole.",
        s->layer, s->rbm.hidden.n);
    return FALSE;
  }
  if (!check_kinds (s, error))
    return FALSE;
  for (int l = 0; l < s->rbm.hidden.n; l++) {
    LtRbmSettings own;
    LtShape seen;

    lt_dbn_rbm_settings (s, l, &own);
    seen_shape (s, l, shape, &seen);
    if (lt_rbm_check (&own, &seen, error))
      continue;
    g_prefix_error (error, "Layer %d: ", l + 1);
    return FALSE;
  }
  return TRUE;
}

/* ---- The layout ------------------------------------------------------------------- */

/* "W1" → "W2", "b" → "b2": the same tensor, of machine l. */
static void
rename_tensor (const char *name, int l, char *renamed, gsize size)
{
  g_autofree char *stem = g_strdup (name);
  gsize length = strlen (stem);

  if (l == 0) {
    g_strlcpy (renamed, name, size);
    return;
  }
  if (stem[length - 1] == '1')
    stem[length - 1] = '\0';
  g_snprintf (renamed, size, "%s%d", stem, l + 1);
}

/* Appends another layout's tensors, which keep their places among each other. Returns where
 * they begin. */
static gsize
append (LtLayout *layout, const LtLayout *other, int l, gboolean frozen)
{
  gsize at = lt_layout_size (layout);

  for (int i = 0; i < lt_layout_n_tensors (other); i++) {
    const LtTensor *tensor = lt_layout_tensor (other, i);
    const int *dims = tensor->dims;
    char name[32];
    int index;

    rename_tensor (tensor->name, l, name, sizeof name);
    g_assert (tensor->n_dims <= 2);
    index = tensor->n_dims == 2
                ? lt_layout_add (layout, name, tensor->role, 2, dims[0], dims[1])
                : lt_layout_add (layout, name, tensor->role, 1, dims[0]);
    g_assert (lt_layout_tensor (layout, index)->offset == at + tensor->offset);
    if (frozen)
      lt_layout_freeze (layout, index);
  }
  return at;
}

static void
add_machine (LtModel *model, LtDbnParts *parts, int l)
{
  const LtDbnSettings *s = model->settings;
  gboolean frozen = parts->learning >= 0 && parts->learning != l;
  LtRbmSettings own;
  LtShape seen;

  lt_dbn_rbm_settings (s, l, &own);
  seen_shape (s, l, &model->shape, &seen);
  parts->rbm[l] = lt_model_new (&lt_rbm, &own, &seen, NULL);
  g_assert (parts->rbm[l] != NULL);
  parts->weights[l] = lt_layout_n_tensors (model->params);
  parts->recognition[l] = -1;
  parts->at[l] = append (model->params, parts->rbm[l]->params, l, frozen);
  if (parts->rbm[l]->state == NULL)
    return;
  if (model->state == NULL)
    model->state = lt_layout_new ();
  parts->state_at[l] = append (model->state, parts->rbm[l]->state, l, FALSE);
}

/* The top machine needs none: it is undirected. */
static void
add_recognition (LtModel *model, LtDbnParts *parts)
{
  for (int l = 0; l < parts->n - 1; l++) {
    char name[32];

    g_snprintf (name, sizeof name, "R%d", l + 1);
    parts->recognition[l] =
        lt_layout_add (model->params, name, LT_ROLE_WEIGHT, 2, parts->rbm[l]->shape.nv,
                       parts->rbm[l]->n_code);
  }
}

/* A network of one machine has that machine's energy; of more, none is known. */
static LtCapability
capabilities_of (const LtDbnParts *parts)
{
  LtCapability can = LT_CAN_ENCODE | LT_CAN_DECODE | LT_CAN_RECONSTRUCT |
                     LT_CAN_FILTERS | LT_CAN_SAMPLE;
  LtCapability first = parts->rbm[0]->capabilities;

  can |= parts->rbm[parts->n_shown - 1]->capabilities & LT_CAN_CLASSIFY;
  can |= first & LT_HAS_BINARY_STATES;
  if (parts->n_shown == 1)
    can |= first & LT_CAN_ENERGY;
  return can;
}

void
lt_dbn_build (LtModel *model)
{
  const LtDbnSettings *s = model->settings;
  LtDbnParts *parts = g_new0 (LtDbnParts, 1);
  const LtModel *top;

  model->parts = parts;
  model->params = lt_layout_new ();
  parts->n = s->rbm.hidden.n;
  parts->learning = s->layer - 1;
  parts->n_shown = s->layer > 0 ? s->layer : parts->n;
  for (int l = 0; l < parts->n; l++)
    add_machine (model, parts, l);
  if (parts->learning < 0)
    add_recognition (model, parts);
  top = parts->rbm[parts->n_shown - 1];
  model->capabilities = capabilities_of (parts);
  model->n_classes = top->n_classes;
  model->n_code = top->n_code;
  model->n_layers = parts->n_shown;
}

void
lt_dbn_free_parts (LtModel *model)
{
  LtDbnParts *parts = model->parts;

  for (int l = 0; l < parts->n; l++)
    lt_model_unref (parts->rbm[l]);
  g_free (parts);
}

/* ---- Its parts -------------------------------------------------------------------- */

const LtDbnParts *
lt_dbn_parts (const LtModel *model)
{
  return model->parts;
}

int
lt_dbn_units (const LtModel *model, int level)
{
  return level == 0 ? model->shape.nv : lt_dbn_parts (model)->rbm[level - 1]->n_code;
}

gsize
lt_dbn_upward (const LtModel *model, int l)
{
  const LtDbnParts *parts = lt_dbn_parts (model);
  int tensor = parts->recognition[l] >= 0 ? parts->recognition[l] : parts->weights[l];

  return lt_layout_tensor (model->params, tensor)->offset;
}

void
lt_dbn_call_init (LtDbnCall *self, const LtCall *call, int l)
{
  const LtDbnParts *parts = lt_dbn_parts (call->model);
  const LtModel *rbm = parts->rbm[l];

  lt_dbn_rbm_settings (call->settings, l, &self->settings);
  self->call = *call;
  self->call.model = rbm;
  self->call.settings = &self->settings;
  self->call.params = call->params != NULL ? call->params + parts->at[l] : NULL;
  self->call.state = call->state != NULL && rbm->state != NULL
                         ? call->state + parts->state_at[l]
                         : NULL;
  self->call.sink = NULL;
}

/* ---- First parameters -------------------------------------------------------------- */

/* What a deeper machine sees is not known yet, so its visible biases begin at 0. */
void
lt_dbn_init (const LtModel *model,
             gconstpointer settings,
             const float *mean,
             LtRng *rng,
             float *params,
             float *state)
{
  const LtDbnParts *parts = lt_dbn_parts (model);

  for (int l = 0; l < parts->n; l++) {
    const LtModel *rbm = parts->rbm[l];
    LtRbmSettings own;

    lt_dbn_rbm_settings (settings, l, &own);
    lt_rbm_init_params (rbm, &own, l == 0 ? mean : NULL, rng, params + parts->at[l],
                        rbm->state != NULL ? state + parts->state_at[l] : NULL);
    if (parts->recognition[l] >= 0)
      memcpy (params + lt_dbn_upward (model, l), params + parts->at[l],
              lt_layout_tensor (rbm->params, 0)->size * sizeof *params);
  }
}
