import Base

/// Questions whose answers tell a right fix from one that only looks right: other data than the pack's, then visits.
///
/// Two shops are asked the same, and what matters of their answers is compared. A file of a pack's folder `probes` holds one probe;
/// `ProbeReader` gives its form.
public struct Probe: Sendable {
    /// How a shop decides what happens only sometimes.
    public enum Chances: String, Sendable, CaseIterable {
        /// By its seeded random numbers.
        case drawn
        /// Whatever may happen does, and what services do by themselves they do every few seconds: the rare failure is met soon.
        case certain
    }

    public var file: String
    /// What the probe is good for, in one sentence.
    public var description: String
    /// Values that differ from one grading to the next; SQL, requests and patterns name them as `{{ NAME }}`.
    public var variables: [ConfigVariable]
    public var chances: Chances
    /// Changes of the seed data, made before the first request.
    public var given: [ProbeQuery]
    public var visits: [ProbeVisit]
}

/// One SQL statement on one of the pack's databases.
public struct ProbeQuery: Sendable {
    public var database: String
    /// With `{{ NAME }}` places.
    public var sql: String
    public var location: SourceLocation
}

/// What one visitor does; cookies and kept values last from step to step.
public struct ProbeVisit: Sendable {
    public var name: String
    public var steps: [ProbeStep]
}

public struct ProbeStep: Sendable {
    public enum Action: Sendable {
        case request(CheckRequest)
        case wait(Duration)
    }

    public var name: String
    public var action: Action
    /// How often, 1 or more.
    public var times: Int
    /// Before each time but the first: what happens now and then is met by who comes back again and again.
    public var pause: Duration
    /// All times at the same moment: whoever wants the same thing meets the others.
    public var isAtOnce: Bool
    /// Compared beside status and media type, which always are.
    public var values: [ProbeValue]
    /// What later steps of the visit can name.
    public var kept: [Extraction]
    /// Telemetry queries that must find something, or nothing, as in the healthy shop.
    public var telemetry: [String]
    public var location: SourceLocation
}

/// A part of an answer that means something to whoever asked.
public struct ProbeValue: Sendable {
    public enum Source: Sendable {
        case json(JSONPath)
        /// Every match of a pattern in what a person sees of a page: its first group, or the whole match.
        case text(String)
        /// Every match in the body as it was sent.
        case body(String)
        /// A header field, or what a pattern finds in it.
        case header(String, pattern: String?)
        /// Those texts of a query's first column that a person sees on the page.
        case mentions(ProbeQuery)
        /// Rows that the shop's data hold afterwards.
        case rows(ProbeQuery)
    }

    public var name: String
    public var source: Source
    /// False where the order of the values is left to chance.
    public var isOrdered: Bool
    /// Fields of records that do not matter.
    public var ignored: Set<String>
    /// The values that are right, where the shop chooses at random: those of this query's first column.
    public var among: ProbeQuery?
}

extension ProbeValue {
    /// The query that must be run beside the request.
    public var query: ProbeQuery? {
        if let among { return among }
        switch source {
        case .mentions(let query), .rows(let query): return query
        case .json, .text, .body, .header: return nil
        }
    }
}
