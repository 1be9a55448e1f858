import Base
import HTTP

/// The parts of a URL that a start URL can name: `{{ HOST }}`, `{{ PATHNAME }}` and so on, as datadog-ci fills them in.
enum StartURL {
    /// A URL with its places filled in and changed as overrides want it.
    ///
    /// - Parameter start: Taken instead of `url`, whose parts it can name.
    static func filled(
        _ url: String, _ start: String?, _ substitution: Substitution?, _ scope: VariableScope
    ) throws(CheckFailure) -> String {
        var filled = try scope.expand(url)
        if let start { filled = try scope.adding(parts(of: filled)).expand(start) }
        guard let substitution else { return filled }
        do { return try substitution.apply(to: filled) } catch {
            let reason = (error as? CheckPatternError)?.reason ?? "\(error)"
            throw CheckFailure(.invalidTest, "the substitution \"\(substitution.text)\" cannot be applied to \(filled): \(reason)")
        }
    }

    /// For `https://www.example.org:81/path/?abc=123#target`:
    ///
    /// `URL` all of it, `PROTOCOL` `https:`, `HOST` `www.example.org:81`, `HOSTNAME` `www.example.org`, `SUBDOMAIN` `www`,
    /// `DOMAIN` `example.org`, `PORT` `81`, `ORIGIN` `https://www.example.org:81`, `PATHNAME` `/path/`, `PARAMS` `?abc=123`, `HASH` `#target`.
    static func parts(of url: String) -> [String: String] {
        guard let scheme = url.firstRange(of: "://") else { return ["URL": url] }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@").last ?? ""
        let path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        let query = rest[path.endIndex...].prefix { $0 != "#" }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let labels = name.split(separator: ".")
        let hasSubdomain = labels.count > 2 && Int(labels[labels.count - 1]) == nil
        return [
            "URL": url, "PROTOCOL": url[..<scheme.lowerBound] + ":", "HOST": String(host), "HOSTNAME": String(name),
            "SUBDOMAIN": hasSubdomain ? String(labels[0]) : "",
            "DOMAIN": hasSubdomain ? labels.dropFirst().joined(separator: ".") : String(name), "PORT": String(host.dropFirst(name.count + 1)),
            "ORIGIN": "\(url[..<scheme.lowerBound])://\(host)", "PATHNAME": path.isEmpty ? "/" : String(path), "PARAMS": String(query),
            "HASH": String(rest[query.endIndex...]),
        ]
    }
}
