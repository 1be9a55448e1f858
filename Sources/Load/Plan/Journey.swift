import Base

/// What visitors of a shop do: read from a pack's `load/NAME.json`, or made from the options of `shophost load URL`.
///
/// Belongs to one event loop, because regular expressions do; each loop reads its own.
public final class Journey {
    /// The file's name without `.json`.
    public let name: String
    public internal(set) var title = ""
    public internal(set) var summary = ""
    /// Under which the shop's logs have what Locust would print; nil leaves no trace there.
    public internal(set) var job: String?
    public internal(set) var entries: [EntryName] = []
    /// Services that requests go to, by name; "" is the pack's entry service or the given URL.
    public internal(set) var services: [String] = []
    public internal(set) var thresholds: [Threshold] = []
    public internal(set) var standard = Standard()
    var visitors: [VisitorKind] = []
    var sequences: [[Step]] = []
    /// Names of the variables by place.
    var slotNames: [String] = []
    /// Iterations that visitors share.
    var sharedCount = 0

    init(name: String) { self.name = name }

    /// How many visitors come when nobody says otherwise.
    public struct Standard: Sendable, Equatable {
        public var users = 10
        /// Visitors that come per second; nil brings all at once.
        public var spawnRate: Double? = 1
        /// Nil goes on until stopped.
        public var duration: Duration?

        public init() {}
    }

    /// Place of an entry, added when it is new.
    func entry(_ method: String, _ name: String) -> Int {
        let entry = EntryName(method: method, name: name)
        if let place = entries.firstIndex(of: entry) { return place }
        entries.append(entry)
        return entries.count - 1
    }

    /// Place of a service, added when it is new.
    func service(_ name: String) -> Int {
        if let place = services.firstIndex(of: name) { return place }
        services.append(name)
        return services.count - 1
    }
}

/// Visitors of one kind.
struct VisitorKind {
    var name: String
    var weight = 1
    /// Place among the journey's services, for requests that name none.
    var service = 0
    /// For requests that do not have them of their own.
    var headers: [(name: String, value: SlotText)] = []
    /// False sends no cookies back.
    var keepsCookies = true
    /// Between two tasks.
    var wait = Wait.none
    var variables: [(slot: Int, source: ValueSource)] = []
    var onStart: [Step] = []
    var tasks: [JourneyTask] = []
}

struct JourneyTask {
    var name: String
    var weight = 1
    /// At least this long from one start to the next of the same visitor.
    var period: Duration?
    var steps: [Step] = []
}
