import Base

/// What a step in a browser left besides its verdict.
public struct BrowserStepDetail: Sendable, Equatable {
    /// Datadog's name for the kind of step.
    public var type: String
    /// What the report shows below the name: a URL, a text, an element.
    public var value: String
    /// Where the page was when the step failed.
    public var url: String?
    /// What the page complained about during the step.
    public var complaints: [PageComplaint] = []
    public var screenshot: Screenshot?

    init(_ command: BrowserCommand) {
        type = command.typeName
        value = command.shown
    }

    mutating func rewrite(_ change: (String) -> String) {
        value = change(value)
        url = url.map(change)
        for index in complaints.indices { complaints[index].text = change(complaints[index].text) }
    }
}

/// An error in the page's console.
public struct PageComplaint: Sendable, Equatable {
    public enum Kind: String, Sendable { case network, js }

    public var kind: Kind
    public var text: String
}

/// The page as a person would have seen it.
public struct Screenshot: Sendable, Equatable {
    /// PNG.
    public var bytes: [UInt8]
    /// Where it was written to; nil until then.
    public var file: String?

    /// `buy-a-bag.chrome.laptop_large.3`: letters and digits of the name, everything else as `-`.
    static func fileName(_ name: String, _ device: String, step: Int) -> String {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return "\(words.joined(separator: "-")).\(device).\(step)"
    }
}
