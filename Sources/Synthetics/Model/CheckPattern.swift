import CPCRE2

/// A text that is no regular expression, or one that takes too long on a text.
struct CheckPatternError: Error, Equatable {
    var pattern: String
    var reason: String
}

/// A regular expression as JavaScript writes them, run by PCRE2.
///
/// Matching is bounded: an expression that backtracks without end (`(a+)+b`) is an error instead of a check that hangs.
public struct CheckPattern: Sendable {
    /// As written.
    public let text: String
    private let code: Code

    /// The compiled expression.
    // @unchecked Sendable: PCRE2 never changes it after compiling (pcre2api, "Multithreading").
    final class Code: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { pcre2_code_free_8(pointer) }
    }

    /// Where JavaScript and Perl differ, JavaScript's way: `$` is the very end, `[]` is empty, `\u0041` is a letter, a group that took no
    /// part matches nothing.
    private static let options =
        PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF

    init(_ text: String, flags: UInt32 = 0) throws(CheckPatternError) {
        self.text = text
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_compile_extra_options_8(context, UInt32(PCRE2_EXTRA_ALT_BSUX))
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(text.utf8)
        guard let pointer = pcre2_compile_8(bytes, bytes.count, Self.options | flags, &number, &offset, context) else {
            throw CheckPatternError(pattern: text, reason: "column \(offset + 1): \(Self.message(number))")
        }
        // Where PCRE2 has no compiler for the machine this fails, and matching is slower.
        pcre2_jit_compile_8(pointer, PCRE2_JIT_COMPLETE)
        code = Code(pointer)
    }

    /// - Throws: `CheckPatternError` when it takes too long.
    func matches(_ text: String) throws(CheckPatternError) -> Bool { try firstMatch(in: text) { _, _ in } != nil }

    /// The first group of the first match, or the whole match when the expression has no group.
    ///
    /// - Throws: `CheckPatternError` when it takes too long.
    func extract(from text: String) throws(CheckPatternError) -> String? {
        try firstMatch(in: text) { bytes, groups -> String? in
            let group = groups.count > 1 ? groups[1] : groups[0]
            return group.map { String(decoding: bytes[$0], as: UTF8.self) }
        } ?? nil
    }

    // MARK: PCRE2

    /// Steps of the matcher and kibibytes that one match may take: far more than honest expressions need on a page of a megabyte.
    private static let stepLimit: UInt32 = 5_000_000
    private static let heapLimit: UInt32 = 65_536

    /// - Parameter read: Gets the bytes and the ranges of all groups, the whole match first; nil for a group that took no part.
    private func firstMatch<Result>(
        in text: String, _ read: ([UInt8], [Range<Int>?]) -> Result
    ) throws(CheckPatternError) -> Result? {
        let data = pcre2_match_data_create_from_pattern_8(code.pointer, nil)
        let context = Self.limits()
        defer { pcre2_match_data_free_8(data); pcre2_match_context_free_8(context) }
        let bytes = Array(text.utf8)
        func run(_ options: UInt32) -> Int32 {
            pcre2_match_8(code.pointer, bytes, bytes.count, 0, UInt32(PCRE2_NO_UTF_CHECK) | options, data, context)
        }
        var count = run(0)
        // Compiled code has 32 KiB of the thread's stack.
        if count == PCRE2_ERROR_JIT_STACKLIMIT {
            let stack = pcre2_jit_stack_create_8(65_536, Int(Self.heapLimit) * 1_024, nil)
            defer { pcre2_jit_stack_free_8(stack) }
            pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
            count = run(0)
        }
        if count == PCRE2_ERROR_NOMATCH { return nil }
        guard count > 0, let offsets = pcre2_get_ovector_pointer_8(data) else {
            throw CheckPatternError(pattern: self.text, reason: "it cannot be applied to this text: \(Self.message(count))")
        }
        let groups = (0..<Int(pcre2_get_ovector_count_8(data))).map { index -> Range<Int>? in
            let (start, end) = (offsets[2 * index], offsets[2 * index + 1])
            // An unset group has the largest unsigned number, here -1; \K in a lookahead can put the end before the start.
            return start >= 0 && start <= end ? start..<end : nil
        }
        return read(bytes, groups)
    }

    static func limits() -> OpaquePointer? {
        let context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, stepLimit)
        pcre2_set_heap_limit_8(context, heapLimit)
        return context
    }

    static func message(_ code: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix(Int(max(0, length))), as: UTF8.self)
    }

    /// For what PCRE2 does beyond matching.
    var pointer: OpaquePointer { code.pointer }
}
