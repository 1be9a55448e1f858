import Base
import Testing

@testable import Telemetry

@Suite struct LogFormatTests {
    private static let time = Timestamp(nanoseconds: 1_727_054_242_123_456_789)

    private func line(
        _ message: String = "ads query failed", level: LogRecord.Level = .error, trace: Bool = true, facts: [Value] = [], fields: [Attribute] = []
    ) -> LogLine {
        LogLine(
            time: Self.time, level: level, service: .make("ads", version: "1.0", environment: "shop"), message: message, logger: "ads",
            file: "ads.py", line: 61, trace: trace ? TraceID(high: 0x66f0_c1a2_0000_0000, low: 0x4bf9_2f35_77b3_4da6) : nil,
            span: trace ? 67_667_974_448_284_343 : 0, processID: 42, facts: facts, fields: fields)
    }

    @Test func `writes Python's line with Datadog's ids`() throws {
        let format = try LogFormat(
            "{time:%Y-%m-%d %H:%M:%S,%L} {level:upper} [{logger}] [{file}:{line}] [dd.service={dd.service} dd.env={dd.env} "
                + "dd.version={dd.version} dd.trace_id={dd.trace_id:hex} dd.span_id={dd.span_id}] - {message}")
        #expect(
            format.text(line())
                == "2024-09-23 01:17:22,123 ERROR [ads] [ads.py:61] [dd.service=ads dd.env=shop dd.version=1.0 "
                + "dd.trace_id=66f0c1a2000000004bf92f3577b34da6 dd.span_id=67667974448284343] - ads query failed")
    }

    @Test(arguments: [
        ("{dd.trace_id} {dd.span_id}", "5474458728733560230 67667974448284343"), ("{trace_id} {span_id}", "66f0c1a2000000004bf92f3577b34da6 00f067aa0ba902b7"),
        ("{level} {level:upper} {level:letter} {level:python}", "error ERROR E ERROR"), ("{time}", "2024-09-23T01:17:22.123Z"),
        ("[{time:%d/%b/%Y:%H:%M:%S +0000}] {pid}", "[23/Sep/2024:01:17:22 +0000] 42"), ("{level:upper|>7}|{logger|<5}|", "  ERROR|ads  |"),
        (#"{"m":"{message|json}","x":{"y":1}}"#, #"{"m":"ads query failed","x":{"y":1}}"#), (#"\{message}"#, "{message}"), ("{time:%s.%f %a %N}", "1727054242.123456 Mon 123456789"), ("{time:%H:%M:%S%FZ}", "01:17:22.123456789Z"),
        ("{trace_id:low}", "4bf92f3577b34da6"), ("{level:index}", "4"),
    ])
    func `fills placeholders`(template: String, expected: String) throws {
        #expect(try LogFormat(template).text(line()) == expected)
    }

    @Test func `facts come by name and JSON is escaped`() throws {
        let format = try LogFormat(#"{"msg":"{message|json}","status":{status},"gone":"{gone}"}"#, facts: ["status", "gone"])
        let text = format.text(line("a \"b\"\n", facts: [500]))
        #expect(text == #"{"msg":"a \"b\"\n","status":500,"gone":""}"#)
    }

    static let exception: Value = .object(["name": "KeyError", "stack_trace": .list(["a.py:1", "b.py:2"])])
    static let fields = [Attribute("method", "List"), Attribute("tags", ""), Attribute("size", 5), Attribute("err", .null), Attribute("why", "not = \"it\""), Attribute("exception", exception)]

    @Test(arguments: [
        (#"{"m":"{message}"{fields:json}}"#, #"{"m":"hi","method":"List","tags":"","size":5,"err":null,"why":"not = \"it\"","exception":{"name":"KeyError","stack_trace":["a.py:1","b.py:2"]}}"#),
        ("caller={file}:{line}{fields:logfmt}", #"caller=ads.py:61 method=List tags= size=5 err=null why="not = \"it\"" exception="{\"name\":\"KeyError\",\"stack_trace\":[\"a.py:1\",\"b.py:2\"]}""#),
        ("{fields.method} {fields.exception} {fields.none}|", #"List {"name":"KeyError","stack_trace":["a.py:1","b.py:2"]} |"#),
        ("{fields.method:json} {fields.none:json}", #""List" null"#),
    ])
    func `named fields stand where the format says, as JSON or as go-kit writes them`(template: String, expected: String) throws {
        #expect(try LogFormat(template).text(line("hi", fields: Self.fields)) == expected)
    }

    @Test func `parts of a line can depend on whether there is something to say`() throws {
        // Spring Cloud Sleuth's brackets, and a member that a JSON line may lack.
        let sleuth = try LogFormat("[orders,{trace_id:low},{span_id},{span_id|then:false}]")
        #expect(sleuth.text(line()) == "[orders,4bf92f3577b34da6,00f067aa0ba902b7,false]")
        #expect(sleuth.text(line(trace: false)) == "[orders,,,]")
        let member = try LogFormat(#"{{params|member:params}"x":1}"#, facts: ["params"])
        #expect(member.text(line(facts: [.object(["id": 7])])) == #"{"params":{"id":7},"x":1}"#)
        #expect(member.text(line(facts: [.null])) == #"{"x":1}"#)
    }

    @Test(arguments: zip(LogRecord.Level.allCases, ["debug DEBUG D 1", "info INFO I 2", "warn WARNING W 3", "error ERROR E 4", "fatal CRITICAL F 5"]))
    func `levels have names and numbers`(level: LogRecord.Level, expected: String) throws {
        #expect(try LogFormat("{level} {level:python} {level:letter} {level:index}").text(line(level: level)) == expected)
    }

    @Test func `a line outside of any span has no ids`() throws {
        let format = try LogFormat("<{dd.trace_id}> <{dd.span_id}> <{dd.trace_id:hex}> <{trace_id}> <{span_id}>")
        #expect(format.text(line(trace: false)) == "<0> <0> <0> <> <>")
    }

    @Test func `every mistake is reported with its place`() {
        let mistakes = #expect(throws: LogFormat.Mistakes.self) {
            try LogFormat("{mesage} {time:%Q} {level:loud} {message|shout} {status} {fields}", facts: ["status_code"])
        }
        #expect(mistakes?.list.map(\.offset) == [0, 9, 19, 32, 48, 57])
        #expect(mistakes?.list.first?.description.contains("did you mean \"message\"?") == true)
    }

    @Test func `an open placeholder is a mistake`() {
        #expect(throws: LogFormat.Mistakes.self) { try LogFormat("a {message") }
    }
}
