import Base

extension Grade {
    /// As JSON.
    ///
    /// - Parameter namesFaults: For trainers; a learner must not read what was done to the shop.
    public func value(namesFaults: Bool) -> Value {
        .object([
            "pack": .string(pack), "fixed": .bool(isFixed),
            "problems": .list(
                problems.map { problem in
                    let names: [(String, Value)] = namesFaults ? [("fault", .string(problem.fault)), ("title", .string(problem.title))] : []
                    return .record(Record(names + [("fixed", .bool(problem.isFixed)), ("reasons", .list(problem.reasons.map(\.value)))]))
                }),
            "reasons": .list(reasons.map(\.value)), "filesWithoutEffect": .list(filesWithoutEffect.map { .string($0) }),
        ])
    }

    /// For people; the first line is the verdict.
    public func text(namesFaults: Bool) -> String {
        var lines = [isFixed ? "fixed" : "not fixed"]
        if isEmpty { lines.append("nothing was handed in: no service and no view differs from the pack's") }
        if problems.isEmpty { lines.append("there was nothing to fix") }
        for (index, problem) in problems.enumerated() {
            let name = namesFaults ? "\(problem.fault) (\(problem.title))" : "problem \(index + 1) of \(problems.count)"
            lines.append("  \(name): \(problem.isFixed ? "fixed" : "not fixed")")
            lines += Self.lines(problem.reasons)
        }
        if !reasons.isEmpty { lines += ["  besides:"] + Self.lines(reasons) }
        for file in filesWithoutEffect { lines.append("\(file) differs from the pack's and has no effect: the pack's own counts") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One cause shows in many places; the first say enough.
    private static let shownReasons = 8

    private static func lines(_ reasons: [Reason]) -> [String] {
        let shown = reasons.prefix(shownReasons).map { "    \($0.sentence)" }
        return reasons.count > shownReasons ? shown + ["    and \(reasons.count - shownReasons) more"] : shown
    }
}

extension Grade.Reason {
    public var value: Value { .object(["kind": .string(kind), "sentence": .string(sentence)]) }
}
