import Base
import Foundation
import Packs
import Storefront

extension ShopHost {
    /// Reads a pack's folder again and puts its wiring under the running shop; data, sessions and faults stay. A pack with mistakes
    /// changes nothing.
    func reload(_ hosted: HostedShop, _ folder: String) async {
        do {
            let prepared = try library.reload(folder)
            try await hosted.shop.with { core in try await core.reload(prepared) }
            FileHandle.standardError.write(Data("reloaded \(folder)\n".utf8))
        } catch {
            FileHandle.standardError.write(Data("\(folder) was not reloaded:\n\(error)\n".utf8))
        }
    }
}

extension ShopHost {
    /// Puts another pack or state behind a shop's ports; requests in flight finish in the old one.
    func switchShop(_ hosted: HostedShop, to pack: String, state: String) async throws {
        let request = configuration.shops.first { $0.name == hosted.name }
        try await hosted.open(pack, state: state, port: request?.port, keepsData: false)
    }
}
