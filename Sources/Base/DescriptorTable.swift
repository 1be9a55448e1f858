#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process's table of open files and sockets.
public enum DescriptorTable {
    /// Permits as many descriptors as the system lets this process have, and makes room for `count` of them at once.
    ///
    /// To be called before there is a second thread: the kernel doubles a full table, and in a process with threads that means to wait for
    /// an RCU grace period (`expand_fdtable` in Linux's fs/file.c). Measured: 10 to 30 ms at 256, 512, 1,024 and 2,048 connections, in
    /// which the loop that accepts them stands still.
    public static func prepare(for count: Int) {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return }
        limits.rlim_cur = limits.rlim_max
        // Without it, or with fewer, the program works all the same, only for fewer connections or with those pauses.
        if setrlimit(resource, &limits) != 0 { getrlimit(resource, &limits) }
        let last = Int32(clamping: min(UInt64(clamping: count), UInt64(limits.rlim_cur)) &- 1)
        let some = open("/", O_RDONLY | O_CLOEXEC)
        guard some >= 0 else { return }
        let high = fcntl(some, F_DUPFD_CLOEXEC, last)
        if high >= 0 { close(high) }
        close(some)
    }

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif
}
