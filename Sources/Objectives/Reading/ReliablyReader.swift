import Base

/// Reads one entity `Objective` of Reliably's manifest.
struct ReliablyReader {
    private let document: JSONNode
    private let mistakes: Mistakes

    init(_ document: JSONNode, _ mistakes: Mistakes) {
        self.document = document
        self.mistakes = mistakes
    }

    func objective() -> Objective? {
        guard let kind = mistakes.text("kind", in: document, of: document, "") else { return nil }
        guard kind.lowercased() == "objective" else {
            mistakes.add("\"kind\" is \"\(kind)\"" + suggestion(for: kind, among: ["Objective"]), at: document["kind"]!.location, "/kind")
            return nil
        }
        let labels = document["metadata"]?["labels"]
        let name = mistakes.text("name", in: labels, of: document, "/metadata/labels")
        let spec = document["spec"]
        let target = mistakes.number("objectivePercent", in: spec, of: document, "/spec")
        let window = mistakes.window("window", in: spec, of: document, "/spec")
        if let target, !(0...100).contains(target) || target == 0 {
            mistakes.add("\"objectivePercent\" must be above 0 and at most 100", at: spec!["objectivePercent"]!.location, "/spec/objectivePercent")
        }
        guard let selector = spec?["indicatorSelector"], selector.members != nil else {
            mistakes.add("\"indicatorSelector\" is missing", at: spec?.location ?? document.location, "/spec")
            return nil
        }
        guard let name, let target, let window else { return nil }
        let pairs = (labels?.members ?? []).map { ($0.name, $0.value.value.text) }
        return Objective(
            name: name, service: labels?["service"]?.string ?? "", indicator: indicator(selector), targetPercent: target, window: window,
            labels: pairs.map { (name: $0.0, value: $0.1) }, stake: stake(Dictionary(pairs, uniquingKeysWith: { first, _ in first })), location: document.location)
    }

    private func indicator(_ selector: JSONNode) -> Indicator {
        if let numerator = selector["datadog_numerator_query"]?.string, let denominator = selector["datadog_denominator_query"]?.string {
            return .datadog(numerator: numerator, denominator: denominator)
        }
        let names = (selector.members ?? []).map(\.name).sorted()
        return .unsupported("its indicator (\(names.joined(separator: ", "))) comes from a provider that cannot be asked here; give datadog_numerator_query and datadog_denominator_query")
    }

    private func stake(_ labels: [String: String]) -> Stake? {
        guard let events = labels["events"], let value = labels["event_value"].flatMap(Double.init) else { return nil }
        return Stake(events: events, value: value, currency: labels["currency"] ?? "USD")
    }
}
