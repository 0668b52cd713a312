#define _GNU_SOURCE

#include "ThreadConfinement.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#ifdef __linux__

typedef struct {
  void (*body)(void *);
  void *context;
  int done;
} Confined;

static void *run_confined(void *argument) {
  Confined *confined = argument;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) syscall(SYS_exit, 0);
  confined->body(confined->context);
  write(confined->done, "!", 1);
  // Leaving the function would unmap the stack, which is not allowed any more.
  syscall(SYS_exit, 0);
  return NULL;
}

bool confinement_is_available(void) { return true; }

bool confinement_runs_without_system_calls(void (*body)(void *), void *context, int seconds) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  // Never freed: the thread may be ended while it uses it.
  Confined *confined = malloc(sizeof *confined);
  if (!confined) return false;
  *confined = (Confined){body, context, ends[1]};
  pthread_t thread;
  if (pthread_create(&thread, NULL, run_confined, confined) != 0) return false;
  pthread_detach(thread);
  struct pollfd waiting = {.fd = ends[0], .events = POLLIN};
  return poll(&waiting, 1, seconds * 1000) == 1;
}

#else

bool confinement_is_available(void) { return false; }
bool confinement_runs_without_system_calls(void (*body)(void *), void *context, int seconds) {
  (void)body, (void)context, (void)seconds;
  return false;
}

#endif

struct StoppableThread {
  void (*body)(void *);
  void *context;
  pthread_t thread;
  atomic_bool is_stopped;
  atomic_bool may_run;
  atomic_bool ends;
};

static _Thread_local StoppableThread *this_thread;

// What a signal's handler may do: atomics, and giving way.
static void stand_still(int signal) {
  (void)signal;
  StoppableThread *own = this_thread;
  if (!own) return;
  atomic_store(&own->is_stopped, true);
  while (!atomic_load(&own->may_run)) sched_yield();
  atomic_store(&own->is_stopped, false);
}

static void *run_stoppable(void *argument) {
  StoppableThread *own = argument;
  this_thread = own;
  // Who starts the thread may be one that takes no signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR2);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  while (!atomic_load(&own->ends)) own->body(own->context);
  return NULL;
}

StoppableThread *stoppable_thread_start(void (*body)(void *), void *context) {
  struct sigaction action = {.sa_handler = stand_still};
  sigaction(SIGUSR2, &action, NULL);
  StoppableThread *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  made->body = body;
  made->context = context;
  atomic_store(&made->may_run, true);
  if (pthread_create(&made->thread, NULL, run_stoppable, made) != 0) {
    free(made);
    return NULL;
  }
  return made;
}

bool stoppable_thread_stop(StoppableThread *thread) {
  atomic_store(&thread->may_run, false);
  // A signal that came before the thread knew itself did nothing.
  for (int tries = 0; tries < 10000; tries++) {
    pthread_kill(thread->thread, SIGUSR2);
    for (int n = 0; n < 10; n++) {
      if (atomic_load(&thread->is_stopped)) return true;
      usleep(100);
    }
  }
  atomic_store(&thread->may_run, true);
  return false;
}

void stoppable_thread_go_on(StoppableThread *thread) {
  atomic_store(&thread->may_run, true);
  while (atomic_load(&thread->is_stopped)) sched_yield();
}

void stoppable_thread_end(StoppableThread *thread) {
  atomic_store(&thread->ends, true);
  pthread_join(thread->thread, NULL);
  free(thread);
}
