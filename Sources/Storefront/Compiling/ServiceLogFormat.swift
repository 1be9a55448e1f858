import Base
import Packs
import Telemetry

/// The log lines of a service: its `logs` object.
///
/// `line` and `access` are the formats while the service is fully instrumented (identifiers of the trace in them), `plain` and
/// `plainAccess` those without; `service` is the name under which lines are stored, the service's own when left out.
public final class ServiceLogFormat {
    /// How an access line's level follows from the status.
    enum AccessLevel: String, CaseIterable {
        case info
        /// 200 info, 302 warn, everything else error (DataDog/ecommerce-workshop store-frontend, config/initializers/semantic_logger.rb).
        case rails
        /// From 500 error, from 400 warn.
        case status
    }

    /// What an access line may tell about its request.
    enum AccessField: String, CaseIterable {
        case method, path, target, status, reason, remote, route, name, controller, action, size, host
        case durationMilliseconds = "duration_ms"
        case userAgent = "user_agent"
        case requestID = "request_id"
        case errorType = "error_type"
        case errorMessage = "error_message"
        case errorStack = "error_stack"
    }

    /// A format of access lines with the fields that it needs.
    struct AccessFormat {
        let layout: LogFormat
        let fields: [AccessField]

        init(_ layout: LogFormat) {
            self.layout = layout
            fields = layout.fieldNames.compactMap(AccessField.init)
        }
    }

    /// Under which the lines are stored.
    let serviceName: String
    let line: LogFormat?
    let plain: LogFormat?
    let access: AccessFormat?
    let plainAccess: AccessFormat?
    let accessLevel: AccessLevel
    /// The file that lines name as their origin.
    let sourceFile: String

    init(_ node: JSONNode?, service name: String, reporting diagnostics: Diagnostics) {
        guard let node else {
            (serviceName, sourceFile, accessLevel) = (name, "services/\(name).json", .info)
            (line, plain, access, plainAccess) = (nil, nil, nil, nil)
            return
        }
        let known = ["service", "line", "plain", "access", "plainAccess", "accessLevel", "file"]
        _ = diagnostics.members(of: node, pointer: "/logs", known: known)
        serviceName = diagnostics.string("service", in: node, pointer: "/logs") ?? name
        sourceFile = diagnostics.string("file", in: node, pointer: "/logs") ?? "services/\(name).json"
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
        let accessFields = Set(AccessField.allCases.map(\.rawValue))
        access = format("access", fields: accessFields).map(AccessFormat.init)
        plainAccess = format("plainAccess", fields: accessFields).map(AccessFormat.init) ?? access
    }

    func level(ofStatus status: Int) -> LogRecord.Level {
        switch accessLevel {
        case .info: .info
        case .rails: status == 200 ? .info : status == 302 ? .warn : .error
        case .status: status >= 500 ? .error : status >= 400 ? .warn : .info
        }
    }
}
