import Base

/// Reads what `testOverrides` says about browsers and changes a check accordingly; `OverrideReader` has applied the rest.
struct BrowserOverrideReader {
    private let reader: ObjectReader

    private static let longestTimeoutSeconds = 1_800.0
    private static let longestStepTimeoutSeconds = 300.0

    init(_ overrides: ObjectReader) { reader = overrides }

    func apply(to settings: inout BrowserSettings) {
        if let url = reader.string("startUrl") { settings.startURL = url }
        if let insecure = reader.bool("allowInsecureCertificates") { settings.allowsInsecure = insecure }
        if let basicAuth = BasicAuthReader.read(reader) { settings.basicAuth = basicAuth }
        let devices = DeviceReader.read(reader, "deviceIds")
        if !devices.isEmpty { settings.devices = devices }
        for header in reader.texts("headers") {
            settings.headers.removeAll { $0.name.equalsIgnoringCase(header.name) }
            settings.headers.append(header)
        }
        if let seconds = reader.number("testTimeout", in: 1...Self.longestTimeoutSeconds, unit: " seconds") {
            settings.testTimeout = .milliseconds(exactly: 1_000 * seconds)
        }
        if let seconds = reader.number("defaultStepTimeout", in: 1...Self.longestStepTimeoutSeconds, unit: " seconds") {
            settings.stepTimeout = .milliseconds(exactly: 1_000 * seconds)
        }
        change(&settings.cookies, with: "setCookies") { CookieLine.lines($0) }
        change(&settings.cookies, with: "cookies") { CookieLine.pairs($0) }
    }

    /// A text replaces all cookies; `{"append": true, "value": ...}` adds.
    private func change(_ cookies: inout [String], with name: String, _ lines: (String) -> [String]) {
        guard let node = reader[name] else { return }
        if node.members == nil { if let text = reader.string(name) { cookies = lines(text) }; return }
        guard let object = reader.object(name, what: "\"\(name)\"", names: ["append", "value"]) else { return }
        let added = lines(object.requiredString("value"))
        cookies = object.bool("append") == true ? cookies + added : added
    }
}
