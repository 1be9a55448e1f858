import Base

/// The text of a journey file, which every event loop reads for itself.
public struct JourneyFile: Sendable {
    /// The file's name without folder and `.json`.
    public let name: String
    /// Shown in messages.
    public let path: String
    public let text: [UInt8]
    /// Names that requests may give as their service; nil when nobody knows them.
    public let services: [String]?

    public init(path: String, text: [UInt8], services: [String]?) {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        name = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
        self.path = path
        self.text = text
        self.services = services
    }

    /// - Throws: `Problems` with every mistake found.
    public func read() throws(Problems) -> Journey {
        let diagnostics = Diagnostics()
        let journey = read(reporting: diagnostics)
        try diagnostics.check()
        return journey
    }

    /// Reads as far as possible; mistakes go to the diagnostics.
    @discardableResult
    public func read(reporting diagnostics: Diagnostics) -> Journey {
        do {
            let document = try JSONNode.parse(text, file: path)
            return JourneyReader(name: name, document: document, services: services, reporting: diagnostics).read()
        } catch {
            diagnostics.report(error)
            return Journey(name: name)
        }
    }
}
