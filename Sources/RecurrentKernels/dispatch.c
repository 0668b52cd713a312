// Which kernels run: chosen once, when the program starts.

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

#define TEXT_OF(variant) #variant
#define ENTRY(kernel, variant) .kernel = recurrent_##kernel##_##variant,
#define CELL(cell, name, variant)                                                                  \
  [cell] = {.forward = recurrent_##name##_forward_##variant,                                       \
            .backward = recurrent_##name##_backward_##variant},
#define STAGED_CELL(cell, name, variant)                                                           \
  [cell] = {.forward = recurrent_##name##_forward_##variant,                                       \
            .backward = recurrent_##name##_backward_##variant,                                     \
            .finish = recurrent_##name##_finish_##variant,                                         \
            .backward_staged = recurrent_##name##_backward_staged_##variant},
#define CELLS(variant)                                                                             \
  static const RecurrentCellKernels cells_##variant[RECURRENT_CELLS] = {                           \
      RECURRENT_EACH_CELL(CELL, variant) RECURRENT_EACH_STAGED_CELL(STAGED_CELL, variant)};
#define TABLE(variant, text)                                                                       \
  {.name = text, .cells = cells_##variant, RECURRENT_EACH_KERNEL(ENTRY, variant)}

#if defined(__x86_64__)
CELLS(avx512)
CELLS(avx512bf16)
CELLS(avx2)
#endif
CELLS(baseline)

#if defined(__x86_64__)
static const RecurrentKernels avx512 = TABLE(avx512, "avx512");
static const RecurrentKernels avx512bf16 = TABLE(avx512bf16, "avx512bf16");
static const RecurrentKernels avx2 = TABLE(avx2, "avx2");
static const RecurrentKernels baseline = TABLE(baseline, "baseline");
#elif defined(__aarch64__)
static const RecurrentKernels baseline = TABLE(baseline, "neon");
#else
static const RecurrentKernels baseline = TABLE(baseline, "baseline");
#endif

#if defined(__x86_64__)
static bool runs_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("fma");
}

static bool runs_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

static const RecurrentKernels *in_use = &baseline;
static const char *refused = NULL;

const RecurrentKernels *recurrent_bfloat16_kernels(void) {
#if defined(__x86_64__)
  // Only beside the set it extends: another one may have been forced.
  if (in_use == &avx512 && __builtin_cpu_supports("avx512bf16")) return &avx512bf16;
#endif
  return NULL;
}

void recurrent_yield(void) { sched_yield(); }

const RecurrentKernels *recurrent_kernels(void) { return in_use; }

const char *recurrent_refused_instruction_set(void) { return refused; }

const RecurrentKernels *recurrent_kernels_named(const char *name) {
#if defined(__x86_64__)
  if (strcmp(name, avx512.name) == 0) return runs_avx512() ? &avx512 : NULL;
  if (strcmp(name, avx2.name) == 0) return runs_avx2() ? &avx2 : NULL;
#endif
  return strcmp(name, baseline.name) == 0 ? &baseline : NULL;
}

const char *recurrent_instruction_sets(void) {
#if defined(__x86_64__)
  if (runs_avx512()) return "avx512, avx2, baseline";
  if (runs_avx2()) return "avx2, baseline";
#endif
  return baseline.name;
}

// Runs before main, on one thread, so that later reads need no lock.
__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  in_use = runs_avx512() ? &avx512 : runs_avx2() ? &avx2 : &baseline;
#endif
  const char *wanted = getenv("RECURRENT_ISA");
  if (!wanted || !*wanted) return;
  const RecurrentKernels *named = recurrent_kernels_named(wanted);
  if (named) {
    in_use = named;
  } else {
    refused = wanted;
  }
}
