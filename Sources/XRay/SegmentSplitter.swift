import Base
import Telemetry

/// Cuts segments into documents that X-Ray takes: at most so many bytes, and not too many subsegments in one.
public struct SegmentSplitter {
    /// Of a text in a document that has to become smaller.
    private static let textLimit = 250
    private static let frameLimit = 5

    /// Bytes of one document.
    public let byteLimit: Int

    public init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// The documents of a segment, its own first; each subsegment that does not fit in is one of its own.
    ///
    /// - Parameter subsegmentLimit: Subsegments in one document.
    /// - Returns: How many parts were too large even alone, and are not among the documents.
    public func documents(of segment: Segment, subsegmentLimit: Int) -> (documents: [[UInt8]], lost: Int) {
        var documents: [[UInt8]] = []
        var lost = 0
        split(segment, subsegmentLimit, &documents, &lost)
        return (documents, lost)
    }

    private func split(_ whole: Segment, _ subsegmentLimit: Int, _ documents: inout [[UInt8]], _ lost: inout Int) {
        var segment = whole
        var bytes = SegmentWriter.document(segment)
        var parts: [Segment] = []
        while !segment.subsegments.isEmpty, bytes.count > byteLimit || segment.subsegmentCount > subsegmentLimit {
            // Several at once: a document of thousands is not written thousands of times.
            let count = max(1, segment.subsegments.count / 2)
            for part in segment.subsegments.suffix(count) { parts.append(part.alone(in: segment)) }
            segment.subsegments.removeLast(count)
            bytes = SegmentWriter.document(segment)
        }
        if bytes.count > byteLimit { bytes = SegmentWriter.document(segment.shortened(texts: Self.textLimit, frames: Self.frameLimit)) }
        if bytes.count > byteLimit { lost += 1 } else { documents.append(bytes) }
        for part in parts { split(part, subsegmentLimit, &documents, &lost) }
    }
}

extension Segment {
    /// As a document of its own.
    fileprivate func alone(in segment: Segment) -> Segment {
        var copy = self
        copy.isLoneSubsegment = true
        copy.parent = segment.id
        return copy
    }

    /// Without metadata, and with what is left cut to a length.
    fileprivate func shortened(texts: Int, frames: Int) -> Segment {
        var copy = self
        copy.metadata = .null
        copy.http?.url = String(http?.url.prefix(texts) ?? "")
        copy.http?.userAgent = String(http?.userAgent.prefix(texts) ?? "")
        copy.annotations = annotations.prefix(50).map { $0.shortened(texts) }
        copy.sql = sql.map { $0.shortened(texts) }
        copy.aws = aws.map { $0.shortened(texts) }
        if case .exceptions(let exceptions, let directory)? = cause {
            copy.cause = .exceptions(
                exceptions.prefix(frames).map { exception in
                    var short = exception
                    short.message = String(exception.message.prefix(texts))
                    short.stack = Array(exception.stack.prefix(frames))
                    return short
                }, workingDirectory: directory)
        }
        return copy
    }
}

extension Attribute {
    fileprivate func shortened(_ limit: Int) -> Attribute {
        if case .string(let text) = value { return Attribute(name, .string(String(text.prefix(limit)))) }
        return self
    }
}
