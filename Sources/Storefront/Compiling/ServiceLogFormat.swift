import Base
import Packs
import Telemetry

/// The log lines of a service: its `logs` object.
///
/// | Key | Meaning |
/// |---|---|
/// | `service` | name under which the lines are stored; the service's own when left out |
/// | `aliases` | further names by which searches find the lines, as those of a database by its kind |
/// | `file` | the file that lines name as their origin |
/// | `line`, `plain` | format of `log` steps, while the service is fully instrumented and while it is not; `plain` is `line` when left out |
/// | `formats` | further formats by name, for steps with `format`: a text, or an object with `line` and `plain` |
/// | `access`, `plainAccess` | format of the line that ends a request |
/// | `accessLevel` | its level: `info`; `rails` (200 info, 302 warn, others error); `status` (from 500 error, from 400 warn) |
/// | `accessAt` | `end`: when the answer is ready; `action`: when the route's steps have ended, before an error page is made, and only for requests that reach a route whose name has an action (`Controller#action`) |
/// | `filters` | parameters whose names contain one of these words show as `[FILTERED]` |
/// | `statusStyles` | what `{status_style}` writes, by status (`404`), class (`5xx`) or `default`: terminal colours and the like |
public final class ServiceLogFormat {
    static let keys = ["service", "aliases", "line", "plain", "formats", "access", "plainAccess", "accessLevel", "accessAt", "file", "filters", "statusStyles"]

    /// How an access line's level follows from the status.
    enum AccessLevel: String, CaseIterable {
        case info
        /// DataDog/ecommerce-workshop store-frontend/src/store-frontend-initial-state/config/environments/development.rb.
        case rails
        case status
    }

    enum AccessMoment: String, CaseIterable { case end, action }

    /// What a line may tell about its request.
    enum Fact: String, CaseIterable {
        case method, path, target, remote, route, name, controller, action, host, params
        case userAgent = "user_agent"
        case requestID = "request_id"
        // Of access lines only, from here on.
        case status, reason, size
        case durationMilliseconds = "duration_ms"
        /// As Ruby's Semantic Logger writes durations for people: `3.141ms`, `124.1ms`, `2.513s`.
        case durationText = "duration"
        /// Milliseconds that views took, and that the database took.
        case viewRuntime = "view_runtime"
        case databaseRuntime = "db_runtime"
        case statusStyle = "status_style"
        case errorType = "error_type"
        case errorMessage = "error_message"
        case errorStack = "error_stack"

        static let ofRequests: [Fact] = Array(allCases.prefix { $0 != .status })
    }

    /// A compiled format with the facts that it needs.
    struct Format {
        let layout: LogFormat
        let facts: [Fact]

        init(_ layout: LogFormat) {
            self.layout = layout
            facts = layout.factNames.compactMap(Fact.init)
        }
    }

    /// The same line with and without identifiers of traces.
    struct Pair {
        let name: String
        let full: Format?
        let plain: Format?
    }

    let serviceName: String
    let sourceFile: String
    let line: Pair
    let formats: [Pair]
    let access: Pair
    let accessLevel: AccessLevel
    let accessMoment: AccessMoment
    /// True when time in views and in the database must be taken.
    let measuresRuntimes: Bool
    private let filters: [String]
    private let statusStyles: [String: String]

    init(_ node: JSONNode?, service name: String, reporting diagnostics: Diagnostics) {
        let node = node ?? JSONNode(.object([]), at: SourceLocation(file: "", line: 1, column: 1))
        let reader = LogSettingsReader(diagnostics)
        _ = diagnostics.members(of: node, pointer: "/logs", known: Self.keys)
        serviceName = diagnostics.string("service", in: node, pointer: "/logs") ?? name
        _ = diagnostics.strings("aliases", in: node, pointer: "/logs")
        sourceFile = diagnostics.string("file", in: node, pointer: "/logs") ?? "services/\(name).json"
        line = reader.pair("", "line", "plain", in: node, pointer: "/logs", facts: Fact.ofRequests)
        formats = reader.formats(node["formats"])
        access = reader.pair("", "access", "plainAccess", in: node, pointer: "/logs", facts: Fact.allCases)
        accessLevel = diagnostics.choice("accessLevel", in: node, pointer: "/logs", among: AccessLevel.allCases.map(\.rawValue)).flatMap(AccessLevel.init) ?? .info
        accessMoment = diagnostics.choice("accessAt", in: node, pointer: "/logs", among: AccessMoment.allCases.map(\.rawValue)).flatMap(AccessMoment.init) ?? .end
        filters = diagnostics.strings("filters", in: node, pointer: "/logs").map { $0.lowercased() }
        statusStyles = reader.statusStyles(node["statusStyles"])
        measuresRuntimes = [access.full, access.plain].contains { $0?.facts.contains { $0 == .viewRuntime || $0 == .databaseRuntime } ?? false }
    }

    func level(ofStatus status: Int) -> LogRecord.Level {
        switch accessLevel {
        case .info: .info
        case .rails: status == 200 ? .info : status == 302 ? .warn : .error
        case .status: status >= 500 ? .error : status >= 400 ? .warn : .info
        }
    }

    func style(ofStatus status: Int) -> String {
        statusStyles[String(status)] ?? statusStyles["\(status / 100)xx"] ?? statusStyles["default"] ?? ""
    }

    /// A request's parameters as a log may show them.
    func filtered(_ value: Value) -> Value {
        switch value {
        case .record(let record):
            .record(Record(zip(record.layout.names, record.values).map { name, value in (name, isSecret(name) ? "[FILTERED]" : filtered(value)) }))
        case .list(let elements): .list(elements.map(filtered))
        default: value
        }
    }

    private func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return filters.contains { name.contains($0) }
    }
}

/// Reads the formats in a service's `logs` object.
struct LogSettingsReader {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    func pair(
        _ name: String, _ fullName: String, _ plainName: String, in node: JSONNode, pointer: String, facts: [ServiceLogFormat.Fact]
    ) -> ServiceLogFormat.Pair {
        let full = format(fullName, in: node, pointer: pointer, facts: facts)
        return ServiceLogFormat.Pair(name: name, full: full, plain: format(plainName, in: node, pointer: pointer, facts: facts) ?? full)
    }

    func formats(_ node: JSONNode?) -> [ServiceLogFormat.Pair] {
        guard let node else { return [] }
        return diagnostics.members(of: node, pointer: "/logs/formats").map { member in
            let facts = ServiceLogFormat.Fact.ofRequests
            guard member.value.members != nil else {
                let full = format(member.name, in: node, pointer: "/logs/formats", facts: facts)
                return ServiceLogFormat.Pair(name: member.name, full: full, plain: full)
            }
            let pointer = "/logs/formats/" + member.name.pointerToken
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["line", "plain"])
            return pair(member.name, "line", "plain", in: member.value, pointer: pointer, facts: facts)
        }
    }

    func statusStyles(_ node: JSONNode?) -> [String: String] {
        guard let node else { return [:] }
        var styles: [String: String] = [:]
        for member in diagnostics.members(of: node, pointer: "/logs/statusStyles") {
            let isClass = member.name.count == 3 && member.name.hasSuffix("xx") && "12345".contains(member.name.first!)
            if !isClass, member.name != "default", Int(member.name).map({ (100...599).contains($0) }) != true {
                diagnostics.report(
                    "a style is for a status (404), a class (5xx) or \"default\"", at: member.nameLocation,
                    pointer: "/logs/statusStyles/" + member.name.pointerToken)
            }
            styles[member.name] = diagnostics.string(member.name, in: node, pointer: "/logs/statusStyles")
        }
        return styles
    }

    private func format(_ name: String, in node: JSONNode, pointer: String, facts: [ServiceLogFormat.Fact]) -> ServiceLogFormat.Format? {
        guard let text = diagnostics.string(name, in: node, pointer: pointer) else { return nil }
        do {
            return ServiceLogFormat.Format(try LogFormat(text, facts: Set(facts.map(\.rawValue))))
        } catch {
            diagnostics.report("\(error)", at: node[name]!.location, pointer: pointer + "/" + name.pointerToken)
            return nil
        }
    }
}
