import Base
import HTTP

/// A TLS handshake and the certificate that the server showed.
struct TLSObservation: Observation {
    let timings: ClientResponse.Timings
    private let remoteAddress: String
    private let session: TLSSession
    private let oldestVersion: TLSVersion?
    private let certificate: Certificate
    private let now: Timestamp

    /// - Parameters:
    ///   - oldestVersion: The oldest version that the server speaks; nil when nobody asked.
    ///   - now: When the certificate's remaining days are counted from.
    init?(_ response: ConnectResponse, oldestVersion: TLSVersion?, now: Timestamp) {
        guard let session = response.session, let certificate = session.certificates.first.flatMap({ Certificate(der: $0) }) else { return nil }
        timings = response.timings
        remoteAddress = response.remoteAddress
        self.session = session
        self.oldestVersion = oldestVersion
        self.certificate = certificate
        self.now = now
    }

    /// Negative when it has ended.
    private var remainingDays: Double { Double((certificate.validTo - now).components.seconds) / 86_400 }

    func value(of subject: Assertion.Subject) -> Value? {
        switch subject {
        case .responseTime(let withoutDNS): responseTime(withoutDNS: withoutDNS)
        case .certificate: .double(remainingDays)
        case .property(let path): certificateField(path)
        case .tlsVersion: session.version.map { .double($0.number) }
        case .minimumTLSVersion: oldestVersion.map { .double($0.number) }
        default: nil
        }
    }

    private func certificateField(_ path: String) -> Value? {
        path.split(separator: ".").reduce(Optional(fields)) { $0?[String($1)] }
    }

    /// What the handshake adds to the certificate's own fields.
    private var fields: Value {
        let connection: [(String, Value)] = [
            ("cipher", .string(session.cipher)), ("protocol", session.version.map { .string("TLSv\($0.rawValue)") } ?? .null),
        ]
        return .record(Record(connection + certificate.fields))
    }

    var resultMembers: [(String, Value)] { [("resolvedIp", .string(remoteAddress)), ("cert", fields)] }
}
