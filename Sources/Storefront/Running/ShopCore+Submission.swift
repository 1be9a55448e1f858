import Base
import Packs

extension ShopCore {
    /// What a learner has made of the shop: services that were deployed by hand and services and views whose files have changed since
    /// the pack was opened. A fault that was switched off is no work of a learner's and is not in it.
    public func submission() -> Submission {
        Submission(
            services: services.filter(isLearners).map { service in
                Submission.Service(
                    service.name, service.deployments.filter { $0.weight > 0 }.map(\.submitted), file: "services/\(service.name).json")
            }, views: changedViews, filesWithoutEffect: changedFiles.filter { !$0.hasPrefix("services/") && !$0.hasPrefix("views/") })
    }

    /// The versions of services that a submission brings, as deploying them one after the other would leave them.
    func versions(of submission: Submission) throws -> [String: [Wiring.Version]] {
        var versions: [String: [Wiring.Version]] = [:]
        for service in submission.services {
            try checkService(service.name)
            let last = service.versions.last?.weight ?? 100
            versions[service.name] = try service.versions.enumerated().map { index, version in
                let isLast = index == service.versions.count - 1
                return Wiring.Version(
                    wiring: try Self.wiring(version.text, file: service.file), version: version.version, weight: isLast ? last : 100 - last,
                    title: version.title, origin: nextEditOrigin())
            }
        }
        return versions
    }

    private static func wiring(_ text: String, file: String) throws(Problems) -> JSONNode {
        do { return try JSONNode.parse(text.utf8, file: file) } catch { throw Problems([error]) }
    }

    private func isLearners(_ service: ServiceRuntime) -> Bool {
        edited[service.name] != nil || pack.wiring[service.name]?.value != shipped.wiring[service.name]?.value
    }

    /// As the entry service shows them.
    private var changedViews: [Submission.View] {
        let replacements = services.first { $0.name == pack.entry }?.deployments.first?.compiled.views ?? [:]
        var original = try? ViewStore(shipped.files)
        return views.names.compactMap { name in
            guard let text = views.source(name, replacements: replacements) else { return nil }
            let isChanged = views.editedNames.contains(name) || text != original?.source(name, replacements: replacements)
            return isChanged ? Submission.View(name, text) : nil
        }
    }

    private var changedFiles: [String] {
        Set(pack.files.contents.keys).union(shipped.files.contents.keys).filter { pack.files.contents[$0] != shipped.files.contents[$0] }.sorted()
    }
}

extension Deployment {
    fileprivate var submitted: Submission.Version {
        Submission.Version(version: version, weight: weight, title: title, text: compiled.source.text)
    }
}
