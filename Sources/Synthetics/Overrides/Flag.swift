/// Truth in the words that datadog-ci takes.
enum Flag {
    static func read(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }
}
