// What Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// Declared only for programs that ask for GNU extensions.
int pipe2(int ends[2], int flags);

/// From now on processes whose parents end become children of this one. Swift cannot call prctl, whose arguments vary.
static inline int adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

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

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

/// Makes one address the only server of a resolver. Returns 0, or -1 for what is no address.
static inline int linux_dns_use_server(struct __res_state *state, const char *server, int port)
{
  struct in_addr four;
  struct in6_addr six;
  if (inet_pton(AF_INET, server, &four) == 1)
  {
    state->nscount = 1;
    state->nsaddr_list[0].sin_family = AF_INET;
    state->nsaddr_list[0].sin_port = htons((unsigned short)port);
    state->nsaddr_list[0].sin_addr = four;
    return 0;
  }
  if (inet_pton(AF_INET6, server, &six) != 1)
    return -1;
  struct sockaddr_in6 *address = (struct sockaddr_in6 *)calloc(1, sizeof *address);
  if (!address)
    return -1;
  address->sin6_family = AF_INET6;
  address->sin6_port = htons((unsigned short)port);
  address->sin6_addr = six;
  // The library takes an IPv6 server from here when the family of the other list is 0, and frees it.
  free(state->_u._ext.nsaddrs[0]);
  state->_u._ext.nsaddrs[0] = address;
  state->nsaddr_list[0].sin_family = 0;
  state->nscount = 1;
  return 0;
}

/// Asks a DNS server one question of class IN and waits for the answer.
///
/// `server` is an address, or NULL for the servers of the system's configuration. `seconds` limits the wait; it is rounded to whole tries.
/// Returns the length of the answer, or -1 with one of <netdb.h>'s numbers in `error`.
static inline int linux_dns_query(
    const char *server, int port, const char *name, int type, int seconds, unsigned char *answer, int capacity, int *error)
{
  struct __res_state state;
  memset(&state, 0, sizeof state);
  *error = NETDB_INTERNAL;
  if (res_ninit(&state) != 0)
    return -1;
  state.retry = seconds < 2 ? 1 : 2;
  state.retrans = seconds < 2 ? 1 : seconds / 2;
  int length = -1;
  if (!server || linux_dns_use_server(&state, server, port) == 0)
  {
    length = res_nquery(&state, name, ns_c_in, type, answer, capacity);
    *error = state.res_h_errno;
  }
  res_nclose(&state);
  return length < capacity ? length : capacity;
}

// Behind _GNU_SOURCE, which a module cannot define for the headers of another one.
int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

// In C, because which module SOCK_STREAM and its like belong to depends on the order in which Swift reads the headers.

/// A TCP socket that neither blocks nor is inherited by other programs, or -1 with errno.
static inline int linux_stream_socket(int family)
{
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/// The connection that has waited longest: a socket like those of linux_stream_socket, or -1 with errno.
static inline int linux_accept(int listener, struct sockaddr *address, socklen_t *length)
{
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
