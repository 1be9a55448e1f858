import Base
import Host
import HTTP
import Load

/// Hands what a job of load would print to the running shop that it visits.
// @unchecked Sendable: touched only on the loop.
final class JobReporter: @unchecked Sendable {
    private let loop: EventLoop
    private let client: Client
    private let file: ControlFile
    private let shop: String?
    private let job: String
    private var log = JobLog()

    /// Nil when the journey is no job, or no host is running.
    init?(_ plan: LoadPlan, shop: String?, on loop: EventLoop) throws {
        guard let job = try plan.journey().job, let file = ControlFile.read(ControlFile.standardPath) else { return nil }
        self.loop = loop
        client = Client(loop: loop)
        self.file = file
        self.shop = shop
        self.job = job
    }

    /// To be called every second, on the loop.
    func second(_ run: RunStatistics) {
        let lines = log.second(run)
        if !lines.isEmpty { Task(executorPreference: loop) { await self.send(lines) } }
    }

    func end(_ run: RunStatistics) async {
        await send(log.end(run))
        client.close()
    }

    /// A shop that has gone meanwhile needs no lines.
    private func send(_ lines: [String]) async {
        var body: [(String, Value)] = [("job", .string(job)), ("lines", .list(lines.map { .string($0) }))]
        if let shop { body.append(("shop", .string(shop))) }
        _ = try? await client.send(
            ClientRequest(
                method: "POST", url: file.url + "/v1/logs", headers: ["Authorization": "Bearer \(file.token)", "Content-Type": "application/json"],
                body: Value.record(Record(body)).jsonBytes()))
    }
}
