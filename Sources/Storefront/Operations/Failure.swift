import Base
import Database
import HTTP
import Templates

/// Why a request could not be answered as wanted: what error pages, spans and log lines show.
public struct Failure: Error, Sendable, CustomStringConvertible {
    /// What happened, in words that a service's `exceptions` map to its own language's classes.
    public enum Kind: String, Sendable, CaseIterable {
        case connectionRefused, timeout, connectionReset, nameNotResolved
        case template, undefinedName, wrongType
        case databaseUnavailable, databaseError, poolExhausted, constraint
        case notFound, methodNotAllowed, badRequest
        case failed
    }

    public var kind: Kind
    /// For example `ActionView::Template::Error`; empty until the service's `exceptions` were asked.
    public var type: String
    public var message: String
    /// Status of the response that the failure leads to.
    public var status: Int
    public var file: String
    public var line: Int
    /// Facts that `exceptions` texts and error pages may use: host, port ...
    public var details: [String: Value]

    public init(
        _ kind: Kind, _ message: String, type: String = "", status: Int = 500, file: String = "", line: Int = 0, details: [String: Value] = [:]
    ) {
        self.kind = kind
        self.type = type
        self.message = message
        self.status = status
        self.file = file
        self.line = line
        self.details = details
    }

    public var description: String { type.isEmpty ? message : "\(type): \(message)" }
}
