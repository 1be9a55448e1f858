/// xoshiro256** with SplitMix64 seeding (Blackman and Vigna, public domain reference code): small, fast, repeatable.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var z = seed
        func next() -> UInt64 {
            z &+= 0x9e37_79b9_7f4a_7c15
            var x = z
            x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
            x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
            return x ^ (x >> 31)
        }
        state = (next(), next(), next(), next())
    }

    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(state.1 &* 5, 7) &* 9
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotate(state.3, 45)
        return result
    }

    /// A fraction in 0..<1 with 53 random bits.
    public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True in `percentage` of 100 draws.
    public mutating func chance(percentage: Double) -> Bool {
        percentage >= 100 || (percentage > 0 && fraction() * 100 < percentage)
    }
}
