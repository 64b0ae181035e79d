// The last texts that were asked about outside any document.

/// Remembers the last texts, so that feedback and explanations can speak of them.
struct RecentQuestions {
    private static let capacity = 1024
    private var texts: [String] = []
    private var next = 0

    /// Keeps a text in place of the oldest, and gives its number.
    mutating func remember(_ text: String) -> Int {
        defer { next += 1 }
        if texts.count < Self.capacity {
            texts.append(text)
        } else {
            texts[next % Self.capacity] = text
        }
        return next
    }

    /// The text of that number; `nil` where it was overwritten or never was.
    subscript(number: Int) -> String? {
        guard number >= 0, number < next, number >= next - Self.capacity else { return nil }
        return texts[number % Self.capacity]
    }
}
