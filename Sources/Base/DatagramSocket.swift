#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where datagrams go.
public enum DatagramTarget: Sendable, Equatable {
    /// A name or an address.
    case host(String, port: Int)
    case unix(path: String)
}

/// Sends datagrams to one receiver and never waits: what the system does not take is lost, as datagrams may be anyway.
// @unchecked Sendable: the descriptor never changes, and the system calls on it may be made from any thread.
public final class DatagramSocket: @unchecked Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Opens a socket for a receiver. The name is looked up on a worker thread.
    ///
    /// - Throws: `SystemError` when the name is unknown or the system gives no socket. Whether anybody receives there shows only later.
    public static func open(to target: DatagramTarget) async throws -> DatagramSocket {
        switch target {
        case .unix(let path): try connected(toSocket: path)
        case .host(let host, let port): try await WorkerPool.shared.run { try connected(to: host, port: port) }
        }
    }

    private static func connected(to host: String, port: Int) throws(SystemError) -> DatagramSocket {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let first = found else { throw SystemError(call: "getaddrinfo \(host): \(String(cString: gai_strerror(code)))", code: 0) }
        defer { freeaddrinfo(found) }
        var failure = SystemError(call: "connect", code: EADDRNOTAVAIL)
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next {
            do throws(SystemError) {
                return try connected(family: address.pointee.ai_family) { connect($0, address.pointee.ai_addr, address.pointee.ai_addrlen) }
            } catch {
                failure = error
            }
            next = address.pointee.ai_next
        }
        throw failure
    }

    private static func connected(toSocket path: String) throws(SystemError) -> DatagramSocket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw SystemError(call: "connect \(path)", code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return try connected(family: AF_UNIX) { descriptor in
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }
    }

    private static func connected(family: Int32, _ connect: (Int32) -> Int32) throws(SystemError) -> DatagramSocket {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket") }
        let result = DatagramSocket(descriptor)
        guard connect(descriptor) == 0 else { throw SystemError(call: "connect") }
        return result
    }

    /// Hands one datagram to the system.
    ///
    /// - Throws: `SystemError`: ECONNREFUSED when nobody received an earlier one, EAGAIN when the system's buffer is full, EMSGSIZE.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        while true {
            if systemSend(descriptor, bytes) >= 0 { return }
            let code = errno
            if code != EINTR { throw SystemError(call: "send", code: code) }
        }
    }
}

/// The system call, which inside a class with a method of the same name needs another one.
private func systemSend(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
}
