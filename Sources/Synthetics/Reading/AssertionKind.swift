/// The types of assertion that API tests have, as definitions spell them.
enum AssertionKind: String, CaseIterable {
    case statusCode, responseTime, header, body, bodyHash
    case connection, networkHop
    case certificate, property, tlsVersion, minTlsVersion
    case recordSome, recordEvery
    case javascript

    /// Whether a request of this subtype can have such an assertion.
    func fits(_ subtype: String) -> Bool {
        switch self {
        case .responseTime: true
        case .statusCode, .header, .body, .bodyHash, .javascript: subtype == "http"
        case .connection, .networkHop: subtype == "tcp"
        case .certificate, .property, .tlsVersion, .minTlsVersion: subtype == "ssl"
        case .recordSome, .recordEvery: subtype == "dns"
        }
    }

    /// Why such an assertion cannot be judged here; goes on after "because".
    var obstacle: String? {
        switch self {
        case .javascript: "it has an assertion in JavaScript, which cannot be run here"
        case .networkHop: "it has an assertion on network hops, which are not counted here"
        default: nil
        }
    }

    var comparisons: [Comparison] {
        switch self {
        case .statusCode: Comparison.forNumbers + [.matches, .doesNotMatch]
        case .responseTime: Comparison.ordering
        case .header: Comparison.forTexts + Comparison.ordering + [.doesNotExist]
        case .body, .property: Comparison.forTexts
        case .connection: [.is, .isNot]
        case .tlsVersion, .minTlsVersion: Comparison.forNumbers
        case .recordSome, .recordEvery: Comparison.forTexts
        case .bodyHash, .certificate, .javascript, .networkHop: []
        }
    }
}

/// How a TCP connection went.
enum ConnectionOutcome: String, CaseIterable { case established, refused, timeout }
