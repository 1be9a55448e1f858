import Base
import Foundation
import HTTP
import Host
import Objectives

/// Objectives, the sources that measure them, and a loop to ask on.
struct ObjectiveSession {
    let loop: EventLoop
    private let files: ObjectiveFiles
    private let prometheus: String?
    private let datadog: String?

    /// Takes `-m`, `--prometheus` and `--datadog`.
    init(_ arguments: inout Arguments) throws {
        let manifest = try arguments.takeOption("-m")
        prometheus = try arguments.takeOption("--prometheus")
        datadog = try arguments.takeOption("--datadog")
        files = try ObjectiveFiles(manifest: manifest)
        loop = try EventLoop()
    }

    var objectives: [Objective] { get throws { try Manifest.read(files.texts) } }

    /// Runs a body that can measure; every report becomes part of the history.
    func run(_ body: @escaping @Sendable (@escaping @Sendable ([Objective]) async -> ObjectiveReport) async throws -> Int32) throws -> Int32 {
        let (loop, prometheus, address) = (loop, prometheus, datadogAddress)
        let headers = Self.keys(ProcessInfo.processInfo.environment)
        return try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            let send: RequestSender = { try await client.send($0) }
            let reporter = ObjectiveReporter(
                datadog: address.map { DatadogSource(baseURL: $0, headers: headers, send: send) }, prometheus: PrometheusSource(serverURL: prometheus, send: send))
            return try await body { objectives in
                var history = ObjectiveFiles.history()
                let report = await reporter.report(objectives, at: loop.now, history: history)
                history.add(report)
                // A report is as good without a memory of earlier ones.
                try? ObjectiveFiles.save(history)
                return report
            }
        }
    }

    /// Sends an indicator to a server with Reliably's API. An agent goes on when that fails: the next round may find the server again.
    func push(_ indicator: IndicatorEntity, to server: String) async {
        let environment = ProcessInfo.processInfo.environment
        let organization = environment["RELIABLY_ORG"] ?? "default"
        let client = Client(loop: loop)
        defer { client.close() }
        do {
            let answer = try await client.send(
                ClientRequest(
                    method: "PUT", url: "\(server)/entities/\(organization)/reliably.com/v1/indicator",
                    headers: ["Authorization": "bearer \(environment["RELIABLY_TOKEN"] ?? "")", "Content-Type": "application/json"],
                    body: indicator.value.jsonBytes(), timeout: .seconds(10)))
            if answer.status >= 300 { Terminal.complain("\(server) answered \(answer.status) to an indicator\n") }
        } catch { Terminal.complain("an indicator could not be sent: \(error)\n") }
    }

    /// The user's choice, else the running shop's observability port.
    private var datadogAddress: String? {
        if let datadog { return datadog.hasSuffix("/") ? String(datadog.dropLast()) : datadog }
        if let known = files.observability { return known }
        return try? ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/status", body: nil))["observability"]?.text
    }

    private static func keys(_ environment: [String: String]) -> Headers {
        var headers = Headers()
        for (variable, field) in [("DD_API_KEY", "DD-API-KEY"), ("DD_APP_KEY", "DD-APPLICATION-KEY")] {
            if let key = environment[variable], !key.isEmpty { headers.add(field, key) }
        }
        return headers
    }
}
