// How long a set of rules takes for an utterance.

import CAllocationCount
import JSON
import NLU
import Numerics
import Registry

/// Asks many rules about every text of a file: {"texts": path of a data set, "rules": 1000, "rounds": 5}.
///
/// Rules are phrases of two or three words that stand in some text, so that many texts meet one;
/// then the same with one pattern for every ten phrases. Times are in microseconds an utterance,
/// words included; allocations are those of the rounds after the first.
func measureRules(_ plan: JSONValue) throws {
    guard let path = plan["texts"]?.string else { fail("texts are needed") }
    let texts = try Dataset(reading: FileSystem.read(path)).examples.map(\.text)
    let rules = phraseRules(plan["rules"]?.int ?? 1000, from: texts)
    let patterns = rules.indices.filter { $0 % 10 == 0 }.map {
        Rule(name: "p\($0)", intent: "i", patterns: ["\\b\(rules[$0].phrases[0])s?\\b.*\\d{2,}"])
    }
    let rounds = plan["rounds"]?.int ?? 5
    printFigures(
        .object(
            try figures("phrases", rules, texts, rounds)
                + figures("withPatterns", rules + patterns, texts, rounds)))
}

private func phraseRules(_ count: Int, from texts: [String]) -> [Rule] {
    var random = SplitMix64(seed: 1)
    var phrases: [String] = []
    var seen: Set<String> = []
    while phrases.count < count {
        let words = (texts.randomElement(using: &random) ?? "").split(separator: " ")
        let length = Int.random(in: 2...3, using: &random)
        guard words.count >= length else { continue }
        let start = Int.random(in: 0...words.count - length, using: &random)
        let phrase = words[start..<start + length].joined(separator: " ")
            .filter { $0.isLetter || $0 == " " }
        if seen.insert(phrase).inserted, phrase.contains(where: \.isLetter) {
            phrases.append(phrase)
        }
    }
    return phrases.enumerated().map { Rule(name: "r\($0)", intent: "i", phrases: [$1]) }
}

private func figures(
    _ name: String, _ rules: [Rule], _ texts: [String], _ rounds: Int
) throws -> [(key: String, value: JSONValue)] {
    let artifact = IntentModel(nil, rules: try RuleSet(rules)).encoded()
    let memory = Memory(copying: artifact.span)
    let open = try timed { _ = try IntentModel(memory) } / 1000
    guard let set = try IntentModel(memory).rules else { fail("no rules") }
    var scratch = RuleSet.Scratch()
    var times = Times()
    var (fired, allocations) = (0, 0)
    let bytes = texts.map { Array($0.utf8) }
    times.reserve(bytes.count * rounds)
    for round in 0..<rounds {
        let before = allocation_count()
        for text in bytes {
            let time = timed {
                fired += set.firstMatch(text.span, scratch: &scratch) == nil ? 0 : 1
            }
            if round > 0 { times.append(time) }
        }
        if round > 0 { allocations += Int(allocation_count() - before) }
    }
    return [
        (name + "Count", .number(Double(rules.count))),
        (name + "P50", .number(times.quantile(0.5))),
        (name + "P99", .number(times.quantile(0.99))), (name + "Mean", .number(times.mean)),
        (name + "FiredShare", .number(Double(fired) / Double(max(bytes.count * rounds, 1)))),
        (name + "OpenMillis", .number(open)), (name + "Allocations", .number(Double(allocations))),
    ]
}
