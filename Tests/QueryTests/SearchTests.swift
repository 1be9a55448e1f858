import Base
import Telemetry
import Testing

@testable import Query

@Suite struct SearchTests {
    /// Whether the search finds the `ads` record (error) and the `discounts` record (info) of the sample.
    private func found(_ query: String) throws -> [String] {
        let search = try LogSearch(parsing: query)
        return sampleRecorder().logs().elements.filter(search.matches).map(\.service.name)
    }

    @Test(arguments: [
        ("", ["discounts", "ads"]), ("*", ["discounts", "ads"]), ("service:ads", ["ads"]), ("-service:ads", ["discounts"]), ("NOT service:ads", ["discounts"]),
        ("status:error", ["ads"]), ("status:ERROR", ["ads"]), ("status:(info OR warn)", ["discounts"]), ("env:test version:2.0", ["discounts"]),
        ("service:(ads OR discounts) -@http.status_code:404", ["discounts", "ads"]), ("service:a*", ["ads"]), ("service:*count*", ["discounts"]),
        ("service:d?scounts", ["discounts"]), ("PAYMENT", ["ads"]), ("paym", []), ("paym*", ["ads"]), ("\"payment refused\"", ["ads"]),
        ("\"refused payment\"", []), ("refused payment", ["ads"]), ("web-01", ["ads"]), ("\"available: 12\"", ["discounts"]),
        ("payment OR available", ["discounts", "ads"]), ("service:ads AND payment OR service:discounts", ["discounts", "ads"]),
        ("service:ads (available OR refused)", ["ads"]), ("@http.status_code:503", ["ads"]), ("@http.status_code:[500 TO 599]", ["ads"]),
        ("@http.status_code:{503 TO *]", []), ("@http.status_code:>=503", ["ads"]), ("@http.status_code:<503", []), ("@duration:>1000000", ["ads"]),
        ("@user:*", ["ads"]), ("-@user:*", ["discounts"]), ("@user:\"Ann B\"", ["ads"]), ("@user:Ann\\ B", ["ads"]), ("@user:ann*", []), ("@tags:b", ["ads"]),
        ("@telemetry.sdk.language:python", ["discounts"]), ("trace_id:a2", []), ("trace_id:000000000000000000000000000000a2", ["ads"]),
        ("*:ERROR", ["ads"]), ("*:ann", ["ads"]), ("status:error -payment", []), ("@http.status_code>500", ["ads"]),
    ])
    func `finds log records`(query: String, expected: [String]) throws {
        #expect(try found(query) == expected)
    }

    private static let line = #"{"level":"fatal","status":500,"named_tags":{"request_id":"r-1","a.b":{"c":1}},"exception":{"name":"KeyError","stack_trace":["a.rb:1","b.rb:2"]}}"#

    @Test(arguments: [
        ("@exception.name:KeyError", true), ("@exception.name:keyerror", false), ("@exception.stack_trace:b*", true), ("@exception.stack_trace:c*", false),
        ("@exception.name:*", true), ("@exception.cause:*", false), ("@named_tags.request_id:r-1", true), ("@named_tags.a.b.c:1", true), ("@status:>=500", true),
        ("@field.inner:7", true), ("@field.inner:8", false), ("@fiel:*", false), ("status:fatal", true), ("status:emergency", true), ("status:error", false),
        ("words", true), ("KeyError", false), ("*:KeyError", true),
    ])
    func `named fields and members of JSON lines are found by their paths`(query: String, isFound: Bool) throws {
        let record = LogRecord(
            time: Timestamp(nanoseconds: 0), service: ServiceIdentity(name: "store", version: "", environment: ""), level: .fatal, line: Self.line, message: "some words",
            attributes: [Attribute("field", .object(["inner": 7]))])
        #expect(try LogSearch(parsing: query).matches(record) == isFound)
    }

    @Test(arguments: [("service:web", true), ("service:store-web", true), ("service:store-*", true), ("source:store-web", true), ("source:web", false), ("service:other-web", false)])
    func `services in a cluster are also known with their namespace`(query: String, isFound: Bool) throws {
        let web = ServiceIdentity(name: "web", version: "", environment: "", attributes: [Attribute("kube_namespace", "store")])
        let record = LogRecord(time: Timestamp(nanoseconds: 0), service: web, level: .info, line: "", message: "")
        #expect(try LogSearch(parsing: query).matches(record) == isFound)
    }

    @Test(arguments: ["@exception.name:x", "@exception:*"]) func `lines that only look like JSON have no members`(query: String) throws {
        let record = LogRecord(
            time: Timestamp(nanoseconds: 0), service: ServiceIdentity(name: "store", version: "", environment: ""), level: .info, line: #"{"exception":{"name":"x""#, message: "")
        #expect(try !LogSearch(parsing: query).matches(record))
    }

    @Test(arguments: [
        ("service:", 9), ("(service:ads", 13), ("service:ads)", 12), ("\"open", 1), ("@status", 8), ("@a:[1 2]", 7), ("@a:>x", 5), ("a OR", 5), ("a\\", 3),
        ("*x*:1", 1),
    ])
    func `mistakes name their column`(query: String, column: Int) {
        let error = #expect(throws: QueryError.self) { try LogSearch(parsing: query) }
        #expect(error?.column == column, "\(query): \(String(describing: error))")
    }

    @Test func `deep nesting is refused instead of ending the program`() {
        #expect(throws: QueryError.self) { try LogSearch(parsing: String(repeating: "(", count: 100_000)) }
        #expect(throws: QueryError.self) { try LogSearch(parsing: String(repeating: "NOT ", count: 100_000) + "a") }
    }

    @Test(arguments: [("a*b", "ab", true), ("a*b", "axxb", true), ("a*b", "axxc", false), ("*a*a*", "banana", true), ("?", "", false), ("*", "", true), ("a?c", "abc", true)])
    func `wildcards`(pattern: String, text: String, expected: Bool) throws {
        var compiled = TextPattern()
        for character in pattern { compiled.append(character == "*" ? .any : character == "?" ? .one : .character(character)) }
        #expect(compiled.matches(text) == expected)
    }
}
