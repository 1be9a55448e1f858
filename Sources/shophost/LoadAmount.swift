import Base
import Load

/// How much load, as the words of `shophost load` say; a journey's own figures and hey's options fill in what they leave open.
struct LoadAmount {
    var users: Int?
    var spawnRate: Double?
    /// Tasks per second.
    var rate: Double?
    var mostUsers: Int
    var stages: [(to: Double, in: Duration)]
    var duration: Duration?
    var patience: Duration?
    var seed: UInt64?
    private var requests: Int?
    private var userPeriod: Duration?

    private static let standardMostUsers = 1_000
    private static let standardPatience = Duration.seconds(5)

    init(_ arguments: inout Arguments) throws {
        users = try arguments.takeInteger("--users", in: 1...1_000_000)
        spawnRate = try Self.number(try arguments.takeOption("--spawn-rate"), "--spawn-rate needs visitors per second")
        rate = try Self.rate(try arguments.takeOption("--rate"))
        mostUsers = try arguments.takeInteger("--max-users", in: 1...1_000_000) ?? Self.standardMostUsers
        stages = try Self.stages(try arguments.takeOption("--stages"))
        duration = try arguments.takeDuration("--duration")
        patience = try arguments.takeOption("--stop-timeout").map { text in
            guard let length = Duration(text: text) else { throw UsageError("--stop-timeout needs a time such as 0, 10s or 1m, not \"\(text)\"") }
            return length
        }
        seed = try arguments.takeInteger("--seed", in: 0...Int.max).map(UInt64.init)
        if !stages.isEmpty, spawnRate != nil { throw UsageError("--stages say themselves how many visitors come; leave --spawn-rate out") }
    }

    // MARK: Reading

    private static func number(_ text: String?, _ complaint: String) throws -> Double? {
        guard let text else { return nil }
        guard let number = Double(text), number > 0, number <= 1e6 else { throw UsageError("\(complaint), not \"\(text)\"") }
        return number
    }

    private static func rate(_ text: String?) throws -> Double? {
        guard let text else { return nil }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        let seconds = ["s": 1.0, "m": 60, "h": 3_600][parts.count == 2 ? parts[1] : "s"]
        guard let seconds, let number = Double(parts.first ?? ""), number > 0, number <= 1e6 else {
            throw UsageError("--rate needs tasks per second such as 50, 50/s or 300/m, not \"\(text)\"")
        }
        return number / seconds
    }

    private static func stages(_ text: String?) throws -> [(to: Double, in: Duration)] {
        guard let text else { return [] }
        return try text.split(separator: ",").map { part in
            let halves = part.split(separator: ":").map(String.init)
            guard halves.count == 2, let length = Duration(text: halves[0]), let target = Double(halves[1]), (0...1e6).contains(target) else {
                throw UsageError("--stages need TIME:NUMBER,TIME:NUMBER,... such as 30s:50,2m:50,10s:0, not \"\(part)\"")
            }
            return (target, length)
        }
    }

    // MARK: Filling in

    /// Takes over hey's options, with hey's complaints.
    mutating func use(_ hey: HeyOptions) throws {
        let workers = hey.workers ?? users ?? 50
        duration = hey.duration ?? duration
        if duration == nil, rate == nil || hey.requests != nil {
            let count = hey.requests ?? 200
            if count <= 0 || workers <= 0 { throw UsageError("-n and -c cannot be smaller than 1.") }
            if rate == nil, count < workers { throw UsageError("-n cannot be less than -c.") }
            requests = count
        } else if workers <= 0 {
            throw UsageError("-c cannot be smaller than 1.")
        }
        users = workers
        if hey.workers != nil { mostUsers = workers }
        userPeriod = hey.rate.map { .nanoseconds(Int64(1e9 / $0)) }
        // hey waits for every answer.
        patience = patience ?? (hey.plan.timeout.map { $0 + .seconds(1) } ?? .seconds(86_400))
    }

    /// - Parameter standard: What the journey says.
    func profile(_ standard: Journey.Standard?) -> LoadProfile {
        var profile = LoadProfile(model(standard), patience: patience ?? Self.standardPatience, seed: seed ?? 1)
        profile.duration = duration ?? standard?.duration
        if !stages.isEmpty, duration == nil { profile.duration = stages.reduce(.zero) { $0 + $1.in } }
        profile.userPeriod = userPeriod
        if let requests, rate == nil { profile.iterationsPerUser = requests / max(1, users ?? 1) }
        return profile
    }

    private func model(_ standard: Journey.Standard?) -> LoadProfile.Model {
        if let rate {
            if let requests { return .open(rate: Curve(from: rate, stages: [(rate, .nanoseconds(Int64(Double(requests) / rate * 1e9))), (0, .zero)]), mostUsers: mostUsers) }
            return .open(rate: stages.isEmpty ? Curve(constant: rate) : Curve(from: rate, stages: stages), mostUsers: mostUsers)
        }
        if !stages.isEmpty { return .closed(users: Curve(from: 0, stages: stages)) }
        let users = Double(users ?? standard?.users ?? 1)
        // Who names only the visitors wants them soon: the journey's rate was meant for its own number.
        guard let spawnRate = spawnRate ?? (self.users == nil ? standard?.spawnRate : nil) else { return .closed(users: Curve(constant: users)) }
        return .closed(users: Curve(from: 0, stages: [(users, .nanoseconds(Int64(users / spawnRate * 1e9)))]))
    }
}
