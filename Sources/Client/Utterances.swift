// Things that people write to an assistant.

internal import Numerics

/// Makes up sentences of the kind that intent models read.
///
/// All characters lie in the basic plane, so that every offset in them can be edited.
package struct Utterances: Sendable {
    private static let patterns = [
        "book a table for {number} at {place} {time}",
        "please move my appointment with {person} to {time}",
        "what is the balance of my {account} account",
        "i want to send {number} hundred euros to {person}",
        "remind me {time} to call {person} about the {thing}",
        "how do i reset the password of my {account} account",
        "is there a direct train from {place} to {place} {time}",
        "the {thing} that i ordered has not arrived yet",
        "can you cancel my order of the {thing} please",
        "{person} and i would like to see the {thing} {time}",
        "what will the weather be like in {place} {time}",
        "my card was declined at the café in {place}",
        "add {number} bottles of water and a {thing} to my shopping list",
        "how many days of leave do i have left",
        "who is responsible for the {thing} at the {place} office",
        "translate good morning {person} into french",
        "turn off the lights in the {place} office at {time}",
        "i was charged twice for the {thing}, please refund one",
        "where can i park near {place}",
        "schedule a meeting with {person} and {person} {time}",
        "why is my {account} account blocked",
        "play something quiet while i write to {person}",
    ]

    private static let words: [String: [String]] = [
        "number": ["two", "three", "four", "seven", "12"],
        "place": ["Lisbon", "Zürich", "Oslo", "the harbour", "Main Street", "Göteborg"],
        "time": ["tomorrow", "on friday", "at half past six", "next week", "this evening"],
        "person": ["Ada", "Mr Okafor", "Zoë", "the new colleague", "Linnea"],
        "account": ["savings", "company", "joint", "current"],
        "thing": ["blue lamp", "printer", "contract", "bicycle", "invoice", "garden chair"],
    ]

    private var random: SplitMix64

    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Gives the next sentence, without a line end.
    package mutating func next() -> String {
        let pattern = Self.patterns[Int.random(in: Self.patterns.indices, using: &random)]
        var sentence = ""
        for (index, part) in pattern.split(
            separator: "{", omittingEmptySubsequences: false
        ).enumerated() {
            guard index > 0, let end = part.firstIndex(of: "}") else {
                sentence += part
                continue
            }
            let choices = Self.words[String(part[..<end])] ?? []
            sentence += choices.randomElement(using: &random) ?? ""
            sentence += part[part.index(after: end)...]
        }
        return sentence
    }
}
