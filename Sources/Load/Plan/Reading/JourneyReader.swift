import Base

/// Reads a journey file, collecting every mistake.
struct JourneyReader {
    private let document: JSONNode
    private let journey: Journey
    private let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    init(name: String, document: JSONNode, services: [String]?, reporting diagnostics: Diagnostics) {
        self.document = document
        journey = Journey(name: name)
        names = JourneyNames(reporting: diagnostics, services: services)
    }

    static let keys = ["$schema", "title", "description", "job", "service", "load", "thresholds", "lists", "headers", "sequences", "visitors"]
    static let loadKeys = ["users", "spawnRate", "durationSeconds"]
    static let visitorKeys = ["weight", "service", "headers", "cookies", "waitMilliseconds", "variables", "onStart", "tasks"]
    static let taskKeys = ["name", "weight", "everyMilliseconds", "steps"]

    /// The longest wait, in milliseconds: a day.
    static let longestWait = 86_400_000
    static let weights = 1...1_000_000

    func read() -> Journey {
        guard document.members != nil else {
            _ = diagnostics.members(of: document, pointer: "")
            return journey
        }
        _ = diagnostics.members(of: document, pointer: "", known: Self.keys)
        journey.title = diagnostics.string("title", in: document, pointer: "", required: true) ?? ""
        journey.summary = diagnostics.string("description", in: document, pointer: "") ?? ""
        journey.job = diagnostics.string("job", in: document, pointer: "")
        readStandard()
        readLists()
        names.declareAll(in: document)
        journey.slotNames = names.slots
        journey.thresholds = readThresholds()
        names.sequences = document["sequences"]?.members?.map(\.name) ?? []
        let steps = StepReader(journey: journey, names: names)
        if let node = document["sequences"] {
            journey.sequences = diagnostics.members(of: node, pointer: "/sequences").map { steps.list($0.value, pointer: "/sequences/" + $0.name.pointerToken) }
            SequenceCycles(journey: journey, names: names, node: node).check()
        }
        readVisitors(steps)
        return journey
    }

    private func readStandard() {
        guard let node = document["load"] else { return }
        _ = diagnostics.members(of: node, pointer: "/load", known: Self.loadKeys)
        if let users = diagnostics.integer("users", in: node, pointer: "/load", range: 1...1_000_000) { journey.standard.users = users }
        if let value = node["spawnRate"] {
            if let rate = value.value.number, value.string == nil, rate > 0, rate <= 1e6 {
                journey.standard.spawnRate = rate
            } else {
                diagnostics.report("the visitors that come per second are more than 0 and at most 1000000", at: value.location, pointer: "/load/spawnRate")
            }
        }
        journey.standard.duration = diagnostics.integer("durationSeconds", in: node, pointer: "/load", range: 1...86_400_000).map { .seconds($0) }
    }

    private func readLists() {
        guard let node = document["lists"] else { return }
        for member in diagnostics.members(of: node, pointer: "/lists") {
            let pointer = "/lists/" + member.name.pointerToken
            guard let elements = member.value.array else { diagnostics.reportKind(of: member.value, expected: "a list", pointer); continue }
            if elements.isEmpty { diagnostics.report("an empty list has nothing to choose", at: member.value.location, pointer: pointer) }
            names.lists[member.name] = elements.map(\.value)
        }
    }

    private func readThresholds() -> [Threshold] {
        guard let node = document["thresholds"] else { return [] }
        var thresholds: [Threshold] = []
        for member in diagnostics.members(of: node, pointer: "/thresholds") {
            let pointer = "/thresholds/" + member.name.pointerToken
            guard let expressions = member.value.array else {
                diagnostics.reportKind(of: member.value, expected: "a list of limits such as \"p(95)<500\"", pointer)
                continue
            }
            for (index, expression) in expressions.enumerated() {
                guard let text = expression.string else { diagnostics.reportKind(of: expression, expected: "text", "\(pointer)/\(index)"); continue }
                do throws(ThresholdError) { thresholds.append(try Threshold(metric: member.name, expression: text)) } catch {
                    diagnostics.report(error.description, at: expression.location, pointer: "\(pointer)/\(index)")
                }
            }
        }
        return thresholds
    }

    // MARK: Visitors

    private func readVisitors(_ steps: StepReader) {
        guard let node = diagnostics.value("visitors", in: document, pointer: "", required: true) else { return }
        let members = diagnostics.members(of: node, pointer: "/visitors")
        if members.isEmpty, node.members != nil { diagnostics.report("a journey needs visitors", at: node.location, pointer: "/visitors") }
        let service = names.service(in: document, pointer: "") ?? ""
        let headers = names.texts("headers", in: document, pointer: "")
        journey.visitors = members.map { visitor($0, steps, service: service, headers: headers) }
    }

    private func visitor(_ member: JSONNode.Member, _ steps: StepReader, service: String, headers: [(name: String, value: SlotText)]) -> VisitorKind {
        let pointer = "/visitors/" + member.name.pointerToken
        let node = member.value
        _ = diagnostics.members(of: node, pointer: pointer, known: Self.visitorKeys)
        var kind = VisitorKind(name: member.name)
        kind.service = journey.service(names.service(in: node, pointer: pointer) ?? service)
        let own = names.texts("headers", in: node, pointer: pointer)
        kind.headers = headers.filter { header in !own.contains { $0.name.lowercased() == header.name.lowercased() } } + own
        kind.weight = diagnostics.integer("weight", in: node, pointer: pointer, range: Self.weights) ?? 1
        kind.keepsCookies = diagnostics.boolean("cookies", in: node, pointer: pointer) ?? true
        kind.wait = steps.wait("waitMilliseconds", in: node, pointer: pointer) ?? .none
        kind.variables = node["variables"].map { steps.variables($0, pointer: pointer + "/variables") } ?? []
        kind.onStart = node["onStart"].map { steps.list($0, pointer: pointer + "/onStart") } ?? []
        kind.tasks = tasks(in: node, pointer: pointer, steps)
        return kind
    }

    private func tasks(in node: JSONNode, pointer: String, _ steps: StepReader) -> [JourneyTask] {
        guard let list = diagnostics.value("tasks", in: node, pointer: pointer, required: true) else { return [] }
        let pointer = pointer + "/tasks"
        guard let elements = list.array else { return diagnostics.wrong(list, "a list of tasks", pointer) ?? [] }
        if elements.isEmpty { diagnostics.report("a visitor needs tasks", at: list.location, pointer: pointer) }
        return elements.enumerated().map { index, element in
            let pointer = "\(pointer)/\(index)"
            _ = diagnostics.members(of: element, pointer: pointer, known: Self.taskKeys)
            var task = JourneyTask(name: diagnostics.string("name", in: element, pointer: pointer) ?? "")
            task.weight = diagnostics.integer("weight", in: element, pointer: pointer, range: Self.weights) ?? 1
            task.period = diagnostics.integer("everyMilliseconds", in: element, pointer: pointer, range: 1...Self.longestWait).map { .milliseconds($0) }
            task.steps = diagnostics.value("steps", in: element, pointer: pointer, required: true).map { steps.list($0, pointer: pointer + "/steps") } ?? []
            return task
        }
    }
}
