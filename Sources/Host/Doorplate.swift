import HTTP
import Load
import Storefront

/// Says which service answers on a port; changes when another pack moves in.
// @unchecked Sendable: touched only on the shop's loop.
final class Doorplate: @unchecked Sendable {
    var service: String
    /// Whether visitors come in here first.
    var isEntry = false
    /// 0 until it is open for the first time.
    var port = 0
    /// Whether the port should be open now.
    var isOpen = true

    init(_ service: String) { self.service = service }
}

extension Shop {
    /// Answers a request to the service on a port. The name is read in the same step in which the shop's inside is.
    nonisolated func answer(_ plate: Doorplate, _ request: Request) -> Answer { answer(plate.service, request) }

    /// Answers and records, if the service is one of those that are recorded.
    func answer(_ plate: Doorplate, _ request: Request, recording: ServiceRecording) async -> Response {
        guard recording.includes(plate), let ticket = recording.recorder.begin(request, port: plate.port, at: loop.now) else { return await handle(plate.service, request) }
        let response = await handle(plate.service, request)
        recording.recorder.record(response, for: ticket, at: loop.now)
        return response
    }
}

/// Which services' traffic is recorded, and where.
struct ServiceRecording: Sendable {
    let recorder: TrafficRecorder
    /// The entry service when empty.
    let services: Set<String>

    func includes(_ plate: Doorplate) -> Bool { services.isEmpty ? plate.isEntry : services.contains(plate.service) }
}
