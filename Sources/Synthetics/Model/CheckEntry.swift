/// What a check file holds: something to run, or the reason why it is not run here.
public enum CheckEntry: Sendable {
    case check(Check)
    case unavailable(Unavailable)

    public struct Unavailable: Sendable {
        public var publicID: String?
        public var name: String
        public var tags: [String]
        /// The file that names it.
        public var file: String
        /// Goes on after "because".
        public var reason: String
        /// True for a test of which nothing but the id is known here.
        public var isMissing = false
        /// What the file changes about it, should its definition be found.
        public var overrides = TestOverrides()
        public var suite: String?
    }

    public var publicID: String? {
        switch self {
        case .check(let check): check.publicID
        case .unavailable(let test): test.publicID
        }
    }

    public var name: String {
        switch self {
        case .check(let check): check.name
        case .unavailable(let test): test.name
        }
    }

    public var tags: [String] {
        switch self {
        case .check(let check): check.tags
        case .unavailable(let test): test.tags
        }
    }

    /// As reports group checks.
    public var suite: String {
        get {
            switch self {
            case .check(let check): check.suite ?? check.location.file
            case .unavailable(let test): test.suite ?? test.file
            }
        }
        set {
            switch self {
            case .check(var check):
                check.suite = newValue
                self = .check(check)
            case .unavailable(var test):
                test.suite = newValue
                self = .unavailable(test)
            }
        }
    }
}
