#include "AllocationCounter.h"

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(memory_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define CAN_COUNT 1
#else
#define CAN_COUNT 0
#endif

#if CAN_COUNT

#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool is_counting;
static atomic_bool is_tracing;
static atomic_int_fast64_t allocations;

static void note_allocation(void) {
  if (!atomic_load_explicit(&is_counting, memory_order_relaxed)) return;
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  if (atomic_load_explicit(&is_tracing, memory_order_relaxed)) {
    void *frames[40];
    write(STDERR_FILENO, "allocation:\n", 12);
    backtrace_symbols_fd(frames, backtrace(frames, 40), STDERR_FILENO);
  }
}

void *malloc(size_t size) {
  note_allocation();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note_allocation();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  note_allocation();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  note_allocation();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note_allocation();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  note_allocation();
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *memory = result;
  return 0;
}

bool allocation_counter_is_available(void) { return true; }

void allocation_counter_start(void) {
  // backtrace allocates when it is first used.
  void *frame;
  backtrace(&frame, 1);
  atomic_store(&is_tracing, getenv("ALLOCATION_TRACES") != NULL);
  atomic_store(&allocations, 0);
  atomic_store(&is_counting, true);
}

int64_t allocation_counter_stop(void) {
  atomic_store(&is_counting, false);
  return atomic_load(&allocations);
}

#else

bool allocation_counter_is_available(void) { return false; }
void allocation_counter_start(void) {}
int64_t allocation_counter_stop(void) { return 0; }

#endif
