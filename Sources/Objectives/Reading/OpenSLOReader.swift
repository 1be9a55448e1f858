import Base

/// Reads OpenSLO v1 documents, which refer to each other by name.
struct OpenSLOReader {
    private let documents: [JSONNode]
    private let mistakes: Mistakes

    private static let kinds = ["AlertCondition", "AlertNotificationTarget", "AlertPolicy", "DataSource", "SLI", "SLO", "Service"]

    init(_ documents: [JSONNode], _ mistakes: Mistakes) {
        self.documents = documents
        self.mistakes = mistakes
    }

    func objectives() -> [Objective] {
        for document in documents {
            guard let kind = mistakes.text("kind", in: document, of: document, "") else { continue }
            if !Self.kinds.contains(kind) {
                mistakes.add("\"kind\" is \"\(kind)\"" + suggestion(for: kind, among: Self.kinds), at: document["kind"]!.location, "/kind")
            }
        }
        return documents.filter { $0["kind"]?.string == "SLO" }.flatMap(objectives)
    }

    /// A document of a kind by its name.
    private func named(_ name: String, _ kind: String, _ reference: JSONNode, _ pointer: String) -> JSONNode? {
        let candidates = documents.filter { $0["kind"]?.string == kind }
        if let found = candidates.first(where: { $0["metadata"]?["name"]?.string == name }) { return found }
        let names = candidates.compactMap { $0["metadata"]?["name"]?.string }
        mistakes.add("there is no \(kind) named \"\(name)\"" + suggestion(for: name, among: names), at: reference.location, pointer)
        return nil
    }

    private func objectives(_ document: JSONNode) -> [Objective] {
        let spec = document["spec"]
        let name = mistakes.text("name", in: document["metadata"], of: document, "/metadata")
        let title = document["metadata"]?["displayName"]?.string ?? name ?? ""
        let windows = spec?["timeWindow"]?.array ?? []
        if windows.count != 1 { mistakes.add("\"timeWindow\" must have exactly one item", at: spec?["timeWindow"]?.location ?? document.location, "/spec/timeWindow") }
        let window = mistakes.window("duration", in: windows.first, of: document, "/spec/timeWindow/0")
        let alerts = alerts(spec)
        guard let targets = spec?["objectives"]?.array, !targets.isEmpty else {
            mistakes.add("\"objectives\" is missing", at: spec?.location ?? document.location, "/spec")
            return []
        }
        return targets.enumerated().compactMap { index, node in
            let pointer = "/spec/objectives/\(index)"
            guard let target = target(node, pointer), let window, let indicator = indicator(node["indicator"] ?? spec?["indicator"], spec, document) else { return nil }
            let part = targets.count > 1 ? node["displayName"]?.string.map { ": \($0)" } ?? ": \(index + 1)" : ""
            return Objective(
                name: title + part, service: spec?["service"]?.string ?? "", indicator: indicator, targetPercent: target, window: window, alerts: alerts,
                stake: stake(document["metadata"]?["annotations"]), location: node.location)
        }
    }

    private func target(_ node: JSONNode, _ pointer: String) -> Double? {
        let isPercent = node["targetPercent"] != nil
        let name = isPercent ? "targetPercent" : "target"
        guard let number = mistakes.number(name, in: node, of: node, pointer) else { return nil }
        guard number >= 0, number < (isPercent ? 100 : 1) else {
            mistakes.add("\"\(name)\" must be at least 0 and below \(isPercent ? 100 : 1)", at: node[name]!.location, "\(pointer)/\(name)")
            return nil
        }
        // 0.99 × 100 is a little less than 99 in binary.
        return isPercent ? number : (number * 1e8).rounded() / 1e6
    }

    private func indicator(_ inline: JSONNode?, _ spec: JSONNode?, _ document: JSONNode) -> Indicator? {
        var spelled = inline?["spec"]
        if spelled == nil {
            guard let reference = spec?["indicatorRef"], let name = reference.string else {
                mistakes.add("neither \"indicator\" nor \"indicatorRef\" is there", at: spec?.location ?? document.location, "/spec")
                return nil
            }
            guard let found = named(name, "SLI", reference, "/spec/indicatorRef") else { return nil }
            spelled = found["spec"]
        }
        guard let ratio = spelled?["ratioMetric"] else {
            return .unsupported("only indicators with \"ratioMetric\" are measured here")
        }
        guard let total = query(ratio["total"]) else {
            mistakes.add("\"ratioMetric\" needs \"total\" with a query", at: ratio.location, "/spec/ratioMetric")
            return nil
        }
        let (good, bad) = (query(ratio["good"]), query(ratio["bad"]))
        guard (good == nil) != (bad == nil) else {
            mistakes.add("\"ratioMetric\" needs either \"good\" or \"bad\" with a query", at: ratio.location, "/spec/ratioMetric")
            return nil
        }
        return made(good?.text, bad?.text, total, ratio)
    }

    private struct Query {
        var text: String
        var type: String
        var url: String?
    }

    private func made(_ good: String?, _ bad: String?, _ total: Query, _ ratio: JSONNode) -> Indicator {
        switch total.type.lowercased() {
        case "datadog":
            return .datadog(numerator: good ?? "(\(total.text)) - (\(bad ?? "0"))", denominator: total.text)
        case "prometheus", "":
            let isCounter = ratio["counter"]?.value == true
            return .prometheus(PrometheusRatio(good: good, bad: bad, total: total.text, isCounter: isCounter, serverURL: total.url))
        default: return .unsupported("metrics of \(total.type) cannot be asked here, only Prometheus and Datadog")
        }
    }

    private func query(_ node: JSONNode?) -> Query? {
        guard let source = node?["metricSource"], let text = (source["spec"]?["query"] ?? source["spec"]?["metricQuery"])?.string else { return nil }
        var (type, url) = (source["type"]?.string, source["connectionDetails"]?["url"]?.string)
        if let reference = source["metricSourceRef"], let name = reference.string, let found = named(name, "DataSource", reference, "/spec/metricSourceRef") {
            type = type ?? found["spec"]?["type"]?.string
            url = url ?? found["spec"]?["connectionDetails"]?["url"]?.string
        }
        return Query(text: text, type: type ?? "", url: url)
    }

    private func alerts(_ spec: JSONNode?) -> [BurnRateAlert] {
        (spec?["alertPolicies"]?.array ?? []).enumerated().compactMap { index, entry in
            let pointer = "/spec/alertPolicies/\(index)"
            guard let reference = entry["alertPolicyRef"], let name = reference.string else { return nil }
            guard let policy = named(name, "AlertPolicy", reference, pointer) else { return nil }
            guard let condition = policy["spec"]?["conditions"]?.array?.first?["conditionRef"], let conditionName = condition.string,
                let found = named(conditionName, "AlertCondition", condition, pointer)
            else { return nil }
            let rule = found["spec"]?["condition"]
            guard let factor = mistakes.number("threshold", in: rule, of: found, "/spec/condition"),
                let long = mistakes.window("lookbackWindow", in: rule, of: found, "/spec/condition")
            else { return nil }
            return BurnRateAlert(name: name, severity: found["spec"]?["severity"]?.string ?? "page", factor: factor, long: long, short: long / 12)
        }
    }

    private func stake(_ annotations: JSONNode?) -> Stake? {
        guard let events = annotations?["events"]?.string, let value = annotations?["event_value"]?.value.number else { return nil }
        return Stake(events: events, value: value, currency: annotations?["currency"]?.string ?? "USD")
    }
}
