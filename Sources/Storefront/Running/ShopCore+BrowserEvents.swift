import Base
import HTTP
import Telemetry

extension ShopCore {
    /// Where pages send what their visitors saw.
    public static let browserEventsPath = "/rum/events"

    /// Stores a page's events beside the server's telemetry; nil when the request is something else.
    ///
    /// The body is one JSON object, whatever media type it claims: browsers send beacons as `text/plain`.
    func takeBrowserEvents(_ request: Request, _ service: ServiceRuntime) -> Response? {
        guard request.method == "POST", RequestTarget(request.target).rawPath == Self.browserEventsPath else { return nil }
        guard let message = try? Value.parse(json: request.body), let events = message["events"]?.elements, events.count <= 200 else {
            return Response(status: 400, headers: ["Content-Type": "text/plain"], body: Array("expected an object with a list of events\n".utf8))
        }
        guard instrumentation == .full, hasRUM else { return Response(status: 202) }
        let view = message["view"]?["url"]?.text ?? ""
        for event in events {
            guard let fields = event.fields, let type = event["type"]?.text else { continue }
            var attributes = [
                Attribute("session.id", .string(message["session"]?.text ?? "")), Attribute("view.id", .string(message["view"]?["id"]?.text ?? "")),
                Attribute("view.url", .string(view)), Attribute("trace_id", .string(message["trace_id"]?.text ?? "")),
            ]
            for (name, value) in zip(fields.layout.names, fields.values) where name != "type" { attributes.append(Attribute("\(type).\(name)", value)) }
            recorder.record(
                Event(time: world.now, service: message["service"]?.text ?? service.name, kind: "rum." + type, title: Self.title(type, event, view), attributes: attributes))
        }
        return Response(status: 202)
    }

    private static func title(_ type: String, _ event: Value, _ view: String) -> String {
        switch type {
        case "vital": "\(event["name"]?.text ?? "") \(event["value"]?.text ?? "")"
        case "error": event["message"]?.text ?? ""
        case "action": event["name"]?.text ?? ""
        case "resource": event["url"]?.text ?? ""
        default: view
        }
    }
}
