import Base
import Packs
import Storefront

extension ControlAPI {
    /// What a learner has changed, with all that is needed to judge it without this host.
    func submission(_ hosted: HostedShop) async throws -> Value {
        let name = hosted.packName
        return try await hosted.shop.with { core in
            .object([
                "pack": .string(name), "state": .string(core.stateName), "faults": .list(core.activeFaults.map(\.value)),
                "submission": core.submission().value,
                // Built-in packs are in every program; a folder may have changed since the shop was opened.
                "shipped": PackLibrary.isFolder(name) ? core.shipped.files.value : .null,
            ])
        }
    }
}

extension ActiveFault {
    fileprivate var value: Value {
        .object(["name": .string(name), "options": .record(Record(options.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))])
    }

    /// Nil for what is not a fault's value.
    public init?(_ value: Value) {
        guard case .string(let name)? = value["name"] else { return nil }
        var options: [String: Int] = [:]
        if let fields = value["options"]?.fields { for (option, number) in zip(fields.layout.names, fields.values) { options[option] = number.integer } }
        self.init(name: name, options: options)
    }
}

extension PackFiles {
    /// Contents in base64, by path.
    fileprivate var value: Value { .record(Record(contents.sorted { $0.key < $1.key }.map { ($0.key, .string(Base64.encode($0.value))) })) }

    /// Nil for what is not the value of files.
    public init?(_ value: Value, origin: String) {
        guard let fields = value.fields else { return nil }
        let contents = Dictionary(zip(fields.layout.names, fields.values.map { Base64.decode($0.text) ?? [] }), uniquingKeysWith: { first, _ in first })
        self.init(origin: origin, contents: contents)
    }
}
