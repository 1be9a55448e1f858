import Base
import HTTP

/// A recorded request on its way, and its two responses as they become known: the recorded one when the reader meets it, the live one when it
/// comes.
// @unchecked Sendable: touched only on the replay's loop.
final class ReplayExchange: @unchecked Sendable {
    /// As recorded.
    let recorded: RecordedRequest
    /// As filters have left it.
    let outgoing: RecordedRequest
    let session: ReplaySession
    let pass: ReplayPass
    /// Nil when everything is sent at once.
    let due: Timestamp?
    var recordedResponse: RecordedResponse?
    var live: ClientResponse?
    /// No response will come any more, or all is done with it.
    var isSettled = false

    init(_ recorded: RecordedRequest, outgoing: RecordedRequest, session: ReplaySession, pass: ReplayPass, due: Timestamp?) {
        self.recorded = recorded
        self.outgoing = outgoing
        self.session = session
        self.pass = pass
        self.due = due
    }
}

/// One pass through a recording: which sessions it has, and which requests wait for their recorded or live responses.
// @unchecked Sendable: touched only on the replay's loop.
final class ReplayPass: @unchecked Sendable {
    var sessions: SessionTable
    /// True when the reader has met everything: no recorded response will come any more.
    var isRead = false
    private var waiting: [String: ReplayExchange] = [:]
    /// Oldest first; settled ones are skipped.
    private var order = Deque<ReplayExchange>()
    private var settledCount = 0
    private var parkedBytes = 0

    private static let waitingLimit = 10_000
    private static let parkedLimitBytes = 32 << 20

    init(_ rule: SessionRule) { sessions = SessionTable(rule) }

    func add(_ exchange: ReplayExchange) {
        waiting[exchange.recorded.id] = exchange
        order.append(exchange)
    }

    func exchange(for response: RecordedResponse) -> ReplayExchange? { waiting[response.id] }

    /// A live response waits for the recorded one.
    func park(_ response: ClientResponse) { parkedBytes += response.body.count }

    func settle(_ exchange: ReplayExchange) {
        exchange.isSettled = true
        if let live = exchange.live, exchange.recordedResponse == nil { parkedBytes -= live.body.count }
        exchange.live = nil
        exchange.recordedResponse = nil
        if waiting[exchange.recorded.id] === exchange { waiting[exchange.recorded.id] = nil }
        settledCount += 1
        if settledCount > 1_000, settledCount * 2 > order.count { forgetSettled() }
    }

    /// One that stays for long must not keep all behind it in memory.
    private func forgetSettled() {
        var kept = Deque<ReplayExchange>()
        while let exchange = order.popFirst() { if !exchange.isSettled { kept.append(exchange) } }
        order = kept
        settledCount = 0
    }

    /// The oldest exchange that waits for its recorded response, when there are more than memory allows, or none will come any more.
    func overdue() -> ReplayExchange? {
        while !order.isEmpty, order[0].isSettled { _ = order.popFirst() }
        guard !order.isEmpty else { return nil }
        let isFull = order.count > Self.waitingLimit || parkedBytes > Self.parkedLimitBytes
        guard isRead ? order[0].live != nil : isFull && order[0].live != nil else { return nil }
        return order.popFirst()
    }
}
