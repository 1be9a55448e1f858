import Base
import HTTP

/// Takes values for later steps out of a response.
struct Extractor {
    private let response: ClientResponse
    private let scope: VariableScope

    init(_ response: ClientResponse, _ scope: VariableScope) {
        self.response = response
        self.scope = scope
    }

    /// - Throws: `MALFORMED_RESPONSE` when the response does not hold the value.
    func value(_ extraction: Extraction) throws(CheckFailure) -> String {
        let text = try source(extraction)
        switch extraction.parser {
        case .raw: return text
        case .regex(let pattern):
            let pattern = try pattern.resolve(scope)
            do {
                if let found = try pattern.extract(from: text) { return found }
            } catch {
                throw CheckFailure(.invalidTest, "\"\(error.pattern)\" is no regular expression that can be used here: \(error.reason)")
            }
            throw Self.failure(extraction, "nothing matches \(pattern.text)")
        case .jsonPath(let path):
            let path = try path.resolve(scope)
            guard let document = try? Value.parse(json: text.utf8) else { throw Self.failure(extraction, "the answer is not JSON") }
            guard let found = path.evaluate(on: document).first else { throw Self.failure(extraction, "\(path.text) finds nothing") }
            return found.plainText
        case .xPath(let path): return try follow(try path.resolve(scope), text, extraction)
        }
    }

    private func follow(_ path: XPath, _ text: String, _ extraction: Extraction) throws(CheckFailure) -> String {
        do {
            let document = try MarkupDocument(Array(text.utf8), contentType: response.headers["Content-Type"])
            if let found = try path.evaluate(on: document) { return found.plainText }
        } catch {
            throw Self.failure(extraction, error.reason)
        }
        throw Self.failure(extraction, "\(path.text) finds nothing")
    }

    private func source(_ extraction: Extraction) throws(CheckFailure) -> String {
        switch extraction.source {
        case .body: return String(decoding: response.body, as: UTF8.self)
        case .statusCode: return String(response.status)
        case .header(let name):
            let name = try scope.expand(name)
            guard let value = response.headers[name] else { throw Self.failure(extraction, "there is no header \(name)") }
            return value
        }
    }

    private static func failure(_ extraction: Extraction, _ why: String) -> CheckFailure {
        CheckFailure(.malformedResponse, "no value for \(extraction.name): \(why)")
    }
}
