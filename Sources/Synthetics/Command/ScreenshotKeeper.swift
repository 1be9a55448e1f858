/// Writes the pictures of failed steps, each to a file named after its check.
struct ScreenshotKeeper {
    let folder: String
    let workspace: any Workspace
    /// For the standard error stream: what could not be written. The verdict is none the worse for it.
    private(set) var complaint = ""

    init(folder: String, workspace: any Workspace) {
        self.folder = folder
        self.workspace = workspace
    }

    /// - Parameter result: Learns the files' names; attempts before the last one are not kept.
    mutating func keep(of result: inout CheckResult) {
        let device = result.browser?.device.id ?? ""
        for index in result.steps.indices {
            guard let bytes = result.steps[index].browser?.screenshot?.bytes else { continue }
            let file = "\(folder)/\(Screenshot.fileName(result.name, device, step: index)).png"
            do {
                try workspace.write(bytes, to: file)
                result.steps[index].browser?.screenshot?.file = file
            } catch { complaint += "synthetics-start: \(file) cannot be written: \(error)\n" }
        }
    }
}
