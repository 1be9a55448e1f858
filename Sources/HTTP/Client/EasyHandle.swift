import CCurl

/// One reusable transfer handle of libcurl, with its error text.
// @unchecked Sendable: belongs to one client and is touched only on its loop.
final class EasyHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    /// Header fields; replaced from request to request.
    private var fields: UnsafeMutablePointer<curl_slist>?
    /// The address in parts, when it is one that repeats.
    private var parts: OpaquePointer?
    /// Other lists that the library reads while the transfer is under way.
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []

    init() {
        pointer = curl_easy_init()!
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_url_cleanup(parts)
        curl_slist_free_all(fields)
        for list in lists { curl_slist_free_all(list) }
        message.deallocate()
    }

    /// Forgets all options; connections and resolved names stay with the client.
    func reset() {
        curl_easy_reset(pointer)
        curl_url_cleanup(parts)
        parts = nil
        curl_slist_free_all(fields)
        fields = nil
        clearMessage()
        for list in lists { curl_slist_free_all(list) }
        lists.removeAll(keepingCapacity: true)
    }

    func useMessageBuffer() { curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, message) }

    func clearMessage() { message[0] = 0 }

    /// The library's words about the last failure; empty when it left none.
    var errorText: String { String(cString: message) }

    func set(_ option: CURLoption, _ value: Int) { curl_set_long(pointer, option, value) }
    func set(_ option: CURLoption, _ value: String) { curl_set_text(pointer, option, value) }

    func set(url: String) {
        if let parts {
            curl_set_pointer(pointer, CURLOPT_CURLU, nil)
            curl_url_cleanup(parts)
            self.parts = nil
        }
        set(CURLOPT_URL, url)
    }

    /// The address stays: the library takes it apart once, not for every request.
    func keep(url: String) {
        guard parts == nil, let parts = curl_url() else { return }
        self.parts = parts
        let flags = UInt32(CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(parts, CURLUPART_URL, url, flags) == CURLUE_OK, let whole = URLParts.part(parts, CURLUPART_URL) else { return }
        // The interface of an address such as `[fe80::1%25eth0]` is lost in the library's copies.
        guard URLParts.part(parts, CURLUPART_ZONEID) == nil else { return }
        // As the library itself writes it, for those who ask it.
        set(CURLOPT_URL, whole)
        curl_set_pointer(pointer, CURLOPT_CURLU, UnsafeMutableRawPointer(parts))
    }

    func set(headerLines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in headerLines { list = curl_slist_append(list, line) }
        curl_set_list(pointer, CURLOPT_HTTPHEADER, list)
        curl_slist_free_all(fields)
        fields = list
    }

    /// Sets an option that takes a list of lines.
    func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl_slist_append(list, line) }
        lists.append(list)
        curl_set_list(pointer, option, list)
    }

    /// The library takes a copy.
    func set(_ option: CURLoption, bytes: [UInt8]) { curl_set_blob(pointer, option, bytes, bytes.count) }

    /// The library takes a copy.
    func set(body: [UInt8]) {
        curl_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        body.withUnsafeBufferPointer { buffer in
            // A null pointer would make the library ask a reader for the body; an empty array may have one.
            guard let start = buffer.baseAddress else { curl_set_text(pointer, CURLOPT_COPYPOSTFIELDS, ""); return }
            curl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutablePointer(mutating: start))
        }
    }

    func microseconds(_ info: CURLINFO) -> Int64 { Int64(curl_get_size(pointer, info)) }
    func number(_ info: CURLINFO) -> Int { curl_get_long(pointer, info) }
    func text(_ info: CURLINFO) -> String { curl_get_text(pointer, info).map { String(cString: $0) } ?? "" }
}
