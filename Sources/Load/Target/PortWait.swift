import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Waits for a port to be opened, as scripts do that start a shop and its visitors together.
public enum PortWait {
    private static let pause = Duration.milliseconds(200)
    private static let connectMilliseconds: Int32 = 1_000

    /// Tries to connect until somebody listens. Nothing is sent.
    ///
    /// Must be called on the loop; connecting and looking up the name happen on a worker thread.
    /// - Returns: False when nobody listens after `limit`.
    /// - Throws: `CancellationError` when the task is cancelled.
    public static func wait(for target: Target, limit: Duration, on loop: EventLoop) async throws -> Bool {
        let deadline = loop.now + limit
        let host = target.host.hasPrefix("[") ? String(target.host.dropFirst().dropLast()) : target.host
        while true {
            if try await WorkerPool.shared.run({ isListening(host, target.port) }) { return true }
            guard loop.now + pause < deadline else { return false }
            try await loop.sleep(for: pause)
        }
    }

    /// Tries every address that the name has.
    private static func isListening(_ host: String, _ port: Int) -> Bool {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return false }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next {
            if connects(to: address.pointee) { return true }
            next = address.pointee.ai_next
        }
        return false
    }

    private static func connects(to address: addrinfo) -> Bool {
        let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&request, 1, connectMilliseconds) == 1 else { return false }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0
    }
}
