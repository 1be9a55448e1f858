#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a server could not start.
public enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not an IPv4 or IPv6 address and not `localhost`.
    case invalidHost(String)
    /// The address is taken, not ours, or not allowed; `code` is the errno.
    case cannotListen(host: String, port: Int, code: Int32)
    case alreadyStarted(port: Int)
    /// The library gave no daemon; `code` is the errno, 0 when it left none.
    case cannotServe(port: Int, code: Int32)

    public var description: String {
        switch self {
        case .invalidHost(let host): "\"\(host)\" is not an address to listen on; use for example 127.0.0.1, 0.0.0.0, ::1 or localhost"
        case .cannotListen(let host, let port, EADDRINUSE): "\(host):\(port) is in use by another program (errno \(EADDRINUSE))"
        case .cannotListen(let host, let port, let code): "cannot listen on \(host):\(port): \(String(cString: strerror(code))) (errno \(code))"
        case .alreadyStarted(let port): "the server on port \(port) has been started already"
        case .cannotServe(let port, let code): "cannot serve on port \(port): \(String(cString: strerror(code))) (errno \(code))"
        }
    }
}
