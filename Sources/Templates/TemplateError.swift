import Base

/// Why a view could not be rendered, and the line of the view that needs what is not there.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// No record on the context stack has the name.
        case missingName
        /// The set holds no template of this name.
        case missingPartial
        /// Sections and partials are nested deeper than the limit; a partial that includes itself without end gets here.
        case tooDeep(limit: Int)
    }

    public var reason: Reason
    /// The tag that failed.
    public var location: SourceLocation
    /// The whole name as the tag spells it, for example `ad.image`; for a partial, the partial's name.
    public var name: String
    /// The known name that was most likely meant.
    public var nearest: String?
    /// The partial tags that led to the failing file, the page's own tag first; empty when the page itself failed.
    public var includes: [SourceLocation]

    public init(_ reason: Reason, name: String, at location: SourceLocation, nearest: String? = nil, includes: [SourceLocation] = []) {
        self.reason = reason
        self.name = name
        self.location = location
        self.nearest = nearest
        self.includes = includes
    }

    /// The sentence without its place: `nothing here is named "ad.image"; did you mean "ads"?`.
    public var message: String {
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        return switch reason {
        case .missingName: "nothing here is named \"\(name)\"" + hint
        case .missingPartial: "there is no view \"\(name)\"" + hint
        case .tooDeep(let limit): "\"\(name)\" is nested deeper than \(limit) levels"
        }
    }

    /// `views/layout.mustache:14: nothing here is named "ad.image"`.
    public var description: String { "\(location.file):\(location.line): \(message)" }
}
