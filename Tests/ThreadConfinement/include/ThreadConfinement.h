// What a test may do to a thread: forbid it every system call, or stop it where it stands.
//
// For tests only. Both prove of code what counting cannot: that it asks the system for nothing, and
// that nobody waits for a thread that is stopped in the middle of it.

#ifndef THREAD_CONFINEMENT_H
#define THREAD_CONFINEMENT_H

#include <stdbool.h>

/// Runs `body` on a new thread that may not call the system; returns whether it came to its end.
///
/// Under Linux's strict mode the kernel ends a thread at its first system call but read and write.
/// Waits at most `seconds`.
bool confinement_runs_without_system_calls(void (*body)(void *), void *context, int seconds);

/// Whether a thread can be forbidden to call the system here.
bool confinement_is_available(void);

/// A thread that runs `body` again and again, and can be stopped wherever it stands.
typedef struct StoppableThread StoppableThread;

/// Starts such a thread.
StoppableThread *stoppable_thread_start(void (*body)(void *), void *context);

/// Stops the thread in the midst of what it does; returns once it stands still, or false if it does not
/// within ten seconds.
bool stoppable_thread_stop(StoppableThread *);

/// Lets the thread run on.
void stoppable_thread_go_on(StoppableThread *);

/// Ends the thread after its present round, and forgets it.
void stoppable_thread_end(StoppableThread *);

#endif
