import Base
import Load
import Packs
import Storefront

/// Lets visitors into an open shop, in simulated time.
struct Visitors: Sendable {
    let shop: Shop
    let addresses: Addresses
    let pack: Pack

    /// - Parameter plan: Its journey's services are those of the pack; base URLs are filled in here.
    func visit(_ plan: LoadPlan, onSecond: (@Sendable (RunStatistics) -> Void)? = nil) async throws -> RunStatistics {
        let services = Dictionary(uniqueKeysWithValues: pack.services.map { ($0, addresses.url(of: $0)) })
        var plan = plan
        plan.bases = services
        for (alias, service) in pack.aliases { plan.bases[alias] = services[service] }
        plan.bases[""] = services[pack.entry]
        let run = try plan.run(courier: ShopCourier(shop: shop, bases: services), loop: shop.loop)
        guard let job = try plan.journey().job else {
            run.onSecond = onSecond
            await run.run()
            return run.statistics
        }
        var log = JobLog()
        run.onSecond = { [shop] statistics in
            onSecond?(statistics)
            let lines = log.second(statistics)
            if !lines.isEmpty { Task(executorPreference: shop.loop) { try await shop.with { $0.log(lines, ofJob: job) } } }
        }
        await run.run()
        let lines = log.end(run.statistics)
        try await shop.with { $0.log(lines, ofJob: job) }
        return run.statistics
    }

    /// The visitors under whom a fault shows.
    func visit(_ load: FaultDefinition.Proof.Load, seed: UInt64) async throws {
        guard let file = pack.journeys.first(where: { $0.name == "load/\(load.journey).json" }) else { return }
        let journey = JourneyFile(path: pack.files.displayPath(file.name), text: file.text, services: pack.services + pack.aliases.map(\.alias))
        _ = try await visit(LoadPlan(.file(journey), profile: LoadProfile(try journey.read().standard, duration: load.duration, seed: seed)))
    }
}
