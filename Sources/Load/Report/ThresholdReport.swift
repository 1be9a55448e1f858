/// Thresholds as k6 reports them at the end of a run.
public struct ThresholdReport {
    private let results: [ThresholdResult]

    public init(_ results: [ThresholdResult]) { self.results = results }

    public var hasCrossed: Bool { results.contains { !$0.passed } }

    /// Empty without thresholds.
    public var text: String {
        guard !results.isEmpty else { return "" }
        var text = "\n  █ THRESHOLDS \n"
        var metric = ""
        for result in results {
            if result.threshold.metricText != metric {
                metric = result.threshold.metricText
                text += "\n    \(metric)\n"
            }
            text += "    \(result.passed ? "✓" : "✗") '\(result.threshold.expression)' \(result.measured)\n"
        }
        return text + "\n"
    }

    /// Names the metrics whose thresholds did not hold; nil when all held.
    public var complaint: String? {
        var names: [String] = []
        for result in results where !result.passed && !names.contains(result.threshold.metricText) { names.append(result.threshold.metricText) }
        return names.isEmpty ? nil : "thresholds on metrics '\(names.joined(separator: ", "))' have been crossed"
    }
}

extension ThresholdResult {
    /// `p(95)=37.03ms`, `rate=9.66%`.
    var measured: String {
        let name = threshold.expression.prefix { !"<>=!".contains($0) }
        return "\(name)=\(valueText)"
    }

    private var valueText: String {
        switch threshold.metric.kind {
        case .trend: K6Text.duration(milliseconds: value)
        case .rate: K6Text.cut(value * 100, 2) + "%"
        case .counter where threshold.aggregation == .rate: K6Text.cut(value, 6) + "/s"
        case .counter, .gauge: K6Text.cut(value, 6)
        }
    }
}

/// Figures as k6 writes them: cut, not rounded, without zeros at the end.
enum K6Text {
    static func cut(_ number: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        // A value such as 0.29 * 100 lies a hair below what it stands for.
        let cut = ((number * scale) + 1e-9).rounded(.towardZero) / scale
        var text = NumberText.fixed(cut, decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    static func duration(milliseconds: Double) -> String {
        switch milliseconds {
        case 0: return "0s"
        case ..<0.001: return cut(milliseconds * 1e6, 2) + "ns"
        case ..<1: return cut(milliseconds * 1e3, 2) + "µs"
        case ..<1_000: return cut(milliseconds, 2) + "ms"
        case ..<60_000: return cut(milliseconds / 1e3, 2) + "s"
        default:
            let seconds = Int(milliseconds / 1e3)
            return seconds < 3_600 ? "\(seconds / 60)m\(seconds % 60)s" : "\(seconds / 3_600)h\(seconds / 60 % 60)m\(seconds % 60)s"
        }
    }
}
