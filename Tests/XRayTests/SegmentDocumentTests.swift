import Base
import Telemetry
import Testing

@testable import XRay

@Suite struct SegmentDocumentTests {
    /// A segment with everything.
    private static var full: Segment {
        var segment = Segment(name: "shop", id: 1, trace: Span.trace, parent: 9, start: startOfTraces, end: startOfTraces + .milliseconds(20))
        segment.origin = "AWS::EC2::Instance"
        segment.user = "u1"
        segment.annotations = [Attribute("n", 1), Attribute("t", "x"), Attribute("b", true)]
        segment.metadata = .object(["default": .object(["k": .list([1, "two"])])])
        segment.aws = [Attribute("ec2", .object(["instance_id": "i-1"]))]
        segment.service = [Attribute("version", "1")]
        segment.isFault = true
        segment.isError = true
        segment.isThrottle = true
        segment.cause = .exceptions(
            [Segment.Exception(id: 7, type: "T", message: "m \"quoted\"", isRemote: true, stack: [Segment.Exception.Frame(path: "a.py", line: 3, label: "f")])], workingDirectory: "/app")
        var http = Segment.HTTP()
        http.method = "GET"
        http.url = "http://x/"
        http.userAgent = "ua"
        http.client = "1.2.3.4"
        http.status = 500
        http.contentLength = 12
        segment.http = http
        var part = Segment(name: "db", id: 2, trace: Span.trace, parent: 1, start: startOfTraces, end: startOfTraces + .milliseconds(5))
        part.namespace = "remote"
        part.sql = [Attribute("sanitized_query", "SELECT 1")]
        segment.subsegments = [part]
        return segment
    }

    @Test func `what is written is read back`() throws {
        #expect(try SegmentReader.parse(String(decoding: SegmentWriter.document(Self.full), as: UTF8.self)) == Self.full)
    }

    @Test(arguments: [
        ("{", "ParseError"), ("[]", "ParseError"), ("{}", "MissingId"), (#"{"id":"xyz"}"#, "InvalidId"), (#"{"id":"0000000000000001"}"#, "MissingTraceId"),
        (#"{"id":"0000000000000001","trace_id":"1-2-3"}"#, "InvalidTraceId"), (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc"}"#, "MissingName"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a"}"#, "MissingStartTime"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":"soon"}"#, "MissingStartTime"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":2}"#, "MissingEndTime"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":2,"end_time":1}"#, "InvalidEndTime"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":2,"end_time":3,"type":"subsegment"}"#, "MissingParentId"),
        (#"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":2,"end_time":3,"subsegments":[{"name":"b"}]}"#, "MissingId"),
    ])
    func `what lacks something is refused`(document: String, code: String) {
        let refusal = #expect(throws: SegmentReader.Refusal.self) { try SegmentReader.parse(document) }
        #expect(refusal?.code == code && refusal?.message == "Invalid segment. ErrorCode: \(code)")
    }

    @Test func `a document of a thousand levels is refused`() {
        let level = #"{"id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000abc","name":"a","start_time":1,"end_time":2,"subsegments":["#
        let text = String(repeating: level, count: 60) + String(repeating: "]}", count: 60)
        #expect(throws: SegmentReader.Refusal.self) { try SegmentReader.parse(text) }
    }

    @Test func `names keep to the signs that X-Ray takes`() {
        #expect(Segment.allowedName("a?b;c*d(e)!$~^<>é 1_.:/%&#=+\\-@") == "abcdeé 1_.:/%&#=+\\-@")
        #expect(Segment.allowedName(String(repeating: "x", count: 300)).count == 200)
        #expect(Segment.isAnnotationKey("User_1") && !Segment.isAnnotationKey("user.id") && !Segment.isAnnotationKey(""))
    }

    @Test(arguments: [(20_000, 1_000), (64_000, 30), (1_000, 1)]) func `parts keep together what belongs together, within limits`(bytes: Int, subsegments: Int) throws {
        var segment = Self.full
        segment.subsegments = (0..<200).map { number in
            var part = Segment(name: "call \(number)", id: UInt64(100 + number), trace: Span.trace, parent: 1, start: startOfTraces + .milliseconds(Int64(number)), end: startOfTraces + .milliseconds(Int64(number + 1)))
            part.subsegments = [Segment(name: "inner", id: UInt64(1_000 + number), trace: Span.trace, parent: part.id, start: part.start, end: part.end)]
            return part
        }
        let (documents, lost) = SegmentSplitter(byteLimit: bytes).documents(of: segment, subsegmentLimit: subsegments)
        #expect(lost == 0 && documents.count > 1 && documents.allSatisfy { $0.count <= bytes })
        let parsed = try documents.map { try SegmentReader.parse(String(decoding: $0, as: UTF8.self)) }
        #expect(parsed.allSatisfy { $0.subsegmentCount <= subsegments } && parsed[0].id == 1)
        // Read again, it is one segment as before.
        let trace = SegmentTrace(id: Span.trace, segments: parsed)
        #expect(trace.segments.count == 1)
        var expected = segment
        expected.parent = 9
        #expect(trace.segments[0].subsegments.map(\.id) == expected.subsegments.map(\.id) && trace.segments[0].subsegmentCount == 400)
    }

    @Test func `what is too large alone is shortened, and lost only when that is not enough`() throws {
        var segment = Self.full
        segment.subsegments = []
        segment.metadata = .string(String(repeating: "x", count: 5_000))
        segment.annotations = [Attribute("long", .string(String(repeating: "y", count: 5_000)))]
        let (documents, lost) = SegmentSplitter(byteLimit: 2_000).documents(of: segment, subsegmentLimit: 100)
        #expect(lost == 0 && documents.count == 1 && documents[0].count <= 2_000)
        #expect(try SegmentReader.parse(String(decoding: documents[0], as: UTF8.self)).annotations[0].value.text.count == 250)
        #expect(SegmentSplitter(byteLimit: 300).documents(of: segment, subsegmentLimit: 100).lost == 1)
    }

    @Test func `a finished document replaces one in progress, in any order`() {
        var open = Self.full
        open.end = nil
        #expect(SegmentTrace(id: Span.trace, segments: [open]).isPartial)
        for order in [[open, Self.full], [Self.full, open]] { #expect(SegmentTrace(id: Span.trace, segments: order).segments == [Self.full]) }
    }

    @Test func `places on the map are named by what is called`() {
        func node(_ name: String, _ namespace: String, _ aws: [Attribute] = [], _ sql: [Attribute] = []) -> ServiceNode? {
            var part = Segment(name: name, id: 2, trace: Span.trace, start: startOfTraces, end: startOfTraces)
            part.namespace = namespace
            part.aws = aws
            part.sql = sql
            return ServiceNode(calledBy: part)
        }
        #expect(node("dynamodb", "aws", [Attribute("table_name", "Items")]) == ServiceNode(name: "Items", type: "AWS::DynamoDB::Table"))
        #expect(node("DynamoDB", "aws") == ServiceNode(name: "DynamoDB", type: "AWS::DynamoDB"))
        #expect(node("sqs", "aws", [Attribute("queue_url", "https://q")]) == ServiceNode(name: "https://q", type: "AWS::SQS::Queue"))
        #expect(node("host", "remote") == ServiceNode(name: "host", type: "remote"))
        #expect(node("db", "remote", [], [Attribute("sanitized_query", "SELECT 1")]) == ServiceNode(name: "db", type: "Database::SQL"))
        #expect(node("work", "local") == nil && node("work", "") == nil)
    }
}
