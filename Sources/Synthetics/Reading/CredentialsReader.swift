import Base

/// Reads `basicAuth` and `certificate` of a request.
struct CredentialsReader {
    private let request: ObjectReader

    init(_ request: ObjectReader) { self.request = request }

    private static let authenticationNames = [
        "accessKey", "accessTokenUrl", "addClaims", "algorithm", "audience", "clientId", "clientSecret", "domain", "expiresIn", "header", "password",
        "payload", "region", "resource", "scope", "secret", "secretKey", "serviceName", "sessionToken", "tokenApiAuthentication", "tokenPrefix", "type",
        "username", "workstation",
    ]
    /// Datadog's schemes that need a signature of its own or another server's token.
    private static let notDone = ["jwt", "oauth-client", "oauth-rop", "sigv4"]

    func authentication() -> CheckRequest.Authentication? {
        guard
            let reader = request.object(
                "basicAuth", what: "\"basicAuth\"", names: Self.authenticationNames, unknown: .refusedWhenNear)
        else { return nil }
        let type = reader.string("type") ?? "web"
        guard let scheme = CheckRequest.Authentication.Scheme(rawValue: type) else {
            if Self.notDone.contains(type) {
                reader.obstacle("it needs the authentication \"\(type)\", which is not done here")
            } else {
                let known = CheckRequest.Authentication.Scheme.allCases.map(\.rawValue) + Self.notDone
                reader.note("\"type\" is \"\(type)\"\(suggestion(for: type, among: known))", at: "type")
            }
            return nil
        }
        return CheckRequest.Authentication(scheme: scheme, username: reader.string("username") ?? "", password: reader.string("password") ?? "")
    }

    func certificate() -> CheckRequest.Certificate? {
        guard let reader = request.object("certificate", what: "\"certificate\"", names: ["cert", "key"], unknown: .refusedWhenNear) else {
            return nil
        }
        guard let certificate = content(reader, "cert"), let key = content(reader, "key") else { return nil }
        return CheckRequest.Certificate(certificate: certificate, key: key)
    }

    private func content(_ certificate: ObjectReader, _ name: String) -> String? {
        let names = ["content", "filename", "updatedAt"]
        guard let reader = certificate.object(name, what: "\"\(name)\"", names: names, unknown: .refusedWhenNear) else {
            if certificate[name] == nil { certificate.missing(name) }
            return nil
        }
        if let content = reader.string("content"), !content.isEmpty { return content }
        // Exports keep the name and the date, never the content.
        reader.obstacle("its client certificate is stored at Datadog")
        return nil
    }
}
