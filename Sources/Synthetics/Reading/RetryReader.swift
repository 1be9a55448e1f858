import Base

/// Reads `retry` of options and steps.
enum RetryReader {
    static func read(_ parent: ObjectReader) -> RetryRule {
        guard let reader = parent.object("retry", what: "\"retry\"", names: ["count", "interval"]) else { return RetryRule() }
        return RetryRule(count: count(reader) ?? 0, interval: interval(reader) ?? RetryRule.defaultInterval)
    }

    static func count(_ retry: ObjectReader) -> Int? { retry.wholeNumber("count", in: 0...5) }

    static func interval(_ retry: ObjectReader) -> Duration? {
        retry.number("interval", in: 0...5_000, unit: " milliseconds").map { .milliseconds(exactly: $0) }
    }
}
