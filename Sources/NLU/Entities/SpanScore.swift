// How well entities are found.

/// Counts entities that were found, against those that were marked.
///
/// A hit has exactly the range and the type that were marked, as in the shared task of CoNLL 2003
/// (Tjong Kim Sang and De Meulder); values are not compared.
package struct SpanScore: Equatable, Sendable {
    package private(set) var hits = 0
    package private(set) var found = 0
    package private(set) var marked = 0

    package init() {}

    /// Counts the entities of one text.
    package mutating func record(found: [EntitySpan], marked: [EntitySpan]) {
        self.found += found.count
        self.marked += marked.count
        hits += marked.count { mark in
            found.contains { $0.range == mark.range && $0.type == mark.type }
        }
    }

    /// The share of what was found that was marked; 0 where nothing was.
    package var precision: Double { Self.share(hits, of: found) }

    /// The share of what was marked that was found.
    package var recall: Double { Self.share(hits, of: marked) }

    /// The harmonic mean of precision and recall.
    package var f1: Double { Self.share(2 * hits, of: found + marked) }

    private static func share(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}

/// Scores of all entities and by type.
package struct EntityEvaluation: Equatable, Sendable {
    package private(set) var total = SpanScore()
    /// By type, in order of names.
    package var types: [(type: String, score: SpanScore)] {
        scores.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private var scores: [String: SpanScore] = [:]

    package init() {}

    /// Recognises the entities of examples, and counts those of types that the examples mark.
    package init(_ recogniser: EntityRecogniser, on examples: [Example]) {
        let known = Set(examples.flatMap { $0.entities.map(\.type) })
        var scratch = EntityRecogniser.Scratch()
        for example in examples {
            let found = recogniser.recognise(example.text, scratch: &scratch).map(\.span)
                .filter { known.contains($0.type) }
            record(found: found, marked: example.entities)
        }
    }

    /// Counts the entities of one text.
    package mutating func record(found: [EntitySpan], marked: [EntitySpan]) {
        total.record(found: found, marked: marked)
        for type in Set((found + marked).map(\.type)) {
            scores[type, default: SpanScore()].record(
                found: found.filter { $0.type == type }, marked: marked.filter { $0.type == type })
        }
    }
}
