/// The known name that a misspelt or shortened one most likely meant: at most a third of its letters (and at least two) wrong, or the only
/// name that holds it whole.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(2, name.count / 3)
    let folded = Array(name.lowercased())
    var best: (name: String, distance: Int)?
    for candidate in candidates.sorted() {
        let distance = editDistance(folded, Array(candidate.lowercased()))
        if distance <= limit && distance < (best?.distance ?? .max) { best = (candidate, distance) }
    }
    return best?.name ?? onlyName(with: name, among: candidates)
}

private func onlyName(with part: String, among candidates: some Sequence<String>) -> String? {
    // Three letters stand in too many names by chance.
    guard part.count > 3 else { return nil }
    let holders = candidates.filter { $0.lowercased().contains(part.lowercased()) }
    return holders.count == 1 ? holders[0] : nil
}

/// `; did you mean "x"?`, or a list when the choice is small, or nothing.
public func suggestion(for name: String, among candidates: some Collection<String>) -> String {
    if let nearest = nearestName(to: name, among: candidates) { return "; did you mean \"\(nearest)\"?" }
    guard !candidates.isEmpty, candidates.count <= 12 else { return "" }
    return "; known: " + candidates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
}

/// Edits between two words where swapping neighbours counts as one (optimal string alignment).
public func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
