import Base
import HTTP

/// What a request showed: what its assertions are about.
protocol Observation: Sendable {
    var timings: ClientResponse.Timings { get }
    /// The value that an assertion compares; nil when there is none.
    func value(of subject: Assertion.Subject) -> Value?
    /// All DNS records of a type.
    func records(of type: RecordType) -> [String]
    /// Nil for what has no body.
    var body: ObservedBody? { get }
    /// For Datadog's result JSON, beside the timings.
    var resultMembers: [(String, Value)] { get }
}

extension Observation {
    func records(of type: RecordType) -> [String] { [] }
    var body: ObservedBody? { nil }

    /// Milliseconds.
    func responseTime(withoutDNS: Bool) -> Value {
        .double((withoutDNS ? timings.total - timings.dns : timings.total).milliseconds)
    }
}
