import Base
import HTTP
import Synchronization

/// A response body in the forms that assertions look at.
final class ObservedBody: Sendable {
    let bytes: [UInt8]
    private let contentType: String?
    /// What keeps the body out of results: the check may not save it.
    let isHidden: Bool
    private let decoded = Mutex<String?>(nil)
    private let parsed = Mutex<Result<Value, Problem>?>(nil)

    init(_ response: ClientResponse, isHidden: Bool) {
        bytes = response.body
        contentType = response.headers["Content-Type"]
        self.isHidden = isHidden
    }

    /// Decoded once, when the first assertion needs it: most of what is fetched nobody reads.
    var text: String {
        decoded.withLock { decoded in
            if let decoded { return decoded }
            let text = String(decoding: bytes, as: UTF8.self)
            decoded = text
            return text
        }
    }

    /// Parsed once, when the first assertion needs it: most look at pages. The message says why the body is no JSON.
    var json: Result<Value, Problem> {
        parsed.withLock { parsed in
            if let parsed { return parsed }
            let result = Result { () throws(Problem) in try Value.parse(json: bytes) }
            parsed = result
            return result
        }
    }

    /// - Throws: `ExpressionError` that says why it is neither HTML nor XML.
    func markup() throws(ExpressionError) -> MarkupDocument { try MarkupDocument(bytes, contentType: contentType) }
}
