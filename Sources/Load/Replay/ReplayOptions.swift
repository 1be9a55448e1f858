import Base

/// How recorded traffic is sent.
public struct ReplayOptions: Sendable {
    public var target: Target
    /// Times that each recording is played; nil plays it until the replay is stopped.
    public var passes: Int? = 1
    /// Ends the replay; requests on their way are given up.
    public var duration: Duration?
    /// No gap between two records is longer.
    public var longestWait: Duration?
    /// For one request; GoReplay's is 5 seconds, which pages of a broken shop may need without failing.
    public var timeout: Duration = .seconds(30)
    public var redirectLimit = 0
    public var verifiesCertificate = true
    /// Requests on their way at a time.
    public var inFlightLimit = 256
    /// True sends the recorded Host field instead of the target's.
    public var keepsHost = false
    public var filter = TrafficFilter()
    public var targetLimit: TrafficLimit?
    public var sessions = SessionRule.automatic
    public var comparison = ComparisonLevel.meaning
    /// False sends recorded cookies and tokens as they are.
    public var mapsValues = true
    /// For `targetLimit` as a share of the requests.
    public var seed: UInt64 = 1

    public init(target: Target) { self.target = target }
}

/// A recording and its own pace.
public struct ReplayInput: Sendable {
    public var source: any RecordingSource
    /// 1 is the recorded pace; nil sends everything as fast as sessions and limits let it.
    public var speed: Double?
    /// More requests a second are dropped.
    public var perSecond: Int?

    public init(_ source: any RecordingSource, speed: Double? = 1, perSecond: Int? = nil) {
        self.source = source
        self.speed = speed
        self.perSecond = perSecond
    }
}
