import Base

/// One statement about a response; a step passes when all of its assertions hold.
public struct Assertion: Sendable {
    /// What is looked at.
    public enum Subject: Sendable, Equatable {
        case statusCode
        /// Whole exchange in milliseconds.
        case responseTime(withoutDNS: Bool)
        case header(String)
        case body
        case bodyHash

        var typeName: String {
            switch self {
            case .statusCode: "statusCode"
            case .responseTime: "responseTime"
            case .header: "header"
            case .body: "body"
            case .bodyHash: "bodyHash"
            }
        }
    }

    /// What must hold.
    public enum Test: Sendable {
        case compare(Comparison, Value)
        case jsonPath(JSONPathTest)
        case schema(JSONSchema)
        case digest(Digest, String)

        var operatorName: String {
            switch self {
            case .compare(let comparison, _): comparison.rawValue
            case .jsonPath: "validatesJSONPath"
            case .schema: "validatesJSONSchema"
            case .digest(let digest, _): digest.rawValue
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
