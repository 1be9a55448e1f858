import Base
import CLibXML2

/// An XPath 1.0 expression, evaluated by libxml2.
///
/// Prefixes of XML names are those that the document's root element declares. HTML names are lower case.
public struct XPath: Sendable, Equatable {
    /// As written.
    public let text: String

    /// - Throws: `ExpressionError` for what is not XPath's grammar; unknown functions show only when it is evaluated.
    init(_ text: String) throws(ExpressionError) {
        self.text = text
        guard let context = xmlXPathNewContext(nil) else { throw ExpressionError(reason: "out of memory") }
        defer { xmlXPathFreeContext(context) }
        xml_silence(context)
        guard let compiled = xmlXPathCtxtCompile(context, text) else { throw Self.error(context) }
        xmlXPathFreeCompExpr(compiled)
    }

    /// Operations that one evaluation may take.
    private static let operationLimit: UInt = 10_000_000

    /// What the expression yields: the text of the first node in document order, a number, true or false; nil when no node fits.
    ///
    /// - Throws: `ExpressionError` for an unknown function or prefix, and for one that takes too long.
    func evaluate(on document: MarkupDocument) throws(ExpressionError) -> Value? {
        guard let context = xmlXPathNewContext(document.pointer) else { throw ExpressionError(reason: "out of memory") }
        defer { xmlXPathFreeContext(context) }
        xml_silence(context)
        xml_limit(context, Self.operationLimit)
        Self.declareNamespaces(document, context)
        guard let object = xmlXPathEval(text, context) else { throw Self.error(context) }
        defer { xmlXPathFreeObject(object) }
        return Self.value(object)
    }

    private static func declareNamespaces(_ document: MarkupDocument, _ context: xmlXPathContextPtr) {
        guard let root = xmlDocGetRootElement(document.pointer) else { return }
        var next = root.pointee.nsDef
        while let declaration = next {
            if let prefix = declaration.pointee.prefix { xmlXPathRegisterNs(context, prefix, declaration.pointee.href) }
            next = declaration.pointee.next
        }
    }

    private static func value(_ object: xmlXPathObjectPtr) -> Value? {
        switch object.pointee.type {
        case XPATH_BOOLEAN: return .bool(object.pointee.boolval != 0)
        case XPATH_NUMBER:
            let number = object.pointee.floatval
            return number.isFinite ? Int(exactly: number).map { .int($0) } ?? .double(number) : .string("\(number)")
        case XPATH_NODESET:
            guard let nodes = object.pointee.nodesetval, nodes.pointee.nodeNr > 0 else { return nil }
            xmlXPathNodeSetSort(nodes)
            return nodes.pointee.nodeTab[0].flatMap { text(xmlXPathCastNodeToString($0)) }
        default: return text(xmlXPathCastToString(object))
        }
    }

    private static func text(_ characters: UnsafeMutablePointer<xmlChar>?) -> Value? {
        guard let characters else { return nil }
        defer { xml_free(characters) }
        return .string(String(cString: characters))
    }

    /// The library has words for these only where it prints them.
    private static func error(_ context: xmlXPathContextPtr) -> ExpressionError {
        let reason =
            switch xmlXPathError(UInt32(xml_xpath_error(context))) {
            case XPATH_UNDEF_PREFIX_ERROR: "a namespace prefix that the document does not declare"
            case XPATH_UNKNOWN_FUNC_ERROR: "a function that XPath 1.0 does not have"
            case XPATH_UNDEF_VARIABLE_ERROR: "a variable, which nothing defines here"
            case XPATH_INVALID_ARITY: "a function with the wrong number of arguments"
            case XPATH_INVALID_TYPE: "a value of the wrong type"
            case XPATH_UNFINISHED_LITERAL_ERROR: "a text without its closing quote"
            case XPATH_OP_LIMIT_EXCEEDED: "it takes too long on this document"
            default: "it does not follow XPath's grammar"
            }
        return ExpressionError(reason: reason)
    }
}

extension XPath: CheckExpression {
    public static var kindName: String { "an XPath" }
    public init(expression: String) throws { try self.init(expression) }
}
