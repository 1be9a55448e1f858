import Base
import Telemetry

/// Makes the subsegments of one segment: calls, statements, and local work that the SDK was told to show.
struct SubsegmentBuilder {
    private let trace: SegmentBuilder
    private let settings: XRaySettings
    /// Whose segment it is.
    private let service: String

    init(_ trace: SegmentBuilder, _ settings: XRaySettings, service: String) {
        self.trace = trace
        self.settings = settings
        self.service = service
    }

    /// Of everything below a span up to the next services, in the order of their starts.
    ///
    /// - Parameter owner: The segment or subsegment that they are parts of.
    func subsegments(of id: UInt64, in owner: UInt64, depth: Int = 0) -> [Segment] {
        // Identifiers come from outside as well, and could form a circle.
        guard depth < 100 else { return [] }
        var found: [Segment] = []
        var attempts: [UInt64: Attempts] = [:]
        for position in trace.childPositions(of: id) {
            let span = trace.span(at: position)
            guard !span.isEntry else { continue }
            if case .http = span.detail, span.template.kind == .client {
                add(span, in: owner, to: &found, &attempts)
            } else if span.template.type == "sql" {
                if settings.tracesStatements { found.append(statement(span, in: owner)) }
            } else if settings.local.contains(span.template.name) {
                found.append(local(span, in: owner, depth: depth))
            } else {
                found += subsegments(of: span.id, in: owner, depth: depth + 1)
            }
        }
        return found.map { attempts[$0.id].map { [self] attempts in finished(attempts) } ?? $0 }.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    }

    // MARK: Calls

    /// One call of an SDK, with the repetitions that it made by itself.
    private struct Attempts {
        var call: XRaySettings.Call
        var peer: String
        var segment: Segment
        var count: Int
        /// The newest span, and what its callee noted.
        var last: Span
    }

    private func add(_ span: Span, in owner: UInt64, to found: inout [Segment], _ attempts: inout [UInt64: Attempts]) {
        let call = settings.call(of: span.template.peer)
        guard call.isTraced else { return }
        if call.joinsRetries, let id = found.last?.id, var before = attempts[id], before.peer == span.template.peer, before.last.isError {
            before.segment.end = span.end
            before.last = span
            before.count += 1
            attempts[id] = before
            return
        }
        var segment = Segment(name: name(of: span, call), id: span.id, trace: span.trace, parent: owner, start: span.start, end: span.end)
        segment.namespace = call.namespace
        segment.tellsProgress = settings.tellsProgress
        segment.repeatsIdentifiers = settings.repeatsIdentifiers
        attempts[span.id] = Attempts(call: call, peer: span.template.peer, segment: segment, count: 1, last: span)
        found.append(segment)
    }

    private func name(of span: Span, _ call: XRaySettings.Call) -> String {
        if !call.name.isEmpty { return call.name }
        return span.value(of: .hostname)?.text ?? (span.template.peer.isEmpty ? span.resourceName : span.template.peer)
    }

    private func finished(_ attempts: Attempts) -> Segment {
        var segment = attempts.segment
        let (call, span) = (attempts.call, attempts.last)
        var http = Segment.HTTP()
        // An AWS SDK speaks of operations, not of requests.
        if call.namespace != "aws", case .http(let facts) = span.detail {
            http.method = call.hasLowerCaseMethod ? facts.method.lowercased() : facts.method
            http.url = settings.callURL.value(for: span)?.text ?? ""
        }
        http.status = span.status
        if http != Segment.HTTP() { segment.http = http }
        segment.setFlags(ofStatus: span.status)
        let notes = span.attributes + trace.notes(below: span.id)
        if call.namespace == "aws" { segment.aws = Self.block(call.aws + notes.members(of: "aws.")) }
        if let error = span.error {
            segment.isFault = true
            segment.cause = .exceptions([SegmentBuilder.exception(error, of: segment.id)], workingDirectory: settings.workingDirectory)
        } else if span.status >= 400, let exception = Self.exception(of: attempts, notes) {
            segment.isFault = true
            segment.cause = .exceptions([exception], workingDirectory: settings.workingDirectory)
        }
        return segment
    }

    /// The first of one name counts.
    private static func block(_ attributes: [Attribute]) -> [Attribute] {
        var seen: Set<String> = []
        return attributes.filter { !$0.name.hasPrefix("error_") && seen.insert($0.name).inserted }
    }

    /// What an AWS SDK throws when the service refuses.
    private static func exception(of attempts: Attempts, _ notes: [Attribute]) -> Segment.Exception? {
        guard let template = attempts.count > 1 ? attempts.call.exceptionAfterRetries ?? attempts.call.exception : attempts.call.exception else { return nil }
        let code = notes["aws.error_code"]?.text ?? "ClientError"
        let facts = [
            "code": code, "operation": notes["aws.operation"]?.text ?? "", "message": notes["aws.error_message"]?.text ?? "", "retries": String(attempts.count - 1),
        ]
        return Segment.Exception(
            id: SegmentBuilder.identifier(ofExceptionIn: attempts.segment.id), type: code, message: template.filled(facts), isRemote: true)
    }

    // MARK: Statements and local work

    private func statement(_ span: Span, in owner: UInt64) -> Segment {
        let all = span.attributes + span.template.attributes
        let name = span.template.service.name
        var segment = part(span, in: owner, name: name == service ? all["db.name"]?.text ?? all["db.system"]?.text ?? "database" : name)
        segment.namespace = "remote"
        let text = ["db.query.text", "db.statement", "sql.query"].lazy.compactMap { all[$0]?.text }.first ?? span.resourceName
        segment.sql = [Attribute("sanitized_query", .string(text))]
        if let system = all["db.system.name"] ?? all["db.system"] { segment.sql.append(Attribute("database_type", system)) }
        if let user = all["db.user"] { segment.sql.append(Attribute("user", user)) }
        return segment
    }

    private func local(_ span: Span, in owner: UInt64, depth: Int) -> Segment {
        var segment = part(span, in: owner, name: span.template.name)
        segment.namespace = settings.localNamespace
        segment.subsegments = subsegments(of: span.id, in: span.id, depth: depth + 1)
        return segment
    }

    private func part(_ span: Span, in owner: UInt64, name: String) -> Segment {
        var segment = Segment(name: name, id: span.id, trace: span.trace, parent: owner, start: span.start, end: span.end)
        segment.tellsProgress = settings.tellsProgress
        segment.repeatsIdentifiers = settings.repeatsIdentifiers
        if let error = span.error {
            segment.isFault = true
            segment.cause = .exceptions([SegmentBuilder.exception(error, of: span.id)], workingDirectory: settings.workingDirectory)
        }
        return segment
    }
}

extension [Attribute] {
    /// Those whose names begin with the prefix, without it.
    fileprivate func members(of prefix: String) -> [Attribute] {
        compactMap { $0.name.hasPrefix(prefix) ? Attribute(String($0.name.dropFirst(prefix.count)), $0.value) : nil }
    }
}

extension String {
    /// With `{name}` replaced by what is known under the name.
    fileprivate func filled(_ facts: [String: String]) -> String {
        facts.reduce(self) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}
