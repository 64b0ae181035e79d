// The checksum of a row.

import CZlib

/// CRC-32 over the fields of a row, its key among them, so that a row in the wrong place shows too.
///
/// A text or blob is preceded by its length: no two rows give the same bytes.
struct Checksum {
    private var crc: UInt = 0

    /// What is stored.
    var value: Int { Int(crc) }

    mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { add($0) }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            add(utf8.count)
            add(UnsafeRawBufferPointer(utf8))
        }
    }

    mutating func add(_ bytes: [UInt8]) {
        add(bytes.count)
        bytes.withUnsafeBytes { add($0) }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        // Without an address zlib would give the initial value.
        guard let start = bytes.baseAddress else { return }
        crc = crc32_z(crc, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}

extension JournalEdit {
    var checksum: Int {
        var sum = Checksum()
        sum.add(document)
        sum.add(revision)
        sum.add(session)
        sum.add(sequence)
        sum.add(user)
        sum.add(time)
        sum.add(payload)
        return sum.value
    }
}

extension JournalSnapshot {
    var checksum: Int {
        var sum = Checksum()
        sum.add(document)
        sum.add(revision)
        sum.add(payload)
        return sum.value
    }
}

extension JournalRecord {
    var checksum: Int {
        var sum = Checksum()
        sum.add(kind)
        sum.add(time)
        sum.add(payload)
        return sum.value
    }
}
