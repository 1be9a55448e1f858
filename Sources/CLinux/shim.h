// What Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>

/// Declared only for programs that ask for GNU extensions.
int pipe2(int ends[2], int flags);

/// From now on processes whose parents end become children of this one. Swift cannot call prctl, whose arguments vary.
static inline int adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
