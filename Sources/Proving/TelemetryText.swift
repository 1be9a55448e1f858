import Base
import Telemetry

/// A shop's telemetry as text, one record a line, for reading it as a learner would.
enum TelemetryText {
    /// By kind: `span`, `log`, `event`, `metric`.
    static func all(_ recorder: Recorder) -> [(kind: String, text: [UInt8])] {
        [("span", spans(recorder)), ("log", logs(recorder)), ("event", events(recorder)), ("metric", PrometheusText.render(recorder.metricFamilies()))]
    }

    /// What many spans share is written once.
    private static func spans(_ recorder: Recorder) -> [UInt8] {
        var out: [UInt8] = []
        var known: Set<ObjectIdentifier> = []
        for span in recorder.spans().elements {
            write(span.template, known: &known, into: &out)
            out.append(span.resource ?? "")
            for attribute in span.attributes + span.computedAttributes { write(attribute, into: &out) }
            if let error = span.error { out.append(" \(error.type) \(error.message) \(error.stack)") }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func write(_ template: SpanTemplate, known: inout Set<ObjectIdentifier>, into out: inout [UInt8]) {
        guard known.insert(ObjectIdentifier(template)).inserted else { return }
        out.append("\(template.service.name) \(template.service.version) \(template.service.environment) \(template.name) \(template.resource)")
        for attribute in template.service.attributes + template.attributes { write(attribute, into: &out) }
        out.append(UInt8(ascii: "\n"))
        for companion in companions(of: template.companions) { write(companion, known: &known, into: &out) }
    }

    private static func companions(of list: [SpanTemplate.Companion]) -> [SpanTemplate] {
        list.flatMap { [$0.template] + companions(of: $0.companions) }
    }

    private static func logs(_ recorder: Recorder) -> [UInt8] {
        var out: [UInt8] = []
        for record in recorder.logs().elements {
            out.append(record.line)
            for attribute in record.attributes { write(attribute, into: &out) }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func events(_ recorder: Recorder) -> [UInt8] {
        var out: [UInt8] = []
        for event in recorder.events().elements {
            out.append("\(event.service) \(event.kind) \(event.title)")
            for attribute in event.attributes { write(attribute, into: &out) }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func write(_ attribute: Attribute, into out: inout [UInt8]) {
        out.append(" ")
        out.append(attribute.name)
        out.append("=")
        out.append(attribute.value.text)
    }
}
