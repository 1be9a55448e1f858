import Base

/// `always_sample`.
struct AlwaysSamplePolicy: SamplingPolicy {
    static let type = "always_sample"

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) { _ = diagnostics.members(of: node, pointer: pointer, known: []) }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision { .sampled }
}

/// `latency`: from the first start to the last end, in whole milliseconds.
struct LatencyPolicy: SamplingPolicy {
    static let type = "latency"
    private let threshold: Int64
    /// 0 is no bound; with one the threshold itself is not enough.
    private let upper: Int64

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["threshold_ms", "upper_threshold_ms"])
        threshold = Int64(diagnostics.integer("threshold_ms", in: node, pointer: pointer, range: 0...Int.max, required: true) ?? 0)
        upper = Int64(diagnostics.integer("upper_threshold_ms", in: node, pointer: pointer, range: 0...Int.max) ?? 0)
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        guard let first = trace.spans.map(\.start).min(), let last = trace.spans.map(\.end).max() else { return .notSampled }
        let milliseconds = (last - first).nanoseconds / 1_000_000
        let isWithin = upper == 0 ? milliseconds >= threshold : threshold < milliseconds && milliseconds <= upper
        return isWithin ? .sampled : .notSampled
    }
}

/// `span_count`, companions included.
struct SpanCountPolicy: SamplingPolicy {
    static let type = "span_count"
    private let minimum: Int
    /// 0 is no bound.
    private let maximum: Int

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["min_spans", "max_spans"])
        minimum = diagnostics.integer("min_spans", in: node, pointer: pointer, range: 0...Int(Int32.max), required: true) ?? 0
        maximum = diagnostics.integer("max_spans", in: node, pointer: pointer, range: 0...Int(Int32.max)) ?? 0
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        let count = trace.spans.count
        return count >= minimum && (maximum == 0 || count <= maximum) ? .sampled : .notSampled
    }
}

/// `status_code`: a span with one of the states. Nothing in a shop sets a span to OK, as instrumentation libraries do not.
struct StatusCodePolicy: SamplingPolicy {
    static let type = "status_code"
    private let codes: Set<String>

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["status_codes"])
        let known = ["OK", "ERROR", "UNSET"]
        let list = diagnostics.strings("status_codes", in: node, pointer: pointer, required: true)
        for (index, code) in list.enumerated() where !known.contains(code) {
            diagnostics.report(
                "no status is named \"\(code)\"" + suggestion(for: code, among: known), at: node["status_codes"]!.array![index].location, pointer: pointer + "/status_codes/\(index)")
        }
        codes = Set(list)
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        trace.spans.contains { codes.contains($0.isError ? "ERROR" : "UNSET") } ? .sampled : .notSampled
    }
}

/// `ottl_condition`: a span of which one of the conditions is true.
struct ConditionPolicy: SamplingPolicy {
    static let type = "ottl_condition"
    private let conditions: [SpanCondition]

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["error_mode", "span"])
        // No condition of this part of the language can go wrong when it is evaluated.
        _ = diagnostics.choice("error_mode", in: node, pointer: pointer, among: ["ignore", "silent", "propagate"])
        conditions = diagnostics.strings("span", in: node, pointer: pointer, required: true).enumerated().compactMap { index, text in
            do throws(SpanCondition.SyntaxError) { return try SpanCondition(text) } catch {
                diagnostics.report(error.description, at: node["span"]!.array![index].location, pointer: pointer + "/span/\(index)")
                return nil
            }
        }
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        trace.spans.contains { span in conditions.contains { $0.holds(for: span) } } ? .sampled : .notSampled
    }
}
