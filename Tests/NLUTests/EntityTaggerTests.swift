import Numerics
import Testing

@testable import NLU

@Suite struct EntityTaggerTests {
    /// A chain of random weights over a few tags.
    private static func lattice(
        _ seed: UInt64
    ) -> (lattice: TagLattice, weights: TagTransitions, tokens: Int) {
        var random = SplitMix64(seed: seed)
        let tags = TagSet(typeCount: Int.random(in: 1...2, using: &random))
        let tokens = Int.random(in: 1...4, using: &random)
        var weights = TagTransitions(tags)
        for i in weights.free.indices { weights.free[i] = Float.random(in: -2...2, using: &random) }
        for i in weights.onward.indices {
            weights.onward[i] = Float.random(in: -2...2, using: &random)
        }
        var lattice = TagLattice()
        lattice.begin(tokenCount: tokens, tags)
        for i in 0..<tokens {
            for tag in 0..<tags.count {
                lattice.emissions[i * tags.width + tag] = Float.random(in: -3...3, using: &random)
            }
        }
        return (lattice, weights, tokens)
    }

    /// All ways to tag so many tokens, with their weights.
    private static func paths(
        _ lattice: TagLattice, _ weights: TagTransitions, _ tokens: Int
    ) -> [(path: [Int], weight: Double)] {
        var paths: [(path: [Int], weight: Double)] = [([], 0)]
        for i in 0..<tokens {
            paths = paths.flatMap { path, weight in
                (0..<weights.tags.count).compactMap { tag in
                    guard let step = weights.weight(from: path.last ?? -1, to: tag) else {
                        return nil
                    }
                    let emission = lattice.emissions[i * weights.tags.width + tag]
                    return (path + [tag], weight + Double(step) + Double(emission))
                }
            }
        }
        return paths
    }

    @Test(arguments: UInt64(0)..<30)
    func `the best tags are the best of all ways to tag`(seed: UInt64) {
        var (lattice, weights, tokens) = Self.lattice(seed)
        let best = Self.paths(lattice, weights, tokens).max { $0.weight < $1.weight }
        var path: [Int] = []
        lattice.findBest(weights, into: &path)
        #expect(path == best?.path)
    }

    @Test(arguments: UInt64(0)..<30)
    func `probabilities are shares of all ways to tag`(seed: UInt64) {
        var (lattice, weights, tokens) = Self.lattice(seed)
        let paths = Self.paths(lattice, weights, tokens)
        let total = paths.reduce(0) { $0 + Double.exp($1.weight) }
        func share(_ isMeant: ([Int]) -> Bool) -> Double {
            paths.reduce(0) { $0 + (isMeant($1.path) ? Double.exp($1.weight) : 0) } / total
        }
        lattice.measure(weights.exponentials())
        for i in 0..<tokens {
            for tag in 0..<weights.tags.count {
                let probability = Double(lattice.probability(of: tag, at: i))
                #expect(abs(probability - share { $0[i] == tag }) < 1e-4)
            }
        }
        for start in 0..<tokens {
            for end in start + 1...tokens {
                let further = weights.tags.further(0)
                let expected = share { path in
                    path[start] == weights.tags.first(0)
                        && path[start + 1..<end].allSatisfy { $0 == further }
                        && (end == tokens || path[end] != further)
                }
                let probability = lattice.probability(
                    ofSpan: start..<end, type: 0, weights.exponentials())
                #expect(abs(Double(probability) - expected) < 1e-4)
            }
        }
        for (path, weight) in paths {
            let expected = weight - Double.log(total)
            let measured = lattice.logLikelihood(of: path, weights.exponentials())
            #expect(abs(measured - expected) < 1e-3)
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `the gradient is the derivative of the log loss`(seed: UInt64) throws {
        let (lattice, weights, tokens) = Self.lattice(seed)
        let paths = Self.paths(lattice, weights, tokens)
        let path = try #require(paths.first).path
        func loss(_ change: (inout TagLattice, inout TagTransitions) -> Void) -> Double {
            var (lattice, weights) = (lattice, weights)
            change(&lattice, &weights)
            lattice.measure(weights.exponentials())
            return -lattice.logLikelihood(of: path, weights.exponentials())
        }
        func slope(_ change: (inout TagLattice, inout TagTransitions, Float) -> Void) -> Double {
            (loss { change(&$0, &$1, 0.02) } - loss { change(&$0, &$1, -0.02) }) / 0.04
        }
        var measured = lattice
        measured.measure(weights.exponentials())
        var fit = TransitionFit(weights, rate: 0.1)
        fit.learn(measured, path)
        let gradient = fit.gradient
        let tags = weights.tags
        for row in 0...tags.count {
            for tag in 0..<tags.free {
                let place = row * tags.freeWidth + tag
                let expected = slope { $1.free[place] += $2 }
                #expect(abs(Double(gradient.free[place]) - expected) < 3e-3)
            }
        }
        for tag in 1..<tags.count {
            let expected = slope { $1.onward[tag] += $2 }
            #expect(abs(Double(gradient.onward[tag]) - expected) < 3e-3)
        }
        for i in 0..<tokens {
            for tag in 0..<tags.count {
                let expected = slope { $0.emissions[i * tags.width + tag] += $2 }
                let probability = Double(measured.probability(of: tag, at: i))
                #expect(abs(probability - (path[i] == tag ? 1 : 0) - expected) < 3e-3)
            }
        }
    }

    // MARK: Training

    private static let examples: [Example] = {
        let cities = ["Berlin", "Paris", "New York", "Rome", "San Jose", "Oslo"]
        let days = ["monday", "friday", "the weekend"]
        return cities.flatMap { city in
            days.map { day in
                let text = "weather in \(city) on \(day) please"
                let start = 11 + city.utf16.count
                return Example(
                    text: text, intent: "weather",
                    entities: [
                        EntitySpan(range: 11..<start, type: "city"),
                        EntitySpan(range: start + 4..<start + 4 + day.utf16.count, type: "day"),
                    ])
            }
        } + [Example(text: "thanks a lot", intent: "thanks")]
    }()

    private static func recogniser() throws -> EntityRecogniser {
        var settings = TaggerTrainer.Settings()
        settings.passes = 8
        settings.minimumCount = 1
        return try #require(EntityTrainer(settings: settings).train(Dataset(examples)))
    }

    @Test func `what examples mark is found in other texts`() throws {
        let recogniser = try Self.recogniser()
        var scratch = EntityRecogniser.Scratch()
        let found = recogniser.recognise("weather in Lisbon on friday please", scratch: &scratch)
        #expect(found.map(\.span.type) == ["city", "day"])
        #expect(found.map(\.span.range) == [11..<17, 21..<27])
        #expect(found.allSatisfy { $0.confidence > 0.5 && $0.confidence <= 1 })
        #expect(EntityEvaluation(recogniser, on: Self.examples).total.f1 == 1)
    }

    @Test func `equal examples give equal bytes, and bytes give the same recogniser`() throws {
        let recogniser = try Self.recogniser()
        var (first, second) = (Self.writer(), Self.writer())
        recogniser.write(to: &first)
        try Self.recogniser().write(to: &second)
        #expect(first.encoded() == second.encoded())
        let memory = Memory(copying: first.encoded().span)
        let opened = try #require(try EntityRecogniser(in: Archive(memory, magic: "entities")))
        var third = Self.writer()
        opened.write(to: &third)
        #expect(third.encoded() == first.encoded())
        var scratch = EntityRecogniser.Scratch()
        for example in Self.examples {
            #expect(
                opened.recognise(example.text, scratch: &scratch)
                    == recogniser.recognise(example.text, scratch: &scratch))
        }
    }

    private static func writer() -> ArchiveWriter { ArchiveWriter(magic: "entities", format: 1) }

    @Test func `annotated values are what the words stand for`() throws {
        let marked = (0..<6).map { place in
            Example(
                text: "fly to NYC number \(place)", intent: "fly",
                entities: [EntitySpan(range: 7..<10, type: "city", value: "New York")])
        }
        let recogniser = try #require(EntityTrainer().train(Dataset(marked)))
        var scratch = EntityRecogniser.Scratch()
        let found = recogniser.recognise("fly to NYC", scratch: &scratch).map(\.span)
        #expect(found == [EntitySpan(range: 7..<10, type: "city", value: "New York")])
    }
}
