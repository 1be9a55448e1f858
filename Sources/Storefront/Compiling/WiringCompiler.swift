import Base
import Database
import HTTP
import Packs
import Telemetry

/// Turns the effective wiring of one service into something that runs, collecting every mistake.
///
/// What is compiled belongs to one shop: operations keep prepared statements and field positions.
public final class WiringCompiler {
    /// What the compiler must know about the pack around the service.
    public struct Surroundings {
        public var pack: Pack
        public var handlers: HandlerRegistry
        /// Position of each database of the pack.
        public var databaseIndex: [String: Int]
        public var environment: String
        /// Of the shop's world: what a running service calls itself by follows from it.
        public var seed: UInt64

        public init(pack: Pack, handlers: HandlerRegistry, environment: String, seed: UInt64 = 0) {
            self.pack = pack
            self.handlers = handlers
            self.environment = environment
            self.seed = seed
            databaseIndex = Dictionary(uniqueKeysWithValues: pack.databases.enumerated().map { ($1.name, $0) })
        }
    }

    public let surroundings: Surroundings
    public let diagnostics: Diagnostics
    /// Name of the service that is compiled.
    public let serviceName: String
    public private(set) var scope = Scope()
    private let identity: ServiceIdentity
    private let spanSettings: SpanSettings
    private let database: String?
    private let lines: [String: Int]
    /// How the service writes JSON.
    public let jsonStyle: JSONStyle
    let log: ServiceLogFormat
    /// The service's `procedures` by name.
    let procedures: [String: JSONNode]
    /// Procedures that are being compiled, to find one that uses itself.
    var openProcedures: Set<String> = []
    /// Procedures that some step performs.
    var usedProcedures: Set<String> = []
    private var hasReportedSQL = false
    /// A procedure is compiled wherever it is performed; its queries are made, and prepared by the database, only once.
    private var queries: [QueryKey: PreparedQuery] = [:]

    /// What a query and its span are made of.
    private struct QueryKey: Hashable {
        var sql: String
        var givesRecords: Bool
        var line: Int
    }

    init(
        service: String, identity: ServiceIdentity, spans: SpanSettings, log: ServiceLogFormat, database: String?, jsonStyle: JSONStyle,
        procedures: [String: JSONNode], lines: [String: Int], surroundings: Surroundings, reporting diagnostics: Diagnostics
    ) {
        serviceName = service
        self.identity = identity
        spanSettings = spans
        self.log = log
        self.database = database
        self.jsonStyle = jsonStyle
        self.procedures = procedures
        self.lines = lines
        self.surroundings = surroundings
        self.diagnostics = diagnostics
    }

    public func report(_ message: String, at location: SourceLocation, pointer: String) {
        diagnostics.report(message, at: location, pointer: pointer)
    }

    /// Tables of the service's own database.
    public var tables: [Pack.Table] {
        surroundings.pack.databases.first { $0.name == database }?.tables ?? []
    }

    // MARK: Steps

    /// Compiles one list of steps in a scope of its own: a route, an error page, a background task.
    func root(_ lists: [(node: JSONNode, pointer: String)]) -> (steps: StepList, slotCount: Int) {
        scope = Scope()
        var all: [Step] = []
        for (node, pointer) in lists { all += stepArray(node, pointer: pointer) }
        return (StepList(all), scope.slotCount)
    }

    /// Compiles the procedures that nothing performs, so that their mistakes are found too.
    func checkUnusedProcedures(after before: JSONNode?) {
        for name in procedures.keys.sorted() where !usedProcedures.contains(name) {
            guard let node = procedures[name] else { continue }
            scope = Scope()
            if let before { _ = stepArray(before, pointer: "/before") }
            openProcedures = [name]
            for taken in node["takes"]?.array?.compactMap(\.string) ?? [] { _ = scope.declare(taken) }
            let place = "/procedures/" + name.pointerToken
            if let steps = node["steps"] { _ = stepArray(steps, pointer: place + "/steps") }
            if let result = node["gives"] { _ = shape(result, pointer: place + "/gives") }
        }
        openProcedures = []
    }

    func nestedSteps(_ node: JSONNode, pointer: String) -> StepList {
        scope.block { StepList(stepArray(node, pointer: pointer)) }
    }

    func stepArray(_ node: JSONNode, pointer: String) -> [Step] {
        guard let elements = node.array else {
            report("expected a list of steps, found \(node.kindName)", at: node.location, pointer: pointer)
            return []
        }
        var names: Set<String> = []
        return elements.enumerated().compactMap { index, element in
            let place = pointer + "/\(index)"
            if let name = element["step"]?.string, !names.insert(name).inserted {
                report("two steps of this list are named \"\(name)\"", at: element["step"]!.location, pointer: place + "/step")
            }
            return step(element, pointer: place)
        }
    }

    private func step(_ node: JSONNode, pointer: String) -> Step? {
        guard node.members != nil else {
            report("a step is an object with \"do\", found \(node.kindName)", at: node.location, pointer: pointer)
            return nil
        }
        guard let operation = node["do"] else {
            report("a step needs \"do\" with the name of an operation", at: node.location, pointer: pointer)
            return nil
        }
        guard let name = operation.string, let declaration = surroundings.handlers.declaration(of: name) else {
            let name = operation.string ?? ""
            report(
                "no operation is named \"\(name)\"" + suggestion(for: name, among: surroundings.handlers.operationNames), at: operation.location,
                pointer: pointer + "/do")
            return nil
        }
        checkOptions(node, declaration, pointer: pointer)
        let line = lines[pointer] ?? node.location.line
        let compiled = declaration.compile(StepOptions(node: node, pointer: pointer, compiler: self, line: line))
        let stepName = node["step"]?.string
        if let stepName, stepName.isEmpty || !stepName.utf8.allSatisfy({ Self.isNameByte($0) }) || stepName.utf8.first.map({ (48...57).contains($0) }) ?? false {
            report("a step's name is made of letters, digits and _, and does not start with a digit", at: node["step"]!.location, pointer: pointer + "/step")
        }
        let slot = declaration.result.isEmpty ? nil : stepName.map { scope.declare($0) }
        if let slot { (compiled as? any FrugalOperation)?.use = scope.use(ofSlot: slot) }
        return Step(name: stepName, line: line, slot: slot, operation: compiled)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }

    private func checkOptions(_ node: JSONNode, _ declaration: OperationDeclaration, pointer: String) {
        let known = ["step", "do", "note"] + declaration.options.map(\.name)
        for member in diagnostics.members(of: node, pointer: pointer, known: known) {
            guard let option = declaration.options.first(where: { $0.name == member.name }) else { continue }
            check(member.value, is: option.kind, pointer: pointer + "/" + member.name.pointerToken)
        }
        for option in declaration.options where option.isRequired && node[option.name] == nil {
            report("\"\(declaration.name)\" needs \"\(option.name)\": \(option.summary)", at: node.location, pointer: pointer)
        }
    }

    private func check(_ node: JSONNode, is kind: OptionDeclaration.Kind, pointer: String) {
        func expect(_ condition: Bool, _ expected: String) {
            if !condition { report("expected \(expected), found \(node.kindName)", at: node.location, pointer: pointer) }
        }
        func known(_ what: String, _ names: [String]) {
            guard let name = node.string else { return expect(false, "the name of \(what)") }
            if !names.contains(name) { report("no \(what) is named \"\(name)\"" + suggestion(for: name, among: names), at: node.location, pointer: pointer) }
        }
        switch kind {
        case .shape: break
        case .text, .expression, .sql, .loop: expect(node.string != nil || isScalar(node) && kind.takesConstants, "text")
        case .steps: expect(node.array != nil, "a list of steps")
        case .integer(let range):
            guard case .int(let number) = node.content else { return expect(false, "a whole number") }
            if !range.contains(number) { report("\(number) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)", at: node.location, pointer: pointer) }
        case .number(let range):
            guard let number = node.value.number, node.string == nil else { return expect(false, "a number") }
            if !range.contains(number) {
                report(
                    "\(JSONStyle.shortText(of: number)) is out of range; allowed are \(JSONStyle.shortText(of: range.lowerBound)) to \(JSONStyle.shortText(of: range.upperBound))",
                    at: node.location, pointer: pointer)
            }
        case .boolean: if case .bool = node.content {} else { expect(false, "true or false") }
        case .choice(let choices): known("choice", choices)
        case .service: known("service", surroundings.pack.services)
        case .view: known("view", viewNames)
        case .table: known("table", tables.map(\.name))
        case .map(let inner):
            guard let members = node.members else { return expect(false, "an object") }
            for member in members { check(member.value, is: inner, pointer: pointer + "/" + member.name.pointerToken) }
        case .names:
            guard let elements = node.array else { return expect(false, "a list of texts") }
            for (index, element) in elements.enumerated() where element.string == nil {
                report("expected text, found \(element.kindName)", at: element.location, pointer: pointer + "/\(index)")
            }
        }
    }

    private func isScalar(_ node: JSONNode) -> Bool {
        switch node.content {
        case .int, .double, .bool: true
        default: false
        }
    }

    private lazy var viewNames: [String] = surroundings.pack.files.paths(under: "views", suffix: ".mustache").map {
        String($0.dropFirst("views/".count).dropLast(".mustache".count))
    }

    // MARK: Expressions

    func text(_ node: JSONNode, pointer: String) -> TextTemplate {
        guard let string = node.string else { return TextTemplate(parts: [.literal(node.value.text)]) }
        do {
            return try TextTemplate.parse(string, scope: scope)
        } catch {
            report("in \"\(string)\", byte \(error.offset + 1): \(error.message)", at: node.location, pointer: pointer)
            return TextTemplate(parts: [])
        }
    }

    func expression(_ node: JSONNode, pointer: String) -> Expression {
        guard let string = node.string else { return .literal(node.value) }
        do {
            return try ExpressionParser.parse(string, scope: scope)
        } catch {
            report("in \"\(string)\", byte \(error.offset + 1): \(error.message)", at: node.location, pointer: pointer)
            return .literal(.null)
        }
    }

    /// `"x in list"`.
    func loopHead(_ node: JSONNode, pointer: String) -> (source: Expression, variable: String)? {
        guard let string = node.string, let range = string.firstRange(of: " in ") else {
            report("expected \"name in list\"", at: node.location, pointer: pointer)
            return nil
        }
        let variable = String(string[..<range.lowerBound])
        guard !variable.isEmpty, variable.utf8.allSatisfy(Self.isNameByte) else {
            report("\"\(variable)\" is not a name", at: node.location, pointer: pointer)
            return nil
        }
        return (expression(JSONNode(.string(String(string[range.upperBound...])), at: node.location), pointer: pointer), variable)
    }

    func shape(_ node: JSONNode, pointer: String) -> Shape {
        switch node.content {
        case .string:
            let template = text(node, pointer: pointer)
            if let constant = template.constant { return .constant(.string(constant)) }
            return template.soleExpression.map(Shape.expression) ?? .text(template)
        case .array(let elements):
            let shapes = elements.enumerated().map { shape($1, pointer: pointer + "/\($0)") }
            return Self.folded(.list(shapes), shapes)
        case .object(let members):
            if let special = specialShape(node, members, pointer: pointer) { return special }
            let shapes = members.map { shape($0.value, pointer: pointer + "/" + $0.name.pointerToken) }
            return Self.folded(.record(Layout(members.map(\.name)), shapes), shapes)
        default: return .constant(node.value)
        }
    }

    private static func folded(_ shape: Shape, _ parts: [Shape]) -> Shape {
        guard parts.allSatisfy({ $0.isConstant }), let value = try? shape.value(Frame()) else { return shape }
        return .constant(value)
    }

    private func specialShape(_ node: JSONNode, _ members: [JSONNode.Member], pointer: String) -> Shape? {
        let names = Set(members.map(\.name))
        if names == ["each", "as"] {
            guard let (source, variable) = loopHead(node["each"]!, pointer: pointer + "/each") else { return .constant([]) }
            return scope.block {
                let slot = scope.declare(variable)
                return .each(source, slot: slot, shape(node["as"]!, pointer: pointer + "/as"))
            }
        }
        if names == ["if", "then"] || names == ["if", "then", "else"] {
            let otherwise = node["else"].map { shape($0, pointer: pointer + "/else") } ?? .constant(.null)
            return .choice(expression(node["if"]!, pointer: pointer + "/if"), shape(node["then"]!, pointer: pointer + "/then"), otherwise)
        }
        if names == ["merge"], let parts = node["merge"]?.array {
            return .merge(parts.enumerated().map { shape($1, pointer: pointer + "/merge/\($0)") })
        }
        return nil
    }

    // MARK: Queries and spans

    func query(_ sql: String, givesRecords: Bool, at location: SourceLocation, pointer: String, line: Int) -> PreparedQuery? {
        guard let database, let index = surroundings.databaseIndex[database] else {
            // A database that does not exist was reported where it is named.
            if !hasReportedSQL, database == nil { report("this service has no \"database\", so it cannot run queries", at: location, pointer: pointer) }
            hasReportedSQL = true
            return nil
        }
        let key = QueryKey(sql: sql, givesRecords: givesRecords, line: line)
        if let known = queries[key] { return known }
        do {
            let statement = try Statement(parsing: sql)
            let table = statement.table
            let facts = [
                "statement": statement.traceText, "operation": statement.operation, "table": table,
                "model": givesRecords ? spanSettings.models[table] ?? "" : "",
            ]
            let query = PreparedQuery(
                statement: statement, database: index, span: span(.sql, resource: statement.traceText, attributes: [], facts: facts, line: line),
                connectSpan: describesSpans(of: .connect) ? span(.connect, resource: "connect", attributes: [], facts: [:], line: line) : nil)
            queries[key] = query
            return query
        } catch {
            report("\(error)", at: location, pointer: pointer)
            return nil
        }
    }

    func span(_ kind: SpanKindName, resource: String, attributes: [Attribute], facts: [String: String], line: Int) -> SpanTemplate {
        spanSettings.template(
            kind, resource: resource, identity: identity,
            attributes: attributes + [Attribute("code.file.path", .string("services/\(serviceName).json")), Attribute("code.line.number", .int(line))],
            facts: facts)
    }

    func describesSpans(of kind: SpanKindName) -> Bool { spanSettings.describes(kind) }

    func partialSpans(ofPage page: String) -> PartialSpans? {
        guard describesSpans(of: .partial) else { return nil }
        let (settings, identity) = (spanSettings, identity)
        return PartialSpans(page: page) { view in
            settings.template(
                .partial, resource: view + ".mustache", identity: identity,
                attributes: [Attribute("code.file.path", .string("views/\(view).mustache")), Attribute("code.line.number", 1)],
                facts: ["view": view + ".mustache"])
        }
    }
}
