import Base

/// What a replay would do, without sending anything: GoReplay's `--input-file-dry-run`.
public struct ReplayDryRun: Sendable, Equatable {
    public private(set) var records = 0
    /// Meta lines and messages, without separators.
    public private(set) var bytes = 0
    public private(set) var longestWait = Duration.zero
    public private(set) var shortestWait = Duration.zero
    public private(set) var firstWait = Duration.zero
    public private(set) var totalWait = Duration.zero
    public private(set) var outOfOrder = 0
    public private(set) var problems: [RecordingProblem] = []

    /// Reads a recording to its end.
    public static func read(_ source: any RecordingSource, speed: Double?, longestWait: Duration?) async throws -> ReplayDryRun {
        var run = ReplayDryRun()
        var pacer = ReplayPacer(speed: speed, longestWait: longestWait)
        var last: (time: Timestamp, offset: Duration)?
        try await source.open()
        while true {
            let batch = try await source.nextBatch()
            if batch.isEmpty { return run }
            for item in batch { run.note(item, &pacer, &last) }
        }
    }

    private mutating func note(_ item: RecordingItem, _ pacer: inout ReplayPacer, _ last: inout (time: Timestamp, offset: Duration)?) {
        guard let time = item.time else {
            if case .problem(let problem) = item { problems.append(problem) }
            return
        }
        records += 1
        bytes += Self.size(of: item)
        let offset = pacer.offset(of: time)
        guard let before = last else {
            last = (time, offset)
            return
        }
        guard time >= before.time else { outOfOrder += 1; return }
        last = (time, offset)
        let wait = offset - before.offset
        // FIDELITY: the original takes the first wait before the speed, and the first that is not zero.
        if firstWait == .zero { firstWait = time - before.time }
        shortestWait = totalWait == .zero && longestWait == .zero && records == 2 ? wait : min(shortestWait, wait)
        longestWait = max(longestWait, wait)
        totalWait += wait
    }

    private static func size(of item: RecordingItem) -> Int {
        var record: [UInt8] = []
        switch item {
        case .request(let request): GoReplayFormat.append(request, to: &record)
        case .response(let response): GoReplayFormat.append(response, to: &record)
        case .problem: return 0
        }
        return record.count - GoReplayFormat.separator.count
    }

    /// In the original's words and Go's notation of lengths of time.
    public func text(files: Int) -> String {
        """
        Records found: \(records)
        Files processed: \(files)
        Bytes processed: \(bytes)
        Max wait: \(longestWait.goText)
        Min wait: \(shortestWait.goText)
        First wait: \(firstWait.goText)
        It will take `\(totalWait.goText)` to replay at current speed.
        Found \(outOfOrder) records with out of order timestamp

        """
    }
}

extension Duration {
    /// As Go prints lengths of time: `3m49.816528s`, `1.2s`, `3.95ms`, `0s`.
    var goText: String {
        let nanoseconds = nanoseconds
        if nanoseconds == 0 { return "0s" }
        func decimal(_ unit: Int64, _ value: Int64) -> String {
            var digits = String(value % unit + unit).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            return String(value / unit) + (digits.isEmpty ? "" : "." + digits)
        }
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        if nanoseconds < 1_000_000 { return decimal(1_000, nanoseconds) + "µs" }
        if nanoseconds < 1_000_000_000 { return decimal(1_000_000, nanoseconds) + "ms" }
        let minutes = nanoseconds / 60_000_000_000
        let seconds = decimal(1_000_000_000, nanoseconds % 60_000_000_000) + "s"
        return (minutes >= 60 ? "\(minutes / 60)h" : "") + (minutes > 0 ? "\(minutes % 60)m" : "") + seconds
    }
}
