import Base
import HTTP
import Telemetry

/// What a service whose wiring speaks of X-Ray does for each request; other services have none of it.
public final class XRayTracing {
    static let propagation = Propagation.defaultInjection + [.amazon]

    private let service: String
    private let settings: XRaySettings

    init(service: String, settings: XRaySettings) {
        self.service = service
        self.settings = settings
    }

    func rules(since time: Timestamp) -> XRayAccount.ServiceRules? {
        settings.sampling.isEmpty ? nil : XRayAccount.ServiceRules(name: service, rules: settings.sampling, since: time)
    }

    /// Decides whether X-Ray gets the trace, unless somebody has.
    func begin(_ context: inout TraceContext, hasCaller: Bool, _ request: Request, _ target: RequestTarget, in shop: ShopCore) {
        shop.recorder.sampling.decide(
            &context, hasCaller: hasCaller,
            TraceSampling.Request(host: request.headers["Host"] ?? "", method: request.method, path: String(target.rawPath)), service: service, rules: settings.sampling,
            at: shop.world.now, metrics: shop.recorder.metrics)
    }

    /// Notes the size of the answer where segments tell it, and sends the trace's header back.
    func finish(_ response: inout Response, of exchange: Exchange) {
        if settings.tellsContentLength { exchange.annotations.append(Attribute(XRaySettings.contentLengthAttribute, .int(response.bodySize))) }
        let isAsked = exchange.request.headers[Propagation.amazonHeader]?.range(ofText: "Sampled=?") != nil
        guard isAsked || settings.answersAlways else { return }
        var answer = "Root=" + exchange.context.trace.amazon
        if isAsked { answer += ";Sampled=" + (exchange.context.isSampledByAmazon ? "1" : "0") }
        response.headers.set(Propagation.amazonHeader, answer)
    }
}

extension CompiledService {
    /// How calls of the service pass its trace on.
    var propagation: [Propagation.Style] { xray == nil ? Propagation.defaultInjection : XRayTracing.propagation }
}
