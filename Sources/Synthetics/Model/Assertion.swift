import Base

/// One statement about what a request showed; a step passes when all of its assertions hold.
public struct Assertion: Sendable {
    /// What is looked at.
    public enum Subject: Sendable, Equatable {
        case statusCode
        /// Whole exchange in milliseconds.
        case responseTime(withoutDNS: Bool)
        case header(String)
        case body
        case bodyHash
        /// How a TCP connection went: `established`, `refused` or `timeout`.
        case connection
        /// When the server's certificate ends.
        case certificate
        /// A field of the server's certificate, such as `subject.CN`.
        case property(String)
        /// The newest TLS version that the server speaks with us, as 1.2 or 1.3.
        case tlsVersion
        /// The oldest one.
        case minimumTLSVersion
        /// DNS records of a type, each of which must satisfy the operator, or one of which.
        case record(RecordType, every: Bool)

        var typeName: String {
            switch self {
            case .statusCode: "statusCode"
            case .responseTime: "responseTime"
            case .header: "header"
            case .body: "body"
            case .bodyHash: "bodyHash"
            case .connection: "connection"
            case .certificate: "certificate"
            case .property: "property"
            case .tlsVersion: "tlsVersion"
            case .minimumTLSVersion: "minTlsVersion"
            case .record(_, let every): every ? "recordEvery" : "recordSome"
            }
        }

        /// Which header, field or record type; templates stay as they are.
        var property: String? {
            switch self {
            case .header(let name), .property(let name): name
            case .record(let type, _): type.rawValue
            default: nil
            }
        }
    }

    /// What must hold.
    public enum Test: Sendable {
        case compare(Comparison, Value)
        case jsonPath(JSONPathTest)
        case xPath(XPathTest)
        case schema(Templated<JSONSchema>)
        case digest(Digest, String)
        /// Days until the certificate ends, and whether there must be more or fewer.
        case expiry(days: Value, isMore: Bool)

        var operatorName: String {
            switch self {
            case .compare(let comparison, _): comparison.rawValue
            case .jsonPath: "validatesJSONPath"
            case .xPath: "validatesXPath"
            case .schema: "validatesJSONSchema"
            case .digest(let digest, _): digest.rawValue
            case .expiry(_, let isMore): isMore ? "isInMoreThan" : "isInLessThan"
            }
        }
    }

    public var subject: Subject
    public var test: Test

    public init(_ subject: Subject, _ test: Test) {
        self.subject = subject
        self.test = test
    }
}

/// The DNS record types that a check can ask for.
public enum RecordType: String, Sendable, CaseIterable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case ns = "NS"
    case txt = "TXT"
}
