import Base
import HTTP

/// One request that has ended.
public struct Sample: Sendable {
    /// Place among the plan's entries.
    public var entry: Int
    /// When it should have left, which may be before it did.
    public var start: Timestamp
    public var end: Timestamp
    /// 0 when no answer came.
    public var status = 0
    /// Why it counts as failed; nil when it went as expected.
    public var failure: String?
    public var bodyBytes = 0
    /// What `Content-Length` said; nil without one.
    public var announcedBytes: Int?
    public var times = ClientAnswer.Times()

    init(entry: Int, start: Timestamp, end: Timestamp) {
        self.entry = entry
        self.start = start
        self.end = end
    }

    public var latency: Duration { end - start }
}
