import Base
import Cluster
import HTTP
import Packs
import Telemetry

/// One route of a service, ready to answer.
public final class CompiledRoute {
    /// As the wiring writes it, for example `/products/{slug}`.
    public let pattern: String
    /// As the service's framework writes it.
    public let display: String
    /// For example `Spree::HomeController#index`; the method and pattern when the wiring gives none.
    public let name: String
    /// Names of the pattern's variable parts, in order.
    public let parameterNames: [String]
    public let steps: StepList
    public let slotCount: Int
    public let span: SpanTemplate
    /// Halves of a name such as `Spree::HomeController#index`; a name without `#` is all controller.
    let controller: String
    let action: String
    /// Message of the access lines.
    let completionMessage: String

    init(pattern: String, display: String, name: String, parameterNames: [String], steps: StepList, slotCount: Int, span: SpanTemplate) {
        self.pattern = pattern
        self.display = display
        self.name = name
        self.parameterNames = parameterNames
        self.steps = steps
        self.slotCount = slotCount
        self.span = span
        let parts = name.split(separator: "#", maxSplits: 1)
        controller = parts.first.map(String.init) ?? ""
        action = parts.count == 2 ? String(parts[1]) : ""
        completionMessage = Self.completionMessage(action: action)
    }

    static func completionMessage(action: String) -> String { "Completed #\(action.isEmpty ? "request" : action)" }
}

/// Steps that build the answer to a failed request.
public final class ErrorPage {
    public let steps: StepList
    public let slotCount: Int

    init(steps: StepList, slotCount: Int) {
        self.steps = steps
        self.slotCount = slotCount
    }
}

/// Something that a service does by itself, again and again.
public final class BackgroundTask {
    public let name: String
    /// Wait between two runs, and before the first.
    public let interval: Duration
    public let steps: StepList
    public let slotCount: Int

    init(name: String, interval: Duration, steps: StepList, slotCount: Int) {
        self.name = name
        self.interval = interval
        self.steps = steps
        self.slotCount = slotCount
    }
}

/// What a failure is called in the service's language.
public struct ExceptionName {
    public var type: String
    /// With `{host}`, `{port}`, `{message}`; nil keeps the failure's own words.
    public var message: String?
}

/// A service's wiring, compiled: all that answering a request needs.
public final class CompiledService {
    public let identity: ServiceIdentity
    /// Gives positions in `routes`.
    public let router: Router<Int>
    public let routes: [CompiledRoute]
    /// Span of requests that no route answers.
    public let unmatchedSpan: SpanTemplate
    /// Resource of that span.
    let unmatchedResource: SpanText
    /// By status text, and `default`.
    public let errorPages: [String: ErrorPage]
    public let background: [BackgroundTask]
    public let exceptions: [Failure.Kind: ExceptionName]
    /// Sent with every response that does not set them.
    public let standardHeaders: [Headers.Field]
    public let jsonStyle: JSONStyle
    /// View files by the names that `render` uses, where the wiring replaces them.
    public let views: [String: String]
    public let hasRUM: Bool
    public let isReachable: Bool
    public let log: ServiceLogFormat
    public let source: SourcePrinter.Source
    /// Field in which requests bring and answers carry an identifier of the request; nil when the service gives none.
    public let requestIDHeader: String?
    /// What the service counts of its own requests.
    let requestMetrics: [RequestMetric]
    /// Limit of the service's connection pool.
    public let connectionLimit: Int
    /// Position of the service's database.
    public let database: Int?
    /// Indexes by name that the wiring mentions: true must exist, false must not.
    public let indexChanges: [String: Bool]
    /// What the service does with the traces of all services; nil for one that is no collector.
    public let collector: CollectorConfiguration?
    /// Nil where the wiring says nothing of X-Ray.
    let xray: XRayTracing?
    /// How far the clock of the service's machine is ahead, in nanoseconds.
    let clockOffset: Int64
    /// The pods that answer for the service; without it, it simply is there.
    public let deployment: DeploymentSpec?
    /// What a container does when it starts, and when it ends.
    let started: BackgroundTask?
    let ended: BackgroundTask?
    /// Nil where statements run wherever the database is.
    let store: Store?

    init(
        identity: ServiceIdentity, router: Router<Int>, routes: [CompiledRoute], unmatchedSpan: SpanTemplate, unmatchedResource: SpanText, errorPages: [String: ErrorPage],
        background: [BackgroundTask], exceptions: [Failure.Kind: ExceptionName], standardHeaders: [Headers.Field], jsonStyle: JSONStyle,
        views: [String: String], hasRUM: Bool, isReachable: Bool, log: ServiceLogFormat, source: SourcePrinter.Source, requestIDHeader: String?,
        requestMetrics: [RequestMetric], connectionLimit: Int, database: Int?, indexChanges: [String: Bool], collector: CollectorConfiguration?,
        xray: XRayTracing?, clockOffset: Int64, deployment: DeploymentSpec?, started: BackgroundTask?, ended: BackgroundTask?, store: Store?
    ) {
        self.identity = identity
        self.router = router
        self.routes = routes
        self.unmatchedSpan = unmatchedSpan
        self.unmatchedResource = unmatchedResource
        self.errorPages = errorPages
        self.background = background
        self.exceptions = exceptions
        self.standardHeaders = standardHeaders
        self.jsonStyle = jsonStyle
        self.views = views
        self.hasRUM = hasRUM
        self.isReachable = isReachable
        self.log = log
        self.source = source
        self.requestIDHeader = requestIDHeader
        self.requestMetrics = requestMetrics
        self.connectionLimit = connectionLimit
        self.database = database
        self.indexChanges = indexChanges
        self.collector = collector
        self.xray = xray
        self.clockOffset = clockOffset
        self.deployment = deployment
        self.started = started
        self.ended = ended
        self.store = store
    }
}

extension CompiledService {
    func unmatchedResource(of exchange: Exchange, _ status: Int) -> String {
        unmatchedResource.filled(["method": exchange.request.method, "path": exchange.view.path, "status": String(status)])
    }

    /// What the clock of the service's machine shows.
    func clock(at time: Timestamp) -> Timestamp { Timestamp(nanoseconds: time.nanoseconds &+ clockOffset) }
}
