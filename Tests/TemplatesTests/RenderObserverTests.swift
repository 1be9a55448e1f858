import Base
import Templates
import Testing

@Suite struct RenderObserverTests {
    private final class Listener: RenderObserver {
        var heard: [String] = []
        func willRender(partial name: String) { heard.append("+" + name) }
        func didRender(failure: TemplateError?) { heard.append(failure.map { "!" + $0.name } ?? "-") }
    }

    private func heard(_ views: [String: String], _ model: Value) throws -> [String] {
        let set = try TemplateSet(sources: views.map { .init(name: $0.key, file: $0.key, text: Array($0.value.utf8)) })
        let listener = Listener()
        _ = try? set.render("page", with: model, observer: listener)
        return listener.heard
    }

    @Test func `partials are told in their order and nesting, once for each time`() throws {
        let views = ["page": "{{> top}}{{#list}}{{> item}}{{/list}}{{>*view}}", "top": "a{{> inner}}", "inner": "b", "item": "c", "end": "d"]
        #expect(try heard(views, .object(["list": .list([1, 2]), "view": "end"])) == ["+top", "+inner", "-", "-", "+item", "-", "+item", "-", "+end", "-"])
    }

    @Test func `a failing partial and those around it are told as failed, those behind it not at all`() throws {
        let views = ["page": "{{> outer}}{{> next}}", "outer": "{{> inner}}", "inner": "{{missing}}", "next": ""]
        #expect(try heard(views, .object([:])) == ["+outer", "+inner", "!missing", "!missing"])
    }
}
