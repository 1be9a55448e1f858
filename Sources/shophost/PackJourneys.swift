import Base
import Load
import Packs

/// The journeys of packs.
enum PackJourneys {
    /// - Parameter services: Names that a journey may give; nil when they are not known.
    static func files(of files: PackFiles, services: [String]?) -> [JourneyFile] {
        files.paths(under: "load", suffix: ".json").map { JourneyFile(path: files.displayPath($0), text: files.contents[$0]!, services: services) }
    }
}
