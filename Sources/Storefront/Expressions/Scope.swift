import Base

/// The names that an expression may use at one place of a wiring, and the slots of the frame that hold their values.
public final class Scope {
    private var slots: [String: Int] = [:]
    /// By slot.
    private var uses: [ValueUse] = []
    private var fieldsOfWhole: Set<String>?
    private var blocks: [[(name: String, previous: Int?)]] = []
    /// Slots needed by a frame for everything declared so far.
    public private(set) var slotCount = 0

    public init() {}

    /// Declares a name in the current block; an earlier meaning returns when the block ends.
    public func declare(_ name: String) -> Int {
        let slot = slotCount
        slotCount += 1
        uses.append(ValueUse())
        if !blocks.isEmpty { blocks[blocks.count - 1].append((name, slots[name])) }
        slots[name] = slot
        return slot
    }

    public func slot(of name: String) -> Int? { slots[name] }

    /// What is asked of a value; complete when everything is compiled.
    func use(ofSlot slot: Int) -> ValueUse { uses[slot] }

    /// Notes that an expression reads a value.
    ///
    /// - Parameter field: Nil for all of it.
    func noteUse(ofSlot slot: Int, field: String?) {
        if let field { uses[slot].fields.insert(field) } else if let fieldsOfWhole { uses[slot].fields.formUnion(fieldsOfWhole) } else { uses[slot].isWhole = true }
    }

    /// Compiles something that takes a whole value but reads only these fields of it.
    func reading<Result>(only fields: Set<String>, _ body: () -> Result) -> Result {
        fieldsOfWhole = fields
        defer { fieldsOfWhole = nil }
        return body()
    }

    /// Compiles something whose declarations end with it.
    public func block<Result>(_ body: () -> Result) -> Result {
        blocks.append([])
        defer {
            for (name, previous) in blocks.removeLast().reversed() { slots[name] = previous }
        }
        return body()
    }

    public var names: [String] { Array(slots.keys) }
}

/// What expressions ask of one value, so that nothing need be made that nobody reads.
final class ValueUse {
    fileprivate(set) var isWhole = false
    fileprivate(set) var fields: Set<String> = []

    func needs(_ field: String) -> Bool { isWhole || fields.contains(field) }
}

/// An operation that makes only those parts of its result which are used.
protocol FrugalOperation: Operation {
    var use: ValueUse? { get set }
}

/// The values of one run of a wiring: what expressions read from. A class and not a protocol, so that expressions read the slots directly.
open class Frame {
    /// Values by the slots of the scope that the expressions were compiled in.
    @exclusivity(unchecked) public final var slots: [Value]

    public init(slots: [Value] = []) { self.slots = slots }

    /// Answers roots that are not variables, for example `request`; here none has a value.
    open func ambient(_ root: AmbientRoot, _ path: [PathKey]) throws(ExpressionError) -> Value {
        throw ExpressionError(.undefinedName, "\"\(root.rawValue)\" has no value here")
    }
}

/// Names that every wiring knows without declaring them.
public enum AmbientRoot: String, Sendable, CaseIterable {
    /// `request.method`, `.path`, `.target`, `.body`, `.json`, `.remote`, `.host`, `.url`, `.elapsed` (nanoseconds since it came), and by name `request.header.X`, `.query.x`, `.form.x`, `.cookie.x`.
    case request
    /// The parts of the path that the route's pattern names: `route.slug`; and `route.pattern`, `route.name`.
    case route
    /// The service that runs: `service.name`, `.version`, `.environment`, `.url`.
    case service
    /// Other services of the shop by name: `services.discounts-service.url`.
    case services
    /// Environment variables given to the program, "" when unset: `env.DD_SITE`.
    case env
    /// The current time: `now.iso`, `now.seconds`, `now.milliseconds`, `now.http`.
    case now
    /// In error steps: `error.type`, `.message`, `.status`, `.file`, `.line`, `.stack`, `.extract`, `.hidesDetails`.
    case error
    /// The trace that the request belongs to: `trace.id`, `trace.span`.
    case trace
}

/// One name of a path such as `order.state`. Remembers where the last record had that field, because rows of one query share a layout.
public final class PathKey {
    public let name: String
    private var layout: Layout?
    private var index = -1

    public init(_ name: String) { self.name = name }

    public func look(in value: Value) -> Value? {
        guard case .record(let record) = value else { return value[name] }
        return index(in: record.layout).map { record.values[$0] }
    }

    /// Where records of a layout have the field.
    @inline(__always)
    func index(in layout: Layout) -> Int? {
        if layout !== self.layout {
            self.layout = layout
            index = layout.index(of: name) ?? -1
        }
        return index < 0 ? nil : index
    }
}

/// Why an expression has no value.
public struct ExpressionError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable { case undefinedName, wrongType }

    public var kind: Kind
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
