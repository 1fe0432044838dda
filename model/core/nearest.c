/* Optimal string alignment distance: letters inserted, deleted, changed, or two neighbours
 * swapped (Damerau 1964). */
#include "core/nearest.h"

#include <string.h>

#define LONGEST 64

static int
distance (const char *a, const char *b)
{
  int rows[3][LONGEST + 1]; /* the row before last, the last, the present one */
  int *before = rows[0], *last = rows[1], *row = rows[2];
  int n_a = (int) strlen (a), n_b = (int) strlen (b);

  if (n_a > LONGEST || n_b > LONGEST)
    return MAX (n_a, n_b);

  for (int j = 0; j <= n_b; j++)
    last[j] = j;
  for (int i = 1; i <= n_a; i++) {
    int *spare = before;

    row[0] = i;
    for (int j = 1; j <= n_b; j++) {
      int cost = a[i - 1] != b[j - 1];

      row[j] = MIN (MIN (last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN (row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
    row = spare;
  }
  return last[n_b];
}

const char *
lt_nearest_name (const char *word, const char *const *names)
{
  const char *nearest = NULL;
  int least = (int) strlen (word) / 3 + 1; /* a slip in every third letter at most */

  for (; *names != NULL; names++) {
    int d = distance (word, *names);

    /* A beginning is as good as the whole: "latent" means "latent-map". */
    if (strlen (word) >= 3 && g_str_has_prefix (*names, word))
      d = 1;
    if (d <= least && (nearest == NULL || d < least)) {
      nearest = *names;
      least = d;
    }
  }
  return nearest;
}
