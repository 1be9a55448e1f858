import Base
import HTTP

/// A response body in the forms that assertions look at; each is made once, when the first assertion needs it.
final class ObservedBody: Sendable {
    let bytes: [UInt8]
    private let contentType: String?
    let text: String
    /// What keeps the body out of results: the check may not save it.
    let isHidden: Bool

    /// The message says why the body is no JSON.
    let json: Result<Value, Problem>

    init(_ response: ClientResponse, isHidden: Bool) {
        bytes = response.body
        contentType = response.headers["Content-Type"]
        text = String(decoding: response.body, as: UTF8.self)
        self.isHidden = isHidden
        do { json = .success(try Value.parse(json: response.body)) } catch { json = .failure(error) }
    }

    /// - Throws: `ExpressionError` that says why it is neither HTML nor XML.
    func markup() throws(ExpressionError) -> MarkupDocument { try MarkupDocument(bytes, contentType: contentType) }
}
