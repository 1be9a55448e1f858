import Base
import Load
import Storefront

extension Bench {
    var visitors: Visitors { Visitors(shop: shop, addresses: addresses, pack: prepared.pack) }

    /// Waits until all pods are there that are wanted, but not for ever: some never will be.
    func awaitRollout() async throws {
        for _ in 0..<Self.longestRolloutSeconds {
            if try await shop.with({ $0.isClusterSettled }) { return }
            try await loop.sleep(for: .seconds(1))
        }
    }

    private static let longestRolloutSeconds = 300
}
