import Foundation
import PackagePlugin

/// Runs PackEmbedder over the folder Packs whenever a file in it changed.
@main struct PackEmbedderPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "Packs")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return [
            .buildCommand(
                displayName: "Embedding packs", executable: try context.tool(named: "PackEmbedder").url, arguments: [folder.path, output.path],
                inputFiles: files.filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }, outputFiles: [output])
        ]
    }
}
