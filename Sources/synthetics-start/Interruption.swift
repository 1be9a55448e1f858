import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// SIGINT and SIGTERM as a wish to stop: what was started must be ended first, browsers above all.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var stop: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    // nonisolated(unsafe): set once, before anybody else has the object, and only kept so that signals are heard.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    init() {
        sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.hear(number) }
            source.resume()
            // Dispatch only hears what does not end the process.
            signal(number, SIG_IGN)
            return source
        }
    }

    /// The exit status that shells give to a program that a signal ended; nil when none came.
    var exitStatus: Int32? { state.withLock { $0.signal.map { 128 + $0 } } }

    /// Sets what a signal does, also one that came before.
    func stops(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.stop = body
            return state.signal != nil
        }
        if isLate { body() }
    }

    private func hear(_ number: Int32) {
        let stop = state.withLock { state in
            state.signal = state.signal ?? number
            return state.stop
        }
        stop?()
    }
}
