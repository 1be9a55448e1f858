/// Segment documents that programs outside of the shop have sent, the newest within a limit of bytes.
public struct ReceivedSegments {
    public struct Document: Sendable {
        public var trace: TraceID
        /// JSON as it came.
        public var text: String

        public init(trace: TraceID, text: String) {
            self.trace = trace
            self.text = text
        }
    }

    /// In the order in which they came.
    public private(set) var documents: [Document] = []
    /// Forgotten because newer ones needed the place.
    public private(set) var dropped = 0
    private let byteLimit: Int
    private var byteCount = 0

    init(byteLimit: Int = 4 << 20) { self.byteLimit = byteLimit }

    public mutating func append(_ document: Document) {
        documents.append(document)
        byteCount += document.text.utf8.count
        guard byteCount > byteLimit else { return }
        // A quarter at once: taking them one by one would move all others each time.
        var first = 0
        while byteCount > byteLimit / 4 * 3, first < documents.count - 1 {
            byteCount -= documents[first].text.utf8.count
            first += 1
        }
        documents.removeFirst(first)
        dropped += first
    }
}
