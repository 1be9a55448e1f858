import Base

extension StepOptions {
    /// Compiles a map of step lists whose results stay visible after the step.
    func branches(_ name: String) -> [StepList] {
        guard let members = node[name]?.members else { return [] }
        return members.map { compiler.openSteps($0.value, pointer: pointer + "/" + name + "/" + $0.name.pointerToken) }
    }
}

extension StepOptions {
    /// Compiles steps whose results stay visible after the step.
    func openSteps(_ name: String) -> StepList {
        node[name].map { compiler.openSteps($0, pointer: pointer + "/" + name) } ?? StepList([])
    }

    /// Compiles nested steps, and a shape that may use what they declare; all of that ends with the step.
    public func steps(_ name: String, giving result: String) -> (steps: StepList, result: Shape) {
        compiler.scope.block {
            let steps = node[name].map { compiler.openSteps($0, pointer: pointer + "/" + name) } ?? StepList([])
            return (steps, shape(result) ?? .constant(.null))
        }
    }
}

extension StepOptions {
    /// Compiles `"x in list"`, nested steps that may use `x`, and a shape that may use `x` and what the steps declare.
    func loop(_ name: String, steps stepsName: String, giving resultName: String) -> (source: Expression, slot: Int, steps: StepList, result: Shape) {
        let head = node[name].flatMap { compiler.loopHead($0, pointer: pointer + "/" + name) }
        return compiler.scope.block {
            let slot = compiler.scope.declare(head?.variable ?? "")
            let inner = steps(stepsName, giving: resultName)
            return (head?.source ?? .literal(.list([])), slot, inner.steps, inner.result)
        }
    }
}

extension WiringCompiler {
    /// Steps whose names stay declared when they end.
    func openSteps(_ node: JSONNode, pointer: String) -> StepList { StepList(stepArray(node, pointer: pointer)) }
}
