// How much of a text that is being typed will stay.

extension Span<UInt8> {
    /// The bytes up to the end of the last finished word, in UTF-8.
    ///
    /// The last run of letters, digits, apostrophes and what is not ASCII may become another word with the
    /// next key, unless a space or another sign stands behind it.
    var finishedCount: Int {
        var end = count
        while end > 0, Self.isOfWord(self[end - 1]) { end -= 1 }
        return end
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "'"), 0x80...:
            true
        default: false
        }
    }
}
