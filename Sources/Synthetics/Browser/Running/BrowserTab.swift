import Base
import HTTP

/// The page that one attempt of a check plays in.
final class BrowserTab {
    let session: WebDriverSession
    let settings: BrowserSettings
    private let loop: EventLoop
    /// When the check as a whole must be over.
    private let end: Timestamp?
    var requests = RequestLog()
    /// What dialogs of the page have said.
    private var dialogs: [String] = []

    init(_ session: WebDriverSession, _ settings: BrowserSettings, on loop: EventLoop) {
        self.session = session
        self.settings = settings
        self.loop = loop
        end = settings.testTimeout.map { loop.now + $0 }
    }

    /// Plays one step.
    ///
    /// - Parameter result: Gets what the step did; on failure also where the page was and how it looked.
    func play(_ step: BrowserStep, _ scope: inout VariableScope, _ result: inout StepResult) async throws(CheckFailure) {
        let limit = step.timeout ?? (step.command == .openStartURL ? settings.navigationTimeout : nil) ?? settings.stepTimeout
        let stepEnd = loop.now + limit
        let patience = Patience(loop, until: min(stepEnd, end ?? stepEnd))
        var detail = BrowserStepDetail(step.command)
        do throws(CheckFailure) {
            if patience.rest == .zero { throw tooLate(limit) }
            try await insist(patience) { () throws(WebDriverError) in try await self.session.setTimeouts(patience.rest, within: patience.limit) }
            try await perform(step.command, patience, &scope, &detail)
            await noteComplaints(&detail)
            result.browser = detail
        } catch {
            await look(at: step, &detail)
            result.browser = detail
            throw judged(error, patience, limit)
        }
    }

    /// Sends a command that needs nothing but the page, until it succeeds.
    func insist(_ patience: Patience, _ send: () async throws(WebDriverError) -> Void) async throws(CheckFailure) {
        try await patience.until { () throws(Obstacle) in try await self.command(send) }
    }

    /// Sends a command and translates its refusal.
    func command<Result>(_ send: () async throws(WebDriverError) -> Result) async throws(Obstacle) -> Result {
        do throws(WebDriverError) { return try await send() } catch { throw obstacle(error) }
    }

    /// What a refusal means, what a dialog said noted.
    func obstacle(_ error: WebDriverError) -> Obstacle {
        if let dialog = error.dialog { dialogs.append(dialog) }
        return Obstacle(error)
    }

    /// - Throws: `CancellationError`.
    func pause(_ duration: Duration) async throws { try await loop.sleep(for: duration) }

    /// Nil without a limit for the whole check.
    var restOfCheck: Duration? { end.map { max(.zero, $0 - loop.now) } }

    // MARK: Failures

    private func tooLate(_ limit: Duration) -> CheckFailure {
        if let end, loop.now >= end {
            return CheckFailure(.testTimeout, "the check took more than \(Self.seconds(settings.testTimeout ?? .zero)).")
        }
        return CheckFailure(.stepTimeout, "Step failed because it took more than \(Self.seconds(limit)).")
    }

    private static func seconds(_ duration: Duration) -> String {
        let seconds = Value.double(duration.milliseconds / 1_000).shortText
        return seconds == "1" ? "1 second" : "\(seconds) seconds"
    }

    /// The failure with what only the tab knows: which limit was passed, and what dialogs said.
    private func judged(_ failure: CheckFailure, _ patience: Patience, _ limit: Duration) -> CheckFailure {
        var failure = failure
        if let end, patience.deadline == end && patience.isSpent || loop.now >= end {
            failure = CheckFailure(.testTimeout, "the check took more than \(Self.seconds(settings.testTimeout ?? .zero)).")
        } else if failure.code == .stepTimeout {
            failure = tooLate(limit)
        }
        if !dialogs.isEmpty {
            failure.message += " (The page said in a dialog: \(dialogs.map { "\"\($0)\"" }.joined(separator: ", ")).)"
            dialogs = []
        }
        return failure
    }

    /// What can be seen of a failed step; a browser that is gone shows nothing.
    private func look(at step: BrowserStep, _ detail: inout BrowserStepDetail) async {
        // A dialog that is still open makes the first question fail, and is closed by it.
        for _ in 0..<2 where detail.url == nil {
            detail.url = try? await command { () throws(WebDriverError) in try await self.session.currentURL(within: WebDriverSession.patience) }
        }
        await noteComplaints(&detail)
        guard settings.takesScreenshots, step.takesScreenshot, detail.url != nil else { return }
        if let bytes = try? await session.screenshot() { detail.screenshot = Screenshot(bytes: bytes) }
    }

    /// Errors of the page's console since the last step.
    private func noteComplaints(_ detail: inout BrowserStepDetail) async {
        guard let entries = try? await session.log("browser") else { return }
        detail.complaints = entries.filter { $0["level"]?.text == "SEVERE" }.map {
            PageComplaint(kind: $0["source"]?.text == "network" ? .network : .js, text: $0["message"]?.text ?? "")
        }
    }
}
