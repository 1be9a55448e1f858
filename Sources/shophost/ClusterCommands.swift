import Base
import Foundation

/// Commands named like kubectl's, with its columns: what learners see and do of a cluster.
enum ClusterCommands {
    static func run(_ name: String, _ arguments: inout Arguments) throws -> Int32 {
        let shop = try arguments.takeOption("--shop")
        switch name {
        case "scale": try scale(&arguments, shop)
        case "logs": try logs(&arguments, shop)
        default: Terminal.print(try look(name, &arguments, shop))
        }
        return 0
    }

    private static func path(_ path: String, _ shop: String?, _ pairs: [(String, String)] = []) -> String {
        let all = (shop.map { [("shop", $0)] } ?? []) + pairs
        return path + (all.isEmpty ? "" : "?" + all.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&"))
    }

    // MARK: Looking

    private static let kinds = ["get": ["pods", "deployments", "events", "hpa"], "top": ["pods"], "describe": ["pods", "hpa"]]
    private static let shortNames = ["horizontalpodautoscaler": "hpa", "horizontalpodautoscalers": "hpa", "pod": "pods", "po": "pods", "deployment": "deployments", "deploy": "deployments", "event": "events", "ev": "events"]

    private static func look(_ command: String, _ arguments: inout Arguments, _ shop: String?) throws -> String {
        let asJSON = arguments.takeFlag("--json")
        let isWide = try arguments.takeOption("-o") == "wide"
        let label = try arguments.takeOption("-l")
        // Listed in the order of time anyway.
        _ = try arguments.takeOption("--sort-by")
        let word = try arguments.takeWord("what to \(command) (\((kinds[command] ?? []).joined(separator: ", ")))")
        let resource = shortNames[word] ?? word
        guard let known = kinds[command], known.contains(resource) else { throw UsageError("there is no \"\(word)\" to \(command)" + suggestion(for: word, among: kinds[command] ?? [])) }
        let wanted = command == "describe" ? try arguments.takeWord("its name") : try arguments.takeOptionalWord()
        try arguments.end()
        let cluster = try ControlClient.send(ControlClient.Request(method: "GET", path: path("/v1/cluster", shop), body: nil))
        let deployment = label.map { String($0.drop { $0 != "=" }.dropFirst()) }
        let key = resource == "hpa" ? "autoscalers" : resource
        let objects = (cluster[key]?.elements ?? []).filter { object in
            (wanted == nil || object["name"]?.text == wanted) && (deployment == nil || [object["deployment"]?.text, object["name"]?.text].contains(deployment))
        }
        if asJSON { return Value.list(objects).json(.pretty) }
        guard !objects.isEmpty else {
            if let wanted { throw ControlClient.Failure(description: "\(resource) \"\(wanted)\" not found") }
            return "No resources found in \(cluster["namespace"]?.text ?? "default") namespace.\n"
        }
        switch (command, resource) {
        case ("top", _): return KubectlText.top(objects)
        case ("describe", _):
            let (namespace, events) = (cluster["namespace"]?.text ?? "", cluster["events"]?.elements ?? [])
            return objects.map {
                resource == "hpa" ? KubectlText.description(ofAutoscaler: $0, namespace: namespace, events: events) : KubectlText.description(of: $0, namespace: namespace, events: events)
            }.joined(separator: "\n\n")
        case (_, "pods"): return KubectlText.pods(objects, isWide: isWide)
        case (_, "deployments"): return KubectlText.deployments(objects)
        case (_, "events"): return KubectlText.events(objects)
        default: return KubectlText.autoscalers(objects)
        }
    }

    // MARK: Scaling

    private static func scale(_ arguments: inout Arguments, _ shop: String?) throws {
        let word = try arguments.takeWord("DEPLOYMENT=N")
        let parts = word.split(separator: "=", maxSplits: 1)
        let replicas = try parts.count == 2 ? Int(parts[1]) : arguments.takeInteger("--replicas", in: 0...100)
        try arguments.end()
        guard let first = parts.first, let replicas else { throw UsageError("scale needs DEPLOYMENT=N, not \"\(word)\"") }
        let name = first.hasPrefix("deployment/") ? String(first.dropFirst("deployment/".count)) : String(first)
        let body = Record((shop.map { [("shop", Value.string($0))] } ?? []) + [("deployment", .string(name)), ("replicas", .int(replicas))])
        _ = try ControlClient.send(ControlClient.Request(method: "POST", path: "/v1/scale", body: .record(body)))
        Terminal.print("deployment.apps/\(name) scaled\n")
    }

    // MARK: Logs

    private static func logs(_ arguments: inout Arguments, _ shop: String?) throws {
        let follows = arguments.takeFlag("-f", "--follow")
        let tail = try arguments.takeInteger("--tail", in: 0...1_000_000)
        let word = try arguments.takeWord("the service")
        try arguments.end()
        let service = word.hasPrefix("deployment/") ? String(word.dropFirst("deployment/".count)) : word
        var pairs = [("service", service)] + (tail.map { [("tail", String($0))] } ?? [])
        while true {
            let answer = try ControlClient.send(ControlClient.Request(method: "GET", path: path("/v1/logs", shop, pairs), body: nil))
            for line in answer["lines"]?.elements ?? [] { Terminal.print(line.text + "\n") }
            guard follows else { return }
            pairs = [("service", service), ("since", answer["next"]?.text ?? "0")]
            Thread.sleep(forTimeInterval: 0.5)
        }
    }
}
