import Base

/// A JSON document with variables in its texts. A text that is nothing but a variable takes the variable's type.
indirect enum JSONTemplate {
    case constant(Value)
    case text(SlotText)
    case list([JSONTemplate])
    case object([(name: String, value: JSONTemplate)])

    func value(_ values: [Value?]) throws(MissingValue) -> Value {
        switch self {
        case .constant(let value): return value
        case .text(let text): return try text.value(values)
        case .list(let elements):
            var list: [Value] = []
            for element in elements { list.append(try element.value(values)) }
            return .list(list)
        case .object(let members):
            var fields: [(String, Value)] = []
            for member in members { fields.append((member.name, try member.value.value(values))) }
            return .record(Record(fields))
        }
    }

    var isConstant: Bool { if case .constant = self { true } else { false } }
}
