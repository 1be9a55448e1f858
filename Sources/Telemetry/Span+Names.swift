import Base

extension Span {
    public var end: Timestamp { Timestamp(nanoseconds: start.nanoseconds &+ durationNanoseconds) }

    /// The resource of this span, its operation name when neither span nor template gives one.
    public var resourceName: String {
        let given = resource ?? template.resource
        return given.isEmpty ? template.name : given
    }

    /// What OpenTelemetry and Jaeger call the span's name: `db.query.summary` where it is known (whole SQL texts make poor names),
    /// else the resource (`GET /discount`). The operation name (`flask.request`) goes into the attribute `operation.name`.
    public var displayName: String {
        if let summary = attributes["db.query.summary"] ?? template.attributes["db.query.summary"] { return summary.text }
        return resourceName
    }

    /// Everything there is to show beside name, kind, times and error: the template's attributes, then the span's own, which win, then
    /// those that are made of what the span knows.
    public var allAttributes: [Attribute] {
        var all = [Attribute("operation.name", .string(template.name)), Attribute("resource.name", .string(resourceName))]
        if !template.type.isEmpty { all.append(Attribute("span.type", .string(template.type))) }
        for attribute in template.attributes where attributes[attribute.name] == nil { all.append(attribute) }
        all += attributes
        for attribute in computedAttributes where all[attribute.name] == nil { all.append(attribute) }
        return all
    }

    /// Attributes that the template makes of what this span knows.
    public var computedAttributes: [Attribute] {
        template.computed.compactMap { attribute in attribute.value(for: self).map { Attribute(attribute.name, $0) } }
    }

    /// One attribute by name: of the span, its template or its service, or one of the names under which the fields are known whatever
    /// convention the service follows (`error`, `error.type`, `error.message`, `error.msg`, `error.stack`, `http.status_code`,
    /// `http.response.status_code`, `db.row_count`, `span.kind`, `span.type`, `operation.name`, `resource.name`, `service.name`,
    /// `service.version`, `env`, `otel.status_code`).
    public func attribute(named name: String) -> Value? {
        attributes[name] ?? template.attributes[name] ?? template.computed.first { $0.name == name }?.value(for: self) ?? field(named: name)
            ?? template.service.attributes[name]
    }

    private func field(named name: String) -> Value? {
        switch name {
        case "error": isError ? .bool(true) : nil
        case "error.type": value(of: .errorType)
        case "error.message", "error.msg": value(of: .errorMessage)
        case "error.stack": value(of: .errorStack)
        case "http.status_code", "http.response.status_code": value(of: .status)
        case "db.row_count": value(of: .rows)
        case "otel.status_code": isError ? "ERROR" : nil
        case "span.kind": .string(template.kind.rawValue)
        case "span.type": template.type.isEmpty ? nil : .string(template.type)
        case "operation.name": .string(template.name)
        case "resource.name": .string(resourceName)
        case "service.name", "service": .string(template.service.name)
        case "service.version", "version": .string(template.service.version)
        case "deployment.environment.name", "env": .string(template.service.environment)
        default: nil
        }
    }
}
