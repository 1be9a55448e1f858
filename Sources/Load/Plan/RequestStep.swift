import Base
import HTTP

/// A request of a journey, with variables where it has some.
final class RequestStep {
    enum Body {
        case none
        case bytes([UInt8])
        case text(SlotText)
        case json(JSONTemplate)
        /// `application/x-www-form-urlencoded`; the hidden fields of a page first, when a variable holds some.
        case form([(name: SlotText, value: SlotText)], hidden: Int?)
    }

    enum Failing: String, CaseIterable {
        /// Goes on with the next step.
        case goOn = "continue"
        /// Goes on with the next task.
        case endTask
        /// Leaves and comes back as somebody new.
        case restart
    }

    /// Place of its name among the journey's entries.
    var entry = 0
    var method = "GET"
    var path = SlotText("/")
    /// Place among the journey's services; nil is the visitor's own.
    var service: Int?
    var query: [(name: String, value: SlotText)] = []
    var headers: [(name: String, value: SlotText)] = []
    var body = Body.none
    var basic: (user: SlotText, password: SlotText)?
    var timeout: Duration? = RequestStep.standardTimeout
    var followsRedirects = true
    var version: ClientRequest.Version?
    var expected = StatusSet.successful
    var bodyContains: SlotText?
    var bodyLacks: SlotText?
    /// A slower answer fails, with this text.
    var limit: (length: Duration, message: String)?
    var takes: [Take] = []
    var failing = Failing.goOn
    /// The request as visitors of each kind always send it, by kind; nil where it varies or was not sent yet.
    var fixed: [ClientRequest?] = []

    static let standardTimeout = Duration.seconds(60)

    /// How much of an answer the step needs.
    ///
    /// - Parameter keepsCookies: True when the visitor has a cookie jar.
    func kept(keepsCookies: Bool) -> ClientRequest.Kept {
        let looksInside = !takes.isEmpty || bodyContains != nil || bodyLacks != nil
        return looksInside || keepsCookies ? .everything : .figures
    }
}
