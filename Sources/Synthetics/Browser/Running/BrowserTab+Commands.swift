import Base
import HTTP

extension BrowserTab {
    func perform(
        _ command: BrowserCommand, _ patience: Patience, _ scope: inout VariableScope, _ detail: inout BrowserStepDetail
    ) async throws(CheckFailure) {
        switch command {
        case .openStartURL: try await openStart(scope, patience, &detail)
        case .goToURL(let url): try await go(to: url, scope, patience, &detail)
        case .refresh: try await refresh(patience)
        case .wait(let duration): try await wait(duration)
        case .click(let element, let kind, let withScript): try await click(try element.expanded(scope), kind, withScript, patience)
        case .typeText(let element, let text, let delay, let appends):
            detail.value = try scope.expand(text)
            try await type(detail.value, into: try element.expanded(scope), delay, appends, patience)
        case .pressKey(let key, let modifiers):
            try await insist(patience) { () throws(WebDriverError) in try await self.session.press(key, holding: modifiers, within: patience.limit) }
        case .selectOption(let element, let value):
            detail.value = try scope.expand(value)
            try await select(detail.value, in: try element.expanded(scope), patience)
        case .hover(let element): try await point(at: try element.expanded(scope), patience) { [.move($0, x: 0, y: 0)] }
        case .drag(let element):
            // Browsers take a press for a drag only when the pointer moves.
            try await point(at: try element.expanded(scope), patience) { [.move($0, x: 0, y: 0), .down(button: 0), .moveBy(x: 8, y: 8)] }
        case .drop(let element, let x, let y):
            try await point(at: try element.expanded(scope), patience) { [.move($0, x: x, y: y), .moveBy(x: 1, y: 1), .up(button: 0)] }
        case .scroll(let element, let x, let y): try await scroll(try element?.expanded(scope), x, y, patience)
        case .extractText(let element, let pattern, let variable):
            let text = try await extractText(of: try element.expanded(scope), pattern, variable.name, patience)
            scope.set(variable.name, text, isSecret: variable.isSecure)
        case .extractFromScript(let code, let element, let variable):
            let text = try await extract(code, try element?.expanded(scope), scope, variable.name, patience)
            scope.set(variable.name, text, isSecret: variable.isSecure)
        case .assertURL, .assertPresent, .assertContent, .assertAttribute, .assertPageContains, .assertPageLacks, .assertScript, .assertRequests:
            try await judge(command, patience, scope, &detail)
        }
    }

    // MARK: Pages

    private func openStart(_ scope: VariableScope, _ patience: Patience, _ detail: inout BrowserStepDetail) async throws(CheckFailure) {
        let url = try StartURL.filled(settings.startURL, settings.otherStartURL, settings.startURLSubstitution, scope)
        detail.value = url
        guard let parts = URLParts(url) else { throw CheckFailure(.openURL, "\"\(url)\" is not a URL") }
        try await prepare(for: url, scope)
        if let (username, password) = settings.basicAuth {
            // The browser remembers for the host what an address says once; an address with it would spoil the page's own relative ones.
            let user = PercentEncoding.encode(try scope.expand(username)) + ":" + PercentEncoding.encode(try scope.expand(password))
            let rest = url.dropFirst(parts.scheme.utf8.count + 3)
            try await open("\(parts.scheme)://\(user)@\(rest)", patience)
        }
        try await open(url, patience)
    }

    private func go(to url: String, _ scope: VariableScope, _ patience: Patience, _ detail: inout BrowserStepDetail) async throws(CheckFailure) {
        detail.value = try scope.expand(url)
        try await open(detail.value, patience)
    }

    private func open(_ url: String, _ patience: Patience) async throws(CheckFailure) {
        try await load(url, patience) { () throws(WebDriverError) in try await self.session.go(to: url, within: patience.limit) }
    }

    private func refresh(_ patience: Patience) async throws(CheckFailure) {
        try await load("the page", patience) { () throws(WebDriverError) in try await self.session.refresh(within: patience.limit) }
    }

    private func load(_ what: String, _ patience: Patience, _ body: () async throws(WebDriverError) -> Void) async throws(CheckFailure) {
        do throws(WebDriverError) {
            try await body()
            // Of some errors the driver says nothing, but the browser shows them on a page of its own.
            if try await session.findAll("css selector", "body.neterror", within: patience.limit).isEmpty { return }
            let code = try await session.execute(Self.errorScript, within: patience.limit)
            if case .string(let code) = code { throw WebDriverError(.refused(.unknownError), code) }
        } catch {
            throw Obstacle.navigation(error, to: what).failure
        }
    }

    private static let errorScript = """
        const code = document.querySelector('.error-code');
        return location.protocol === 'chrome-error:' ? (code && code.textContent || 'the browser shows an error of its own') : null;
        """

    /// What the browser must know before its first request.
    private func prepare(for url: String, _ scope: VariableScope) async throws(CheckFailure) {
        var commands: [(String, Value)] = []
        if !settings.headers.isEmpty || !settings.blockedURLs.isEmpty { commands.append(("Network.enable", .object([:]))) }
        if !settings.headers.isEmpty {
            var headers: [(String, Value)] = []
            for header in settings.headers { headers.append((try scope.expand(header.name), .string(try scope.expand(header.value)))) }
            commands.append(("Network.setExtraHTTPHeaders", .object(["headers": .record(Record(headers))])))
        }
        if !settings.blockedURLs.isEmpty {
            commands.append(("Network.setBlockedURLs", .object(["urls": .list(settings.blockedURLs.map { .string($0) })])))
        }
        if settings.bypassesContentSecurityPolicy { commands.append(("Page.setBypassCSP", .object(["enabled": true]))) }
        for line in settings.cookies {
            if let cookie = CookieLine(try scope.expand(line)) { commands.append(("Network.setCookie", cookie.parameters(for: url))) }
        }
        for (name, parameters) in commands {
            do throws(WebDriverError) { try await session.devTools(name, parameters) } catch { throw Obstacle(error).failure }
        }
    }

    /// Waiting has a length of its own; only the limit of the whole check cuts it.
    private func wait(_ duration: Duration) async throws(CheckFailure) {
        let rest = restOfCheck ?? duration
        do { try await pause(min(rest, duration)) } catch { throw CheckFailure.cancelled }
        if rest < duration { throw CheckFailure(.stepTimeout, "the wait was cut") }
    }
}
