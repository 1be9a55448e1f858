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

extension WiringCompiler {
    /// Steps whose names stay declared when they end.
    func openSteps(_ node: JSONNode, pointer: String) -> StepList { StepList(stepArray(node, pointer: pointer)) }
}
