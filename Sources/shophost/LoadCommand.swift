import Base
import Foundation
import Handlers
import Host
import HTTP
import Load
import Packs
import Proving
import Query
import Storefront

/// `shophost load`: visitors for shops, and one request over and over for anything.
enum LoadCommand {
    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let options = try LoadOptions(&arguments)
        Descriptors.raiseLimit()
        if options.isVirtual { return try simulate(options) }
        let (plan, title) = try LoadTarget.plan(options)
        let console = LoadConsole(options, title: title)
        let loop = try EventLoop(isPrecise: true)
        var client = options.client
        client.idleConnections = max(client.idleConnections, plan.profile.mostUsers)
        let final = client
        let visitsRunningShop = options.url == nil && options.bases.isEmpty
        let statistics = try loop.run {
            let reporter = visitsRunningShop ? try JobReporter(plan, shop: options.shop, on: loop) : nil
            let onSecond: @Sendable (RunStatistics) -> Void = { run in
                console.second(run)
                reporter?.second(run)
            }
            let crew = try LoadCrew(plan, on: loop, loops: options.loops, options: final, onSample: console.onSample, onSecond: onSecond)
            let stop = StopSignal(on: loop)
            Task(executorPreference: loop) {
                await stop.wait()
                crew.stop()
            }
            let statistics = try await crew.run()
            await reporter?.end(statistics)
            return statistics
        }
        return try console.finish(statistics)
    }

    /// In simulated time.
    private static func simulate(_ options: LoadOptions) throws -> Int32 {
        let name = options.pack!
        let isBuiltIn = PackLibrary.builtInNames.contains(name)
        let prepared = try PreparedPack(PackLibrary.files(ofPackOrFolder: name), handlers: .builtIn, checksEverything: !isBuiltIn)
        let state = options.state ?? "broken"
        guard prepared.pack.state(named: state) != nil else {
            throw UsageError("there is no state \"\(state)\"" + suggestion(for: state, among: prepared.pack.stateNames))
        }
        let queries = try options.evidence.map { text in
            do throws(QueryError) { return try EvidenceQuery.parse(text) } catch { throw UsageError("--evidence: \(error)") }
        }
        let plan = try LoadTarget.plan(options, pack: prepared.pack)
        guard plan.profile.duration != nil || plan.profile.iterationsPerUser != nil else { throw UsageError("--virtual needs --duration: simulated time has no Ctrl-C") }
        let console = LoadConsole(options, title: "\(prepared.pack.title) (\(state)) in simulated time")
        let outcome = try SimulatedLoad(prepared, state: state).run(plan, evidence: queries, onSecond: { console.second($0) })
        let status = try console.finish(outcome.statistics)
        for (query, matches) in zip(queries, outcome.matches) { Terminal.complain("\(matches) found: \(query)\n") }
        return status
    }
}

extension LoadProfile {
    /// Visitors that there can be at one time.
    fileprivate var mostUsers: Int {
        switch model {
        case .closed(let users): Int((users.pieces.map(\.to) + [users.last]).max() ?? 0)
        case .open(_, let mostUsers): mostUsers
        }
    }
}

/// The limit of open files and sockets.
enum Descriptors {
    /// To what the system allows: every visitor may need a connection.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
