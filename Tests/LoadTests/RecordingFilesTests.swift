import Base
import Testing

@testable import Load

@Suite struct RecordingFilesTests {
    private static func times(_ paths: [String], depth: Int = 100) throws -> [Int64] {
        var files = try RecordingFiles(paths, depth: depth)
        var times: [Int64] = []
        while let item = files.next() { times.append(item.time?.milliseconds ?? -1) }
        return times
    }

    @Test func `chunks follow each other in order of time, not of names`() throws {
        let folder = try Folder()
        for index in 0..<12 {
            let records = (0..<3).flatMap { Gor.get($0, milliseconds: Int64(index * 10 + $0)) }
            _ = try folder.write(index.isMultiple(of: 2) ? records : gzip(records), to: "requests_\(index).gor")
        }
        let paths = try RecordingFiles.expand(folder.path + "/requests_*.gor")
        #expect(paths.count == 12)
        #expect(try Self.times(paths) == (0..<12).flatMap { chunk in (0..<3).map { Int64(chunk * 10 + $0) } })
    }

    @Test func `recordings of the same time are merged`() throws {
        let folder = try Folder()
        let even = try folder.write([0, 20, 40].flatMap { Gor.get(1, milliseconds: $0) }, to: "even.gor")
        let odd = try folder.write([10, 30, 50].flatMap { Gor.get(1, milliseconds: $0) }, to: "odd.gor")
        #expect(try Self.times([even, odd]) == [0, 10, 20, 30, 40, 50])
    }

    @Test func `records out of order are put right as far as the look-ahead reaches`() throws {
        let folder = try Folder()
        let path = try folder.write([5, 3, 4, 9, 1, 8].flatMap { Gor.get(1, milliseconds: $0) }, to: "a.gor")
        #expect(try Self.times([path]) == [1, 3, 4, 5, 8, 9])
        #expect(try Self.times([path], depth: 3) == [3, 4, 1, 5, 8, 9])
        #expect(try Self.times([path], depth: 1) == [5, 3, 4, 9, 1, 8])
    }

    @Test func `a problem comes where it stands in the file`() throws {
        let folder = try Folder()
        let path = try folder.write(Gor.get(1, milliseconds: 1) + Array(("bad" + Gor.separator).utf8) + Gor.get(2, milliseconds: 2), to: "a.gor")
        #expect(try Self.times([path], depth: 1) == [1, -1, 2])
        #expect(try Self.times([path, path]).sorted() == [-1, -1, 1, 1, 2, 2])
    }

    @Test func `a pattern that names no file says so`() throws {
        let error = #expect(throws: RecordingFiles.Missing.self) { try RecordingFiles.expand("/nowhere/requests_*.gor") }
        #expect(error?.description == "no file matches /nowhere/requests_*.gor")
    }

    @Test func `a name with brackets that is a file is that file`() throws {
        let folder = try Folder()
        let path = try folder.write([], to: "a[1].gor")
        #expect(try RecordingFiles.expand(path) == [path])
    }
}
