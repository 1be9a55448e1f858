import Base
import Testing

@testable import Synthetics

@Suite struct SettingsTests {
    @Test(arguments: [
        (["chekcs"], #"unknown command "chekcs"; did you mean "checks"?"#), (["checks", "--jsn"], #"unknown option --jsn; did you mean "--json"?"#),
        (["checks", "--files"], "--files needs a value"), (["checks", "--variable", "=x"], #"--variable needs NAME=VALUE, not "=x""#),
        (["checks", "x"], #"unexpected "x"; files are given with --files"#), (["checks", "--parallel", "0"], #"--parallel is a whole number from 1 to 100, not "0""#),
        (["checks", "--batchTimeout", "1s"], #"--batchTimeout is a whole number from 1 to 86400000, not "1s""#),
        (["checks", "--failOnTimeout=maybe"], #"--failOnTimeout is true or false, not "maybe""#),
        (["checks", "--failOnTimout"], #"unknown option --failOnTimout; did you mean "--failOnTimeout"?"#), (["checks", "--no-files"], "unknown option --no-files"),
        (["checks", "--override", "retyr=1"], "Invalid key: retyr. Did you mean `retry`?"), (["build-and-test"], #"unknown command "build-and-test"; known: "checks", "run-tests""#),
    ])
    func `a mistake on the command line is explained`(arguments: [String], message: String) {
        do {
            _ = try CommandLineOptions(arguments)
            Issue.record("it was read")
        } catch { #expect(error.description.hasPrefix(message), "\(error)") }
    }

    @Test func `options are read in all spellings`() throws {
        let options = try CommandLineOptions([
            "checks", "--variable=A=b=c", "-f", "x", "--files=y", "-s", "tag:home", "--search", "cart", "--jUnitReport", "r", "-n", "nightly", "-p", "abc-def-ghi",
            "--public-id=b", "--jsonReport=j.json", "--no-failOnTimeout", "--failOnMissingTests", "--failOnCriticalErrors=true", "--parallel", "7",
            "--pollingTimeout", "120000", "--config", "c.json", "--dryRun", "--locations", "aws:x;aws:y", "--deviceIds", "d", "--override", "body=b",
        ])
        let settings = options.settings
        #expect(options.variables == ["A": "b=c"])
        #expect(settings.files == ["x", "y"])
        #expect(settings.searches == ["tag:home", "cart"])
        #expect(settings.publicIDs == ["abc-def-ghi", "b"])
        #expect(settings.jUnitReport == "r.xml" && settings.jsonReport == "j.json")
        #expect(options.runName == "nightly" && options.configuration == "c.json" && options.isDryRun && !options.readsFiles)
        #expect(settings.policy.failsOnMissingTests && settings.policy.failsOnCriticalErrors && !settings.policy.failsOnTimeout)
        #expect(settings.parallel == 7 && settings.batchTimeout == .seconds(120))
        #expect(settings.overrides?.value.json() == #"{"locations":["aws:x","aws:y"],"deviceIds":["d"],"body":"b"}"#)
        #expect(try CommandLineOptions([]).action == .help)
        #expect(try CommandLineOptions(["checks", "--help"]).action == .help)
        #expect(try CommandLineOptions(["run-tests"]).readsFiles)
    }

    @Test func `options for Datadog's service are accepted and change nothing`() throws {
        let options = try CommandLineOptions([
            "synthetics", "run-tests", "--apiKey", "a", "--appKey=b", "--datadogSite", "datadoghq.eu", "--tunnel", "-t", "--subdomain", "x", "--selectiveRerun",
            "--no-selectiveRerun", "--fips", "--mobileApp", "m", "--mobileApplicationVersion", "v",
        ])
        #expect(options.action == .checks && options.settings.files == nil && options.settings.overrides == nil)
    }

    @Test func `every option stands in the help`() {
        for option in CommandOption.allCases where ![.locations, .deviceIDs, .service, .serviceFlag].contains(option) {
            let name = option == .failOnTimeout ? "--no-failOnTimeout" : option.spellings[0]
            #expect(CommandLineOptions.help.contains("  \(name)"), "\(name)")
        }
    }

    static let everything = #"""
        {"apiKey":"a","appKey":"b","datadogSite":"datadoghq.com","subdomain":"app","tunnel":true,"proxy":{"protocol":"https"},"selectiveRerun":true,
         "batchTimeout":1000,"failOnCriticalErrors":true,"failOnMissingTests":true,"failOnTimeout":false,"files":["a","b"],"publicIds":["abc-def-ghi"],
         "testSearchQuery":"tag:x","jUnitReport":"u","jsonReport":"j",
         "defaultTestOverrides":{"retry":{"count":1},"headers":{"A":"file","B":"file"},"startUrl":"http://file/","followRedirects":true}}
        """#

    @Test func `the configuration file has datadog-ci's keys`() throws {
        let settings = try ConfigurationFile.read(Array(Self.everything.utf8), file: "c")
        #expect(settings.files == ["a", "b"] && settings.publicIDs == ["abc-def-ghi"] && settings.searches == ["tag:x"])
        #expect(settings.jUnitReport == "u.xml" && settings.jsonReport == "j.json" && settings.batchTimeout == .seconds(1))
        #expect(settings.policy.failsOnCriticalErrors && settings.policy.failsOnMissingTests && !settings.policy.failsOnTimeout)
        #expect(settings.overrides?["startUrl"]?.string == "http://file/")
    }

    @Test func `former keys are understood`() throws {
        let text = #"{"global":{"body":"x"},"locations":["aws:a"],"pollingTimeout":5,"files":"one.json","variables":{"A":"b"}}"#
        let settings = try ConfigurationFile.read(Array(text.utf8), file: "c")
        #expect(settings.files == ["one.json"] && settings.batchTimeout == .milliseconds(5))
        #expect(settings.overrides?.value.json() == #"{"variables":{"A":"b"},"locations":["aws:a"],"body":"x"}"#)
    }

    /// The file is weaker than the environment, which is weaker than the command line, which is weaker than a test's own overrides.
    @Test func `the sources have datadog-ci's order`() throws {
        let environment = [
            "DATADOG_SYNTHETICS_OVERRIDE_HEADERS": #"{"B":"environment","C":"environment"}"#, "DATADOG_SYNTHETICS_OVERRIDE_START_URL": "http://environment/",
            "DATADOG_SYNTHETICS_OVERRIDE_RETRY_INTERVAL": "0", "DATADOG_SYNTHETICS_JUNIT_REPORT": "environment",
        ]
        let configuration = Self.everything.replacing(#""publicIds":["abc-def-ghi"],"#, with: "").replacing(#""testSearchQuery":"tag:x","#, with: "")
        let plain = definition(name: "plain", url: "http://h/")
        let own = #"{"tests":[{"localTestDefinition":\#(definition(name: "own")),"testOverrides":{"headers":{"D":"test"}}}]}"#
        let files = ["datadog-ci.json": configuration, "plain.json": plain, "own.json": own]
        let arguments = ["-f", "plain.json", "-f", "own.json", "--override", "headers.C=line", "--override", "startUrl=http://line/"]
        let run = try CommandRun(arguments, files: files, ["GET http://line/": [.response(500, "", .init()), .ok("")]], environment: environment)
        let headers = run.requests.map { $0.headers.fields.map { "\($0.name)=\($0.value)" }.sorted() }
        #expect(Set(headers) == [["A=file", "B=environment", "C=line"], ["D=test"]])
        #expect(run.requests.allSatisfy { $0.url == "http://line/" && $0.redirectLimit == 10 })
        #expect(run.output.contains("attempt"))
        #expect(try run.workspace.text("environment.xml").contains("testsuites"))
    }

    @Test func `the configuration names the files when nobody else does`() throws {
        let files = ["other.json": #"{"files":["x.json"]}"#, "x.json": definition(name: "x")]
        for (arguments, environment) in [(["--config", "other.json"], [:]), ([], ["DATADOG_SYNTHETICS_CONFIG_PATH": "other.json"])] {
            let run = try CommandRun(arguments, files: files, ["GET http://h/": [.ok("")]], environment: environment)
            #expect(run.output.contains("Found test \"x\""))
        }
    }

    @Test func `the environment can say everything`() {
        let environment = [
            "DATADOG_SYNTHETICS_FILES": "a; b;", "DATADOG_SYNTHETICS_PUBLIC_IDS": "abc-def-ghi", "DATADOG_SYNTHETICS_TEST_SEARCH_QUERY": "q",
            "DATADOG_SYNTHETICS_BATCH_TIMEOUT": "7", "DATADOG_SYNTHETICS_FAIL_ON_TIMEOUT": "false", "DATADOG_SYNTHETICS_JSON_REPORT": "j",
        ]
        let settings = EnvironmentSettings(environment).settings
        #expect(settings.files == ["a", "b"] && settings.publicIDs == ["abc-def-ghi"] && settings.searches == ["q"])
        #expect(settings.batchTimeout == .milliseconds(7) && settings.failsOnTimeout == false && settings.jsonReport == "j.json")
        #expect(EnvironmentSettings(["DATADOG_SYNTHETICS_BATCH_TIMEOUT": "x"]).settings.batchTimeout == nil)
    }

    @Test(arguments: [
        ("*.json", "a.json", true), ("*.json", "d/a.json", false), ("**/*.json", "d/e/a.json", true), ("**/*.json", "a.json", true),
        ("d/?.json", "d/a.json", true), ("d/?.json", "d/ab.json", false), ("{a,b}/*.{json,js}", "b/x.js", true), ("{a,b}/*", "c/x", false),
        ("./a", "a", true), (GlobPattern.checkFiles, "a.synthetics.json", true), (GlobPattern.checkFiles, "x/y/a.synthetics.json", true),
        (GlobPattern.checkFiles, "node_modules/a.synthetics.json", false), (GlobPattern.checkFiles, "a.json", false), ("!(a|b)", "a", false), ("!(a|b)", "ab", true),
        ("!(*.js)", "a.ts", true), ("!(*.js)", "a.js", false), ("x!(a).json", "xb.json", true), ("x!(a).json", "xa.json", false), ("!a", "!a", true), ("!(a", "!(a", true),
    ])
    func `file patterns`(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(path) == matches)
    }
}
