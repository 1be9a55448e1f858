import Base
import Telemetry

/// The rules by which a shop's services sample, as X-Ray keeps them: for all services where all agree, else for one.
struct SamplingRules {
    struct Record {
        var rule: XRaySamplingRule
        /// Unique.
        var name: String
        var service: String
        var priority: Int
        var since: Timestamp
    }

    /// By priority.
    private(set) var records: [Record] = []

    private static let defaultName = "Default"
    /// Of an account in which nobody has said anything.
    private static let standard = XRaySamplingRule(name: defaultName, reservoir: 1, rate: 0.05)
    private static let lowestPriority = 10_000
    private static let nameLimit = 32

    init(_ account: XRayAccount) {
        let services = account.rules.sorted { $0.key < $1.key }.map(\.value)
        var shared: [Record] = []
        for service in services {
            for rule in service.rules {
                if services.allSatisfy({ $0.rules.contains(rule) }) {
                    let since = services.map(\.since).max() ?? service.since
                    if !shared.contains(where: { $0.rule == rule }) { shared.append(Record(rule: rule, name: rule.name, service: "*", priority: 0, since: since)) }
                } else {
                    records.append(Record(rule: rule, name: rule.name, service: service.name, priority: 0, since: service.since))
                }
            }
        }
        records += shared
        if !records.contains(where: { $0.name == Self.defaultName && $0.service == "*" }) {
            records.append(Record(rule: Self.standard, name: Self.defaultName, service: "*", priority: 0, since: services.map(\.since).min() ?? Timestamp(nanoseconds: 0)))
        }
        for index in records.indices {
            let isDefault = records[index].name == Self.defaultName && records[index].service == "*"
            records[index].priority = isDefault ? Self.lowestPriority : index + 1
            if !isDefault { records[index].name = uniqueName(at: index) }
        }
        records.sort { $0.priority < $1.priority }
    }

    private func uniqueName(at index: Int) -> String {
        let record = records[index]
        let isTaken = records.indices.contains { $0 != index && records[$0].name == record.name }
        return isTaken ? String("\(record.name)-\(record.service)".prefix(Self.nameLimit)) : record.name
    }

    var lastChange: Timestamp { records.map(\.since).max() ?? Timestamp(nanoseconds: 0) }
}

extension SamplingRules.Record {
    func write(to json: inout JSONWriter, _ names: XRayNames) {
        json.object { json in
            json.key("SamplingRule")
            json.object { json in
                json.member("RuleName", name)
                json.member("RuleARN", names.rule(name))
                json.member("ResourceARN", "*")
                json.member("Priority", priority)
                json.key("FixedRate")
                json.value(Value.double(rule.rate))
                json.member("ReservoirSize", rule.reservoir)
                json.member("ServiceName", service)
                json.member("ServiceType", "*")
                json.member("Host", rule.host)
                json.member("HTTPMethod", rule.method)
                json.member("URLPath", rule.path)
                json.member("Version", 1)
                json.key("Attributes")
                json.object { _ in }
            }
            json.member("CreatedAt", since)
            json.member("ModifiedAt", since)
        }
    }
}
