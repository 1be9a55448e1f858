import Base

/// Reads `request` of TCP, SSL and DNS tests and steps.
struct ConnectionReader {
    private let reader: ObjectReader
    private let options: OptionsReader

    private static let names = [
        "accept_self_signed", "allow_insecure", "certificate", "checkCertificateRevocation", "disableAiaIntermediateFetching", "dnsServer",
        "dnsServerPort", "host", "port", "servername", "shouldTrackHops", "timeout",
    ]

    init?(_ node: JSONNode, at pointer: String, options: OptionsReader, mistakes: MistakeList) {
        guard
            let reader = ObjectReader(node, at: pointer, what: "a request", names: Self.names, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        self.reader = reader
        self.options = options
    }

    func tcp() -> ConnectionRequest {
        // A trace of the way there is more than the connection; assertions on it are refused on their own.
        ConnectionRequest(host: reader.requiredString("host"), port: port("port", "443"), timeout: RequestReader.timeout(reader))
    }

    func ssl() -> ConnectionRequest {
        if reader.bool("checkCertificateRevocation") ?? options.checksRevocation {
            reader.obstacle("it looks at stapled revocation answers (OCSP), which are not looked at here")
        }
        let tls = ConnectionRequest.TLS(
            serverName: reader.string("servername"), acceptsSelfSigned: reader.bool("accept_self_signed") ?? options.acceptsSelfSigned,
            allowsInsecure: reader.bool("allow_insecure") ?? options.allowsInsecure, certificate: CredentialsReader(reader).certificate())
        return ConnectionRequest(
            host: reader.requiredString("host"), port: port("port", "443"), timeout: RequestReader.timeout(reader), tls: tls)
    }

    func dns() -> LookUpRequest {
        LookUpRequest(
            host: reader.requiredString("host"), server: reader.string("dnsServer").flatMap { $0.isEmpty ? nil : $0 },
            port: port("dnsServerPort", "53"), timeout: RequestReader.timeout(reader))
    }

    /// A number, or a text that holds one or places for one.
    private func port(_ name: String, _ usual: String) -> String {
        guard let text = reader.text(name), !text.isEmpty else { return usual }
        if Template.hasPlaces(text) || Int(text).map((1...65_535).contains) == true { return text }
        reader.note("\"\(name)\" must be a port between 1 and 65535, not \(text)", at: name)
        return usual
    }
}
