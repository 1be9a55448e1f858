import Base
import HTTP

/// Takes values out of answers.
extension Take {
    /// - Returns: Nil when there is nothing of the kind. A list when all are wanted, each value once.
    func value(from answer: ClientAnswer, url: String, cookies: CookieJar, using random: inout SeededRandom) -> Value? {
        let found = pick == .first ? first(answer, url, cookies).map { [$0] } ?? [] : all(answer, url, cookies)
        switch pick {
        case .first: return found.first
        case .random: return found.randomElement(using: &random)
        case .all: return found.isEmpty ? nil : .list(found)
        }
    }

    private func first(_ answer: ClientAnswer, _ url: String, _ cookies: CookieJar) -> Value? {
        switch source {
        case .between(let start, let end): return ByteSearch.between(start, end, in: answer.body).map { .string(HTMLText.decode($0)) }
        case .regex(let pattern): return pattern.extract(from: String(decoding: answer.body, as: UTF8.self)).map { .string(HTMLText.decode($0)) }
        default: return all(answer, url, cookies).first
        }
    }

    private func all(_ answer: ClientAnswer, _ url: String, _ cookies: CookieJar) -> [Value] {
        switch source {
        case .json(let path): return (try? Value.parse(json: answer.body)).map { path.evaluate(on: $0) } ?? []
        case .regex(let pattern): return Self.unique(pattern.extractAll(from: String(decoding: answer.body, as: UTF8.self)))
        case .between(let start, let end): return Self.unique(ByteSearch.allBetween(start, end, in: answer.body))
        case .header(let name): return answer.head.values(name).map { .string($0) }
        case .cookie(let name): return cookies.value(of: name, for: url).map { [.string($0)] } ?? []
        case .hiddenFields(let form): return HiddenFields.find(form: form, in: answer.body).map { [$0] } ?? []
        }
    }

    private static func unique(_ texts: [String]) -> [Value] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }.map { .string(HTMLText.decode($0)) }
    }
}
