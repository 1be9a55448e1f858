import Base
import HTTP

/// Which requests are sent, and what is changed in them: GoReplay's `--http-...` options, applied in its order (http_modifier.go).
///
/// URL patterns see path and query only. Patterns are found anywhere in what they are held against.
// @unchecked Sendable: regular expressions are made once from texts, hold no closures and are only read.
public struct TrafficFilter: @unchecked Sendable {
    /// An option's value that cannot be used: what it should be.
    public struct Mistake: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    private struct HeaderPattern {
        var name: String
        var pattern: Regex<AnyRegexOutput>
    }

    private struct Share {
        var name: String
        var percent: UInt32
    }

    private struct Rewrite {
        /// Of a header field; empty for the URL.
        var name: String
        var pattern: Regex<AnyRegexOutput>
        var replacement: String
    }

    private var methods: Set<String> = []
    private var headers: [Headers.Field] = []
    private var parameters: [(name: String, value: String)] = []
    private var allowedURLs: [Regex<AnyRegexOutput>] = []
    private var refusedURLs: [Regex<AnyRegexOutput>] = []
    private var allowedHeaders: [HeaderPattern] = []
    private var refusedHeaders: [HeaderPattern] = []
    private var basicAuth: [Regex<AnyRegexOutput>] = []
    private var headerShares: [Share] = []
    private var parameterShares: [Share] = []
    private var urlRewrites: [Rewrite] = []
    private var headerRewrites: [Rewrite] = []

    public init() {}

    /// True when the Host field is set on purpose and must not become the target's.
    public var setsHost: Bool { headers.contains { $0.name.equalsIgnoringCase("Host") } || headerRewrites.contains { $0.name.equalsIgnoringCase("Host") } }

    // MARK: Options

    /// GoReplay's names, without the dashes in front.
    public static let optionNames = [
        "http-allow-method", "http-set-header", "http-set-param", "http-allow-url", "http-disallow-url", "http-allow-header", "http-disallow-header",
        "http-basic-auth-filter", "http-header-limiter", "http-param-limiter", "http-rewrite-url", "http-rewrite-header",
    ]

    /// Takes one option; options of one name add up.
    public mutating func add(_ option: String, _ value: String) throws(Mistake) {
        switch option {
        case "http-allow-method": methods.insert(value)
        case "http-set-header":
            let (name, text) = try Self.halves(value, ":", option, "'Name: value'")
            headers.append(Headers.Field(name: name, value: text))
        case "http-set-param": parameters.append(try Self.halves(value, "=", option, "name=value"))
        case "http-allow-url": allowedURLs.append(try Self.pattern(value, option))
        case "http-disallow-url": refusedURLs.append(try Self.pattern(value, option))
        case "http-allow-header": allowedHeaders.append(try Self.headerPattern(value, option))
        case "http-disallow-header": refusedHeaders.append(try Self.headerPattern(value, option))
        case "http-basic-auth-filter": basicAuth.append(try Self.pattern(value, option))
        case "http-header-limiter": headerShares.append(try Self.share(value, option))
        case "http-param-limiter": parameterShares.append(try Self.share(value, option))
        case "http-rewrite-url":
            let (source, target) = try Self.halves(value, ":", option, "PATTERN:REPLACEMENT")
            urlRewrites.append(Rewrite(name: "", pattern: try Self.pattern(source, option), replacement: target))
        case "http-rewrite-header":
            let (name, rule) = try Self.halves(value, ":", option, "'Name: PATTERN,REPLACEMENT'")
            let (source, target) = try Self.halves(rule, ",", option, "'Name: PATTERN,REPLACEMENT'")
            headerRewrites.append(Rewrite(name: name, pattern: try Self.pattern(source, option), replacement: target))
        default: throw Mistake(description: "there is no option --\(option)")
        }
    }

    private static func halves(_ text: String, _ separator: Character, _ option: String, _ form: String) throws(Mistake) -> (String, String) {
        guard let place = text.firstIndex(of: separator), place != text.startIndex else { throw Mistake(description: "--\(option) needs \(form), not \"\(text)\"") }
        return (trimmed(text[..<place]), trimmed(text[text.index(after: place)...]))
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }

    private static func pattern(_ text: String, _ option: String) throws(Mistake) -> Regex<AnyRegexOutput> {
        do { return try Regex(text).matchingSemantics(.unicodeScalar) } catch { throw Mistake(description: "--\(option): \"\(text)\" is no regular expression: \(error)") }
    }

    private static func headerPattern(_ text: String, _ option: String) throws(Mistake) -> HeaderPattern {
        let (name, source) = try halves(text, ":", option, "'Name:PATTERN'")
        return HeaderPattern(name: name, pattern: try pattern(source, option))
    }

    private static func share(_ text: String, _ option: String) throws(Mistake) -> Share {
        let (name, percent) = try halves(text, ":", option, "'Name:PERCENT%'")
        guard percent.hasSuffix("%"), let number = UInt32(percent.dropLast()), number <= 100 else { throw Mistake(description: "--\(option) needs 'Name:PERCENT%' with 0 to 100, not \"\(text)\"") }
        return Share(name: name, percent: number)
    }

    // MARK: Use

    /// The request as it is to be sent; nil when it is to be dropped. Requests for tunnels (CONNECT) always are.
    public func apply(to request: RecordedRequest) -> RecordedRequest? {
        guard request.method != "CONNECT", methods.isEmpty || methods.contains(request.method) else { return nil }
        var request = request
        for header in headers { request.headers.set(header.name, header.value) }
        for parameter in parameters { request.target = Self.setting(parameter.name, parameter.value, in: request.target) }
        guard passes(request) else { return nil }
        if let rewrite = urlRewrites.first(where: { Self.matches($0.pattern, request.target) }) { request.target = Self.replacing(rewrite, in: request.target) }
        for rewrite in headerRewrites {
            // FIDELITY: a missing field ends the list, as in the original's loop.
            guard let value = request.headers[rewrite.name], !value.isEmpty else { break }
            if Self.matches(rewrite.pattern, value) { request.headers.set(rewrite.name, Self.replacing(rewrite, in: value)) }
        }
        return request
    }

    private func passes(_ request: RecordedRequest) -> Bool {
        func header(_ name: String) -> String { request.headers[name] ?? "" }
        let target = request.target
        let credentials = Self.credentials(header("Authorization"))
        return (allowedURLs.isEmpty || allowedURLs.contains { Self.matches($0, target) })
            && !refusedURLs.contains { Self.matches($0, target) }
            && allowedHeaders.allSatisfy { !header($0.name).isEmpty && Self.matches($0.pattern, header($0.name)) }
            && !refusedHeaders.contains { !header($0.name).isEmpty && Self.matches($0.pattern, header($0.name)) }
            && (credentials == nil || basicAuth.allSatisfy { Self.matches($0, credentials!) })
            && headerShares.allSatisfy { header($0.name).isEmpty || Self.hash(header($0.name)) % 100 < $0.percent }
            && parameterShares.allSatisfy { share in Self.parameter(share.name, in: target).map { Self.hash($0) % 100 < share.percent } ?? true }
    }

    private static func credentials(_ authorization: String) -> String? {
        guard authorization.hasPrefix("Basic ") else { return nil }
        return String(decoding: Base64.decode(authorization.dropFirst(6)) ?? [], as: UTF8.self)
    }

    // MARK: Texts

    /// Only transformations inside a regular expression can throw, and one from a text has none.
    private static func matches(_ pattern: Regex<AnyRegexOutput>, _ text: String) -> Bool { ((try? pattern.firstMatch(in: text)) ?? nil) != nil }

    /// `$1` and `${1}` stand for groups.
    private static func replacing(_ rewrite: Rewrite, in text: String) -> String {
        text.replacing(rewrite.pattern) { match in
            var out = ""
            var rest = rewrite.replacement[...]
            while let dollar = rest.firstIndex(of: "$") {
                out += rest[..<dollar]
                rest = rest[rest.index(after: dollar)...]
                let isBraced = rest.first == "{"
                let digits = rest.dropFirst(isBraced ? 1 : 0).prefix { $0.isASCII && $0.isNumber }
                guard let group = Int(digits), !isBraced || rest[digits.endIndex...].first == "}" else { out += "$"; continue }
                if group < match.output.count { out += match.output[group].substring ?? "" }
                rest = rest[digits.endIndex...].dropFirst(isBraced ? 1 : 0)
            }
            return out + rest
        }
    }

    private static func parameter(_ name: String, in target: String) -> String? {
        target.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// Replaces a query value, as it is, or adds one.
    private static func setting(_ name: String, _ value: String, in target: String) -> String {
        guard let question = target.firstIndex(of: "?") else { return "\(target)?\(name)=\(value)" }
        var pairs = target[target.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).map(String.init)
        if let index = pairs.firstIndex(where: { $0.hasPrefix(name + "=") }) { pairs[index] = "\(name)=\(value)" } else { pairs.append("\(name)=\(value)") }
        return target[...question] + pairs.joined(separator: "&")
    }

    /// FNV-1a of 32 bits.
    private static func hash(_ text: String) -> UInt32 { text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }
}
