import Base

/// One line for every answer, in the order in which they come: hey's `-o csv`.
public struct HeyCSV: Sendable {
    public static let header = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n"

    private let started: Timestamp

    public init(started: Timestamp) { self.started = started }

    /// Nil for a request without an answer.
    public func line(_ sample: Sample) -> String? {
        guard sample.status > 0 else { return nil }
        var cells = [Self.seconds(sample.latency.nanoseconds)]
        for phase in PhaseStatistics.Phase.allCases { cells.append(Self.seconds(sample.times.length(of: phase) * 1_000)) }
        cells += [String(sample.status), Self.seconds((sample.start - started).nanoseconds)]
        return cells.joined(separator: ",") + "\n"
    }

    private static func seconds(_ nanoseconds: Int64) -> String { NumberText.fixed(Double(nanoseconds) / 1e9, 4) }
}
