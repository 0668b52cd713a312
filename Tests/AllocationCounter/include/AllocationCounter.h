// Counts the calls that allocate memory, from all threads of the process.
//
// A program that links this target gets its own malloc, calloc, realloc, posix_memalign,
// aligned_alloc and memalign, which call glibc's and count while counting is on. With the environment variable ALLOCATION_TRACES each
// allocation that is counted also writes to standard error where it came from. For tests only.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations can be counted here: with glibc, and no sanitizer that replaces malloc.
bool allocation_counter_is_available(void);

/// Sets the count to zero and starts counting.
void allocation_counter_start(void);

/// Stops counting and returns the number of allocations since the start.
int64_t allocation_counter_stop(void);

#endif
