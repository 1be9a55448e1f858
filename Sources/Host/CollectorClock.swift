import Base
import Export
import Storefront

/// Lets a shop's collector decide every second, so that it reads spans before the recorder forgets them.
///
/// Not an exporter, but it lives and ends like one.
final class CollectorClock: TelemetryExporter {
    private static let interval = Duration.seconds(1)

    private let core: ShopCore

    init(_ core: ShopCore) { self.core = core }

    func run() async {
        while !Task.isCancelled {
            core.collector?.advance(to: core.world.now)
            do { try await core.world.loop.sleep(for: Self.interval) } catch { return }
        }
    }

    func flush() async {}
}
