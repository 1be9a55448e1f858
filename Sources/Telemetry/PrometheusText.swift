import Base

/// Writes metrics in Prometheus' text format 0.0.4.
public struct PrometheusText {
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private var out: [UInt8] = []

    private init() {}

    public static func render(_ families: [MetricFamily]) -> [UInt8] {
        var text = PrometheusText()
        var seen: Set<String> = []
        // Two dotted names can fall on one Prometheus name; the second one's lines would make the scrape fail.
        for family in families where !family.points.isEmpty && seen.insert(name(of: family)).inserted { text.write(family) }
        return text.out
    }

    /// Prometheus' name: other characters become `_`, the unit's word and a counter's `_total` are appended unless already there.
    public static func name(of family: MetricFamily) -> String {
        var name = normalized(family.name)
        if let word = word(forUnit: family.unit), !name.hasSuffix("_" + word) { name += "_" + word }
        if family.kind == .counter, !name.hasSuffix("_total") { name += "_total" }
        return name
    }

    /// A metric or label name in the characters that Prometheus allows, runs of others merged into one `_`.
    public static func normalized(_ name: String) -> String {
        if isNormal(name) { return name }
        var out: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122: out.append(byte)
            default: if out.last != UInt8(ascii: "_") { out.append(UInt8(ascii: "_")) }
            }
        }
        if let first = out.first, (48...57).contains(first) { out.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isNormal(_ name: String) -> Bool {
        var previous: UInt8?
        for byte in name.utf8 {
            switch byte {
            case 48...57: if previous == nil { return false }
            case 65...90, 97...122: break
            default: if byte != UInt8(ascii: "_") || previous == byte { return false }
            }
            previous = byte
        }
        return true
    }

    private static func word(forUnit unit: String) -> String? {
        switch unit {
        case "s": "seconds"
        case "By": "bytes"
        case "%": "percent"
        case "Cel": "celsius"
        case "m": "meters"
        default: nil
        }
    }

    private mutating func write(_ family: MetricFamily) {
        let name = Self.name(of: family)
        out.append("# HELP \(name) ")
        escape(family.help, quotes: false)
        out.append("\n# TYPE \(name) \(family.kind.rawValue)\n")
        for point in family.points {
            switch point.value {
            case .number(let number): line(name, point.labels, number: number)
            case .distribution(let distribution): write(distribution, name, point.labels)
            }
        }
    }

    private mutating func write(_ distribution: Distribution, _ name: String, _ labels: LabelSet) {
        var cumulative = 0
        for (bound, count) in zip(distribution.bounds, distribution.buckets) {
            cumulative += count
            line(name + "_bucket", labels, bound: Self.text(bound), number: Double(cumulative))
        }
        line(name + "_bucket", labels, bound: "+Inf", number: Double(distribution.count))
        line(name + "_sum", labels, number: distribution.sum)
        line(name + "_count", labels, number: Double(distribution.count))
    }

    private mutating func line(_ name: String, _ labels: LabelSet, bound: String? = nil, number: Double) {
        out.append(name)
        if !labels.labels.isEmpty || bound != nil {
            out.append(UInt8(ascii: "{"))
            var separator: StaticString = ""
            for label in labels.labels {
                out.append(separator)
                out.append(Self.normalized(label.name))
                out.append("=\"" as StaticString)
                escape(label.value, quotes: true)
                out.append(UInt8(ascii: "\""))
                separator = ","
            }
            if let bound {
                out.append(separator)
                out.append("le=\"\(bound)\"")
            }
            out.append(UInt8(ascii: "}"))
        }
        out.append(" \(Self.text(number))\n")
    }

    private mutating func escape(_ text: String, quotes: Bool) {
        let isPlain = text.utf8.allSatisfy { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\"") }
        if isPlain { return out.append(text) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): out.append("\\\\" as StaticString)
            case UInt8(ascii: "\n"): out.append("\\n" as StaticString)
            case UInt8(ascii: "\"") where quotes: out.append("\\\"" as StaticString)
            default: out.append(byte)
            }
        }
    }

    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return Int(exactly: number).map(String.init) ?? number.description
    }
}
