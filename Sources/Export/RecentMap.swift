/// What was seen lately, by key: the newest 4,096 entries at least. In two generations, so that forgetting costs nothing.
struct RecentMap<Key: Hashable, Value> {
    private static var generationSize: Int { 4_096 }

    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]

    subscript(_ key: Key) -> Value? {
        get { recent[key] ?? older[key] }
        set {
            if recent.count >= Self.generationSize {
                older = recent
                recent = [:]
            }
            recent[key] = newValue
        }
    }
}
