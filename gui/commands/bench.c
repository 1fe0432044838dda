/* lantern bench: how fast this program trains, beside what the machine can do. */
#include "commands/bench.h"

#include "commands/command.h"
#include "commands/output.h"
#include "core/matrix.h"
#include "core/nearest.h"

#include <stdio.h>
#include <string.h>

static const LtOption options[] = {
  { "threads", 0, "N", "processors to use; all of them otherwise" },
  { "json", 0, NULL, "prints one JSON object a workload" },
  { NULL, 0, NULL, NULL },
};

static const LtWorkload *
find_workload (const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *list = NULL;
  const char *nearest;

  for (const LtWorkload *workload = lt_workloads; workload->name != NULL; workload++) {
    if (strcmp (workload->name, name) == 0)
      return workload;
    g_ptr_array_add (names, (gpointer) workload->name);
  }
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (char **) names->pdata);
  nearest = lt_nearest_name (name, (const char *const *) names->pdata);
  if (nearest != NULL)
    lt_usage_error_set (error, "There is no workload “%s”; did you mean %s?", name,
                        nearest);
  else
    lt_usage_error_set (error, "There is no workload “%s”; there are %s.", name, list);
  return NULL;
}

static void
print_result (const LtWorkload *workload, const LtBenchResult *result)
{
  double rate = result->examples_per_second * result->flops_per_example;
  g_autofree char *speed = lt_format_count (result->examples_per_second);

  printf ("%-15s  %10s  %8.1f  %8.1f  %6.1f %%  %7.0f", workload->name, speed,
          rate / 1e9, result->sgemm / 1e9, 100 * rate / result->sgemm,
          result->peak_bytes / 1e6);
  if (result->run_file_bytes > 0)
    printf ("  (run file %.0f MB)", result->run_file_bytes / 1e6);
  putchar ('\n');
  fflush (stdout);
}

static void
print_result_json (const LtWorkload *workload,
                   const LtBenchResult *result,
                   int n_threads)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  double rate = result->examples_per_second * result->flops_per_example;

  json_builder_begin_object (json);
  lt_json_string (json, "workload", workload->name);
  lt_json_integer (json, "threads", n_threads);
  lt_json_string (json, "openblas_core", lt_blas_core ());
  lt_json_number (json, "examples_per_second", result->examples_per_second);
  lt_json_number (json, "product_gflops", rate / 1e9);
  lt_json_number (json, "sgemm_gflops", result->sgemm / 1e9);
  lt_json_number (json, "share_of_sgemm", rate / result->sgemm);
  lt_json_number (json, "peak_megabytes", result->peak_bytes / 1e6);
  if (result->run_file_bytes > 0)
    lt_json_number (json, "run_file_megabytes", result->run_file_bytes / 1e6);
  json_builder_end_object (json);
  lt_print_json (json);
}

/* The machine's own rate is taken before and after, because it changes with its load. */
static gboolean
bench (const LtWorkload *workload, int n_threads, gboolean json, GError **error)
{
  double before = lt_bench_sgemm (n_threads);
  LtBenchResult result;

  if (!lt_bench_measure (workload, n_threads, &result, error))
    return FALSE;
  result.sgemm = MAX (before, lt_bench_sgemm (n_threads));
  if (json)
    print_result_json (workload, &result, n_threads);
  else
    print_result (workload, &result);
  return TRUE;
}

/* Those named, or all that record nothing; NULL-terminated. */
static GPtrArray *
choose_workloads (const LtArguments *arguments, GError **error)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  const char *name;

  for (int i = 0; (name = lt_arguments_operand (arguments, i)) != NULL; i++) {
    const LtWorkload *workload = find_workload (name, error);

    if (workload == NULL)
      return NULL;
    g_ptr_array_add (chosen, (gpointer) workload);
  }
  for (const LtWorkload *workload = lt_workloads;
       lt_arguments_n_operands (arguments) == 0 && workload->name != NULL; workload++) {
    if (!workload->records)
      g_ptr_array_add (chosen, (gpointer) workload);
  }
  return g_steal_pointer (&chosen);
}

static gboolean
run (const LtArguments *arguments, GError **error)
{
  gboolean json = lt_arguments_has (arguments, "json");
  int n_threads = lt_team_processors ();
  g_autoptr (GPtrArray) chosen = choose_workloads (arguments, error);

  if (chosen == NULL ||
      !lt_arguments_get_integer (arguments, "threads", 1, 1024, &n_threads, error))
    return FALSE;
  if (!json) {
    printf ("Uniform noise, 60,000 x 784; %d %s; OpenBLAS for %s\n", n_threads,
            n_threads == 1 ? "thread" : "threads", lt_blas_core ());
    printf ("%-15s  %10s  %8s  %8s  %8s  %7s\n", "workload", "examples/s", "GFLOP/s",
            "sgemm", "share", "peak MB");
    fflush (stdout);
  }
  for (guint i = 0; i < chosen->len; i++) {
    if (!bench (g_ptr_array_index (chosen, i), n_threads, json, error))
      return FALSE;
  }
  return TRUE;
}

const LtCommand lt_command_bench = {
  .name = "bench",
  .operand = "[WORKLOAD]...",
  .max_operands = 64,
  .summary = "Measures how fast it trains, beside this machine's own sgemm rate.",
  .details =
      "Workloads: dA-784-500, ae-784-128, deep-ae, cae-784-1000,\n"
      "rbm-784-500-cd1, rbm-784-500-pcd1, dbm-784-500-1000 and ais-784-500 (an "
      "example\n"
      "is a step of one run); and deep-ae-memory, 200 recorded epochs, only when it "
      "is\n"
      "named.\n"
      "GFLOP/s are those of the matrix products; sgemm is OpenBLAS on large square\n"
      "matrices with as many threads, in the same minute; share is the first of the\n"
      "second. examples/s is the fastest epoch's, sgemm the fastest second's.",
  .options = options,
  .run = run,
};
