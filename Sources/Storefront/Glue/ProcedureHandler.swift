import Base

/// Named step lists of a service, used in several of its routes.
public struct ProcedureHandler: Handler {
    public let name = "procedure"
    public let summary = "Named lists of steps that several routes of a service share."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "perform", "Runs a procedure of the service.",
                options: [
                    OptionDeclaration("procedure", .text, "its name under `procedures`", required: true),
                    OptionDeclaration("with", .map(.shape), "a value for each name that it takes"),
                ], result: "what the procedure gives"
            ) { $0.procedure() }
        ]
    }
}

/// The steps of a procedure, compiled into the place that uses it.
final class Perform: Operation {
    private let arguments: [(slot: Int, shape: Shape)]
    private let steps: StepList
    private let result: Shape

    init(_ arguments: [(slot: Int, shape: Shape)], _ steps: StepList, gives result: Shape) {
        self.arguments = arguments
        self.steps = steps
        self.result = result
    }

    func run(_ exchange: Exchange) async throws -> Value {
        for (slot, shape) in arguments { exchange.slots[slot] = try shape.value(exchange) }
        try await steps.run(exchange)
        return exchange.response == nil ? try result.value(exchange) : .null
    }
}

extension StepOptions {
    func procedure() -> any Operation {
        let name = word("procedure") ?? ""
        guard let node = compiler.procedures[name] else {
            report("no procedure is named \"\(name)\"" + suggestion(for: name, among: Array(compiler.procedures.keys)), at: "procedure")
            return Perform([], StepList([]), gives: .constant(.null))
        }
        guard compiler.openProcedures.insert(name).inserted else {
            report("the procedure \"\(name)\" uses itself", at: "procedure")
            return Perform([], StepList([]), gives: .constant(.null))
        }
        compiler.usedProcedures.insert(name)
        defer { compiler.openProcedures.remove(name) }
        let taken = node["takes"]?.array?.compactMap(\.string) ?? []
        let given = shapes("with")
        for (argument, _) in given where !taken.contains(argument) {
            report("the procedure \"\(name)\" takes no \"\(argument)\"" + suggestion(for: argument, among: taken), at: "with")
        }
        for argument in taken where !given.contains(where: { $0.name == argument }) {
            report("the procedure \"\(name)\" needs \"\(argument)\"")
        }
        return compiler.scope.block {
            let slots = taken.map { compiler.scope.declare($0) }
            let arguments = zip(taken, slots).compactMap { argument, slot in
                given.first { $0.name == argument }.map { (slot: slot, shape: $0.shape) }
            }
            let place = "/procedures/" + name.pointerToken
            let steps = node["steps"].map { compiler.openSteps($0, pointer: place + "/steps") } ?? StepList([])
            let result = node["gives"].map { compiler.shape($0, pointer: place + "/gives") } ?? .constant(.null)
            return Perform(arguments, steps, gives: result)
        }
    }
}
