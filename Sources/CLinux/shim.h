// What Swift's Glibc module leaves out.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>

// Behind _GNU_SOURCE, which a module cannot define for the headers of another one.
int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
