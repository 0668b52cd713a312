// The system's own calls for the processors of a process, which Swift does not import everywhere.
#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "RecurrentKernels.h"

ptrdiff_t recurrent_processors(ptrdiff_t room, int32_t *numbers) {
  ptrdiff_t count = 0;
#ifdef __linux__
  // Many processors more than there are anywhere: a set that is too small is an error.
  enum { limit = 8192 };
  cpu_set_t *set = CPU_ALLOC(limit);
  const size_t size = CPU_ALLOC_SIZE(limit);
  if (!set) return 0;
  CPU_ZERO_S(size, set);
  if (sched_getaffinity(0, size, set) == 0) {
    for (int n = 0; n < limit && count < room; n++) {
      if (CPU_ISSET_S(n, size, set)) numbers[count++] = n;
    }
  }
  CPU_FREE(set);
#else
  (void)room;
  (void)numbers;
#endif
  return count;
}
