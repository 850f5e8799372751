#define _GNU_SOURCE
#include "CPlatform.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static _Thread_local const char *guarded_message;
static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
enum { signal_count = sizeof signals / sizeof *signals };
static struct sigaction before[signal_count];
static pthread_once_t installed = PTHREAD_ONCE_INIT;

// Calls only what may be called in a signal handler.
static void handle(int number, siginfo_t *information, void *context) {
  (void)information, (void)context;
  const char *message = guarded_message;
  if (message) {
    ssize_t ignored = write(STDERR_FILENO, message, strlen(message));
    (void)ignored;
    _exit(1);
  }
  // Not ours: as without us. A fault happens again on return; an abort is raised again.
  for (int at = 0; at < signal_count; at++)
    if (signals[at] == number) sigaction(number, &before[at], NULL);
  if (number == SIGABRT) raise(number);
}

static void install(void) {
  struct sigaction action = {0};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int at = 0; at < signal_count; at++) sigaction(signals[at], &action, &before[at]);
}

const char *grouse_guard_faults(const char *message) {
  pthread_once(&installed, install);
  const char *outer = guarded_message;
  guarded_message = message;
  return outer;
}
