import Base
import Telemetry

/// What takes datagrams.
public protocol DatagramSender {
    /// - Throws: `SystemError` when the system did not take it, or when an earlier one found nobody.
    func send(_ bytes: [UInt8]) throws(SystemError)
}

extension DatagramSocket: DatagramSender {}

/// Datagrams on their way to a receiver that may not be there, and how many of them there were.
struct DatagramChannel {
    struct Counters {
        var sent: Metrics.Counter
        var sentBytes: Metrics.Counter
        var dropped: Metrics.Counter
    }

    /// A name that is not known, or stands for another address now, is looked up again after this time.
    private static let rest = Duration.seconds(30)

    private let metrics: Metrics
    private let open: () async throws -> any DatagramSender
    private let counters: Counters
    private var sender: (any DatagramSender)?
    private var reopensAt: Timestamp?

    init(metrics: Metrics, counters: Counters, open: @escaping () async throws -> any DatagramSender) {
        self.metrics = metrics
        self.counters = counters
        self.open = open
    }

    mutating func send(_ datagrams: [[UInt8]], at time: Timestamp) async {
        guard !datagrams.isEmpty else { return }
        await openIfNeeded(time)
        for datagram in datagrams {
            guard let sender else { metrics.add(to: counters.dropped); continue }
            do {
                try sender.send(datagram)
                metrics.add(to: counters.sent)
                metrics.add(Double(datagram.count), to: counters.sentBytes)
            } catch {
                metrics.add(to: counters.dropped)
                // Nobody there now: the next datagrams go the same way until the name is looked up again.
                if reopensAt == nil { reopensAt = time + Self.rest }
            }
        }
    }

    private mutating func openIfNeeded(_ time: Timestamp) async {
        if let reopensAt, time < reopensAt { return }
        guard sender == nil || reopensAt != nil else { return }
        reopensAt = nil
        do { sender = try await open() } catch {
            sender = nil
            reopensAt = time + Self.rest
        }
    }
}
