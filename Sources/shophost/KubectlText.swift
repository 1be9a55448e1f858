import Base

/// Writes objects of a cluster as kubectl does.
enum KubectlText {
    static func pods(_ pods: [Value], isWide: Bool) -> String {
        let heads = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"] + (isWide ? ["IP", "NODE"] : [])
        return table(
            [heads]
                + pods.map { pod in
                    [text(pod, "name"), ready(pod), text(pod, "status"), restarts(pod), age(pod, "ageSeconds")]
                        + (isWide ? [text(pod, "address"), text(pod, "node")] : [])
                })
    }

    static func deployments(_ deployments: [Value]) -> String {
        table(
            [["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]]
                + deployments.map { [text($0, "name"), "\(text($0, "ready"))/\(text($0, "replicas"))", text($0, "upToDate"), text($0, "available"), age($0, "ageSeconds")] })
    }

    static func events(_ events: [Value]) -> String {
        table(
            [["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]]
                + events.map { event in
                    let count = event["count"]?.integer ?? 1
                    let seen = age(event, "lastSeconds") + (count > 1 ? " (x\(count) over \(age(event, "firstSeconds")))" : "")
                    return [seen, text(event, "type"), text(event, "reason"), text(event, "object"), text(event, "message")]
                })
    }

    static func autoscalers(_ scalers: [Value]) -> String {
        table(
            [["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]]
                + scalers.map {
                    [
                        text($0, "name"), "Deployment/\(text($0, "deployment"))", text($0, "targets"), text($0, "minimum"), text($0, "maximum"), text($0, "replicas"),
                        age($0, "ageSeconds"),
                    ]
                })
    }

    static func top(_ pods: [Value]) -> String {
        table([["NAME", "CPU(cores)", "MEMORY(bytes)"]] + pods.filter { $0["isMeasured"] == true }.map { [text($0, "name"), text($0, "cpu"), text($0, "memory")] })
    }

    static func description(of pod: Value, namespace: String, events: [Value]) -> String {
        let name = text(pod, "name")
        let container = text(pod, "deployment")
        let status = text(pod, "status")
        var rows = [
            ("Name:", name), ("Namespace:", namespace), ("Node:", text(pod, "node")), ("Labels:", "name=\(container)"), ("Status:", status == "Pending" ? status : "Running"), ("IP:", text(pod, "address")),
            ("Containers:", ""), ("  \(container):", ""), ("    Image:", text(pod, "image")),
            ("    State:", ["Running", "Terminating"].contains(status) ? "Running" : "Waiting"),
        ]
        if rows[rows.count - 1].1 == "Waiting" { rows.append(("      Reason:", status)) }
        if let last = pod["lastState"], !last.isNull {
            rows += [
                ("    Last State:", "Terminated"), ("      Reason:", text(last, "reason")), ("      Exit Code:", text(last, "exitCode")),
                ("      Started:", text(last, "startedAt")), ("      Finished:", text(last, "finishedAt")),
            ]
        }
        rows += [("    Ready:", pod["ready"] == true ? "True" : "False"), ("    Restart Count:", text(pod, "restarts"))]
        for (title, key) in [("    Limits:", "limits"), ("    Requests:", "requests")] {
            let amounts = ["cpu", "memory"].compactMap { name in (pod[key]?[name]).map { ("      \(name):", $0.text) } }
            if !amounts.isEmpty { rows += [(title, "")] + amounts }
        }
        return list(rows) + self.events(of: "pod/" + name, events)
    }

    static func description(ofAutoscaler scaler: Value, namespace: String, events: [Value]) -> String {
        let name = text(scaler, "name")
        let window = text(scaler, "scaleDownWindowSeconds")
        let rows = [
            ("Name:", name), ("Namespace:", namespace), ("CreationTimestamp:", text(scaler, "createdAt")), ("Reference:", "Deployment/" + text(scaler, "deployment")),
            ("Metrics:", "( current / target )"),
            ("  Resource \(text(scaler, "metric")) on pods:", text(scaler, "targets").split(separator: "/").joined(separator: " / ")),
            ("Min replicas:", text(scaler, "minimum")), ("Max replicas:", text(scaler, "maximum")), ("Behavior:", ""), ("  Scale Up:", ""),
            ("    Stabilization Window:", "0 seconds"), ("    Select Policy:", "Max"), ("    Policies:", ""), ("      - Type: Pods", "Value: 4    Period: 15 seconds"),
            ("      - Type: Percent", "Value: 100  Period: 15 seconds"), ("  Scale Down:", ""), ("    Stabilization Window:", window + " seconds"),
            ("Deployment pods:", "\(text(scaler, "pods")) current / \(text(scaler, "replicas")) desired"),
        ]
        let conditions = (scaler["conditions"]?.elements ?? []).map { [text($0, "type"), text($0, "status"), text($0, "reason"), text($0, "message")] }
        return list(rows) + "Conditions:\n" + indented(table([["Type", "Status", "Reason", "Message"]] + conditions)) + self.events(of: "horizontalpodautoscaler/" + name, events)
    }

    private static func events(of object: String, _ events: [Value]) -> String {
        let own = events.filter { text($0, "object") == object }
        return "Events:\n" + (own.isEmpty ? "  <none>\n" : indented(self.events(own)))
    }

    private static func list(_ rows: [(String, String)]) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { $0.1.isEmpty ? $0.0 + "\n" : $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 + "\n" }.joined()
    }

    private static func indented(_ text: String) -> String { text.split(separator: "\n").map { "  \($0)\n" }.joined() }

    // MARK: Cells

    private static func text(_ object: Value, _ name: String) -> String { object[name]?.text ?? "" }

    private static func age(_ object: Value, _ name: String) -> String { duration(seconds: object[name]?.integer ?? 0) }

    private static func ready(_ pod: Value) -> String { pod["ready"] == true ? "1/1" : "0/1" }

    private static func restarts(_ pod: Value) -> String {
        guard let last = pod["lastState"], !last.isNull, pod["restarts"]?.integer ?? 0 > 0 else { return text(pod, "restarts") }
        return "\(text(pod, "restarts")) (\(age(last, "agoSeconds")) ago)"
    }

    /// As kubectl shortens durations (apimachinery, util/duration, HumanDuration).
    static func duration(seconds: Int) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        func both(_ first: Int, _ unit: String, _ second: Int, _ lesser: String) -> String { "\(first)\(unit)" + (second == 0 ? "" : "\(second)\(lesser)") }
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return both(minutes, "m", seconds % 60, "s")
        case ..<10_800: return "\(minutes)m"
        case ..<28_800: return both(hours, "h", minutes % 60, "m")
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return both(days, "d", hours % 24, "h")
        default: return "\(days)d"
        }
    }

    /// Columns three blanks apart, as kubectl prints them.
    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { $0 == row.count - 1 ? $1 : $1 + String(repeating: " ", count: widths[$0] - $1.count + 3) }.joined() + "\n"
        }.joined()
    }
}
