import HTTP
import Storefront

/// Says which service answers on a port; changes when another pack moves in.
// @unchecked Sendable: touched only on the shop's loop.
final class Doorplate: @unchecked Sendable {
    var service: String
    /// Whether the port should be open now.
    var isOpen = true

    init(_ service: String) { self.service = service }
}

extension Shop {
    /// Answers a request to the service on a port. The name is read in the same step in which the shop's inside is.
    func answer(_ plate: Doorplate, _ request: Request) async -> Response { await handle(plate.service, request) }
}
