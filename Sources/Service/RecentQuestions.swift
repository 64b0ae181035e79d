// The last texts that were asked about outside any document.

internal import Ranking

/// Remembers the last texts, so that feedback and explanations can speak of them.
struct RecentQuestions {
    private static let capacity = 1024
    /// The number of the first question.
    private let first: Int
    private var questions: [(text: String, list: Impression?)] = []
    private var next: Int

    /// Numbers questions from `first` on, so that those of different runs can have different numbers.
    init(from first: Int = 0) {
        self.first = first
        next = first
    }

    /// Keeps a text in place of the oldest, and gives its number.
    mutating func remember(_ text: String) -> Int {
        defer { next += 1 }
        if questions.count < Self.capacity {
            questions.append((text, nil))
        } else {
            questions[place(of: next)] = (text, nil)
        }
        return next
    }

    /// Keeps the list that a question was answered with, if the question is remembered.
    mutating func remember(_ list: Impression, of number: Int) {
        if contains(number) { questions[place(of: number)].list = list }
    }

    /// The text of that number; `nil` where it was overwritten or never was.
    subscript(number: Int) -> String? {
        contains(number) ? questions[place(of: number)].text : nil
    }

    /// The list that a question was answered with.
    func list(of number: Int) -> Impression? {
        contains(number) ? questions[place(of: number)].list : nil
    }

    private func contains(_ number: Int) -> Bool {
        number >= first && number < next && number >= next - Self.capacity
    }

    private func place(of number: Int) -> Int { (number - first) % Self.capacity }
}
