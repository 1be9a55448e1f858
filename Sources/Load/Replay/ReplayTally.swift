import Base
import HTTP

/// Counts what happens in a replay.
struct ReplayTally: Sendable {
    /// A request whose answer was none, an error of the shop, or another than the recorded one.
    struct Failure: Hashable, Sendable {
        var line: String
        var reason: String
    }

    /// By request line.
    var requests = GroupedStatistics()
    /// How much later than due requests were sent.
    var behind = Histogram()
    var sessions = 0
    /// Left out by filters and limits.
    var dropped = 0
    /// Given up when the replay was stopped.
    var unfinished = 0
    private(set) var recordedRequests = 0
    private(set) var recordedResponses = 0
    private(set) var firstTime: Timestamp?
    private(set) var lastTime: Timestamp?
    private(set) var problems: [RecordingProblem] = []
    private(set) var problemCount = 0
    /// Requests whose recorded response was there to be compared, and those whose bodies could not be.
    private(set) var compared = 0
    private(set) var uncomparedBodies = 0
    private(set) var different = 0
    private(set) var failureCount = 0
    private(set) var failures: [Failure: Int] = [:]
    private(set) var differences: [(line: String, difference: Difference)] = []

    /// Of those compared: differ only where recorded answers to the same request differ from each other.
    private(set) var varying = 0
    /// Text that differs, until all recorded answers to the same request are known.
    private var doubtful: [Doubt] = []
    private var doubtfulWords = 0

    private struct Doubt: Sendable {
        var request: RecordedRequest
        var difference: Difference
        var words: [String]
    }

    static let listLimit = 100
    private static let doubtfulWordLimit = 500_000
    private static let lineLimit = 200

    private static func line(_ request: RecordedRequest) -> String { String(request.line.prefix(lineLimit)) }

    // MARK: The recording

    mutating func note(_ item: RecordingItem) {
        switch item {
        case .request(let request):
            recordedRequests += 1
            firstTime = firstTime.map { min($0, request.time) } ?? request.time
            lastTime = lastTime.map { max($0, request.time) } ?? request.time
        case .response: recordedResponses += 1
        case .problem(let problem):
            problemCount += 1
            if problems.count < Self.listLimit { problems.append(problem) }
        }
    }

    // MARK: Answers

    mutating func record(_ request: RecordedRequest, _ response: ClientResponse, after latency: Duration) {
        requests.record(group: Self.line(request), status: response.status, after: latency, bodyBytes: response.body.count)
    }

    mutating func record(_ request: RecordedRequest, _ error: ClientError) {
        requests.record(group: Self.line(request), error)
        fail(request, error.description)
    }

    /// An answer without a recorded one: the shop's own errors are failures, everything else may be meant.
    mutating func judgeAlone(_ request: RecordedRequest, status: Int) {
        if status >= 500 { fail(request, "status \(status)") }
    }

    mutating func compare(_ request: RecordedRequest, _ difference: Difference?, isBodyKnown: Bool) {
        compared += 1
        if !isBodyKnown { uncomparedBodies += 1 }
        guard let difference else { return }
        different += 1
        if differences.count < Self.listLimit { differences.append((Self.line(request), difference)) }
        fail(request, difference.kind == .status ? "status \(difference.live) instead of \(difference.recorded)" : "another \(difference.kind.rawValue)")
    }

    /// Another text than the recorded one, which may vary by itself. Judged at the end, or at once when too many wait.
    mutating func doubt(_ request: RecordedRequest, _ difference: Difference, _ words: [String], _ texts: RecordedTexts) {
        guard doubtfulWords + words.count <= Self.doubtfulWordLimit else { return settle(Doubt(request: request, difference: difference, words: words), texts) }
        doubtfulWords += words.count
        var request = request
        request.body = []
        doubtful.append(Doubt(request: request, difference: difference, words: words))
    }

    private mutating func settle(_ doubt: Doubt, _ texts: RecordedTexts) {
        let isVarying = texts.match(doubt.request.line, doubt.words)
        if isVarying { varying += 1 }
        compare(doubt.request, isVarying ? nil : doubt.difference, isBodyKnown: true)
    }

    /// With everything judged by what is known of the recording now.
    func settled(with texts: RecordedTexts) -> ReplayTally {
        var settled = self
        settled.doubtful = []
        settled.doubtfulWords = 0
        for doubt in doubtful { settled.settle(doubt, texts) }
        return settled
    }

    private mutating func fail(_ request: RecordedRequest, _ reason: String) {
        failureCount += 1
        let failure = Failure(line: Self.line(request), reason: reason)
        if failures.count < Self.listLimit || failures[failure] != nil { failures[failure, default: 0] += 1 }
    }
}
