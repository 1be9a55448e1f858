import Base
import HTTP
import Telemetry

extension ObservabilityAPI {
    func logs(_ target: APITarget, _ recorder: Recorder) throws(APIError) -> Response {
        let search: LogSearch
        do { search = try LogSearch(parsing: target["query"] ?? "") } catch { throw .badRequest("parameter 'query': \(error)") }
        let window = try Window(target)
        let found = recorder.logs().elements.filter { window.contains($0.time) && search.matches($0) }
        return Self.newest(found, limit: try target.limit(), RecordJSON.write)
    }

    func events(_ target: APITarget, _ recorder: Recorder) throws(APIError) -> Response {
        let window = try Window(target)
        let kind = target["kind"]
        let service = target["service"]
        let search: EventSearch
        do { search = try EventSearch(try SearchParser.parse(target["query"] ?? "")) } catch { throw .badRequest("parameter 'query': \(error)") }
        let found = recorder.events().elements.filter {
            window.contains($0.time) && (kind == nil || $0.kind == kind) && (service == nil || $0.service == service) && search.matches($0)
        }
        return Self.newest(found, limit: try target.limit(), RecordJSON.write)
    }

    /// `total` counts what fits, also beyond the limit.
    private static func newest<Element>(
        _ elements: [Element], limit: Int, _ write: (Element, inout JSONWriter) -> Void
    ) -> Response {
        envelope(total: elements.count) { json in json.array(elements.suffix(limit).reversed()) { write($1, &$0) } }
    }

    private struct Window {
        var start: Timestamp?
        var end: Timestamp?

        init(_ target: APITarget) throws(APIError) {
            start = try target.time("start")
            end = try target.time("end")
        }

        func contains(_ time: Timestamp) -> Bool { (start.map { time >= $0 } ?? true) && (end.map { time <= $0 } ?? true) }
    }
}
