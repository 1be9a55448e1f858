import HTTP

/// How long the parts of requests took: hey's "Details".
struct PhaseStatistics: Sendable {
    enum Phase: Int, CaseIterable {
        case dial, nameLookup, write, wait, read

        var title: String {
            switch self {
            case .dial: "DNS+dialup"
            case .nameLookup: "DNS-lookup"
            case .write: "req write"
            case .wait: "resp wait"
            case .read: "resp read"
            }
        }
    }

    struct Part: Sendable {
        var sum: Int64 = 0
        var least = Int64.max
        var greatest: Int64 = 0

        mutating func record(_ microseconds: Int64) {
            sum += microseconds
            least = min(least, microseconds)
            greatest = max(greatest, microseconds)
        }

        mutating func merge(_ other: Part) {
            sum += other.sum
            least = min(least, other.least)
            greatest = max(greatest, other.greatest)
        }
    }

    private(set) var count = 0
    private(set) var parts = [Part](repeating: Part(), count: Phase.allCases.count)

    mutating func record(_ times: ClientAnswer.Times) {
        count += 1
        for phase in Phase.allCases { parts[phase.rawValue].record(times.length(of: phase)) }
    }

    mutating func merge(_ other: PhaseStatistics) {
        count += other.count
        for index in parts.indices { parts[index].merge(other.parts[index]) }
    }
}

extension ClientAnswer.Times {
    /// In microseconds. Nothing is dialled when a connection is used again.
    func length(of phase: PhaseStatistics.Phase) -> Int64 {
        switch phase {
        case .dial: isReused ? 0 : ready
        case .nameLookup: isReused ? 0 : nameFound
        case .write: max(0, sent - ready)
        case .wait: max(0, firstByte - max(ready, sent))
        case .read: max(0, end - max(firstByte, ready))
        }
    }
}
