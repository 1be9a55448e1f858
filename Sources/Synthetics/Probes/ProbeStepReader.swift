import Base

/// Reads one step of a probe's visit.
struct ProbeStepReader {
    private let mistakes: MistakeList

    init(_ mistakes: MistakeList) { self.mistakes = mistakes }

    static let names = ["atOnce", "keep", "name", "note", "pauseMilliseconds", "request", "telemetry", "times", "values", "waitSeconds"]
    static let keepNames = ["body", "header", "json"]
    /// Requests of one step; a day of waiting.
    static let timesRange = 1...1_000
    static let waitRange = 1...86_400
    static let pauseRange = 1...60_000

    func step(_ node: JSONNode, at pointer: String) -> ProbeStep? {
        guard let reader = ObjectReader(node, at: pointer, what: "a step", names: Self.names, mistakes: mistakes) else { return nil }
        let name = reader.requiredString("name")
        guard let action = action(reader) else { return nil }
        let isAtOnce = reader.bool("atOnce") ?? false
        if isAtOnce, reader["times"] == nil || reader["pauseMilliseconds"] != nil || reader["waitSeconds"] != nil {
            reader.note("\"atOnce\" goes with a request and \"times\", without a pause", at: "atOnce")
        }
        return ProbeStep(
            name: name, action: action, times: reader.wholeNumber("times", in: Self.timesRange) ?? 1,
            pause: .milliseconds(reader.wholeNumber("pauseMilliseconds", in: Self.pauseRange, unit: " milliseconds") ?? 0), isAtOnce: isAtOnce,
            values: reader.list("values").enumerated().compactMap { ProbeValueReader(mistakes).value($1, at: "\(reader.path("values"))/\($0)") },
            kept: kept(reader), telemetry: reader.strings("telemetry"), location: node.location)
    }

    private func action(_ reader: ObjectReader) -> ProbeStep.Action? {
        switch (reader["request"], reader["waitSeconds"]) {
        case (let request?, nil):
            let options = OptionsReader(reader)
            guard let reader = RequestReader(request, at: reader.path("request"), options: options, mistakes: mistakes) else { return nil }
            var request = reader.request()
            request.persistsCookies = true
            return .request(request)
        case (nil, .some): return reader.wholeNumber("waitSeconds", in: Self.waitRange, unit: " seconds").map { .wait(.seconds($0)) }
        case (nil, nil): reader.missing("request", " (or \"waitSeconds\")")
        case (.some, .some): reader.note("a step either sends a request or waits", at: "waitSeconds")
        }
        return nil
    }

    private func kept(_ reader: ObjectReader) -> [Extraction] {
        guard let node = reader["keep"] else { return [] }
        guard let members = node.members else {
            reader.note("\"keep\" must be an object, not \(node.kindName)", at: "keep")
            return []
        }
        return members.compactMap { member in
            let pointer = reader.path("keep") + "/" + member.name.pointerToken
            guard let source = ObjectReader(member.value, at: pointer, what: "a kept value", names: Self.keepNames, mistakes: mistakes) else { return nil }
            return extraction(member.name, source)
        }
    }

    private func extraction(_ name: String, _ reader: ObjectReader) -> Extraction? {
        if reader["json"] != nil {
            return ExpressionReader.read(JSONPath.self, reader, "json").map { Extraction(name: name, source: .body, parser: .jsonPath($0), isSecure: false) }
        }
        if reader["body"] != nil {
            return ExpressionReader.read(CheckPattern.self, reader, "body").map { Extraction(name: name, source: .body, parser: .regex($0), isSecure: false) }
        }
        guard reader["header"] != nil else { reader.missing("json", " (or \"body\", or \"header\")"); return nil }
        return Extraction(name: name, source: .header(reader.requiredString("header")), parser: .raw, isSecure: false)
    }
}
