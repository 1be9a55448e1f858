import Base
import HTTP
import Packs
import Storefront
import Synthetics

/// A route of a service, by its pattern; without one, whatever no route matches.
struct Place: Hashable, Sendable {
    var service: String
    var route: String?
}

/// Where the requests of each check have been taken, its own and those that services made for them.
// @unchecked Sendable: touched only on the loop of its bench.
final class Footprints: @unchecked Sendable {
    /// By the name of the check.
    private(set) var places: [String: Set<Place>] = [:]

    func watch(_ core: ShopCore) {
        core.onRequest = { [unowned self] service, route in
            guard let check = Runner.currentCheck else { return }
            places[check, default: []].insert(Place(service: service, route: route))
        }
    }
}

/// What a fault changes: the requests that may be answered differently because of it.
///
/// Routes of their own count one by one, procedures as the routes that perform them, indexes and background work as all of each service that
/// uses the database, a collector as all that reads telemetry, everything else of a service as all of it.
struct ChangedPlaces: Sendable {
    /// True when nobody can tell whom it concerns.
    private(set) var isShared = false
    /// What back ends have of the telemetry, whoever records it.
    private var changesCollector = false
    private var services: Set<String> = []
    private var routes: Set<Place> = []

    /// Nothing.
    init() {}

    init(_ fault: FaultDefinition, in pack: Pack) {
        for (service, patch) in fault.change.patches { add(patch, of: service, in: pack.wiring) }
        services.formUnion(fault.change.canaries.map(\.service))
    }

    /// - Parameter readsTelemetry: True when all counts that the places' services do, not only what was reached.
    func contain(_ places: Set<Place>, readsTelemetry: Bool = false) -> Bool {
        if isShared || readsTelemetry && changesCollector { return true }
        let reached = Set(places.map(\.service))
        if readsTelemetry && routes.contains(where: { reached.contains($0.service) }) { return true }
        return !services.isDisjoint(with: reached) || !routes.isDisjoint(with: places)
    }

    /// - Parameter wirings: By service, without faults.
    mutating func add(_ patch: JSONNode, of service: String, in wirings: [String: JSONNode]) {
        let wiring = wirings[service]
        for change in patch.members ?? [] {
            switch change.name {
            case "routes": for route in change.value.members ?? [] { add(route: route.name, of: service) }
            case "procedures": for procedure in change.value.members ?? [] { add(procedure: procedure.name, of: service, wiring) }
            case let name where Overlay.isRoute(name): add(route: name, of: service)
            case "collector": changesCollector = true
            case "background":
                let tasks = change.value.members ?? []
                let spreads = tasks.contains { $0.value.spreads() || wiring?["background"]?[$0.name]?.spreads(except: ["db.transaction"]) ?? false }
                if spreads { isShared = true } else { addUsersOfDatabase(of: service, in: wirings) }
            case "indexes": addUsersOfDatabase(of: service, in: wirings)
            case "connections", "database": isShared = true
            default: services.insert(service)
            }
        }
    }

    private mutating func addUsersOfDatabase(of service: String, in wirings: [String: JSONNode]) {
        services.insert(service)
        guard let database = wirings[service]?["database"]?.string else { return }
        services.formUnion(wirings.filter { $0.value["database"]?.string == database }.keys)
    }

    /// - Parameter name: `GET /path`.
    private mutating func add(route name: String, of service: String) {
        guard let space = name.firstIndex(of: " "), let pattern = try? RoutePattern(String(name[name.index(after: space)...])) else {
            services.insert(service)
            return
        }
        routes.insert(Place(service: service, route: pattern.description))
    }

    private mutating func add(procedure name: String, of service: String, _ wiring: JSONNode?) {
        guard let wiring else { return }
        let users = Self.names(performing: name, in: wiring)
        for member in wiring.members ?? [] where member.name != "procedures" {
            let isUser = { (node: JSONNode) in node.performs(users) }
            guard member.name == "routes" else {
                if isUser(member.value) { services.insert(service) }
                continue
            }
            for route in member.value.members ?? [] where isUser(route.value) { add(route: route.name, of: service) }
        }
    }

    /// A procedure with all that perform it, directly or through others.
    private static func names(performing name: String, in wiring: JSONNode) -> Set<String> {
        var names: Set<String> = [name]
        while true {
            let more = (wiring["procedures"]?.members ?? []).filter { !names.contains($0.name) && $0.value.performs(names) }.map(\.name)
            if more.isEmpty { return names }
            names.formUnion(more)
        }
    }
}

extension JSONNode {
    private static let localOperations: Set<String> = [
        "set", "when", "each", "collect", "attempt", "sleep", "sometimes", "log",
        "db.query", "db.first", "db.value", "db.execute", "db.insert", "db.insertAll", "db.update", "records.list", "garbage.collect",
    ]

    /// True when a step in here may do something to other services, or keep something for which others stand in line, not only change data.
    ///
    /// - Parameter harmless: Operations that do not count.
    fileprivate func spreads(except harmless: Set<String> = []) -> Bool {
        if let operation = self["do"]?.string, !Self.localOperations.contains(operation), !harmless.contains(operation) { return true }
        return (members ?? []).contains { $0.value.spreads(except: harmless) } || (array ?? []).contains { $0.spreads(except: harmless) }
    }

    /// True when a step in here performs one of the procedures.
    fileprivate func performs(_ procedures: Set<String>) -> Bool {
        if self["do"]?.string == "perform", let name = self["procedure"]?.string, procedures.contains(name) { return true }
        return (members ?? []).contains { $0.value.performs(procedures) } || (array ?? []).contains { $0.performs(procedures) }
    }
}
