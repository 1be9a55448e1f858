import Base
import Packs
import Telemetry

/// The log lines of a service: its `logs` object.
///
/// `line` and `access` are the formats while the service is fully instrumented (identifiers of the trace in them), `plain` and
/// `plainAccess` those without; `service` is the name under which lines are stored, the service's own when left out.
public struct ServiceLogFormat: Sendable {
    /// How an access line's level follows from the status.
    enum AccessLevel: String, CaseIterable {
        case info
        /// 200 info, 302 warn, everything else error (DataDog/ecommerce-workshop store-frontend, config/initializers/semantic_logger.rb).
        case rails
        /// From 500 error, from 400 warn.
        case status
    }

    static let accessFields: Set<String> = [
        "method", "path", "target", "status", "reason", "duration_ms", "remote", "route", "name", "size", "user_agent", "host", "error_type", "error_message", "request_id",
        "controller", "action", "error_stack",
    ]

    let serviceName: String?
    let line: LogFormat?
    let plain: LogFormat?
    let access: LogFormat?
    let plainAccess: LogFormat?
    let accessLevel: AccessLevel
    let sourceFile: String?

    init(_ node: JSONNode?, reporting diagnostics: Diagnostics) {
        guard let node else {
            (serviceName, line, plain, access, plainAccess, accessLevel, sourceFile) = (nil, nil, nil, nil, nil, .info, nil)
            return
        }
        let known = ["service", "line", "plain", "access", "plainAccess", "accessLevel", "file"]
        _ = diagnostics.members(of: node, pointer: "/logs", known: known)
        serviceName = diagnostics.string("service", in: node, pointer: "/logs")
        sourceFile = diagnostics.string("file", in: node, pointer: "/logs")
        accessLevel = diagnostics.choice("accessLevel", in: node, pointer: "/logs", among: AccessLevel.allCases.map(\.rawValue)).flatMap(AccessLevel.init) ?? .info
        func format(_ name: String, fields: Set<String>) -> LogFormat? {
            guard let text = diagnostics.string(name, in: node, pointer: "/logs") else { return nil }
            do {
                return try LogFormat(text, fields: fields)
            } catch {
                diagnostics.report("\(error)", at: node[name]!.location, pointer: "/logs/" + name)
                return nil
            }
        }
        line = format("line", fields: [])
        plain = format("plain", fields: []) ?? line
        access = format("access", fields: Self.accessFields)
        plainAccess = format("plainAccess", fields: Self.accessFields) ?? access
    }

    func level(ofStatus status: Int) -> LogRecord.Level {
        switch accessLevel {
        case .info: .info
        case .rails: status == 200 ? .info : status == 302 ? .warn : .error
        case .status: status >= 500 ? .error : status >= 400 ? .warn : .info
        }
    }
}
