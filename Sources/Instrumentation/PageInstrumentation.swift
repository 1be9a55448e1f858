import Base
import HTTP

/// Puts a snippet into the responses that are pages, and leaves all others as they are.
public struct PageInstrumentation: Sendable {
    public var snippet: Snippet
    public var fragments: SnippetInjector.Fragments

    public init(_ snippet: Snippet, fragments: SnippetInjector.Fragments = .prepend) {
        self.snippet = snippet
        self.fragments = fragments
    }

    /// Whether a response is a page that a person will see: HTML, not compressed, a success or an error.
    ///
    /// Not for HEAD, which has no body, nor for what a page's script fetched (`X-Requested-With`, or a `Sec-Fetch-Dest` that is no document):
    /// those are pieces that are compared or pasted into a page that is watched already.
    public static func applies(to response: Response, for request: Request) -> Bool {
        guard request.method != "HEAD", (200..<300).contains(response.status) || (400..<600).contains(response.status) else { return false }
        guard response.status != 204, response.status != 205, response.status != 206 else { return false }
        let coding = response.headers["Content-Encoding"] ?? "identity"
        return coding.equalsIgnoringCase("identity") && isHTML(response.headers["Content-Type"]) && !isFetchedByScript(request)
    }

    private static func isHTML(_ contentType: String?) -> Bool {
        guard let mediaType = contentType?.split(separator: ";", omittingEmptySubsequences: false).first else { return false }
        return mediaType.trimmingBlanks.equalsIgnoringCase("text/html")
    }

    private static func isFetchedByScript(_ request: Request) -> Bool {
        if request.headers["X-Requested-With"]?.equalsIgnoringCase("XMLHttpRequest") == true { return true }
        guard let destination = request.headers["Sec-Fetch-Dest"] else { return false }
        return !["document", "iframe", "frame"].contains { destination.equalsIgnoringCase($0) }
    }

    /// Inserts the snippet if the response is a page; `Content-Length`, where given, becomes that of the new body.
    public func apply(to response: inout Response, for request: Request) {
        guard !snippet.isEmpty, Self.applies(to: response, for: request) else { return }
        var injector = SnippetInjector(snippet, nonce: ContentSecurityPolicy.scriptNonce(in: response.headers), fragments: fragments)
        switch response.body {
        case .bytes(let page):
            let body = injector.feed(page) + injector.finish()
            response.body = .bytes(body)
            if response.headers["Content-Length"] != nil { response.headers.set("Content-Length", String(body.count)) }
        case .paced(let pieces):
            response.body = .paced(paced(pieces, &injector))
            // The length of what comes in pieces is known to nobody downstream; chunked coding carries it.
            if injector.hasInserted { response.headers.remove("Content-Length") }
        }
    }

    /// Every piece keeps its delay, even one whose bytes are held back until the next.
    private func paced(_ pieces: [Response.Piece], _ injector: inout SnippetInjector) -> [Response.Piece] {
        var out = pieces.map { Response.Piece(after: $0.delay, injector.feed($0.bytes)) }
        let rest = injector.finish()
        if out.isEmpty { return rest.isEmpty ? [] : [Response.Piece(rest)] }
        out[out.count - 1].bytes += rest
        return out
    }
}

extension Substring {
    var trimmingBlanks: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
