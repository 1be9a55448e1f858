import Base

/// What a learner hands in: edited wirings of services and edited views. Nothing else of a pack can be part of a fix.
public struct Submission: Sendable, Equatable {
    /// One version of a service that takes requests.
    public struct Version: Sendable, Equatable {
        public var version: String?
        /// Share of the service's requests in percent, 1 to 100.
        public var weight: Int
        public var title: String
        /// The wiring, as JSON.
        public var text: String

        public init(version: String? = nil, weight: Int = 100, title: String = "Deployed by hand", text: String) {
            self.version = version
            self.weight = weight
            self.title = title
            self.text = text
        }
    }

    public struct Service: Sendable, Equatable {
        public var name: String
        /// The oldest first; one or two.
        public var versions: [Version]
        /// Where the text is from, for messages.
        public var file: String

        public init(_ name: String, _ versions: [Version], file: String) {
            self.name = name
            self.versions = versions
            self.file = file
        }
    }

    public struct View: Sendable, Equatable {
        public var name: String
        public var text: String

        public init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    public var services: [Service]
    public var views: [View]
    /// Files that were changed too and have no effect on the verdict: checks, faults, states, data.
    public var filesWithoutEffect: [String]

    public init(services: [Service] = [], views: [View] = [], filesWithoutEffect: [String] = []) {
        self.services = services
        self.views = views
        self.filesWithoutEffect = filesWithoutEffect
    }

    public var isEmpty: Bool { services.isEmpty && views.isEmpty }
}

extension Submission {
    public var value: Value {
        .object([
            "services": .list(
                services.map { service in
                    .object(["name": .string(service.name), "file": .string(service.file), "versions": .list(service.versions.map(\.value))])
                }),
            "views": .list(views.map { .object(["name": .string($0.name), "text": .string($0.text)]) }),
            "filesWithoutEffect": .list(filesWithoutEffect.map { .string($0) }),
        ])
    }

    /// Nil for what is not a submission's value.
    public init?(_ value: Value) {
        guard let services = value["services"]?.elements, let views = value["views"]?.elements else { return nil }
        self.init()
        for service in services {
            guard case .string(let name)? = service["name"], let versions = service["versions"]?.elements?.map(Version.init), !versions.contains(nil) else { return nil }
            self.services.append(Service(name, versions.compactMap { $0 }, file: service["file"]?.text ?? name))
        }
        for view in views {
            guard case .string(let name)? = view["name"], case .string(let text)? = view["text"] else { return nil }
            self.views.append(View(name, text))
        }
        filesWithoutEffect = (value["filesWithoutEffect"]?.elements ?? []).map(\.text)
    }
}

extension Submission.Version {
    fileprivate var value: Value {
        .object(["version": version.map { .string($0) } ?? .null, "weight": .int(weight), "title": .string(title), "text": .string(text)])
    }

    fileprivate init?(_ value: Value) {
        guard case .string(let text)? = value["text"], let weight = value["weight"]?.integer else { return nil }
        self.init(version: value["version"].flatMap { $0.isNull ? nil : $0.text }, weight: weight, title: value["title"]?.text ?? "", text: text)
    }
}
