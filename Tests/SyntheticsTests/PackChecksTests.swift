import Base
import Foundation
import Testing

@testable import Synthetics

@Suite struct PackChecksTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Packs/storedog/checks")

    static func checks() throws -> [Check] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.flatMap { file in
            try CheckFile.read(Data(contentsOf: file), file: file.lastPathComponent).compactMap { entry in
                if case .check(let check) = entry { check } else { nil }
            }
        }
    }

    @Test func `every check is readable, runnable and named once`() throws {
        let checks = try Self.checks()
        #expect(checks.count >= 18)
        #expect(Set(checks.map(\.name)).count == checks.count)
        #expect(checks.allSatisfy { !$0.tags.isEmpty && $0.message?.isEmpty == false })
    }

    @Test func `checks need no variables but the runner's own`() throws {
        let known: Set = ["FRONTEND_URL", "DISCOUNTS_URL", "ADS_URL", "OBSERVABILITY_URL", "SHOP"]
        for check in try Self.checks() {
            var names = known.union(check.variables.map(\.name))
            for step in check.steps {
                if case .browser(let step) = step.action {
                    if case .extractFromScript(_, _, let variable) = step.command { names.insert(variable.name) }
                    #expect(Set(Template.names(in: step.command.shown)).isSubset(of: names), "\(check.name)")
                }
                guard case .http(let request, _, let extractions) = step.action else { continue }
                let body = if case .text(let text) = request.body { text } else { "" }
                let texts = [request.url, body] + request.headers.map(\.value)
                #expect(Set(texts.flatMap(Template.names)).isSubset(of: names), "\(check.name)")
                names.formUnion(extractions.map(\.name))
            }
        }
    }

    /// The `body matches` assertion of the named check, which counts product cards.
    static func cardPattern(_ name: String) throws -> CheckPattern {
        let check = try #require(try checks().first { $0.name == name })
        guard case .http(_, let assertions, _) = check.steps[0].action else { throw CheckPatternError(pattern: "", reason: "no request") }
        for case .compare(.matches, let target) in assertions.map(\.test) where target.plainText.contains("product-list-item") {
            return try CheckPattern(target.plainText)
        }
        throw CheckPatternError(pattern: "", reason: "no card pattern")
    }

    @Test(arguments: [(12, true), (11, false), (13, false), (0, false)])
    func `cards are counted exactly, on a page with a big picture in it`(count: Int, matches: Bool) throws {
        let picture = "<img src=\"data:image/png;base64,\(String(repeating: "cClass9/", count: 20_000))\"/>\n"
        let card = "<div id=\"product_1\" class=\"col-md-3 product-list-item\">c</div>\n"
        let page = "<html>" + picture + String(repeating: card, count: count) + "</html>"
        #expect(try Self.cardPattern("Home page opens").matches(page) == matches)
    }

    @Test func `the query budget counts the database's spans of a Jaeger trace`() throws {
        let check = try #require(try Self.checks().first { $0.name == "Discounts need few queries" })
        guard case .http(_, let assertions, _) = check.steps[1].action else { Issue.record("no request"); return }
        func verdicts(queries: Int) throws -> [Bool] {
            let web = #"{"spanID":"1","tags":[{"key":"span.type","type":"string","value":"web"}]}"#
            let sql = #"{"spanID":"2","tags":[{"key":"db.name","value":"sql"},{"key":"span.type","type":"string","value":"sql"}]}"#
            let spans = ([web] + Array(repeating: sql, count: queries)).joined(separator: ",")
            let document = try Value.parse(json: #"{"data":[{"traceID":"7","spans":[\#(spans)]}]}"#.utf8)
            return try assertions.compactMap { assertion in
                guard case .jsonPath(let test) = assertion.test else { return nil }
                return try test.judge(JSONPath(test.path.text).evaluate(on: document), target: test.target).holds
            }
        }
        #expect(try verdicts(queries: 1) == [true, true])
        #expect(try verdicts(queries: 2) == [true, true])
        #expect(try verdicts(queries: 205) == [true, false])
        #expect(try verdicts(queries: 0) == [false, true])
    }
}
