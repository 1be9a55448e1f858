import Base
import HTTP
import Storefront
import Telemetry

/// HTML pages from the pack's views.
public struct PagesHandler: Handler {
    public let name = "pages"
    public let summary = "HTML pages from the pack's Mustache views."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "render", "Answers with a page made from a view.",
                options: [
                    OptionDeclaration("view", .view, "the view, for example `home/index`", required: true),
                    OptionDeclaration("layout", .view, "the view around it, which includes it by `{{>*content}}`"),
                    OptionDeclaration("model", .shape, "what the views may use; a missing name fails the request", required: true),
                    OptionDeclaration("status", .expression, "status code", default: 200),
                    OptionDeclaration("headers", .map(.text), "header fields"),
                    OptionDeclaration("etag", .boolean, "adds an entity tag and answers 304 to who has it", default: false),
                ]
            ) { RenderPage($0) }
        ]
    }
}

final class RenderPage: Operation {
    private let view: String
    private let layout: String?
    private let model: Shape
    private let status: Expression
    private let headers: [(name: String, text: TextTemplate)]
    private let hasETag: Bool
    private let span: SpanTemplate
    private let partials: PartialSpans?

    init(_ options: StepOptions) {
        view = options.word("view") ?? ""
        layout = options.word("layout")
        model = options.shape("model") ?? .constant(.null)
        status = options.expression("status") ?? .literal(200)
        headers = options.texts("headers")
        hasETag = options.boolean("etag") ?? false
        span = options.span(
            .template, resource: view + ".mustache", facts: ["view": view + ".mustache", "layout": layout.map { $0 + ".mustache" } ?? ""])
        partials = options.partialSpans(ofPage: view)
    }

    func run(_ exchange: Exchange) async throws -> Value {
        var data = try model.value(exchange)
        if layout != nil, let record = data.fields {
            data = .record(Record(zip(record.layout.names, record.values).map { ($0, $1) } + [("content", .string(view))]))
        }
        let html = try await exchange.span(span) { try exchange.render(layout ?? view, data, partials: partials) }
        var response = Response(
            status: try status.evaluate(exchange).integer ?? 200, headers: ["Content-Type": "text/html; charset=utf-8"], body: html)
        for (name, text) in headers { response.headers.add(name, try text.text(exchange)) }
        if hasETag { response.answerConditionally(to: exchange.request) }
        exchange.response = response
        return .null
    }
}
