import Base
import HTTP

/// An answer from which a probe's values are taken; what several of them need is worked out once. Used by one task at a time.
public final class ProbeDocument {
    private let response: ClientResponse
    private lazy var body = String(decoding: response.body, as: UTF8.self)
    private lazy var visibleText = VisibleText.of(html: response.body)
    private lazy var json = try? Value.parse(json: response.body)

    public init(_ response: ClientResponse) { self.response = response }

    /// What a source finds; empty when there is nothing.
    ///
    /// - Parameters:
    ///   - pattern: Fills in the places of a pattern.
    ///   - list: What the source's query gave; nothing for sources without one.
    public func find(_ source: ProbeValue.Source, list: [Value], pattern: (String) -> String) -> [Value] {
        switch source {
        case .json(let path): json.map { path.evaluate(on: $0) } ?? []
        case .text(let text): Self.matches(of: pattern(text), in: visibleText)
        case .body(let text): Self.matches(of: pattern(text), in: body)
        case .header(let name, nil): response.headers.values(name).map { .string($0) }
        case .header(let name, let text?): response.headers.values(name).flatMap { Self.matches(of: pattern(text), in: $0) }
        case .mentions: list.filter { visibleText.contains($0.text) }
        case .rows: list
        }
    }

    private static func matches(of pattern: String, in text: String) -> [Value] {
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return [] }
        return text.matches(of: regex).compactMap { match in
            let part = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
            return part.map { .string(String($0)) }
        }
    }
}
