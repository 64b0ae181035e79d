// A home for one test.

import Glibc
import Registry
import Testing

func content(of file: MappedFile) -> [UInt8] { file.bytes.withUnsafeBytes { Array($0) } }

/// A folder that is gone when the test is over.
final class TemporaryHome: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/hunch-home-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    var registry: Registry { Registry(home: path) }

    deinit { try? FileSystem.remove(path) }
}
