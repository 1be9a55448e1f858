import Base
import Foundation
import Load

/// hey's own options (rakyll/hey `hey.go`).
struct HeyOptions {
    var plan = URLPlan(url: "")
    var requests: Int?
    var workers: Int?
    /// Per second and worker.
    var rate: Double?
    var duration: Duration?
    var proxy: String?
    var writesCSV = false

    init(_ arguments: inout Arguments) throws {
        requests = try arguments.takeInteger("-n", in: 0...Int(Int32.max))
        workers = try arguments.takeInteger("-c", in: 0...1_000_000)
        if let text = try arguments.takeOption("-q") {
            guard let number = Double(text), number >= 0, number <= 1e6 else { throw UsageError("-q needs requests per second, not \"\(text)\"") }
            rate = number > 0 ? number : nil
        }
        duration = try arguments.takeDuration("-z")
        if let output = try arguments.takeOption("-o") {
            guard output == "csv" else { throw UsageError("-o can only be csv, not \"\(output)\"") }
            writesCSV = true
        }
        plan.method = try arguments.takeOption("-m") ?? "GET"
        plan.headers = try arguments.takeOptions("-H")
        plan.contentType = try arguments.takeOption("-T") ?? plan.contentType
        plan.accept = try arguments.takeOption("-A")
        plan.userAgent = try arguments.takeOption("-U")
        plan.basic = try arguments.takeOption("-a")
        plan.host = try arguments.takeOption("-host")
        proxy = try arguments.takeOption("-x")
        if let seconds = try arguments.takeInteger("-t", in: 0...3_600) { plan.timeout = seconds == 0 ? nil : .seconds(seconds) }
        if let body = try arguments.takeOption("-d") { plan.body = Array(body.utf8) }
        if let path = try arguments.takeOption("-D") {
            guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("the file \(path) cannot be read") }
            plan.body = Array(data)
        }
        plan.usesHTTP2 = arguments.takeFlag("-h2")
        plan.asksForCompression = !arguments.takeFlag("-disable-compression")
        plan.keepsAlive = !arguments.takeFlag("-disable-keepalive")
        plan.followsRedirects = !arguments.takeFlag("-disable-redirects")
    }
}

extension Arguments {
    mutating func takeDuration(_ name: String) throws -> Duration? {
        guard let text = try takeOption(name) else { return nil }
        guard let duration = Duration(text: text), duration > .zero else { throw UsageError("\(name) needs a time such as 10s, 5m or 1h30m, not \"\(text)\"") }
        return duration
    }
}
