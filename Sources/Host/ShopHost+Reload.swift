import Base
import Packs
import Storefront

extension ShopHost {
    /// Takes over a pack's folder in every shop that runs it; data, sessions and faults stay. A pack with mistakes changes nothing.
    func reload(_ folder: String) async {
        for hosted in shops {
            do {
                if try await hosted.reload(folder) { StandardStream.error.write("reloaded \(folder)\n") }
            } catch {
                StandardStream.error.write("\(folder) was not reloaded:\n\(error)\n")
            }
        }
    }

    /// Puts another pack or state behind a shop's ports; requests in flight finish in the old one.
    func switchShop(_ hosted: HostedShop, to pack: String, state: String) async throws {
        let request = configuration.shops.first { $0.name == hosted.name }
        try await hosted.open(pack, state: state, port: request?.port, keepsData: false)
        await watch(pack)
    }
}
