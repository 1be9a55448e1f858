import Base
import Telemetry
import Testing

@testable import Export

@Suite struct OTLPEncodingTests {
    /// One span of each interesting sort, in two services.
    private static func sample() -> [Span] {
        let every: [Attribute] = [
            Attribute("int", -5), Attribute("zero", 0), Attribute("double", 1.5), Attribute("flag", false), Attribute("list", ["a", 2]),
            Attribute("record", .object(["k": "v"])), Attribute("text", "ü\"\n"), Attribute("bytes", .bytes([0, 255])),
        ]
        var failed = Span.make(0x00f0_67aa_0ba9_02b7, .make(attributes: every))
        failed.status = 500
        failed.isError = true
        failed.error = SpanError(type: "AdsError", message: "boom", stack: "at line 1")
        let client = Span.make(7, parent: failed.id, .make("http.request", service: ServiceIdentity(name: "store", version: "", environment: ""), resource: "", kind: .client))
        return [failed, client]
    }

    /// Reads a request with OpenTelemetry's own classes and prints it as JSON with hexadecimal identifiers.
    private static let reader = """
        import sys, json
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
        from google.protobuf.json_format import Parse
        request = ExportTraceServiceRequest()
        request.ParseFromString(sys.stdin.buffer.read())
        def value(v):
            kind = v.WhichOneof("value")
            if kind == "array_value": return [value(x) for x in v.array_value.values]
            if kind == "kvlist_value": return {x.key: value(x.value) for x in v.kvlist_value.values}
            if kind == "bytes_value": return v.bytes_value.hex()
            return getattr(v, kind)
        def pairs(a): return {x.key: value(x.value) for x in a}
        out = []
        for rs in request.resource_spans:
            for ss in rs.scope_spans:
                for s in ss.spans:
                    out.append({"resource": pairs(rs.resource.attributes), "scope": ss.scope.name, "trace": s.trace_id.hex(), "id": s.span_id.hex(),
                        "parent": s.parent_span_id.hex(), "name": s.name, "kind": s.kind, "start": str(s.start_time_unix_nano), "end": str(s.end_time_unix_nano),
                        "attributes": pairs(s.attributes), "events": [{"name": e.name, "time": str(e.time_unix_nano), "attributes": pairs(e.attributes)} for e in s.events],
                        "status": s.status.code, "message": s.status.message, "flags": s.flags})
        print(json.dumps(out))
        """

    static let hasReader = Python.has("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

    @Test(.enabled(if: hasReader, "the Python package opentelemetry-proto is not installed"))
    func `OpenTelemetry's own classes read the protobuf form`() throws {
        let result = try Python.run(Self.reader, input: OTLPProtobuf.encode(Self.sample()))
        #expect(result.status == 0)
        let spans = try Value.parse(json: result.output)
        let failed = try #require(spans["0"])
        #expect(failed["resource"]?["service.name"] == "ads")
        #expect(failed["resource"]?["deployment.environment.name"] == "test")
        #expect(failed["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(failed["id"] == "00f067aa0ba902b7")
        #expect(failed["parent"] == "")
        #expect(failed["name"] == "GET /ads")
        #expect(failed["kind"] == 2)
        #expect(failed["start"] == "1700000000000000000" && failed["end"] == "1700000000002500000")
        let attributes = try #require(failed["attributes"])
        #expect(attributes["int"] == -5 && attributes["zero"] == 0 && attributes["double"] == 1.5 && attributes["flag"] == false)
        #expect(attributes["list"] == ["a", 2] && attributes["record"]?["k"] == "v" && attributes["text"] == "ü\"\n" && attributes["bytes"] == "00ff")
        #expect(attributes["http.response.status_code"] == 500 && attributes["operation.name"] == "flask.request" && attributes["error.type"] == "AdsError")
        #expect(failed["events"]?["0"]?["attributes"]?["exception.stacktrace"] == "at line 1")
        #expect(failed["status"] == 2 && failed["message"] == "boom" && failed["flags"] == 257)
        let client = try #require(spans["1"])
        #expect(client["resource"]?["service.name"] == "store")
        #expect(client["parent"] == "00f067aa0ba902b7" && client["kind"] == 3 && client["status"] == 0 && client["name"] == "http.request")
    }

    @Test func `spans of one service share a resource, whichever object describes it`() throws {
        func query(_ id: UInt64, _ name: String, version: String = "1") -> Span {
            .make(id, .make("query", service: ServiceIdentity(name: name, version: version, environment: "test"), resource: "SELECT \(id)", kind: .client))
        }
        let groups = SpanBatch([query(1, "db"), query(2, "db"), query(3, "cache"), query(4, "db"), query(5, "db", version: "2")]).groups
        #expect(groups.map { $0.spans.map(\.id) } == [[1, 2, 4], [3], [5]])
    }

    @Test func `the JSON form has hexadecimal ids, numbers as strings and enums as numbers`() throws {
        let root = try Value.parse(json: OTLPJSON.encode(Self.sample()))
        let group = try #require(root["resourceSpans"]?["0"])
        #expect(group["resource"]?["attributes"]?["0"] == .object(["key": "service.name", "value": .object(["stringValue": "ads"])]))
        let span = try #require(group["scopeSpans"]?["0"]?["spans"]?["0"])
        #expect(span["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736" && span["spanId"] == "00f067aa0ba902b7")
        #expect(span["parentSpanId"] == nil)
        #expect(span["startTimeUnixNano"] == "1700000000000000000" && span["kind"] == 2 && span["flags"] == 257)
        let values = Dictionary(uniqueKeysWithValues: span["attributes"]!.elements!.map { ($0["key"]!.text, $0["value"]!) })
        #expect(values["int"] == .object(["intValue": "-5"]))
        #expect(values["double"] == .object(["doubleValue": 1.5]))
        #expect(values["flag"] == .object(["boolValue": false]))
        #expect(values["bytes"] == .object(["bytesValue": "AP8="]))
        #expect(values["list"]?["arrayValue"]?["values"]?["1"] == .object(["intValue": "2"]))
        #expect(span["status"] == .object(["message": "boom", "code": 2]))
        #expect(span["events"]?["0"]?["name"] == "exception")
    }

    @Test func `protobuf varints, lengths and fixed numbers`() {
        var writer = ProtobufWriter()
        writer.varint(1, 150)
        writer.varint(2, 0)
        writer.message(3) { $0.string(1, String(repeating: "x", count: 130)) }
        writer.fixed32(16, 257)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 130)
        #expect(writer.bytes == [0x08, 0x96, 0x01, 0x1a, 0x85, 0x01, 0x0a, 0x82, 0x01] + long + [0x85, 0x01, 0x01, 0x01, 0x00, 0x00])
    }
}
