import Base
import Storefront
import Testing

@testable import Proving

@Suite struct GraderTests {
    private static let answer = #""json": { "each": "item in items""#
    private static let broken = Assignment(state: "broken")

    private static func grade(_ services: Submission.Service..., for assignment: Assignment = broken, seed: UInt64 = 1) throws -> Grade {
        try Grader(prepared: KioskProbe.prepared(), seed: seed).grade(Submission(services: services), for: assignment)
    }

    private static func fixed(_ grade: Grade) -> [String] { grade.problems.filter(\.isFixed).map(\.fault) }

    @Test func `the right wirings are fixed and need no reasons`() throws {
        let grade = try Self.grade(KioskProbe.service("prices"), KioskProbe.service("store"))
        #expect(grade.isFixed)
        #expect(grade.allReasons == [])
        #expect(grade.text(namesFaults: false).hasPrefix("fixed\n"))
    }

    @Test func `nothing handed in mends nothing, and the verdict does not name what was done to the shop`() throws {
        let grade = try Self.grade()
        #expect(!grade.isFixed)
        #expect(Self.fixed(grade) == [])
        let text = grade.text(namesFaults: false)
        #expect(text.hasPrefix("not fixed\nnothing was handed in"))
        #expect(text.contains("problem 2 of 2: not fixed"))
        #expect(text.contains(#"the check "Prices are quick" fails: responseTime should be less than"#))
        #expect(text.contains("telemetry still shows the problem: "))
        for said in [text, grade.value(namesFaults: false).json()] {
            #expect(!said.contains("prices-wait") && !said.contains("orders-lost") && !said.contains("Prices wait"))
        }
        #expect(grade.text(namesFaults: true).contains("prices-wait (The price list waits): not fixed"))
        #expect(grade.value(namesFaults: true)["problems"]?["1"]?["fault"] == "orders-lost")
    }

    @Test func `what is mended counts although the rest is as it was`() throws {
        #expect(Self.fixed(try Self.grade(KioskProbe.service("store"))) == ["orders-lost"])
        #expect(Self.fixed(try Self.grade(KioskProbe.service("prices"))) == ["prices-wait"])
    }

    @Test func `damage belongs to the problem whose service it comes from`() throws {
        let loss = try KioskProbe.service("prices", [("\"order\": \"item.id\"", "\"order\": \"item.id\", \"limit\": 12")])
        let grade = try Self.grade(loss, KioskProbe.service("store"))
        #expect(Self.fixed(grade) == ["orders-lost"])
        #expect(grade.allReasons.contains { $0.kind == "answer" && $0.sentence.contains("reads the prices: prices: expected 13 values, found 12") }, "\(grade.text(namesFaults: true))")
    }

    @Test func `an answer from today's data is no answer from the data`() throws {
        let constant = try KioskProbe.service("prices", [(#""cents": "{item.cents}""#, #""cents": 100"#)])
        let grade = try Self.grade(constant, for: Assignment(state: "fixed", faults: [ActiveFault(name: "prices-wait")]))
        #expect(grade.reasons == [])
        #expect(grade.allReasons.contains { $0.kind == "answer" && $0.sentence.contains("reads the prices: prices: expected {") })
        let other = try Self.grade(constant, for: Assignment(state: "fixed", faults: [ActiveFault(name: "prices-wait")]), seed: 2)
        #expect(other.allReasons != grade.allReasons, "the same values twice could be learned by heart")
    }

    @Test func `the same submission gets the same grade`() throws {
        let grades = try (0..<2).map { _ in try Self.grade(KioskProbe.service("store"), seed: 5).value(namesFaults: true).json() }
        #expect(grades[0] == grades[1])
    }

    @Test func `a version that keeps a share of the visitors is judged too`() throws {
        let slow = try KioskProbe.service("prices", [(#"{ "step": "count""#, #"{ "step": "tax", "do": "sleep", "forMilliseconds": 2500 }, { "step": "count""#)])
        var service = try KioskProbe.service("prices", weight: 90)
        service.versions[0].text = slow.versions[0].text
        let grade = try Self.grade(service, KioskProbe.service("store"))
        #expect(Self.fixed(grade) == ["orders-lost"])
        #expect(grade.allReasons.contains { $0.sentence.hasPrefix("with version 1.0 of prices: ") }, "\(grade.text(namesFaults: true))")
    }

    @Test func `telemetry that falls silent is no fix`() throws {
        let quiet = try KioskProbe.service("prices", [(#"{ "step": "count", "do": "log", "text": "{items.count} prices" },"#, "")])
        #expect(try Self.grade(quiet, KioskProbe.service("store")).allReasons.contains { $0.kind == "telemetry" && $0.sentence == "prices writes no info line for GET /prices; the healthy shop writes for example \"0 prices\"" })
        let renamed = try KioskProbe.service("prices", [(#""name": "web.request""#, #""name": "job""#)])
        #expect(try Self.grade(renamed, KioskProbe.service("store")).allReasons.contains { $0.sentence.contains("prices no longer records the operation web.request GET /prices") })
    }

    @Test func `a fault that was switched on beside a state is to be mended too`() throws {
        let grade = try Self.grade(for: Assignment(state: "fixed", faults: [ActiveFault(name: "prices-gone")]))
        #expect(grade.problems.map(\.fault) == ["prices-gone"])
        #expect(!grade.isFixed)
        // 90 ms are no sign that the checks or queries would see.
        let little = try Self.grade(for: Assignment(state: "fixed", faults: [ActiveFault(name: "prices-wait", options: ["milliseconds": 90])]))
        #expect(Set(little.allReasons.map(\.kind)) == ["time"])
    }

    @Test func `numbers that are given out twice show when several ask at once`() throws {
        let keep = #"{ "step": "keep", "do": "db.insert", "table": "orders", "values": { "item_id": "{request.json.item}" } }"#
        let counted = #"""
            { "step": "last", "do": "db.value", "sql": "SELECT COALESCE(max(id), 0) FROM orders" },
            { "step": "keep", "do": "db.value", "sql": "INSERT INTO orders (id, item_id) VALUES (:id, :item) RETURNING id", "values": { "id": "{last + 1}", "item": "{request.json.item}" } }
            """#
        let submission = Submission(services: [try KioskProbe.service("prices"), try KioskProbe.service("store", [(keep, counted)])])
        for (isAtOnce, isFixed) in [(false, true), (true, false)] {
            let probe = KioskProbe.text.replacing(#""name": "orders","#, with: #""name": "orders", "times": 3, "atOnce": \#(isAtOnce),"#)
            let grade = try Grader(prepared: KioskProbe.prepared(probe)).grade(submission, for: Self.broken)
            #expect(grade.isFixed == isFixed, "\(grade.text(namesFaults: true))")
            #expect(isFixed || grade.allReasons.contains { $0.kind == "answer" && $0.sentence.contains("orders: stored orders: expected 4 values, found 2") })
        }
    }

    @Test func `what the pack does not have is refused with the nearest name`() throws {
        #expect(throws: ShopCore.Refusal.self) { try Self.grade(for: Assignment(state: "brokn")) }
        #expect(throws: ShopCore.Refusal.self) { try Self.grade(for: Assignment(state: "fixed", faults: [ActiveFault(name: "prices-wiat")])) }
        let error = #expect(throws: ShopCore.Refusal.self) { try Self.grade(Submission.Service("price", [Submission.Version(text: "{}")], file: "price.json")) }
        #expect(error?.description.contains("did you mean \"prices\"?") == true)
    }

    @Test func `mistakes in what was handed in have their places`() throws {
        let misspelt = try KioskProbe.service("prices", [("records.list", "records.lst")])
        let first = #expect(throws: Problems.self) { try Self.grade(misspelt) }
        #expect(first?.description.contains("prices.json:11:") == true)
        let cut = Submission.Service("prices", [Submission.Version(text: "{")], file: "mine/prices.json")
        let second = #expect(throws: Problems.self) { try Self.grade(cut) }
        #expect(second?.description.hasPrefix("mine/prices.json:1:") == true)
        let view = Submission(views: [Submission.View("home", "{{#open}}")])
        #expect(throws: (any Error).self) { try Grader(prepared: KioskProbe.prepared()).grade(view, for: Self.broken) }
    }
}
