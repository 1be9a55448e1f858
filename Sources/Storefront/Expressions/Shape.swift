import Base

/// A compiled description of data: JSON in which texts may hold expressions, `{"each": "x in list", "as": ...}` makes a list and
/// `{"if": ..., "then": ..., "else": ...}` chooses.
///
/// It gives a value, or writes JSON text directly: what is constant was rendered when the pack was loaded.
public indirect enum Shape {
    case constant(Value)
    case expression(Expression)
    case text(TextTemplate)
    case list([Shape])
    case record(Layout, [Shape])
    case each(Expression, slot: Int, Shape)
    case choice(Expression, Shape, Shape)
    /// Fields of several records in one, later ones winning: `{"merge": [...]}`.
    case merge([Shape])

    public func value(_ frame: Frame) throws(ExpressionError) -> Value {
        switch self {
        case .constant(let value): return value
        case .expression(let expression): return try expression.evaluate(frame)
        case .text(let template): return .string(try template.text(frame))
        case .list(let shapes):
            var elements: [Value] = []
            elements.reserveCapacity(shapes.count)
            for shape in shapes { elements.append(try shape.value(frame)) }
            return .list(elements)
        case .record(let layout, let shapes):
            var values: [Value] = []
            values.reserveCapacity(shapes.count)
            for shape in shapes { values.append(try shape.value(frame)) }
            return .record(Record(layout: layout, values: values))
        case .each(let source, let slot, let shape):
            var elements: [Value] = []
            for element in try Self.elements(of: source, frame) {
                frame.slots[slot] = element
                elements.append(try shape.value(frame))
            }
            return .list(elements)
        case .choice(let condition, let yes, let no):
            return try condition.evaluate(frame).isTruthy ? yes.value(frame) : no.value(frame)
        case .merge(let shapes):
            var members: [(String, Value)] = []
            for shape in shapes {
                guard let record = try shape.value(frame).fields else { continue }
                for (name, value) in zip(record.layout.names, record.values) {
                    if let index = members.firstIndex(where: { $0.0 == name }) { members[index].1 = value } else { members.append((name, value)) }
                }
            }
            return .record(Record(members))
        }
    }

    static func elements(of source: Expression, _ frame: Frame) throws(ExpressionError) -> [Value] {
        switch try source.evaluate(frame) {
        case .list(let elements): return elements
        case .null: return []
        default: throw ExpressionError(.wrongType, "\"each\" needs a list")
        }
    }

    /// True when evaluating needs no frame.
    var isConstant: Bool { if case .constant = self { true } else { false } }
}

/// A shape compiled for one JSON style: alternating fixed bytes and values.
public struct JSONWriterShape {
    private indirect enum Node {
        case bytes([UInt8])
        case shape(Shape, depth: Int)
        /// A field of the innermost `each`'s element.
        case elementField(PathKey, slot: Int, Expression, depth: Int)
        case each(Expression, slot: Int, Body, depth: Int)
        case choice(Expression, [Node], [Node])
    }

    /// Fixed bytes and the element's field that follows them. A class, because iterating over values would copy their parts.
    private final class Field {
        let prefix: [UInt8]
        let key: PathKey
        let slot: Int
        let expression: Expression
        let depth: Int

        init(prefix: [UInt8], key: PathKey, slot: Int, expression: Expression, depth: Int) {
            self.prefix = prefix
            self.key = key
            self.slot = slot
            self.expression = expression
            self.depth = depth
        }
    }

    /// What an `each` repeats.
    private final class Body {
        let nodes: [Node]
        /// The whole body when the element is only asked for its own fields; the frame then need not hold it. Nil otherwise.
        let fields: [Field]?
        /// What follows the last field.
        let suffix: [UInt8]

        init(_ nodes: [Node]) {
            self.nodes = nodes
            var fields: [Field] = []
            var fixed: [UInt8] = []
            for node in nodes {
                switch node {
                case .bytes(let bytes): fixed += bytes
                case .elementField(let key, let slot, let expression, let depth):
                    fields.append(Field(prefix: fixed, key: key, slot: slot, expression: expression, depth: depth))
                    fixed = []
                case .shape, .each, .choice:
                    (self.fields, suffix) = (nil, [])
                    return
                }
            }
            (self.fields, suffix) = (fields, fixed)
        }
    }

    private let nodes: [Node]
    private let style: JSONStyle

    public init(_ shape: Shape, style: JSONStyle) {
        self.style = style
        var builder = Builder(style: style)
        builder.add(shape, depth: 0)
        if style.trailingNewline { builder.bytes.append(UInt8(ascii: "\n")) }
        nodes = builder.finish()
    }

    public func write(_ frame: Frame, into out: inout [UInt8]) throws(ExpressionError) {
        try write(nodes, frame, element: .null, into: &out)
    }

    private func write(_ nodes: [Node], _ frame: Frame, element: Value, into out: inout [UInt8]) throws(ExpressionError) {
        for node in nodes {
            switch node {
            case .bytes(let bytes): out.append(contentsOf: bytes)
            case .shape(let shape, let depth): style.write(try shape.value(frame), depth: depth, into: &out)
            case .elementField(let key, let slot, let expression, let depth):
                if case .record(let record) = element, let index = key.index(in: record.layout) {
                    // Straight from the record, without a copy of the value.
                    style.write(record.values[index], depth: depth, into: &out)
                } else {
                    frame.slots[slot] = element
                    style.write(try expression.evaluate(frame), depth: depth, into: &out)
                }
            case .choice(let condition, let yes, let no):
                try write(try condition.evaluate(frame).isTruthy ? yes : no, frame, element: .null, into: &out)
            case .each(let source, let slot, let body, let depth):
                try writeEach(try Shape.elements(of: source, frame), slot: slot, body, frame, depth: depth, into: &out)
            }
        }
    }

    private func write(_ fields: [Field], _ frame: Frame, element: Value, into out: inout [UInt8]) throws(ExpressionError) {
        guard case .record(let record) = element else {
            for field in fields { try write(field, frame, element: element, into: &out) }
            return
        }
        let layout = record.layout
        for field in fields {
            if let index = field.key.index(in: layout) {
                out.append(contentsOf: field.prefix)
                // Straight from the record, without a copy of the value.
                style.write(record.values[index], depth: field.depth, into: &out)
            } else {
                try write(field, frame, element: element, into: &out)
            }
        }
    }

    private func write(_ field: Field, _ frame: Frame, element: Value, into out: inout [UInt8]) throws(ExpressionError) {
        out.append(contentsOf: field.prefix)
        frame.slots[field.slot] = element
        style.write(try field.expression.evaluate(frame), depth: field.depth, into: &out)
    }

    private func writeEach(
        _ elements: [Value], slot: Int, _ body: Body, _ frame: Frame, depth: Int, into out: inout [UInt8]
    ) throws(ExpressionError) {
        guard !elements.isEmpty else { return style.writeEmptyList(into: &out) }
        out.append(UInt8(ascii: "["))
        for index in elements.indices {
            if index > 0 { out.append(style.itemSeparator) }
            style.listBreak(depth: style.elementDepth(in: depth), into: &out)
            if let fields = body.fields {
                try write(fields, frame, element: elements[index], into: &out)
                out.append(contentsOf: body.suffix)
            } else {
                frame.slots[slot] = elements[index]
                try write(body.nodes, frame, element: elements[index], into: &out)
            }
        }
        style.listBreak(depth: depth, into: &out)
        out.append(UInt8(ascii: "]"))
    }

    private struct Builder {
        let style: JSONStyle
        /// Where the element is of the `each` directly around.
        var elementSlot: Int?
        var bytes: [UInt8] = []
        var nodes: [Node] = []

        mutating func flush() {
            if !bytes.isEmpty { nodes.append(.bytes(bytes)) }
            bytes = []
        }

        mutating func finish() -> [Node] {
            flush()
            return nodes
        }

        func nested(_ shape: Shape, depth: Int, elementSlot: Int? = nil) -> [Node] {
            var builder = Builder(style: style, elementSlot: elementSlot)
            builder.add(shape, depth: depth)
            return builder.finish()
        }

        mutating func add(_ node: Node) {
            flush()
            nodes.append(node)
        }

        mutating func add(_ shape: Shape, depth: Int) {
            switch shape {
            case .constant(let value): style.write(value, depth: depth, into: &bytes)
            case .expression(.variable(let slot, name: let name, let path, let isOptional)) where slot == elementSlot && path.count == 1:
                add(.elementField(path[0], slot: slot, .variable(slot: slot, name: name, path: path, isOptional: isOptional), depth: depth))
            case .expression, .text, .merge: add(.shape(shape, depth: depth))
            case .each(let source, let slot, let body):
                add(.each(source, slot: slot, Body(nested(body, depth: style.elementDepth(in: depth), elementSlot: slot)), depth: depth))
            case .choice(let condition, let yes, let no):
                add(.choice(condition, nested(yes, depth: depth), nested(no, depth: depth)))
            case .list(let shapes):
                guard !shapes.isEmpty else { return style.writeEmptyList(into: &bytes) }
                bytes.append(UInt8(ascii: "["))
                let inner = style.elementDepth(in: depth)
                for (index, element) in shapes.enumerated() {
                    if index > 0 { bytes.append(style.itemSeparator) }
                    style.listBreak(depth: inner, into: &bytes)
                    add(element, depth: inner)
                }
                style.listBreak(depth: depth, into: &bytes)
                bytes.append(UInt8(ascii: "]"))
            case .record(let layout, let shapes):
                guard !shapes.isEmpty else { return style.writeEmptyRecord(into: &bytes) }
                bytes.append(UInt8(ascii: "{"))
                let order = style.sortsKeys ? layout.names.indices.sorted { layout.names[$0] < layout.names[$1] } : Array(layout.names.indices)
                for (position, index) in order.enumerated() {
                    if position > 0 { bytes.append(style.itemSeparator) }
                    style.lineBreak(depth: depth + 1, into: &bytes)
                    style.writeString(layout.names[index], into: &bytes)
                    bytes.append(style.keySeparator)
                    add(shapes[index], depth: depth + 1)
                }
                style.lineBreak(depth: depth, into: &bytes)
                bytes.append(UInt8(ascii: "}"))
            }
        }
    }
}
