/// What becomes of a request without waiting: its response, or the work that is left.
public enum Answer: Sendable {
    case response(Response)
    case work(@Sendable () async -> Response)
}
