/// Content types by file name.
public enum MediaType {
    /// By the extension behind the last dot, compared without case; `application/octet-stream` when it is unknown.
    public static func ofFile(named name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return unknown }
        return byExtension[name[dot...].dropFirst().lowercased()] ?? unknown
    }

    private static let unknown = "application/octet-stream"

    private static let byExtension: [String: String] = [
        "avif": "image/avif", "bin": unknown, "css": "text/css; charset=utf-8", "csv": "text/csv; charset=utf-8", "gif": "image/gif",
        "gz": "application/gzip", "htm": "text/html; charset=utf-8", "html": "text/html; charset=utf-8", "ico": "image/x-icon",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript; charset=utf-8", "json": "application/json",
        "map": "application/json", "md": "text/markdown; charset=utf-8", "mjs": "text/javascript; charset=utf-8", "mp4": "video/mp4",
        "otf": "font/otf", "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "ttf": "font/ttf",
        "txt": "text/plain; charset=utf-8", "wasm": "application/wasm", "webm": "video/webm", "webmanifest": "application/manifest+json",
        "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2", "xml": "application/xml", "yaml": "application/yaml",
        "yml": "application/yaml", "zip": "application/zip",
    ]
}
