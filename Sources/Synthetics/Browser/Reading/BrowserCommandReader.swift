import Base

/// Reads `params` of a step that a browser carries out.
struct BrowserCommandReader {
    private let params: ObjectReader

    /// Longest pause between two letters that is typed.
    private static let delayLimit = 10_000.0
    private static let waitLimit = 300
    private static let distanceLimit = 100_000

    init(_ params: ObjectReader) { self.params = params }

    /// - Returns: Nil for steps of another kind and when something is missing, which is noted.
    func command(_ kind: BrowserStepKind) -> BrowserCommand? {
        switch kind {
        case .goToUrl: url().map { .goToURL($0) }
        case .refresh: .refresh
        case .click: element().map { .click($0, clickKind(), withScript: params.bool("clickWithJavascript") ?? false) }
        case .typeText: typing()
        case .pressKey: pressing()
        case .selectOption: both(element(), text("value")).map { .selectOption($0, $1) }
        case .hover: element().map { .hover($0) }
        case .scroll: scrolling()
        case .drag: element().map { .drag($0) }
        case .drop: dropping()
        case .wait: waiting()
        default: extraction(kind) ?? assertion(kind)
        }
    }

    private func extraction(_ kind: BrowserStepKind) -> BrowserCommand? {
        switch kind {
        case .extractVariable: both(element(), variable()).map { .extractText($0, pattern: pattern(), into: $1) }
        case .extractFromJavascript: both(code(), variable()).map { .extractFromScript($0, optionalElement(), into: $1) }
        default: nil
        }
    }

    private func assertion(_ kind: BrowserStepKind) -> BrowserCommand? {
        switch kind {
        case .assertCurrentUrl: ValueCheckReader.read(params).map { .assertURL($0) }
        case .assertElementPresent: element().map { .assertPresent($0) }
        case .assertElementContent: both(element(), ValueCheckReader.read(params)).map { .assertContent($0, $1) }
        case .assertElementAttribute: both(element(), both(text("attribute"), ValueCheckReader.read(params))).map { .assertAttribute($0, $1.0, $1.1) }
        case .assertPageContains: text("value").map { .assertPageContains($0) }
        case .assertPageLacks: text("value").map { .assertPageLacks($0) }
        case .assertFromJavascript: code().map { .assertScript($0, optionalElement()) }
        case .assertRequests: requests()
        default: nil
        }
    }

    /// Both were read, so that all mistakes are noted.
    private func both<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
        guard let first, let second else { return nil }
        return (first, second)
    }

    // MARK: Members

    private func element() -> ElementLocator? { ElementReader.read(params) }

    private func optionalElement() -> ElementLocator? { params["element"] == nil ? nil : element() }

    private func text(_ name: String) -> String? {
        let text = params.requiredString(name)
        return text.isEmpty ? nil : text
    }

    private func code() -> String? {
        guard let code = text("code") else { return nil }
        if !code.contains("return") { params.note("\"code\" returns nothing; it is the body of a function and needs \"return\"", at: "code") }
        return code
    }

    private func url() -> String? {
        guard let url = text("value") else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") || url.hasPrefix("{{") else {
            params.note("\"value\" must start with http://, https:// or a variable such as {{ FRONTEND_URL }}", at: "value")
            return nil
        }
        return url
    }

    private func clickKind() -> BrowserCommand.ClickKind { params.choice("clickType", BrowserCommand.ClickKind.self) ?? .primary }

    private func typing() -> BrowserCommand? {
        let delay = Duration.milliseconds(exactly: params.number("delay", in: 0...Self.delayLimit, unit: " milliseconds") ?? 0)
        let appends = params.bool("appendToContent") ?? false
        return both(element(), text("value")).map { .typeText($0, $1, delay: delay, appends: appends) }
    }

    private func pressing() -> BrowserCommand? {
        let modifiers = params.strings("modifiers").enumerated().compactMap { index, name -> Key? in
            if Key.modifierNames.contains(name), let key = Key(name) { return key }
            params.note("\"\(name)\" at \(index) is no modifier\(suggestion(for: name, among: Key.modifierNames))", at: "modifiers")
            return nil
        }
        guard let name = text("value") else { return nil }
        guard let key = Key(name) else {
            params.note("there is no key \"\(name)\"\(suggestion(for: name, among: Key.names))", at: "value")
            return nil
        }
        return .pressKey(key, modifiers: modifiers)
    }

    private func distance(_ name: String, _ reader: ObjectReader) -> Int {
        reader.wholeNumber(name, in: -Self.distanceLimit...Self.distanceLimit, unit: " pixels") ?? 0
    }

    private func scrolling() -> BrowserCommand? {
        if params["element"] == nil, params["x"] == nil, params["y"] == nil { params.missing("element", " (or \"x\" and \"y\")"); return nil }
        return .scroll(optionalElement(), x: distance("x", params), y: distance("y", params))
    }

    private func dropping() -> BrowserCommand? {
        let options = params.object("options", what: "\"options\"", names: ["delay", "offset"])
        let offset = options?.object("offset", what: "\"offset\"", names: ["x", "y"])
        return element().map { .drop($0, x: offset.map { distance("x", $0) } ?? 0, y: offset.map { distance("y", $0) } ?? 0) }
    }

    private func waiting() -> BrowserCommand? {
        if params["value"] == nil { params.missing("value", ": the seconds to wait") }
        return params.wholeNumber("value", in: 0...Self.waitLimit, unit: " seconds").map { .wait(.seconds($0)) }
    }

    private func variable() -> BrowserVariable? {
        guard let reader = params.object("variable", what: "\"variable\"", names: ["example", "id", "name", "secure", "type"]) else {
            if params["variable"] == nil { params.missing("variable", ": {\"name\": \"NAME\"}") }
            return nil
        }
        let name = reader.requiredString("name")
        return name.isEmpty ? nil : BrowserVariable(name: name, isSecure: reader.bool("secure") ?? false)
    }

    /// A regular expression whose first group, or whole match, is taken.
    private func pattern() -> String? {
        guard let reader = params.object("pattern", what: "\"pattern\"", names: ["type", "value"]) else { return nil }
        if let type = reader.string("type"), type != "regex" { reader.note("\"type\" is \"\(type)\"; known: \"regex\"", at: "type") }
        let text = reader.requiredString("value")
        PatternReader.check(text, reader, "value")
        return text
    }

    private func requests() -> BrowserCommand? {
        guard let reader = params.object("requests", what: "\"requests\"", names: ["count", "url"]) else {
            if params["requests"] == nil { params.missing("requests") }
            return nil
        }
        let url = reader.requiredString("url")
        guard let count = reader.object("count", what: "\"count\"", names: ["max", "min", "type", "value"]) else {
            if reader["count"] == nil { reader.missing("count") }
            return nil
        }
        return ValueCheckReader.readCount(count).map { .assertRequests(url: url, count: $0) }
    }
}
