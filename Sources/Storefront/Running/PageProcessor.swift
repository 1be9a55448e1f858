import Base
import HTTP
import Packs
import Telemetry

/// What is done to every HTML page of a service with `rum`: implemented above this layer, by whoever knows snippets.
public protocol PageProcessor: Sendable {
    /// Changes a response in place; must leave alone what is no HTML.
    func apply(to response: inout Response, for request: Request, trace: TraceContext, span: UInt64)
}
