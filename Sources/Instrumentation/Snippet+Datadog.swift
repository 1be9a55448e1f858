import Base

extension Snippet {
    /// What the Datadog browser agent is told about itself; names of the environment variables in `init(environment:)`.
    public struct DatadogSettings: Sendable, Equatable {
        public var clientToken: String
        public var applicationID: String
        public var site: String
        public var service: String
        public var environment: String

        public init(clientToken: String, applicationID: String, site: String, service: String, environment: String) {
            self.clientToken = clientToken
            self.applicationID = applicationID
            self.site = site
            self.service = service
            self.environment = environment
        }

        /// Reads `DD_CLIENT_TOKEN`, `DD_APPLICATION_ID`, `DD_SITE`, `DD_SERVICE` and `DD_ENV`. As in the original pages, what is not set is
        /// an empty text: the agent then refuses to start and says so in the browser's console, and the page works on.
        public init(environment values: [String: String]) {
            self.init(
                clientToken: values["DD_CLIENT_TOKEN"] ?? "", applicationID: values["DD_APPLICATION_ID"] ?? "", site: values["DD_SITE"] ?? "",
                service: values["DD_SERVICE"] ?? "", environment: values["DD_ENV"] ?? "")
        }
    }

    /// The agent's file that the shop's instrumented pages name.
    public static let datadogAgentURL = "https://www.datadoghq-browser-agent.com/datadog-rum-v3.js"

    /// The two script elements of the shop's instrumented pages: the agent, and what starts it.
    ///
    /// - Parameter agentURL: Another place for the agent's file, for workshops without a network.
    public static func datadog(_ settings: DatadogSettings, agentURL: String = datadogAgentURL) -> Snippet {
        Snippet([.external(agentURL), .inline(start(settings))], marker: "DD_RUM.init")
    }

    // FIDELITY: version is a constant and not DD_VERSION, and every visitor is John: the original does the same (storedog, site layout).
    private static func start(_ settings: DatadogSettings) -> String {
        """
        window.DD_RUM && window.DD_RUM.init({
          clientToken: \(ScriptText.quoted(settings.clientToken)),
          applicationId: \(ScriptText.quoted(settings.applicationID)),
          site: \(ScriptText.quoted(settings.site)),
          service: \(ScriptText.quoted(settings.service)),
          env: \(ScriptText.quoted(settings.environment)),
          version: '1.0.0',
          sampleRate: 100,
          trackInteractions: true,
          defaultPrivacyLevel: 'mask-user-input'
        });
        window.DD_RUM && window.DD_RUM.startSessionReplayRecording();
        if (!window._DATADOG_SYNTHETICS_BROWSER) {
          window.DD_RUM && window.DD_RUM.setRumGlobalContext({'usr.handle': 'john@storedog.com'});
        }
        if (window.location.href.indexOf('utm') !== -1) {
          window.DD_RUM && window.DD_RUM.addRumGlobalContext('fromUtm', true);
        }
        """
    }
}
