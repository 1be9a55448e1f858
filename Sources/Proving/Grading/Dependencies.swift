/// Which service calls which, as healthy shops have recorded it.
struct Dependencies: Sendable {
    private var called: [String: Set<String>] = [:]

    init(_ recordings: [ProbeRecording]) {
        for answer in recordings.flatMap(\.answers) {
            for activity in answer.telemetry.activities where !activity.isQuery {
                called[activity.operation.service, default: []].insert(activity.partner)
            }
        }
    }

    /// All services that one calls, directly or through others.
    func below(_ service: String) -> Set<String> {
        var found: Set<String> = []
        var open = Array(called[service] ?? [])
        while let next = open.popLast() {
            if found.insert(next).inserted { open += called[next] ?? [] }
        }
        return found
    }
}
