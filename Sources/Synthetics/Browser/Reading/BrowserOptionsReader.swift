import Base

/// Reads what `options` says about browsers; `OptionsReader` has read the rest.
struct BrowserOptionsReader {
    private let reader: ObjectReader?

    /// Names that only browser tests have.
    static let names = [
        "blockedRequestPatterns", "device_ids", "disableCors", "disableCsp", "enableProfiling", "enableSecurityTesting",
        "ignoreServerCertificateError", "initialNavigationTimeout", "noScreenshot", "rumSettings",
    ]
    private static let longestTimeoutSeconds = 300.0

    init(_ definition: ObjectReader) {
        reader = definition["options"].flatMap {
            ObjectReader($0, at: definition.path("options"), what: "\"options\"", names: [], unknown: .ignored, mistakes: definition.mistakes)
        }
    }

    func apply(to settings: inout BrowserSettings) {
        guard let reader else { return }
        let devices = DeviceReader.read(reader, "device_ids")
        if !devices.isEmpty { settings.devices = devices }
        settings.blockedURLs = reader.strings("blockedRequestPatterns")
        settings.allowsCrossOrigin = reader.bool("disableCors") ?? false
        settings.bypassesContentSecurityPolicy = reader.bool("disableCsp") ?? false
        if reader.bool("ignoreServerCertificateError") ?? false { settings.allowsInsecure = true }
        settings.takesScreenshots = !(reader.bool("noScreenshot") ?? false)
        let timeout = reader.number("initialNavigationTimeout", in: 0...Self.longestTimeoutSeconds, unit: " seconds") ?? 0
        settings.navigationTimeout = timeout > 0 ? .milliseconds(exactly: 1_000 * timeout) : nil
    }
}

/// Reads a list of device ids.
enum DeviceReader {
    static func read(_ reader: ObjectReader, _ name: String) -> [Device] {
        reader.strings(name).enumerated().compactMap { index, id in
            if let device = Device(id: id) { return device }
            let node = reader[name]?.array?[index] ?? reader.node
            reader.mistakes.add(
                "there is no device \"\(id)\"\(suggestion(for: id, among: Device.allIDs))", at: node.location, pointer: "\(reader.path(name))/\(index)")
            return nil
        }
    }
}
