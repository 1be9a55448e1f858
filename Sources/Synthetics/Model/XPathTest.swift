import Base

/// An assertion on what an XPath finds in an HTML or XML body.
public struct XPathTest: Sendable {
    public var path: Templated<XPath>
    public var comparison: Comparison
    public var target: Value

    public init(path: Templated<XPath>, comparison: Comparison, target: Value) {
        self.path = path
        self.comparison = comparison
        self.target = target
    }
}
