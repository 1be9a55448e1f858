import Base
import Telemetry
import Testing
import XRay

@testable import Query

/// `Frontend` is asked for a product, asks `catalogservice`, which asks a table twice as long as it may, and gives up.
private func failedTrace() -> SegmentTrace {
    let trace = TraceID(high: 0x6553_f100_0000_0000, low: 1)
    func segment(_ name: String, _ id: UInt64, parent: UInt64 = 0, from start: Int64, to end: Int64, _ change: (inout Segment) -> Void = { _ in }) -> Segment {
        let zero = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        var segment = Segment(name: name, id: id, trace: trace, parent: parent, start: zero + .milliseconds(start), end: zero + .milliseconds(end))
        change(&segment)
        return segment
    }
    let root = segment("Frontend", 1, from: 0, to: 3_000) { root in
        root.origin = "AWS::ECS::Container"
        root.isFault = true
        root.user = "ann"
        root.annotations = [Attribute("ProductID", "0000"), Attribute("price", 499), Attribute("vip", true)]
        var http = Segment.HTTP()
        http.url = "http://shop/product/0000?x=1"
        http.method = "GET"
        http.userAgent = "curl/8"
        http.client = "::ffff:10.0.0.1"
        http.status = 500
        root.http = http
        root.subsegments = [
            segment("catalogservice", 2, parent: 1, from: 10, to: 2_900) { call in
                call.namespace = "remote"
                call.isFault = true
            },
            segment("recommenderservice", 3, parent: 1, from: 2_900, to: 2_950) { call in
                call.namespace = "remote"
                call.isError = true
                call.isThrottle = true
            },
        ]
    }
    let catalog = segment("catalogservice", 4, parent: 2, from: 20, to: 2_890) { catalog in
        catalog.origin = "AWS::ECS::Container"
        catalog.isFault = true
        catalog.subsegments = [
            segment("dynamodb", 5, parent: 4, from: 30, to: 2_880) { call in
                call.namespace = "aws"
                call.aws = [Attribute("table_name", "ProductCatalog")]
                call.isError = true
                call.isFault = true
                call.cause = .exceptions([Segment.Exception(id: 9, type: "Throttled", message: "too many reads")], workingDirectory: "")
            }
        ]
    }
    return SegmentTrace(id: trace, segments: [root, catalog])
}

@Suite struct TraceFilterTests {
    @Test(arguments: [
        ("", true), ("fault", true), ("!fault", false), ("ok", false), ("error", false), ("fault = true", true), ("fault != true", false), ("fault = false", false), ("root", true), ("partial", false),
        ("responsetime > 2.5", true), ("responsetime >= 3", true), ("responsetime > 3", false), ("duration = 3", true), ("http.status = 500", true), ("http.status != 500", false),
        ("http.url CONTAINS \"/product/\"", true), ("http.url BEGINSWITH \"http://shop\"", true), ("http.url ENDSWITH \"x=1\"", true), ("http.method = \"GET\"", true), ("http.method != \"GET\"", false),
        ("http.useragent CONTAINS \"\"", true), ("http.clientip ENDSWITH \"10.0.0.1\"", true), ("user = \"ann\"", true), ("user CONTAINS \"\"", true), ("name = \"Frontend\"", true),
        ("message CONTAINS \"many reads\"", true), ("message CONTAINS \"few\"", false), ("instance.id CONTAINS \"\"", false),
        ("annotation.ProductID", true), ("annotation.ProductID = \"0000\"", true), ("annotation.ProductID != \"0000\"", false), ("annotation[ProductID] BEGINSWITH \"00\"", true), ("annotation.other", false),
        ("annotation.price > 400", true), ("annotation.price <= 400", false), ("annotation.vip = true", true), ("annotation.vip = false", false),
        ("service(\"catalogservice\")", true), ("service(\"cartservice\")", false), ("!service(\"cartservice\")", true), ("service(\"catalogservice\") { fault }", true), ("service(\"catalogservice\") { ok }", false),
        ("service(\"recommenderservice\") { throttle }", true), ("service() { inferred error fault }", true), ("service(id(name: \"ProductCatalog\", type: \"AWS::DynamoDB::Table\")) { responsetime > 2 }", true),
        ("service(id(type: \"AWS::SQS::Queue\"))", false), ("service(\"ProductCatalog\") { last }", false), ("service(\"Frontend\") { first root }", true), ("service() { remote throttle }", true),
        ("edge(\"Frontend\", \"catalogservice\") { fault }", true), ("edge(\"Frontend\",\"catalogservice\") { responsetime > 2.885 }", true), ("service(\"catalogservice\") { responsetime > 2.885 }", false),
        ("edge(\"catalogservice\", \"ProductCatalog\")", true), ("edge(\"Frontend\", \"ProductCatalog\")", false), ("edge(\"Frontend\", \"recommenderservice\") { fault }", false),
        ("fault AND responsetime > 2", true), ("ok OR fault", true), ("ok OR error AND fault", false), ("(ok OR fault) AND root", true), ("fault !partial duration < 4", true), ("ok !partial duration < 4", false),
        ("!(ok OR error)", true), ("service(\"Frontend\") AND service(\"catalogservice\") { fault OR error }", true),
        ("rootcause.fault.service", true), ("rootcause.error.service", false), ("!rootcause.error.service {}", true), ("rootcause.fault.service { name = \"ProductCatalog\" }", true),
        ("rootcause.fault.service { name = \"recommenderservice\" }", false), ("rootcause.fault.service { last inferred type = \"AWS::DynamoDB::Table\" }", true),
        ("rootcause.fault.service { first name = \"Frontend\" } AND fault", true), ("rootcause.fault.entity { name = \"dynamodb\" remote }", true), ("rootcause.fault.entity { name = \"Frontend\" remote }", false),
        ("rootcause.fault.exception { name = \"Throttled\" message CONTAINS \"reads\" }", true), ("rootcause.fault.exception { message CONTAINS \"few\" }", false),
        ("rootcause.responsetime.entity { name = \"dynamodb\" coverage > 0.94 }", true), ("rootcause.responsetime.entity { name = \"dynamodb\" coverage > 0.96 }", false),
        ("rootcause.responsetime.service { index = 2 name = \"ProductCatalog\" }", true), ("rootcause.responsetime.service { index = 3 OR name = \"recommenderservice\" }", false),
        (#"rootcause.json = #[{"Services":[{"Name":"Frontend"},{"Name":"catalogservice","Inferred":false},{"Name":"ProductCatalog"}]}]"#, true),
        (#"rootcause.json = #[{"Services":[{"Name":"Frontend"},{"Name":"catalogservice"}]}] OR ok"#, false),
        (#"rootcause.json = #[{"Services":[{"EntityPath":[{"Name":"Frontend"},{"Name":"catalogservice","Remote":true}]},{},{"EntityPath":[{"Exceptions":[{"Message":"too many reads"}]}]}]}]"#, true),
        ("group.name = \"Default\"", true), ("group.name != \"Default\"", false), ("group.arn = \"arn:aws:xray:us-west-2:1:group/Default\"", true), ("group.name = \"faults\" responsetime > 1", true),
        ("group.name = \"errors\"", false), ("group.name = \"late\"", false),
    ])
    func `conditions`(text: String, fits: Bool) throws {
        let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        let groups = [("faults", "fault", arrival), ("errors", "error", arrival), ("late", "fault", arrival + .milliseconds(1))]
        #expect(try TraceFilterParser.parse(text, groups: groups.map { XRayAccount.Group(name: $0, filter: $1, created: $2) }).matches(failedTrace()) == fits)
    }

    @Test(arguments: [
        ("falt", "did you mean \"fault\"?", 1), ("responsetime > \"x\"", "number", 16), ("http.url = 5", "quotes", 12), ("service(catalog)", "quotes", 9), ("service(\"a\"", ")", 12),
        ("service(\"a\") { fault", "}", 21), ("service(\"a\") { service(\"b\") }", "braces", 16), ("service(\"a\") { annotation.x }", "braces", 16), ("fault AND", "condition", 10), ("user \"x\"", "CONTAINS", 6),
        ("fault = 3", "true or false", 9), ("\"open", "not closed", 1), ("fault ; ok", "unexpected", 7), (")", "condition", 1), ("group.name = \"x\"", "no group", 14), ("group.size = \"x\"", "name and an arn", 1),
        ("rootcause.fault", "root causes are", 1), ("rootcause.responsetime.exception", "root causes are", 1), ("rootcause.fault.entity { fault }", "has no \"fault\"", 26), ("coverage > 1", "coverage", 1),
        ("rootcause.json = 5", "list", 18), ("rootcause.json = #[{", "not closed", 18), ("service(\"a\") { rootcause.fault.service }", "braces", 16), ("edge(\"a\")", ",", 9),
        (String(repeating: "(", count: 200) + "ok", "nested", 51),
    ])
    func `mistakes say where and what`(text: String, hint: String, column: Int) {
        let error = #expect(throws: QueryError.self) { try TraceFilterParser.parse(text) }
        #expect(error?.description.contains(hint) == true && error?.column == column, "\(String(describing: error))")
    }

    @Test func `arbitrary bytes are read or refused`() {
        var random = SeededRandom(seed: 7)
        let pieces = ["fault", "service(", ")", "{", "}", "\"x\"", "AND", "OR", "!", "=", "5", "annotation.a", ",", "id(", ":", "[", "]", "edge(", "-", "responsetime", ">", "rootcause.fault.entity", "rootcause.json", "#[", "group.name", "coverage", "index"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined(separator: " ")
            if let filter = try? TraceFilterParser.parse(text) { _ = filter.matches(failedTrace()) }
        }
    }
}
