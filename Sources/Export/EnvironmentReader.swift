import Base
import HTTP

/// Reads OpenTelemetry's variables: an empty value is an unset one, a wrong one is named and ignored.
struct EnvironmentReader {
    let environment: [String: String]
    var warnings: [String] = []

    subscript(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The variable for traces if set, else that for all signals.
    func signalName(_ suffix: String) -> String? {
        ["OTEL_EXPORTER_OTLP_TRACES_" + suffix, "OTEL_EXPORTER_OTLP_" + suffix].first { self[$0] != nil }
    }

    func signal(_ suffix: String) -> String? { signalName(suffix).flatMap { self[$0] } }

    mutating func positive(_ name: String) -> Int? {
        guard let text = self[name] else { return nil }
        if let number = Int(text), number > 0 { return number }
        warnings.append("\(name)=\(text) is not a positive whole number; using the default")
        return nil
    }

    mutating func encoding() -> OTLPConfiguration.Encoding? {
        guard let text = signal("PROTOCOL") else { return nil }
        if let encoding = OTLPConfiguration.Encoding(rawValue: text) { return encoding }
        warnings.append("OTEL_EXPORTER_OTLP_PROTOCOL=\(text) is not supported; using http/protobuf")
        return nil
    }

    /// `key=value,key=value`, values percent-encoded.
    mutating func headers() -> [Headers.Field] {
        guard let text = signal("HEADERS") else { return [] }
        return text.split(separator: ",").compactMap { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(sides[0]).trimmingSpaces
            guard sides.count == 2, !name.isEmpty else {
                // The pair is not shown: it may be a secret.
                warnings.append("OTEL_EXPORTER_OTLP_HEADERS: expected key=value,key=value; one part is ignored")
                return nil
            }
            return Headers.Field(name: name, value: PercentEncoding.decodeLeniently(String(sides[1]).trimmingSpaces))
        }
    }

    /// The general endpoint is a base to which the signal's path is added, with exactly one slash between.
    static func appendingTracesPath(_ base: String) -> String { base + (base.hasSuffix("/") ? "" : "/") + "v1/traces" }

    /// The signal's own endpoint is used as it is; without a path it gets `/`.
    static func withPath(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        return url[scheme.upperBound...].contains("/") ? url : url + "/"
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// The standard library has no search for a text; this one is for short ones.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
