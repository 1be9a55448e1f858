import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Opens listening TCP sockets and takes connections from them. Ours instead of the library's, because the library loses the errno and
/// takes no fewer connections than there are.
enum Listener {
    /// The kernel lowers it to `net.core.somaxconn`.
    private static let backlog: Int32 = 4_096

    /// - Parameter port: 0 lets the kernel choose.
    /// - Returns: A non-blocking socket that listens, owned by the caller, and its port.
    static func open(host: String, port: Int) throws(ServerError) -> (descriptor: Int32, port: Int) {
        guard var address = SocketAddress(host: host, port: port) else { throw .invalidHost(host) }
        let descriptor = linux_stream_socket(address.family)
        guard descriptor >= 0 else { throw .cannotListen(host: host, port: port, code: errno) }
        // A restart must not wait for the old connections' TIME_WAIT.
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0,
            address.readLocal(of: descriptor)
        else {
            let code = errno
            close(descriptor)
            throw .cannotListen(host: host, port: port, code: code)
        }
        return (descriptor, address.port)
    }

    enum Accepted {
        /// A non-blocking socket, owned by the caller, and the client's address.
        case newcomer(Int32, SocketAddress)
        case nobody
        /// The errno of a failure that ends by itself at some time: the process or the machine has too little of something.
        case scarcity(Int32)
    }

    /// Takes the connection that has waited longest.
    static func accept(on listener: Int32) -> Accepted {
        while true {
            var address = SocketAddress()
            let descriptor = address.withMutablePointer { linux_accept(listener, $0, $1) }
            if descriptor >= 0 { return .newcomer(descriptor, address) }
            switch errno {
            case EAGAIN, EWOULDBLOCK: return .nobody
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .scarcity(errno)
            // That client is gone, or its network had an error (accept(2)); the next one may be fine.
            case EINTR, ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT, ENONET, EOPNOTSUPP: continue
            // The listener itself is broken: asking again at once would never end.
            default: return .scarcity(errno)
            }
        }
    }
}
