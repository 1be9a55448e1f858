import Base
import Testing

@testable import HTTP

/// Random input must neither crash a parser nor break what each promises.
@Suite struct FuzzTests {
    private static let rounds = 20_000

    @Test func `forms survive encoding and decoding`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<Self.rounds {
            let text = Noise.text(using: &random)
            let form = QueryPairs(parsing: text)
            let again = QueryPairs(parsing: form.encoded)
            #expect(again.badEscapes == 0)
            // A pair with an empty name and value prints as "=", which is read back as such a pair.
            #expect(again.pairs == form.pairs)
        }
    }

    @Test func `text survives percent-encoding`() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<Self.rounds {
            let text = Noise.text(using: &random)
            #expect(try PercentEncoding.decode(PercentEncoding.encode(text)[...]) == text)
            #expect(try PercentEncoding.decode(PercentEncoding.encode(text, for: .path)[...]) == text)
        }
    }

    @Test func `targets are split without loss`() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<Self.rounds {
            let text = "/" + Noise.text(using: &random)
            let target = RequestTarget(text)
            let joined = String(target.rawPath) + (target.rawQuery.map { "?" + $0 } ?? "")
            #expect(Array(text.utf8).starts(with: Array(joined.utf8)))
            if let segments = try? target.segments() {
                let encoded = "/" + segments.map { PercentEncoding.encode($0, for: .segment) }.joined(separator: "/")
                #expect((try? RequestTarget(encoded).segments()) == segments)
            } else {
                #expect(target.rawPath.utf8.contains(UInt8(ascii: "%")))
            }
        }
    }

    @Test func `cookies have names and no separators`() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<Self.rounds {
            for cookie in Cookie.parse(Noise.text(using: &random)) {
                #expect(!cookie.name.isEmpty)
                #expect(!cookie.name.utf8.contains(UInt8(ascii: ";")) && !cookie.name.utf8.contains(UInt8(ascii: "=")))
                #expect(!cookie.value.utf8.contains(UInt8(ascii: ";")))
            }
        }
    }

    @Test func `a printed Set-Cookie has no more attributes than were set`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<Self.rounds {
            let text = SetCookie(name: Noise.text(using: &random), value: Noise.text(using: &random)).headerValue
            #expect(text.utf8.filter { $0 == UInt8(ascii: ";") }.count == 1)
            #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
    }

    @Test func `multipart bodies parse or fail, and parts are inside the body`() {
        var random = SeededRandom(seed: 6)
        var parsed = 0
        for _ in 0..<Self.rounds {
            let isFramed = random.chance(percentage: 50)
            let noise = Noise.bytes(using: &random) + Noise.bytes(using: &random)
            let head = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n"
            let body = isFramed ? Array(head.utf8) + noise + Array("\r\n--b--".utf8) : noise
            guard let form = try? MultipartForm(body: body, contentType: "multipart/form-data; boundary=b") else { continue }
            parsed += 1
            #expect(form.parts.map(\.bytes.count).reduce(0, +) <= body.count)
        }
        #expect(parsed > Self.rounds / 10)
    }

    @Test func `header parameters and entity tags take anything`() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<Self.rounds {
            let text = Noise.text(using: &random)
            #expect(HeaderParameters(text) == HeaderParameters(text))
            #expect(EntityTag("tag").isNamed(inIfNoneMatch: text + ", \"tag\"") || text.utf8.contains(UInt8(ascii: "\"")))
        }
    }

    @Test func `random patterns are refused or print as written`() {
        var random = SeededRandom(seed: 8)
        let pieces = ["/", "{", "}", "a", "b", ":integer", ":decimal", "...", "é", ":"]
        for _ in 0..<Self.rounds {
            let text = "/" + (0..<Int.random(in: 0...10, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let pattern = try? RoutePattern(text) else { continue }
            #expect(pattern.description == text)
            #expect(pattern.parts.count <= text.split(separator: "/").count)
        }
    }
}
