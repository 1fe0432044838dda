/* Covariances and decompositions in double, by OpenBLAS and the LAPACK in it. Fortran's matrices
 * are stored by columns, so a row-major a is its transpose there, and aᵀ = U S Vᵀ gives
 * a = V S Uᵀ: the left and right vectors change places. */
#include "core/kernels.h"
#include "core/matrix.h"

#include <cblas.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* Character arguments carry hidden lengths at the end. */
extern void dgesdd_ (const char *job,
                     const int *m,
                     const int *n,
                     double *a,
                     const int *lda,
                     double *s,
                     double *u,
                     const int *ldu,
                     double *vt,
                     const int *ldvt,
                     double *work,
                     const int *lwork,
                     int *iwork,
                     int *info,
                     gsize job_length);

extern void dsyevd_ (const char *job,
                     const char *triangle,
                     const int *n,
                     double *a,
                     const int *lda,
                     double *w,
                     double *work,
                     const int *lwork,
                     int *iwork,
                     const int *liwork,
                     int *info,
                     gsize job_length,
                     gsize triangle_length);

/* OpenBLAS knows processors by their numbers, and gives one that is newer than it is what a
 * processor of twenty years ago could do: a quarter of the speed. */
const char *
lt_blas_fitting_core (void)
{
  static const char *const dated[] = { "Katmai", "Coppermine", "Northwood", "Prescott",
                                       "Banias", "Core2",      "Atom",      "Generic" };
  const char *own = lt_kernels_name (), *core = openblas_get_corename ();

  for (gsize i = 0; i < G_N_ELEMENTS (dated); i++) {
    if (g_ascii_strcasecmp (core, dated[i]) != 0)
      continue;
    if (strcmp (own, "avx512") == 0)
      return "SkylakeX";
    return strcmp (own, "avx2") == 0 ? "Haswell" : NULL;
  }
  return NULL;
}

const char *
lt_blas_core (void)
{
  return openblas_get_corename ();
}

static void
set_one_thread (void)
{
  openblas_set_num_threads (1);
}

/* A team's members are threads enough, and more would make results depend on their number. */
static void
use_one_thread (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, set_one_thread);
}

/* A copy, or NULL when an entry is not finite. */
static double *
dup_finite (const double *a, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (a[i]))
      return NULL;
  double *copy = g_new (double, n);
  memcpy (copy, a, n * sizeof (double));
  return copy;
}

gboolean
lt_svd (const double *a, int m, int n, double *u, double *s, double *vt)
{
  g_return_val_if_fail (m > 0 && n > 0, FALSE);
  use_one_thread ();
  gsize least = MIN (m, n);
  int lead = (int) least;
  g_autofree double *copy = dup_finite (a, (gsize) m * n);
  if (!copy)
    return FALSE;
  const char *job = u || vt ? "S" : "N";
  gboolean vectors = u || vt;
  g_autofree double *own_u = vectors && !u ? g_new (double, m *least) : NULL;
  g_autofree double *own_vt = vectors && !vt ? g_new (double, n *least) : NULL;
  g_autofree double *own_s = s ? NULL : g_new (double, least);
  g_autofree int *iwork = g_new (int, 8 * least);
  double *left = vt ? vt : own_vt, *right = u ? u : own_u;
  double size = 0.0;
  int info = 0, lwork = -1;
  dgesdd_ (job, &n, &m, copy, &n, s ? s : own_s, left, &n, right, &lead, &size, &lwork,
           iwork, &info, 1);
  lwork = (int) size;
  g_autofree double *work = g_new (double, lwork);
  dgesdd_ (job, &n, &m, copy, &n, s ? s : own_s, left, &n, right, &lead, work, &lwork,
           iwork, &info, 1);
  return info == 0;
}

/* LAPACK's order is ascending. */
static void
reverse_rows (double *rows, int n, int length)
{
  for (int i = 0; i < n / 2; i++) {
    double *low = rows + (gsize) i * length;
    double *high = rows + (gsize) (n - 1 - i) * length;
    for (int j = 0; j < length; j++) {
      double value = low[j];
      low[j] = high[j];
      high[j] = value;
    }
  }
}

gboolean
lt_eigen (const double *a, int n, double *values, double *v)
{
  g_return_val_if_fail (n > 0, FALSE);
  use_one_thread ();
  gsize size = (gsize) n * n;
  g_autofree double *copy = dup_finite (a, size);
  if (!copy)
    return FALSE;
  double n_work = 0.0;
  int n_iwork = 0, lwork = -1, liwork = -1, info = 0;
  dsyevd_ ("V", "U", &n, copy, &n, values, &n_work, &lwork, &n_iwork, &liwork, &info, 1,
           1);
  lwork = (int) n_work;
  liwork = n_iwork;
  g_autofree double *work = g_new (double, lwork);
  g_autofree int *iwork = g_new (int, liwork);
  dsyevd_ ("V", "U", &n, copy, &n, values, work, &lwork, iwork, &liwork, &info, 1, 1);
  if (info != 0)
    return FALSE;
  reverse_rows (values, n, 1);
  reverse_rows (copy, n, n);
  memcpy (v, copy, size * sizeof (double));
  return TRUE;
}

/* ---- Covariances ----------------------------------------------------------------- */

#define GRAM_TILE 96

typedef struct {
  const double *x;
  int rows, n;
  double *c;
} GramJob;

/* Tiles grow shorter towards the end, so members take them in turns. */
static void
add_gram_tiles (gpointer data, int member, int n_members)
{
  const GramJob *job = data;

  for (int first = member * GRAM_TILE; first < job->n; first += n_members * GRAM_TILE) {
    int size = MIN (GRAM_TILE, job->n - first);

    cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, size, job->n - first,
                 job->rows, 1, job->x + first, job->n, job->x + first, job->n, 1,
                 job->c + (gsize) first * job->n + first, job->n);
  }
}

void
lt_add_gram (LtTeam *team, const double *x, int rows, int n, double *c)
{
  GramJob job = { x, rows, n, c };

  use_one_thread ();
  lt_team_run (team, add_gram_tiles, &job);
}
