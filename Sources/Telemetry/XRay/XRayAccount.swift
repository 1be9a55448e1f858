import Base

/// What X-Ray knows of a shop besides its traces: the sampling rules of the services as they run, and the groups that somebody has made.
public struct XRayAccount: Sendable {
    /// The rules of one service.
    public struct ServiceRules: Sendable, Equatable {
        /// As segments name the service.
        public var name: String
        public var rules: [XRaySamplingRule]
        public var since: Timestamp

        public init(name: String, rules: [XRaySamplingRule], since: Timestamp) {
            self.name = name
            self.rules = rules
            self.since = since
        }
    }

    /// A stored filter expression, for traces that come after it.
    public struct Group: Sendable, Equatable {
        public var name: String
        public var filter: String
        public var created: Timestamp
        public var hasInsights = false
        public var hasNotifications = false

        public init(name: String, filter: String, created: Timestamp) {
            self.name = name
            self.filter = filter
            self.created = created
        }
    }

    /// A service without rules has none in here.
    public private(set) var rules: [String: ServiceRules] = [:]
    /// Without the one that is always there.
    public var groups: [Group] = []

    public mutating func setRules(_ new: ServiceRules?, ofService service: String) {
        // The same rules in a new version are no change.
        if let new, let known = rules[service], known.name == new.name, known.rules == new.rules { return }
        rules[service] = new
    }
}
