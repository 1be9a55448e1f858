import Base

extension TestOverrides {
    /// Changes a check accordingly. Start URL and body are those of single requests: the steps of a multistep test have each its own.
    func apply(to check: inout Check) {
        if let executionRule { check.executionRule = check.executionRule.weaker(executionRule) }
        if let retryCount { check.retry.count = retryCount }
        if let retryInterval { check.retry.interval = retryInterval }
        for variable in variables {
            check.variables.removeAll { $0.name == variable.name }
            check.variables.append(ConfigVariable(name: variable.name, pattern: variable.value))
        }
        check.overrideCount += count
        if check.browser != nil {
            apply(to: &check.browser!)
            return
        }
        let isSingle = !check.isMultistep
        for index in check.steps.indices { change(&check.steps[index].action, isSingle: isSingle) }
    }

    private func change(_ action: inout CheckStep.Action, isSingle: Bool) {
        switch action {
        case .http(var request, let assertions, let extractions):
            if isSingle { changeDestination(&request) }
            changeEverywhere(&request)
            action = .http(request, assertions, extractions)
        case .connection(var request, let assertions):
            if let allowsInsecure { request.tls?.allowsInsecure = allowsInsecure }
            action = .connection(request, assertions)
        default: break
        }
    }

    private func changeDestination(_ request: inout CheckRequest) {
        if let startURL { request.startURL = startURL }
        if let startURLSubstitution { request.urlSubstitution = startURLSubstitution }
        if let body { request.body = .text(body) }
        if let bodyType { request.bodyType = bodyType }
    }

    private func changeEverywhere(_ request: inout CheckRequest) {
        if let followsRedirects { request.followsRedirects = followsRedirects }
        if let allowsInsecure { request.allowsInsecure = allowsInsecure }
        if let basicAuth {
            let scheme = request.authentication?.scheme ?? .web
            request.authentication = CheckRequest.Authentication(scheme: scheme, username: basicAuth.username, password: basicAuth.password)
        }
        for header in headers { request.setHeader(header.name, header.value) }
        if let cookies {
            let kept = cookies.appends ? request.headers.first { $0.name.equalsIgnoringCase("Cookie") }.map { [$0.value] } ?? [] : []
            request.setHeader("Cookie", (kept + [cookies.value]).joined(separator: "; "))
        }
    }
}

extension CheckRequest {
    fileprivate mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.equalsIgnoringCase(name) }
        headers.append(NamedText(name, value))
    }
}
