/// Status codes that somebody expects: `200`, `"2xx"`, `"200-399"`, or several of them.
struct StatusSet: Equatable {
    private(set) var ranges: [ClosedRange<Int>]

    /// What a browser would be content with.
    static let successful = StatusSet(ranges: [200...399])

    init(ranges: [ClosedRange<Int>]) { self.ranges = ranges }

    /// Nil for what is no such text.
    init?(_ text: String) {
        if text.count == 3, text.hasSuffix("xx"), let hundreds = Int(text.prefix(1)), (1...9).contains(hundreds) {
            ranges = [hundreds * 100...hundreds * 100 + 99]
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], Self.codes.contains(first), Self.codes.contains(last), first <= last
        else { return nil }
        ranges = [first...last]
    }

    static let codes = 0...999

    mutating func formUnion(_ other: StatusSet) { ranges += other.ranges }

    func contains(_ status: Int) -> Bool {
        for range in ranges where range.contains(status) { return true }
        return false
    }

    /// For messages: `201`, `200 or 302`, `200-399`.
    var text: String {
        ranges.map { $0.count == 1 ? String($0.lowerBound) : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " or ")
    }
}
