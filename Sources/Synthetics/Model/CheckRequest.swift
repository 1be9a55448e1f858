import Base
import HTTP

/// An HTTP request before its `{{ NAME }}` places are filled in.
public struct CheckRequest: Sendable {
    public var method: String
    public var url: String
    /// Instead of `url`, whose parts it can name as `{{ HOST }}`, `{{ PATHNAME }}` and so on; from an override.
    public var startURL: String?
    /// Changes the URL when its places are filled in; from an override.
    public var urlSubstitution: Substitution?
    /// In the order of the file.
    public var headers: [NamedText]
    public var query: [NamedText]
    public var body: RequestBody
    /// Becomes `Content-Type` unless a header says otherwise.
    public var bodyType: String?
    public var authentication: Authentication?
    public var certificate: Certificate?
    public var proxy: Proxy?
    public var version: HTTPVersionChoice
    public var timeout: Duration
    public var followsRedirects: Bool
    public var allowsInsecure: Bool
    /// Cookies that answers set are sent with redirects and by the next steps.
    public var persistsCookies: Bool
    /// False keeps the answer's body out of all results.
    public var savesBody: Bool

    public struct Authentication: Sendable, Equatable {
        public enum Scheme: String, Sendable, CaseIterable { case web, digest, ntlm }
        public var scheme: Scheme
        public var username: String
        public var password: String
    }

    /// A client certificate and its key, both PEM.
    public struct Certificate: Sendable, Equatable {
        public var certificate: String
        public var key: String
    }

    public struct Proxy: Sendable, Equatable {
        public var url: String
        public var headers: [NamedText]
    }
}

/// A name and a text that belongs to it, where the order of the file counts.
public struct NamedText: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The body of a request, with places.
public enum RequestBody: Sendable, Equatable {
    case text(String)
    /// `name=value` pairs, percent-encoded.
    case form([NamedText])
    case multipart([NamedText], [FilePart])
    /// The content of one file, as it is.
    case file(FilePart)
    /// A query and its variables, sent as JSON.
    case graphQL(String)

    public struct FilePart: Sendable, Equatable {
        /// Of the form field.
        public var name: String
        public var filename: String
        public var contentType: String
        public var bytes: [UInt8]
    }
}
