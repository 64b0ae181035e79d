// The system calls of an event loop and of child processes that Swift's Glibc module lacks.
//
// _GNU_SOURCE must not be defined here: fd_set would then differ from the one in Dispatch's module,
// and the build would fail or not with the order of imports. The GNU calls are declared by hand.
#ifndef CEPOLL_H
#define CEPOLL_H

#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>

extern int epoll_pwait2(int, struct epoll_event *, int, const struct timespec *, const sigset_t *);
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pipe2(int [2], int);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);

// Lets the process run only where no other wants to, and on the last core it may use; -1 where it may not.
int lower_priority(void);

// Whether the thread runs only where no other wants to.
int is_low_priority(void);

#endif
