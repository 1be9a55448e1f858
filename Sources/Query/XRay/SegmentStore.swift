import Base
import Telemetry
import XRay

/// The traces that X-Ray would have of a shop: sampled ones of its own, and what others have sent.
struct SegmentStore {
    let recorder: Recorder

    /// A trace with its documents.
    struct Entry {
        var trace: SegmentTrace
        var documents: [SegmentTrace.Document]
    }

    /// In the order in which their first parts came.
    ///
    /// - Parameters:
    ///   - range: Of the traces' arrivals.
    ///   - identifiers: Nil takes all.
    func traces(in range: ClosedRange<Timestamp>? = nil, identifiers: Set<TraceID>? = nil) -> [Entry] {
        var order: [TraceID] = []
        var found: [TraceID: (segments: [Segment], texts: [SegmentTrace.Document])] = [:]
        func add(_ segment: Segment, _ text: String) {
            if found[segment.trace] == nil { order.append(segment.trace) }
            found[segment.trace, default: ([], [])].segments.append(segment)
            found[segment.trace]!.texts.append(SegmentTrace.Document(id: segment.id, text: text))
        }
        TraceView(of: recorder).forEachRecorded { id, spans in
            guard identifiers?.contains(id) ?? true, recorder.sampling.isSampled(id) else { return }
            let rule = recorder.sampling.decision(of: id)?.rule ?? ""
            // A document is written only for who wants to read it.
            for segment in SegmentBuilder(spans, rule: rule).segments() {
                add(segment, identifiers == nil ? "" : String(decoding: SegmentWriter.document(segment), as: UTF8.self))
            }
        }
        for document in recorder.receivedSegments.documents where identifiers?.contains(document.trace) ?? true {
            if let segment = try? SegmentReader.parse(document.text) { add(segment, document.text) }
        }
        return order.compactMap { id in
            let trace = SegmentTrace(id: id, segments: found[id]!.segments)
            guard range?.contains(trace.arrival) ?? true else { return nil }
            return Entry(trace: trace, documents: found[id]!.texts)
        }
    }

    /// Takes a document in.
    func put(_ text: String) throws(SegmentReader.Refusal) {
        let segment = try SegmentReader.parse(text)
        recorder.receivedSegments.append(ReceivedSegments.Document(trace: segment.trace, text: text))
    }
}
