import Base
import Templates
import Testing

/// The core of the public specification (mustache/spec, version 1.4). Its "context misses" rows are in StrictNameTests, because here a
/// missing name is an error.
@Suite struct SpecificationTests {
    @Test(arguments: [
        SpecificationCase("no interpolation", "Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n"),
        SpecificationCase("basic", "Hello, {{subject}}!\n", #"{"subject":"world"}"#, "Hello, world!\n"),
        SpecificationCase("no re-interpolation", "{{template}}: {{planet}}", ##"{"template":"{{planet}}","planet":"Earth"}"##, "{{planet}}: Earth"),
        SpecificationCase("HTML escaping", "{{forbidden}}\n", #"{"forbidden":"& \" < >"}"#, "&amp; &quot; &lt; &gt;\n"),
        SpecificationCase("triple mustache", "{{{forbidden}}}\n", #"{"forbidden":"& \" < >"}"#, "& \" < >\n"),
        SpecificationCase("ampersand", "{{&forbidden}}\n", #"{"forbidden":"& \" < >"}"#, "& \" < >\n"),
        SpecificationCase("integer", "\"{{mph}} miles an hour!\"", #"{"mph":85}"#, "\"85 miles an hour!\""),
        SpecificationCase("triple integer", "\"{{{mph}}}\"", #"{"mph":85}"#, "\"85\""),
        SpecificationCase("decimal", "\"{{power}} jiggawatts!\"", #"{"power":1.21}"#, "\"1.21 jiggawatts!\""),
        SpecificationCase("null", "I ({{cannot}}) be seen!", #"{"cannot":null}"#, "I () be seen!"),
        SpecificationCase("triple null", "I ({{{cannot}}}) be seen!", #"{"cannot":null}"#, "I () be seen!"),
        SpecificationCase("ampersand null", "I ({{&cannot}}) be seen!", #"{"cannot":null}"#, "I () be seen!"),
        SpecificationCase("dotted", "\"{{person.name}}\" == \"{{#person}}{{name}}{{/person}}\"", #"{"person":{"name":"Joe"}}"#, "\"Joe\" == \"Joe\""),
        SpecificationCase("dotted, any depth", "\"{{a.b.c.d.e.name}}\" == \"Phil\"", #"{"a":{"b":{"c":{"d":{"e":{"name":"Phil"}}}}}}"#, "\"Phil\" == \"Phil\""),
        SpecificationCase("dotted, initial resolution", "\"{{#a}}{{b.c.d.e.name}}{{/a}}\"", #"{"a":{"b":{"c":{"d":{"e":{"name":"Phil"}}}}},"b":{"c":{"d":{"e":{"name":"Wrong"}}}}}"#, "\"Phil\""),
        SpecificationCase("implicit iterator", "Hello, {{.}}!\n", #""world""#, "Hello, world!\n"),
        SpecificationCase("implicit iterator escapes", "{{.}}", #""& \" < >""#, "&amp; &quot; &lt; &gt;"),
        SpecificationCase("implicit iterator raw", "{{{.}}}{{&.}}", #""<""#, "<<"),
        SpecificationCase("surrounding whitespace", "| {{string}} |", #"{"string":"---"}"#, "| --- |"),
        SpecificationCase("triple surrounding whitespace", "| {{{string}}} |", #"{"string":"---"}"#, "| --- |"),
        SpecificationCase("standalone variables stay", "  {{string}}\n", #"{"string":"---"}"#, "  ---\n"),
        SpecificationCase("triple standalone", "  {{{string}}}\n", #"{"string":"---"}"#, "  ---\n"),
        SpecificationCase("padding", "|{{ string }}|", #"{"string":"---"}"#, "|---|"),
        SpecificationCase("triple padding", "|{{{ string }}}|", #"{"string":"---"}"#, "|---|"),
        SpecificationCase("ampersand padding", "|{{& string }}|", #"{"string":"---"}"#, "|---|"),
    ])
    func `interpolation follows the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }

    @Test(arguments: [
        SpecificationCase("truthy", "\"{{#boolean}}This should be rendered.{{/boolean}}\"", #"{"boolean":true}"#, "\"This should be rendered.\""),
        SpecificationCase("falsy", "\"{{#boolean}}No.{{/boolean}}\"", #"{"boolean":false}"#, "\"\""),
        SpecificationCase("null is falsy", "\"{{#null}}No.{{/null}}\"", #"{"null":null}"#, "\"\""),
        SpecificationCase("context", "\"{{#context}}Hi {{name}}.{{/context}}\"", #"{"context":{"name":"Joe"}}"#, "\"Hi Joe.\""),
        SpecificationCase("parent contexts", "\"{{#sec}}{{a}}, {{b}}, {{c.d}}{{/sec}}\"", #"{"a":"foo","b":"wrong","sec":{"b":"bar"},"c":{"d":"baz"}}"#, "\"foo, bar, baz\""),
        SpecificationCase("variable test", "\"{{#foo}}{{.}} is {{foo}}{{/foo}}\"", #"{"foo":"bar"}"#, "\"bar is bar\""),
        SpecificationCase("list contexts", "{{#tops}}{{#middles}}{{tname.lower}}{{mname}}.{{#bottoms}}{{tname.upper}}{{mname}}{{bname}}.{{/bottoms}}{{/middles}}{{/tops}}",
            #"{"tops":[{"tname":{"upper":"A","lower":"a"},"middles":[{"mname":"1","bottoms":[{"bname":"x"},{"bname":"y"}]}]}]}"#, "a1.A1x.A1y."),
        SpecificationCase("deeply nested contexts", """
            {{#a}}
            {{one}}
            {{#b}}
            {{one}}{{two}}{{one}}
            {{#c.d}}
            {{one}}{{two}}{{three}}{{two}}{{one}}
            {{/c.d}}
            {{one}}{{two}}{{one}}
            {{/b}}
            {{one}}
            {{/a}}

            """, #"{"a":{"one":1},"b":{"two":2},"c":{"d":{"three":3}}}"#, "1\n121\n12321\n121\n1\n"),
        SpecificationCase("list", "\"{{#list}}{{item}}{{/list}}\"", #"{"list":[{"item":1},{"item":2},{"item":3}]}"#, "\"123\""),
        SpecificationCase("empty list", "\"{{#list}}Yay lists!{{/list}}\"", #"{"list":[]}"#, "\"\""),
        SpecificationCase("doubled", "{{#bool}}\n* first\n{{/bool}}\n* {{two}}\n{{#bool}}\n* third\n{{/bool}}\n", #"{"bool":true,"two":"second"}"#, "* first\n* second\n* third\n"),
        SpecificationCase("nested truthy", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", #"{"bool":true}"#, "| A B C D E |"),
        SpecificationCase("nested falsy", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", #"{"bool":false}"#, "| A  E |"),
        SpecificationCase("implicit iterator of strings", "\"{{#list}}({{.}}){{/list}}\"", #"{"list":["a","b","c"]}"#, "\"(a)(b)(c)\""),
        SpecificationCase("implicit iterator of integers", "\"{{#list}}({{.}}){{/list}}\"", #"{"list":[1,2,3]}"#, "\"(1)(2)(3)\""),
        SpecificationCase("implicit iterator of decimals", "\"{{#list}}({{.}}){{/list}}\"", #"{"list":[1.1,2.2]}"#, "\"(1.1)(2.2)\""),
        SpecificationCase("implicit iterator of lists", "\"{{#list}}({{#.}}{{.}}{{/.}}){{/list}}\"", #"{"list":[[1,2,3],["a","b","c"]]}"#, "\"(123)(abc)\""),
        SpecificationCase("implicit iterator escapes", "\"{{#list}}({{.}}){{/list}}\"", #"{"list":["&","\"","<",">"]}"#, "\"(&amp;)(&quot;)(&lt;)(&gt;)\""),
        SpecificationCase("implicit iterator raw", "\"{{#list}}({{{.}}}{{&.}}){{/list}}\"", #"{"list":["<"]}"#, "\"(<<)\""),
        SpecificationCase("implicit iterator at the root", "\"{{#.}}({{value}}){{/.}}\"", #"[{"value":"a"},{"value":"b"}]"#, "\"(a)(b)\""),
        SpecificationCase("dotted truthy", "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"Here\"", #"{"a":{"b":{"c":true}}}"#, "\"Here\" == \"Here\""),
        SpecificationCase("dotted falsy", "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"\"", #"{"a":{"b":{"c":false}}}"#, "\"\" == \"\""),
        SpecificationCase("surrounding whitespace", " | {{#boolean}}\t|\t{{/boolean}} | \n", #"{"boolean":true}"#, " | \t|\t | \n"),
        SpecificationCase("internal whitespace", " | {{#boolean}} {{! Important Whitespace }}\n {{/boolean}} | \n", #"{"boolean":true}"#, " |  \n  | \n"),
        SpecificationCase("indented inline sections", " {{#boolean}}YES{{/boolean}}\n {{#boolean}}GOOD{{/boolean}}\n", #"{"boolean":true}"#, " YES\n GOOD\n"),
        SpecificationCase("standalone lines", "| This Is\n{{#boolean}}\n|\n{{/boolean}}\n| A Line\n", #"{"boolean":true}"#, "| This Is\n|\n| A Line\n"),
        SpecificationCase("indented standalone lines", "| This Is\n  {{#boolean}}\n|\n  {{/boolean}}\n| A Line\n", #"{"boolean":true}"#, "| This Is\n|\n| A Line\n"),
        SpecificationCase("standalone line endings", "|\r\n{{#boolean}}\r\n{{/boolean}}\r\n|", #"{"boolean":true}"#, "|\r\n|"),
        SpecificationCase("standalone without previous line", "  {{#boolean}}\n#{{/boolean}}\n/", #"{"boolean":true}"#, "#\n/"),
        SpecificationCase("standalone without newline", "#{{#boolean}}\n/\n  {{/boolean}}", #"{"boolean":true}"#, "#\n/\n"),
        SpecificationCase("padding", "|{{# boolean }}={{/ boolean }}|", #"{"boolean":true}"#, "|=|"),
    ])
    func `sections follow the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }

    @Test(arguments: [
        SpecificationCase("falsy", "\"{{^boolean}}This should be rendered.{{/boolean}}\"", #"{"boolean":false}"#, "\"This should be rendered.\""),
        SpecificationCase("truthy", "\"{{^boolean}}No.{{/boolean}}\"", #"{"boolean":true}"#, "\"\""),
        SpecificationCase("null is falsy", "\"{{^null}}Yes.{{/null}}\"", #"{"null":null}"#, "\"Yes.\""),
        SpecificationCase("context", "\"{{^context}}Hi {{name}}.{{/context}}\"", #"{"context":{"name":"Joe"}}"#, "\"\""),
        SpecificationCase("list", "\"{{^list}}{{n}}{{/list}}\"", #"{"list":[{"n":1},{"n":2}]}"#, "\"\""),
        SpecificationCase("empty list", "\"{{^list}}Yay lists!{{/list}}\"", #"{"list":[]}"#, "\"Yay lists!\""),
        SpecificationCase("doubled", "{{^bool}}\n* first\n{{/bool}}\n* {{two}}\n{{^bool}}\n* third\n{{/bool}}\n", #"{"bool":false,"two":"second"}"#, "* first\n* second\n* third\n"),
        SpecificationCase("nested falsy", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", #"{"bool":false}"#, "| A B C D E |"),
        SpecificationCase("nested truthy", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", #"{"bool":true}"#, "| A  E |"),
        SpecificationCase("dotted truthy", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", #"{"a":{"b":{"c":true}}}"#, "\"\""),
        SpecificationCase("dotted falsy", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", #"{"a":{"b":{"c":false}}}"#, "\"Not Here\""),
        SpecificationCase("surrounding whitespace", " | {{^boolean}}\t|\t{{/boolean}} | \n", #"{"boolean":false}"#, " | \t|\t | \n"),
        SpecificationCase("internal whitespace", " | {{^boolean}} {{! Important Whitespace }}\n {{/boolean}} | \n", #"{"boolean":false}"#, " |  \n  | \n"),
        SpecificationCase("indented inline sections", " {{^boolean}}NO{{/boolean}}\n {{^boolean}}WAY{{/boolean}}\n", #"{"boolean":false}"#, " NO\n WAY\n"),
        SpecificationCase("standalone lines", "| This Is\n{{^boolean}}\n|\n{{/boolean}}\n| A Line\n", #"{"boolean":false}"#, "| This Is\n|\n| A Line\n"),
        SpecificationCase("standalone indented lines", "| This Is\n  {{^boolean}}\n|\n  {{/boolean}}\n| A Line\n", #"{"boolean":false}"#, "| This Is\n|\n| A Line\n"),
        SpecificationCase("standalone line endings", "|\r\n{{^boolean}}\r\n{{/boolean}}\r\n|", #"{"boolean":false}"#, "|\r\n|"),
        SpecificationCase("standalone without previous line", "  {{^boolean}}\n^{{/boolean}}\n/", #"{"boolean":false}"#, "^\n/"),
        SpecificationCase("standalone without newline", "^{{^boolean}}\n/\n  {{/boolean}}", #"{"boolean":false}"#, "^\n/\n"),
        SpecificationCase("padding", "|{{^ boolean }}={{/ boolean }}|", #"{"boolean":false}"#, "|=|"),
    ])
    func `inverted sections follow the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }

    @Test(arguments: [
        SpecificationCase("inline", "12345{{! Comment Block! }}67890", "{}", "1234567890"),
        SpecificationCase("multiline", "12345{{!\n  This is a\n  multi-line comment...\n}}67890\n", "{}", "1234567890\n"),
        SpecificationCase("standalone", "Begin.\n{{! Comment Block! }}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("indented standalone", "Begin.\n  {{! Indented Comment Block! }}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("standalone line endings", "|\r\n{{! Standalone Comment }}\r\n|", "{}", "|\r\n|"),
        SpecificationCase("standalone without previous line", "  {{! I'm Still Standalone }}\n!", "{}", "!"),
        SpecificationCase("standalone without newline", "!\n  {{! I'm Still Standalone }}", "{}", "!\n"),
        SpecificationCase("multiline standalone", "Begin.\n{{!\nSomething's going on here...\n}}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("indented multiline standalone", "Begin.\n  {{!\n    Something's going on here...\n  }}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("indented inline", "  12 {{! 34 }}\n", "{}", "  12 \n"),
        SpecificationCase("surrounding whitespace", "12345 {{! Comment Block! }} 67890", "{}", "12345  67890"),
        SpecificationCase("variable name collision", "comments never show: >{{! comment }}<", #"{"! comment":1,"comment":3}"#, "comments never show: ><"),
    ])
    func `comments follow the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }

    @Test(arguments: [
        SpecificationCase("basic", "\"{{>text}}\"", "{}", "\"from partial\"", partials: ["text": "from partial"]),
        SpecificationCase("context", "\"{{>partial}}\"", #"{"text":"content"}"#, "\"*content*\"", partials: ["partial": "*{{text}}*"]),
        SpecificationCase("recursion", "{{>node}}", #"{"content":"X","nodes":[{"content":"Y","nodes":[]}]}"#, "X<Y<>>", partials: ["node": "{{content}}<{{#nodes}}{{>node}}{{/nodes}}>"]),
        SpecificationCase("nested", "{{>outer}}", #"{"a":"hello","b":"world"}"#, "*hello world!*", partials: ["outer": "*{{a}} {{>inner}}*", "inner": "{{b}}!"]),
        SpecificationCase("surrounding whitespace", "| {{>partial}} |", "{}", "| \t|\t |", partials: ["partial": "\t|\t"]),
        SpecificationCase("inline indentation", "  {{data}}  {{> partial}}\n", #"{"data":"|"}"#, "  |  >\n>\n", partials: ["partial": ">\n>"]),
        SpecificationCase("standalone line endings", "|\r\n{{>partial}}\r\n|", "{}", "|\r\n>|", partials: ["partial": ">"]),
        SpecificationCase("standalone without previous line", "  {{>partial}}\n>", "{}", "  >\n  >>", partials: ["partial": ">\n>"]),
        SpecificationCase("standalone without newline", ">\n  {{>partial}}", "{}", ">\n  >\n  >", partials: ["partial": ">\n>"]),
        SpecificationCase("standalone indentation", "\\\n {{>partial}}\n/\n", #"{"content":"<\n->"}"#, "\\\n |\n <\n->\n |\n/\n", partials: ["partial": "|\n{{{content}}}\n|\n"]),
        SpecificationCase("padding", "|{{> partial }}|", #"{"boolean":true}"#, "|[]|", partials: ["partial": "[]"]),
        SpecificationCase("nested indentation adds up", "  {{>a}}\n", "{}", "  1\n    2\n    3\n  4\n", partials: ["a": "1\n  {{>b}}\n4\n", "b": "2\n3\n"]),
        SpecificationCase("a nested partial at the margin keeps the outer indentation", "  {{>a}}\n", "{}", "  1\n  2\n  3\n  4\n", partials: ["a": "1\n{{>b}}\n4\n", "b": "2\n3\n"]),
        SpecificationCase("dynamic name", "\"{{>*dynamic}}\"", #"{"dynamic":"content"}"#, "\"Hello, world!\"", partials: ["content": "Hello, world!"]),
        SpecificationCase("dynamic dotted name", "\"{{>*foo.bar.baz}}\"", #"{"foo":{"bar":{"baz":"content"}}}"#, "\"Hello!\"", partials: ["content": "Hello!"]),
        SpecificationCase("dynamic name in a section", "{{#list}}{{>*dynamic}}{{/list}}", #"{"list":[{"dynamic":"a"},{"dynamic":"b"}]}"#, "12", partials: ["a": "1", "b": "2"]),
        SpecificationCase("dynamic standalone indentation", "\\\n {{>*dynamic}}\n/\n", #"{"dynamic":"partial","content":"<\n->"}"#, "\\\n |\n <\n->\n |\n/\n", partials: ["partial": "|\n{{{content}}}\n|\n"]),
        SpecificationCase("dynamic padding", "|{{> * dynamic }}|", #"{"dynamic":"partial"}"#, "|[]|", partials: ["partial": "[]"]),
    ])
    func `partials follow the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }

    @Test(arguments: [
        SpecificationCase("pair behaviour", "{{=<% %>=}}(<%text%>)", #"{"text":"Hey!"}"#, "(Hey!)"),
        SpecificationCase("special characters", "({{=[ ]=}}[text])", #"{"text":"It worked!"}"#, "(It worked!)"),
        SpecificationCase("sections", "[\n{{#section}}\n  {{data}}\n  |data|\n{{/section}}\n\n{{= | | =}}\n|#section|\n  {{data}}\n  |data|\n|/section|\n]\n", #"{"section":true,"data":"I got interpolated."}"#, "[\n  I got interpolated.\n  |data|\n\n  {{data}}\n  I got interpolated.\n]\n"),
        SpecificationCase("inverted sections", "[\n{{^section}}\n  {{data}}\n{{/section}}\n{{= | | =}}\n|^section|\n  {{data}}\n  |data|\n|/section|\n]\n", #"{"section":false,"data":"D"}"#, "[\n  D\n  {{data}}\n  D\n]\n"),
        SpecificationCase("partial inheritance", "[ {{>include}} ]\n{{= | | =}}\n[ |>include| ]\n", #"{"value":"yes"}"#, "[ .yes. ]\n[ .yes. ]\n", partials: ["include": ".{{value}}."]),
        SpecificationCase("post-partial behaviour", "[ {{>include}} ]\n[ .{{value}}.  .|value|. ]\n", #"{"value":"yes"}"#, "[ .yes.  .yes. ]\n[ .yes.  .|value|. ]\n", partials: ["include": ".{{value}}. {{= | | =}} .|value|."]),
        SpecificationCase("surrounding whitespace", "| {{=@ @=}} |", "{}", "|  |"),
        SpecificationCase("outlying whitespace", " | {{=@ @=}}\n", "{}", " | \n"),
        SpecificationCase("standalone", "Begin.\n{{=@ @=}}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("indented standalone", "Begin.\n  {{=@ @=}}\nEnd.\n", "{}", "Begin.\nEnd.\n"),
        SpecificationCase("standalone line endings", "|\r\n{{= @ @ =}}\r\n|", "{}", "|\r\n|"),
        SpecificationCase("standalone without previous line", "  {{=@ @=}}\n=", "{}", "="),
        SpecificationCase("standalone without newline", "=\n  {{=@ @=}}", "{}", "=\n"),
        SpecificationCase("pair with padding", "|{{= @   @ =}}|", "{}", "||"),
    ])
    func `delimiters follow the specification`(row: SpecificationCase) throws {
        #expect(try row.render() == row.expected)
    }
}
