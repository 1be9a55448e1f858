import Base
import Load

extension Bench {
    /// Lets visitors into the open shop, in simulated time, until they have gone again.
    ///
    /// - Parameter plan: Its journey's services are those of the pack; base URLs are filled in here.
    func visit(_ plan: LoadPlan, onSecond: (@Sendable (RunStatistics) -> Void)? = nil) async throws -> RunStatistics {
        let pack = prepared.pack
        let services = Dictionary(uniqueKeysWithValues: pack.services.map { ($0, url(of: $0)) })
        var plan = plan
        plan.bases = services
        for (alias, service) in pack.aliases { plan.bases[alias] = services[service] }
        plan.bases[""] = services[pack.entry]
        let run = try plan.run(courier: ShopCourier(shop: shop, bases: services), loop: loop)
        run.onSecond = onSecond
        await run.run()
        return run.statistics
    }
}
