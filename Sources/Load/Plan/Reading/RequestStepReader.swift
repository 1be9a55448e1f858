import Base
import HTTP

/// Reads a request of a journey.
struct RequestStepReader {
    let journey: Journey
    let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    /// Beside `request`.
    static let keys = [
        "name", "service", "headers", "query", "body", "json", "form", "hidden", "basic", "timeoutMilliseconds", "redirects", "version", "expect",
        "bodyContains", "bodyLacks", "limitMilliseconds", "limitMessage", "take", "onFailure",
    ]
    private static let bodies = ["body", "json", "form"]
    private static let longestTimeout = 3_600_000
    static let versions: [(name: String, version: ClientRequest.Version)] = [("1.0", .http1_0), ("1.1", .http1_1), ("2", .http2)]

    func read(_ node: JSONNode, pointer: String) -> RequestStep? {
        let request = RequestStep()
        guard let (method, path) = line(node, pointer: pointer) else { return nil }
        request.method = method
        request.path = names.text(JSONNode(.string(path), at: node["request"]!.location), pointer: pointer + "/request") ?? SlotText("/")
        let name = diagnostics.string("name", in: node, pointer: pointer) ?? String(path.prefix { $0 != "?" })
        request.entry = journey.entry(method, name)
        request.service = names.service(in: node, pointer: pointer).map { journey.service($0) }
        request.headers = names.texts("headers", in: node, pointer: pointer)
        request.query = names.texts("query", in: node, pointer: pointer)
        request.body = body(node, pointer: pointer)
        request.basic = basic(node, pointer: pointer)
        readSending(node, pointer, into: request)
        readExpectations(node, pointer, into: request)
        request.takes = node["take"].map { TakeReader(names: names).read($0, pointer: pointer + "/take") } ?? []
        return request
    }

    /// The parts of `GET /products/{slug}`; a full URL may stand in the place of the path.
    private func line(_ node: JSONNode, pointer: String) -> (method: String, path: String)? {
        guard let text = diagnostics.string("request", in: node, pointer: pointer) else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        let isMethod = parts.first.map { word in !word.isEmpty && word.utf8.allSatisfy { (65...90).contains($0) } } ?? false
        guard parts.count == 2, isMethod, parts[1].hasPrefix("/") || parts[1].hasPrefix("{") || parts[1].hasPrefix("http://") || parts[1].hasPrefix("https://")
        else {
            diagnostics.report(
                "a request is a method and a path, such as \"GET /products/{slug}\", not \"\(text)\"", at: node["request"]!.location, pointer: pointer + "/request")
            return nil
        }
        return (parts[0], parts[1])
    }

    private func readSending(_ node: JSONNode, _ pointer: String, into request: RequestStep) {
        if let limit = diagnostics.integer("timeoutMilliseconds", in: node, pointer: pointer, range: 1...Self.longestTimeout) {
            request.timeout = .milliseconds(limit)
        }
        request.followsRedirects = diagnostics.boolean("redirects", in: node, pointer: pointer) ?? true
        if let version = diagnostics.choice("version", in: node, pointer: pointer, among: Self.versions.map(\.name)) {
            request.version = Self.versions.first { $0.name == version }?.version
        }
    }

    private func readExpectations(_ node: JSONNode, _ pointer: String, into request: RequestStep) {
        if let expect = node["expect"], let set = ConditionReader.statuses(expect, pointer: pointer + "/expect", diagnostics) { request.expected = set }
        request.bodyContains = names.text("bodyContains", in: node, pointer: pointer)
        request.bodyLacks = names.text("bodyLacks", in: node, pointer: pointer)
        let message = diagnostics.string("limitMessage", in: node, pointer: pointer)
        if let limit = diagnostics.integer("limitMilliseconds", in: node, pointer: pointer, range: 1...Self.longestTimeout) {
            request.limit = (.milliseconds(limit), message ?? "Slow response")
        } else if message != nil {
            diagnostics.report("\"limitMessage\" goes with \"limitMilliseconds\"", at: node["limitMessage"]!.location, pointer: pointer + "/limitMessage")
        }
        let failing = diagnostics.choice("onFailure", in: node, pointer: pointer, among: RequestStep.Failing.allCases.map(\.rawValue))
        request.failing = failing.flatMap(RequestStep.Failing.init) ?? .goOn
    }

    // MARK: Body

    private func body(_ node: JSONNode, pointer: String) -> RequestStep.Body {
        let given = Self.bodies.filter { node[$0] != nil }
        if given.count > 1 {
            let two = given.prefix(2).map { "\"\($0)\"" }.joined(separator: " and ")
            diagnostics.report("a request has one body; this one has \(two)", at: node.location, pointer: pointer)
        }
        if node["hidden"] != nil, given.first != "form" {
            diagnostics.report("\"hidden\" goes with \"form\"", at: node["hidden"]!.location, pointer: pointer + "/hidden")
        }
        switch given.first {
        case "body": return names.text("body", in: node, pointer: pointer).map { .text($0) } ?? .none
        case "json": return .json(names.json(node["json"]!, pointer: pointer + "/json"))
        case "form": return form(node, pointer: pointer)
        default: return .none
        }
    }

    private func form(_ node: JSONNode, pointer: String) -> RequestStep.Body {
        let place = pointer + "/form"
        var fields: [(name: SlotText, value: SlotText)] = []
        for member in diagnostics.members(of: node["form"]!, pointer: place) {
            let pointer = place + "/" + member.name.pointerToken
            // Numbers are written as they are in forms, too.
            let value = member.value.string == nil && member.value.array == nil && member.value.members == nil ? JSONNode(.string(member.value.value.text), at: member.value.location) : member.value
            guard let name = names.text(JSONNode(.string(member.name), at: member.nameLocation), pointer: pointer), let text = names.text(value, pointer: pointer) else { continue }
            fields.append((name, text))
        }
        let hidden = diagnostics.string("hidden", in: node, pointer: pointer).flatMap { names.slot($0, at: node["hidden"]!, pointer: pointer + "/hidden") }
        return .form(fields, hidden: hidden)
    }

    private func basic(_ node: JSONNode, pointer: String) -> (user: SlotText, password: SlotText)? {
        guard let value = node["basic"] else { return nil }
        let place = pointer + "/basic"
        guard let elements = value.array, elements.count == 2 else { return diagnostics.wrong(value, "a list of user and password", place) }
        guard let user = names.text(elements[0], pointer: place + "/0"), let password = names.text(elements[1], pointer: place + "/1") else { return nil }
        return (user, password)
    }
}
