extension ServiceIdentity {
    /// The resource as OpenTelemetry's back ends get it.
    public var exportedAttributes: [Attribute] { [Attribute("service.name", .string(name))] + resourceAttributes }
}

extension Span {
    /// The attributes as OpenTelemetry's back ends get them.
    public var exportedAttributes: [Attribute] {
        var attributes = allAttributes
        if let error, attributes["error.type"] == nil { attributes.append(Attribute("error.type", .string(error.type))) }
        return attributes
    }
}
