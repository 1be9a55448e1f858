import Base
import HTTP
import Instrumentation
import Testing

private let snippet = Snippet([.inline("rum()")], marker: "rum()")
/// The snippet's place in an expected page.
private let inserted = "<script>\nrum()\n</script>\n"

/// A page with `@` where the snippet belongs; without one the page must stay as it is.
struct InjectionCase: Sendable, CustomTestStringConvertible {
    var name: String
    var page: String
    var testDescription: String { name }

    init(_ name: String, _ page: String) {
        self.name = name
        self.page = page
    }

    static let all = [
        InjectionCase("first child of head", "<!DOCTYPE html>\n<html><head>@<title>x</title></head><body></body></html>"),
        InjectionCase("attributes", #"<html lang="en"><head data-hook="inside_head">@<meta charset="utf-8"></head>"#),
        InjectionCase("upper case", "<!doctype HTML><HTML><HEAD>@<TITLE>x</TITLE></HEAD><BODY>"),
        InjectionCase("an attribute containing a closing bracket", #"<html><head data-x="a>b" data-y='c>d' z>@<title>x</title>"#),
        InjectionCase("an apostrophe outside a value", "<html x'y><head>@<title>'</title>"),
        InjectionCase("line breaks inside the tag", "<html\n><head\n\tid=a\n>@\n</head>"),
        InjectionCase("a comment containing head", "<!-- <head> --><!DOCTYPE html><html><!-- a > <head> --><head>@<title>x</title></head>"),
        InjectionCase("short comments", "<!--><!---><!----><!-- x --!><html><head>@</head>"),
        InjectionCase("an XML declaration", #"<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html><head>@"#),
        InjectionCase("header is not head", "<html>@<header>x</header></html>"),
        InjectionCase("no head", "<html lang=en>@<body><p>x</p></body></html>"),
        InjectionCase("no head and no html", "<!DOCTYPE html>@\n"),
        InjectionCase("only a document type and text", "<!DOCTYPE html>@<title>x</title><p>"),
        InjectionCase("neither", "@<h1>Not found</h1>"),
        InjectionCase("text only", "@Not found"),
        InjectionCase("a script before the head", #"<html>@<script>var a = "<head>";</script><head><title>x</title></head>"#),
        InjectionCase("a script in the head that names head", #"<html><head>@<script>"</head><head>"</script></head>"#),
        InjectionCase("a comment that never ends", "@<!-- <html><head>"),
        InjectionCase("a byte order mark", "\u{feff}<html><head>@</head>"),
        InjectionCase("a byte order mark and text", "\u{feff}@x"),
        InjectionCase("a tag that never ends", "<html>@<head data-x=\""),
        InjectionCase("present already", "<html><head><title>x</title><script>rum()</script></head></html>"),
        InjectionCase("the marker in the body does not count", "<html><head>@<title>x</title></head><body>rum()</body>"),
        InjectionCase("the marker cut by the end", "<html><head>@<script>rum("),
    ]
}

@Suite struct SnippetInjectorTests {
    @Test(arguments: InjectionCase.all)
    func `the snippet stands where it belongs, or nothing changes`(row: InjectionCase) {
        let page = Array(row.page.replacing("@", with: "").utf8)
        let result = String(decoding: SnippetInjector.inject(snippet, into: page), as: UTF8.self)
        #expect(result == row.page.replacing("@", with: inserted))
    }

    @Test(arguments: InjectionCase.all)
    func `cutting the page anywhere changes nothing`(row: InjectionCase) {
        let page = Array(row.page.replacing("@", with: "").utf8)
        let whole = SnippetInjector.inject(snippet, into: page)
        for cut in 0...page.count {
            var injector = SnippetInjector(snippet)
            #expect(injector.feed(page[..<cut]) + injector.feed(page[cut...]) + injector.finish() == whole, "cut at \(cut)")
        }
        var injector = SnippetInjector(snippet)
        #expect(page.flatMap { injector.feed([$0]) } + injector.finish() == whole, "byte by byte")
        #expect(injector.hasInserted == row.page.contains("@"))
    }

    @Test func `injecting twice is injecting once`() {
        for row in InjectionCase.all {
            let once = SnippetInjector.inject(snippet, into: Array(row.page.replacing("@", with: "").utf8))
            #expect(SnippetInjector.inject(snippet, into: once) == once, "\(row.name)")
        }
    }

    @Test func `a page flows on once its head has ended`() {
        var injector = SnippetInjector(snippet)
        #expect(injector.feed(Array("<html><head><title>".utf8)).isEmpty)
        #expect(injector.feed(Array("</title></head>".utf8)).count > inserted.utf8.count)
        #expect(injector.feed(Array("<body>".utf8)) == Array("<body>".utf8))
    }

    @Test func `a head without end is held back up to the limit only, wherever it is cut`() {
        let page = Array("<html><head>".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: SnippetInjector.lookaheadLimitBytes + 500)
        let whole = SnippetInjector.inject(snippet, into: page)
        #expect(whole.count == page.count + inserted.utf8.count)
        for size in [1_000, 65_536, 65_547, 65_548, 65_549] {
            var injector = SnippetInjector(snippet)
            let first = injector.feed(page[..<size])
            #expect(first + injector.feed(page[size...]) == whole, "the end is not needed")
        }
    }

    @Test func `fragments can be left alone`() {
        let link = Array("<a href=\"/cart\">Cart</a>".utf8)
        #expect(SnippetInjector.inject(snippet, into: link, fragments: .leave) == link)
        #expect(SnippetInjector.inject(.off, into: link) == link)
    }

    @Test func `random pages keep all their bytes and are cut freely`() {
        let pieces = ["<", "<html>", "<head>", "<HEAD a='>'>", "</head>", "<body>", "<!--", "-->", "<!DOCTYPE html>", "<script>", "</script>", "rum()", " ", "x", "\"", "="]
        var random = SeededRandom(seed: 77)
        for _ in 0..<5_000 {
            let page = Array((0..<Int.random(in: 0...10, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined().utf8)
            let whole = SnippetInjector.inject(snippet, into: page)
            #expect(whole.count == page.count || whole.count == page.count + inserted.utf8.count)
            var injector = SnippetInjector(snippet)
            var streamed: [UInt8] = []
            var rest = page[...]
            while !rest.isEmpty {
                let size = Int.random(in: 1...rest.count, using: &random)
                streamed += injector.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(streamed + injector.finish() == whole)
            #expect(String(decoding: whole, as: UTF8.self).replacing(inserted, with: "", maxReplacements: 1) == String(decoding: page, as: UTF8.self))
        }
    }
}
