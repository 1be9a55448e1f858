import Base

/// An attribute that is put together from a span's facts when somebody reads it, so that recording it costs nothing.
public struct ComputedAttribute: Sendable, Equatable {
    public enum Part: Sendable, Equatable {
        case text(String)
        case fact(SpanFact)
    }

    public let name: String
    public let parts: [Part]

    public init(_ name: String, _ parts: [Part]) {
        self.name = name
        self.parts = parts
    }

    public init(_ name: String, _ fact: SpanFact) { self.init(name, [.fact(fact)]) }

    /// The HTTP status under OpenTelemetry's name.
    public static let status = ComputedAttribute("http.response.status_code", .status)

    /// A fact that stands alone keeps its type. Nil when the span does not know one of the facts.
    public func value(for span: Span) -> Value? {
        if parts.count == 1, case .fact(let fact) = parts[0] { return span.value(of: fact) }
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .fact(let fact):
                guard let value = span.value(of: fact) else { return nil }
                text += value.text
            }
        }
        return .string(text)
    }
}

extension Span {
    /// Nil when the span does not know.
    public func value(of fact: SpanFact) -> Value? {
        switch fact {
        case .status: return status == 0 ? nil : .int(status)
        case .errorType: return error.map { .string($0.type) }
        case .errorMessage: return error.map { .string($0.message) }
        case .errorStack: return error.flatMap { $0.stack.isEmpty ? nil : .string($0.stack) }
        default: break
        }
        switch detail {
        case .http(let facts): return facts.value(of: fact)
        case .rows(let count): return fact == .rows ? .int(count) : nil
        case .cache(let facts):
            if fact == .key { return .string(facts.key) }
            return fact == .hit ? facts.isHit.map { .bool($0) } : nil
        case .none, .attributes: return nil
        }
    }
}
