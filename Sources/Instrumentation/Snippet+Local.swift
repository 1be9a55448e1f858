import Base

extension Snippet {
    /// What the local script sends along with its events.
    public struct LocalSettings: Sendable, Equatable {
        public var service: String
        public var environment: String
        public var version: String
        /// Path on the page's own origin that takes the events.
        public var path: String
        /// Identifiers of the server's trace of this page, as hexadecimal text, so that the page view can be linked to it. Empty without a trace.
        public var traceID: String
        public var spanID: String

        public init(
            service: String, environment: String = "", version: String = "", path: String = "/rum/events", traceID: String = "", spanID: String = ""
        ) {
            self.service = service
            self.environment = environment
            self.version = version
            self.path = path
            self.traceID = traceID
            self.spanID = spanID
        }
    }

    /// Our own script: page views, web vitals, resource timings, errors and clicks, sent to the page's own origin. Needs no network.
    ///
    /// Body of a `POST` to the path: one JSON object as `text/plain`,
    /// `{"session", "service", "env", "version", "trace_id", "span_id", "view": {"id", "url", "referrer", "title"}, "events": [...]}`. Each event has `type`
    /// and `date` (milliseconds since 1970). Durations are milliseconds.
    ///
    /// | `type` | further names |
    /// |---|---|
    /// | `view` | `load`, `dom` since the start of the navigation |
    /// | `vital` | `name`: `TTFB`, `FCP`, `LCP`, `CLS` (a number without unit), `INP`; `value` |
    /// | `resource` | `url`, `kind`, `start`, `duration`, `size` in bytes, `status` (0 where the browser hides it) |
    /// | `error` | `message`, `stack`, `source` |
    /// | `action` | `name`: the text or label of what was clicked, `target`: its element and id; never the content of a field |
    public static func local(_ settings: LocalSettings) -> Snippet {
        let values = [
            settings.path, settings.service, settings.environment, settings.version, settings.traceID, settings.spanID,
        ]
        let call = "(" + values.map(ScriptText.quoted).joined(separator: ",") + ");"
        return Snippet([.inline(LocalScript.compact + call)], marker: LocalScript.opening)
    }
}
