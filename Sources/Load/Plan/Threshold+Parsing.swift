import Base

extension Threshold {
    /// Reads `METRIC{TAG:VALUE,...}: EXPRESSION`; the braces may be missing.
    public init(_ text: String) throws(ThresholdError) {
        // A name in braces may hold a colon.
        let close = text.firstIndex(of: "}") ?? text.startIndex
        guard let colon = text[close...].firstIndex(of: ":") else {
            throw ThresholdError("a threshold is a metric, a colon and a limit: http_req_duration: p(95)<500")
        }
        try self.init(metric: String(text[..<colon]), expression: String(text[text.index(after: colon)...]))
    }

    /// - Parameters:
    ///   - metric: `http_req_duration{name:home}`.
    ///   - expression: `p(95)<500`.
    public init(metric: String, expression: String) throws(ThresholdError) {
        (self.metric, tags) = try Self.metric(metric)
        let expression = expression.filter { $0 != " " }
        guard let (relation, range) = Self.relation(in: expression) else {
            throw ThresholdError("\"\(expression)\" compares nothing; write, for example, \(Self.example(self.metric))")
        }
        self.relation = relation
        aggregation = try Self.aggregation(String(expression[..<range.lowerBound]), of: self.metric)
        guard let limit = Double(expression[range.upperBound...]), limit.isFinite else {
            throw ThresholdError("\"\(expression[range.upperBound...])\" is not a number")
        }
        self.limit = limit
        self.expression = expression
    }

    private static func metric(_ text: String) throws(ThresholdError) -> (Metric, [Tag]) {
        let text = text.trimmingSpaces()
        let name = String(text.prefix { $0 != "{" }).trimmingSpaces()
        let names = Metric.allCases.map(\.rawValue)
        guard let metric = Metric(rawValue: name) else { throw ThresholdError("no metric is named \"\(name)\"" + suggestion(for: name, among: names)) }
        guard let open = text.firstIndex(of: "{") else { return (metric, []) }
        guard text.hasSuffix("}") else { throw ThresholdError("\"{\" without \"}\" in \"\(text)\"") }
        guard [.trend, .rate, .counter].contains(metric.kind), ![.iterations, .iterationDuration].contains(metric) else {
            throw ThresholdError("\(name) has no tags")
        }
        var tags: [Tag] = []
        for part in text[text.index(after: open)...].dropLast().split(separator: ",") { tags.append(try tag(String(part))) }
        return (metric, tags)
    }

    private static func tag(_ text: String) throws(ThresholdError) -> Tag {
        guard let colon = text.firstIndex(of: ":") else { throw ThresholdError("a tag is NAME:VALUE, not \"\(text)\"") }
        let name = String(text[..<colon]).trimmingSpaces()
        guard tagNames.contains(name) else { throw ThresholdError("no tag is named \"\(name)\"" + suggestion(for: name, among: tagNames)) }
        return Tag(name: name, value: String(text[text.index(after: colon)...]).trimmingSpaces())
    }

    private static func relation(in text: String) -> (Relation, Range<String.Index>)? {
        guard let start = text.firstIndex(where: { "<>=!".contains($0) }) else { return nil }
        for relation in Relation.allCases where text[start...].hasPrefix(relation.rawValue) {
            return (relation, start..<text.index(start, offsetBy: relation.rawValue.count))
        }
        return nil
    }

    private static func aggregation(_ text: String, of metric: Metric) throws(ThresholdError) -> Aggregation {
        let fitting: [String: Aggregation] =
            switch metric.kind {
            case .trend: ["avg": .average, "min": .least, "max": .greatest, "med": .median]
            case .rate: ["rate": .rate]
            case .counter: ["count": .count, "rate": .rate]
            case .gauge: ["value": .value]
            }
        if let aggregation = fitting[text] { return aggregation }
        if metric.kind == .trend, text.hasPrefix("p("), text.hasSuffix(")"), let percent = Double(text.dropFirst(2).dropLast()), (0...100).contains(percent) {
            return .percentile(percent)
        }
        let names = fitting.keys.sorted() + (metric.kind == .trend ? ["p(N)"] : [])
        throw ThresholdError("\(metric.rawValue) has no \"\(text)\"" + suggestion(for: text, among: names))
    }

    private static func example(_ metric: Metric) -> String {
        switch metric.kind {
        case .trend: "p(95)<500"
        case .rate: "rate<0.01"
        case .counter: "count>100"
        case .gauge: "value<100"
        }
    }
}

extension StringProtocol {
    /// Without spaces and tabs around it.
    func trimmingSpaces() -> String {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { String(start[...$0]) } ?? ""
    }
}
