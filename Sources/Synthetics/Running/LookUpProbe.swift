import Base
import HTTP

/// Asks the questions of a DNS test.
struct LookUpProbe {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let query: NameQuery

    /// - Throws: `INVALID_TEST` or `INVALID_REQUEST` for places without a usable value.
    init(
        _ template: LookUpRequest, _ assertions: [Assertion], _ scope: VariableScope, transport: any CheckTransport, loop: EventLoop
    ) throws(CheckFailure) {
        self.transport = transport
        self.loop = loop
        let server = try template.server.map { (text) throws(CheckFailure) in try scope.expand(text) }
        query = NameQuery(
            host: try scope.expand(template.host), server: server, port: try ConnectionProbe.port(template.port, scope),
            types: Self.types(assertions), timeout: template.timeout)
    }

    /// Those that the assertions are about; addresses when they are about the time alone.
    private static func types(_ assertions: [Assertion]) -> [RecordType] {
        let asked = RecordType.allCases.filter { type in
            assertions.contains { if case .record(type, _) = $0.subject { true } else { false } }
        }
        return asked.isEmpty ? [.a] : asked
    }

    /// As reports show it.
    var description: String {
        guard let server = query.server else { return "Query for \(query.host)" }
        return "Query for \(query.host) on server \(server)" + (query.port == 53 ? "" : ":\(query.port)")
    }

    func run() async throws(CheckFailure) -> any Observation {
        let start = loop.now
        do { return LookUpObservation(try await transport.lookUp(query), after: loop.now - start) } catch { throw CheckFailure(error) }
    }
}
