import Base
import HTTP

/// Sends recorded traffic again: at its pace, in order within each session, with what the shop makes up anew put in, and compares the answers.
///
/// Lives on an event loop, real or simulated.
public actor Replayer {
    private nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let options: ReplayOptions
    private let transport: any LoadTransport
    private let rewritesHost: Bool
    private var random: SeededRandom
    private var targetRate: RateLimit?

    private var begin = Timestamp(nanoseconds: 0)
    private var tally = ReplayTally()
    private var texts = RecordedTexts()
    private var feeds: [Task<Void, any Error>] = []
    private var running: [Int: Task<Void, Never>] = [:]
    private var nextNumber = 0
    private var isStopping = false
    private var permits: Permits
    /// The feed waits here when too many requests are read and not sent.
    private var room: [CheckedContinuation<Void, Never>] = []
    private var pending = 0
    private var drained: CheckedContinuation<Void, Never>?

    /// Requests read ahead of those that wait for their session's turn.
    private static let pendingLimit = 2_000

    public init(_ options: ReplayOptions, transport: any LoadTransport, loop: EventLoop) {
        self.options = options
        self.transport = transport
        self.loop = loop
        rewritesHost = !options.keepsHost && !options.filter.setsHost
        random = SeededRandom(seed: options.seed)
        if case .perSecond(let number) = options.targetLimit { targetRate = RateLimit(perSecond: number) }
        permits = Permits(options.inFlightLimit)
    }

    /// Plays all recordings to their ends, or until `stop` or the time limit.
    ///
    /// - Throws: When a recording cannot be read.
    public func run(_ inputs: [ReplayInput]) async throws -> ReplayReport {
        begin = loop.now
        feeds = inputs.map { input in Task(executorPreference: loop) { try await self.feed(input) } }
        let limit = options.duration.map { duration in
            loop.schedule(after: duration) { [weak self] in self?.assumeIsolated { $0.stop() } }
        }
        var failure: (any Error)?
        for feed in feeds {
            do { try await feed.value } catch where !(error is CancellationError) {
                failure = failure ?? error
                stop()
            } catch {}
        }
        await drain()
        if let limit { loop.cancel(limit) }
        if let failure { throw failure }
        return report()
    }

    /// Ends the replay; requests on their way are given up.
    public func stop() {
        isStopping = true
        for feed in feeds { feed.cancel() }
        for task in running.values { task.cancel() }
        for continuation in room { continuation.resume() }
        room = []
    }

    /// What has happened so far.
    public func report() -> ReplayReport { ReplayReport(tally.settled(with: texts), target: options.target.description, duration: loop.now - begin) }

    /// Requests answered so far, and those that have failed for certain: cheaper than a report.
    public var progress: (requests: Int, failures: Int) { (tally.requests.total.requests, tally.failureCount) }

    private func drain() async {
        await withCheckedContinuation { continuation in
            if running.isEmpty { continuation.resume() } else { drained = continuation }
        }
    }

    // MARK: Reading

    private func feed(_ input: ReplayInput) async throws {
        var pacer = ReplayPacer(speed: input.speed, longestWait: options.longestWait)
        var rate = input.perSecond.map { RateLimit(perSecond: $0) }
        var passes = 0
        repeat {
            let pass = ReplayPass(options.sessions)
            defer {
                pass.isRead = true
                judgeOverdue(pass)
                tally.sessions += pass.sessions.count
            }
            let sentBefore = nextNumber
            try await input.source.open()
            while !isStopping {
                let batch = try await input.source.nextBatch()
                if batch.isEmpty { break }
                for item in batch where !isStopping { try await take(item, in: pass, isFirst: passes == 0, &pacer, &rate) }
            }
            pacer.restart()
            passes += 1
            // A recording without anything to send would be read again and again at once.
            if nextNumber == sentBefore { return }
        } while !isStopping && passes < options.passes ?? .max
    }

    private func take(_ item: RecordingItem, in pass: ReplayPass, isFirst: Bool, _ pacer: inout ReplayPacer, _ rate: inout RateLimit?) async throws {
        if isFirst { tally.note(item) }
        switch item {
        case .problem: break
        case .response(let response):
            _ = pacer.offset(of: response.time)
            attach(response, in: pass)
        case .request(let request):
            let offset = pacer.offset(of: request.time)
            let due = pacer.speed == nil ? nil : begin + offset
            if let due, due > loop.now { try await loop.sleep(for: due - loop.now) }
            while pending >= Self.pendingLimit, !isStopping { await withCheckedContinuation { room.append($0) } }
            guard !isStopping else { return }
            guard admits(&rate), let outgoing = options.filter.apply(to: request) else { tally.dropped += 1; return }
            start(ReplayExchange(request, outgoing: outgoing, session: pass.sessions.session(of: request), pass: pass, due: due))
        }
    }

    private func admits(_ rate: inout RateLimit?) -> Bool {
        let now = loop.now
        if rate?.admits(at: now) == false { return false }
        if case .percent(let share) = options.targetLimit { return random.chance(percentage: Double(share)) }
        return targetRate?.admits(at: now) ?? true
    }

    // MARK: Sending

    private func start(_ exchange: ReplayExchange) {
        let turn = Turn()
        let before = exchange.session.append(turn)
        exchange.pass.add(exchange)
        pending += 1
        nextNumber += 1
        let number = nextNumber
        running[number] = Task(executorPreference: loop) { await self.perform(exchange, after: before, as: turn, number) }
    }

    private func perform(_ exchange: ReplayExchange, after earlier: [Turn], as turn: Turn, _ number: Int) async {
        for turn in earlier { await turn.wait() }
        await perform(exchange)
        turn.end()
        running[number] = nil
        pending -= 1
        if pending < Self.pendingLimit, !room.isEmpty { room.removeFirst().resume() }
        if running.isEmpty { drained.take()?.resume() }
    }

    private func perform(_ exchange: ReplayExchange) async {
        await permits.acquire()
        defer { permits.release() }
        guard !isStopping else { tally.unfinished += 1; exchange.pass.settle(exchange); return }
        let session = exchange.session.root
        let message = options.mapsValues ? RequestRewriter(values: session.values).rewrite(exchange.outgoing) : exchange.outgoing
        let sent = loop.now
        if let due = exchange.due { tally.behind.record(sent - due) }
        do throws(ClientError) {
            let response = try await transport.send(clientRequest(message))
            tally.record(exchange.recorded, response, after: loop.now - sent)
            arrive(response, for: exchange)
        } catch {
            exchange.pass.settle(exchange)
            if error == .cancelled { tally.unfinished += 1 } else { tally.record(exchange.recorded, error) }
        }
        judgeOverdue(exchange.pass)
    }

    private func clientRequest(_ message: RecordedRequest) -> ClientRequest {
        var headers = message.headers
        // They describe the connection and the framing of the recorded message.
        for name in ["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Content-Length", "Upgrade", "TE", "Expect"] { headers.remove(name) }
        if rewritesHost { headers.remove("Host") }
        return ClientRequest(
            method: message.method, url: options.target.url(for: message.target), headers: headers, body: message.body, timeout: options.timeout,
            redirectLimit: options.redirectLimit, verifiesCertificate: options.verifiesCertificate)
    }

    // MARK: Comparing

    private func attach(_ response: RecordedResponse, in pass: ReplayPass) {
        guard let exchange = pass.exchange(for: response) else { return }
        // What the first client got counts more than what a replay got.
        if let known = exchange.recordedResponse, !known.isReplayed || response.isReplayed { return }
        pass.sessions.note(response, in: exchange.session)
        if options.comparison == .meaning { noteText(response, of: exchange.recorded) }
        if let live = exchange.live { judge(exchange, live, response) } else { exchange.recordedResponse = response }
    }

    private func noteText(_ response: RecordedResponse, of request: RecordedRequest) {
        guard !response.isReplayed, response.status < 300, let body = response.body.flatMap({ ResponseComparison.unpacked($0, response.headers) }),
            let words = ResponseComparison.pattern(of: body, type: response.headers["Content-Type"])
        else { return }
        texts.note(request.line, words)
    }

    private func arrive(_ live: ClientResponse, for exchange: ReplayExchange) {
        if let recorded = exchange.recordedResponse { judge(exchange, live, recorded); return }
        exchange.live = live
        exchange.pass.park(live)
    }

    private func judge(_ exchange: ReplayExchange, _ live: ClientResponse, _ recorded: RecordedResponse) {
        let session = exchange.session.root
        var bodies: (recorded: [UInt8], live: [UInt8])?
        if let body = recorded.body, let left = ResponseComparison.unpacked(body, recorded.headers), let right = ResponseComparison.unpacked(live.body, live.headers) {
            bodies = (left, right)
        }
        // An answer of another status has other things in the same places.
        if options.mapsValues, recorded.status == live.status {
            session.values.learn(
                recorded: ValueFinder(headers: recorded.headers, body: bodies?.recorded ?? []).values,
                live: ValueFinder(headers: live.headers, body: bodies?.live ?? []).values, request: exchange.recorded)
        }
        compare(exchange.recorded, recorded, live, session.values, bodies)
        exchange.pass.settle(exchange)
    }

    private func compare(
        _ request: RecordedRequest, _ recorded: RecordedResponse, _ live: ClientResponse, _ values: ValueMap, _ bodies: (recorded: [UInt8], live: [UInt8])?
    ) {
        if options.comparison == .off { return tally.judgeAlone(request, status: live.status) }
        let difference = ResponseComparison(level: options.comparison, values: values).difference(recorded, live, bodies: bodies)
        if let difference, difference.kind == .text, let bodies, let words = ResponseComparison.pattern(of: bodies.live, type: live.headers["Content-Type"]) {
            tally.doubt(request, difference, words, texts)
        } else {
            tally.compare(request, difference, isBodyKnown: bodies != nil)
        }
    }

    /// Judges answers that have nothing to be compared with.
    private func judgeOverdue(_ pass: ReplayPass) {
        while let exchange = pass.overdue() {
            if let live = exchange.live { tally.judgeAlone(exchange.recorded, status: live.status) }
            pass.settle(exchange)
        }
    }
}

/// A limited number of things at a time.
// @unchecked Sendable: touched only on the replay's loop.
private final class Permits: @unchecked Sendable {
    private var free: Int
    private var waiting = Deque<CheckedContinuation<Void, Never>>()

    init(_ count: Int) { free = count }

    func acquire() async {
        if free > 0 { free -= 1; return }
        await withCheckedContinuation { continuation in
            // Suspending may have given way to a release.
            if free > 0 {
                free -= 1
                continuation.resume()
            } else {
                waiting.append(continuation)
            }
        }
    }

    func release() {
        if let next = waiting.popFirst() { next.resume() } else { free += 1 }
    }
}
