import Base

extension BrowserTab {
    /// Looks until an assertion holds.
    func judge(
        _ command: BrowserCommand, _ patience: Patience, _ scope: VariableScope, _ detail: inout BrowserStepDetail
    ) async throws(CheckFailure) {
        switch command {
        case .assertURL(let check):
            let check = try check.expanded(scope)
            detail.value = check.wording
            try await hold(check, "the URL", patience) { () throws(Obstacle) in
                try await self.command { () throws(WebDriverError) in try await self.session.currentURL(within: patience.limit) }
            }
        case .assertPresent(let locator):
            let locator = try locator.expanded(scope)
            detail.value = locator.description
            _ = try await patience.until { () throws(Obstacle) in try await self.find(locator, patience) }
        case .assertContent(let locator, let check):
            let (locator, check) = (try locator.expanded(scope), try check.expanded(scope))
            detail.value = "\(locator.description) \(check.wording)"
            try await hold(check, "the content of \(locator.description)", patience) { () throws(Obstacle) in
                try await self.content(of: try await self.find(locator, patience), patience)
            }
        case .assertAttribute(let locator, let name, let check):
            let (locator, check) = (try locator.expanded(scope), try check.expanded(scope))
            detail.value = "\(name) of \(locator.description) \(check.wording)"
            try await hold(check, "the attribute \(name) of \(locator.description)", patience) { () throws(Obstacle) in
                let element = try await self.find(locator, patience)
                return try await self.command { () throws(WebDriverError) in
                    try await self.session.attribute(name, of: element, within: patience.limit) ?? ""
                }
            }
        case .assertPageContains(let text): try await judge(ValueCheck(.contains, try scope.expand(text)), patience, &detail)
        case .assertPageLacks(let text): try await judge(ValueCheck(.notContains, try scope.expand(text)), patience, &detail)
        case .assertScript(let code, let locator):
            let locator = try locator?.expanded(scope)
            try await patience.until { () throws(Obstacle) in
                if try await !self.isTrue(code, locator, scope, patience) { throw Obstacle(.assertionFailure, "the code returned nothing that is true") }
            }
        case .assertRequests(let url, let count): try await judge(try scope.expand(url), try count.expanded(scope), patience, &detail)
        default: break
        }
    }

    /// What the page as a whole says.
    private func judge(_ check: ValueCheck, _ patience: Patience, _ detail: inout BrowserStepDetail) async throws(CheckFailure) {
        detail.value = check.value
        try await patience.until { () throws(Obstacle) in
            let text = try await self.pageText(patience)
            let holds = (try? check.holds(text)) ?? false
            if !holds { throw Obstacle(.assertionFailure, "the page \(check.wording). It says: \"\(Self.excerpt(text))\"") }
        }
    }

    private func judge(_ url: String, _ count: ValueCheck, _ patience: Patience, _ detail: inout BrowserStepDetail) async throws(CheckFailure) {
        detail.value = "requests to \(url) \(count.wording)"
        try await hold(count, "the number of requests to \(url)", patience) { () throws(Obstacle) in
            let entries = try await self.command { () throws(WebDriverError) in try await self.session.log("performance") }
            self.requests.add(entries)
            return String(self.requests.count(url))
        }
    }

    private func hold(
        _ check: ValueCheck, _ what: String, _ patience: Patience, _ actual: () async throws(Obstacle) -> String
    ) async throws(CheckFailure) {
        try await patience.until { () throws(Obstacle) in
            let text = try await actual()
            let holds: Bool
            do throws(CheckPatternError) { holds = try check.holds(text) } catch {
                throw Obstacle(.invalidTest, "\"\(error.pattern)\" is not a regular expression: \(error.reason)", isFinal: true)
            }
            if !holds { throw Obstacle(.assertionFailure, "\(what) \(check.wording). Actual: \"\(Self.excerpt(text))\"") }
        }
    }

    /// Characters of a text that a failure shows.
    private static let shownLimit = 160

    private static func excerpt(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > shownLimit ? String(line.prefix(shownLimit)) + "…" : line
    }
}

extension ValueCheck {
    /// With all places filled in.
    fileprivate func expanded(_ scope: VariableScope) throws(CheckFailure) -> ValueCheck { ValueCheck(relation, try scope.expand(value)) }
}
