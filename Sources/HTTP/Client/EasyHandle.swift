import CCurl

/// One reusable transfer handle of libcurl, with its error text.
// @unchecked Sendable: belongs to one client and is touched only on its loop.
final class EasyHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var fields: UnsafeMutablePointer<curl_slist>?

    init() {
        pointer = curl_easy_init()!
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(fields)
        message.deallocate()
    }

    /// Forgets all options; connections and resolved names stay with the client.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(fields)
        fields = nil
        clearMessage()
    }

    func useMessageBuffer() { curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, message) }

    func clearMessage() { message[0] = 0 }

    /// The library's words about the last failure; empty when it left none.
    var errorText: String { String(cString: message) }

    func set(_ option: CURLoption, _ value: Int) { curl_set_long(pointer, option, value) }
    func set(_ option: CURLoption, _ value: String) { curl_set_text(pointer, option, value) }

    func set(headerLines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in headerLines { list = curl_slist_append(list, line) }
        curl_set_list(pointer, CURLOPT_HTTPHEADER, list)
        curl_slist_free_all(fields)
        fields = list
    }

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
