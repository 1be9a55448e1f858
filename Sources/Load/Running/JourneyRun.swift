import Base
import HTTP

/// Runs a journey's visitors on one event loop: in real time against servers, or in simulated time against a shop.
///
/// All methods must be called on the loop.
// @unchecked Sendable: touched only on the loop's thread.
public final class JourneyRun: @unchecked Sendable {
    public let loop: EventLoop
    public internal(set) var statistics: RunStatistics
    /// Called with every request that has ended.
    public var onSample: ((Sample) -> Void)?
    /// Called every second, and at the end.
    public var onSecond: ((RunStatistics) -> Void)?
    let surroundings: Surroundings
    let profile: LoadProfile
    let share: LoadShare
    private let courier: any Courier
    private(set) var members: [RunMember] = []
    /// Visitors that were ever let in; gives each his number.
    private var arrived = 0
    /// Visitors that go when their request is answered.
    private var leaving = 0
    private(set) var isStopping = false
    private var hasEnded = false
    private var hasAllUsers = false
    private var ending: CheckedContinuation<Void, Never>?
    private var timers: [Duty: EventLoop.TimerID] = [:]
    private var arrivals = ArrivalQueue()

    /// What the run itself waits for.
    private enum Duty: CaseIterable { case population, arrival, end, patience, second }

    /// - Parameters:
    ///   - bases: Base URLs by service name; requests to services that are missing here go to "".
    ///   - thresholds: Besides those of the journey.
    ///   - share: Which part of the visitors this loop has.
    public init(
        _ journey: Journey, bases: [String: String], profile: LoadProfile, courier: any Courier, loop: EventLoop, thresholds: [Threshold] = [],
        words: FailureWords = .python, verifiesCertificates: Bool = true, share: LoadShare = .whole
    ) {
        self.loop = loop
        self.profile = profile
        self.courier = courier
        self.share = share
        let urls = journey.services.map { name -> String in
            let url = bases[name] ?? bases[""] ?? ""
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        surroundings = Surroundings(journey: journey, bases: urls, words: words, verifiesCertificates: verifiesCertificates, share: share)
        statistics = RunStatistics(entries: journey.entries, thresholds: journey.thresholds + thresholds, started: loop.now)
    }

    /// Runs until the duration has passed, every visitor has done his tasks, or `stop` was called.
    public func run() async {
        statistics.started = loop.now
        if let duration = profile.duration { schedule(.end, after: duration) { $0.stop() } }
        if onSecond != nil { everySecond() }
        switch profile.model {
        case .closed: adjustPopulation()
        case .open: admitArrivals()
        }
        endIfDone()
        guard !hasEnded else { return }
        await withCheckedContinuation { ending = $0 }
    }

    /// Begins nothing more; requests under way are waited for.
    public func stop() {
        guard !isStopping else { return }
        isStopping = true
        for duty in [Duty.population, .arrival, .end] { cancel(duty) }
        statistics.neverStarted = arrivals.count
        arrivals.forgetFree()
        for member in members.reversed() {
            if case .sending = member.activity { continue }
            remove(member)
        }
        if !members.isEmpty { schedule(.patience, after: profile.patience) { $0.abandon() } }
        endIfDone()
    }

    /// Gives up on what has not been answered.
    private func abandon() {
        for member in members.reversed() {
            if let waiting = member.visitor.waiting(at: loop.now) {
                statistics.unfinished += 1
                statistics.oldestUnfinished = max(statistics.oldestUnfinished, waiting)
            }
            remove(member)
        }
        endIfDone()
    }

    private func endIfDone() {
        guard members.isEmpty, isStopping || hasAllUsers, !hasEnded else { return }
        hasEnded = true
        for duty in Duty.allCases { cancel(duty) }
        onSecond?(statistics)
        ending.take()?.resume()
    }

    private var elapsed: Double { Double((loop.now - statistics.started).nanoseconds) / 1e9 }

    // MARK: Timers

    private func schedule(_ duty: Duty, after delay: Duration, _ body: @escaping (JourneyRun) -> Void) {
        cancel(duty)
        timers[duty] = loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            timers[duty] = nil
            body(self)
        }
    }

    /// Seconds that are no time: the clock counts nanoseconds, and sums of seconds are off by less. Who leaves at a moment does not begin
    /// anything at that moment, whatever its sum was rounded to.
    private static let noTime = 1e-10

    /// Rounded up: what is due must not be looked at a moment before. At least a nanosecond for more than no time.
    private static func delay(_ seconds: Double) -> Duration { .nanoseconds(Int64(((seconds - noTime) * 1e9).rounded(.up))) }

    private func cancel(_ duty: Duty) {
        if let timer = timers.removeValue(forKey: duty) { loop.cancel(timer) }
    }

    private func everySecond() {
        schedule(.second, after: .seconds(1)) { run in
            run.onSecond?(run.statistics)
            run.everySecond()
        }
    }

    // MARK: Closed model

    /// Lets visitors in and out until there are as many as there should be now, and waits for the next change.
    private func adjustPopulation() {
        guard case .closed(let users) = profile.model, !isStopping else { return }
        // Who has done all his tasks has gone and is not replaced: then those who ever came count.
        let endsByItself = profile.iterationsPerUser != nil
        while true {
            let now = elapsed
            let count = endsByItself ? arrived : members.count - leaving
            let lower = endsByItself ? -1 : share.number(count - 1)
            guard let next = users.change(after: now, above: Double(share.number(count)), orDownTo: Double(lower)) else {
                hasAllUsers = endsByItself
                return
            }
            guard next.time - now <= Self.noTime else {
                schedule(.population, after: Self.delay(next.time - now)) { $0.adjustPopulation() }
                return
            }
            if next.rises { admit() } else { dismissOne() }
        }
    }

    private func dismissOne() {
        guard let member = members.last(where: { !$0.isLeaving }) else { return }
        member.isLeaving = true
        leaving += 1
        if case .sending = member.activity { return }
        remove(member)
    }

    // MARK: Open model

    private func admitArrivals() {
        guard case .open(let rate, let mostUsers) = profile.model, !isStopping else { return }
        while true {
            guard let time = rate.time(ofArea: Double(share.number(arrivals.next))) else { dismissFree(); return }
            // A timer that is late must not let in who comes after the end.
            if let duration = profile.duration, time >= Double(duration.nanoseconds) / 1e9 { return }
            let now = elapsed
            guard time - now <= Self.noTime else {
                schedule(.arrival, after: Self.delay(time - now)) { $0.admitArrivals() }
                return
            }
            arrivals.next += 1
            arrivals.add(statistics.started + .nanoseconds(Int64(time * 1e9)))
            if let member = arrivals.takeFree() { beginDue(member) } else if members.count < max(1, mostUsers / share.count) { admit() }
        }
    }

    /// Nobody arrives any more.
    private func dismissFree() {
        hasAllUsers = true
        while let member = arrivals.takeFree() { remove(member) }
        endIfDone()
    }

    /// Begins the oldest task that is due, or waits for one.
    private func beginDue(_ member: RunMember) {
        if let due = arrivals.takeDue() {
            member.visitor.due = due
            beginTask(member, loop.now)
        } else if hasAllUsers {
            remove(member)
            endIfDone()
        } else {
            member.activity = .free
            arrivals.addFree(member)
        }
    }

    private var isOpen: Bool { if case .open = profile.model { true } else { false } }

    // MARK: Visitors

    private func admit() {
        let member = RunMember(Visitor(number: share.number(arrived), surroundings, seed: profile.seed))
        arrived += 1
        member.place = members.count
        members.append(member)
        statistics.users = members.count
        // What nobody had the patience to wait for comes when visitor and run are gone.
        member.deliver = { [weak self, weak member] result in if let self, let member { received(result, member) } }
        arrive(member)
    }

    private func arrive(_ member: RunMember) {
        member.hasStarted = false
        member.visitor.arrive(surroundings)
        advance(member, loop.now)
    }

    private func remove(_ member: RunMember) {
        if case .waiting(let timer) = member.activity { loop.cancel(timer) }
        if case .gone = member.activity { return }
        if member.isLeaving { leaving -= 1 }
        member.activity = .gone
        let last = members.removeLast()
        if last !== member {
            members[member.place] = last
            last.place = member.place
        }
        statistics.users = members.count
    }

    /// Lets time pass for a visitor. Through the loop even when it is none: others get their turn.
    private func wait(_ member: RunMember, _ delay: Duration, then body: @escaping (JourneyRun, RunMember) -> Void) {
        let timer = loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            member.activity = .busy
            body(self, member)
            endIfDone()
        }
        member.activity = .waiting(timer)
    }

    private func advance(_ member: RunMember, _ now: Timestamp) {
        switch member.visitor.next(surroundings, now: now) {
        case .send(let request, let keeping):
            member.requests += 1
            member.activity = .sending
            courier.carry(request, keeping: keeping, member.deliver)
        case .wait(let delay): wait(member, delay) { $0.advance($1, $0.loop.now) }
        case .idle: tellProblem(member, now); taskEnded(member, now)
        case .leave: restart(member, now)
        }
    }

    private func tellProblem(_ member: RunMember, _ now: Timestamp) {
        guard let problem = member.visitor.takeProblem() else { return }
        var sample = Sample(entry: problem.entry, start: now, end: now)
        sample.failure = problem.reason
        record(sample)
    }

    private func record(_ sample: Sample) {
        statistics.record(sample)
        onSample?(sample)
    }

    private func received(_ result: Result<ClientAnswer, ClientError>, _ member: RunMember) {
        // After the run's end nobody is interested any more.
        guard case .sending = member.activity else { return }
        member.activity = .busy
        let now = loop.now
        switch member.visitor.receive(result, surroundings, now: now) {
        case .again(let request, let keeping):
            member.activity = .sending
            courier.carry(request, keeping: keeping, member.deliver)
        case .ended(let sample):
            record(sample)
            if isStopping || member.isLeaving { remove(member); endIfDone() } else { advance(member, now) }
        }
    }

    // MARK: Tasks

    /// A visitor that does nothing must not keep the loop, or simulated time, from going on.
    private static let leastPause = Duration.milliseconds(1)
    /// After what would be tried without end, as when simulated connections are refused in no time.
    private static let restartPause = Duration.seconds(1)

    private func taskEnded(_ member: RunMember, _ now: Timestamp) {
        let hadStarted = member.hasStarted
        if hadStarted {
            member.iterations += 1
            statistics.recordIteration(now - member.taskStart)
        }
        member.hasStarted = true
        if isOpen { beginDue(member); return }
        if let limit = profile.iterationsPerUser, member.iterations >= limit { remove(member); endIfDone(); return }
        let pause = hadStarted ? member.visitor.pause(surroundings) : .zero
        if pause > .zero {
            wait(member, pause) { $0.beginTask($1, $0.loop.now) }
        } else if hadStarted, now == member.taskStart {
            wait(member, member.requests == 0 ? Self.leastPause : Self.restartPause) { $0.beginTask($1, $0.loop.now) }
        } else {
            beginTask(member, now)
        }
    }

    private func beginTask(_ member: RunMember, _ now: Timestamp) {
        var delay = member.visitor.chooseTask(surroundings, now: now)
        if let period = profile.userPeriod {
            let start = max(now + delay, member.nextStart ?? now + period)
            member.nextStart = start + period
            delay = start - now
        }
        if delay > .zero { wait(member, delay) { $0.startTask($1, $0.loop.now) } } else { startTask(member, now) }
    }

    private func startTask(_ member: RunMember, _ now: Timestamp) {
        member.taskStart = now
        member.requests = 0
        advance(member, now)
    }

    /// Comes back as somebody new: at once after a task, with a pause when not even the start worked or when it took no time, because that
    /// would be tried without end.
    private func restart(_ member: RunMember, _ now: Timestamp) {
        if member.hasStarted {
            member.iterations += 1
            statistics.recordIteration(now - member.taskStart)
            if let limit = profile.iterationsPerUser, member.iterations >= limit { remove(member); endIfDone(); return }
            if member.requests > 0, now > member.taskStart { arrive(member); return }
        }
        wait(member, Self.restartPause) { $0.arrive($1) }
    }
}
