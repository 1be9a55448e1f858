import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One thread's queue of jobs, timers and sockets: the serial executor of the shops that live on it and the task executor of all
/// that they do.
///
/// A *real* loop waits on epoll and the system's monotonic clock. A *virtual* loop has no sockets; when every task waits it jumps to
/// the next timer, so that simulated hours cost milliseconds and the order of events depends on the program alone.
///
/// Methods marked "on the loop" must be called from its thread; the others from anywhere.
// @unchecked Sendable: all stored state is touched only by the loop's thread, except `outside`, which its mutex guards.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // @unchecked Sendable: a body is handed over once and runs only on the loop; `execute` takes it as `sending`.
    private enum Work: @unchecked Sendable {
        case job(UnownedJob)
        case body(() -> Void)
        case hop(UnsafeContinuation<Void, Never>)
    }

    private struct Outside {
        var work: [Work] = []
        var isAwake = true
    }

    private var jobs = Deque<Work>()
    private var timers = TimerHeap()
    private var atEndOfTurn: [() -> Void] = []
    /// When what waits for the end of a turn has waited long enough.
    private var endOfTurnDue: Int64 = 0
    private let outside = Mutex(Outside())
    /// Whether `outside` holds work; changed only under its lock, and asked without it.
    private let hasOutsideWork = Atomic(false)
    private let poller: Poller
    public let isVirtual: Bool
    private let offset: Int64
    private var virtualNow: Int64
    /// The thread that runs the loop, as a number; 0 while nobody does.
    private let owner = Atomic<UInt>(0)

    /// A loop in real time.
    ///
    /// - Parameter isPrecise: Timers fire to within the kernel's slack (50 µs) instead of the next millisecond, one wake-up each. For load,
    ///   whose requests leave at given times.
    public init(isPrecise: Bool = false) throws(SystemError) {
        poller = try Poller(isPrecise: isPrecise)
        isVirtual = false
        offset = Self.clock(CLOCK_REALTIME) - Self.clock(CLOCK_MONOTONIC)
        virtualNow = 0
    }

    /// A loop in simulated time that starts at `start`.
    public init(virtualFrom start: Timestamp) throws(SystemError) {
        // Only to be woken by worker threads; a virtual loop watches no sockets.
        poller = try Poller()
        isVirtual = true
        offset = 0
        virtualNow = start.nanoseconds
    }

    /// The current time: real, or simulated. Never goes backwards.
    public var now: Timestamp {
        Timestamp(nanoseconds: isVirtual ? virtualNow : Self.clock(CLOCK_MONOTONIC) + offset)
    }

    private static func clock(_ id: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        push(.job(UnownedJob(job)))
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public var isOnLoop: Bool { owner.load(ordering: .relaxed) == Self.thisThread }

    public func checkIsolated() { precondition(isOnLoop, "this code must run on its event loop") }

    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    private static var thisThread: UInt { UInt(bitPattern: Int(bitPattern: UnsafeRawPointer(bitPattern: UInt(pthread_self())))) }

    private func push(_ work: Work) {
        if isOnLoop { jobs.append(work); return }
        let mustWake = outside.withLock { state in
            state.work.append(work)
            hasOutsideWork.store(true, ordering: .releasing)
            defer { state.isAwake = true }
            return !state.isAwake
        }
        if mustWake { poller.wake() }
    }

    /// Runs a closure on the loop, soon, in order with everything else.
    public func execute(_ body: sending @escaping () -> Void) {
        push(.body(body))
    }

    /// On the loop: runs a closure once, when no job is ready and before the loop waits, but after a millisecond at the latest. For batching.
    public func atEndOfTurn(_ body: @escaping () -> Void) {
        if atEndOfTurn.isEmpty && !isVirtual { endOfTurnDue = Self.clock(CLOCK_MONOTONIC) + Self.longestTurn }
        atEndOfTurn.append(body)
    }

    private static let longestTurn: Int64 = 1_000_000

    /// On the loop: whether jobs wait for their turn.
    public var isBusy: Bool { !jobs.isEmpty }

    /// On the loop: counts its turns, for those who do only so much in one.
    public private(set) var turnNumber = 0

    /// Lets everything run that is ready now. `Task.yield` would go through the default pool, another thread.
    public func hop() async {
        await withUnsafeContinuation { push(.hop($0)) }
    }

    // MARK: Time

    public struct TimerID: Hashable, Sendable { let number: UInt64 }

    /// On the loop: calls `body` once after `delay`.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> TimerID {
        TimerID(number: timers.insert(at: now.nanoseconds &+ max(0, delay.nanoseconds), body))
    }

    /// On the loop: forgets a timer that has not fired.
    public func cancel(_ timer: TimerID) { timers.remove(timer.number) }

    /// Suspends the calling task, which must run on this loop, for so short a time that nobody need cut it off. Costs less than `sleep`.
    public func pause(for duration: Duration) async {
        await withUnsafeContinuation { timers.insert(at: now.nanoseconds &+ max(0, duration.nanoseconds), $0) }
    }

    /// Suspends the calling task, which must run on this loop.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            // Unchecked: a sleeper gives its continuation away once.
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if Task.isCancelled { continuation.resume(throwing: CancellationError()); return }
                sleeper.continuation = continuation
                sleeper.timer = schedule(after: duration) { sleeper.take()?.resume() }
            }
        } onCancel: {
            execute { [self] in
                if let timer = sleeper.timer { cancel(timer) }
                sleeper.take()?.resume(throwing: CancellationError())
            }
        }
    }

    /// A suspended sleep.
    // @unchecked Sendable: touched only on the loop.
    private final class Sleeper: @unchecked Sendable {
        var continuation: UnsafeContinuation<Void, any Error>?
        var timer: TimerID?

        func take() -> UnsafeContinuation<Void, any Error>? {
            defer { continuation = nil }
            return continuation
        }
    }

    // MARK: Sockets

    /// On the loop: calls `body` whenever the descriptor is readable, writable or broken. Replaces an earlier registration.
    public func watch(_ descriptor: Int32, for interest: Interest, _ body: @escaping (Interest) -> Void) throws(SystemError) {
        precondition(!isVirtual, "a virtual loop has no sockets")
        try poller.watch(descriptor, for: interest, body)
    }

    /// On the loop: stops watching. Harmless when the descriptor is not watched.
    public func unwatch(_ descriptor: Int32) { poller.unwatch(descriptor) }

    // MARK: Running

    /// Runs the loop on the calling thread until the operation has ended, and gives its result.
    ///
    /// Everything that the operation awaits without leaving the loop runs on the calling thread. Other tasks on the loop that are still
    /// waiting when the operation ends stay where they are and continue with the next call.
    public func run<Result: Sendable>(_ operation: sending @escaping @isolated(any) () async throws -> Result) throws -> Result {
        let previous = owner.exchange(Self.thisThread, ordering: .relaxed)
        precondition(previous == 0, "this event loop is already running")
        defer { owner.store(0, ordering: .relaxed) }
        let box = ResultBox<Result>()
        let ending = Ending()
        Task(executorPreference: self) {
            do { box.finish(.success(try await operation())) } catch { box.finish(.failure(error)) }
            ending.hasEnded.store(true, ordering: .releasing)
            self.execute {}
        }
        while !ending.hasEnded.load(ordering: .acquiring) { turn() }
        return try box.result!.get()
    }

    private final class ResultBox<Success: Sendable>: Sendable {
        private let stored = Mutex<Result<Success, any Error>?>(nil)
        var result: Result<Success, any Error>? { stored.withLock { $0 } }
        func finish(_ result: Result<Success, any Error>) { stored.withLock { $0 = result } }
    }

    /// Apart from the result, which is generic and costs more than a whole turn to ask for.
    private final class Ending: Sendable {
        let hasEnded = Atomic(false)
    }

    private func turn() {
        turnNumber &+= 1
        takeOutsideWork(goingToSleep: false)
        // Only what is ready now: a job that always enqueues another must not starve sockets and timers.
        let isBurst = jobs.count > Self.jobsPerTurn
        var budget = isBurst ? Self.jobsPerTurn : jobs.count
        while budget > 0, let work = jobs.popFirst() {
            perform(work)
            budget -= 1
        }
        fireTimers()
        guard jobs.isEmpty || (isVirtual ? isBurst : isEndOfTurnDue) else { pollBetweenTurns(); return }
        if !atEndOfTurn.isEmpty {
            let bodies = atEndOfTurn
            atEndOfTurn = []
            for body in bodies { body() }
        }
        // Sockets get their turn as well: what ends a turn may go on for ever, as under constant load.
        guard jobs.isEmpty && atEndOfTurn.isEmpty else { pollBetweenTurns(); return }
        if isVirtual, let deadline = timers.nextDeadline { virtualNow = max(virtualNow, deadline); return }
        takeOutsideWork(goingToSleep: true)
        guard jobs.isEmpty else { pollBetweenTurns(); return }
        if isVirtual { awaitOutsideWork() } else { poll(timeoutNanoseconds: timers.nextDeadline.map { max(0, $0 - now.nanoseconds) }) }
        outside.withLock { $0.isAwake = true }
    }

    /// In a burst the time without a ready job is far away; what was to happen at the end of a turn happens in between.
    private var isEndOfTurnDue: Bool {
        !atEndOfTurn.isEmpty && Self.clock(CLOCK_MONOTONIC) >= endOfTurnDue
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job):
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        case .body(let body): body()
        case .hop(let continuation): continuation.resume()
        }
    }

    private func takeOutsideWork(goingToSleep: Bool) {
        guard goingToSleep || hasOutsideWork.load(ordering: .acquiring) else { return }
        let work = outside.withLock { state -> [Work] in
            guard !state.work.isEmpty else {
                if goingToSleep { state.isAwake = false }
                return []
            }
            hasOutsideWork.store(false, ordering: .relaxed)
            defer { state.work = [] }
            return state.work
        }
        for item in work { jobs.append(item) }
    }

    private func fireTimers() {
        guard let deadline = timers.nextDeadline else { return }
        let limit = now.nanoseconds
        guard deadline <= limit else { return }
        // Thousands may be due at once, as after a burst of requests that all sleep equally long: others come in between.
        var budget = isVirtual ? Int.max : Self.timersPerTurn
        while budget > 0, let action = timers.popDue(at: limit) {
            switch action {
            case .call(let body): body()
            case .resume(let continuation): continuation.resume()
            }
            budget -= 1
        }
    }

    private static let timersPerTurn = 16
    private static let jobsPerTurn = 256

    /// Nothing is ready and no timer will make it so: only a worker thread can.
    private func awaitOutsideWork() {
        poller.poll(timeoutNanoseconds: Self.patienceNanoseconds)
        let isStuck = outside.withLock { $0.work.isEmpty }
        precondition(!isStuck, "every task on this virtual loop waits for something that cannot happen")
    }

    /// How long a virtual loop waits, in real time, for a worker thread before it concludes that nothing will ever happen again.
    private static let patienceNanoseconds: Int64 = 30_000_000_000

    /// A virtual loop has no sockets to look at.
    private func pollBetweenTurns() {
        if !isVirtual { poll(timeoutNanoseconds: 0) }
    }

    private func poll(timeoutNanoseconds: Int64?) {
        poller.poll(timeoutNanoseconds: timeoutNanoseconds)
    }
}

extension EventLoop {
    /// What to wait for on a descriptor, and what happened there.
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let readable = Interest(rawValue: 1)
        public static let writable = Interest(rawValue: 2)
        /// Reported, never asked for: the peer is gone or the descriptor is broken.
        public static let failed = Interest(rawValue: 4)
    }
}
