import Base
import HTTP

/// Reads GoReplay's files record by record; needs memory for one record.
///
/// As GoReplay does, it ends a record where a line equals the separator. Unlike it, it reads on when the body is shorter than its
/// Content-Length there and a separator stands at the announced end, so that a body may hold the separator itself.
public struct GoReplayReader {
    private let source: any ByteSource
    private let file: String
    private let recordLimitBytes: Int
    /// The first byte is the LF before the current record; a file is read as if one preceded it.
    private var buffer: [UInt8] = [10]
    /// In the buffer: where the current record begins, and up to where no separator begins.
    private var start = 1
    private var searched = 0
    /// In the file: where the buffer begins.
    private var bufferOffset = -1
    private var isAtEnd = false
    /// The current record passed the limit; what was read of it is gone.
    private var isTooLong = false
    private var failure: SourceError?
    private var record = 0

    init(_ source: any ByteSource, file: String, recordLimitBytes: Int = 64 << 20) {
        self.source = source
        self.file = file
        self.recordLimitBytes = recordLimitBytes
    }

    /// - Throws: When the file cannot be opened.
    public init(path: String) throws(SystemError) { self.init(try FileSource.open(path), file: path) }

    /// Bytes used so far.
    var position: Int { bufferOffset + start }

    /// The next record or problem; nil at the end. May block while the file is read.
    public mutating func next() -> RecordingItem? {
        compact()
        record += 1
        isTooLong = false
        let offset = position
        guard let end = findSeparator() else { return ending(at: offset) }
        if isTooLong { return take(through: end, problem(at: offset, tooLong)) }
        // The last separator's LF is this one's as well: nothing in between.
        if end < start { return take(through: end, problem(at: offset, "the record is empty")) }
        var result = item(buffer[start..<end], mayLackBody: false)
        // A body may begin with the separator's monkeys: the LF before them is the head's last.
        var stop = end
        if case .failure(.headless) = result, case .failure(.incomplete(let announced, let missing)) = item(buffer[start...end], mayLackBody: false) {
            result = .failure(.incomplete(announced: announced, missing: missing))
            stop = end + 1
        }
        if case .failure(.incomplete(_, let missing)) = result {
            if missing > 0, hasSeparator(at: stop + missing) {
                return take(through: stop + missing, read(item(buffer[start..<(stop + missing)], mayLackBody: false), at: offset))
            }
            result = item(buffer[start..<end], mayLackBody: true)
        }
        return take(through: end, read(result, at: offset))
    }

    // MARK: Records

    private func read(_ result: Result<RecordingItem, RawMessage.Failure>, at offset: Int) -> RecordingItem {
        switch result {
        case .success(let item): item
        case .failure(let failure): problem(at: offset, failure.text + "; the record is left out")
        }
    }

    private func item(_ bytes: ArraySlice<UInt8>, mayLackBody: Bool) -> Result<RecordingItem, RawMessage.Failure> {
        guard let lineEnd = bytes.firstIndex(of: 10), let meta = GoReplayFormat.meta(bytes[..<lineEnd]) else {
            let line = String(decoding: bytes.prefix(60).prefix { $0 != 10 }, as: UTF8.self)
            return .failure(.malformed("expected TYPE ID NANOSECONDS with type 1, 2 or 3, found \(line.debugDescription)"))
        }
        let content = bytes[(lineEnd + 1)...]
        do throws(RawMessage.Failure) {
            return .success(meta.type == .request ? try request(meta, content) : try response(meta, content, mayLackBody))
        } catch { return .failure(error) }
    }

    private func request(_ meta: GoReplayFormat.Meta, _ content: ArraySlice<UInt8>) throws(RawMessage.Failure) -> RecordingItem {
        let message = try RawMessage(content)
        let parts = message.startLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty, parts[2].hasPrefix("HTTP/") else {
            throw .malformed("expected a request line such as \"GET / HTTP/1.1\", found \(message.startLine.prefix(60).debugDescription)")
        }
        return .request(
            RecordedRequest(
                id: meta.id, time: meta.time, method: String(parts[0]), target: String(parts[1]), headers: message.headers, body: message.body,
                connection: GoReplayFormat.connection(ofID: meta.id)))
    }

    private func response(_ meta: GoReplayFormat.Meta, _ content: ArraySlice<UInt8>, _ mayLackBody: Bool) throws(RawMessage.Failure) -> RecordingItem {
        var content = content
        while true {
            let message = try RawMessage(content, mayLackBody: mayLackBody)
            let parts = message.startLine.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/"), parts[1].utf8.count == 3, let status = Int(parts[1]) else {
                throw .malformed("expected a status line such as \"HTTP/1.1 200 OK\", found \(message.startLine.prefix(60).debugDescription)")
            }
            // An interim response such as 100 comes before the real one.
            if (100..<200).contains(status), status != 101, !message.body.isEmpty {
                content = message.body[...]
                continue
            }
            return .response(
                RecordedResponse(
                    id: meta.id, time: meta.time, latency: meta.latency, status: status, headers: message.headers,
                    body: message.lacksBody ? nil : message.body, isReplayed: meta.type == .replayedResponse))
        }
    }

    // MARK: Ends

    private mutating func ending(at offset: Int) -> RecordingItem? {
        let rest = buffer[start...]
        let hasRest = rest.contains { $0 > 32 }
        let count = rest.count
        let isForeign = record == 1 && GoReplayFormat.meta(rest.prefix { $0 != 10 }) == nil
        bufferOffset += start - 1 + count
        (buffer, start, searched) = ([10], 1, 0)
        if let failure = failure.take() { return problem(at: offset, failure.description) }
        if isTooLong { return problem(at: offset, tooLong) }
        if !hasRest { return nil }
        if isForeign {
            return problem(at: offset, "this is no GoReplay recording: it begins with a line such as \"1 f45590522cd1838b 1568139746437296000\" and has 🐵🙈🙉 between records")
        }
        return problem(at: offset, "cut short: \(count) bytes without the separator that ends a record; they are left out")
    }

    private var tooLong: String { "the record is longer than \(recordLimitBytes >> 20) MiB; it is left out" }

    private func problem(at offset: Int, _ message: String) -> RecordingItem {
        .problem(RecordingProblem(file: file, record: record, offset: offset, message: message))
    }

    private mutating func take(through end: Int, _ item: RecordingItem) -> RecordingItem {
        start = end + GoReplayFormat.separator.count
        // The separator's last LF may be the first of the next one.
        searched = start - 1
        return item
    }

    // MARK: Bytes

    /// Where the next separator begins; reads on until there is one.
    private mutating func findSeparator() -> Int? {
        while true {
            if let found = Self.find(in: buffer, from: searched) { return found }
            searched = max(searched, buffer.count - GoReplayFormat.separator.count + 1)
            if searched - start > recordLimitBytes { forgetRecord() }
            guard fill() else { return nil }
        }
    }

    private mutating func forgetRecord() {
        isTooLong = true
        let gone = searched - start
        buffer.removeSubrange(start..<searched)
        bufferOffset += gone
        searched = start
    }

    private static func find(in buffer: [UInt8], from first: Int) -> Int? {
        let separator = GoReplayFormat.separator
        return buffer.withUnsafeBufferPointer { bytes in
            var index = first
            let last = bytes.count - separator.count
            while index <= last {
                // Monkeys are rarer than line ends.
                if bytes[index + 1] == separator[1], bytes[index] == separator[0], (2..<separator.count).allSatisfy({ bytes[index + $0] == separator[$0] }) {
                    return index
                }
                index += 1
            }
            return nil
        }
    }

    private mutating func hasSeparator(at index: Int) -> Bool {
        guard index - start <= recordLimitBytes else { return false }
        while buffer.count < index + GoReplayFormat.separator.count { guard fill() else { return false } }
        return buffer[index...].starts(with: GoReplayFormat.separator)
    }

    /// False at the end.
    private mutating func fill() -> Bool {
        guard !isAtEnd else { return false }
        do {
            isAtEnd = try source.read(into: &buffer) == 0
        } catch {
            isAtEnd = true
            failure = error
        }
        return !isAtEnd
    }

    private mutating func compact() {
        guard start > 65_536 else { return }
        let gone = start - 1
        buffer.removeFirst(gone)
        bufferOffset += gone
        start -= gone
        searched -= gone
    }
}
