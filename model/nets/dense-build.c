/* Dense networks: what goes together, the layout, and the first parameters.
 *
 * Uniform U(±√(6/(in+out))): Glorot & Bengio 2010, eq. 16, and four times that for
 * sigmoid units (deeplearning.net, dA). N(0, 2/in): He et al. 2015, eq. 10. 0.1·N(0, 1):
 * Hinton & Salakhutdinov 2006. */
#include <math.h>

#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense-pass.h"

#define MAX_PARAMETERS 1e9 /* 4 GB a block, and training needs several */

/* ---- What goes together ---------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED, sentence);
  return FALSE;
}

static gboolean
check_loss (const LtDenseSettings *s, const LtShape *shape, GError **error)
{
  if (s->loss != LT_LOSS_CROSS_ENTROPY || s->task == LT_TASK_CLASSIFY)
    return TRUE;
  if (s->output_activation != LT_SIGMOID || s->output_scale != 1)
    return refuse (error, "Cross-entropy compares probabilities, so it needs "
                          "output-activation=sigmoid and output-scale=1; or choose "
                          "loss=squared-error.");
  for (int i = 0; i < shape->n_modalities; i++) {
    const LtModality *m = &shape->modality[i];
    if (m->kind == LT_BINARY || m->kind == LT_UNIT)
      continue;
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "Cross-entropy needs data from 0 to 1, but “%s” holds %s values; "
                 "scale the data to that range or choose loss=squared-error.",
                 m->name, lt_value_kind_name (m->kind));
    return FALSE;
  }
  return TRUE;
}

/* What learns, and what for. */
static gboolean
check_task (const LtDenseSettings *s, GError **error)
{
  if (s->classes == 1)
    return refuse (error, "One class leaves nothing to tell apart: choose as many "
                          "classes as the data have, or classes=0 for none.");
  if (s->task == LT_TASK_CLASSIFY && s->classes == 0)
    return refuse (error, "A classifier needs classes to tell apart: choose as many "
                          "classes as the data have, or task=reconstruct.");
  if (s->learning == LT_LEARNING_TOP && s->classes == 0)
    return refuse (error, "Only the top can learn alone that tells classes apart: "
                          "choose as many classes as the data have, or learning=all.");
  if (s->layer > 0 && s->task == LT_TASK_CLASSIFY)
    return refuse (error, "A layer learns alone as an autoencoder, and a classifier "
                          "has no decoder: choose task=reconstruct, or layer=0.");
  if (s->layer > 0 && s->learning == LT_LEARNING_TOP)
    return refuse (error, "Either one layer learns alone or the top does: choose "
                          "layer=0, or learning=all.");
  if (s->layer <= s->hidden.n)
    return TRUE;
  g_set_error (
      error, LT_ERROR, LT_ERROR_VALUE,
      "layer is %d, but the last hidden layer is %d; choose one up to that, or 0 "
      "for all.",
      s->layer, s->hidden.n);
  return FALSE;
}

/* The code of what learns. */
static gboolean
check_code (const LtDenseSettings *s, GError **error)
{
  int level = s->layer > 0 ? s->layer : s->hidden.n;
  int nz = (int) s->hidden.value[level - 1];
  gboolean top = level == s->hidden.n;
  int f = top ? s->code_activation : s->hidden_activation;

  if (s->sparsity == LT_SPARSITY_KL && f != LT_SIGMOID) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The KL sparsity compares mean activations between 0 and 1, so it "
                 "needs %s-activation=sigmoid; or choose sparsity=l1.",
                 top ? "code" : "hidden");
    return FALSE;
  }
  if (s->sparsity == LT_SPARSITY_TOP_K && s->sparsity_k > nz) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "sparsity-k is %d but the code has only %d units; choose at most %d.",
                 s->sparsity_k, nz, nz);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_noise (const LtDenseSettings *s, GError **error)
{
  int n_places = s->task == LT_TASK_CLASSIFY ? s->hidden.n + 1 : 2 * s->hidden.n;
  gboolean emphasised = s->noise != LT_NOISE_NONE &&
                        (s->emphasis_corrupted != 1 || s->emphasis_rest != 1);

  if (s->reading == LT_READING_LIKELIHOOD && emphasised)
    return refuse (error,
                   "A likelihood counts every entry alike, so reading=likelihood "
                   "needs emphasis-corrupted=1 and emphasis-rest=1; or choose "
                   "reading=error.");
  if (s->dropout.n > n_places) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "dropout lists %d rates, but this model has %d places for them: the "
                 "input and its %d hidden layers.",
                 s->dropout.n, n_places, n_places - 1);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_size (const LtDenseSettings *s, const LtShape *shape, GError **error)
{
  gboolean decodes = s->task == LT_TASK_RECONSTRUCT;
  double n = 0, below = shape->nv;

  for (int l = 0; l < s->hidden.n; l++) {
    n += below * s->hidden.value[l] * (decodes && !s->tied ? 2 : 1);
    below = s->hidden.value[l];
  }
  n += below * s->classes;
  if (n <= MAX_PARAMETERS)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
               "These hidden layers would take %.3g weights, and at most %.3g are "
               "possible; choose fewer or narrower layers.",
               n, MAX_PARAMETERS);
  return FALSE;
}

gboolean
lt_dense_check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtDenseSettings *s = settings;

  return check_task (s, error) && check_loss (s, shape, error) &&
         check_code (s, error) && check_noise (s, error) &&
         check_size (s, shape, error);
}

/* ---- The layout ------------------------------------------------------------------ */

static void
add_layer (LtLayout *layout, char w, char b, int level, const int *dims)
{
  g_autofree char *w_name = g_strdup_printf ("%c%d", w, level);
  g_autofree char *b_name = g_strdup_printf ("%c%d", b, level);

  if (w != '\0')
    lt_layout_add (layout, w_name, LT_ROLE_WEIGHT, 2, dims[0], dims[1]);
  lt_layout_add (layout, b_name, LT_ROLE_BIAS, 1, dims[1]);
}

static void
add_tensors (LtModel *model)
{
  const LtDenseSettings *s = model->settings;
  int depth = s->hidden.n;
  int width[LT_LIST_MAX + 1];

  width[0] = model->shape.nv;
  for (int l = 0; l < depth; l++)
    width[l + 1] = (int) s->hidden.value[l];
  for (int l = 1; l <= depth; l++)
    add_layer (model->params, 'W', 'b', l, (int[]){ width[l - 1], width[l] });
  for (int l = depth; l >= 1 && s->task == LT_TASK_RECONSTRUCT; l--)
    add_layer (model->params, s->tied ? '\0' : 'V', 'c', l,
               (int[]){ width[l], width[l - 1] });
  if (s->classes == 0)
    return;
  lt_layout_add (model->params, "U", LT_ROLE_WEIGHT, 2, width[depth], s->classes);
  lt_layout_add (model->params, "d", LT_ROLE_BIAS, 1, s->classes);
}

static gboolean
is_part (const LtDenseNet *net, const LtTensor *tensor)
{
  int last = net->head > 0 ? net->head : net->n_nodes - 1;

  for (int k = 1; k <= last; k++)
    if (tensor->offset == net->layer[k].w || tensor->offset == net->layer[k].b)
      return TRUE;
  return FALSE;
}

void
lt_dense_build (LtModel *model)
{
  LtDenseNet learning, shown;

  model->params = lt_layout_new ();
  add_tensors (model);
  lt_dense_net_init (&learning, model, LT_DENSE_LEARNING);
  for (int i = 0; i < lt_layout_n_tensors (model->params); i++)
    if (!is_part (&learning, lt_layout_tensor (model->params, i)))
      lt_layout_freeze (model->params, i);

  lt_dense_net_init (&shown, model, LT_DENSE_SHOWN);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_FILTERS;
  if (shown.decodes)
    model->capabilities |= LT_CAN_DECODE | LT_CAN_RECONSTRUCT;
  if (learning.lowest == 0)
    model->capabilities |= LT_CAN_CORRUPT;
  if (shown.head > 0) {
    model->capabilities |= LT_CAN_CLASSIFY;
    model->n_classes = shown.width[shown.head];
  }
  model->n_code = shown.width[shown.depth];
  model->n_layers = shown.depth;
}

/* ---- First parameters ------------------------------------------------------------ */

static LtDenseInit
init_for (const LtDenseSettings *s, LtActivation f, gboolean output)
{
  if (s->init != LT_INIT_AUTO)
    return s->init;
  if (f == LT_RELU || f == LT_LEAKY_RELU)
    return LT_INIT_HE;
  return f == LT_SIGMOID && !output ? LT_INIT_SIGMOID_GLOROT : LT_INIT_GLOROT;
}

static void
draw_weights (LtDenseInit init, const LtDenseLayer *layer, LtRng *rng, float *w)
{
  gsize size = (gsize) layer->n_in * layer->n_out;
  double range = sqrt (6.0 / (layer->n_in + layer->n_out));

  if (init == LT_INIT_HE || init == LT_INIT_GAUSSIAN) {
    lt_rng_fill_normal (rng, size, w);
    lt_scale (init == LT_INIT_HE ? (float) sqrt (2.0 / layer->n_in) : 0.1f, size, w);
    return;
  }
  if (init == LT_INIT_SIGMOID_GLOROT)
    range *= 4;
  lt_rng_fill_uniform (rng, size, w);
  for (gsize i = 0; i < size; i++)
    w[i] = (float) (range * (2.0 * (double) w[i] - 1.0));
}

/* The pre-activation at which f gives y, kept away from where it would be infinite: a
 * pixel that is always black would otherwise never learn again. */
static double
inverse_activation (LtActivation f, double y)
{
  switch (f) {
  case LT_SIGMOID:
    y = CLAMP (y, 0.002, 0.998);
    return log (y / (1 - y));
  case LT_TANH:
    return atanh (CLAMP (y, -0.99, 0.99));
  case LT_RELU:
    return MAX (y, 0.01);
  case LT_LEAKY_RELU:
    return y < 0 ? MAX (y / 0.01, -1.0) : y;
  case LT_SOFTPLUS:
    return y > 30 ? y : log (expm1 (MAX (y, 0.01)));
  case LT_LINEAR:
  default:
    return y;
  }
}

void
lt_dense_init (const LtModel *model,
               gconstpointer settings,
               const float *mean,
               LtRng *rng,
               float *params,
               float *state)
{
  const LtDenseSettings *s = settings;
  LtDenseNet net;
  const LtDenseLayer *output;

  lt_dense_net_init (&net, model, LT_DENSE_WHOLE);
  output = &net.layer[net.n_nodes - 1];
  for (int k = 1; k < net.n_nodes; k++) {
    const LtDenseLayer *layer = &net.layer[k];
    if (!layer->mirrored)
      draw_weights (init_for (s, layer->f, net.decodes && layer == output), layer, rng,
                    params + layer->w);
  }
  if (net.head > 0)
    draw_weights (init_for (s, LT_LINEAR, TRUE), &net.layer[net.head], rng,
                  params + net.layer[net.head].w);
  if (s->output_bias == LT_OUTPUT_BIAS_ZERO || mean == NULL || !net.decodes)
    return;
  for (int i = 0; i < output->n_out; i++)
    params[output->b + i] =
        (float) inverse_activation (output->f, (double) mean[i] / s->output_scale);
}
