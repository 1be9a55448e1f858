import Base

/// A value that a visitor takes out of an answer, into a variable.
struct Take {
    enum Source {
        case json(JSONPath)
        /// The first group of a match, or the whole match.
        case regex(Pattern)
        /// What stands between two texts; much faster than a regular expression.
        case between(String, String)
        case header(String)
        case cookie(String)
        /// Names and values of the hidden fields of the form with this id, as a browser would send them back.
        case hiddenFields(form: String)
    }

    enum Pick: String, CaseIterable { case first, random, all }

    var slot: Int
    var name: String
    var source: Source
    var pick: Pick
    /// True when it may be missing; the variable is then not set.
    var isOptional: Bool
}
