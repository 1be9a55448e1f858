import Base

/// Reads one assertion.
struct AssertionReader {
    private let reader: ObjectReader
    private let kind: AssertionKind

    private enum Scope: String, CaseIterable { case all, withoutDNS }

    /// - Parameter subtype: Of the request that it is about: `http`, `ssl`, `tcp` or `dns`.
    init?(_ node: JSONNode, at pointer: String, subtype: String, mistakes: MistakeList) {
        let names = ["code", "operator", "property", "target", "timingsScope", "type"]
        guard let reader = ObjectReader(node, at: pointer, what: "an assertion", names: names, mistakes: mistakes) else { return nil }
        let type = reader.requiredString("type")
        guard let kind = AssertionKind(rawValue: type), kind.fits(subtype) else {
            let known = AssertionKind.allCases.filter { $0.fits(subtype) }.map(\.rawValue)
            if !type.isEmpty { reader.note("a test of subtype \"\(subtype)\" has no assertions on \"\(type)\"\(suggestion(for: type, among: known))", at: "type") }
            return nil
        }
        self.reader = reader
        self.kind = kind
    }

    /// Nil when it was not understood, or cannot be judged here.
    func assertion() -> Assertion? {
        if let obstacle = kind.obstacle { reader.obstacle(obstacle); return nil }
        guard let subject = subject() else { return nil }
        let name = reader.requiredString("operator")
        if name.isEmpty { return nil }
        switch (kind, name) {
        case (.bodyHash, _): return digest(name).map { Assertion(subject, $0) }
        case (.certificate, _): return expiry(name).map { Assertion(subject, $0) }
        case (.body, "validatesJSONPath"): return BodyTestReader(reader).jsonPath().map { Assertion(subject, .jsonPath($0)) }
        case (.body, "validatesXPath"): return BodyTestReader(reader).xPath().map { Assertion(subject, .xPath($0)) }
        case (.body, "validatesJSONSchema"): return BodyTestReader(reader).schema().map { Assertion(subject, .schema($0)) }
        default: return comparison(subject, name).map { Assertion(subject, $0) }
        }
    }

    private func subject() -> Assertion.Subject? {
        if reader["timingsScope"] != nil, kind != .responseTime {
            reader.note("only \"responseTime\" has a \"timingsScope\"", at: "timingsScope")
        }
        switch kind {
        case .statusCode: return .statusCode
        case .responseTime: return .responseTime(withoutDNS: reader.choice("timingsScope", Scope.self) == .withoutDNS)
        case .header: return .header(reader.requiredString("property"))
        case .body: return .body
        case .bodyHash: return .bodyHash
        case .connection: return .connection
        case .certificate: return .certificate
        case .property: return .property(reader.requiredString("property"))
        case .tlsVersion: return .tlsVersion
        case .minTlsVersion: return .minimumTLSVersion
        case .recordSome, .recordEvery:
            guard let type = reader.choice("property", RecordType.self) else {
                if reader["property"] == nil { reader.missing("property", ": the record type, such as \"A\"") }
                return nil
            }
            return .record(type, every: kind == .recordEvery)
        case .javascript, .networkHop: return nil
        }
    }

    private func comparison(_ subject: Assertion.Subject, _ name: String) -> Assertion.Test? {
        let allowed = kind.comparisons
        guard let comparison = Comparison(rawValue: name), allowed.contains(comparison) else {
            let names = allowed.map(\.rawValue) + (kind == .body ? BodyTestReader.operators : [])
            reader.note("\"\(kind.rawValue)\" has no operator \"\(name)\"\(suggestion(for: name, among: names))", at: "operator")
            return nil
        }
        guard let target = TargetReader(reader, "target").value(for: comparison) else { return nil }
        if kind == .connection, case .string(let text) = target, !Template.hasPlaces(text), ConnectionOutcome(rawValue: text) == nil {
            reader.note("\"target\" is \"\(text)\"\(suggestion(for: text, among: ConnectionOutcome.allCases.map(\.rawValue)))", at: "target")
        }
        return .compare(comparison, target)
    }

    private func digest(_ name: String) -> Assertion.Test? {
        guard let digest = Digest(rawValue: name) else {
            reader.note("\"bodyHash\" has no operator \"\(name)\"\(suggestion(for: name, among: Digest.allCases.map(\.rawValue)))", at: "operator")
            return nil
        }
        let hex = reader.requiredString("target")
        let isHex = hex.utf8.count == digest.digits && hex.lowercased().utf8.allSatisfy { $0.hexDigitValue != nil }
        if !hex.isEmpty, !isHex, !Template.hasPlaces(hex) { reader.note("\"target\" must be \(digest.digits) hexadecimal digits", at: "target") }
        return .digest(digest, hex)
    }

    private func expiry(_ name: String) -> Assertion.Test? {
        let operators = ["isInLessThan", "isInMoreThan"]
        guard operators.contains(name) else {
            reader.note("\"certificate\" has no operator \"\(name)\"\(suggestion(for: name, among: operators))", at: "operator")
            return nil
        }
        return TargetReader(reader, "target").value(for: .moreThan).map { .expiry(days: $0, isMore: name == "isInMoreThan") }
    }
}
