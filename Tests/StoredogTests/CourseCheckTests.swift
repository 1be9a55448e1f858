import Base
import HTTP
import Synthetics
import Testing

@testable import Proving

/// The multistep check of the course about checks in CI, "Discounts Service Create and Delete", against this shop.
///
/// The course runs it against a discounts service of its own, which answers POST with the new row and has a DELETE. Storedog's answers POST
/// with all rows and has no DELETE, as the shop of the workshop does: the check tells so, step by step.
@Suite struct CourseCheckTests {
    static func asserting(_ path: String, _ operation: String, _ target: String) -> String {
        #"{"type":"body","operator":"validatesJSONPath","target":{"jsonPath":"\#(path)","operator":"\#(operation)","targetValue":\#(target)}}"#
    }

    static func step(_ name: String, _ method: String, _ url: String, _ assertion: String, _ more: String = "") -> String {
        #"{"name":"\#(name)","subtype":"http","request":{"method":"\#(method)","url":"\#(url)"},"assertions":[\#(assertion)]\#(more)}"#
    }

    /// - Parameter id: Where the new discount's id is in the answer to POST.
    static func check(id: String) -> String {
        let extract = #","extractedValues":[{"name":"NEW_DISCOUNT_ID","type":"http_body","parser":{"type":"json_path","value":"\#(id)"}}]"#
        let steps = [
            step("Create a Discount", "POST", "{{ DISCOUNT_URL }}", asserting(id, "moreThan", "0"), extract),
            step("It is there", "GET", "{{ DISCOUNT_URL }}", asserting("$[-1:].id", "is", #""{{ NEW_DISCOUNT_ID }}""#)),
            step("Delete a Discount", "DELETE", "{{ DISCOUNT_URL }}/{{ NEW_DISCOUNT_ID }}", asserting("$.id", "is", #""{{ NEW_DISCOUNT_ID }}""#)),
            step("It is gone", "GET", "{{ DISCOUNT_URL }}", asserting("$[-1:].id", "isNot", #""{{ NEW_DISCOUNT_ID }}""#)),
        ]
        return #"{"type":"api","subtype":"multi","name":"Discounts Service Create and Delete","message":"","locations":["aws:eu-central-1"],"options":{"tick_every":3600},"config":{"configVariables":[{"name":"DISCOUNT_URL","type":"text","pattern":"{{ DISCOUNTS_URL }}/discount"}],"steps":[\#(steps.joined(separator: ","))]}}"#
    }

    static func run(_ json: String) throws -> CheckResult {
        let entries = try CheckFile.read(json.utf8, file: "course.synthetics.json")
        let bench = try Prover(prepared: Storedog.prepared).bench()
        return try bench.loop.run {
            try await bench.open(state: "fixed", instrumentation: .full)
            var random = SeededRandom(seed: 1)
            let sources = VariableSources(given: ["DISCOUNTS_URL": bench.url(of: "discounts-service")])
            return await Runner(send: bench.transport, loop: bench.loop, sources: sources).run(entries, random: &random)[0]
        }
    }

    @Test func `the new row is not the answer, but the last of it`() throws {
        let result = try Self.run(Self.check(id: "$.id"))
        #expect(result.steps.map(\.status) == [.failed, .skipped, .skipped, .skipped])
        #expect(result.steps[0].assertions.map(\.sentence) == ["body $.id should be more than 0. Actual: nothing"])
    }

    @Test func `a discount can be made and found, and not be deleted`() throws {
        let result = try Self.run(Self.check(id: "$[-1:].id"))
        #expect(result.steps.map(\.status) == [.passed, .passed, .failed, .skipped])
        #expect(result.steps[2].observed.contains { $0.0 == "httpStatusCode" && $0.1 == 404 })
    }
}
