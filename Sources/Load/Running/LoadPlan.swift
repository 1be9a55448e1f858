import Base

/// What is run, in a form that every event loop makes its own journey from.
public struct LoadPlan: Sendable {
    public enum Source: Sendable {
        case file(JourneyFile)
        case url(URLPlan)
    }

    public var source: Source
    /// Base URLs by service name; "" is for requests to services that are missing here.
    public var bases: [String: String]
    public var profile: LoadProfile
    /// Besides those of the journey.
    public var thresholds: [Threshold]
    /// False accepts any server certificate.
    public var verifiesCertificates: Bool

    public init(_ source: Source, bases: [String: String] = [:], profile: LoadProfile, thresholds: [Threshold] = [], verifiesCertificates: Bool = true) {
        self.source = source
        self.bases = bases
        self.profile = profile
        self.thresholds = thresholds
        self.verifiesCertificates = verifiesCertificates
    }

    /// - Throws: `Problems` or `URLPlanError`.
    public func journey() throws -> Journey {
        switch source {
        case .file(let file): try file.read()
        case .url(let plan): try plan.journey()
        }
    }

    /// A run of this plan's share on one loop.
    public func run(courier: any Courier, loop: EventLoop, share: LoadShare = .whole) throws -> JourneyRun {
        let isURL = if case .url = source { true } else { false }
        return JourneyRun(
            try journey(), bases: bases, profile: profile, courier: courier, loop: loop, thresholds: thresholds, words: isURL ? .go : .python,
            verifiesCertificates: verifiesCertificates, share: share)
    }
}
