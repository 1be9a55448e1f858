import Base
import HTTP

/// Takes values for later steps out of a response.
enum Extractor {
    /// - Throws: `MALFORMED_RESPONSE` when the response does not hold the value.
    static func value(_ extraction: Extraction, from response: ClientResponse) throws(CheckFailure) -> String {
        let text = try source(extraction, response)
        switch extraction.parser {
        case .raw: return text
        case .regex(let pattern):
            guard let compiled = try? Pattern(pattern), let found = compiled.extract(from: text) else {
                throw CheckFailure(.malformedResponse, "no value for \(extraction.name): nothing matches \(pattern)")
            }
            return found
        case .jsonPath(let path):
            guard let document = try? Value.parse(json: text.utf8) else {
                throw CheckFailure(.malformedResponse, "no value for \(extraction.name): the answer is not JSON")
            }
            guard let found = path.evaluate(on: document).first else {
                throw CheckFailure(.malformedResponse, "no value for \(extraction.name): \(path.text) finds nothing")
            }
            return found.plainText
        }
    }

    private static func source(_ extraction: Extraction, _ response: ClientResponse) throws(CheckFailure) -> String {
        switch extraction.source {
        case .body: return String(decoding: response.body, as: UTF8.self)
        case .statusCode: return String(response.status)
        case .header(let name):
            guard let value = response.headers[name] else {
                throw CheckFailure(.malformedResponse, "no value for \(extraction.name): there is no header \(name)")
            }
            return value
        }
    }
}
