import Base
import Database
import HTTP
import Query
import Storefront
import Synthetics
import Telemetry

/// Asks one shop everything that a probe asks. Must run on the shop's loop.
struct ProbeRun {
    private let graded: GradedShop
    private let probe: Probe
    private let visitor: ProbeVisitor

    /// - Throws: `Problems` when a variable of the probe cannot be filled in.
    init(_ probe: Probe, on graded: GradedShop) throws(Problems) {
        self.graded = graded
        self.probe = probe
        do {
            visitor = try ProbeVisitor(graded.transport, loop: graded.loop, sources: graded.sources, variables: probe.variables, seed: graded.seed)
        } catch { throw Problems([Problem(error.message, at: SourceLocation(file: probe.file, line: 1, column: 1), pointer: "/variables")]) }
    }

    /// - Throws: `Problems` for a query of the probe that the pack's databases do not understand.
    func record() async throws -> ProbeRecording {
        try await prepare()
        var recording = ProbeRecording()
        for (index, visit) in probe.visits.enumerated() {
            // Nothing of one visit lasts into the next but what the shop keeps.
            var visitor = visitor
            walk: for (number, step) in visit.steps.enumerated() {
                for time in 0..<(step.isAtOnce ? 1 : step.times) {
                    if time > 0, step.pause > .zero { try await graded.loop.sleep(for: step.pause) }
                    let place = ProbeRecording.Place(visit: index, step: number, time: time)
                    for answer in try await answers(to: step, from: place, &visitor) {
                        recording.add(answer)
                        if case .failed = answer.outcome { break walk }
                    }
                }
            }
        }
        recording.missingIndexes = try await graded.shop.with { $0.missingIndexes }
        return recording
    }

    private func prepare() async throws {
        let given = try probe.given.map { (query: $0, sql: try expand($0, visitor)) }
        let isCertain = probe.chances == .certain
        try await graded.shop.with { core in
            core.world.isEveryChanceCertain = isCertain
            try await core.rewind { databases in
                for (query, sql) in given { _ = try Self.run(sql, of: query, in: databases) }
                for database in databases.values { (database as? SQLiteDatabase)?.measureWork() }
            }
        }
    }

    // MARK: Steps

    /// Positions in a shop's telemetry and work.
    private struct Mark: Sendable {
        var time: Timestamp
        var span: Int
        var log: Int
        var work: SQLiteWork
    }

    private typealias Received = Result<ClientResponse, CheckFailure>

    /// What several at once cost together, and what they leave behind, is told of the first.
    private func answers(to step: ProbeStep, from place: ProbeRecording.Place, _ visitor: inout ProbeVisitor) async throws -> [ProbeRecording.Answer] {
        let before = try await mark()
        let received = try await act(step, &visitor)
        var answers = received.indices.map { offset in
            ProbeRecording.Answer(place: ProbeRecording.Place(visit: place.visit, step: place.step, time: place.time + offset), outcome: .waited)
        }
        try await account(since: before, for: &answers[0])
        answers[0].found = try await found(step.telemetry, since: before.time)
        for (index, result) in received.enumerated() {
            switch result {
            case nil: break
            case .failure(let error): answers[index].outcome = .failed("no answer: \(error.message)")
            case .success(let response):
                answers[index].outcome = .answered(status: response.status, mediaType: Self.mediaType(of: response))
                answers[index].headers = Set(response.headers.fields.map { $0.name.lowercased() }).subtracting(Self.incidentalHeaders)
                try await read(step.values, of: response, &answers[index], visitor)
                do throws(CheckFailure) { try visitor.keep(step.kept, of: response) } catch {
                    answers[index].outcome = .failed("\(response.status): \(error.message)")
                }
            }
        }
        return answers
    }

    /// Nil for a step that only waits.
    private func act(_ step: ProbeStep, _ visitor: inout ProbeVisitor) async throws -> [Received?] {
        switch step.action {
        case .wait(let duration):
            try await graded.loop.sleep(for: duration)
            return [nil]
        case .request(let request):
            return step.isAtOnce ? await crowd(request, step.times, visitor) : [await Self.send(request, &visitor)]
        }
    }

    private static func send(_ request: CheckRequest, _ visitor: inout ProbeVisitor) async -> Received {
        do throws(CheckFailure) { return .success(try await visitor.send(request)) } catch { return .failure(error) }
    }

    /// One visitor in several windows; the cookies that these get are their own.
    private func crowd(_ request: CheckRequest, _ count: Int, _ visitor: ProbeVisitor) async -> [Received?] {
        await withTaskGroup(of: (Int, Received).self) { group in
            for index in 0..<count {
                group.addTask(executorPreference: graded.loop) {
                    var visitor = visitor
                    return (index, await Self.send(request, &visitor))
                }
            }
            return await group.reduce(into: [Received?](repeating: nil, count: count)) { $0[$1.0] = $1.1 }
        }
    }

    /// Differ between answers that mean the same.
    private static let incidentalHeaders: Set<String> = ["content-length", "date", "etag", "set-cookie", "transfer-encoding"]

    private static func mediaType(of response: ClientResponse) -> String {
        (response.headers["Content-Type"] ?? "").prefix { $0 != ";" }.lowercased()
    }

    private func mark() async throws -> Mark {
        try await graded.shop.with { core in
            Mark(time: core.world.now, span: core.recorder.nextSpan, log: core.recorder.nextLog, work: core.work)
        }
    }

    private func account(since mark: Mark, for answer: inout ProbeRecording.Answer) async throws {
        let (effort, telemetry) = try await graded.shop.with { core in
            let work = core.work - mark.work
            return (
                ProbeRecording.Effort(duration: core.world.now - mark.time, statements: work.statements, steps: work.steps),
                StepTelemetry(spans: core.recorder.spans(since: mark.span).elements, logs: core.recorder.logs(since: mark.log).elements)
            )
        }
        answer.effort = effort
        answer.telemetry = telemetry
    }

    private func found(_ queries: [String], since: Timestamp) async throws -> [Bool] {
        let parsed = queries.compactMap { try? EvidenceQuery.parse($0) }
        return try await graded.shop.with { core in parsed.map { $0.matches(in: core.recorder, since: since) > 0 } }
    }

    private func read(_ values: [ProbeValue], of response: ClientResponse, _ answer: inout ProbeRecording.Answer, _ visitor: ProbeVisitor) async throws {
        let document = ProbeDocument(response)
        for value in values {
            var list: [Value] = []
            if let query = value.query { list = try await rows(of: query, visitor, firstColumnOnly: !value.wantsRows) }
            answer.lists.append(list)
            answer.values.append(document.find(value.source, list: list) { (try? visitor.expand($0)) ?? $0 })
        }
    }

    // MARK: Queries

    private func rows(of query: ProbeQuery, _ visitor: ProbeVisitor, firstColumnOnly: Bool) async throws -> [Value] {
        let sql = try expand(query, visitor)
        let rows = try await graded.shop.with { core in
            try Self.run(sql, of: query, in: Dictionary(uniqueKeysWithValues: zip(core.pack.databases.map(\.name), core.databases)))
        }
        return rows.map { firstColumnOnly ? $0.values.first ?? .null : .record($0) }
    }

    private func expand(_ query: ProbeQuery, _ visitor: ProbeVisitor) throws(Problems) -> String {
        do { return try visitor.expand(query.sql) } catch { throw Problems([Problem(error.message, at: query.location)]) }
    }

    /// Past everything that holds the shop's own statements up.
    private static func run(_ sql: String, of query: ProbeQuery, in databases: [String: any Database]) throws(Problems) -> [Record] {
        guard let database = databases[query.database] as? SQLiteDatabase else {
            let hint = suggestion(for: query.database, among: Array(databases.keys))
            throw Problems([Problem("the pack has no database \"\(query.database)\"\(hint)", at: query.location)])
        }
        do { return try database.look(sql) } catch { throw Problems([Problem("the query fails: \(error)", at: query.location)]) }
    }
}

extension ProbeValue {
    fileprivate var wantsRows: Bool { if case .rows = source { true } else { false } }
}

extension ShopCore {
    /// What all databases have cost since they were measured.
    fileprivate var work: SQLiteWork {
        databases.compactMap { ($0 as? SQLiteDatabase)?.work }.reduce(SQLiteWork()) { $0 + $1 }
    }
}
