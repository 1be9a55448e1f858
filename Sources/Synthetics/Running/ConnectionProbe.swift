import Base
import HTTP

/// Opens the connection of a TCP or SSL test and says what it showed.
struct ConnectionProbe {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let request: ConnectRequest
    private let tls: ConnectionRequest.TLS?
    private let subjects: [Assertion.Subject]

    /// - Throws: `INVALID_TEST` or `INVALID_REQUEST` for places without a usable value.
    init(
        _ template: ConnectionRequest, _ assertions: [Assertion], _ scope: VariableScope, transport: any CheckTransport, loop: EventLoop
    ) throws(CheckFailure) {
        self.transport = transport
        self.loop = loop
        tls = template.tls
        subjects = assertions.map(\.subject)
        var request = ConnectRequest(
            host: try scope.expand(template.host), port: try Self.port(template.port, scope), timeout: template.timeout)
        if let tls = template.tls {
            var certificate: ClientCertificate?
            if let own = tls.certificate {
                certificate = ClientCertificate(certificate: try scope.expand(own.certificate), key: try scope.expand(own.key))
            }
            let name = try tls.serverName.map { (text) throws(CheckFailure) in try scope.expand(text) }
            request.tls = ConnectRequest.TLS(
                serverName: name.flatMap { $0.isEmpty ? nil : $0 }, verification: tls.allowsInsecure ? .none : .full, certificate: certificate)
        }
        self.request = request
    }

    static func port(_ text: String, _ scope: VariableScope) throws(CheckFailure) -> Int {
        let expanded = try scope.expand(text)
        guard let port = Int(expanded), (1...65_535).contains(port) else { throw CheckFailure(.invalidRequest, "\"\(expanded)\" is no port") }
        return port
    }

    /// As reports show it.
    var description: String { "Host: \(request.host):\(request.port)" }

    func run() async throws(CheckFailure) -> any Observation {
        tls == nil ? try await connect() : try await shakeHands()
    }

    // MARK: TCP

    /// A refused connection is what a check may expect; unless it does, it is a failure.
    private func connect() async throws(CheckFailure) -> ConnectionObservation {
        let start = loop.now
        do { return ConnectionObservation(try await transport.connect(request)) } catch {
            guard subjects.contains(.connection), let outcome = Self.outcome(error) else { throw CheckFailure(error) }
            return ConnectionObservation(outcome, after: loop.now - start)
        }
    }

    private static func outcome(_ error: ClientError) -> ConnectionOutcome? {
        switch error {
        case .connectionRefused: .refused
        case .timedOut: .timeout
        default: nil
        }
    }

    // MARK: TLS

    private func shakeHands() async throws(CheckFailure) -> TLSObservation {
        let response = try await connectSecurely()
        let oldest = subjects.contains(.minimumTLSVersion) ? await oldestVersion() : nil
        guard let observation = TLSObservation(response, oldestVersion: oldest, now: loop.now) else {
            throw CheckFailure(.tls, "the server showed no certificate")
        }
        return observation
    }

    /// Where self-signed certificates are accepted, one that nobody known vouches for is looked at again: it must still be for the host.
    private func connectSecurely() async throws(CheckFailure) -> ConnectResponse {
        do { return try await transport.connect(request) } catch {
            guard tls?.acceptsSelfSigned == true, case .untrustedCertificate = error else { throw CheckFailure(error) }
        }
        var lenient = request
        lenient.tls?.verification = .nameOnly
        do { return try await transport.connect(lenient) } catch { throw CheckFailure(error) }
    }

    /// Each version is tried by itself, from the oldest on.
    private func oldestVersion() async -> TLSVersion? {
        var single = request
        // Verified already, and under old versions nothing would be verified better.
        single.tls?.verification = .none
        for version in TLSVersion.allCases {
            single.tls?.onlyVersion = version
            if (try? await transport.connect(single)) != nil { return version }
        }
        return nil
    }
}
