import Base
import Storefront

/// The operations' own documentation, for people and as JSON.
enum HandlerReport {
    static func text(_ registry: HandlerRegistry, only wanted: String?) -> String {
        var text = ""
        for handler in registry.handlers {
            let operations = handler.operations.filter { wanted == nil || wanted == handler.name || wanted == $0.name }
            guard !operations.isEmpty else { continue }
            text += Terminal.bold(handler.name) + "  \(handler.summary)\n"
            for operation in operations {
                text += "  \(Terminal.bold(operation.name))  \(operation.summary)\n"
                text += Terminal.table(operation.options.map { ["      \($0.name)", $0.kind.description, $0.isRequired ? "required" : $0.standard.map { "default \($0.json())" } ?? "", $0.summary] })
                    .split(separator: "\n").map { $0 + "\n" }.joined()
                if !operation.result.isEmpty { text += "      gives: \(operation.result)\n" }
            }
            text += "\n"
        }
        return text
    }

    static func json(_ registry: HandlerRegistry) -> Value {
        .list(
            registry.handlers.map { handler in
                .object([
                    "handler": .string(handler.name), "summary": .string(handler.summary),
                    "operations": .list(
                        handler.operations.map { operation in
                            .object([
                                "name": .string(operation.name), "summary": .string(operation.summary), "result": .string(operation.result),
                                "options": .list(
                                    operation.options.map { option in
                                        .object([
                                            "name": .string(option.name), "kind": .string(option.kind.description), "required": .bool(option.isRequired),
                                            "default": option.standard ?? .null, "summary": .string(option.summary),
                                        ])
                                    }),
                            ])
                        }),
                ])
            })
    }
}
