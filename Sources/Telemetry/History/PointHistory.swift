/// The points of one series, the newest in stretches of 10 s; older ones are merged into longer stretches.
struct PointHistory: Sendable {
    /// How long the stretches are, in seconds, and how many of them are kept before they are merged into those of the next level: an
    /// hour, a day, a month.
    static let levels: [(seconds: Int64, capacity: Int)] = [(10, 360), (300, 288), (3_600, 744)]
    static let resolution = levels[0].seconds

    /// Ascending times in each level; levels with longer stretches hold what is older.
    private var levels = [[MetricPoint]](repeating: [], count: PointHistory.levels.count)

    /// Of all points together.
    private(set) var cost = 0

    /// - Parameter point: With a start that is a multiple of the resolution, not before the newest one's.
    mutating func append(_ point: MetricPoint) { append(point, to: 0) }

    private mutating func append(_ point: MetricPoint, to level: Int) {
        let seconds = Self.levels[level].seconds
        var aligned = point
        aligned.start = point.start.rounded(downTo: seconds)
        if let last = levels[level].indices.last, levels[level][last].start >= aligned.start {
            cost -= levels[level][last].cost
            levels[level][last].merge(aligned)
            cost += levels[level][last].cost
            return
        }
        levels[level].append(aligned)
        cost += aligned.cost
        let excess = levels[level].count - Self.levels[level].capacity
        // A quarter at once, so that moving the rest up is rare.
        guard excess > Self.levels[level].capacity / 4 else { return }
        let old = levels[level][..<excess]
        levels[level].removeFirst(excess)
        cost -= old.reduce(0) { $0 + $1.cost }
        if level + 1 < levels.count { for point in old { append(point, to: level + 1) } }
    }

    /// All points, the oldest first.
    var points: [MetricPoint] { levels.reversed().flatMap { $0 } }

    /// Length of the longest stretch among the points that end after `time` (seconds); the resolution when there are none.
    func longestStretch(after time: Int64) -> Int64 {
        for level in levels.indices.reversed() {
            let seconds = Self.levels[level].seconds
            if let last = levels[level].last, last.start + seconds > time { return seconds }
        }
        return Self.resolution
    }

    var isEmpty: Bool { levels.allSatisfy(\.isEmpty) }
    var oldest: Int64? { levels.compactMap { $0.first?.start }.min() }
    var newest: Int64? { levels.compactMap { $0.last?.start }.max() }

    mutating func removePoints(before time: Int64) {
        for level in levels.indices {
            for point in levels[level] where point.start < time { cost -= point.cost }
            levels[level].removeAll { $0.start < time }
        }
    }
}

extension Int64 {
    func rounded(downTo step: Int64) -> Int64 { self - (self % step + step) % step }
}
