import Base

/// Puts lines together into datagrams of a limited size.
struct DatagramPacker {
    let limit: Int
    private(set) var datagrams: [[UInt8]] = []
    private var current: [UInt8] = []
    /// Lines that are longer than a datagram may be.
    private(set) var tooLong = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ line: String) {
        let length = line.utf8.count
        guard length <= limit else { tooLong += 1; return }
        if !current.isEmpty {
            if current.count + 1 + length > limit { finish() } else { current.append(UInt8(ascii: "\n")) }
        }
        current.append(line)
    }

    private mutating func finish() {
        datagrams.append(current)
        current = []
    }

    /// All datagrams, the last one as full as it is.
    mutating func take() -> [[UInt8]] {
        if !current.isEmpty { finish() }
        defer { datagrams = [] }
        return datagrams
    }
}
