/* Where an axis has its ticks, and what stands at them. */
#include "paint/axes.h"

#include <math.h>

/* The smallest of 1, 2, 5 times a power of ten that is not below x. */
static double
round_step (double x)
{
  double power = pow (10, floor (log10 (x) + 1e-9));
  double mantissa = x / power;

  if (mantissa <= 1 + 1e-9)
    return power;
  if (mantissa <= 2 + 1e-9)
    return 2 * power;
  return mantissa <= 5 + 1e-9 ? 5 * power : 10 * power;
}

static void
ticks_linear (const LtAxis *axis, int most, LtTicks *ticks)
{
  double range = axis->highest - axis->lowest;
  double step = round_step (range / most);
  double first, slack;

  if ((int) floor (range / step) + 1 > most)
    step = round_step (step * 1.01);
  slack = step * 1e-6;
  first = ceil ((axis->lowest - slack) / step);
  ticks->step = step;
  for (double i = first; i * step <= axis->highest + slack && ticks->n < most; i++)
    ticks->at[ticks->n++] = i * step;
}

/* Every `stride` decades, with n_between of 1, 2 and 5 in each; FALSE when these are more
 * than `most`. */
static gboolean
decades (const LtAxis *axis, int n_between, int stride, int most, LtTicks *ticks)
{
  static const double between[3][3] = { { 1 }, { 1, 5 }, { 1, 2, 5 } };
  int first = (int) floor (log10 (axis->lowest) + 1e-9);
  int last = (int) ceil (log10 (axis->highest) - 1e-9);

  ticks->n = 0;
  for (int decade = first; decade <= last; decade += stride)
    for (int i = 0; i < n_between; i++) {
      double at = between[n_between - 1][i] * pow (10, decade);

      if (at < axis->lowest * (1 - 1e-9) || at > axis->highest * (1 + 1e-9))
        continue;
      if (ticks->n == most)
        return FALSE;
      ticks->at[ticks->n++] = at;
    }
  return TRUE;
}

static void
ticks_logarithmic (const LtAxis *axis, int most, LtTicks *ticks)
{
  int stride = 1;

  for (int n_between = 3; n_between >= 1; n_between--)
    if (decades (axis, n_between, 1, most, ticks))
      return;
  while (!decades (axis, 1, stride, most, ticks))
    stride++;
}

void
lt_axis_ticks (const LtAxis *axis, int most, LtTicks *ticks)
{
  *ticks = (LtTicks){ 0 };
  most = CLAMP (most, 2, LT_MAX_TICKS);
  if (!isfinite (axis->lowest) || !isfinite (axis->highest) ||
      axis->highest <= axis->lowest)
    return;
  if (axis->logarithmic && axis->lowest > 0)
    ticks_logarithmic (axis, most, ticks);
  else
    ticks_linear (axis, most, ticks);
}

/* 10 to the power, with the power's digits raised. */
static void
power_label (int power, char *text, gsize size)
{
  static const char *const raised[] = {
    "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"
  };
  GString *label = g_string_new (power < 0 ? "10⁻" : "10");
  char digits[16];

  g_snprintf (digits, sizeof digits, "%d", ABS (power));
  for (const char *digit = digits; *digit != '\0'; digit++)
    g_string_append (label, raised[*digit - '0']);
  g_strlcpy (text, label->str, size);
  g_string_free (label, TRUE);
}

/* How many digits tell value from the tick beside it; three at least. */
static int
count_digits (double value, double step)
{
  double digits = floor (log10 (value) + 1e-9) - floor (log10 (step) + 1e-9) + 1;

  return (int) CLAMP (digits, 3, 15);
}

/* A typographic minus, and a unit of a thousand, a million, a milliard for large steps. */
static void
plain_label (double value, double step, char *text, gsize size)
{
  double magnitude = fabs (value) < step * 1e-6 ? 0 : fabs (value);
  double divisor = step >= 1e9 ? 1e9 : step >= 1e6 ? 1e6 : step >= 1e3 ? 1e3 : 1;
  const char *unit = divisor == 1    ? ""
                     : divisor < 1e6 ? "k"
                     : divisor < 1e9 ? "M"
                                     : "G";
  const char *sign = value < 0 && magnitude > 0 ? "−" : "";
  int decimals = MAX (0, (int) -floor (log10 (step / divisor) + 1e-9));

  if (magnitude == 0)
    g_strlcpy (text, "0", size);
  else if (decimals > 4 || step >= 1e12)
    g_snprintf (text, size, "%s%.*g", sign, count_digits (magnitude, step), magnitude);
  else
    g_snprintf (text, size, "%s%.*f%s", sign, decimals, magnitude / divisor, unit);
}

/* "10⁻³", "5·10⁻⁴". */
static void
scientific_label (double value, char *text, gsize size)
{
  int power = (int) floor (log10 (value) + 1e-9);
  int factor = (int) round (value / pow (10, power));
  int length = factor == 1 ? 0 : g_snprintf (text, size, "%d·", factor);

  power_label (power, text + length, size - (gsize) length);
}

void
lt_ticks_label (const LtTicks *ticks, int i, char *text, gsize size)
{
  double value = ticks->at[i];

  g_return_if_fail (i >= 0 && i < ticks->n);
  if (ticks->step > 0)
    plain_label (value, ticks->step, text, size);
  else if (value >= 0.01 && value < 10000)
    g_snprintf (text, size, "%g", value);
  else
    scientific_label (value, text, size);
}

void
lt_axis_round (LtAxis *axis)
{
  double low = axis->lowest, high = axis->highest, step;

  if (!isfinite (low) || !isfinite (high) || low > high) {
    axis->lowest = axis->logarithmic ? 0.1 : 0;
    axis->highest = 1;
    return;
  }
  if (axis->logarithmic && high > 0) {
    low = low > 0 ? low : high / 1000;
    axis->lowest = pow (10, floor (log10 (low) + 1e-9));
    axis->highest = pow (10, ceil (log10 (high) - 1e-9));
    if (axis->highest <= axis->lowest)
      axis->highest = axis->lowest * 10;
    return;
  }
  if (high - low <= 1e-12 * MAX (fabs (low), fabs (high)))
    step = high == 0 ? 1 : round_step (fabs (high) / 10);
  else
    step = round_step ((high - low) / 10);
  axis->lowest = step * floor (low / step + 1e-9);
  axis->highest = step * ceil (high / step - 1e-9);
  if (axis->highest <= axis->lowest) {
    axis->lowest -= step;
    axis->highest += step;
  }
}
