import Base
import Foundation
import HTTP
import Load

/// What the words of `shophost load` say.
struct LoadOptions {
    enum Report: String, CaseIterable { case hey, locust, json, csv }

    var journey: String?
    var pack: String?
    var shop: String?
    var state: String?
    var isVirtual = false
    var evidence: [String] = []
    /// By service; "" is the URL that stands alone.
    var bases: [String: String] = [:]
    var url: URLPlan?
    var amount: LoadAmount
    var loops: Int
    var client = ClientOptions.default
    var thresholds: [Threshold]
    var report: Report
    var csvPrefix: String?
    var writesFullHistory: Bool
    var failureStatus: Int32

    init(_ arguments: inout Arguments) throws {
        journey = try arguments.takeOption("--journey")
        pack = try arguments.takeOption("--pack")
        shop = try arguments.takeOption("--shop")
        isVirtual = arguments.takeFlag("--virtual")
        state = try arguments.takeOption("--state")
        evidence = try arguments.takeOptions("--evidence")
        for text in try arguments.takeOptions("--base") {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw UsageError("--base needs SERVICE=URL, not \"\(text)\"") }
            bases[String(text[..<equals])] = try Self.checkedURL(String(text[text.index(after: equals)...]))
        }
        thresholds = try arguments.takeOptions("--threshold").map { text in
            do throws(ThresholdError) { return try Threshold(text) } catch { throw UsageError("--threshold: \(error)") }
        }
        csvPrefix = try arguments.takeOption("--csv")
        writesFullHistory = arguments.takeFlag("--csv-full-history")
        failureStatus = Int32(try arguments.takeInteger("--exit-code-on-error", in: 0...255) ?? 1)
        let report = try arguments.takeChoice("--report", Report.self)
        let asJSON = arguments.takeFlag("--json")
        let cpus = try arguments.takeInteger("-cpus", in: 1...256)
        loops = try arguments.takeInteger("--loops", in: 1...256) ?? cpus ?? 1
        amount = try LoadAmount(&arguments)
        var hey = try HeyOptions(&arguments)
        let word = try arguments.takeOptionalWord()
        try arguments.end()
        self.report = asJSON ? .json : report ?? (journey == nil ? hey.writesCSV ? .csv : .hey : .locust)
        client.proxy = hey.proxy
        if journey != nil {
            if let word { bases[""] = try Self.checkedURL(word) }
        } else {
            guard let word else { throw UsageError("what is to be loaded? For example: shophost load -z 10s http://127.0.0.1:3000/, or shophost load --journey NAME") }
            hey.plan.url = try Self.checkedURL(word)
            hey.plan.judgesStatuses = self.report == .locust || !thresholds.isEmpty
            url = hey.plan
            try amount.use(hey)
        }
        if isVirtual, pack == nil || journey == nil { throw UsageError("--virtual needs --pack NAME and --journey NAME") }
        if !isVirtual, state != nil || !evidence.isEmpty { throw UsageError("--state and --evidence go with --virtual") }
        // In a shop that goes on, visitors of a second run must not have the names of the first.
        if !isVirtual, amount.seed == nil { amount.seed = World.real(loop: try EventLoop()).seed }
    }

    private static func checkedURL(_ text: String) throws -> String {
        let url = text.contains("://") ? text : "http://" + text
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme) else { throw UsageError("\"\(text)\" is not an http or https URL") }
        return url
    }
}
