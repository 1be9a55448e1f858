import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A failed system call.
public struct SystemError: Error, CustomStringConvertible, Sendable {
    public var call: String
    public var code: Int32

    public init(call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// epoll plus an eventfd for wake-ups from other threads.
final class Poller {
    private let epoll: Int32
    private let wakeUp: Int32
    private var handlers: [Int32: (EventLoop.Interest) -> Void] = [:]
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    private var isPrecise: Bool

    /// - Parameter isPrecise: Waits to the nanosecond where the kernel can, instead of rounding up to milliseconds.
    init(isPrecise: Bool = false) throws(SystemError) {
        self.isPrecise = isPrecise
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError(call: "epoll_create1") }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            let error = SystemError(call: "eventfd")
            close(epoll)
            throw error
        }
        try control(EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue)
    }

    deinit {
        close(wakeUp)
        close(epoll)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
        if epoll_ctl(epoll, operation, descriptor, &event) != 0 { throw SystemError(call: "epoll_ctl") }
    }

    func watch(_ descriptor: Int32, for interest: EventLoop.Interest, _ body: @escaping (EventLoop.Interest) -> Void) throws(SystemError) {
        var mask: UInt32 = 0
        if interest.contains(.readable) { mask |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.writable) { mask |= EPOLLOUT.rawValue }
        try control(handlers[descriptor] == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, mask)
        handlers[descriptor] = body
    }

    func unwatch(_ descriptor: Int32) {
        guard handlers.removeValue(forKey: descriptor) != nil else { return }
        // The owner may have closed the descriptor already, which also ends the registration.
        try? control(EPOLL_CTL_DEL, descriptor, 0)
    }

    func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    /// Waits at most this long (nil: for ever) and calls the handlers of what is ready.
    func poll(timeoutNanoseconds: Int64?) {
        let count = wait(timeoutNanoseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let descriptor = events[index].data.fd
            if descriptor == wakeUp {
                var value: UInt64 = 0
                _ = read(wakeUp, &value, 8)
                continue
            }
            let mask = events[index].events
            var interest: EventLoop.Interest = []
            if mask & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { interest.insert(.readable) }
            if mask & EPOLLOUT.rawValue != 0 { interest.insert(.writable) }
            if mask & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { interest.insert(.failed) }
            // An earlier handler of this round may have removed it.
            handlers[descriptor]?(interest)
        }
    }

    private func wait(_ timeoutNanoseconds: Int64?) -> Int32 {
        if isPrecise {
            let count = epoll_wait_nanoseconds(epoll, &events, Int32(events.count), timeoutNanoseconds ?? -1)
            if count >= 0 || errno != ENOSYS { return count }
            isPrecise = false
        }
        // Rounded up: a timer must not be looked at a moment before it is due.
        let timeout = timeoutNanoseconds.map { Int32(clamping: ($0 + 999_999) / 1_000_000) } ?? -1
        return epoll_wait(epoll, &events, Int32(events.count), timeout)
    }
}
