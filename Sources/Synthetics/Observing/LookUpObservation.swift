import Base
import HTTP

/// The answers to DNS questions.
struct LookUpObservation: Observation {
    let timings: ClientResponse.Timings
    private let answers: [RecordType: [String]]

    init(_ answers: [RecordType: [String]], after duration: Duration) {
        self.answers = answers
        var timings = ClientResponse.Timings()
        timings.dns = duration
        timings.total = duration
        self.timings = timings
    }

    func value(of subject: Assertion.Subject) -> Value? {
        // Without the look-up nothing would be left of the time.
        if case .responseTime = subject { responseTime(withoutDNS: false) } else { nil }
    }

    func records(of type: RecordType) -> [String] { answers[type] ?? [] }

    var resultMembers: [(String, Value)] {
        let records = RecordType.allCases.compactMap { type in
            answers[type].map { (type.rawValue, Value.list($0.map { .string($0) })) }
        }
        return [("records", .record(Record(records)))]
    }
}
