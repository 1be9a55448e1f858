import Base
import Foundation
import HTTP
import Instrumentation
import Packs
import Storefront
import Telemetry

/// Puts the browser monitoring snippet that the host was told to use into pages.
struct PageSnippets: PageProcessor {
    private enum Kind {
        case fixed(Snippet)
        case local(service: String, environment: String, version: String)
    }

    private let kind: Kind

    /// - Returns: Nil when no snippet is wanted.
    /// - Throws: `Problem` for a template file that cannot be used.
    init?(_ rum: HostConfiguration.RUM, pack: Pack, environment: [String: String]) throws {
        var values = environment
        values["DD_SERVICE"] = environment["DD_SERVICE"] ?? pack.rum?.service ?? pack.entry
        values["DD_ENV"] = environment["DD_ENV"] ?? pack.environment
        values["DD_VERSION"] = environment["DD_VERSION"] ?? pack.rum?.version ?? ""
        let hasToken = !(environment["DD_CLIENT_TOKEN"] ?? "").isEmpty
        switch rum {
        case .off: return nil
        case .automatic where hasToken, .datadog: kind = .fixed(.datadog(Snippet.DatadogSettings(environment: values)))
        case .automatic, .local:
            kind = .local(service: values["DD_SERVICE"]!, environment: values["DD_ENV"]!, version: values["DD_VERSION"]!)
        case .template(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Problem("the snippet file cannot be read", at: SourceLocation(file: path, line: 1, column: 1))
            }
            kind = .fixed(try Snippet.template(String(decoding: data, as: UTF8.self), file: path, values: values))
        }
    }

    func apply(to response: inout Response, for request: Request, trace: TraceContext, span: UInt64) {
        let snippet: Snippet
        switch kind {
        case .fixed(let fixed): snippet = fixed
        case .local(let service, let environment, let version):
            let hasTrace = span != 0
            snippet = .local(
                Snippet.LocalSettings(
                    service: service, environment: environment, version: version, path: ShopCore.browserEventsPath, traceID: hasTrace ? trace.trace.hex : "",
                    spanID: hasTrace ? span.hex : ""))
        }
        PageInstrumentation(snippet, fragments: .leave).apply(to: &response, for: request)
    }
}
