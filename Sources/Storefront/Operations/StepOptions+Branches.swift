import Base

extension StepOptions {
    /// Compiles a map of step lists whose results stay visible after the step.
    func branches(_ name: String) -> [StepList] {
        guard let members = node[name]?.members else { return [] }
        return members.map { compiler.openSteps($0.value, pointer: pointer + "/" + name + "/" + $0.name.pointerToken) }
    }
}

extension WiringCompiler {
    /// Steps whose names stay declared when they end.
    func openSteps(_ node: JSONNode, pointer: String) -> StepList { StepList(stepArray(node, pointer: pointer)) }
}
