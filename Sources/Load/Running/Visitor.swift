import Base
import HTTP

/// One visitor: what he does next. Decides without clock, network or task; whoever has these acts.
struct Visitor {
    enum Action {
        case send(ClientRequest, keeping: ClientRequest.Kept)
        case wait(Duration)
        /// The start or the task is done.
        case idle
        /// He leaves and wants to come back as somebody new.
        case leave
    }

    enum Received {
        /// A redirect leads on.
        case again(ClientRequest, keeping: ClientRequest.Kept)
        case ended(Sample)
    }

    /// The request that he waits for.
    private struct Pending {
        var step: RequestStep
        var request: ClientRequest
        var start: Timestamp
        /// When it, or the redirect that it follows now, was handed over.
        var sent: Timestamp
        /// Time that whoever carried it did not spend on it.
        var otherTime = Duration.zero
        var redirects = 0
        var bodyBytes = 0
    }

    let kind: Int
    /// When the task that begins next was to begin, which may be in the past; taken over by its first request.
    var due: Timestamp?
    private let number: Int
    private var random: SeededRandom
    private var values: [Value?] = []
    private var cookies = CookieJar()
    private var frames: [StepFrame] = []
    private var status = 0
    private var pending: Pending?
    private var leaves = false
    /// How often each shared iteration was begun.
    private var rounds: [Int]
    /// By task; empty when no task has a period.
    private var lastStarts: [Timestamp?] = []
    /// Why he could not send a request; told once.
    private(set) var problem: (entry: Int, reason: String)?

    private static let redirectLimit = 30

    /// - Parameter number: Counted from 0 over the whole run. The same number and seed do the same things.
    init(number: Int, _ surroundings: Surroundings, seed: UInt64) {
        self.number = number
        kind = surroundings.kind(ofVisitor: number)
        random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
        rounds = Array(repeating: 0, count: surroundings.shared.count)
    }

    // MARK: Beginning

    /// Arrives as somebody unknown and begins with what his kind does on start.
    mutating func arrive(_ surroundings: Surroundings) {
        let own = surroundings.journey.visitors[kind]
        values = Array(repeating: nil, count: surroundings.journey.slotNames.count)
        if let slot = surroundings.journey.slotNames.firstIndex(of: JourneyNames.userNumber) { values[slot] = .int(number + 1) }
        cookies = CookieJar()
        status = 0
        leaves = false
        pending = nil
        frames = own.onStart.isEmpty ? [] : [StepFrame(own.onStart)]
        if lastStarts.isEmpty, own.tasks.contains(where: { $0.period != nil }) { lastStarts = Array(repeating: nil, count: own.tasks.count) }
        set(own.variables)
    }

    /// Chooses the next task.
    ///
    /// - Returns: How long he waits before he begins it.
    mutating func chooseTask(_ surroundings: Surroundings, now: Timestamp) -> Duration {
        let tasks = surroundings.journey.visitors[kind].tasks
        let index = tasks.count == 1 ? 0 : Self.choose(tasks.map(\.weight), using: &random)
        frames = [StepFrame(tasks[index].steps)]
        guard let period = tasks[index].period else { return .zero }
        let start = max(now, lastStarts[index].map { $0 + period } ?? now)
        lastStarts[index] = start
        return start - now
    }

    /// Think time after a task.
    mutating func pause(_ surroundings: Surroundings) -> Duration {
        let wait = surroundings.journey.visitors[kind].wait
        return wait == .none ? .zero : wait.length(using: &random)
    }

    private static func choose(_ weights: [Int], using random: inout SeededRandom) -> Int {
        var rest = Int.random(in: 0..<weights.reduce(0, +), using: &random)
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        return weights.count - 1
    }

    // MARK: Steps

    /// Goes on until something is needed from outside.
    mutating func next(_ surroundings: Surroundings, now: Timestamp) -> Action {
        while let frame = frames.last {
            guard frame.index < frame.steps.count else { finishFrame(surroundings); continue }
            frames[frames.count - 1].index += 1
            do throws(MissingValue) {
                if let action = try perform(frame.steps[frame.index], surroundings, now: now) { return action }
            } catch {
                fail(error, in: frame.steps[frame.index], surroundings)
            }
        }
        return leaves ? .leave : .idle
    }

    private mutating func perform(_ step: Step, _ surroundings: Surroundings, now: Timestamp) throws(MissingValue) -> Action? {
        switch step {
        case .request(let step): return try send(step, surroundings, now: now)
        case .wait(let wait): return .wait(wait.length(using: &random))
        case .set(let variables): try assign(variables)
        case .choose(let branches):
            frames.append(StepFrame(branches[Self.choose(branches.map(\.weight), using: &random)].steps))
        case .repeated(let range, let steps):
            let times = Int.random(in: range, using: &random)
            if times > 0 { frames.append(StepFrame(steps, .times(times - 1))) }
        case .each(let slot, let items, let shared, let steps): try begin(slot, try items.values(values), shared: shared, steps, surroundings)
        case .when(let condition, let then, let otherwise):
            frames.append(StepFrame(try condition.holds(status: status, values) ? then : otherwise))
        case .perform(let sequence): frames.append(StepFrame(surroundings.journey.sequences[sequence]))
        case .end(let end):
            frames = []
            leaves = end == .visitor
        }
        return nil
    }

    private mutating func begin(_ slot: Int, _ items: [Value], shared: Int?, _ steps: [Step], _ surroundings: Surroundings) throws(MissingValue) {
        var frame = StepFrame(steps, .each(slot: slot, items: items, next: 0))
        if let shared {
            frame.repetition = .shared(slot: slot, items: items, iteration: shared, round: rounds[shared])
            rounds[shared] += 1
        }
        frame.index = steps.count
        // As if a round had just ended: the next one sets the variable, or there is none.
        frames.append(frame)
    }

    private mutating func finishFrame(_ surroundings: Surroundings) {
        let last = frames.count - 1
        switch frames[last].repetition {
        case .times(let left) where left > 0: frames[last].repetition = .times(left - 1)
        case .each(let slot, let items, let next) where next < items.count:
            values[slot] = items[next]
            frames[last].repetition = .each(slot: slot, items: items, next: next + 1)
        case .shared(let slot, let items, let iteration, let round):
            guard let item = surroundings.shared[iteration].take(of: items.count, round: round) else { frames.removeLast(); return }
            values[slot] = items[item]
        default:
            frames.removeLast()
            return
        }
        frames[last].index = 0
    }

    private mutating func assign(_ variables: [(slot: Int, source: ValueSource)]) throws(MissingValue) {
        for variable in variables { values[variable.slot] = try variable.source.value(values, using: &random) }
    }

    /// On arrival; what cannot be set is missing later, where it is used.
    private mutating func set(_ variables: [(slot: Int, source: ValueSource)]) {
        for variable in variables { values[variable.slot] = (try? variable.source.value(values, using: &random)) ?? nil }
    }

    /// Without a value there is no request; nothing sensible can follow in this task.
    private mutating func fail(_ missing: MissingValue, in step: Step, _ surroundings: Surroundings) {
        frames = []
        guard case .request(let request) = step else { return }
        problem = (request.entry, "no value for \"\(surroundings.journey.slotNames[missing.slot])\"")
    }

    mutating func takeProblem() -> (entry: Int, reason: String)? {
        defer { problem = nil }
        return problem
    }

    // MARK: Requests

    private mutating func send(_ step: RequestStep, _ surroundings: Surroundings, now: Timestamp) throws(MissingValue) -> Action {
        var request = try step.request(ofKind: kind, surroundings, values)
        addCookies(to: &request, surroundings)
        pending = Pending(step: step, request: request, start: due ?? now, sent: now)
        due = nil
        return .send(request, keeping: step.kept(keepsCookies: surroundings.journey.visitors[kind].keepsCookies))
    }

    private func addCookies(to request: inout ClientRequest, _ surroundings: Surroundings) {
        guard !cookies.isEmpty, let kept = cookies.header(for: request.url) else { return }
        request.headers.set("Cookie", [request.headers["Cookie"], kept].compactMap { $0 }.joined(separator: "; "))
    }

    /// Time since the request that he waits for should have left; nil while he waits for none.
    func waiting(at now: Timestamp) -> Duration? { pending.map { now - $0.start } }

    /// Takes what came back.
    mutating func receive(_ result: Result<ClientAnswer, ClientError>, _ surroundings: Surroundings, now: Timestamp) -> Received {
        guard var waiting = pending else { preconditionFailure("an answer came that no visitor waits for") }
        pending = nil
        var sample = Sample(entry: waiting.step.entry, start: waiting.start, end: now)
        switch result {
        case .failure(let error):
            status = 0
            sample.failure = surroundings.words.text(error, waiting.request)
        case .success(let answer):
            let keepsCookies = surroundings.journey.visitors[kind].keepsCookies
            if keepsCookies { cookies.store(answer.head.values("Set-Cookie"), from: waiting.request.url) }
            waiting.bodyBytes += answer.bodyBytes
            waiting.otherTime += Self.otherTime(of: now - waiting.sent, answer.times)
            if let next = follow(answer, waiting, surroundings, now: now) {
                pending = next
                return .again(next.request, keeping: next.step.kept(keepsCookies: keepsCookies))
            }
            status = answer.status
            sample.end = waiting.start + (now - waiting.start - waiting.otherTime)
            sample.status = answer.status
            sample.bodyBytes = waiting.bodyBytes
            sample.announcedBytes = answer.announcedBytes
            sample.times = answer.times
            sample.failure = judge(answer, waiting.step, waiting.request, sample.latency, surroundings)
        }
        if sample.failure != nil { react(waiting.step.failing) }
        return .ended(sample)
    }

    /// What of a time the exchange itself did not take: the generator's own work before it and after it is no answer time. In microseconds,
    /// as `times` are.
    private static func otherTime(of time: Duration, _ times: ClientAnswer.Times) -> Duration {
        let passed = time.nanoseconds / 1_000
        return times.end > 0 && times.end < passed ? .microseconds(passed - times.end) : .zero
    }

    private func follow(_ answer: ClientAnswer, _ waiting: Pending, _ surroundings: Surroundings, now: Timestamp) -> Pending? {
        guard let redirect = answer.redirect, waiting.step.followsRedirects, waiting.redirects < Self.redirectLimit else { return nil }
        var next = waiting
        next.redirects += 1
        next.sent = now
        next.request.follow(status: answer.status, to: redirect)
        // The jar knows better than the request before: it may have changed, and the path is another.
        if surroundings.journey.visitors[kind].keepsCookies {
            next.request.headers.remove("Cookie")
            addCookies(to: &next.request, surroundings)
        }
        return next
    }

    private mutating func react(_ failing: RequestStep.Failing) {
        if failing == .goOn { return }
        frames = []
        leaves = failing == .restart
    }

    // MARK: Answers

    /// - Returns: What is wrong with an answer; nil when it is as expected.
    private mutating func judge(
        _ answer: ClientAnswer, _ step: RequestStep, _ request: ClientRequest, _ latency: Duration, _ surroundings: Surroundings
    ) -> String? {
        guard step.expected.contains(answer.status) else {
            if step.expected == .successful { return FailureWords.status(answer.status, of: surroundings.journey.entries[step.entry].name) }
            return "expected status \(step.expected.text), got \(answer.status)"
        }
        if let wrong = judgeBody(answer, step) { return wrong }
        if let wrong = take(step.takes, from: answer, url: request.url) { return wrong }
        guard let limit = step.limit, latency > limit.length else { return nil }
        return "\(limit.message): \(NumberText.fixed(Double(latency.nanoseconds) / 1e9, 2))s"
    }

    private func judgeBody(_ answer: ClientAnswer, _ step: RequestStep) -> String? {
        if let wanted = step.bodyContains, let text = try? wanted.text(values), !ByteSearch.contains(text, in: answer.body) {
            return "\"\(text)\" is not in the body"
        }
        if let unwanted = step.bodyLacks, let text = try? unwanted.text(values), ByteSearch.contains(text, in: answer.body) {
            return "\"\(text)\" is in the body"
        }
        return nil
    }

    private mutating func take(_ takes: [Take], from answer: ClientAnswer, url: String) -> String? {
        for take in takes {
            values[take.slot] = take.value(from: answer, url: url, cookies: cookies, using: &random)
            if values[take.slot] == nil, !take.isOptional { return "no value for \"\(take.name)\"" }
        }
        return nil
    }
}
