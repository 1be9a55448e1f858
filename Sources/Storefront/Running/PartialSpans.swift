import Base
import Telemetry
import Templates

/// Spans of the partials of one page. A partial's template is made when its name first comes up, since names may depend on the data.
public final class PartialSpans {
    /// The page's own view: its layout includes it as it includes partials, but it is what the page's own span is about.
    private let page: String
    private let make: (_ view: String) -> SpanTemplate
    private var templates: [String: SpanTemplate] = [:]

    init(page: String, _ make: @escaping (_ view: String) -> SpanTemplate) {
        self.page = page
        self.make = make
    }

    fileprivate func template(of view: String) -> SpanTemplate? {
        guard view != page else { return nil }
        if let known = templates[view] { return known }
        let template = make(view)
        templates[view] = template
        return template
    }
}

/// Records the partials of one rendering.
final class PartialRecorder: RenderObserver {
    private struct Open {
        var template: SpanTemplate?
        var id: UInt64
        var parent: UInt64
        var start: Timestamp
    }

    private let exchange: Exchange
    private let spans: PartialSpans
    private var open: [Open] = []

    init(_ exchange: Exchange, _ spans: PartialSpans) {
        self.exchange = exchange
        self.spans = spans
    }

    func willRender(partial view: String) {
        let template = spans.template(of: view)
        let parent = exchange.currentSpan
        let id = template == nil ? parent : exchange.world.identifier()
        open.append(Open(template: template, id: id, parent: parent, start: exchange.world.now))
        exchange.currentSpan = id
    }

    func didRender(failure: TemplateError?) {
        guard let ended = open.popLast() else { return }
        exchange.currentSpan = ended.parent
        guard let template = ended.template else { return }
        exchange.record(template, id: ended.id, from: ended.start, error: failure.map { exchange.spanError($0) })
    }
}
