import Base

/// What tail sampling has kept, for people.
enum CollectorReport {
    static func text(_ report: Value) -> String {
        var text = (report["pipelines"]?.elements ?? []).map(pipeline).joined()
        if let missed = report["missedSpans"]?.integer, missed > 0 { text += "\(missed) spans were recorded too fast to be read\n" }
        return text
    }

    private static func pipeline(_ pipeline: Value) -> String {
        let name = Terminal.bold(pipeline["name"]?.text ?? "")
        let handedOn = pipeline["handedOnSpans"]?.text ?? "0"
        guard let policies = pipeline["policies"]?.elements else { return "\(name)  hands every span on\n" }
        func count(_ field: String) -> Int { pipeline[field]?.integer ?? 0 }
        var text = "\(name)  \(count("received")) traces, \(count("sampled")) kept, \(count("notSampled")) not, "
        text += "\(count("droppedTooEarly")) forgotten undecided; \(handedOn) spans handed on, \(count("lateSpans")) came late\n"
        let rows = policies.map { policy -> [String] in
            let sampled = policy["sampled"]?.integer ?? 0
            let asked = sampled + (policy["notSampled"]?.integer ?? 0) + (policy["dropped"]?.integer ?? 0)
            return [
                "  " + (policy["name"]?.text ?? ""), policy["type"]?.text ?? "", "\(sampled)", share(sampled, of: asked), policy["sampledSpans"]?.text ?? "", policy["alone"]?.text ?? "",
                policy["dropped"]?.text ?? "",
            ]
        }
        return text + Terminal.table([["  policy", "type", "kept", "share", "spans", "alone", "dropped"]] + rows)
    }

    private static func share(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "-" : "\((1_000 * part / whole + 5) / 10) %"
    }
}
