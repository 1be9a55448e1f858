extension TestOverrides {
    /// Changes how a browser check is played.
    func apply(to settings: inout BrowserSettings) {
        if let startURL { settings.otherStartURL = startURL }
        if let startURLSubstitution { settings.startURLSubstitution = startURLSubstitution }
        if let allowsInsecure { settings.allowsInsecure = allowsInsecure }
        if let basicAuth { settings.basicAuth = (basicAuth.username, basicAuth.password) }
        if let deviceIDs, !deviceIDs.isEmpty {
            settings.devices = deviceIDs.compactMap { Device(id: $0) }
            settings.unknownDevices = deviceIDs.filter { Device(id: $0) == nil }
        }
        for header in headers {
            settings.headers.removeAll { $0.name.equalsIgnoringCase(header.name) }
            settings.headers.append(header)
        }
        // Zero stands for no limit of its own.
        if let testTimeout, testTimeout > .zero { settings.testTimeout = testTimeout }
        if let defaultStepTimeout, defaultStepTimeout > .zero { settings.stepTimeout = defaultStepTimeout }
        change(&settings.cookies, with: setCookies, CookieLine.lines)
        change(&settings.cookies, with: cookies, CookieLine.pairs)
    }

    private func change(_ cookies: inout [String], with change: Cookies?, _ lines: (String) -> [String]) {
        guard let change else { return }
        cookies = (change.appends ? cookies : []) + lines(change.value)
    }
}
