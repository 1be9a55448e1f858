import Base

/// A random waiting time. All times in milliseconds.
public enum Delay: Sendable, Equatable {
    case fixed(Double)
    /// Both bounds included.
    case uniform(Double, Double)
    /// Never below zero.
    case normal(mean: Double, deviation: Double)
    /// Long-tailed, as response times are: `median` splits the draws in half, `sigma` is the deviation of the logarithm.
    case logNormal(median: Double, sigma: Double)

    public func draw(_ random: inout SeededRandom) -> Duration {
        let milliseconds: Double
        switch self {
        case .fixed(let value): milliseconds = value
        case .uniform(let low, let high): milliseconds = low + (high - low) * random.fraction()
        case .normal(let mean, let deviation): milliseconds = mean + deviation * Self.standardNormal(&random)
        case .logNormal(let median, let sigma): milliseconds = median * Self.exponential(sigma * Self.standardNormal(&random))
        }
        return .milliseconds(exactly: max(0, milliseconds))
    }

    /// The sum of twelve uniform draws less six: mean 0, deviation 1, bounds ±6, and the same bits on every machine.
    private static func standardNormal(_ random: inout SeededRandom) -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += random.fraction() }
        return sum
    }

    /// e to the x by repeated squaring of a short series: libm's last bits differ between systems, and draws must not.
    private static func exponential(_ x: Double) -> Double {
        var halvings = 0
        var small = x
        while abs(small) > 0.01 { small /= 2; halvings += 1 }
        var result = 1 + small * (1 + small / 2 * (1 + small / 3 * (1 + small / 4)))
        for _ in 0..<halvings { result *= result }
        return result
    }
}
