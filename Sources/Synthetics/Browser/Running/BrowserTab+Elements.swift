import Base

extension ElementLocator {
    /// With all places filled in.
    func expanded(_ scope: VariableScope) throws(CheckFailure) -> ElementLocator {
        var copy = self
        for index in chosen.indices { copy.chosen[index].value = try scope.expand(chosen[index].value) }
        return copy
    }
}

extension ElementLocator.Strategy {
    /// The protocol's name.
    fileprivate var wireName: String { self == .css ? "css selector" : "xpath" }
}

extension BrowserTab {
    // MARK: Finding

    /// The first element that a locator finds.
    func find(_ locator: ElementLocator, _ patience: Patience) async throws(Obstacle) -> ElementReference {
        for candidate in locator.chosen {
            do throws(WebDriverError) { return try await session.find(candidate.strategy.wireName, candidate.value, within: patience.limit) } catch {
                guard error.code == .noSuchElement else { throw obstacle(error, candidate) }
            }
        }
        if let element = try await recorded(locator, patience) { return element }
        throw Obstacle(.locateElement, "nothing on the page matches \(locator.description)")
    }

    private func obstacle(_ error: WebDriverError, _ candidate: ElementLocator.Candidate) -> Obstacle {
        guard error.code == .invalidSelector else { return obstacle(error) }
        let kind = candidate.strategy == .css ? "a CSS selector" : "an XPath expression for elements"
        return Obstacle(.invalidTest, "\"\(candidate.value)\" is not \(kind)", isFinal: true)
    }

    /// Of recorded paths one that finds exactly one element is trusted most.
    private func recorded(_ locator: ElementLocator, _ patience: Patience) async throws(Obstacle) -> ElementReference? {
        var first: ElementReference?
        for candidate in locator.recorded {
            let found = try await command { () throws(WebDriverError) in
                try await self.session.findAll(candidate.strategy.wireName, candidate.value, within: patience.limit)
            }
            if found.count == 1 { return found[0] }
            first = first ?? found.first
        }
        return first
    }

    // MARK: Acting

    func click(_ locator: ElementLocator, _ kind: BrowserCommand.ClickKind, _ withScript: Bool, _ patience: Patience) async throws(CheckFailure) {
        if withScript {
            try await act(on: locator, patience) { element throws(WebDriverError) in
                _ = try await self.session.execute("arguments[0].click()", [element.value], within: patience.limit)
            }
        } else if kind == .primary {
            try await act(on: locator, patience, whenEnabled: true) { element throws(WebDriverError) in
                try await self.session.click(element, within: patience.limit)
            }
        } else {
            let button = kind == .contextual ? 2 : 0
            let press: [PointerAction] = [.down(button: button), .up(button: button)]
            try await point(at: locator, patience) { [.move($0, x: 0, y: 0)] + press + (kind == .double ? press : []) }
        }
    }

    /// Finds an element and does something with it, until that succeeds.
    ///
    /// - Parameter whenEnabled: A disabled control would swallow a click without a word.
    private func act(
        on locator: ElementLocator, _ patience: Patience, whenEnabled: Bool = false,
        _ body: (ElementReference) async throws(WebDriverError) -> Void
    ) async throws(CheckFailure) {
        try await patience.until { () throws(Obstacle) in
            let element = try await self.find(locator, patience)
            if whenEnabled {
                let isEnabled = try await self.command { () throws(WebDriverError) in try await self.session.isEnabled(element, within: patience.limit) }
                if !isEnabled { throw Obstacle(.elementNotInteractable, "\(locator.description) is disabled") }
            }
            do throws(Obstacle) { try await self.command { () throws(WebDriverError) in try await body(element) } } catch {
                throw await self.explained(error, element, locator)
            }
        }
    }

    /// Says of an element that cannot be used whether a person would see it.
    private func explained(_ obstacle: Obstacle, _ element: ElementReference, _ locator: ElementLocator) async -> Obstacle {
        guard obstacle.failure.code == .elementNotInteractable else { return obstacle }
        guard let isDisplayed = try? await session.isDisplayed(element), !isDisplayed else { return obstacle }
        return Obstacle(.invisibleElement, "\(locator.description) is not visible")
    }

    func type(_ text: String, into locator: ElementLocator, _ delay: Duration, _ appends: Bool, _ patience: Patience) async throws(CheckFailure) {
        let parts = delay == .zero ? [text] : text.map(String.init)
        // A second attempt must not type the beginning twice.
        var typed = 0
        try await act(on: locator, patience, whenEnabled: true) { element throws(WebDriverError) in
            if !appends {
                try await self.session.clear(element, within: patience.limit)
                typed = 0
            }
            while typed < parts.count {
                try await self.session.type(parts[typed], into: element, within: patience.limit)
                typed += 1
                if delay > .zero { try? await self.pause(delay) }
            }
        }
    }

    func select(_ value: String, in locator: ElementLocator, _ patience: Patience) async throws(CheckFailure) {
        try await patience.until { () throws(Obstacle) in
            let element = try await self.find(locator, patience)
            let found = try await self.command { () throws(WebDriverError) in
                try await self.session.execute(Self.optionScript, [element.value, .string(value)], within: patience.limit)
            }
            guard let option = ElementReference(found) else {
                throw Obstacle(.selectOption, "\(locator.description) has no option \"\(value)\"")
            }
            try await self.command { () throws(WebDriverError) in try await self.session.click(option, within: patience.limit) }
        }
    }

    /// By value, else by what people read.
    private static let optionScript = """
        const options = Array.from(arguments[0].options || []);
        return options.find(o => o.value === arguments[1]) || options.find(o => o.text.trim() === arguments[1]) || null;
        """

    /// Moves the pointer after the element was brought into sight.
    func point(
        at locator: ElementLocator, _ patience: Patience, _ actions: (ElementReference) -> [PointerAction]
    ) async throws(CheckFailure) {
        try await act(on: locator, patience) { element throws(WebDriverError) in
            try await self.bringIntoSight(element, patience)
            try await self.session.point(actions(element), within: patience.limit)
        }
    }

    private func bringIntoSight(_ element: ElementReference, _ patience: Patience) async throws(WebDriverError) {
        let script = "arguments[0].scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'})"
        _ = try await session.execute(script, [element.value], within: patience.limit)
    }

    func scroll(_ locator: ElementLocator?, _ x: Int, _ y: Int, _ patience: Patience) async throws(CheckFailure) {
        let distance = [Value.int(x), .int(y)]
        guard let locator else {
            try await insist(patience) { () throws(WebDriverError) in
                _ = try await self.session.execute("window.scrollBy(arguments[0], arguments[1])", distance, within: patience.limit)
            }
            return
        }
        try await act(on: locator, patience) { element throws(WebDriverError) in
            if x == 0, y == 0 { try await self.bringIntoSight(element, patience); return }
            let script = "arguments[0].scrollBy(arguments[1], arguments[2])"
            _ = try await self.session.execute(script, [element.value] + distance, within: patience.limit)
        }
    }
}
