import Base
import Export
import Storefront
import Telemetry

/// Looks at a shop's gauges every ten seconds, so that their course is known when nobody asks.
///
/// Not an exporter, but it lives and ends like one.
final class MetricClock: TelemetryExporter {
    private static let interval: Int64 = 10

    private let core: ShopCore
    private var process: ProcessMetrics

    init(_ core: ShopCore) {
        self.core = core
        process = ProcessMetrics(core.recorder.metrics)
    }

    func run() async {
        let loop = core.world.loop
        while !Task.isCancelled {
            tick()
            // Right after a stretch of the history has ended.
            let rest = Self.interval * 1_000_000_000 - loop.now.nanoseconds % (Self.interval * 1_000_000_000)
            do { try await loop.sleep(for: .nanoseconds(rest + 1_000_000)) } catch { return }
        }
    }

    private func tick() {
        core.refreshMetrics()
        process.refresh()
        core.recorder.advance(to: core.world.now)
    }

    func flush() async {}
}
