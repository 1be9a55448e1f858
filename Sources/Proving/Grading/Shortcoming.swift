import Base

/// One thing that a shop does not do as the healthy shop does.
struct Shortcoming: Sendable {
    /// What it is about, without figures: two shops with the same fault have it in common.
    enum Subject: Sendable, Hashable {
        /// A check fails.
        case check(name: String)
        /// A telemetry query of a fault still finds something.
        case evidence(query: String)
        /// An answer says something else.
        case answer(place: String)
        /// An answer takes longer, needs more queries or calls, or leaves errors behind.
        case effort(place: String, kind: Effort)
        /// Something is no longer recorded.
        case telemetry(what: String)
        /// An index of the pack is not there.
        case index(name: String)
    }

    enum Effort: String, Sendable { case time, queries, work, calls, errors }

    var subject: Subject
    /// Services that were asked.
    var services: Set<String>
    /// What was expected and what was found, in words for people.
    var details: String
    /// The version of a service that it was seen with, where several take requests.
    var version: String?

    init(_ subject: Subject, _ services: Set<String>, _ details: String) {
        self.subject = subject
        self.services = services
        self.details = details
    }

    /// One word for the kind: `check`, `evidence`, `answer`, `errors`, `calls`, `queries`, `work`, `time`,
    /// `telemetry`, `index`.
    var kind: String {
        switch subject {
        case .check: "check"
        case .evidence: "evidence"
        case .answer: "answer"
        case .effort(_, let kind): kind.rawValue
        case .telemetry: "telemetry"
        case .index: "index"
        }
    }

    /// What tells most comes first.
    var rank: Int { ["check", "evidence", "answer", "telemetry", "index", "errors", "calls", "queries", "work", "time"].firstIndex(of: kind) ?? 0 }

    /// A sentence for people.
    var sentence: String {
        let sentence =
            switch subject {
            case .check(let name): "the check \"\(name)\" fails: \(details)"
            case .evidence: "telemetry still shows the problem: \(details)"
            case .answer(let place), .effort(let place, _): "\(place): \(details)"
            case .telemetry, .index: details
            }
        return version.map { "with \($0): \(sentence)" } ?? sentence
    }
}
