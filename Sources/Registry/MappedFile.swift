// A file in memory without a copy.

import Dispatch
import Glibc

/// The bytes of a file, mapped read-only for as long as the object lives.
///
/// The file must not be written or cut meanwhile; that of a published version never is.
package final class MappedFile {
    /// Aligned to a page.
    private let pointer: UnsafeRawPointer
    package let count: Int

    /// - Throws: `.system`.
    package init(_ path: String) throws(RegistryError) {
        let descriptor = try FileSystem.open(path, O_RDONLY)
        defer { close(descriptor) }
        count = try FileSystem.size(of: descriptor, path)
        // The kernel maps no empty range; one byte past the end is never read.
        let mapped = mmap(nil, max(count, 1), PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw FileSystem.failure("map", path) }
        pointer = UnsafeRawPointer(mapped)
    }

    /// Elsewhere: unmapping interrupts all cores, and the last to let go of a model may be an event loop.
    deinit {
        let (address, count) = (UInt(bitPattern: pointer), max(count, 1))
        DispatchQueue.global(qos: .utility).async {
            munmap(UnsafeMutableRawPointer(bitPattern: address), count)
        }
    }

    /// The bytes, while the object is borrowed.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get { _overrideLifetime(RawSpan(_unsafeBytes: unsafeBytes), borrowing: self) }
    }

    /// The bytes, for whoever sees to it himself that the object lives as long as he reads.
    package var unsafeBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer, count: count)
    }
}

/// Safe, as the memory is never written and both properties are constant.
extension MappedFile: @unchecked Sendable {}
