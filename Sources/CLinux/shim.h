// What Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// epoll_wait that takes nanoseconds, negative for ever. Fails with ENOSYS before Linux 5.11.
static inline int epoll_wait_nanoseconds(int epoll, struct epoll_event *events, int count, long long nanoseconds)
{
#ifdef SYS_epoll_pwait2
  struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return (int)syscall(SYS_epoll_pwait2, epoll, events, count, nanoseconds < 0 ? NULL : &time, NULL, 0);
#else
  (void)epoll, (void)events, (void)count, (void)nanoseconds;
  errno = ENOSYS;
  return -1;
#endif
}

// Behind _GNU_SOURCE, which a module cannot define for the headers of another one.
int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
