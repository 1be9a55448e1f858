/// Checks a regular expression out of a member; one with `{{ NAME }}` places can only be checked when it runs.
enum PatternReader {
    static func check(_ text: String, _ reader: ObjectReader, _ name: String) {
        if text.isEmpty || Template.hasPlaces(text) { return }
        do { _ = try CheckPattern(text) } catch {
            reader.note("\"\(text)\" is not a regular expression: \(error.reason)", at: name)
        }
    }
}
