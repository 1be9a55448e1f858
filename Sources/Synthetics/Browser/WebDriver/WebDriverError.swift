import HTTP

/// Why a browser did not do what it was told.
public struct WebDriverError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A name of the protocol's table (WebDriver §6.6), for example `no such element`.
        case refused(Code)
        /// No answer came.
        case transport(ClientError)
        /// The answer is not the protocol's.
        case malformed
    }

    public enum Code: String, Sendable, CaseIterable {
        case elementClickIntercepted = "element click intercepted"
        case elementNotInteractable = "element not interactable"
        case insecureCertificate = "insecure certificate"
        case invalidArgument = "invalid argument"
        case invalidElementState = "invalid element state"
        case invalidSelector = "invalid selector"
        case invalidSessionID = "invalid session id"
        case javascriptError = "javascript error"
        case moveTargetOutOfBounds = "move target out of bounds"
        case noSuchElement = "no such element"
        case noSuchWindow = "no such window"
        case scriptTimeout = "script timeout"
        case sessionNotCreated = "session not created"
        case staleElementReference = "stale element reference"
        case timeout
        case unexpectedAlertOpen = "unexpected alert open"
        case unknownCommand = "unknown command"
        /// Also stands for names that this table does not have.
        case unknownError = "unknown error"
    }

    public var kind: Kind
    /// The browser's words, without its stack.
    public var message: String
    /// What a dialog of the page said.
    public var dialog: String?

    public init(_ kind: Kind, _ message: String, dialog: String? = nil) {
        self.kind = kind
        self.message = message
        self.dialog = dialog
    }

    var code: Code? { if case .refused(let code) = kind { code } else { nil } }
}
