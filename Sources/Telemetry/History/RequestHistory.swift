import Base

/// Requests, errors and durations of one operation with time, by the ends of the spans.
struct RequestHistory {
    private(set) var durations = PointHistory()
    private(set) var errors = PointHistory()
    /// The stretch that the newest spans belong to: its number from the epoch on.
    private var openStretch: Int64 = 0
    private var openDurations = Sketch()
    private var openErrors = 0

    private static let stretchNanoseconds = PointHistory.resolution * 1_000_000_000

    mutating func count(_ seconds: Double, isError: Bool, at end: Timestamp) {
        let stretch = end.nanoseconds / Self.stretchNanoseconds
        if stretch != openStretch { open(stretch) }
        openDurations.observe(seconds)
        if isError { openErrors &+= 1 }
    }

    private mutating func open(_ stretch: Int64) {
        close()
        openStretch = stretch
        openDurations = Sketch()
        openErrors = 0
    }

    private mutating func close() {
        guard openDurations.count > 0 else { return }
        let start = openStretch * PointHistory.resolution
        durations.append(MetricPoint(start: start, value: .distribution(openDurations)))
        if openErrors > 0 { errors.append(MetricPoint(start: start, value: .count(Double(openErrors)))) }
    }

    /// With the stretch that is still open.
    var complete: RequestHistory {
        var copy = self
        copy.close()
        copy.openDurations = Sketch()
        return copy
    }

    var cost: Int { durations.cost + errors.cost + openDurations.buckets.count }
    var oldest: Int64? { durations.oldest }

    mutating func removePoints(before time: Int64) {
        durations.removePoints(before: time)
        errors.removePoints(before: time)
    }
}
