import HTTP

/// Tells which session a recorded request belongs to.
struct SessionTable {
    private struct Key: Hashable {
        var kind: String
        var value: String
    }

    private let rule: SessionRule
    private var sessions: [Key: ReplaySession] = [:]
    /// Oldest first.
    private var order: [Key] = []
    /// Sessions begun, less those that became part of another.
    private(set) var count = 0

    /// Keys remembered; the oldest are forgotten, and a request that names one begins a session anew.
    private let keyLimit: Int

    init(_ rule: SessionRule, keyLimit: Int = 50_000) {
        self.rule = rule
        self.keyLimit = keyLimit
    }

    mutating func session(of request: RecordedRequest) -> ReplaySession {
        let keys = keys(of: request)
        var found: [ReplaySession] = []
        for session in keys.compactMap({ sessions[$0]?.root }) where !found.contains(where: { $0 === session }) { found.append(session) }
        if rule == .automatic, keys.count == 1, keys[0].kind == "connection", found.first?.isKnownByResponse == true {
            // A visitor who had got a cookie would have sent it: somebody else's request over a shared connection.
            found = []
        }
        let session = found.first ?? ReplaySession()
        if found.isEmpty { count += 1 }
        for other in found.dropFirst() {
            session.absorb(other)
            count -= 1
        }
        for key in keys { remember(key, session) }
        return session
    }

    /// Values by which later requests of the session will be known.
    mutating func note(_ response: RecordedResponse, in session: ReplaySession) {
        guard rule == .automatic else { return }
        let root = session.root
        for found in ValueFinder(headers: response.headers, body: []).values where Identifier.isOpaque(found.value) && !found.place.hasPrefix("url ") {
            let key = Key(kind: found.place.hasPrefix("cookie ") ? "cookie \(found.name)" : "token", value: found.value)
            if sessions[key] == nil { remember(key, root) }
            root.isKnownByResponse = true
        }
    }

    private mutating func remember(_ key: Key, _ session: ReplaySession) {
        if sessions.updateValue(session, forKey: key) == nil { order.append(key) }
        guard order.count > keyLimit else { return }
        // Half at a time: one at a time would move the whole list for each.
        for key in order.prefix(keyLimit / 2) { sessions[key] = nil }
        order.removeFirst(keyLimit / 2)
    }

    private func keys(of request: RecordedRequest) -> [Key] {
        let cookies = RequestRewriter.cookies(request.headers)
        switch rule {
        case .none: return []
        case .connection: return request.connection.map { [Key(kind: "connection", value: $0)] } ?? []
        case .cookie(let name): return cookies.first { $0.name == name }.map { [Key(kind: "cookie \(name)", value: $0.value)] } ?? []
        case .header(let name): return request.headers[name].map { [Key(kind: "header", value: $0)] } ?? []
        case .automatic:
            var keys = cookies.filter { Identifier.isOpaque($0.value) }.map { Key(kind: "cookie \($0.name)", value: $0.value) }
            for field in request.headers.fields where isToken(field) { keys.append(Key(kind: "token", value: tokenValue(field))) }
            if keys.isEmpty, let connection = request.connection { keys = [Key(kind: "connection", value: connection)] }
            return keys
        }
    }

    private func isToken(_ field: Headers.Field) -> Bool {
        if field.name.equalsIgnoringCase("Authorization") { return true }
        let words = Identifier.words(of: field.name)
        return (words.contains("token") || words.contains("session")) && Identifier.isOpaque(field.value)
    }

    /// Without a scheme such as `Bearer`.
    private func tokenValue(_ field: Headers.Field) -> String {
        guard field.name.equalsIgnoringCase("Authorization"), let space = field.value.firstIndex(of: " ") else { return field.value }
        return String(field.value[field.value.index(after: space)...])
    }
}
