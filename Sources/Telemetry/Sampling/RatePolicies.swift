import Base

/// `probabilistic`: a share of the traces, chosen by their identifiers, so that each collector with the same salt chooses the same.
struct ProbabilisticPolicy: SamplingPolicy {
    static let type = "probabilistic"
    private let threshold: UInt64
    private let salt: String

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["sampling_percentage", "hash_salt"])
        let salt = diagnostics.string("hash_salt", in: node, pointer: pointer) ?? ""
        self.salt = salt.isEmpty ? "default-hash-seed" : salt
        var share = 0.0
        if let value = node["sampling_percentage"] {
            if let number = value.value.number { share = max(0, number / 100) } else { diagnostics.report("expected a number, found \(value.kindName)", at: value.location, pointer: pointer + "/sampling_percentage") }
        }
        // 2^64 as a floating point number is one more than the largest whole one.
        threshold = share >= 1 ? .max : UInt64(share * 0x1p64)
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        hash(trace.id) <= threshold ? .sampled : .notSampled
    }

    /// FNV-1a of the salt and the identifier's bytes.
    private func hash(_ id: TraceID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in salt.utf8 { mix(byte) }
        for half in [id.high, id.low] { for shift in stride(from: 56, through: 0, by: -8) { mix(UInt8(truncatingIfNeeded: half >> UInt64(shift))) } }
        return hash
    }
}

/// `rate_limiting`: spans per second out of a bucket that holds those of two seconds.
struct RateLimitingPolicy: SamplingPolicy {
    static let type = "rate_limiting"
    private let spansPerSecond: Double
    private var available: Double
    private var filledAt: Timestamp?

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["spans_per_second"])
        spansPerSecond = Double(diagnostics.integer("spans_per_second", in: node, pointer: pointer, range: 0...Int(Int32.max), required: true) ?? 0)
        available = 2 * spansPerSecond
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        let passed = filledAt.map { Double((time - $0).nanoseconds) / 1e9 } ?? 0
        available = min(2 * spansPerSecond, available + passed * spansPerSecond)
        filledAt = time
        guard Double(trace.spans.count) <= available else { return .notSampled }
        available -= Double(trace.spans.count)
        return .sampled
    }
}
