import Base
import HTTP

/// A TCP connection, or the attempt at one.
struct ConnectionObservation: Observation {
    let outcome: ConnectionOutcome
    let timings: ClientResponse.Timings
    private let remoteAddress: String

    init(_ response: ConnectResponse) {
        outcome = .established
        timings = response.timings
        remoteAddress = response.remoteAddress
    }

    init(_ outcome: ConnectionOutcome, after duration: Duration) {
        self.outcome = outcome
        remoteAddress = ""
        var timings = ClientResponse.Timings()
        timings.connect = duration
        timings.total = duration
        self.timings = timings
    }

    func value(of subject: Assertion.Subject) -> Value? {
        switch subject {
        case .responseTime(let withoutDNS): responseTime(withoutDNS: withoutDNS)
        case .connection: .string(outcome.rawValue)
        default: nil
        }
    }

    var resultMembers: [(String, Value)] {
        [("connectionOutcome", .string(outcome.rawValue))] + (remoteAddress.isEmpty ? [] : [("resolvedIp", .string(remoteAddress))])
    }
}
