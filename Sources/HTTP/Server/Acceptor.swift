import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Watches a listening socket and takes a few newcomers at a time, so that a crowd at the door does not keep the loop.
///
/// At the connection limit, or when descriptors or memory run out, nobody is taken: newcomers wait in the kernel's backlog.
// All methods are called on the loop.
final class Acceptor {
    private let loop: EventLoop
    private let descriptor: Int32
    private let room: () -> Int
    private let admit: (Int32, SocketAddress) -> Void
    private(set) var isPaused = true
    private var retry: EventLoop.TimerID?

    /// - Parameters:
    ///   - descriptor: A non-blocking listening socket; closed by `close()`.
    ///   - room: How many newcomers may come now.
    ///   - admit: Takes over a newcomer's socket.
    init(
        loop: EventLoop, descriptor: Int32, room: @escaping () -> Int, admit: @escaping (Int32, SocketAddress) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.descriptor = descriptor
        self.room = room
        self.admit = admit
        try watch()
    }

    private func watch() throws(SystemError) {
        try loop.watch(descriptor, for: .readable) { [self] _ in acceptSome() }
        isPaused = false
    }

    private func pause() {
        loop.unwatch(descriptor)
        isPaused = true
    }

    /// Connections have been closed: there may be room again.
    func resume() {
        guard isPaused, retry == nil, room() > 0 else { return }
        do { try watch() } catch { retryLater() }
    }

    /// Newcomers are refused from now on, those in the backlog too.
    func close() {
        pause()
        if let retry = retry.take() { loop.cancel(retry) }
        _ = systemClose(descriptor)
    }

    private static let acceptsPerTurn = 32

    private func acceptSome() {
        let room = room()
        for _ in 0..<min(room, Self.acceptsPerTurn) {
            switch Listener.accept(on: descriptor) {
            case .newcomer(let socket, let address): admit(socket, address)
            case .nobody: return
            case .scarcity:
                // Somebody waits all the time: watching on would keep the loop spinning.
                pause()
                return retryLater()
            }
        }
        if room <= Self.acceptsPerTurn { pause() }
    }

    private func retryLater() {
        guard retry == nil else { return }
        retry = loop.schedule(after: .milliseconds(100)) { [self] in
            retry = nil
            resume()
        }
    }
}

/// Outside the class, whose own `close` hides the system's.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
